//! A PLRNN variant from outside the library, with leaky rectifiers, trained as the library's own are.
use attractor::{models, prelude::*};
use burn::{module::Param, prelude::*, tensor::activation::relu};
use clap::Parser;
use ndarray::{Array1, Array2};
mod cli;
/// The slope s below 0.
const LEAK: f64 = 0.1;
/// z ↦ A z + W max(s z, z) + h with diagonal A.
#[derive(Module, Debug)]
struct Leaky {
    a: Param<Tensor<1>>,
    w: Param<Tensor<2>>,
    h: Param<Tensor<1>>,
}
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct LeakyConfig(usize);
impl Initialize for LeakyConfig {
    type Module = Leaky;
    fn init(&self, device: &Device, rng: &mut dyn rand::Rng) -> models::Result<Leaky> {
        let [a, h] = [0.9, 0.0].map(|start| Param::from_tensor(Tensor::full([self.0], start, device)));
        Ok(Leaky { a, h, w: Param::from_tensor(models::normal([self.0; 2], 0.1, rng, device)) })
    }
}
impl Dynamics for Leaky {
    fn latent_dim(&self) -> usize {
        self.a.dims()[0]
    }
    fn step(&self, z: Tensor<2>, _inputs: Option<Tensor<2>>) -> Tensor<2> {
        let rectified = z.clone() * LEAK + relu(z.clone()) * (1.0 - LEAK);
        z * self.a.val().unsqueeze() + rectified.matmul(self.w.val().transpose()) + self.h.val().unsqueeze()
    }
    fn jacobian(&self, z: Tensor<2>) -> Tensor<3> {
        let diagonal = Tensor::<2>::eye(self.latent_dim(), &z.device()) * self.a.val().unsqueeze();
        let slopes = z.greater_scalar(0.0).float() * (1.0 - LEAK) + LEAK;
        self.w.val().unsqueeze() * slopes.unsqueeze_dim::<3>(1) + diagonal.unsqueeze()
    }
    fn export(&self) -> models::Result<PiecewiseLinearMap> {
        let (m, a) = (self.latent_dim(), Array2::from_diag(&models::vector("A", &self.a)?));
        let (w, h) = (models::matrix("W", &self.w)?, models::vector("h", &self.h)?);
        // W max(s z, z) = s W z + (1 − s) W max(0, z).
        let (a, v, b, c) = (a + &w * LEAK, w * (1.0 - LEAK), Array1::zeros(m), Array2::zeros((m, 0)));
        Ok(PiecewiseLinearMap::new(a, v, Array2::eye(m), b, h, c).expect("the shapes fit"))
    }
}
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = cli::Common::parse();
    let states = Simulation::of(&Lorenz63::default(), 20_000).dt(0.01).run(&Lorenz63::default())?;
    let data = Dataset::new(&[Standardizer::fit(&states)?.apply(&states)?])?;
    let (encoder, observation) = (LinearEncoderConfig::new(3, 15), IdentityObservationConfig::new(3, 15));
    let model = SequentialVaeConfig::new(encoder, LeakyConfig(15), observation);
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
