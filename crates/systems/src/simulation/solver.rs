//! DOP853 and Radau5 of the library, and an equation as they see it.

use std::array;

use differential_equations::interpolate::Interpolation;
use differential_equations::linalg::Matrix;
use differential_equations::methods::{DormandPrince, ExplicitRungeKutta, ImplicitRungeKutta, Ordinary};
use differential_equations::ode::{ODE, OrdinaryNumericalMethod};
use differential_equations::tolerance::Tolerance;
use differential_equations::traits::State;
use ndarray::Array2;

use super::Simulation;
use super::dense::{Dense, NODES};
use crate::{Error, Flow, Result};

/// A state vector of the solvers.
pub(super) trait Cells: State<f64> + AsRef<[f64]> + AsMut<[f64]> {}
impl<Y: State<f64> + AsRef<[f64]> + AsMut<[f64]>> Cells for Y {}

/// What the solvers integrate.
pub(super) trait RightHandSide {
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]);
    fn jacobian(&self, t: f64, x: &[f64]) -> Array2<f64>;
}

impl RightHandSide for &dyn Flow {
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        Flow::rhs(*self, t, x, dx);
    }
    fn jacobian(&self, t: f64, x: &[f64]) -> Array2<f64> {
        let mut jacobian = Array2::zeros((x.len(), x.len()));
        Flow::jacobian(*self, t, x, jacobian.view_mut());
        jacobian
    }
}

/// An equation as the solvers see it: its variables are the first of their state, the rest stays at 0. Flows come as
/// `dyn`, so that each solver is compiled once and not for every flow.
pub(super) struct Equation<E> {
    system: E,
    dim: usize,
}

impl<E> Equation<E> {
    pub(super) fn new(system: E, dim: usize) -> Self {
        Self { system, dim }
    }

    pub(super) fn dim(&self) -> usize {
        self.dim
    }
}

impl<E: RightHandSide, Y: Cells> ODE<f64, Y> for Equation<E> {
    fn diff(&self, t: f64, x: &Y, dx: &mut Y) {
        let (own, rest) = dx.as_mut().split_at_mut(self.dim);
        self.system.rhs(t, &x.as_ref()[..self.dim], own);
        rest.fill(0.0);
    }

    fn jacobian(&self, t: f64, x: &Y, jacobian: &mut Matrix<f64>) {
        for ((i, j), value) in self.system.jacobian(t, &x.as_ref()[..self.dim]).indexed_iter() {
            jacobian[(i, j)] = *value;
        }
    }
}

/// DOP853.
pub(super) type Dop853<Y> = ExplicitRungeKutta<Ordinary, DormandPrince, f64, Y, 8, 12, 16>;

/// Makes a DOP853 with first step `h` and steps no longer than `span`.
pub(super) fn dop853<Y: Cells>(simulation: &Simulation, h: f64, span: f64) -> Dop853<Y> {
    ExplicitRungeKutta::dop853()
        .rtol(simulation.rtol)
        .atol(simulation.atol)
        .max_steps(usize::MAX)
        .h_max(span)
        .h0(h)
}

/// The interpolant of order 7 of the last step.
///
/// Version 0.7.0 of the library takes s for 1 − s within Q (see [`Dense`]), which leaves errors near 1e-6 where the
/// steps are good to 1e-10. At the mirrored time its Q is the right one. The version is pinned, and a test compares
/// samples within steps with a solution of 50 digits.
pub(super) fn dop853_dense<Y: Cells, E: RightHandSide>(
    solver: &mut Dop853<Y>,
    equation: &Equation<E>,
    dense: &mut Dense,
) -> Result<()> {
    let (begin, end) = (solver.t_prev(), solver.t());
    let mirrored = |s: f64| (end - s * (end - begin)).clamp(begin, end);
    let mut at = |s: f64| solver.interpolate(mirrored(s));
    let inner = [at(NODES[0]), at(NODES[1]), at(NODES[2]), at(NODES[3])];
    let [Ok(a), Ok(b), Ok(c), Ok(d)] = inner else { return Err(no_inside(solver, dense.dim())) };
    let inner = [a, b, c, d];
    let (first, last) = (solver.y_prev(), solver.y());
    let (mut first_slope, mut last_slope) = (first.zeros_like(), last.zeros_like());
    equation.diff(begin, first, &mut first_slope);
    equation.diff(end, last, &mut last_slope);
    let slopes = [first_slope.as_ref(), last_slope.as_ref()];
    dense.set_hermite(begin, end - begin, [first.as_ref(), last.as_ref()], slopes);
    dense.set_rest(|i, cubic| array::from_fn(|j| inner[j].as_ref()[i] - cubic.at(1.0 - NODES[j])));
    Ok(())
}

/// The sizes of state that Radau5 is compiled for, since version 0.7.0 of the library leaves vectors of dynamic size
/// without their length; systems between them are filled up with zeros.
pub(super) const RADAU5_SIZES: [usize; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64, 128];

/// Makes a Radau5 for `dim` variables in a state of C, with first step `h` and steps no longer than `span`.
pub(super) fn radau5<const C: usize>(
    simulation: &Simulation,
    dim: usize,
    h: f64,
    span: f64,
) -> impl OrdinaryNumericalMethod<f64, [f64; C]> + Interpolation<f64, [f64; C]> + use<C> {
    // The library takes the root mean square of errors over C variables instead of `dim`, relative to a tolerance that is
    // the power 2/3 of the one given.
    let share = (dim as f64 / C as f64).powf(0.75);
    // One tolerance per variable: given a single one, the library rescales it once per variable.
    ImplicitRungeKutta::<Ordinary, _, _, _, 5, 3, 3>::radau5()
        .rtol(Tolerance::Vector(vec![simulation.rtol * share; C]))
        .atol(Tolerance::Vector(vec![simulation.atol * share; C]))
        .max_steps(usize::MAX)
        .h_max(span)
        .h0(h)
}

/// The collocation polynomial of the last step, of order 3.
pub(super) fn radau5_dense<const C: usize>(
    solver: &mut (impl OrdinaryNumericalMethod<f64, [f64; C]> + Interpolation<f64, [f64; C]>),
    dense: &mut Dense,
) -> Result<()> {
    let (begin, end) = (solver.t_prev(), solver.t());
    let h = end - begin;
    let (Ok(third), Ok(two_thirds)) =
        (solver.interpolate(begin + h / 3.0), solver.interpolate(begin + h * 2.0 / 3.0))
    else {
        return Err(no_inside(solver, dense.dim()));
    };
    dense.set_cubic(begin, h, [solver.y_prev(), solver.y()], [&third, &two_thirds]);
    Ok(())
}

/// The times within the last step are not within it for the library: it is too short.
fn no_inside<Y: Cells>(solver: &impl OrdinaryNumericalMethod<f64, Y>, dim: usize) -> Error {
    let (time, step) = (solver.t_prev(), solver.t() - solver.t_prev());
    Error::StepTooSmall { time, step, state: solver.y_prev().as_ref()[..dim].to_vec() }
}
