//! The convolutional encoder: stacked 1-D convolutions over time \[B24a\].

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor, activation::relu, module::conv1d, ops::ConvOptions},
};
use rand::Rng;

use super::{Context, Encoder, join, starting_projection};
use crate::{
    DiagonalGaussian, Error, Initialize, Result,
    error::{nonzero, positive},
    initialize,
};

/// Sizes and start of a [`ConvolutionalEncoder`].
#[derive(Config, Debug, PartialEq)]
pub struct ConvolutionalEncoderConfig {
    /// Observed variables N.
    pub observed: usize,
    /// Latents M.
    pub latent: usize,
    /// External inputs K that the encoder sees; 0 leaves them out.
    #[config(default = 0)]
    pub inputs: usize,
    /// Channels between the convolutions.
    #[config(default = 32)]
    pub channels: usize,
    /// Odd kernel sizes of the convolutions for the mean.
    #[config(default = "vec![11, 7, 5]")]
    pub mean_kernels: Vec<usize>,
    /// Odd kernel sizes of the convolutions for the log standard deviation.
    #[config(default = "vec![11, 7, 5]")]
    pub sd_kernels: Vec<usize>,
    /// Starting standard deviation of the posterior.
    #[config(default = 0.05)]
    pub initial_sd: f64,
}

/// Convolutions without padding, ReLU between them.
#[derive(Module, Debug)]
struct Stack {
    weights: Vec<Param<Tensor<3>>>,
    biases: Vec<Param<Tensor<1>>>,
}

impl Stack {
    /// From `from` channels through `between` to `to`; the last convolution starts scaled by `last`, its bias at `bias`.
    fn init(
        [from, between, to]: [usize; 3],
        kernels: &[usize],
        last: f64,
        bias: f32,
        device: &Device,
        rng: &mut dyn Rng,
    ) -> Self {
        let end = kernels.len() - 1;
        let (weights, biases) = kernels
            .iter()
            .enumerate()
            .map(|(layer, kernel)| {
                let inputs = if layer == 0 { from } else { between };
                let (outputs, scale, start) =
                    if layer == end { (to, last, bias) } else { (between, 1.0, 0.0) };
                let bound = scale / ((inputs * kernel) as f64).sqrt();
                (
                    Param::from_tensor(initialize::uniform([outputs, inputs, *kernel], bound, rng, device)),
                    Param::from_tensor(Tensor::full([outputs], start, device)),
                )
            })
            .unzip();
        Self { weights, biases }
    }

    /// Samples lost on each side.
    fn reach(&self) -> usize {
        self.weights.iter().map(|weight| weight.lazy_shape()[2] / 2).sum()
    }

    /// `[B, channels, samples]` -> `[B, channels, samples − 2·reach]`.
    fn forward(&self, mut x: Tensor<3>) -> Tensor<3> {
        for (layer, (weight, bias)) in self.weights.iter().zip(&self.biases).enumerate() {
            if layer > 0 {
                x = relu(x);
            }
            x = conv1d(x, weight.val(), Some(bias.val()), ConvOptions::new([1], [0], [1], 1));
        }
        x
    }
}

/// q(z_t | x) = N(x_t E + μ_t(x), diag(σ_t(x)²)): mean (beside a learned linear projection E \[N, M\]) and log standard
/// deviation each from a stack of 1-D convolutions over time.
#[derive(Module, Debug)]
pub struct ConvolutionalEncoder {
    projection: Param<Tensor<2>>,
    mean: Stack,
    log_sd: Stack,
}

impl Initialize for ConvolutionalEncoderConfig {
    type Module = ConvolutionalEncoder;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<ConvolutionalEncoder> {
        const CONFIG: &str = "ConvolutionalEncoderConfig";
        let (n, m) = (self.observed, self.latent);
        nonzero(
            CONFIG,
            &[
                ("observed", n),
                ("latent", m),
                ("channels", self.channels),
                ("mean_kernels", self.mean_kernels.len()),
                ("sd_kernels", self.sd_kernels.len()),
            ],
        )?;
        positive(CONFIG, "initial_sd", self.initial_sd)?;
        for (field, kernels) in [("mean_kernels", &self.mean_kernels), ("sd_kernels", &self.sd_kernels)] {
            if let Some(even) = kernels.iter().find(|kernel| *kernel % 2 == 0) {
                return Err(Error::OutOfRange {
                    config: CONFIG,
                    field,
                    value: *even as f64,
                    range: "odd, so that a kernel has a centre",
                });
            }
        }
        let sizes = [n + self.inputs, self.channels, m];
        let start = self.initial_sd.ln() as f32;
        Ok(ConvolutionalEncoder {
            projection: initialize::parameter(starting_projection(n, m, rng), [n, m], device),
            mean: Stack::init(sizes, &self.mean_kernels, 0.05, 0.0, device, rng),
            log_sd: Stack::init(sizes, &self.sd_kernels, 0.05, start, device, rng),
        })
    }
}

impl Encoder for ConvolutionalEncoder {
    type Posterior = DiagonalGaussian;

    fn observed_dim(&self) -> usize {
        self.projection.lazy_shape()[0]
    }

    fn latent_dim(&self) -> usize {
        self.projection.lazy_shape()[1]
    }

    fn input_dim(&self) -> usize {
        self.mean.weights[0].lazy_shape()[1] - self.observed_dim()
    }

    fn context(&self) -> Context {
        let reach = self.mean.reach().max(self.log_sd.reach());
        Context { past: reach, future: reach }
    }

    fn encode(&self, x: Tensor<3>, u: Option<Tensor<3>>) -> DiagonalGaussian {
        let [batch, samples, n] = x.dims();
        let reach = self.context().past;
        let steps = samples - 2 * reach;
        let centre = x.clone().narrow(1, reach, steps).reshape([batch * steps, n]);
        let centre = centre.matmul(self.projection.val()).reshape([batch, steps, self.latent_dim()]);
        let channels = join(x, u, self.mean.weights[0].lazy_shape()[1]).swap_dims(1, 2);
        let run = |stack: &Stack| {
            let spare = reach - stack.reach();
            let kept = channels.clone().narrow(2, spare, samples - 2 * spare);
            stack.forward(kept).swap_dims(1, 2)
        };
        DiagonalGaussian::new(centre + run(&self.mean), run(&self.log_sd))
    }
}
