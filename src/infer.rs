//! Latent states from data: where a trained model starts from.

use attractor_models::{Dynamics, Encoder, GenerativeModel, Observation, Posterior, SequentialVae};
use attractor_systems::Trajectory;
use burn::{
    module::Module,
    tensor::{Tensor, TensorData},
};
use nalgebra::DMatrix;
use ndarray::Array2;

use crate::{Error, Result};

/// The posterior mean E\[z_t | x\] \[T, M\] of standardised data \[T, N\] and inputs \[T, K\], in the model's units.
///
/// Missing values are interpolated first. The encoder's context at both ends is padded by repeating the first and last
/// sample.
///
/// # Errors
/// [`Error::Size`] when N or K do not fit the model or the inputs have another length, [`Error::NotFinite`] when the
/// encoder gives NaN.
pub fn posterior_mean<E: Encoder, D: Dynamics, O: Observation>(
    model: &SequentialVae<E, D, O>,
    data: &Trajectory,
    inputs: Option<&Trajectory>,
) -> Result<Trajectory> {
    let check = |what, expected, found| {
        if expected == found { Ok(()) } else { Err(Error::Size { what, expected, found }) }
    };
    check("variables N of the data", model.observation.observed_dim(), data.dim())?;
    check("inputs K", model.dynamics.input_dim(), inputs.map_or(0, Trajectory::dim))?;
    if let Some(inputs) = inputs {
        check("samples T of the inputs", data.len(), inputs.len())?;
    }
    let filled = data.interpolate_missing()?;
    let device = model.valid().devices()[0].clone();
    let tensor = |series: &Trajectory| {
        let values: Vec<f32> = series.data().iter().map(|value| *value as f32).collect();
        Tensor::<3>::from_data(TensorData::new(values, [1, series.len(), series.dim()]), &device)
    };
    let posterior = model.valid().infer(tensor(&filled), inputs.map(tensor));
    let m = model.dynamics.latent_dim();
    let values: Vec<f64> = posterior.mean().into_data().iter::<f64>().collect();
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        return Err(Error::NotFinite { step: index / m });
    }
    let mean = Array2::from_shape_fn((data.len(), m), |(t, latent)| values[t * m + latent]);
    Ok(Trajectory::new(mean, data.dt())?)
}

/// States to start a model from, one for each sample.
#[derive(Clone, Debug)]
pub struct StartStates {
    /// The states \[T, M\] in the model's units.
    pub states: Trajectory,
    /// How many later samples each state was inferred from; 0 where none, so that predictions from it are honest.
    pub lookahead: usize,
}

/// States to predict from: by inverting the read-out where it determines all latents (then no later sample is looked
/// at), else the posterior mean.
///
/// `data` \[T, N\] is in the model's units.
///
/// # Errors
/// As [`posterior_mean`].
pub fn start_states<E: Encoder, D: Dynamics, O: Observation>(
    model: &SequentialVae<E, D, O>,
    exported: &GenerativeModel,
    data: &Trajectory,
    inputs: Option<&Trajectory>,
) -> Result<StartStates> {
    let readout = &exported.readout;
    let (n, m) = readout.matrix.dim();
    let matrix = DMatrix::from_fn(n, m, |i, j| readout.matrix[[i, j]]);
    let inverse = (n >= m).then(|| matrix.svd(true, true)).filter(|svd| svd.rank(1e-6) == m);
    match inverse.and_then(|svd| svd.pseudo_inverse(1e-12).ok()) {
        Some(inverse) if data.dim() == n => {
            let filled = data.interpolate_missing()?;
            let inverse = Array2::from_shape_fn((m, n), |(i, j)| inverse[(i, j)]);
            let states = (&filled.data() - &readout.offset).dot(&inverse.t());
            Ok(StartStates { states: Trajectory::new(states, data.dt())?, lookahead: 0 })
        }
        _ => Ok(StartStates {
            states: posterior_mean(model, data, inputs)?,
            lookahead: model.encoder.context().future,
        }),
    }
}
