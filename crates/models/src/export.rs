//! From trained tensors to plain `f64`: the generative model that leaves the library.

use attractor_systems::PiecewiseLinearMap;
use burn::{module::Param, tensor::Tensor};
use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The linear read-out E\[x_t | z_t\] = B z_t + b.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearReadout {
    /// B \[N, M\].
    pub matrix: Array2<f64>,
    /// b \[N\].
    pub offset: Array1<f64>,
}

impl LinearReadout {
    /// Writes B z + b to `x` \[N\].
    pub fn apply(&self, z: &[f64], x: &mut [f64]) {
        for ((out, row), offset) in x.iter_mut().zip(self.matrix.rows()).zip(&self.offset) {
            *out = offset + row.iter().zip(z).map(|(b, z)| b * z).sum::<f64>();
        }
    }
}

/// The generative model of a sequential VAE in `f64`:
///
/// $$ z_1 \sim N(\mu_0, \Sigma_0), \quad z_t \sim N(F(z_{t-1}, u_t), \Sigma), \quad x_t \sim N(B z_t + b, \Gamma) $$
///
/// with diagonal covariances, held as standard deviations. Where the observation has a response (that of fMRI), B z_t + b is
/// convolved with it, and nuisance regressors may add J r_t.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenerativeModel {
    /// F.
    pub dynamics: PiecewiseLinearMap,
    /// B and b.
    pub readout: LinearReadout,
    /// μ0 \[M\].
    pub initial_mean: Array1<f64>,
    /// Square root of the diagonal of Σ0 \[M\].
    pub initial_sd: Array1<f64>,
    /// Square root of the diagonal of Σ \[M\].
    pub process_sd: Array1<f64>,
    /// Square root of the diagonal of Γ \[N\].
    pub observation_sd: Array1<f64>,
    /// What each observed variable's B z + b is convolved with, \[N, S\]; `None` where it is seen as it is.
    #[serde(default)]
    pub response: Option<Array2<f64>>,
    /// J \[N, P\]; `None` without nuisance regressors.
    #[serde(default)]
    pub nuisance: Option<Array2<f64>>,
}

impl GenerativeModel {
    /// Number S − 1 of earlier states that an observation depends on; 0 without a response.
    pub fn history(&self) -> usize {
        self.response.as_ref().map_or(0, |response| response.ncols() - 1)
    }

    /// What is observed in latent states \[T, M\] without noise and nuisance, \[T − S + 1, N\]; no rows where the states are
    /// too few.
    ///
    /// # Panics
    /// When the states have another dimension than M.
    pub fn observe(&self, states: ArrayView2<'_, f64>) -> Array2<f64> {
        let seen = states.dot(&self.readout.matrix.t()) + &self.readout.offset;
        let Some(response) = &self.response else { return seen };
        let rows = seen.nrows().saturating_sub(self.history());
        let mut observed = Array2::zeros((rows, seen.ncols()));
        for (lag, weights) in response.columns().into_iter().enumerate() {
            let first = self.history() - lag;
            observed += &(&seen.slice_axis(Axis(0), Slice::from(first..first + rows)) * &weights);
        }
        observed
    }
}

/// A parameter \[R, C\] as an `f64` array.
///
/// # Errors
/// [`Error::NotFinite`] with `name` when an entry is NaN or infinite.
pub fn matrix(name: &str, parameter: &Param<Tensor<2>>) -> Result<Array2<f64>> {
    matrix_of(name, parameter.val())
}

/// A parameter \[R\] as an `f64` array.
///
/// # Errors
/// [`Error::NotFinite`] with `name` when an entry is NaN or infinite.
pub fn vector(name: &str, parameter: &Param<Tensor<1>>) -> Result<Array1<f64>> {
    vector_of(name, parameter.val())
}

pub(crate) fn matrix_of(name: &str, tensor: Tensor<2>) -> Result<Array2<f64>> {
    let [rows, columns] = tensor.dims();
    let values = finite(name, tensor)?;
    Ok(Array2::from_shape_fn((rows, columns), |(row, column)| values[row * columns + column]))
}

pub(crate) fn vector_of(name: &str, tensor: Tensor<1>) -> Result<Array1<f64>> {
    Ok(Array1::from(finite(name, tensor)?))
}

fn finite<const D: usize>(name: &str, tensor: Tensor<D>) -> Result<Vec<f64>> {
    let values: Vec<f64> = tensor.into_data().iter::<f64>().collect();
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(Error::NotFinite { parameter: name.to_string() })
    }
}
