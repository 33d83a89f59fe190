//! Running a simulation of a flow or a map.

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use super::{SdeMethod, Simulation, adaptive, check_derivative, iterate, stochastic};
use crate::{AdditiveNoise, Error, Flow, Map, Result, Trajectory};

impl Simulation {
    /// Runs a flow without process noise.
    ///
    /// An adaptive solver takes the steps that its tolerances allow and each sample is read off its interpolant within a step
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
        let noisy = AdditiveNoise::new(flow, self.noise_sd(flow.dim()))?;
        self.finish(stochastic::integrate(self, &noisy, SdeMethod::StochasticHeun, start, rng)?)
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
        self.iterate(map, inputs, |state| stochastic::perturb(state, &sd, rng))
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

    /// A derivative that is not finite at the start points to a bad parameter.
    pub(super) fn check_flow(&self, flow: &(impl Flow + ?Sized), start: &[f64]) -> Result<()> {
        let mut derivative = vec![0.0; start.len()];
        flow.rhs(self.start_time, start, &mut derivative);
        check_derivative(&derivative, start)
    }

    pub(super) fn finish(&self, data: Array2<f64>) -> Result<Trajectory> {
        let trajectory = Trajectory::new(data, self.dt)?;
        match &self.names {
            Some(names) => trajectory.with_names(names.iter().cloned()),
            None => Ok(trajectory),
        }
    }
}
