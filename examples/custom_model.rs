//! A PLRNN variant from outside the library, trained and analysed as its own are: the mean-centred one of Brenner 2022.
use attractor::{models, prelude::*};
use burn::{config::Config, module::*, prelude::*, tensor::activation::relu};
use clap::{Command, arg, value_parser};
use ndarray::{Array1, Array2};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// Latents.
const M: usize = 30;

/// Its size: M latents.
#[derive(Config, Debug)]
struct MeanCentredConfig {
    m: usize,
}

/// z ↦ A z + W max(0, z − mean(z)) + h with diagonal A. Its orbits are not bounded:
/// the free run of one that is trained too little may diverge, which ends this example with an error.
#[derive(Module, Debug)]
struct MeanCentred {
    a: Param<Tensor<1>>,
    w: Param<Tensor<2>>,
    h: Param<Tensor<1>>,
}

impl Initialize for MeanCentredConfig {
    type Module = MeanCentred;
    fn init(&self, device: &Device, rng: &mut dyn rand::Rng) -> models::Result<MeanCentred> {
        let (a, h) = (Tensor::full([self.m], 0.9, device), Tensor::zeros([self.m], device));
        let w = models::normal([self.m, self.m], 0.1, rng, device);
        Ok(MeanCentred { a: Param::from_tensor(a), w: Param::from_tensor(w), h: Param::from_tensor(h) })
    }
}

impl Dynamics for MeanCentred {
    fn latent_dim(&self) -> usize {
        self.h.dims()[0]
    }
    fn step(&self, z: Tensor<2>, _inputs: Option<Tensor<2>>) -> Tensor<2> {
        let rectified = relu(z.clone() - z.clone().mean_dim(1)).matmul(self.w.val().transpose());
        z * self.a.val().unsqueeze() + rectified + self.h.val().unsqueeze()
    }
    fn jacobian(&self, z: Tensor<2>) -> Tensor<3> {
        let eye = Tensor::<2>::eye(self.latent_dim(), &z.device());
        let active = (z.clone() - z.mean_dim(1)).greater_scalar(0.0).float().unsqueeze_dim::<3>(2);
        let centred = active * (eye.clone() - 1.0 / self.latent_dim() as f64).unsqueeze();
        (eye * self.a.val().unsqueeze()).unsqueeze() + self.w.val().unsqueeze::<3>().matmul(centred)
    }
    fn export(&self) -> models::Result<PiecewiseLinearMap> {
        let (a, h, m) = (models::vector("A", &self.a)?, models::vector("h", &self.h)?, self.latent_dim());
        let (a, w, centre) =
            (Array2::from_diag(&a), models::matrix("W", &self.w)?, Array2::eye(m) - 1.0 / m as f64);
        Ok(PiecewiseLinearMap::new(a, w, centre, Array1::zeros(m), h, Array2::zeros((m, 0)))
            .expect("they fit"))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let quick = arg!(--quick "Trains for seconds: its numbers mean nothing");
    let seed =
        arg!(--seed <N> "Seed of everything random").default_value("0").value_parser(value_parser!(u64));
    let out = arg!(--out <DIR> "Output folder").default_value("target/custom_model");
    let options = Command::new("custom_model").args([quick, seed, out]).get_matches();
    let (seed, quick) = (options.get_one("seed").copied().unwrap_or(0), options.get_flag("quick"));

    let (lorenz, mut rng) = (Lorenz63::default(), ChaCha8Rng::seed_from_u64(seed));
    let states = Simulation::of(&lorenz, if quick { 5_000 } else { 20_000 }).dt(0.01).run(&lorenz)?;
    let states = Standardizer::fit(&states)?.apply(&states)?.add_noise(0.05, &mut rng)?;
    let data = Dataset::new(std::slice::from_ref(&states))?;
    let encoder = LinearEncoderConfig::new(3, M).with_past(12).with_future(12);
    let observation = IdentityObservationConfig::new(3, M);
    let model = SequentialVaeConfig::new(encoder, MeanCentredConfig::new(M), observation);
    let trainer = TrainerConfig { epochs: if quick { 10 } else { 200 }, seed, ..TrainerConfig::default() };
    // Little process noise, held: the dynamics have to explain the data, not the noise.
    let elbo = Elbo::default().with_process_variance(Schedule::constant(1e-4));
    let run = Run { model, objective: elbo, trainer };
    let fit = Trainer::new(run, &data, &Device::flex())?.fit(&mut [])?;

    let start = posterior_mean(&fit.model, &states, None)?.initial_row().to_vec();
    let map = fit.model.export()?.dynamics;
    let lyapunov = LyapunovConfig::new(1_000, if quick { 4_000 } else { 20_000 });
    let exponents = lyapunov_spectrum(&map, &start, &lyapunov)?.per_time(0.01)?;
    let largest = exponents.largest().ok_or("no exponent")?.value;
    let losses = fit.history.loss();
    let (Some((_, before)), Some((_, after))) = (losses.first(), losses.last()) else {
        return Err(fit.outcome.to_string().into());
    };
    println!("loss {before:.2} -> {after:.2}, largest Lyapunov exponent {largest:.3} (Lorenz-63: 0.906)");
    let report =
        serde_json::json!({ "loss_first": before, "loss_last": after, "lyapunov_per_time": largest });
    let folder = options.get_one::<String>("out").ok_or("no output folder")?;
    std::fs::create_dir_all(folder)?;
    std::fs::write(std::path::Path::new(folder).join("report.json"), report.to_string())?;
    if fit.outcome == Outcome::Completed { Ok(()) } else { Err(fit.outcome.to_string().into()) }
}
