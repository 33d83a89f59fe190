//! Observation models p(x_t | z_t): the trait, and one model a file.

mod hrf;
mod identity;
mod linear;

pub use hrf::{HrfObservation, HrfObservationConfig};
pub use identity::{IdentityObservation, IdentityObservationConfig};
pub use linear::{LinearObservation, LinearObservationConfig};

use burn::{
    module::{Module, ModuleDisplay, Param},
    tensor::Tensor,
};
use ndarray::Array2;

use crate::{DiagonalGaussian, LinearReadout, Posterior, Result};

/// How latents show in the data: p(x_t | z) = N(g(z_{t−H}, ..., z_t) + J r_t, Γ) with a read-out g.
///
/// Most read-outs look at z_t alone; that of fMRI looks back over the [`history`](Self::history) H that the haemodynamic
/// response has, and so shows of T states the last T − H. Nuisance regressors r are taken off the data first: all methods but
/// [`nuisance`](Self::nuisance) mean x_t − J r_t where they say x.
pub trait Observation: Module + ModuleDisplay {
    /// Number of observed variables N.
    fn observed_dim(&self) -> usize;

    /// Number of latents M.
    fn latent_dim(&self) -> usize;

    /// Number H of earlier states that a sample depends on besides its own; 0 where it shows z_t alone.
    fn history(&self) -> usize {
        0
    }

    /// Number of nuisance regressors P.
    fn nuisance_dim(&self) -> usize {
        0
    }

    /// What the nuisance regressors explain of the data, J r.
    ///
    /// # Shapes
    /// `r: [B, T, P]` -> `[B, T, N]`.
    fn nuisance(&self, r: Tensor<3>) -> Tensor<3> {
        let [batch, steps, _] = r.dims();
        Tensor::zeros([batch, steps, self.observed_dim()], &r.device())
    }

    /// E\[x | z\] without nuisance.
    ///
    /// # Shapes
    /// `z: [B, T, M]` -> `[B, T − H, N]`.
    ///
    /// # Panics
    /// When there are not more than H states.
    fn mean(&self, z: Tensor<3>) -> Tensor<3>;

    /// log p(x_t | z_t) in nats.
    ///
    /// # Shapes
    /// `x: [B, T − H, N]`, `z: [B, T, M]`; `present: [B, T − H, N]` is 1 where x was measured and 0 where it is missing
    /// (`None`: nothing is missing) -> `[B, T − H]`.
    fn log_likelihood(&self, x: Tensor<3>, z: Tensor<3>, present: Option<Tensor<3>>) -> Tensor<2>;

    /// The latents that explain x best, d = g⁺(x), to force a rollout with. What x does not determine is 0. A read-out with
    /// a history takes x without it, that is deconvolved.
    ///
    /// # Shapes
    /// `x: [B, T, N]` -> `[B, T, M]`.
    fn inverse(&self, x: Tensor<3>) -> Tensor<3>;

    /// Number D of leading latents that x determines by itself; all of them, where [`inverse`](Self::inverse) gives all.
    fn determined_dim(&self) -> usize {
        self.latent_dim()
    }

    /// The leading D latents of [`inverse`](Self::inverse), those that x determines.
    ///
    /// # Shapes
    /// `x: [B, T, N]` -> `[B, T, D]`.
    fn determined(&self, x: Tensor<3>) -> Tensor<3> {
        self.inverse(x).narrow(2, 0, self.determined_dim())
    }

    /// Whether the leading latents are the observed variables themselves, one by one.
    fn reads_latents(&self) -> bool {
        false
    }

    /// What keeps the inverse well-conditioned when it is added to a loss, one number `[1]`; `None` where nothing has to.
    fn conditioning_penalty(&self) -> Option<Tensor<1>> {
        None
    }

    /// Sum of squares of the read-out's weights `[1]`, for regularization; `None` where there are none.
    fn weight_penalty(&self) -> Option<Tensor<1>> {
        None
    }

    /// The mean read-out in `f64`, of one state; where there is a [`response`](Self::response), it comes after.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when a parameter is NaN or infinite.
    fn readout(&self) -> Result<LinearReadout>;

    /// The causal response of every observed variable in `f64`, \[N, H + 1\], that its read-out is convolved with; `None`
    /// without a history.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when a parameter is NaN or infinite.
    fn response(&self) -> Result<Option<Array2<f64>>> {
        Ok(None)
    }

    /// J \[N, P\] in `f64`; `None` without nuisance regressors.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when a parameter is NaN or infinite.
    fn nuisance_matrix(&self) -> Result<Option<Array2<f64>>> {
        Ok(None)
    }

    /// The parameter that holds log of the standard deviations √Γ, `[N]`.
    fn log_sd(&self) -> &Param<Tensor<1>>;
}

/// log N(x; mean, Γ) with diagonal Γ, summed over the observed variables that are present: `[B, T]`.
fn gaussian_log_likelihood(
    x: Tensor<3>,
    mean: Tensor<3>,
    log_sd: Tensor<1>,
    present: Option<Tensor<3>>,
) -> Tensor<2> {
    let log_sd = log_sd.unsqueeze::<3>();
    match present {
        None => DiagonalGaussian::new(mean, log_sd).log_prob(x),
        Some(present) => {
            // A missing value may be stored as anything, NaN included, and has no gradient.
            let difference = (x - mean).mask_fill(present.clone().equal_scalar(0.0), 0.0);
            let standardized = difference * log_sd.clone().neg().exp();
            let each = standardized.square() * -0.5 - log_sd - 0.5 * (2.0 * std::f64::consts::PI).ln();
            (each * present).sum_dim(2).squeeze_dim::<2>(2)
        }
    }
}
