//! Events: where a function of time and state crosses zero along a trajectory.

use ndarray::Array2;

use super::recorder::{Next, Observer, Sampler, Step};
use super::{Simulation, adaptive};
use crate::{Error, Flow, Result, Trajectory};

/// A step is searched for changes of sign in this many parts.
const PARTS: usize = 8;

/// Which crossings of zero count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From below 0 to above.
    Rising,
    /// From above 0 to below.
    Falling,
    /// Both.
    #[default]
    Either,
}

/// g(t, x).
type EventFunction<'a> = dyn Fn(f64, &[f64]) -> f64 + 'a;

/// An event of a simulation: a crossing of zero of a function g(t, x).
///
/// Every step of the solver is searched in eight parts for a change of sign of g along its interpolant, and the
/// crossing is narrowed down to the accuracy of time in `f64`. Two crossings within one part are missed, as is touching
/// without crossing. The states have the accuracy of the interpolant, which is that of the steps for [`Method::Dop853`](crate::Method::Dop853)
/// and of order 3 for the other methods.
///
/// ```
/// use attractor_systems::{Event, Lorenz63, Simulation};
///
/// // The Poincaré section of Lorenz's maxima: dz/dt falls through 0.
/// let lorenz = Lorenz63::default();
/// let maximum = Event::new(|_t, x| x[0] * x[1] - lorenz.beta * x[2]).falling();
/// let section = Simulation::of(&lorenz, 2000).transient(500).poincare_section(&lorenz, &maximum)?;
/// assert!(section.times.len() > 20 && section.states.ncols() == 3);
/// # Ok::<(), attractor_systems::Error>(())
/// ```
pub struct Event<'a> {
    function: Box<EventFunction<'a>>,
    direction: Direction,
    last: Option<usize>,
}

impl<'a> Event<'a> {
    /// The event that `function`, g(t, x), crosses zero in either direction; the run goes on after it.
    pub fn new(function: impl Fn(f64, &[f64]) -> f64 + 'a) -> Self {
        Self { function: Box::new(function), direction: Direction::Either, last: None }
    }

    /// Only crossings from below 0 to above.
    #[must_use]
    pub fn rising(self) -> Self {
        self.direction(Direction::Rising)
    }

    /// Only crossings from above 0 to below.
    #[must_use]
    pub fn falling(self) -> Self {
        self.direction(Direction::Falling)
    }

    /// Only crossings in this direction.
    #[must_use]
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// The first crossing ends the run.
    #[must_use]
    pub fn terminal(self) -> Self {
        self.terminal_after(1)
    }

    /// Crossing number `count`, counted from 1, ends the run.
    #[must_use]
    pub fn terminal_after(mut self, count: usize) -> Self {
        self.last = Some(count);
        self
    }

    fn value(&self, t: f64, x: &[f64]) -> Result<f64> {
        let value = (self.function)(t, x);
        if value.is_finite() {
            return Ok(value);
        }
        Err(Error::NonFiniteEvent { value, time: t, state: x.to_vec() })
    }

    fn is_crossed(&self, before: f64, after: f64) -> bool {
        let (rising, falling) = (before < 0.0 && after >= 0.0, before > 0.0 && after <= 0.0);
        match self.direction {
            Direction::Rising => rising,
            Direction::Falling => falling,
            Direction::Either => rising || falling,
        }
    }
}

/// One crossing.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// Which of the events, from 0.
    pub event: usize,
    /// When, in the system's time unit.
    pub time: f64,
    /// The state \[M\] at that time.
    pub state: Vec<f64>,
}

/// A trajectory and the events along it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRun {
    /// The samples up to the end of the run, or to the terminal event.
    pub trajectory: Trajectory,
    /// The crossings after the transient, in the order of time.
    pub crossings: Vec<Crossing>,
    /// Whether a terminal event ended the run; it is the last of the crossings.
    pub terminated: bool,
}

