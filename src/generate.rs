//! Free generation: z ~ p_gen(z), x ~ p_gen(x | z).

use attractor_systems::{Map, Trajectory};
use ndarray::{Array2, ArrayView1, ArrayView2, s};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::{Error, Reconstruction, Result};

/// What to generate.
#[derive(Clone, Debug, PartialEq)]
pub struct Generate {
    steps: usize,
    transient: usize,
    start: Vec<f64>,
    process_noise: bool,
    observation_noise: bool,
}

impl Generate {
    /// `steps` samples from the latent state `start` \[M\] (in the model's units) on, without noise.
    pub fn new(steps: usize, start: Vec<f64>) -> Self {
        Self { steps, transient: 0, start, process_noise: false, observation_noise: false }
    }

    /// Lets the first `steps` pass before the samples that are kept.
    #[must_use]
    pub fn transient(mut self, steps: usize) -> Self {
        self.transient = steps;
        self
    }

    /// With process noise: z_t ~ N(F(z_{t−1}, u_t), Σ).
    #[must_use]
    pub fn process_noise(mut self, on: bool) -> Self {
        self.process_noise = on;
        self
    }

    /// With observation noise: x_t ~ N(B z_t + b, Γ).
    #[must_use]
    pub fn observation_noise(mut self, on: bool) -> Self {
        self.observation_noise = on;
        self
    }
}

/// A free run.
#[derive(Clone, Debug)]
pub struct Generated {
    /// Observations \[T, N\] in the units of the data.
    pub observations: Trajectory,
    /// Latent states \[T, M\] in the model's units.
    pub states: Trajectory,
}

/// Runs a reconstruction freely. Where its observations have a response, they look back over the transient, before which the
/// start state is held; nuisance regressors have no part in a free run. Row 0 is the start state, or the state after the transient; row i of `inputs` \[transient +
/// T, K\] drives the step into row i of the run (so its first row is not used).
///
/// # Errors
/// [`Error::Diverged`] when the run leaves the finite numbers; [`Error::Size`] when `start` or `inputs` do not fit, or no
/// steps are asked for.
pub fn generate(
    reconstruction: &Reconstruction,
    options: &Generate,
    inputs: Option<ArrayView2<'_, f64>>,
    rng: &mut impl Rng,
) -> Result<Generated> {
    let model = reconstruction.model();
    let m = model.dynamics.dim();
    let total = options.transient + options.steps;
    let check = |what, expected, found| {
        if expected == found { Ok(()) } else { Err(Error::Size { what, expected, found }) }
    };
    check("latents M of the start state", m, options.start.len())?;
    check("inputs K", model.dynamics.input_dim(), inputs.map_or(0, |inputs| inputs.ncols()))?;
    if let Some(inputs) = inputs {
        check("rows of the inputs (transient and steps)", total, inputs.nrows())?;
    }
    if options.steps == 0 {
        return Err(Error::Size { what: "steps to generate", expected: 1, found: 0 });
    }

    let mut noise = |mean: &mut [f64], sd: &[f64]| {
        for (value, sd) in mean.iter_mut().zip(sd) {
            let sample: f64 = StandardNormal.sample(rng);
            *value += sd * sample;
        }
    };
    let process_sd = model.process_sd.to_vec();
    let observation_sd = model.observation_sd.to_vec();
    // What is observed looks back over states before those that are kept.
    let history = model.history();
    let mut states = Array2::zeros((history + options.steps, m));
    let mut z = options.start.clone();
    let (mut next, mut u) = (vec![0.0; m], vec![0.0; model.dynamics.input_dim()]);
    for step in 0..total {
        if step > 0 {
            if let Some(inputs) = inputs {
                u.iter_mut().zip(inputs.row(step)).for_each(|(u, value)| *u = *value);
            }
            model.dynamics.step(&z, &u, &mut next);
            if options.process_noise {
                noise(&mut next, &process_sd);
            }
            std::mem::swap(&mut z, &mut next);
        }
        if !z.iter().all(|value| value.is_finite()) {
            return Err(Error::Diverged { step });
        }
        // The start state stands for what was before it.
        let first = if step == 0 { 0 } else { (step + history).saturating_sub(options.transient) };
        let last = (step + history + 1).saturating_sub(options.transient);
        for row in first..last {
            states.row_mut(row).iter_mut().zip(&z).for_each(|(out, value)| *out = *value);
        }
    }
    let mut observations = model.observe(states.view());
    if options.observation_noise {
        for mut row in observations.rows_mut() {
            let mut x = row.to_vec();
            noise(&mut x, &observation_sd);
            row.assign(&ArrayView1::from(&x));
        }
    }
    let states = states.slice_move(s![history.., ..]);
    Ok(Generated {
        observations: reconstruction.to_data_units(observations)?,
        states: Trajectory::new(states, reconstruction.dt())?,
    })
}
