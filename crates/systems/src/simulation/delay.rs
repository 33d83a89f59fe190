//! Delay equations by the method of steps.

use std::cell::{Cell, Ref, RefCell};
use std::collections::VecDeque;

use ndarray::Array2;

use super::dense::Dense;
use super::recorder::{Next, Observer, Sampler, Step};
use super::solver::{Equation, RightHandSide};
use super::{Method, Simulation, adaptive, check_derivative};
use crate::{DelayFlow, Error, Result, Trajectory};

/// The kink at the start goes around with the delays and becomes smoother each time; after this many rounds it is beyond
/// the order of the method.
const ROUNDS: usize = 9;

/// Largest number of step ends at kinks.
const MOST_BREAKPOINTS: usize = 100_000;

impl Simulation {
    /// Runs a delay flow whose history, x(t) for t ≤ t_0, is constant at the initial state.
    ///
    /// DOP853 takes steps no longer than the shortest delay, so that delayed states are always read off the interpolant of
    /// steps already taken. The solution has a kink at t_0, which comes back, smoother each time, at t_0 plus sums of the
    /// delays; steps end there. (A kink of the history itself is not known, and found by the error control alone.) Samples
    /// are read off the interpolant as in [`Simulation::run`].
    ///
    /// # Errors
    /// As [`Simulation::run`]; [`Error::OutOfRange`] for delays that are not above 0 and for methods other than
    /// [`Method::Dop853`].
    pub fn run_delay(&self, flow: &(impl DelayFlow + ?Sized)) -> Result<Trajectory> {
        let start = self.check(flow.dim())?.to_vec();
        self.run_delay_with_history(flow, |_, x| x.copy_from_slice(&start))
    }

    /// Runs a delay flow; `history(t, x)` writes the state \[M\] at a time t ≤ t_0 to `x`. At t_0 it takes the place of
    /// the initial state, which is not needed.
    ///
    /// # Errors
    /// As [`Simulation::run_delay`].
    pub fn run_delay_with_history(
        &self,
        flow: &(impl DelayFlow + ?Sized),
        history: impl Fn(f64, &mut [f64]),
    ) -> Result<Trajectory> {
        flow.validate()?;
        let mut start = vec![0.0; flow.dim()];
        history(self.start_time, &mut start);
        self.clone().initial_state(start.as_slice()).check(flow.dim())?;
        if self.is_noisy() {
            return Err(Error::NoGenerator);
        }
        if self.method != Method::Dop853 {
            return Err(Error::Method {
                method: self.method,
                task: "delay equations",
                advice: "Method::Dop853",
            });
        }
        self.finish(integrate(self, &flow, &history, &start)?)
    }
}

fn integrate(
    simulation: &Simulation,
    flow: &dyn DelayFlow,
    history: &dyn Fn(f64, &mut [f64]),
    start: &[f64],
) -> Result<Array2<f64>> {
    let delays = flow.delays();
    if let Some(&value) = delays.iter().find(|delay| !(delay.is_finite() && **delay > 0.0)) {
        return Err(Error::OutOfRange { what: "delay", value, requirement: "finite and above 0" });
    }
    let past = Past::new(simulation.start_time, &delays, history);
    let states = RefCell::new(vec![0.0; delays.len() * start.len()]);
    let system = Delayed { flow, delays: &delays, past: &past, states };
    let mut slope = vec![0.0; start.len()];
    system.rhs(simulation.start_time, start, &mut slope);
    check_derivative(&slope, start)?;
    let mut keeper = Keeper { sampler: Sampler::new(simulation, start, true)?, past: &past };
    if simulation.total() > 1 {
        let end = simulation.time(simulation.total() - 1);
        let stops = breakpoints(simulation.start_time, end, &delays)?;
        let shortest = delays.iter().copied().fold(f64::INFINITY, f64::min);
        let equation = Equation::new(system, start.len());
        adaptive::dop853(simulation, &equation, start, shortest, &stops, &mut keeper)?;
    }
    keeper.sampler.finish()
}

/// The times after `start`, up to `end` and with it, at which a derivative of low order jumps: `start` plus sums of up to
/// [`ROUNDS`] delays. Of times that are the same but for rounding one is left.
fn breakpoints(start: f64, end: f64, delays: &[f64]) -> Result<Vec<f64>> {
    let close = |a: f64, b: f64| (a - b).abs() <= 16.0 * f64::EPSILON * a.abs().max(b.abs());
    let mut all = vec![end];
    let mut round = vec![start];
    for _ in 0..ROUNDS {
        round = round.iter().flat_map(|t| delays.iter().map(move |delay| t + delay)).collect();
        round.retain(|&t| t < end && !close(t, end));
        round.sort_by(f64::total_cmp);
        round.dedup_by(|a, b| close(*a, *b));
        all.extend(&round);
        if all.len() > MOST_BREAKPOINTS {
            return Err(Error::OutOfRange {
                what: "number of delays",
                value: delays.len() as f64,
                requirement: "so small that there are at most 100,000 sums of nine of them",
            });
        }
    }
    all.sort_by(f64::total_cmp);
    all.dedup_by(|a, b| close(*a, *b));
    Ok(all)
}

