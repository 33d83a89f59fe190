//! A PLRNN variant from outside the library, the mean-centred one of Brenner et al. 2022, trained as its own are.
use attractor::{models, prelude::*};
use burn::{module::Param, prelude::*, tensor::activation::relu};
use clap::Parser;
use ndarray::{Array1, Array2};
mod cli;
/// z ↦ A z + W max(0, z − mean(z)) + h with diagonal A.
#[derive(Module, Debug)]
struct MeanCentred {
    a: Param<Tensor<1>>,
    w: Param<Tensor<2>>,
    h: Param<Tensor<1>>,
}
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct MeanCentredConfig(usize);
impl Initialize for MeanCentredConfig {
    type Module = MeanCentred;
    fn init(&self, device: &Device, rng: &mut dyn rand::Rng) -> models::Result<MeanCentred> {
        let [a, h] = [0.9, 0.0].map(|start| Param::from_tensor(Tensor::full([self.0], start, device)));
        Ok(MeanCentred { a, h, w: Param::from_tensor(models::normal([self.0; 2], 0.1, rng, device)) })
    }
}
impl Dynamics for MeanCentred {
    fn latent_dim(&self) -> usize {
        self.a.dims()[0]
    }
    fn step(&self, z: Tensor<2>, _inputs: Option<Tensor<2>>) -> Tensor<2> {
        let rectified = relu(z.clone() - z.clone().mean_dim(1)).matmul(self.w.val().transpose());
        z * self.a.val().unsqueeze() + rectified + self.h.val().unsqueeze()
    }
    fn jacobian(&self, z: Tensor<2>) -> Tensor<3> {
        let eye = Tensor::<2>::eye(self.latent_dim(), &z.device());
        let active = (z.clone() - z.mean_dim(1)).greater_scalar(0.0).float().unsqueeze_dim::<3>(1);
        let centred = (eye.clone() - 1.0 / self.latent_dim() as f64).unsqueeze::<3>();
        (eye * self.a.val().unsqueeze()).unsqueeze() + (self.w.val().unsqueeze() * active).matmul(centred)
    }
    fn export(&self) -> models::Result<PiecewiseLinearMap> {
        let (m, a) = (self.latent_dim(), Array2::from_diag(&models::vector("A", &self.a)?));
        let (w, h) = (models::matrix("W", &self.w)?, models::vector("h", &self.h)?);
        let (centre, b, c) = (Array2::eye(m) - 1.0 / m as f64, Array1::zeros(m), Array2::zeros((m, 0)));
        Ok(PiecewiseLinearMap::new(a, w, centre, b, h, c).expect("the shapes fit"))
    }
}
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = cli::Common::parse();
    let states = Simulation::of(&Lorenz63::default(), 20_000).dt(0.01).run(&Lorenz63::default())?;
    let data = Dataset::new(&[Standardizer::fit(&states)?.apply(&states)?])?;
    let (encoder, observation) = (LinearEncoderConfig::new(3, 15), IdentityObservationConfig::new(3, 15));
    let model = SequentialVaeConfig::new(encoder, MeanCentredConfig(15), observation);
    let (seed, epochs) = (options.seed, if options.quick { 3 } else { 60 });
    let trainer = TrainerConfig { epochs, seed, ..TrainerConfig::default() };
    let run = Run { model, objective: Elbo::default(), trainer };
    let fit = Trainer::new(run, &data, &Backend::default().device()?)?.fit(&mut [])?;
    let fate = long_term_behaviour(&fit.model.export()?.dynamics, &[0.1; 15], &LongTermConfig::default())?;
    println!("The free run: {fate:?}");
    (fit.outcome == Outcome::Completed).then_some(()).ok_or_else(|| fit.outcome.to_string())?;
    let report = serde_json::json!({ "loss": fit.history.loss(), "behaviour": fate });
    cli::write_report(&options.folder("custom_model")?, &report)
}
