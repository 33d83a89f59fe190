//! Encoders: from observations and inputs to the approximate posterior. The trait, and one encoder a file.

mod convolutional;
mod linear;
mod mlp;
mod window;

pub use convolutional::{ConvolutionalEncoder, ConvolutionalEncoderConfig};
pub use linear::{LinearEncoder, LinearEncoderConfig};
pub use mlp::{MlpEncoder, MlpEncoderConfig};

use burn::{
    module::{Module, ModuleDisplay},
    tensor::Tensor,
};
use serde::{Deserialize, Serialize};

use crate::Posterior;

/// How many samples before and after time t an encoder needs to see for z_t.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Samples before t.
    pub past: usize,
    /// Samples after t.
    pub future: usize,
}

impl Context {
    /// Samples needed beyond the T of interest.
    pub fn total(self) -> usize {
        self.past + self.future
    }
}

/// The recognition model q(z_{1:T} | x, u).
pub trait Encoder: Module + ModuleDisplay {
    /// The family of the posterior.
    type Posterior: Posterior;

    /// Number of observed variables N.
    fn observed_dim(&self) -> usize;

    /// Number of latents M.
    fn latent_dim(&self) -> usize;

    /// Number of external inputs K that it sees; 0 where it leaves them out.
    fn input_dim(&self) -> usize {
        0
    }

    /// How far each step looks into the past and the future.
    fn context(&self) -> Context;

    /// The posterior over z_1 ... z_T.
    ///
    /// # Shapes
    /// `x: [B, past + T + future, N]` and `u: [B, past + T + future, K]` reach beyond the T steps by the
    /// [`context`](Encoder::context) -> a posterior over `[B, T, M]`.
    fn encode(&self, x: Tensor<3>, u: Option<Tensor<3>>) -> Self::Posterior;
}

/// Joins observations and those inputs that an encoder was configured to see along the last dimension.
fn join(x: Tensor<3>, u: Option<Tensor<3>>, channels: usize) -> Tensor<3> {
    match u {
        Some(u) if x.dims()[2] < channels => Tensor::cat(vec![x, u], 2),
        _ => x,
    }
}

/// The matrix [channels, M] that carries the first observed variables into the first latents and scatters small random
/// values into the rest, so that every latent starts alive.
fn starting_projection(observed: usize, latent: usize, rng: &mut dyn rand::Rng) -> Vec<f32> {
    use rand_distr::{Distribution, StandardNormal};
    let mut projection = vec![0.0; observed * latent];
    for n in 0..observed {
        for m in 0..latent {
            projection[n * latent + m] = if m == n {
                1.0
            } else if m >= observed {
                let sample: f32 = StandardNormal.sample(rng);
                0.3 * sample
            } else {
                0.0
            };
        }
    }
    projection
}
