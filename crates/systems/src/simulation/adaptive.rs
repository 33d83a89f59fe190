//! Adaptive solvers: the loop that steps them.
//!
//! The loop is ours and the steps are the solver's, so that samples go straight into the trajectory, the clock does not
//! drift over long runs, and a run that cannot go on ends with its time and state.

use differential_equations::error::Error as SolverError;
use differential_equations::ode::OrdinaryNumericalMethod;
use ndarray::Array2;

use super::dense::Dense;
use super::recorder::{Next, Observer, Sampler, Step};
use super::solver::{self, Cells, Equation, RADAU5_SIZES, RightHandSide};
use super::{Method, Simulation, fixed_step};
use crate::{Error, Flow, Result};

/// A solver is made anew after this many accepted steps. The stiffness test of the library's DOP853 looks at every
/// hundredth step and gives up when 15 of its looks, however far apart, found stiffness; long runs of relaxation
/// oscillators would be cut off by it. Our own test is [`Simulation::max_steps`].
const STEPS_PER_SOLVER: usize = 1000;

/// The samples of a flow.
pub(super) fn integrate(
    simulation: &Simulation,
    flow: &(impl Flow + ?Sized),
    start: &[f64],
) -> Result<Array2<f64>> {
    let mut sampler = Sampler::new(simulation, start, true)?;
    if simulation.total() > 1 {
        follow(simulation, &flow, start, &mut sampler)?;
    }
    sampler.finish()
}

/// Steps a flow to the last sample, or until `observer` has enough, by the method of the simulation.
pub(super) fn follow(
    simulation: &Simulation,
    flow: &dyn Flow,
    start: &[f64],
    observer: &mut dyn Observer,
) -> Result<()> {
    let end = simulation.time(simulation.total() - 1);
    let equation = Equation::new(flow, start.len());
    match simulation.method {
        Method::Dop853 => dop853(simulation, &equation, start, f64::INFINITY, &[end], observer),
        Method::Radau5 => radau5(simulation, &equation, start, &[end], observer),
        Method::Rk4 | Method::Tsit5 => fixed_step::follow(simulation, flow, start, observer),
    }
}

/// By DOP853, with steps no longer than `longest`, over the ascending times `stops`, each of which ends a step.
pub(super) fn dop853<E: RightHandSide>(
    simulation: &Simulation,
    equation: &Equation<E>,
    start: &[f64],
    longest: f64,
    stops: &[f64],
    observer: &mut dyn Observer,
) -> Result<()> {
    macro_rules! by_size {
        ($($size:literal)+) => {
            match start.len() {
                $($size => {
                    let make = |h, span: f64| solver::dop853(simulation, h, span.min(longest));
                    drive(simulation, equation, padded::<$size>(start), make, solver::dop853_dense, stops, observer)
                })+
                _ => {
                    let make = |h, span: f64| solver::dop853(simulation, h, span.min(longest));
                    drive(simulation, equation, start.to_vec(), make, solver::dop853_dense, stops, observer)
                }
            }
        };
    }
    by_size!(1 2 3 4 5 6 7 8)
}

/// By Radau5, as [`dop853`].
fn radau5(
    simulation: &Simulation,
    equation: &Equation<&dyn Flow>,
    start: &[f64],
    stops: &[f64],
    observer: &mut dyn Observer,
) -> Result<()> {
    let dim = start.len();
    macro_rules! by_size {
        ($($size:literal)+) => {
            match RADAU5_SIZES.into_iter().find(|&size| size >= dim) {
                $(Some($size) => {
                    let make = |h, span| solver::radau5::<$size>(simulation, dim, h, span);
                    let dense = |solver: &mut _, _: &_, dense: &mut _| solver::radau5_dense(solver, dense);
                    drive(simulation, equation, padded::<$size>(start), make, dense, stops, observer)
                })+
                _ => Err(Error::OutOfRange {
                    what: "number of state variables",
                    value: dim as f64,
                    requirement: "at most 128 for Method::Radau5; use Method::Dop853",
                }),
            }
        };
    }
    by_size!(1 2 3 4 5 6 7 8 16 32 64 128)
}

/// A state and zeros.
fn padded<const C: usize>(start: &[f64]) -> [f64; C] {
    let mut state = [0.0; C];
    state[..start.len()].copy_from_slice(start);
    state
}

