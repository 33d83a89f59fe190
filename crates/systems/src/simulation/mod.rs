//! Simulation: a system, a start, a clock, and the trajectory that follows.

mod adaptive;
mod delay;
mod dense;
mod ensemble;
mod events;
mod fixed_step;
mod iterate;
mod recorder;
mod run;
mod solver;
mod stochastic;

use serde::{Deserialize, Serialize};

use crate::trajectory::check_dt;
use crate::{Error, Result, System};

pub use ensemble::{Divergence, Ensemble};
pub use events::{Crossing, Direction, Event, EventRun, Section};
pub use stochastic::SdeMethod;

/// How a flow is integrated between samples when there is no process noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Method {
    /// Dormand-Prince 8(5,3) of Hairer, Nørsett & Wanner, *Solving Ordinary Differential Equations I* (1993): explicit,
    /// adaptive, with a seventh-order interpolant. The right choice unless the system is stiff.
    #[default]
    Dop853,
    /// Radau IIA of order 5 of Hairer & Wanner, *Solving Ordinary Differential Equations II* (1996): implicit and
    /// adaptive, for stiff systems. Uses the Jacobian of the flow. Its interpolant has order 3, so its samples are less
    /// accurate than its steps: tighten the tolerances rather than lengthen dt.
    ///
    /// For at most 128 variables.
    Radau5,
    /// The classical Runge-Kutta method of order 4 at fixed steps of dt / [`substeps`](Simulation::substeps), without any
    /// control of its error. What an [`Ensemble`](crate::Ensemble) computes, bit for bit.
    Rk4,
    /// The method of Tsitouras of order 5 (2011) at fixed steps of dt / [`substeps`](Simulation::substeps), without any
    /// control of its error.
    Tsit5,
}

/// A run of a system: how many samples at which interval, from where, with what noise.
///
/// The trajectory has T = `steps` samples at t_0, t_0 + dt, ..., t_0 + (T - 1) dt. Sample 0 is the initial state, or
/// where it has got to after the `transient`.
///
/// ```
/// use attractor_systems::{Lorenz63, Simulation};
///
/// let lorenz = Lorenz63::default();
/// let trajectory = Simulation::of(&lorenz, 1000).transient(500).run(&lorenz)?;
/// assert_eq!((trajectory.len(), trajectory.dim()), (1000, 3));
/// # Ok::<(), attractor_systems::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulation {
    dt: f64,
    steps: usize,
    #[serde(default)]
    transient: usize,
    #[serde(default)]
    transient_time: f64,
    #[serde(default)]
    start_time: f64,
    #[serde(default)]
    initial_state: Option<Vec<f64>>,
    #[serde(default)]
    names: Option<Vec<String>>,
    #[serde(default)]
    process_noise: Vec<f64>,
    #[serde(default = "default_substeps")]
    substeps: usize,
    #[serde(default)]
    method: Method,
    #[serde(default)]
    sde_method: SdeMethod,
    #[serde(default = "default_tolerance")]
    rtol: f64,
    #[serde(default = "default_tolerance")]
    atol: f64,
    #[serde(default = "default_max_steps")]
    max_steps: usize,
    #[serde(default = "default_bound")]
    bound: f64,
}

fn default_substeps() -> usize {
    10
}
fn default_tolerance() -> f64 {
    1e-10
}
fn default_max_steps() -> usize {
    100_000
}
fn default_bound() -> f64 {
    1e50
}

impl Simulation {
    /// A run of `steps` samples, `dt` apart in the system's time unit (1 for maps). Set the start with
    /// [`Simulation::initial_state`].
    pub fn new(dt: f64, steps: usize) -> Self {
        Self {
            dt,
            steps,
            transient: 0,
            transient_time: 0.0,
            start_time: 0.0,
            initial_state: None,
            names: None,
            process_noise: Vec::new(),
            substeps: default_substeps(),
            method: Method::default(),
            sde_method: SdeMethod::default(),
            rtol: default_tolerance(),
            atol: default_tolerance(),
            max_steps: default_max_steps(),
            bound: default_bound(),
        }
    }

