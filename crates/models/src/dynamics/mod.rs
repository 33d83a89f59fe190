//! Latent dynamics z_t = F(z_{t−1}, u_t): the trait, and one PLRNN variant a file.

mod almost_linear;
mod dendritic;
mod form;
mod input;
mod plrnn;
mod rectified;
mod shallow;
mod talathi_vartak;

pub use almost_linear::{AlmostLinearRnn, AlmostLinearRnnConfig};
pub use dendritic::{ClippedDendriticPlrnnConfig, DendriticPlrnn, DendriticPlrnnConfig};
pub use form::{Features, Form, PiecewiseLinearRnn};
pub use input::InputMatrix;
pub use plrnn::{MeanCentredPlrnnConfig, Plrnn, PlrnnConfig};
pub use rectified::{RectifiedRnn, RectifiedRnnConfig};
pub use shallow::{ClippedShallowPlrnnConfig, ShallowPlrnn, ShallowPlrnnConfig};

use attractor_systems::PiecewiseLinearMap;
use burn::{
    module::{Module, ModuleDisplay, ModuleVisitor, Param},
    tensor::Tensor,
};

use crate::{Forcing, Result, rollout};

/// Deterministic latent dynamics z_t = F(z_{t−1}, u_t), piecewise linear in z.
///
/// Dynamics of the form z_t = a ∘ z_{t−1} + W f(z_{t−1}) + h + C u_t come by [`PiecewiseLinearRnn`], with a fused
/// rollout; others implement this trait themselves.
pub trait Dynamics: Module + ModuleDisplay {
    /// Number of latents M.
    fn latent_dim(&self) -> usize;

    /// Number of external inputs K; 0 for autonomous dynamics.
    fn input_dim(&self) -> usize {
        0
    }

    /// One step, F(z, u).
    ///
    /// # Shapes
    /// `z: [B, M]`, `u: [B, K]` (`None` where K = 0) -> `[B, M]`.
    fn step(&self, z: Tensor<2>, u: Option<Tensor<2>>) -> Tensor<2>;

    /// ∂F_i/∂z_j at `z`; it does not depend on the inputs, which enter additively.
    ///
    /// # Shapes
    /// `z: [B, M]` -> `[B, M, M]`.
    fn jacobian(&self, z: Tensor<2>) -> Tensor<3>;

    /// The same dynamics as an exact `f64` piecewise-linear map, to run and analyse without tensors.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when a parameter is NaN or infinite.
    fn export(&self) -> Result<PiecewiseLinearMap>;

    /// The forced rollout ẑ_1 ... ẑ_T from z̃_0 = `z0` (see [`rollout`]).
    ///
    /// # Shapes
    /// `z0: [B, M]`, `forcing` d `[B, T, M]` with α of length T, `inputs: [B, T, K]` -> `[B, T, M]`.
    fn rollout(
        &self,
        z0: Tensor<2>,
        steps: usize,
        forcing: Option<&Forcing>,
        inputs: Option<Tensor<3>>,
    ) -> Tensor<3> {
        rollout::reference(self, z0, steps, forcing, inputs)
    }

    /// An upper bound of the spectral norm of the Jacobian, at whatever state; `None` where there is none to give.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when a parameter is NaN or infinite.
    fn jacobian_bound(&self) -> Result<Option<f64>> {
        Ok(None)
    }

    /// What draws the last `latents` latents towards a manifold of fixed points \[S21\]: the squares of 1 − A_ii, of the rows
    /// W_i and of h_i, each summed over those latents. `None` for dynamics without such a form.
    fn manifold_penalties(&self, latents: usize) -> Option<[Tensor<1>; 3]> {
        let _ = latents;
        None
    }

    /// Sum of squares that weight regularization adds to a loss, one number `[1]`.
    ///
    /// By default Σ θ² over all parameters; variants with a diagonal A use ‖1 − A‖² for it \[H23\], so that
    /// regularization favours slow dynamics over dead ones.
    fn weight_penalty(&self) -> Tensor<1> {
        struct SumOfSquares(Option<Tensor<1>>);
        impl ModuleVisitor for SumOfSquares {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                let term = param.val().square().sum();
                self.0 = Some(match self.0.take() {
                    Some(sum) => sum + term,
                    None => term,
                });
            }
        }
        let mut visitor = SumOfSquares(None);
        self.visit(&mut visitor);
        visitor.0.unwrap_or_else(|| Tensor::zeros([1], &self.devices()[0]))
    }
}

/// W \[M, M\] with its diagonal masked to zero.
fn without_diagonal(w: Tensor<2>) -> Tensor<2> {
    let off_diagonal = 1.0 - Tensor::<2>::eye(w.dims()[0], &w.device());
    w * off_diagonal
}
