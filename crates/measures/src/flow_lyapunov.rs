//! Lyapunov exponents of flows, through their variational equation.

use std::cell::RefCell;

use attractor_systems::{Flow, Method, Simulation};
use differential_equations::prelude::{ExplicitRungeKutta, IVP, ODE};
use ndarray::{Array2, ArrayViewMut2, ShapeBuilder, s};
use serde::{Deserialize, Serialize};

use crate::tangent::{Growth, TangentFrame};
use crate::{Error, LyapunovSpectrum, Result, input};

/// Settings of [`flow_lyapunov_spectrum`]. Times are in the time unit of the flow.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowLyapunovConfig {
    /// Time that brings the orbit to its attractor and is not measured.
    pub transient: f64,
    /// Time that is measured.
    pub duration: f64,
    /// Time between orthonormalisations.
    pub interval: f64,
    /// How many exponents, from the largest; all M by default.
    #[serde(default)]
    pub exponents: Option<usize>,
    /// Batches of the standard error. 20 by default.
    pub batches: usize,
    /// Relative and absolute tolerance of the integrator. 1e-9 by default.
    pub tolerance: f64,
    /// Whether the integrator is implicit, for stiff flows; false by default.
    #[serde(default)]
    pub implicit: bool,
}

impl FlowLyapunovConfig {
    /// Measures for `duration` after a tenth of it as a transient, and orthonormalises every `interval`: a fraction
    /// of the time in which the flow turns, such as 0.1 for Lorenz-63.
    #[must_use]
    pub fn new(duration: f64, interval: f64) -> Self {
        Self {
            transient: duration / 10.0,
            duration,
            interval,
            exponents: None,
            batches: 20,
            tolerance: 1e-9,
            implicit: false,
        }
    }
    /// With another transient.
    #[must_use]
    pub fn with_transient(mut self, transient: f64) -> Self {
        self.transient = transient;
        self
    }
    /// The largest `count` exponents alone.
    #[must_use]
    pub fn with_exponents(mut self, count: usize) -> Self {
        self.exponents = Some(count);
        self
    }
    /// With `batches` batches for the standard error.
    #[must_use]
    pub fn with_batches(mut self, batches: usize) -> Self {
        self.batches = batches;
        self
    }
    /// With another tolerance of the integrator.
    #[must_use]
    pub fn with_tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }
    /// With the implicit integrator, for stiff flows.
    #[must_use]
    pub fn implicit(mut self) -> Self {
        self.implicit = true;
        self
    }
}

/// Steps of the integrator that one interval may take.
const MAX_STEPS: usize = 100_000;
/// A variable that has decayed below this in the transient is taken as 0.
const VANISHED: f64 = 1e-130;
/// Variables, those of the orbit and of all vectors, that the implicit integrator takes.
const MAX_IMPLICIT: usize = 128;
/// Intervals of the transient that are integrated at once, so that [`MAX_STEPS`] are a bound of the same kind there.
const PIECE: f64 = 10.0;

