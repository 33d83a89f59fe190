//! Lyapunov exponents of flows, through their variational equation.

use std::cell::RefCell;

use attractor_systems::Flow;
use differential_equations::prelude::{ExplicitRungeKutta, IVP, ODE};
use ndarray::Array2;
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
}

impl FlowLyapunovConfig {
    /// Measures for `duration` after a tenth of it as a transient, and orthonormalises every `interval`: a fraction
    /// of the time in which the flow turns, such as 0.1 for Lorenz-63.
    #[must_use]
    pub fn new(duration: f64, interval: f64) -> Self {
        Self { transient: duration / 10.0, duration, interval, exponents: None, batches: 20, tolerance: 1e-9 }
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
}

/// Steps of the integrator that one interval may take.
const MAX_STEPS: usize = 100_000;
/// Intervals of the transient that are integrated at once, so that [`MAX_STEPS`] are a bound of the same kind there.
const PIECE: f64 = 10.0;

/// The Lyapunov spectrum of a flow along the orbit of `x0` \[M\] from time 0: the QR method of
/// [`lyapunov_spectrum`](crate::lyapunov_spectrum) with tangent vectors carried by the variational equation
/// dv/dt = J(t, x) v, integrated together with the orbit by an adaptive Runge-Kutta method of order 8 (DOP853).
///
/// The method is explicit: a stiff flow makes it slow or ends in [`Error::Integration`].
///
/// # Errors
/// [`Error::Dimension`] and [`Error::NonFinite`] for `x0`, [`Error::Setting`], [`Error::System`],
/// [`Error::TooShort`] when the duration holds less than 2 intervals, [`Error::Integration`] when the integrator
/// gives up or the orbit diverges.
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
    let mut growth = Growth::new(frame.len(), count as usize, config.batches)?;
    let variational = Variational { flow, jacobian: RefCell::new(Array2::zeros((dim, dim))) };

    let mut state = x0.to_vec();
    let pieces = (config.transient / config.interval / PIECE).ceil();
    for piece in 0..pieces as usize {
        let from = piece as f64 / pieces * config.transient;
        let to = (piece + 1) as f64 / pieces * config.transient;
        state = variational.integrate(state, from, to, config.tolerance)?;
    }
    let interval = config.duration / count;
    for event in 0..count as usize {
        let from = config.transient + event as f64 * interval;
        let to = config.transient + (event + 1) as f64 * interval;
        state.truncate(dim);
        state.extend_from_slice(frame.vectors());
        state = variational.integrate(state, from, to, config.tolerance)?;
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
    jacobian: RefCell<Array2<f64>>,
}

impl<F: Flow + ?Sized> ODE<f64, Vec<f64>> for Variational<'_, F> {
    fn diff(&self, t: f64, y: &Vec<f64>, dydt: &mut Vec<f64>) {
        let dim = self.flow.dim();
        let (x, vectors) = y.split_at(dim);
        let (dx, derivatives) = dydt.split_at_mut(dim);
        self.flow.rhs(t, x, dx);
        if vectors.is_empty() {
            return;
        }
        let mut jacobian = self.jacobian.borrow_mut();
        self.flow.jacobian(t, x, jacobian.view_mut());
        for (vector, derivative) in vectors.chunks_exact(dim).zip(derivatives.chunks_exact_mut(dim)) {
            for (out, row) in derivative.iter_mut().zip(jacobian.rows()) {
                *out = row.iter().zip(vector).map(|(a, b)| a * b).sum();
            }
        }
    }
}

impl<F: Flow + ?Sized> Variational<'_, F> {
    fn integrate(&self, y: Vec<f64>, from: f64, to: f64, tolerance: f64) -> Result<Vec<f64>> {
        let method = ExplicitRungeKutta::dop853().rtol(tolerance).atol(tolerance).max_steps(MAX_STEPS);
        let solution = IVP::ode(self, from, to, y)
            .method(method)
            .t_eval([to])
            .solve()
            .map_err(|error| Error::Integration { time: from, reason: format!("{error:?}") })?;
        match solution.y.into_iter().next_back() {
            Some(y) if y.iter().all(|v| v.is_finite()) => Ok(y),
            _ => Err(Error::Integration { time: from, reason: "the orbit diverged".into() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{ArrayViewMut2, array};

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
