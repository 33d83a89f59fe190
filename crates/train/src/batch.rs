//! A batch of windows, as an objective sees it.

use attractor_models::{Context, Observation};
use burn::tensor::Tensor;

/// A batch of windows on a device.
///
/// Each part comes as it is over the T steps of the window, and with the encoder's context around it.
#[derive(Clone, Debug)]
pub struct Batch {
    pub(crate) x: Tensor<3>,
    pub(crate) present: Option<Tensor<3>>,
    pub(crate) u: Option<Tensor<3>>,
    pub(crate) r: Option<Tensor<3>>,
    pub(crate) deconvolved: Option<Tensor<3>>,
    pub(crate) deconvolved_present: Option<Tensor<3>>,
    pub(crate) deconvolved_r: Option<Tensor<3>>,
    pub(crate) series: Option<usize>,
    pub(crate) context: Context,
    pub(crate) length: usize,
}

impl Batch {
    /// Without the encoder's context.
    fn within(&self, part: &Tensor<3>) -> Tensor<3> {
        part.clone().narrow(1, self.context.past, self.length)
    }

    /// Observations with the encoder's context: `[B, past + T + future, N]`.
    pub fn observations_with_context(&self) -> Tensor<3> {
        self.x.clone()
    }

    /// Observations `[B, T, N]`.
    pub fn observations(&self) -> Tensor<3> {
        self.within(&self.x)
    }

    /// Inputs with the encoder's context: `[B, past + T + future, K]`.
    pub fn inputs_with_context(&self) -> Option<Tensor<3>> {
        self.u.clone()
    }

    /// Inputs `[B, T, K]`.
    pub fn inputs(&self) -> Option<Tensor<3>> {
        self.u.as_ref().map(|u| self.within(u))
    }

    /// 1 where an observation was measured, 0 where it is missing: `[B, T, N]`; `None` when nothing is missing.
    pub fn present(&self) -> Option<Tensor<3>> {
        self.present.as_ref().map(|present| self.within(present))
    }

    /// Observations without what nuisance regressors explain of them, x − J r: `[B, T, N]`.
    pub fn explained(&self, observation: &impl Observation) -> Tensor<3> {
        self.within(&without_nuisance(&self.x, self.r.as_ref(), observation))
    }

    /// What latents are read off, with the encoder's context: deconvolved observations where there are some, else the
    /// observations, without what nuisance regressors explain of them. `[B, past + T + future, N]`.
    pub fn readable_with_context(&self, observation: &impl Observation) -> Tensor<3> {
        match &self.deconvolved {
            Some(x) => without_nuisance(x, self.deconvolved_r.as_ref(), observation),
            None => without_nuisance(&self.x, self.r.as_ref(), observation),
        }
    }

    /// As [`readable_with_context`](Self::readable_with_context), without the context: `[B, T, N]`.
    pub fn readable(&self, observation: &impl Observation) -> Tensor<3> {
        self.within(&self.readable_with_context(observation))
    }

    /// 1 where latents can be read off, 0 where not: `[B, T, N]`; `None` when they can be everywhere.
    pub fn readable_present(&self) -> Option<Tensor<3>> {
        match &self.deconvolved {
            Some(_) => self.deconvolved_present.as_ref().map(|present| self.within(present)),
            None => self.present(),
        }
    }

    /// The trajectory that all windows are of; `None` where they are of several.
    pub fn series(&self) -> Option<usize> {
        self.series
    }

    /// Number of windows B.
    pub fn size(&self) -> usize {
        self.x.dims()[0]
    }

    /// Number of steps T of each.
    pub fn steps(&self) -> usize {
        self.length
    }
}

/// x − J r.
fn without_nuisance(x: &Tensor<3>, r: Option<&Tensor<3>>, observation: &impl Observation) -> Tensor<3> {
    match r {
        Some(r) => x.clone() - observation.nuisance(r.clone()),
        None => x.clone(),
    }
}