/// Steps a solver. `make(h, span)` gives a fresh solver with first step `h` (0: to be estimated) and steps no longer
/// than `span`; `interpolate` takes the interpolant of its last step.
fn drive<Y: Cells, E: RightHandSide, S: OrdinaryNumericalMethod<f64, Y>>(
    simulation: &Simulation,
    equation: &Equation<E>,
    start: Y,
    make: impl Fn(f64, f64) -> S,
    interpolate: impl Fn(&mut S, &Equation<E>, &mut Dense) -> Result<()>,
    stops: &[f64],
    observer: &mut dyn Observer,
) -> Result<()> {
    let dim = equation.dim();
    let mut dense = Dense::new(dim);
    let (mut t, mut state) = (simulation.start_time, start);
    let mut tries = 0; // solver steps since the last progress
    let mut first_step = 0.0;
    let mut stops = stops.iter().copied().peekable();
    'solvers: while let Some(&stop) = stops.peek() {
        if t >= stop {
            stops.next();
            continue;
        }
        first_step = f64::min(first_step, stop - t);
        let fail = |error| solver_error(error, t, first_step, tries, &state.as_ref()[..dim]);
        let mut solver = make(first_step, stop - t);
        solver.init(equation, t, stop, &state).map_err(fail)?;
        let mut accepted = 0;
        while t < stop && accepted < STEPS_PER_SOLVER {
            let h = solver.h();
            if h.abs() <= 4.0 * f64::EPSILON * t.abs() || h == 0.0 || !h.is_finite() {
                return Err(Error::StepTooSmall {
                    time: t,
                    step: h,
                    state: solver.y().as_ref()[..dim].to_vec(),
                });
            }
            if t + h > stop && accepted > 0 {
                // The last step: a fresh solver with this step, whose matrices fit it.
                break;
            }
            tries += 1;
            if tries > simulation.max_steps {
                let state = solver.y().as_ref()[..dim].to_vec();
                return Err(Error::TooManySteps { time: t, steps: simulation.max_steps, state });
            }
            if let Err(error) = solver.step(equation) {
                return Err(solver_error(error, t, h, tries, &solver.y().as_ref()[..dim]));
            }
            let begin = t;
            if solver.t() <= begin {
                continue; // rejected; the solver has made its step smaller
            }
            accepted += 1;
            if !solver.y().as_ref().iter().all(|value| value.is_finite()) {
                // Radau5 accepts steps that end in NaN. Go back and come nearer in smaller steps.
                first_step = (solver.t() - begin) / 10.0;
                state = solver.y_prev().clone();
                continue 'solvers;
            }
            t = solver.t();
            if simulation.is_lost(&solver.y().as_ref()[..dim]) {
                return Err(simulation.diverged(t, observer.sample(), &solver.y().as_ref()[..dim]));
            }
            // The end can be missed by a rounding of the last step; it counts as reached.
            let reached =
                if (stop - t).abs() <= 8.0 * f64::EPSILON * stop.abs().max(t.abs()) { stop } else { t };
            let needed = observer.needs_dense(t);
            if needed {
                interpolate(&mut solver, equation, &mut dense)?;
            }
            let last = &solver.y().as_ref()[..dim];
            match observer.observe(&Step { begin, end: t, last, reached, dense: needed.then_some(&dense) })? {
                Next::Step => {}
                Next::Progress => tries = 0,
                Next::Stop => return Ok(()),
            }
            t = reached;
        }
        state = solver.y().clone();
        first_step = solver.h();
    }
    Ok(())
}

/// What the solver says, in our terms.
fn solver_error<Y: Cells>(
    error: SolverError<f64, Y>,
    time: f64,
    step: f64,
    steps: usize,
    state: &[f64],
) -> Error {
    let cut = |y: Y| y.as_ref()[..state.len()].to_vec();
    match error {
        SolverError::MaxSteps { t, y } | SolverError::Stiffness { t, y } => {
            Error::TooManySteps { time: t, steps, state: cut(y) }
        }
        SolverError::StepSize { t, y } | SolverError::LinearAlgebra { t, y, .. } => {
            Error::StepTooSmall { time: t, step, state: cut(y) }
        }
        _ => Error::StepTooSmall { time, step, state: state.to_vec() },
    }
}
