//! Lyapunov exponents of delay equations, by their linearisation on a grid over the past.

use attractor_systems::DelayFlow;
use serde::{Deserialize, Serialize};

use crate::delay_history::Grid;
use crate::tangent::{Growth, TangentFrame};
use crate::{Error, LyapunovSpectrum, Result, input};

/// Settings of [`delay_lyapunov_spectrum`]. Times are in the time unit of the equation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelayLyapunovConfig {
    /// Time that brings the orbit to its attractor, and in its second half the tangent vectors to their directions; not
    /// measured.
    pub transient: f64,
    /// Time that is measured.
    pub duration: f64,
    /// Steps of the integrator in the largest delay. 100 by default; the error falls with its fourth power.
    pub steps_per_delay: usize,
    /// Time between orthonormalisations, rounded to steps. By default the largest delay.
    pub interval: Option<f64>,
    /// How many exponents, from the largest.
    pub exponents: usize,
    /// Batches of the standard error. 20 by default.
    pub batches: usize,
}

impl DelayLyapunovConfig {
    /// Measures the largest `exponents` exponents for `duration` after a fifth of it as a transient.
    #[must_use]
    pub fn new(duration: f64, exponents: usize) -> Self {
        Self {
            transient: duration / 5.0,
            duration,
            steps_per_delay: 100,
            interval: None,
            exponents,
            batches: 20,
        }
    }
    /// With another transient.
    #[must_use]
    pub fn with_transient(mut self, transient: f64) -> Self {
        self.transient = transient;
        self
    }
    /// With `steps` steps in the largest delay.
    #[must_use]
    pub fn with_steps_per_delay(mut self, steps: usize) -> Self {
        self.steps_per_delay = steps;
        self
    }
    /// With another time between orthonormalisations.
    #[must_use]
    pub fn with_interval(mut self, interval: f64) -> Self {
        self.interval = Some(interval);
        self
    }
    /// With `batches` batches for the standard error.
    #[must_use]
    pub fn with_batches(mut self, batches: usize) -> Self {
        self.batches = batches;
        self
    }
}