/// A Poincaré section.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Times of the crossings \[E\], in the system's time unit.
    pub times: Vec<f64>,
    /// States at the crossings \[E, M\].
    pub states: Array2<f64>,
}

impl Simulation {
    /// Runs a flow without process noise and finds the events along it; what happens during the transient does not
    /// count. A terminal event ends the trajectory with the last sample before it.
    ///
    /// # Errors
    /// As [`Simulation::run`]; [`Error::NonFiniteEvent`] when the function of an event is NaN or infinite.
    pub fn run_with_events(&self, flow: &(impl Flow + ?Sized), events: &[Event<'_>]) -> Result<EventRun> {
        let finder = self.find(flow, events, true)?;
        let (crossings, terminated) = (finder.crossings, finder.terminated);
        Ok(EventRun { trajectory: self.finish(finder.sampler.finish()?)?, crossings, terminated })
    }

    /// The crossings of one event over the time of the run, after the transient: no samples are kept. There are none if
    /// the trajectory does not come by.
    ///
    /// # Errors
    /// As [`Simulation::run_with_events`].
    pub fn poincare_section(&self, flow: &(impl Flow + ?Sized), event: &Event<'_>) -> Result<Section> {
        let crossings = self.find(flow, std::slice::from_ref(event), false)?.crossings;
        let mut states = Array2::zeros((crossings.len(), flow.dim()));
        for (mut row, crossing) in states.rows_mut().into_iter().zip(&crossings) {
            row.iter_mut().zip(&crossing.state).for_each(|(to, from)| *to = *from);
        }
        Ok(Section { times: crossings.into_iter().map(|crossing| crossing.time).collect(), states })
    }

    fn find<'a>(
        &'a self,
        flow: &(impl Flow + ?Sized),
        events: &'a [Event<'a>],
        keep: bool,
    ) -> Result<Finder<'a>> {
        flow.validate()?;
        let start = self.check(flow.dim())?;
        if self.is_noisy() {
            return Err(Error::NoGenerator);
        }
        self.check_flow(flow, start)?;
        for event in events {
            if event.last == Some(0) {
                return Err(Error::OutOfRange {
                    what: "number of crossings that ends the run",
                    value: 0.0,
                    requirement: "at least 1",
                });
            }
        }
        let mut finder = Finder {
            sampler: Sampler::new(self, start, keep)?,
            events,
            begin: self.time(self.transient_samples()),
            values: events.iter().map(|event| event.value(self.start_time, start)).collect::<Result<_>>()?,
            counts: vec![0; events.len()],
            crossings: Vec::new(),
            terminated: false,
            state: start.to_vec(),
        };
        if self.total() > 1 {
            adaptive::follow(self, &flow, start, &mut finder)?;
        }
        Ok(finder)
    }
}

/// Takes samples and looks for events.
struct Finder<'a> {
    sampler: Sampler<'a>,
    events: &'a [Event<'a>],
    /// Events before this time do not count.
    begin: f64,
    /// The events' functions at the end of the last step.
    values: Vec<f64>,
    counts: Vec<usize>,
    crossings: Vec<Crossing>,
    terminated: bool,
    state: Vec<f64>,
}

impl Observer for Finder<'_> {
    fn sample(&self) -> usize {
        self.sampler.sample()
    }

    fn needs_dense(&self, _end: f64) -> bool {
        true
    }

    fn observe(&mut self, step: &Step<'_>) -> Result<Next> {
        let first = self.crossings.len();
        for event in 0..self.events.len() {
            self.search(event, step)?;
        }
        self.crossings[first..].sort_by(|a, b| a.time.total_cmp(&b.time));
        for found in first..self.crossings.len() {
            let Crossing { event, time, .. } = self.crossings[found];
            self.counts[event] += 1;
            if self.events[event].last == Some(self.counts[event]) {
                self.crossings.truncate(found + 1);
                self.terminated = true;
                let part = Step { reached: time, ..*step };
                self.sampler.observe(&part)?;
                return Ok(Next::Stop);
            }
        }
        self.sampler.observe(step)
    }
}