/// The Lyapunov spectrum of a flow along the orbit of `x0` \[M\] from time 0: the QR method of
/// [`lyapunov_spectrum`](crate::lyapunov_spectrum) with tangent vectors carried by the variational equation
/// dv/dt = J(t, x) v, integrated together with the orbit by an adaptive Runge-Kutta method of order 8 (DOP853).
///
/// That method is explicit: a stiff flow makes it slow or ends in [`Error::Integration`]. The implicit one, Radau5, is for
/// the leading exponents of such a flow. Steps that are long for the fast directions do not resolve how these decay: an
/// exponent −λ is the flow's only where e^(−λ · interval) is well above the tolerance, and with intervals that short
/// the explicit method is as fast. Orbit and vectors together may have 128 variables: M (1 + exponents) ≤ 128.
///
/// # Errors
/// [`Error::Dimension`] and [`Error::NonFinite`] for `x0`, [`Error::Setting`], [`Error::System`],
/// [`Error::TooShort`] when the duration holds less than 2 intervals, [`Error::Integration`] when the integrator
/// gives up, takes more than 100,000 steps in an interval, or the orbit diverges.
pub fn flow_lyapunov_spectrum(
    flow: &(impl Flow + ?Sized),
    x0: &[f64],
    config: &FlowLyapunovConfig,
) -> Result<LyapunovSpectrum> {
    flow.validate()?;
    let dim = flow.dim();
    input::state(x0, dim, "initial state")?;
    input::positive("duration", config.duration)?;
    input::positive("interval", config.interval)?;
    if !(0.0..f64::INFINITY).contains(&config.transient) {
        let requirement = "finite and not negative";
        return Err(Error::Setting { setting: "transient", value: config.transient, requirement });
    }
    if !(1e-14..=1e-2).contains(&config.tolerance) {
        let requirement = "from 1e-14 to 1e-2";
        return Err(Error::Setting { setting: "tolerance", value: config.tolerance, requirement });
    }
    let count = (config.duration / config.interval).round();
    if count.max(config.transient / config.interval) > 1e12 {
        let requirement = "at least 1e-12 of duration and transient";
        return Err(Error::Setting { setting: "interval", value: config.interval, requirement });
    }
    let mut frame = TangentFrame::new(dim, config.exponents)?;
    let variables = dim * (1 + frame.len());
    if config.implicit && variables > MAX_IMPLICIT {
        let requirement = "at most 128 / M - 1 for the implicit integrator";
        return Err(Error::Setting { setting: "exponents", value: frame.len() as f64, requirement });
    }
    let mut growth = Growth::new(frame.len(), count as usize, config.batches)?;
    let variational = Variational { flow, jacobian: RefCell::new(Array2::zeros((dim, dim).f())) };

    let mut state = x0.to_vec();
    let pieces = (config.transient / config.interval / PIECE).ceil();
    for piece in 0..pieces as usize {
        let from = piece as f64 / pieces * config.transient;
        let to = (piece + 1) as f64 / pieces * config.transient;
        state = variational.integrate(state, from, to, config)?;
        // Version 0.7.0 of the library divides by the square of its error estimate, and stands still where that is 0 to
        // rounding without being 0.
        state.iter_mut().filter(|x| x.abs() < VANISHED).for_each(|x| *x = 0.0);
    }
    let interval = config.duration / count;
    for event in 0..count as usize {
        let from = config.transient + event as f64 * interval;
        let to = config.transient + (event + 1) as f64 * interval;
        state.truncate(dim);
        state.extend_from_slice(frame.vectors());
        state = variational.integrate(state, from, to, config)?;
        frame.vectors_mut().copy_from_slice(&state[dim..]);
        let overflow = || Error::Integration { time: to, reason: "the tangent vectors overflowed".into() };
        frame.orthonormalise(|slot, log| growth.add(slot, log)).ok_or_else(overflow)?;
        growth.end_event(interval);
    }
    state.truncate(dim);
    Ok(growth.spectrum(&frame, state))
}

/// The flow together with tangent vectors: x, then v_1, v_2, ..
struct Variational<'a, F: ?Sized> {
    flow: &'a F,
    /// One column after the other.
    jacobian: RefCell<Array2<f64>>,
}

impl<F: Flow + ?Sized> ODE<f64, Vec<f64>> for Variational<'_, F> {
    fn diff(&self, t: f64, y: &Vec<f64>, dydt: &mut Vec<f64>) {
        self.derivative(t, y, dydt);
    }
}

impl<F: Flow + ?Sized> Variational<'_, F> {
    fn derivative(&self, t: f64, y: &[f64], dydt: &mut [f64]) {
        let dim = self.flow.dim();
        let (x, vectors) = y.split_at(dim);
        let (dx, derivatives) = dydt.split_at_mut(dim);
        self.flow.rhs(t, x, dx);
        if vectors.is_empty() {
            return;
        }
        let mut jacobian = self.jacobian.borrow_mut();
        self.flow.jacobian(t, x, jacobian.view_mut());
        // By columns, the sums of all components run side by side.
        let columns = jacobian.as_slice_memory_order().unwrap_or_default();
        for (vector, derivative) in vectors.chunks_exact(dim).zip(derivatives.chunks_exact_mut(dim)) {
            derivative.fill(0.0);
            for (column, factor) in columns.chunks_exact(dim).zip(vector) {
                derivative.iter_mut().zip(column).for_each(|(sum, value)| *sum += factor * value);
            }
        }
    }

    fn integrate(&self, y: Vec<f64>, from: f64, to: f64, config: &FlowLyapunovConfig) -> Result<Vec<f64>> {
        let end = if config.implicit {
            let joint = Joint { variational: self, dim: y.len() };
            Simulation::new(to - from, 2)
                .method(Method::Radau5)
                .start_time(from)
                .initial_state(y)
                .tolerances(config.tolerance, config.tolerance)
                .max_steps(MAX_STEPS)
                .run(&joint)
                .map(|run| Some(run.last_row().to_vec()))
                .map_err(|error| Error::Integration { time: from, reason: error.to_string() })?
        } else {
            let (rtol, atol) = (config.tolerance, config.tolerance);
            let method = ExplicitRungeKutta::dop853().rtol(rtol).atol(atol).max_steps(MAX_STEPS);
            IVP::ode(self, from, to, y)
                .method(method)
                .t_eval([to])
                .solve()
                .map_err(|error| Error::Integration { time: from, reason: format!("{error:?}") })?
                .y
                .pop()
        };
        match end {
            Some(y) if y.iter().all(|v| v.is_finite()) => Ok(y),
            _ => Err(Error::Integration { time: from, reason: "the orbit diverged".into() }),
        }
    }
}

