//! The MLP encoder: a multilayer perceptron on a window of observations.

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor, activation::relu},
};
use rand::Rng;

use super::{Context, Encoder, join, starting_projection, window::windows};
use crate::{
    DiagonalGaussian, Initialize, Result,
    error::{nonzero, positive},
    initialize,
};

/// Sizes and start of an [`MlpEncoder`].
#[derive(Config, Debug, PartialEq)]
pub struct MlpEncoderConfig {
    /// Observed variables N.
    pub observed: usize,
    /// Latents M.
    pub latent: usize,
    /// External inputs K that the encoder sees; 0 leaves them out.
    #[config(default = 0)]
    pub inputs: usize,
    /// Samples before t in the window.
    #[config(default = 10)]
    pub past: usize,
    /// Samples after t in the window.
    #[config(default = 10)]
    pub future: usize,
    /// Units of each hidden layer.
    #[config(default = 64)]
    pub hidden: usize,
    /// Hidden layers.
    #[config(default = 2)]
    pub layers: usize,
    /// Starting standard deviation of the posterior.
    #[config(default = 0.05)]
    pub initial_sd: f64,
}

/// One affine layer x ↦ x W + b.
#[derive(Module, Debug)]
struct Affine {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

impl Affine {
    fn init(from: usize, to: usize, scale: f64, device: &Device, rng: &mut dyn Rng) -> Self {
        let bound = scale / (from as f64).sqrt();
        Self {
            weight: Param::from_tensor(initialize::uniform([from, to], bound, rng, device)),
            bias: initialize::zeros([to], device),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.weight.val()) + self.bias.val().unsqueeze()
    }
}

/// q(z_t | x) = N(x_t E + μ(w_t), diag(σ(w_t)²)): mean (beside a learned linear projection E \[N, M\]) and log standard
/// deviation from an MLP on the window w_t of observations around t.
#[derive(Module, Debug)]
pub struct MlpEncoder {
    projection: Param<Tensor<2>>,
    hidden: Vec<Affine>,
    output: Affine,
    #[module(skip)]
    context: Context,
}

impl Initialize for MlpEncoderConfig {
    type Module = MlpEncoder;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<MlpEncoder> {
        let (n, m) = (self.observed, self.latent);
        nonzero(
            "MlpEncoderConfig",
            &[("observed", n), ("latent", m), ("hidden", self.hidden), ("layers", self.layers)],
        )?;
        positive("MlpEncoderConfig", "initial_sd", self.initial_sd)?;
        let window = (self.past + 1 + self.future) * (n + self.inputs);
        let hidden = (0..self.layers)
            .map(|layer| {
                Affine::init(if layer == 0 { window } else { self.hidden }, self.hidden, 1.0, device, rng)
            })
            .collect();
        let mut output = Affine::init(self.hidden, 2 * m, 0.05, device, rng);
        let mut bias = vec![0.0; m];
        bias.resize(2 * m, self.initial_sd.ln() as f32);
        output.bias = initialize::parameter(bias, [2 * m], device);
        Ok(MlpEncoder {
            projection: initialize::parameter(starting_projection(n, m, rng), [n, m], device),
            hidden,
            output,
            context: Context { past: self.past, future: self.future },
        })
    }
}

impl Encoder for MlpEncoder {
    type Posterior = DiagonalGaussian;

    fn observed_dim(&self) -> usize {
        self.projection.lazy_shape()[0]
    }

    fn latent_dim(&self) -> usize {
        self.projection.lazy_shape()[1]
    }

    fn input_dim(&self) -> usize {
        self.hidden[0].weight.lazy_shape()[0] / (self.context.total() + 1) - self.observed_dim()
    }

    fn context(&self) -> Context {
        self.context
    }

    fn encode(&self, x: Tensor<3>, u: Option<Tensor<3>>) -> DiagonalGaussian {
        let taps = self.context.total() + 1;
        let [batch, samples, n] = x.dims();
        let (steps, m) = (samples + 1 - taps, self.latent_dim());
        let centre = x.clone().narrow(1, self.context.past, steps).reshape([batch * steps, n]);
        let channels = self.hidden[0].weight.lazy_shape()[0] / taps;
        let mut activation = windows(join(x, u, channels), taps);
        for layer in &self.hidden {
            activation = relu(layer.forward(activation));
        }
        let output = self.output.forward(activation);
        let mean = centre.matmul(self.projection.val()) + output.clone().narrow(1, 0, m);
        DiagonalGaussian::new(
            mean.reshape([batch, steps, m]),
            output.narrow(1, m, m).reshape([batch, steps, m]),
        )
    }
}