    /// A run of `steps` samples with the default dt, initial state and names of a system of the catalogue.
    pub fn of(system: &(impl System + ?Sized), steps: usize) -> Self {
        Self {
            initial_state: Some(system.default_state()),
            names: Some(system.variables()),
            ..Self::new(system.default_dt(), steps)
        }
    }

    /// Time between samples, in the system's time unit.
    #[must_use]
    pub fn dt(mut self, dt: f64) -> Self {
        self.dt = dt;
        self
    }

    /// Sets the time between samples so that `points` of them make up the period of the dominant oscillation of `system`,
    /// as [`System::period`] tells it.
    ///
    /// # Errors
    /// [`Error::NoPeriod`] when the system has none, [`Error::OutOfRange`] when `points` is 0.
    pub fn points_per_period(mut self, system: &(impl System + ?Sized), points: usize) -> Result<Self> {
        if points == 0 {
            let requirement = "at least 1";
            return Err(Error::OutOfRange { what: "number of points per period", value: 0.0, requirement });
        }
        let period = system.period().ok_or(Error::NoPeriod { system: system.name() })?;
        self.dt = period / points as f64;
        check_dt(self.dt)?;
        Ok(self)
    }

    /// Number of samples T of the trajectory.
    #[must_use]
    pub fn steps(mut self, steps: usize) -> Self {
        self.steps = steps;
        self
    }

    /// Number of samples, dt apart, that pass before the trajectory starts; 0 by default.
    #[must_use]
    pub fn transient(mut self, samples: usize) -> Self {
        self.transient = samples;
        self
    }

    /// Time that passes before the trajectory starts, in the system's time unit: rounded up to a multiple of dt, and in
    /// addition to the samples of [`Simulation::transient`]; 0 by default.
    #[must_use]
    pub fn transient_time(mut self, time: f64) -> Self {
        self.transient_time = time;
        self
    }

    /// Time at the initial state, which matters to forced systems; 0 by default.
    #[must_use]
    pub fn start_time(mut self, time: f64) -> Self {
        self.start_time = time;
        self
    }

    /// The initial state \[M\].
    #[must_use]
    pub fn initial_state(mut self, state: impl Into<Vec<f64>>) -> Self {
        self.initial_state = Some(state.into());
        self
    }

    /// Names of the M variables of the trajectory.
    #[must_use]
    pub fn names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Additive process noise, one strength for all variables (length 1) or one for each (length M). For a flow
    ///
    /// $$ dx = f(t, x) \\, dt + \sigma \\, dW $$
    ///
    /// so σ has the unit of x per square root of time; for a map, noise of standard deviation σ is added after every
    /// step. A noisy flow is integrated by the stochastic Heun method with fixed steps of dt / substeps, not
    /// adaptively: an adaptive method would choose its steps by the noise that it sees and thereby bias it.
    #[must_use]
    pub fn process_noise(mut self, sd: impl Into<Vec<f64>>) -> Self {
        self.process_noise = sd.into();
        self
    }

    /// Steps of the methods with fixed steps within one dt; 10 by default. These are the methods for noise,
    /// [`Method::Rk4`] and [`Method::Tsit5`]; on others it has no effect.
    #[must_use]
    pub fn substeps(mut self, substeps: usize) -> Self {
        self.substeps = substeps;
        self
    }

    /// Integration method for flows without process noise.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Integration method for stochastic differential equations, [`Simulation::run_sde`].
    #[must_use]
    pub fn sde_method(mut self, method: SdeMethod) -> Self {
        self.sde_method = method;
        self
    }

    /// Relative and absolute error allowed per solver step; both 1e-10 by default.
    #[must_use]
    pub fn tolerances(mut self, relative: f64, absolute: f64) -> Self {
        (self.rtol, self.atol) = (relative, absolute);
        self
    }

    /// Solver steps allowed between two samples, rejected ones included; 100,000 by default.
    #[must_use]
    pub fn max_steps(mut self, steps: usize) -> Self {
        self.max_steps = steps;
        self
    }

