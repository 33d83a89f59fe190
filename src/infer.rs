//! Latent states from data: where a trained model starts from.

use attractor_models::{
    Dynamics, Encoder, GenerativeModel, Observation, Posterior, SequentialVae, StateSpaceModel,
};
use attractor_systems::Trajectory;
use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData},
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
    let model = model.valid();
    let device = model.devices()[0].clone();
    let posterior = model.infer(series(&filled, &device), inputs.map(|inputs| series(inputs, &device)));
    states(posterior.mean().squeeze_dim(0), data.dt())
}

/// A trajectory \[T, N\] as a batch of one, \[1, T, N\].
pub(crate) fn series(trajectory: &Trajectory, device: &Device) -> Tensor<3> {
    let values: Vec<f32> = trajectory.data().iter().map(|value| *value as f32).collect();
    Tensor::from_data(TensorData::new(values, [1, trajectory.len(), trajectory.dim()]), device)
}

/// Latent states \[T, M\] as a trajectory.
pub(crate) fn states(states: Tensor<2>, dt: f64) -> Result<Trajectory> {
    let [steps, m] = states.dims();
    let values: Vec<f64> = states.into_data().iter::<f64>().collect();
    if let Some(index) = values.iter().position(|value| !value.is_finite()) {
        return Err(Error::NotFinite { step: index / m });
    }
    Ok(Trajectory::new(Array2::from_shape_fn((steps, m), |(t, latent)| values[t * m + latent]), dt)?)
}

/// A trained model that generates, and that can tell a latent state from data.
pub trait Generative: Module {
    /// The model in `f64`.
    ///
    /// # Errors
    /// When a parameter is not finite.
    fn exported(&self) -> Result<GenerativeModel>;

    /// A latent state for each sample of `data` \[T, N\], in the model's units.
    ///
    /// # Errors
    /// [`Error::Size`] when N or K do not fit the model, [`Error::NotFinite`] when a state is NaN.
    fn latent_states(&self, data: &Trajectory, inputs: Option<&Trajectory>) -> Result<StartStates>;
}

impl<E: Encoder, D: Dynamics, O: Observation> Generative for SequentialVae<E, D, O> {
    fn exported(&self) -> Result<GenerativeModel> {
        Ok(self.export()?)
    }

    /// The posterior mean.
    fn latent_states(&self, data: &Trajectory, inputs: Option<&Trajectory>) -> Result<StartStates> {
        Ok(StartStates {
            states: posterior_mean(self, data, inputs)?,
            lookahead: self.encoder.context().future,
        })
    }
}

impl<D: Dynamics, O: Observation> Generative for StateSpaceModel<D, O> {
    fn exported(&self) -> Result<GenerativeModel> {
        Ok(self.export()?)
    }

    /// The state that the model starts from where it sees each sample.
    fn latent_states(&self, data: &Trajectory, _inputs: Option<&Trajectory>) -> Result<StartStates> {
        if data.dim() != self.observation.observed_dim() {
            let expected = self.observation.observed_dim();
            return Err(Error::Size { what: "variables N of the data", expected, found: data.dim() });
        }
        let model = self.valid();
        let device = model.devices()[0].clone();
        let filled = data.interpolate_missing()?;
        let start = model.start(series(&filled, &device).squeeze_dim(0));
        Ok(StartStates { states: states(start, data.dt())?, lookahead: 0 })
    }
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
/// at), else the model's own [`latent_states`](Generative::latent_states).
///
/// `data` \[T, N\] is in the model's units.
///
/// # Errors
/// As [`Generative::latent_states`].
pub fn start_states(
    model: &impl Generative,
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
        _ => model.latent_states(data, inputs),
    }
}
