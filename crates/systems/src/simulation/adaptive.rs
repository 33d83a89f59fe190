//! Flows without noise: adaptive solvers, sampled at exact multiples of dt.
//!
//! The stepping loop is ours and the steps are the solver's, so that samples go straight into the trajectory, the clock
//! does not drift over long runs, and a run that cannot go on ends with its time and state.

use differential_equations::error::Error as SolverError;
use differential_equations::interpolate::{Interpolation, cubic_hermite_interpolate};
use differential_equations::linalg::Matrix;
use differential_equations::methods::{ExplicitRungeKutta, ImplicitRungeKutta};
use differential_equations::ode::{ODE, OrdinaryNumericalMethod};
use differential_equations::tolerance::Tolerance;
use differential_equations::traits::State;
use ndarray::Array2;

use super::{Method, Recorder, Simulation};
use crate::{Error, Flow, Result};

/// A solver is made anew after this many accepted steps. The stiffness test of the library's DOP853 looks at every
/// hundredth step and gives up when 15 of its looks, however far apart, found stiffness; long runs of relaxation
/// oscillators would be cut off by it. Our own test is [`Simulation::max_steps`].
const STEPS_PER_SOLVER: usize = 1000;

/// Largest number of variables that are held in arrays of fixed size, which is faster; and the most that Radau5 takes,
/// because the library's implementation leaves vectors of dynamic size without their length.
const LARGEST_FIXED: usize = 8;

pub(super) fn integrate(
    simulation: &Simulation,
    flow: &(impl Flow + ?Sized),
    start: &[f64],
) -> Result<Array2<f64>> {
    let equation = Equation(&flow);
    match start.len() {
        1 => fixed::<1>(simulation, &equation, start),
        2 => fixed::<2>(simulation, &equation, start),
        3 => fixed::<3>(simulation, &equation, start),
        4 => fixed::<4>(simulation, &equation, start),
        5 => fixed::<5>(simulation, &equation, start),
        6 => fixed::<6>(simulation, &equation, start),
        7 => fixed::<7>(simulation, &equation, start),
        LARGEST_FIXED => fixed::<LARGEST_FIXED>(simulation, &equation, start),
        dim => match simulation.method {
            Method::Dop853 => drive(
                simulation,
                &equation,
                start.to_vec(),
                |h, span| dop853(simulation, h, span),
                dop853_sample,
            ),
            Method::Radau5 => Err(Error::OutOfRange {
                what: "number of state variables",
                value: dim as f64,
                requirement: "at most 8 for Method::Radau5; use Method::Dop853",
            }),
        },
    }
}

fn fixed<const M: usize>(
    simulation: &Simulation,
    equation: &Equation<'_>,
    start: &[f64],
) -> Result<Array2<f64>> {
    let mut state = [0.0; M];
    state.copy_from_slice(start);
    match simulation.method {
        Method::Dop853 => {
            drive(simulation, equation, state, |h, span| dop853(simulation, h, span), dop853_sample)
        }
        Method::Radau5 => {
            let make = |h, span| {
                // One tolerance per variable: given a single one, the library rescales it once per variable.
                ImplicitRungeKutta::radau5()
                    .rtol(Tolerance::Vector(vec![simulation.rtol; M]))
                    .atol(Tolerance::Vector(vec![simulation.atol; M]))
                    .max_steps(usize::MAX)
                    .h_max(span)
                    .h0(h)
            };
            drive(simulation, equation, state, make, |solver, _, t| solver.interpolate(t))
        }
    }
}

fn dop853<Y: Cells>(simulation: &Simulation, h: f64, span: f64) -> Dop853<Y> {
    ExplicitRungeKutta::dop853()
        .rtol(simulation.rtol)
        .atol(simulation.atol)
        .max_steps(usize::MAX)
        .h_max(span)
        .h0(h)
}

/// The state at `t` within the last step, by the interpolant of order 7.
///
/// With s the share of the step, H the cubic through values and slopes at its ends, and Q the rest of the interpolant,
///
/// $$ P(s) = H(s) + s^2 (1 - s)^2 Q(s), $$
///
/// but version 0.7.0 of the library takes s for 1 - s within Q, which leaves errors near 1e-6 where the steps are good
/// to 1e-10. At the mirrored time its Q is the right one, and the factor is the same, so P(s) = H(s) + (its P - H)(1 - s).
/// The version is pinned, and a test compares samples within steps with a solution of 50 digits.
fn dop853_sample<Y: Cells>(
    solver: &mut Dop853<Y>,
    equation: &Equation<'_>,
    t: f64,
) -> Result<Y, SolverError<f64, Y>> {
    let (begin, end) = (solver.t_prev(), solver.t());
    let mirrored = (begin + (end - t)).clamp(begin, end);
    let mut value = solver.interpolate(mirrored)?;
    let (first, last) = (solver.y_prev(), solver.y());
    let (mut first_slope, mut last_slope) = (first.zeros_like(), last.zeros_like());
    equation.diff(begin, first, &mut first_slope);
    equation.diff(end, last, &mut last_slope);
    let cubic = |t| cubic_hermite_interpolate(begin, end, first, last, &first_slope, &last_slope, t);
    value.add_scaled(-1.0, &cubic(mirrored));
    value.add_scaled(1.0, &cubic(t));
    Ok(value)
}