/// The same as a flow in `dim` variables.
struct Joint<'a, F: ?Sized> {
    variational: &'a Variational<'a, F>,
    dim: usize,
}

impl<F: Flow + ?Sized> Flow for Joint<'_, F> {
    fn dim(&self) -> usize {
        self.dim
    }
    fn rhs(&self, t: f64, y: &[f64], dydt: &mut [f64]) {
        self.variational.derivative(t, y, dydt);
    }
    /// The blocks on the diagonal, without the second derivatives of the flow by which the orbit acts on the vectors:
    /// Newton's iteration, which alone uses them, converges at the same rate, for the orbit first.
    fn jacobian(&self, t: f64, y: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        let dim = self.variational.flow.dim();
        let mut block = self.variational.jacobian.borrow_mut();
        self.variational.flow.jacobian(t, &y[..dim], block.view_mut());
        jacobian.fill(0.0);
        for first in (0..self.dim).step_by(dim) {
            jacobian.slice_mut(s![first..first + dim, first..first + dim]).assign(&*block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    struct Lorenz63;

    impl Flow for Lorenz63 {
        fn dim(&self) -> usize {
            3
        }
        fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
            dx[0] = 10.0 * (x[1] - x[0]);
            dx[1] = x[0] * (28.0 - x[2]) - x[1];
            dx[2] = x[0] * x[1] - 8.0 / 3.0 * x[2];
        }
        fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
            jacobian.assign(&array![
                [-10.0, 10.0, 0.0],
                [28.0 - x[2], -1.0, -x[0]],
                [x[1], x[0], -8.0 / 3.0]
            ]);
        }
    }

    /// dx/dt = a x^p.
    struct Power(f64, i32);

    impl Flow for Power {
        fn dim(&self) -> usize {
            1
        }
        fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
            dx[0] = self.0 * x[0].powi(self.1);
        }
        fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
            jacobian[[0, 0]] = self.0 * f64::from(self.1) * x[0].powi(self.1 - 1);
        }
    }

    #[test]
    fn of_lorenz_63() {
        // Largest exponent 0.9056, Kaplan-Yorke dimension 2.062: Viswanath (1998); Sprott (2003).
        let config = FlowLyapunovConfig::new(2000.0, 0.1).with_transient(50.0);
        let spectrum = flow_lyapunov_spectrum(&Lorenz63, &[1.0, 1.0, 1.0], &config).unwrap();
        let values = spectrum.values();
        assert!((values[0] - 0.906).abs() < 5e-3, "{spectrum:?}");
        assert!(values[1].abs() < 1e-3, "{spectrum:?}");
        // The divergence is constant: the sum is −(σ + 1 + β) whatever the orbit does.
        let sum: f64 = values.iter().sum();
        assert!((sum + 41.0 / 3.0).abs() < 1e-6, "{}", sum + 41.0 / 3.0);
        assert!((spectrum.kaplan_yorke_dimension().unwrap() - 2.062).abs() < 1e-3);
        let first = spectrum.exponents[0];
        assert!((0.0005..0.01).contains(&first.standard_error), "{first:?}");
    }

    #[test]
    fn of_a_linear_flow_is_its_rate() {
        let config = FlowLyapunovConfig::new(10.0, 0.5);
        let spectrum = flow_lyapunov_spectrum(&Power(-0.3, 1), &[1.0], &config).unwrap();
        assert!((spectrum.exponents[0].value + 0.3).abs() < 1e-8, "{spectrum:?}");
        assert!((spectrum.final_state[0] - (-0.3_f64 * 11.0).exp()).abs() < 1e-8);
    }

    /// A circle of radius 1 that a flow runs round in 2π and comes back to at the rate 2κ:
    /// dz/dt = (κ (1 − |z|²) + i) z.
    struct Cycle(f64);

    impl Flow for Cycle {
        fn dim(&self) -> usize {
            2
        }
        fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
            let growth = self.0 * (1.0 - x[0] * x[0] - x[1] * x[1]);
            dx[0] = growth * x[0] - x[1];
            dx[1] = growth * x[1] + x[0];
        }
        fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
            let growth = self.0 * (1.0 - x[0] * x[0] - x[1] * x[1]);
            let mixed = -2.0 * self.0 * x[0] * x[1];
            jacobian.assign(&array![
                [growth - 2.0 * self.0 * x[0] * x[0], mixed - 1.0],
                [mixed + 1.0, growth - 2.0 * self.0 * x[1] * x[1]]
            ]);
        }
    }

    /// What the cycle's exponents are over a finite time: the first tangent vector, (1, 0), starts at the phase φ of the
    /// transient's end and soon is what of it lies along the cycle, |sin φ|.
    fn of_the_cycle(rate: f64, transient: f64, duration: f64) -> [f64; 2] {
        let along = (0.1_f64.atan2(0.8) + transient).sin().abs().ln() / duration;
        [along, -2.0 * rate - along]
    }

    #[test]
    fn of_a_stiff_cycle_the_leading_exponent_is_zero() {
        // An explicit method would need some 10⁸ evaluations: κ = 10⁶, for 22 time units.
        let config = FlowLyapunovConfig::new(20.0, 0.5).with_exponents(1).implicit();
        let spectrum = flow_lyapunov_spectrum(&Cycle(1e6), &[0.8, 0.1], &config).unwrap();
        let [expected, _] = of_the_cycle(1e6, 2.0, 20.0);
        assert!((spectrum.values()[0] - expected).abs() < 1e-5, "{spectrum:?} against {expected}");
        let [x, y] = spectrum.final_state[..] else { panic!("{spectrum:?}") };
        let phase = 0.1_f64.atan2(0.8) + 22.0;
        assert!((x - phase.cos()).hypot(y - phase.sin()) < 1e-4, "({x}, {y}) against phase {phase}");
    }

    #[test]
    fn implicit_and_explicit_find_the_same_where_intervals_are_short() {
        // e^(−2κ · interval) = e^−4.
        let config = FlowLyapunovConfig::new(4.0, 0.04).with_transient(1.0);
        let expected = of_the_cycle(50.0, 1.0, 4.0);
        for config in [config, config.implicit()] {
            let values = flow_lyapunov_spectrum(&Cycle(50.0), &[0.8, 0.1], &config).unwrap().values();
            for (found, expected) in values.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-4, "{found} against {expected}");
            }
        }
    }

    #[test]
    fn refuses_more_vectors_than_the_implicit_integrator_takes() {
        let config = FlowLyapunovConfig::new(10.0, 0.5).implicit();
        let chain = attractor_systems::Lorenz96 { sites: 11, forcing: 8.0 };
        let error = flow_lyapunov_spectrum(&chain, &[1.0; 11], &config).unwrap_err();
        assert!(matches!(error, Error::Setting { setting: "exponents", .. }), "{error:?}");
    }

    #[test]
    fn of_a_flow_that_comes_to_rest() {
        // One variable decays to 1e-174 in the transient; the library's step control fails near 1e-150.
        let flow = attractor_systems::catalog::flow("flip-flop").unwrap();
        let config = FlowLyapunovConfig::new(10.0, 0.5).with_transient(400.0);
        let spectrum = flow_lyapunov_spectrum(&flow, &flow.default_state(), &config).unwrap();
        assert!(spectrum.values().iter().all(|value| (value + 1.0).abs() < 1e-7), "{spectrum:?}");
        assert!((spectrum.final_state[0] - 1.0).abs() < 1e-8 && spectrum.final_state[1].abs() < 1e-8);
    }

    #[test]
    fn a_flow_that_blows_up_is_an_error() {
        // x = 1 / (1 − t).
        let config = FlowLyapunovConfig::new(10.0, 0.5).with_transient(0.0);
        let error = flow_lyapunov_spectrum(&Power(1.0, 2), &[1.0], &config).unwrap_err();
        assert!(matches!(error, Error::Integration { time, .. } if time <= 1.0), "{error:?}");
    }

    #[test]
    fn refuses_settings_out_of_range() {
        let config = FlowLyapunovConfig::new(10.0, 0.5);
        for bad in [
            FlowLyapunovConfig::new(0.0, 0.1),
            FlowLyapunovConfig::new(f64::NAN, 0.1),
            FlowLyapunovConfig::new(1.0, -0.1),
            config.with_transient(-1.0),
            config.with_tolerance(0.0),
            config.with_exponents(2),
            config.with_batches(0),
        ] {
            let error = flow_lyapunov_spectrum(&Power(-1.0, 1), &[1.0], &bad).unwrap_err();
            assert!(matches!(error, Error::Setting { .. }), "{error:?}");
        }
        let short = FlowLyapunovConfig::new(1.0, 0.9);
        let error = flow_lyapunov_spectrum(&Power(-1.0, 1), &[1.0], &short).unwrap_err();
        assert!(matches!(error, Error::TooShort { .. }));
    }
}