    /// A state with a component beyond ± `bound` counts as diverged; 1e50 by default.
    #[must_use]
    pub fn divergence_bound(mut self, bound: f64) -> Self {
        self.bound = bound;
        self
    }

    fn is_noisy(&self) -> bool {
        self.process_noise.iter().any(|&sd| sd != 0.0)
    }

    /// Strength of the process noise for each of M variables; call after [`Simulation::check`].
    fn noise_sd(&self, dim: usize) -> Vec<f64> {
        match self.process_noise[..] {
            [] => vec![0.0; dim],
            [sd] => vec![sd; dim],
            _ => self.process_noise.clone(),
        }
    }

    /// The settings against a system of M variables; gives the initial state.
    fn check(&self, dim: usize) -> Result<&[f64]> {
        check_dt(self.dt)?;
        let at_least = |what, value: f64, ok, requirement| {
            if ok { Ok(()) } else { Err(Error::OutOfRange { what, value, requirement }) }
        };
        at_least("number of steps", self.steps as f64, self.steps > 0, "at least 1")?;
        at_least("number of substeps", self.substeps as f64, self.substeps > 0, "at least 1")?;
        at_least("max_steps", self.max_steps as f64, self.max_steps > 0, "at least 1")?;
        at_least("start time", self.start_time, self.start_time.is_finite(), "finite")?;
        for (what, tolerance) in [("relative tolerance", self.rtol), ("absolute tolerance", self.atol)] {
            at_least(what, tolerance, tolerance > 0.0 && tolerance < 1.0, "above 0 and below 1")?;
        }
        let passed = self.transient_time;
        at_least("transient time", passed, passed >= 0.0 && passed.is_finite(), "finite and at least 0")?;
        at_least("divergence bound", self.bound, self.bound > 0.0, "above 0")?;
        let state = self.initial_state.as_deref().ok_or(Error::NoInitialState { dim })?;
        check_state("initial state", state, dim)?;
        if let [_, _, ..] = self.process_noise[..] {
            check_state("process noise", &self.process_noise, dim)?;
        }
        for &sd in &self.process_noise {
            at_least("process noise", sd, sd >= 0.0 && sd.is_finite(), "finite and at least 0")?;
        }
        match &self.names {
            Some(names) if names.len() != dim => Err(Error::NameCount { expected: dim, found: names.len() }),
            _ => Ok(state),
        }
    }

    /// Time of a sample, counted from the start of the transient: one rounding, so it does not drift.
    fn time(&self, sample: usize) -> f64 {
        self.start_time + sample as f64 * self.dt
    }

    /// Samples that pass, transient included.
    fn total(&self) -> usize {
        self.transient_samples().saturating_add(self.steps)
    }

    /// Samples that pass before the first one that is kept.
    fn transient_samples(&self) -> usize {
        // A time that is a multiple of dt but for rounding is one.
        let samples = (self.transient_time / self.dt * (1.0 - 4.0 * f64::EPSILON)).ceil();
        self.transient.saturating_add(samples as usize)
    }

    /// Whether a state is out of bounds or not finite.
    fn is_lost(&self, state: &[f64]) -> bool {
        !state.iter().all(|value| value.abs() <= self.bound)
    }

    fn diverged(&self, time: f64, sample: usize, state: &[f64]) -> Error {
        Error::Diverged {
            time,
            sample: sample.cast_signed() - self.transient_samples().cast_signed(),
            state: state.to_vec(),
        }
    }
}

fn check_state(what: &'static str, state: &[f64], expected: usize) -> Result<()> {
    if state.len() != expected {
        return Err(Error::StateLength { what, expected, found: state.len() });
    }
    match state.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(Error::NonFiniteState { what, index, value: state[index] }),
    }
}

/// A derivative that is not finite at the start points to a bad parameter.
fn check_derivative(derivative: &[f64], start: &[f64]) -> Result<()> {
    match derivative.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => {
            Err(Error::NonFiniteDerivative { index, value: derivative[index], state: start.to_vec() })
        }
    }
}
