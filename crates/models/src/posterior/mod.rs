//! Approximate posteriors q(z_{1:T} | x_{1:T}): the trait, and one family a file.

mod diagonal_gaussian;

pub use diagonal_gaussian::DiagonalGaussian;

use burn::tensor::Tensor;

/// A distribution over latent trajectories that can be sampled with a gradient.
pub trait Posterior {
    /// The mean trajectory \[B, T, M\].
    fn mean(&self) -> Tensor<3>;

    /// Reparameterized sample z = g(ε), differentiable in the distribution's parameters.
    ///
    /// # Shapes
    /// `epsilon: [B, T, M]`, standard normal -> `[B, T, M]`.
    fn rsample(&self, epsilon: Tensor<3>) -> Tensor<3>;

    /// Differential entropy in nats, as contributions of each step: `[B, T]`, to be summed over T.
    fn entropy(&self) -> Tensor<2>;

    /// log q(z) in nats, as contributions of each step: `z: [B, T, M]` -> `[B, T]`, to be summed over T.
    fn log_prob(&self, z: Tensor<3>) -> Tensor<2>;
}