impl Finder<'_> {
    /// Adds the crossings of an event within a step.
    fn search(&mut self, event: usize, step: &Step<'_>) -> Result<()> {
        let Some(dense) = step.dense else { return Ok(()) };
        let function = &self.events[event];
        let (mut before, mut left) = (self.values[event], step.begin);
        for part in 1..=PARTS {
            let right = if part == PARTS {
                self.state.copy_from_slice(step.last);
                step.end
            } else {
                let right = step.begin + (step.end - step.begin) * (part as f64 / PARTS as f64);
                dense.at(right, &mut self.state);
                right
            };
            let after = function.value(right, &self.state)?;
            if function.is_crossed(before, after) {
                let state = &mut self.state;
                let time = root([left, right], [before, after], |t| {
                    dense.at(t, state);
                    function.value(t, state)
                })?;
                dense.at(time, &mut self.state);
                if time >= self.begin {
                    self.crossings.push(Crossing { event, time, state: self.state.clone() });
                }
            }
            (before, left) = (after, right);
        }
        self.values[event] = before;
        Ok(())
    }
}

/// The zero of `g` within `bracket`, at whose ends it has `values` of different sign, by the method of Ridders (1979),
/// which halves the bracket at least.
fn root(bracket: [f64; 2], values: [f64; 2], mut g: impl FnMut(f64) -> Result<f64>) -> Result<f64> {
    let ([mut left, mut right], [mut below, mut above]) = (bracket, values);
    // At least one bit is won in each round.
    for _ in 0..100 {
        if above == 0.0 {
            return Ok(right);
        }
        if right - left <= 2.0 * f64::EPSILON * left.abs().max(right.abs()) {
            break;
        }
        let middle = 0.5 * (left + right);
        let at_middle = g(middle)?;
        if at_middle == 0.0 {
            return Ok(middle);
        }
        let denominator = (at_middle * at_middle - below * above).sqrt();
        let shift = (middle - left) * below.signum() * at_middle / denominator;
        let guess = if shift.is_finite() { (middle + shift).clamp(left, right) } else { middle };
        let at_guess = g(guess)?;
        // The narrowest of the brackets between left, middle, guess and right.
        let mut points = [(left, below), (middle, at_middle), (guess, at_guess), (right, above)];
        if guess < middle {
            points.swap(1, 2);
        }
        if let Some(pair) =
            points.windows(2).find(|pair| pair[0].1 == 0.0 || pair[0].1.signum() != pair[1].1.signum())
        {
            if pair[0].1 == 0.0 {
                return Ok(pair[0].0);
            }
            ([left, right], [below, above]) = ([pair[0].0, pair[1].0], [pair[0].1, pair[1].1]);
        }
    }
    Ok(if below.abs() < above.abs() { left } else { right })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_narrowed_down_to_rounding() {
        // Smooth, flat at its root, a jump, and the other way round.
        let cubic = |x: f64| x * x * x - 2.0;
        for (g, exact) in [
            (&cubic as &dyn Fn(f64) -> f64, 2.0_f64.cbrt()),
            (&|x: f64| (x - 0.7).powi(9), 0.7),
            (&|x: f64| if x < 1.0 / 3.0 { -1.0 } else { 1.0 }, 1.0 / 3.0),
            (&|x: f64| -(x - 1.9).exp_m1(), 1.9),
        ] {
            let mut calls = 0;
            let count = |t| {
                calls += 1;
                Ok(g(t))
            };
            let found = root([0.0, 2.0], [g(0.0), g(2.0)], count).unwrap();
            assert!((found - exact).abs() < 1e-14 || g(found) == 0.0, "{found} against {exact}");
            assert!(calls < 120, "{calls} calls");
        }
    }
}
