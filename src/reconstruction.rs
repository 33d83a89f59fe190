//! A trained model in the units of its data: the dynamical system that a fit has found.

use attractor_models::GenerativeModel;
use attractor_systems::{Standardizer, Trajectory};
use ndarray::Array2;
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
        match &self.standardizer {
            Some(standardizer) => Ok(standardizer.apply(data)?),
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
}
