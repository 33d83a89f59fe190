//! A trained model in the units of its data: the dynamical system that a fit has found.

use attractor_models::GenerativeModel;
use attractor_systems::{Standardizer, Trajectory};
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A generative model together with what leads back to the data it was trained on: their standardisation, their
/// sampling interval and the names of their variables. All it says and makes is in the units of the data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reconstruction {
    model: GenerativeModel,
    standardizer: Option<Standardizer>,
    dt: f64,
    names: Vec<String>,
}

impl Reconstruction {
    /// The model trained on `data`, which were standardised by `standardizer` before (`None`: used as they are).
    ///
    /// # Errors
    /// [`Error::Size`] when model, data and standardisation have different numbers of variables N.
    pub fn new(
        model: GenerativeModel,
        data: &Trajectory,
        standardizer: Option<Standardizer>,
    ) -> Result<Self> {
        let expected = model.readout.offset.len();
        let check = |what, found| {
            if found == expected { Ok(()) } else { Err(Error::Size { what, expected, found }) }
        };
        check("variables N of the data", data.dim())?;
        if let Some(standardizer) = &standardizer {
            check("variables N of the standardisation", standardizer.mean().len())?;
        }
        Ok(Self { model, standardizer, dt: data.dt(), names: data.names().to_vec() })
    }

    /// The model in its own, standardised units. Its dynamics are a [`Map`](attractor_systems::Map): every analysis of
    /// maps applies to them.
    pub fn model(&self) -> &GenerativeModel {
        &self.model
    }

    /// Time between two steps of the dynamics.
    pub fn dt(&self) -> f64 {
        self.dt
    }

    /// Data as the model sees them: standardised where it was trained on standardised data.
    ///
    /// # Errors
    /// When the number of variables differs.
    pub fn to_model_units(&self, data: &Trajectory) -> Result<Trajectory> {
        Ok(self.standardized(data)?)
    }

    pub(crate) fn standardized(&self, data: &Trajectory) -> Result<Trajectory, attractor_systems::Error> {
        match &self.standardizer {
            Some(standardizer) => standardizer.apply(data),
            None => Ok(data.clone()),
        }
    }

    /// Observations \[T, N\] of the model as a trajectory in the units of the data.
    ///
    /// # Errors
    /// When values are not finite.
    pub fn to_data_units(&self, observations: Array2<f64>) -> Result<Trajectory> {
        let trajectory = Trajectory::new(observations, self.dt)?;
        let trajectory = match &self.standardizer {
            Some(standardizer) => standardizer.invert(&trajectory)?,
            None => trajectory,
        };
        Ok(trajectory.with_names(self.names.clone())?)
    }

    /// Names of the variables of the data \[N\].
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What is observed, without noise, in latent states \[T, M\]: observations \[T, N\] in the units of the data.
    ///
    /// # Errors
    /// [`Error::Size`] for states of another dimension; when a value is not finite.
    pub fn observations(&self, states: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
        let readout = &self.model.readout;
        let (expected, found) = (readout.matrix.ncols(), states.ncols());
        if expected != found {
            return Err(Error::Size { what: "latents M of the states", expected, found });
        }
        Ok(self.to_data_units(states.dot(&readout.matrix.t()) + &readout.offset)?.into_data())
    }

    /// As [`observations`](Self::observations), of one state \[M\].
    ///
    /// # Errors
    /// As [`observations`](Self::observations).
    pub fn observation(&self, state: &[f64]) -> Result<Vec<f64>> {
        let states = Array2::from_shape_fn((1, state.len()), |(_, latent)| state[latent]);
        Ok(self.observations(states.view())?.into_raw_vec_and_offset().0)
    }
}
