//! The linear encoder: a learned temporal filter \[B22\].

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use rand::Rng;

use super::{Context, Encoder, join, starting_projection, window::windows};
use crate::{
    DiagonalGaussian, Initialize, Result,
    error::{nonzero, positive},
    initialize,
};

/// Sizes and start of a [`LinearEncoder`].
#[derive(Config, Debug, PartialEq)]
pub struct LinearEncoderConfig {
    /// Observed variables N.
    pub observed: usize,
    /// Latents M.
    pub latent: usize,
    /// External inputs K that the encoder sees; 0 leaves them out.
    #[config(default = 0)]
    pub inputs: usize,
    /// Samples before t in the filter. With the default of one on each side it has the three taps of \[B22\]; noisy,
    /// finely sampled data want more.
    #[config(default = 1)]
    pub past: usize,
    /// Samples after t in the filter.
    #[config(default = 1)]
    pub future: usize,
    /// Starting standard deviation of the posterior.
    #[config(default = 0.05)]
    pub initial_sd: f64,
}

/// q(z_t | x) = N(Σ_k F_k x_{t+k} + b, diag(σ²)) with a filter F \[taps, N, M\] and one learned σ a latent.
#[derive(Module, Debug)]
pub struct LinearEncoder {
    filter: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
    log_sd: Param<Tensor<1>>,
    #[module(skip)]
    observed: usize,
    #[module(skip)]
    context: Context,
}

impl Initialize for LinearEncoderConfig {
    type Module = LinearEncoder;

    /// The filter starts as a Gaussian smoother of standard deviation min(1.5, half the longer side) samples.
    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<LinearEncoder> {
        nonzero("LinearEncoderConfig", &[("observed", self.observed), ("latent", self.latent)])?;
        positive("LinearEncoderConfig", "initial_sd", self.initial_sd)?;
        let (channels, m) = (self.observed + self.inputs, self.latent);
        let width = (self.past.max(self.future) as f64 / 2.0).clamp(0.25, 1.5);
        let smoother: Vec<f64> = (0..=self.past + self.future)
            .map(|tap| (-0.5 * ((tap as f64 - self.past as f64) / width).powi(2)).exp())
            .collect();
        let total: f64 = smoother.iter().sum();
        let mut projection = starting_projection(self.observed, m, rng);
        projection.resize(channels * m, 0.0);
        let filter: Vec<f32> = smoother
            .iter()
            .flat_map(|weight| projection.iter().map(move |entry| (weight / total) as f32 * entry))
            .collect();
        Ok(LinearEncoder {
            filter: initialize::parameter(filter, [smoother.len() * channels, m], device),
            bias: initialize::zeros([m], device),
            log_sd: Param::from_tensor(Tensor::full([m], self.initial_sd.ln(), device)),
            observed: self.observed,
            context: Context { past: self.past, future: self.future },
        })
    }
}

impl Encoder for LinearEncoder {
    type Posterior = DiagonalGaussian;

    fn observed_dim(&self) -> usize {
        self.observed
    }

    fn latent_dim(&self) -> usize {
        self.bias.lazy_shape()[0]
    }

    fn input_dim(&self) -> usize {
        self.filter.lazy_shape()[0] / (self.context.total() + 1) - self.observed
    }

    fn context(&self) -> Context {
        self.context
    }

    fn encode(&self, x: Tensor<3>, u: Option<Tensor<3>>) -> DiagonalGaussian {
        let taps = self.context.total() + 1;
        let x = join(x, u, self.filter.lazy_shape()[0] / taps);
        let [batch, samples, _] = x.dims();
        let mean = windows(x, taps).matmul(self.filter.val()) + self.bias.val().unsqueeze();
        DiagonalGaussian::new(
            mean.reshape([batch, samples + 1 - taps, self.latent_dim()]),
            self.log_sd.val().unsqueeze(),
        )
    }
}