type Dop853<Y> = ExplicitRungeKutta<
    differential_equations::methods::Ordinary,
    differential_equations::methods::DormandPrince,
    f64,
    Y,
    8,
    12,
    16,
>;

/// A state vector of the solvers.
trait Cells: State<f64> + AsRef<[f64]> + AsMut<[f64]> {}
impl<Y: State<f64> + AsRef<[f64]> + AsMut<[f64]>> Cells for Y {}

/// A flow as the solvers see it. Not generic, so that each solver is compiled once and not for every flow.
struct Equation<'a>(&'a dyn Flow);

impl<Y: Cells> ODE<f64, Y> for Equation<'_> {
    fn diff(&self, t: f64, x: &Y, dx: &mut Y) {
        self.0.rhs(t, x.as_ref(), dx.as_mut());
    }

    fn jacobian(&self, t: f64, x: &Y, jacobian: &mut Matrix<f64>) {
        let m = x.as_ref().len();
        let mut dense = Array2::zeros((m, m));
        self.0.jacobian(t, x.as_ref(), dense.view_mut());
        for ((i, j), value) in dense.indexed_iter() {
            jacobian[(i, j)] = *value;
        }
    }
}

/// Steps a solver over all samples. `make(h, span)` gives a fresh solver with first step `h` (0: to be estimated) and
/// steps no longer than `span`; `sample_at(solver, equation, t)` the state at `t` within its last step.
fn drive<Y, S>(
    simulation: &Simulation,
    equation: &Equation<'_>,
    start: Y,
    make: impl Fn(f64, f64) -> S,
    sample_at: impl Fn(&mut S, &Equation<'_>, f64) -> Result<Y, SolverError<f64, Y>>,
) -> Result<Array2<f64>>
where
    Y: Cells,
    S: OrdinaryNumericalMethod<f64, Y> + Interpolation<f64, Y>,
{
    let mut recorder = Recorder::new(simulation, start.as_ref().len())?;
    recorder.record(0, start.as_ref());
    let total = simulation.total();
    let end = simulation.time(total - 1);
    let (mut t, mut state) = (simulation.start_time, start);
    let mut sample = 1; // the next one to record
    let mut tries = 0; // solver steps since the last sample
    let mut first_step = 0.0;
    'solvers: while sample < total {
        let fail = |error| solver_error(error, t, first_step, tries, state.as_ref());
        let mut solver = make(first_step, end - t);
        solver.init(equation, t, end, &state).map_err(fail)?;
        let mut accepted = 0;
        while sample < total && accepted < STEPS_PER_SOLVER {
            t = solver.t();
            let h = solver.h();
            if h.abs() <= 4.0 * f64::EPSILON * t.abs() || h == 0.0 || !h.is_finite() {
                return Err(Error::StepTooSmall { time: t, step: h, state: solver.y().as_ref().to_vec() });
            }
            if t + h > end && accepted > 0 {
                // The last step: a fresh solver with this step, whose matrices fit it.
                break;
            }
            tries += 1;
            if tries > simulation.max_steps {
                let state = solver.y().as_ref().to_vec();
                return Err(Error::TooManySteps { time: t, steps: simulation.max_steps, state });
            }
            if let Err(error) = solver.step(equation) {
                return Err(solver_error(error, t, h, tries, solver.y().as_ref()));
            }
            if solver.t() <= t {
                continue; // rejected; the solver has made its step smaller
            }
            accepted += 1;
            if !solver.y().as_ref().iter().all(|value| value.is_finite()) {
                // Radau5 accepts steps that end in NaN. Go back and come nearer in smaller steps.
                first_step = (solver.t() - t) / 10.0;
                state = solver.y_prev().clone();
                continue 'solvers;
            }
            t = solver.t();
            if simulation.is_lost(solver.y().as_ref()) {
                return Err(simulation.diverged(t, sample, solver.y().as_ref()));
            }
            // The end can be missed by a rounding of the last step; it counts as reached.
            let reached =
                if (end - t).abs() <= 8.0 * f64::EPSILON * end.abs().max(t.abs()) { end } else { t };
            while sample < total && simulation.time(sample) <= reached {
                let at = simulation.time(sample).min(t);
                if at == t {
                    recorder.record(sample, solver.y().as_ref());
                } else {
                    let (step, tried) = (solver.h(), tries);
                    let value = sample_at(&mut solver, equation, at)
                        .map_err(|error| solver_error(error, t, step, tried, state.as_ref()))?;
                    recorder.record(sample, value.as_ref());
                }
                sample += 1;
                tries = 0;
            }
        }
        t = solver.t();
        state = solver.y().clone();
        first_step = solver.h().min(end - t);
    }
    recorder.finish()
}

/// What the solver says, in our terms.
fn solver_error<Y: Cells>(
    error: SolverError<f64, Y>,
    time: f64,
    step: f64,
    steps: usize,
    state: &[f64],
) -> Error {
    match error {
        SolverError::MaxSteps { t, y } | SolverError::Stiffness { t, y } => {
            Error::TooManySteps { time: t, steps, state: y.as_ref().to_vec() }
        }
        SolverError::StepSize { t, y } | SolverError::LinearAlgebra { t, y, .. } => {
            Error::StepTooSmall { time: t, step, state: y.as_ref().to_vec() }
        }
        _ => Error::StepTooSmall { time, step, state: state.to_vec() },
    }
}
