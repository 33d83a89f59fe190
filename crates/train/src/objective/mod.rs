//! Objectives: what a run minimises. The trait, and one objective a file.

mod cohort;
mod elbo;
mod jacobian_norm;
mod multimodal_teacher_forcing;
mod regularization;
mod teacher_forcing;

pub use cohort::{Individual, PerSubject};
pub use elbo::{Elbo, Entropy};
pub use jacobian_norm::JacobianNorm;
pub use multimodal_teacher_forcing::MultimodalTeacherForcing;
pub use teacher_forcing::{ManifoldAttractor, NoiseOn, Strength, TeacherForcing};

use attractor_models::Context;
use burn::tensor::Tensor;
use rand_chacha::ChaCha8Rng;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Batch, Dataset, Error, Result, Schedule};

/// A number to minimise for a model of type `M`, with the terms that it is made of.
pub trait Objective<M>: Clone + Serialize + DeserializeOwned {
    /// Samples that the model needs to see around a window.
    fn context(&self, model: &M) -> Context;

    /// Refuses settings that cannot work, a model that does not fit the data and windows of too few samples, before training
    /// starts.
    ///
    /// # Errors
    /// [`Error::OutOfRange`], [`Error::ModelAndData`] and the like.
    fn validate(&self, model: &M, data: &Dataset, window: usize) -> Result<()>;

    /// Whether every batch has to be of one trajectory.
    fn one_series(&self, model: &M) -> bool {
        let _ = model;
        false
    }

    /// Puts scheduled and adapted values into the model before a step on `batch`. Steps count from 0; `progress` runs from 0
    /// to 1 over the run.
    fn before_step(&self, model: &mut M, batch: &Batch, step: usize, progress: f64) {
        let _ = (model, batch, step, progress);
    }

    /// The loss of `batch` at `progress`, with all randomness from `rng`.
    fn loss(&self, model: &M, batch: &Batch, progress: f64, rng: &mut ChaCha8Rng) -> Loss;
}

/// A loss `[1]` to minimise and its named terms, each `[1]`.
#[derive(Clone, Debug)]
pub struct Loss {
    /// What the gradient is taken of.
    pub total: Tensor<1>,
    /// The terms, in their own signs and units, in a fixed order.
    pub terms: Vec<(&'static str, Tensor<1>)>,
}

/// Refuses a model for other data.
fn agree(name: &'static str, model: usize, data: usize) -> Result<()> {
    if model == data { Ok(()) } else { Err(Error::ModelAndData { name, model, data }) }
}

/// Refuses a setting that is negative or not finite.
fn not_negative(field: &'static str, value: f64) -> Result<()> {
    if value >= 0.0 && value.is_finite() {
        Ok(())
    } else {
        Err(Error::OutOfRange { field, value, range: "finite and at least 0" })
    }
}

/// Refuses schedules of the weight of prior and entropy, and of the process variance, that cannot be.
fn check_bound(kl_weight: &Schedule, process_variance: Option<&Schedule>) -> Result<()> {
    kl_weight.check("kl_weight", "a schedule of finite weights, at least 0", |weight| weight >= 0.0)?;
    process_variance.map_or(Ok(()), |variance| {
        let range = "a schedule of finite variances above 0";
        variance.check("process_variance", range, |variance| variance > 0.0)
    })
}