/// The solution so far.
struct Past<'a> {
    start: f64,
    history: &'a dyn Fn(f64, &mut [f64]),
    /// The steps that delayed states can still come from, in the order of time.
    steps: RefCell<VecDeque<Dense>>,
    longest: f64,
    /// For each delay where its last state was found, counted from the first step of all.
    places: Vec<Cell<usize>>,
    /// Steps that are gone.
    dropped: Cell<usize>,
}

impl<'a> Past<'a> {
    fn new(start: f64, delays: &[f64], history: &'a dyn Fn(f64, &mut [f64])) -> Self {
        Self {
            start,
            history,
            steps: RefCell::default(),
            longest: delays.iter().copied().fold(0.0, f64::max),
            places: vec![Cell::new(0); delays.len()],
            dropped: Cell::new(0),
        }
    }

    /// Writes the state at `t`, which a step already taken or the history covers, to `x` \[M\], for delay number `delay`.
    fn at(&self, delay: usize, t: f64, x: &mut [f64]) {
        let steps = self.steps.borrow();
        if t <= self.start || steps.is_empty() {
            return (self.history)(t.min(self.start), x);
        }
        let mut place = self.places[delay].get().saturating_sub(self.dropped.get()).min(steps.len() - 1);
        while place + 1 < steps.len() && t > steps[place].end() {
            place += 1;
        }
        while place > 0 && t < steps[place].begin() {
            place -= 1;
        }
        self.places[delay].set(place + self.dropped.get());
        steps[place].at(t, x);
    }

    /// Takes a step, and drops those that are too old.
    fn push(&self, step: &Dense) {
        let mut steps = self.steps.borrow_mut();
        while steps.len() > 1 && steps[1].end() < step.begin() - self.longest {
            steps.pop_front();
            self.dropped.set(self.dropped.get() + 1);
        }
        steps.push_back(step.clone());
    }
}

/// A delay flow with its past as an ordinary equation, good for a step that is no longer than the shortest delay.
struct Delayed<'a> {
    flow: &'a dyn DelayFlow,
    delays: &'a [f64],
    past: &'a Past<'a>,
    /// Working memory \[D, M\].
    states: RefCell<Vec<f64>>,
}

impl Delayed<'_> {
    /// The delayed states at `t`.
    fn delayed(&self, t: f64, dim: usize) -> Ref<'_, Vec<f64>> {
        let mut delayed = self.states.borrow_mut();
        for (i, (delay, state)) in self.delays.iter().zip(delayed.chunks_exact_mut(dim)).enumerate() {
            self.past.at(i, t - delay, state);
        }
        drop(delayed);
        self.states.borrow()
    }
}

impl RightHandSide for Delayed<'_> {
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        self.flow.rhs(t, x, &self.delayed(t, x.len()), dx);
    }

    fn jacobian(&self, t: f64, x: &[f64]) -> Array2<f64> {
        let mut jacobian = Array2::zeros((x.len(), x.len()));
        self.flow.jacobian(t, x, &self.delayed(t, x.len()), jacobian.view_mut());
        jacobian
    }
}

/// Takes samples and keeps the past.
struct Keeper<'a> {
    sampler: Sampler<'a>,
    past: &'a Past<'a>,
}

impl Observer for Keeper<'_> {
    fn sample(&self) -> usize {
        self.sampler.sample()
    }

    fn needs_dense(&self, _end: f64) -> bool {
        true
    }

    fn observe(&mut self, step: &Step<'_>) -> Result<Next> {
        if let Some(dense) = step.dense {
            self.past.push(dense);
        }
        self.sampler.observe(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinks_come_back_after_sums_of_the_delays() {
        assert_eq!(breakpoints(0.0, 3.5, &[1.0]).unwrap(), [1.0, 2.0, 3.0, 3.5]);
        assert_eq!(breakpoints(1.0, 4.0, &[1.0, 1.5]).unwrap(), [2.0, 2.5, 3.0, 3.5, 4.0]);
        // Nine times 0.1, where sums that differ by rounding are one time, and none is next to the end.
        assert_eq!(breakpoints(0.0, 100.0, &[0.1]).unwrap().len(), 10);
        let tenths = breakpoints(0.0, 0.3, &[0.1, 0.2]).unwrap();
        assert_eq!(tenths, [0.1, 0.2, 0.3]);
    }
}
