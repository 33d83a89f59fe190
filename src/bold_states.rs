//! Latent states from BOLD.

use attractor_models::{Dynamics, Encoder, Forcing, Observation, SequentialVae, StateSpaceModel};
use attractor_systems::Trajectory;
use burn::{
    module::Module,
    tensor::{Tensor, TensorData},
};

use crate::{
    Error, Generative, Result,
    infer::{posterior_mean, series, states},
};

/// A trained model of BOLD that can tell latent states from it.
pub trait BoldModel: Generative {
    /// A latent state for each scan of what latents can be read off ([`BoldData::readable`](crate::BoldData::readable)).
    ///
    /// # Errors
    /// [`Error::Size`] when N, K or T do not fit, [`Error::NotFinite`] when a state is NaN.
    fn bold_states(&self, readable: &Trajectory, inputs: Option<&Trajectory>) -> Result<Trajectory>;
}

impl<E: Encoder, D: Dynamics, O: Observation> BoldModel for SequentialVae<E, D, O> {
    /// The posterior mean; missing values are interpolated first.
    fn bold_states(&self, readable: &Trajectory, inputs: Option<&Trajectory>) -> Result<Trajectory> {
        posterior_mean(self, readable, inputs)
    }
}

impl<D: Dynamics, O: Observation> BoldModel for StateSpaceModel<D, O> {
    /// The rollout forced as in training, [`forced_states`].
    fn bold_states(&self, readable: &Trajectory, inputs: Option<&Trajectory>) -> Result<Trajectory> {
        forced_states(self, readable, inputs, self.forcing_strength())
    }
}

/// The forced rollout along data, z̃_t = (1 − α) ẑ_t + α g⁺(x_t) \[T, M\] in the model's units: dynamics corrected by what
/// the data say. Where a value is missing nothing is forced. It starts at g⁺(x_1), interpolated if that is missing.
///
/// # Errors
/// [`Error::Size`] when N, K or T do not fit the model, [`Error::NotFinite`] when a state is NaN.
pub fn forced_states<D: Dynamics, O: Observation>(
    model: &StateSpaceModel<D, O>,
    data: &Trajectory,
    inputs: Option<&Trajectory>,
    alpha: f64,
) -> Result<Trajectory> {
    let check = |what, expected, found| {
        if expected == found { Ok(()) } else { Err(Error::Size { what, expected, found }) }
    };
    check("variables N of the data", model.observation.observed_dim(), data.dim())?;
    check("inputs K", model.dynamics.input_dim(), inputs.map_or(0, Trajectory::dim))?;
    if let Some(inputs) = inputs {
        check("samples T of the inputs", data.len(), inputs.len())?;
    }
    let model = model.valid();
    let device = model.devices()[0].clone();
    let x = series(&data.interpolate_missing()?, &device);
    let start = model.start(x.clone().narrow(1, 0, 1).squeeze_dim(1));
    let steps = data.len() - 1;
    if steps == 0 {
        return states(start, data.dt());
    }
    let alpha = alpha.clamp(0.0, 1.0) as f32;
    let target = model.observation.determined(x.narrow(1, 1, steps));
    let width = target.dims()[2];
    let known: Vec<f32> = (1..=steps)
        .flat_map(|row| {
            let all = (0..data.dim()).all(|column| !data.is_missing(row, column));
            let single = model.observation.reads_latents();
            (0..width).map(move |latent| if single { !data.is_missing(row, latent) } else { all })
        })
        .map(|known| f32::from(u8::from(known)))
        .collect();
    let mask = Tensor::<3>::from_data(TensorData::new(known, [1, steps, width]), &device);
    let forcing = Forcing::constant(target.clone(), alpha).with_mask(mask.clone());
    let inputs = inputs.map(|inputs| series(inputs, &device).narrow(1, 1, steps));
    let free = model.dynamics.rollout(start.clone(), steps, Some(&forcing), inputs);
    let forced = free.clone().narrow(2, 0, width);
    let forced = forced.clone() + (target - forced) * mask * alpha;
    let m = model.dynamics.latent_dim();
    let corrected =
        if width == m { forced } else { Tensor::cat(vec![forced, free.narrow(2, width, m - width)], 2) };
    states(Tensor::cat(vec![start, corrected.squeeze_dim(0)], 0), data.dt())
}