/// The largest Lyapunov exponents of a delay equation along the orbit that starts at time 0 from the constant past `x0`
/// \[M\]: the QR method on the linearised method of steps \[F82\].
///
/// The state of the equation is its past, a function on \[−τ, 0\] with τ the largest delay; there are infinitely many
/// exponents, the later ones ever more negative. Past and tangent vectors are kept on a uniform grid with cubic Hermite
/// interpolation and carried by the classical Runge-Kutta method of order 4 with a fixed step, and the tangent histories
/// orthonormalised. The standard error is that of means over batches in time; for the error of the grid, compare with
/// another [`steps_per_delay`](DelayLyapunovConfig::steps_per_delay). Exponents beyond some tenth of the grid's points
/// are its own, not the equation's.
///
/// In the result, [`dim`](LyapunovSpectrum::dim) is that of the grid, and
/// [`final_state`](LyapunovSpectrum::final_state) the state \[M\] at the end, without its past.
///
/// # Errors
/// [`Error::Dimension`] and [`Error::NonFinite`] for `x0`, [`Error::Setting`], among them when the shortest delay is
/// shorter than a step, [`Error::System`], [`Error::TooShort`] when the duration holds less than 2 intervals,
/// [`Error::Integration`] when the orbit diverges.
pub fn delay_lyapunov_spectrum(
    flow: &(impl DelayFlow + ?Sized),
    x0: &[f64],
    config: &DelayLyapunovConfig,
) -> Result<LyapunovSpectrum> {
    flow.validate()?;
    let dim = flow.dim();
    input::state(x0, dim, "initial state")?;
    let delays = flow.delays();
    if delays.is_empty() {
        return Err(Error::TooShort { what: "delays", needed: 1, found: 0 });
    }
    delays.iter().try_for_each(|&delay| input::positive("delay", delay))?;
    let steps = config.steps_per_delay;
    let (shortest, longest) = delays.iter().fold((f64::INFINITY, 0.0_f64), |(s, l), &d| (s.min(d), l.max(d)));
    if !(2..=1_000_000).contains(&steps) || shortest * steps as f64 <= longest * (1.0 - 1e-9) {
        let requirement = "from 2 to 1e6, and at least 1 in the shortest delay";
        return Err(Error::Setting { setting: "steps_per_delay", value: steps as f64, requirement });
    }
    input::positive("duration", config.duration)?;
    let interval = config.interval.unwrap_or(longest);
    input::positive("interval", interval)?;
    if !(0.0..f64::INFINITY).contains(&config.transient) {
        let requirement = "finite and not negative";
        return Err(Error::Setting { setting: "transient", value: config.transient, requirement });
    }
    let mut grid = Grid::new(flow, &delays, steps);
    let in_steps = |time: f64| (time / grid.step).round();
    let (transient, interval) = (in_steps(config.transient), in_steps(interval).max(1.0));
    let events = (in_steps(config.duration) / interval).round();
    if transient + events * interval > 1e12 {
        let requirement = "at most 1e12 steps of the integrator";
        return Err(Error::Setting { setting: "duration", value: config.duration, requirement });
    }
    let (transient, interval, events) = (transient as usize, interval as usize, events as usize);
    let mut frame = TangentFrame::new(grid.history_len(), Some(config.exponents))?;
    let mut growth = Growth::new(frame.len(), events, config.batches)?;

    let mut orbit = grid.constant(x0, steps);
    let mut at = steps;
    while at < steps + transient / 2 {
        grid.advance(&mut orbit, at, false);
        at += 1;
    }
    start(frame.vectors_mut(), &grid);
    let settling = (steps + transient - at).div_ceil(interval);
    for event in 0..settling + events {
        for _ in 0..interval {
            grid.advance(&mut orbit, at, true);
            for vector in frame.vectors_mut().chunks_exact_mut(grid.history_len()) {
                grid.carry(vector, at);
            }
            at += 1;
        }
        let time = grid.step * (at - steps) as f64;
        let gives_up = |reason: &str| Error::Integration { time, reason: reason.into() };
        if !grid.value(&orbit, at).iter().all(|x| x.is_finite()) {
            return Err(gives_up("the orbit diverged"));
        }
        let measured = event >= settling;
        frame
            .orthonormalise(|slot, log| {
                if measured {
                    growth.add(slot, log);
                }
            })
            .ok_or_else(|| gives_up("the tangent vectors overflowed"))?;
        if measured {
            growth.end_event(interval as f64 * grid.step);
        }
    }
    let end = grid.value(&orbit, at).to_vec();
    Ok(growth.spectrum(&frame, end))
}

