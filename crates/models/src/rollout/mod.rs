//! The forced rollout, the one recurrent operation of the library:
//!
//! $$ \hat z_t = F(\tilde z_{t-1}, u_t), \qquad \tilde z_t = (1 - \alpha_t)\, \hat z_t + \alpha_t\, d_t . $$
//!
//! F is a PLRNN, u an external input, d a latent trajectory known from data and α_t in \[0, 1\] the strength with which it
//! forces the model. Every use of a model is a choice of d and α: free generation has α = 0; the one-step prior term of
//! the ELBO has the posterior's sample as d and α = 1 everywhere; teacher forcing lies in between.

mod reference;

pub(crate) use reference::rollout as reference;

use burn::tensor::Tensor;

/// What forces a rollout, and how strongly.
#[derive(Clone, Debug)]
pub struct Forcing {
    target: Tensor<3>,
    alpha: Vec<f32>,
}

impl Forcing {
    /// Forcing by d = `target` with one α a step.
    ///
    /// # Shapes
    /// `target: [B, T, M]`, `alpha` of length T.
    ///
    /// # Panics
    /// When `alpha` has another length than `target` has steps, or an entry outside \[0, 1\].
    pub fn new(target: Tensor<3>, alpha: Vec<f32>) -> Self {
        assert_eq!(alpha.len(), target.dims()[1], "one α for each of the T steps of the forcing trajectory");
        assert!(alpha.iter().all(|a| (0.0..=1.0).contains(a)), "every α lies in [0, 1]");
        Self { target, alpha }
    }

    /// Forcing of the same strength at every step.
    ///
    /// # Shapes
    /// `target: [B, T, M]`.
    pub fn constant(target: Tensor<3>, alpha: f32) -> Self {
        let steps = target.dims()[1];
        Self::new(target, vec![alpha; steps])
    }

    /// d \[B, T, M\].
    pub fn target(&self) -> &Tensor<3> {
        &self.target
    }

    /// α_t for t = 1 ... T.
    pub fn alpha(&self) -> &[f32] {
        &self.alpha
    }

    /// Whether every step starts from the data, so that all steps are independent of each other. The last α does not
    /// matter: no step follows it.
    fn is_complete(&self) -> bool {
        self.alpha[..self.alpha.len() - 1].iter().all(|a| *a == 1.0)
    }
}
