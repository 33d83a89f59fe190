//! Any objective on the models of many subjects: each step trains on windows of one subject.

use attractor_models::{Cohort, Context, Dynamics, Encoder, Observation, SequentialVae, StateSpaceModel};
use burn::module::{Module, ModuleDisplay};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{Loss, Objective, agree};
use crate::{Batch, Dataset, Result};

/// A model that subjects of a [`Cohort`] can have.
pub trait Individual: Module + ModuleDisplay {
    /// Takes over from a subject's model what objectives schedule or adapt over a run.
    fn adopt_scheduled(&mut self, subject: &Self);
}

impl<D: Dynamics, O: Observation> Individual for StateSpaceModel<D, O> {
    fn adopt_scheduled(&mut self, subject: &Self) {
        self.set_forcing_strength(subject.forcing_strength());
    }
}

impl<E: Encoder, D: Dynamics, O: Observation> Individual for SequentialVae<E, D, O> {
    fn adopt_scheduled(&mut self, subject: &Self) {
        self.prior.adopt_held_variance(&subject.prior);
    }
}

/// An objective on the models of a [`Cohort`]: trajectory s of the data is that of subject s, and every batch is of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PerSubject<O>(pub O);

impl<M: Individual, O: Objective<M>> Objective<Cohort<M>> for PerSubject<O> {
    fn context(&self, model: &Cohort<M>) -> Context {
        self.0.context(&model.population)
    }

    fn validate(&self, model: &Cohort<M>, data: &Dataset, window: usize) -> Result<()> {
        agree("subjects", model.subjects(), data.series_count())?;
        self.0.validate(&model.population, data, window)
    }

    fn one_series(&self, _: &Cohort<M>) -> bool {
        true
    }

    fn before_step(&self, model: &mut Cohort<M>, batch: &Batch, step: usize, progress: f64) {
        let mut subject = model.subject(subject(batch));
        self.0.before_step(&mut subject, batch, step, progress);
        model.population.adopt_scheduled(&subject);
    }

    fn loss(&self, model: &Cohort<M>, batch: &Batch, progress: f64, rng: &mut ChaCha8Rng) -> Loss {
        self.0.loss(&model.subject(subject(batch)), batch, progress, rng)
    }
}

fn subject(batch: &Batch) -> usize {
    batch.series().expect("batches of a cohort are of one subject each")
}