/// Waves of rising frequency over the past, none of which a symmetry of the equation can hide.
fn start<F: DelayFlow + ?Sized>(vectors: &mut [f64], grid: &Grid<'_, F>) {
    let (length, points) = (grid.history_len(), grid.points);
    let dim = length / (2 * points);
    for (frequency, vector) in vectors.chunks_exact_mut(length).enumerate() {
        let (values, slopes) = vector.split_at_mut(length / 2);
        let speed = std::f64::consts::PI * frequency as f64 / points as f64;
        for (index, (value, slope)) in values.iter_mut().zip(slopes).enumerate() {
            let phase = speed * (index / dim) as f64 + 0.7 * (index % dim) as f64 + 0.3;
            (*value, *slope) = (phase.cos(), -speed * phase.sin());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::ArrayViewMut2;

    /// dx/dt = a x(t) + b x(t − τ), twice, uncoupled, the second with `c` for b and with its own delay.
    struct Linear {
        a: f64,
        b: [f64; 2],
        delays: [f64; 2],
    }

    impl DelayFlow for Linear {
        fn dim(&self) -> usize {
            2
        }
        fn delays(&self) -> Vec<f64> {
            self.delays.to_vec()
        }
        fn rhs(&self, _t: f64, x: &[f64], delayed: &[f64], dx: &mut [f64]) {
            // The first variable at the first delay, the second at the second.
            dx[0] = self.a * x[0] + self.b[0] * delayed[0];
            dx[1] = self.a * x[1] + self.b[1] * delayed[3];
        }
        fn jacobian(&self, _t: f64, _x: &[f64], _delayed: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
            jacobian.fill(0.0);
            jacobian[[0, 0]] = self.a;
            jacobian[[1, 1]] = self.a;
        }
        fn delayed_jacobian(
            &self,
            delay: usize,
            _t: f64,
            _x: &[f64],
            _delayed: &[f64],
            mut jacobian: ArrayViewMut2<'_, f64>,
        ) {
            jacobian.fill(0.0);
            jacobian[[delay, delay]] = self.b[delay];
        }
    }

    struct MackeyGlass {
        delay: f64,
    }

    impl DelayFlow for MackeyGlass {
        fn dim(&self) -> usize {
            1
        }
        fn delays(&self) -> Vec<f64> {
            vec![self.delay]
        }
        fn rhs(&self, _t: f64, x: &[f64], delayed: &[f64], dx: &mut [f64]) {
            dx[0] = 0.2 * delayed[0] / (1.0 + delayed[0].powi(10)) - 0.1 * x[0];
        }
        fn jacobian(&self, _t: f64, _x: &[f64], _delayed: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
            jacobian[[0, 0]] = -0.1;
        }
        fn delayed_jacobian(
            &self,
            _delay: usize,
            _t: f64,
            _x: &[f64],
            delayed: &[f64],
            mut jacobian: ArrayViewMut2<'_, f64>,
        ) {
            let power = delayed[0].powi(10);
            jacobian[[0, 0]] = 0.2 * (1.0 - 9.0 * power) / (1.0 + power).powi(2);
        }
    }

    /// Two uncoupled equations, whose roots interlace: a −0.3 with b 0.5, τ 1 and with b 0.4, τ 0.73.
    const LINEAR: Linear = Linear { a: -0.3, b: [0.5, 0.4], delays: [1.0, 0.73] };

    /// λ = W_k(b τ e^(−aτ))/τ + a for them, by scipy.special.lambertw (SciPy 1.17.1), complex ones twice.
    const ROOTS: [f64; 6] = [
        0.136_293_322_726_567_97,
        0.077_890_503_256_306_75,
        -2.242_072_884_817_732_7,
        -2.242_072_884_817_732_7,
        -3.100_050_622_598_897_7,
        -3.100_050_622_598_897_7,
    ];

    fn linear(steps: usize, exponents: usize) -> Vec<f64> {
        // A frame of leading directions 0.058 apart needs e^(−0.058 t) to vanish.
        let config =
            DelayLyapunovConfig::new(400.0, exponents).with_transient(800.0).with_steps_per_delay(steps);
        let spectrum = delay_lyapunov_spectrum(&LINEAR, &[1.0, 1.0], &config).unwrap();
        assert_eq!((spectrum.exponents.len(), spectrum.collapsed), (exponents, 0));
        spectrum.values()
    }

    #[test]
    fn of_linear_equations_are_the_real_parts_of_their_roots() {
        let found = linear(40, 6);
        for (index, (found, expected)) in found.iter().zip(ROOTS).enumerate() {
            // A pair turns as it shrinks: each of its two exponents has an error of 1/duration, their sum much less.
            let tolerance = if index < 2 { 1e-6 } else { 2.0 / 400.0 };
            assert!((found - expected).abs() < tolerance, "{index}: {found} {expected}");
        }
        for pair in [2, 4] {
            let mean = 0.5 * (found[pair] + found[pair + 1]);
            assert!((mean - ROOTS[pair]).abs() < 2e-4, "{pair}: {mean} {}", ROOTS[pair]);
        }
    }

    #[test]
    fn the_error_of_the_grid_falls_with_its_fourth_power() {
        let error = |steps| (linear(steps, 1)[0] - ROOTS[0]).abs();
        let (coarse, fine) = (error(4), error(8));
        assert!((8.0..32.0).contains(&(coarse / fine)), "{coarse} {fine}");
        assert!(coarse < 1e-4, "{coarse}");
    }

    #[test]
    fn of_mackey_glass() {
        // Wolf et al. (1985) [W85], table I, for τ = 31.8: dimension 3.64, and exponents 6.30e-3, 2.62e-3, below 8e-6, −1.39e-2.
        // They give no errors, hence 5e-4 for theirs. (Their units are said to be bits; ours agree in nats.)
        let config = DelayLyapunovConfig::new(40_000.0, 5).with_transient(4000.0).with_steps_per_delay(40);
        let found = delay_lyapunov_spectrum(&MackeyGlass { delay: 31.8 }, &[0.5], &config).unwrap();
        for (found, expected) in found.exponents.iter().zip([6.30e-3, 2.62e-3, 0.0, -1.39e-2]) {
            let tolerance = 4.0 * found.standard_error + 5e-4;
            assert!((found.value - expected).abs() < tolerance, "{found:?} {expected}");
            assert!(found.standard_error < 6e-4, "{found:?}");
        }
        let dimension = found.kaplan_yorke_dimension().unwrap();
        assert!((dimension - 3.64).abs() < 0.1, "{dimension}");
        // A fixed point for a short delay: x = 1 with f' = −0.4, λ + 0.1 = −0.4 e^(−2λ); by scipy's lambertw as above.
        let config = DelayLyapunovConfig::new(400.0, 1).with_steps_per_delay(40);
        let stable = delay_lyapunov_spectrum(&MackeyGlass { delay: 2.0 }, &[0.9], &config).unwrap();
        assert!((stable.exponents[0].value + 0.267_131_357_124_976_54).abs() < 2.0 / 400.0, "{stable:?}");
        assert!((stable.final_state[0] - 1.0).abs() < 1e-9, "{stable:?}");
    }

    #[test]
    fn refuses_settings_out_of_range() {
        let config = DelayLyapunovConfig::new(100.0, 1);
        let refuse = |config| delay_lyapunov_spectrum(&LINEAR, &[1.0, 1.0], &config).unwrap_err();
        for bad in [
            DelayLyapunovConfig::new(0.0, 1),
            DelayLyapunovConfig::new(f64::NAN, 1),
            DelayLyapunovConfig::new(100.0, 0),
            config.with_transient(-1.0),
            config.with_interval(0.0),
            config.with_steps_per_delay(1),
            config.with_batches(1),
        ] {
            let error = refuse(bad);
            assert!(matches!(error, Error::Setting { .. }), "{error:?}");
        }
        let short = Linear { a: 0.0, b: [1.0, 1.0], delays: [1.0, 0.01] };
        let error =
            delay_lyapunov_spectrum(&short, &[1.0, 1.0], &config.with_steps_per_delay(99)).unwrap_err();
        assert!(matches!(error, Error::Setting { setting: "steps_per_delay", .. }));
        assert!(matches!(refuse(config.with_interval(99.0)), Error::TooShort { .. }));
        let error = delay_lyapunov_spectrum(&LINEAR, &[1.0], &config).unwrap_err();
        assert!(matches!(error, Error::Dimension { .. }));
        let explosive = Linear { a: 50.0, b: [1.0, 1.0], delays: [1.0, 1.0] };
        let error = delay_lyapunov_spectrum(&explosive, &[1.0, 1.0], &config).unwrap_err();
        assert!(matches!(error, Error::Integration { .. }), "{error:?}");
        let never = Linear { a: 1.0, b: [1.0, 1.0], delays: [1.0, f64::NAN] };
        let error = delay_lyapunov_spectrum(&never, &[1.0, 1.0], &config).unwrap_err();
        assert!(matches!(error, Error::Setting { setting: "delay", .. }));
    }
}
