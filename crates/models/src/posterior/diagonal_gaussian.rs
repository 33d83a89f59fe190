//! The Gaussian with diagonal covariance: posterior, prior and observation noise alike.

use std::f64::consts::{E, PI};

use burn::tensor::Tensor;

use super::Posterior;

/// Independent normal distributions N(μ, σ²) for each latent at each time.
#[derive(Clone, Debug)]
pub struct DiagonalGaussian {
    mean: Tensor<3>,
    log_sd: Tensor<3>,
}

impl DiagonalGaussian {
    /// From means and logarithms of standard deviations.
    ///
    /// # Shapes
    /// `mean: [B, T, M]`; `log_sd` the same, or `[1, 1, M]` where it is constant over batch and time.
    pub fn new(mean: Tensor<3>, log_sd: Tensor<3>) -> Self {
        Self { mean, log_sd }
    }

    /// Logarithms of the standard deviations, `[B, T, M]` or `[1, 1, M]`.
    pub fn log_sd(&self) -> Tensor<3> {
        self.log_sd.clone()
    }
}

impl Posterior for DiagonalGaussian {
    fn mean(&self) -> Tensor<3> {
        self.mean.clone()
    }

    fn rsample(&self, epsilon: Tensor<3>) -> Tensor<3> {
        self.mean.clone() + self.log_sd.clone().exp() * epsilon
    }

    fn entropy(&self) -> Tensor<2> {
        let [batch, steps, m] = self.mean.dims();
        let constant = 0.5 * m as f64 * (2.0 * PI * E).ln();
        (self.log_sd.clone().sum_dim(2).squeeze_dim::<2>(2) + constant).expand([batch, steps])
    }

    fn log_prob(&self, z: Tensor<3>) -> Tensor<2> {
        let m = z.dims()[2];
        let standardized = (z - self.mean.clone()) * self.log_sd.clone().neg().exp();
        let squares = standardized.square().sum_dim(2).squeeze_dim::<2>(2);
        let log_scale = self.log_sd.clone().sum_dim(2).squeeze_dim::<2>(2);
        squares * -0.5 - log_scale - 0.5 * m as f64 * (2.0 * PI).ln()
    }
}
