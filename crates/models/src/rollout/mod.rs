//! The forced rollout, the one recurrent operation of the library:
//!
//! $$ \hat z_t = F(\tilde z_{t-1}, u_t), \qquad \tilde z_t = \hat z_t + \alpha_t m_t (d_t - \hat z_t) . $$
//!
//! F is a PLRNN, u an external input, d a latent trajectory known from data, α_t in \[0, 1\] the strength with which it
//! forces the model and m a mask. Every use of a model is a choice of d and α: free generation has α = 0; the one-step
//! prior term of the ELBO has the posterior's sample as d and α = 1 everywhere; teacher forcing lies in between.
//!
//! [`PiecewiseLinearRnn`](crate::dynamics::PiecewiseLinearRnn)s run as one node of the computational graph with a
//! backward pass written by hand: on Flex and NdArray by SIMD kernels (f32 and f64), on CubeCL devices such as wgpu by GPU
//! kernels (f32). Other dynamics, backends and precisions run step by step in plain tensor operations. Both give the same
//! values and gradients. Between the passes the node keeps the rolled-out states and nothing else.

mod autodiff;
#[cfg(feature = "wgpu")]
mod cube;
mod fused;
#[cfg(any(feature = "flex", feature = "ndarray"))]
mod host;
mod reference;

pub(crate) use fused::rollout as fused;
pub(crate) use reference::rollout as reference;

use burn::tensor::Tensor;

/// What forces a rollout, and how strongly.
#[derive(Clone, Debug)]
pub struct Forcing {
    target: Tensor<3>,
    alpha: Vec<f32>,
    mask: Option<Tensor<3>>,
}

impl Forcing {
    /// Forcing of the first N latents by d = `target` with one α a step.
    ///
    /// # Shapes
    /// `target: [B, T, N]` with N at most M, `alpha` of length T.
    ///
    /// # Panics
    /// When `alpha` has another length than `target` has steps, or an entry outside \[0, 1\].
    pub fn new(target: Tensor<3>, alpha: Vec<f32>) -> Self {
        assert_eq!(alpha.len(), target.dims()[1], "one α for each of the T steps of the forcing trajectory");
        assert!(alpha.iter().all(|a| (0.0..=1.0).contains(a)), "every α lies in [0, 1]");
        Self { target, alpha, mask: None }
    }

    /// Forcing of the same strength at every step.
    ///
    /// # Shapes
    /// `target: [B, T, N]`.
    pub fn constant(target: Tensor<3>, alpha: f32) -> Self {
        let steps = target.dims()[1];
        Self::new(target, vec![alpha; steps])
    }

    /// With factors of α for each entry, such as 1 where d is known and 0 where it is missing. Where the factor is 0, d
    /// is not looked at.
    ///
    /// # Shapes
    /// `mask: [B, T, N]`, every entry in \[0, 1\].
    ///
    /// # Panics
    /// When the mask has another shape than d.
    #[must_use]
    pub fn with_mask(mut self, mask: Tensor<3>) -> Self {
        assert_eq!(mask.dims(), self.target.dims(), "the mask has the shape of the forcing trajectory");
        self.mask = Some(mask);
        self
    }

    /// d \[B, T, N\].
    pub fn target(&self) -> &Tensor<3> {
        &self.target
    }

    /// α_t for t = 1 ... T.
    pub fn alpha(&self) -> &[f32] {
        &self.alpha
    }

    /// m \[B, T, N\].
    pub fn mask(&self) -> Option<&Tensor<3>> {
        self.mask.as_ref()
    }

    /// Number of forced latents N.
    pub fn width(&self) -> usize {
        self.target.dims()[2]
    }

    /// Whether every step starts from the data in all M latents, so that all steps are independent of each other. The
    /// last α does not matter: no step follows it.
    fn is_complete(&self, latent: usize) -> bool {
        let (_, before) = self.alpha.split_last().expect("a rollout has at least one step");
        self.mask.is_none() && self.width() == latent && before.iter().all(|a| *a == 1.0)
    }

    /// The state before every step of a complete forcing, \[B·T, M\]: z0, then d.
    fn states_before(&self, z0: Tensor<2>) -> Tensor<2> {
        let ([batch, m], steps) = (z0.dims(), self.alpha.len());
        let start = z0.unsqueeze_dim::<3>(1);
        let before = match steps {
            1 => start,
            _ => Tensor::cat(vec![start, self.target.clone().narrow(1, 0, steps - 1)], 1),
        };
        before.reshape([batch * steps, m])
    }
}

/// # Panics
/// When the lengths of `forcing` or `inputs` are not `steps`, or `steps` is 0.
fn check(latent: usize, steps: usize, forcing: Option<&Forcing>, inputs: Option<&Tensor<3>>) {
    assert!(steps > 0, "a rollout has at least one step");
    if let Some(forcing) = forcing {
        assert_eq!(forcing.alpha.len(), steps, "the forcing has one entry a step");
        assert!(forcing.width() <= latent, "the forcing has at most as many columns as there are latents");
    }
    if let Some(inputs) = inputs {
        assert_eq!(inputs.dims()[1], steps, "the inputs have one entry a step");
    }
}
