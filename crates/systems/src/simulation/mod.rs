//! Simulation: a flow or a map, a start, a clock, and the trajectory that follows.

mod adaptive;
mod heun;
mod iterate;

use ndarray::{Array2, ArrayView2};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::trajectory::check_dt;
use crate::{Error, Flow, Map, Result, System, Trajectory};

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
    Radau5,
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
            start_time: 0.0,
            initial_state: None,
            names: None,
            process_noise: Vec::new(),
            substeps: default_substeps(),
            method: Method::default(),
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

    /// Steps of the stochastic Heun method within one dt; 10 by default. Without process noise it has no effect.
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

    /// Runs a flow without process noise.
    ///
    /// The solver takes the steps that its tolerances allow and each sample is read off its interpolant within a step
    /// already taken, never beyond; the equation is never evaluated past the last sample.
    ///
    /// # Errors
    /// [`Error::OutOfRange`], [`Error::NoInitialState`], [`Error::StateLength`], [`Error::NonFiniteState`],
    /// [`Error::Parameter`] and [`Error::NonFiniteDerivative`] for settings that make no sense;
    /// [`Error::NoGenerator`] when process noise is set; [`Error::Diverged`], [`Error::TooManySteps`] and
    /// [`Error::StepTooSmall`], with time and state, for runs that fail.
    pub fn run(&self, flow: &(impl Flow + ?Sized)) -> Result<Trajectory> {
        flow.validate()?;
        let start = self.check(flow.dim())?;
        if self.is_noisy() {
            return Err(Error::NoGenerator);
        }
        self.check_flow(flow, start)?;
        self.finish(adaptive::integrate(self, flow, start)?)
    }

    /// Runs a flow, with process noise drawn from `rng` if there is any. The same generator state gives the same
    /// trajectory.
    ///
    /// # Errors
    /// As [`Simulation::run`].
    pub fn run_with_rng(&self, flow: &(impl Flow + ?Sized), rng: &mut impl Rng) -> Result<Trajectory> {
        if !self.is_noisy() {
            return self.run(flow);
        }
        flow.validate()?;
        let start = self.check(flow.dim())?;
        self.check_flow(flow, start)?;
        self.finish(heun::integrate(self, flow, start, rng)?)
    }

    /// Runs an autonomous map without process noise.
    ///
    /// # Errors
    /// As [`Simulation::run`]; [`Error::Shape`] when the map needs inputs.
    pub fn run_map(&self, map: &(impl Map + ?Sized)) -> Result<Trajectory> {
        if self.is_noisy() {
            return Err(Error::NoGenerator);
        }
        self.iterate(map, None, |_| {})
    }

    /// Runs a map with inputs `inputs` \[transient + T, K\]: row t is the input u_t of the step into row t, so row 0
    /// has no effect.
    ///
    /// # Errors
    /// As [`Simulation::run`]; [`Error::Shape`] when the inputs do not fit, [`Error::NonFiniteState`] when one is not
    /// finite.
    pub fn run_map_with_inputs(
        &self,
        map: &(impl Map + ?Sized),
        inputs: ArrayView2<'_, f64>,
    ) -> Result<Trajectory> {
        if self.is_noisy() {
            return Err(Error::NoGenerator);
        }
        self.iterate(map, Some(inputs), |_| {})
    }

    /// Runs a map with inputs (as in [`Simulation::run_map_with_inputs`]; `None` for an autonomous map) and with
    /// process noise drawn from `rng` if there is any.
    ///
    /// # Errors
    /// As [`Simulation::run_map_with_inputs`].
    pub fn run_map_with_rng(
        &self,
        map: &(impl Map + ?Sized),
        inputs: Option<ArrayView2<'_, f64>>,
        rng: &mut impl Rng,
    ) -> Result<Trajectory> {
        let sd = self.noise_sd(map.dim());
        self.iterate(map, inputs, |state| heun::perturb(state, &sd, rng))
    }

    fn iterate(
        &self,
        map: &(impl Map + ?Sized),
        inputs: Option<ArrayView2<'_, f64>>,
        perturb: impl FnMut(&mut [f64]),
    ) -> Result<Trajectory> {
        map.validate()?;
        let start = self.check(map.dim())?;
        self.finish(iterate::iterate(self, map, start, inputs, perturb)?)
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

    /// A derivative that is not finite at the start points to a bad parameter.
    fn check_flow(&self, flow: &(impl Flow + ?Sized), start: &[f64]) -> Result<()> {
        let mut derivative = vec![0.0; start.len()];
        flow.rhs(self.start_time, start, &mut derivative);
        match derivative.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(index) => {
                Err(Error::NonFiniteDerivative { index, value: derivative[index], state: start.to_vec() })
            }
        }
    }

    /// Time of a sample, counted from the start of the transient: one rounding, so it does not drift.
    fn time(&self, sample: usize) -> f64 {
        self.start_time + sample as f64 * self.dt
    }

    /// Samples that pass, transient included.
    fn total(&self) -> usize {
        self.transient.saturating_add(self.steps)
    }

    /// Whether a state is out of bounds or not finite.
    fn is_lost(&self, state: &[f64]) -> bool {
        !state.iter().all(|value| value.abs() <= self.bound)
    }

    fn diverged(&self, time: f64, sample: usize, state: &[f64]) -> Error {
        Error::Diverged {
            time,
            sample: sample.cast_signed() - self.transient.cast_signed(),
            state: state.to_vec(),
        }
    }

    fn finish(&self, data: Array2<f64>) -> Result<Trajectory> {
        let trajectory = Trajectory::new(data, self.dt)?;
        match &self.names {
            Some(names) => trajectory.with_names(names.iter().cloned()),
            None => Ok(trajectory),
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

/// Collects samples into \[T, M\], leaving out the transient.
struct Recorder {
    values: Vec<f64>,
    dim: usize,
    transient: usize,
}

impl Recorder {
    /// Takes the memory at once, so that a run that does not fit fails before it starts.
    fn new(simulation: &Simulation, dim: usize) -> Result<Self> {
        let mut values = Vec::new();
        let length = simulation.steps.checked_mul(dim);
        match length.map(|length| values.try_reserve_exact(length)) {
            Some(Ok(())) => Ok(Self { values, dim, transient: simulation.transient }),
            _ => Err(Error::OutOfRange {
                what: "number of steps",
                value: simulation.steps as f64,
                requirement: "so small that T x M numbers fit into memory",
            }),
        }
    }

    /// Takes sample number `sample`, counted from the start of the transient; samples come in their order.
    fn record(&mut self, sample: usize, state: &[f64]) {
        if sample >= self.transient {
            self.values.extend_from_slice(state);
        }
    }

    fn finish(self) -> Result<Array2<f64>> {
        let (len, dim) = (self.values.len(), self.dim);
        Array2::from_shape_vec((len / dim.max(1), dim), self.values).map_err(|_| Error::Shape {
            what: "samples",
            expected: format!("[T, {dim}]"),
            found: vec![len],
        })
    }
}
