//! Delay equations against closed forms by the method of steps.

use attractor_systems::{DelayFlow, Error, Method, Simulation, Trajectory};
use ndarray::ArrayViewMut2;
use proptest::prelude::*;

/// x' = sum of c_i x(t - τ_i), plus an exponent's own rate.
struct Linear {
    rate: f64,
    terms: Vec<(f64, f64)>,
}

impl DelayFlow for Linear {
    fn dim(&self) -> usize {
        1
    }
    fn delays(&self) -> Vec<f64> {
        self.terms.iter().map(|(_, delay)| *delay).collect()
    }
    fn rhs(&self, _t: f64, x: &[f64], delayed: &[f64], dx: &mut [f64]) {
        dx[0] = self.rate * x[0] + self.terms.iter().zip(delayed).map(|((c, _), x)| c * x).sum::<f64>();
    }
    fn jacobian(&self, _t: f64, _x: &[f64], _delayed: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian[[0, 0]] = self.rate;
    }
    fn delayed_jacobian(
        &self,
        delay: usize,
        _t: f64,
        _x: &[f64],
        _delayed: &[f64],
        mut jacobian: ArrayViewMut2<'_, f64>,
    ) {
        jacobian[[0, 0]] = self.terms[delay].0;
    }
}

/// x' = 0.2 x(t - τ) / (1 + x(t - τ)^10) - 0.1 x: Mackey & Glass (1977).
struct MackeyGlass {
    tau: f64,
}

impl DelayFlow for MackeyGlass {
    fn dim(&self) -> usize {
        1
    }
    fn delays(&self) -> Vec<f64> {
        vec![self.tau]
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

fn factorial(n: u32) -> f64 {
    (1..=n).map(f64::from).product()
}

/// x' = -x(t - 1) with history 1: x(t) = sum over k of (-1)^k (t - (k - 1))^k / k! where t > k - 1.
fn staircase(t: f64) -> f64 {
    (0..30_u32)
        .map(|k| (f64::from(k), t - (f64::from(k) - 1.0)))
        .take_while(|(_, age)| *age > 0.0)
        .map(|(k, age)| (-1.0_f64).powf(k) * age.powf(k) / factorial(k as u32))
        .sum()
}

fn worst(run: &Trajectory, exact: impl Fn(f64) -> f64) -> f64 {
    let errors = run
        .data()
        .column(0)
        .iter()
        .enumerate()
        .map(|(i, x)| (x - exact(i as f64 * run.dt())).abs())
        .collect::<Vec<_>>();
    errors.into_iter().fold(0.0, f64::max)
}

#[test]
fn the_linear_equation_follows_its_piecewise_polynomial() {
    let flow = Linear { rate: 0.0, terms: vec![(-1.0, 1.0)] };
    // Samples on the breakpoints, and off them.
    for dt in [0.25, 0.037] {
        let simulation = Simulation::new(dt, (12.0 / dt) as usize).initial_state([1.0]);
        let error = worst(&simulation.run_delay(&flow).unwrap(), staircase);
        assert!(error < 1e-9, "{error}");
    }
}

#[test]
fn several_delays_have_the_solution_of_the_method_of_steps() {
    // x' = -x(t - 1) - x(t - 1.5), history 1, by hand:
    // [0, 1]: 1 - 2t; [1, 1.5]: -1 - (2s - s^2) with s = t - 1.
    // [1.5, 2]: x' = -(1 - 2(t - 1)) - (1 - 2(t - 1.5)), x(1.5) = -1.75.
    let flow = Linear { rate: 0.0, terms: vec![(-1.0, 1.0), (-1.0, 1.5)] };
    let exact = |t: f64| {
        if t <= 1.0 {
            1.0 - 2.0 * t
        } else if t <= 1.5 {
            let s = t - 1.0;
            -1.0 - 2.0 * s + s * s
        } else {
            let (s, r) = (t - 1.0, t - 1.5);
            -1.75 - (s - s * s - 0.25) - (r - r * r)
        }
    };
    let run = Simulation::new(0.04, 51).initial_state([1.0]).run_delay(&flow).unwrap();
    let error = worst(&run, exact);
    assert!(error < 1e-12, "{error}");
}

#[test]
fn a_history_on_a_solution_goes_on_along_it() {
    // x = exp(λ t) solves x' = r x + c x(t - τ) if λ = r + c exp(-λ τ); no kink at the start.
    let (lambda, c, tau) = (-0.3_f64, 0.4, 1.7);
    let flow = Linear { rate: lambda - c * (-lambda * tau).exp(), terms: vec![(c, tau)] };
    let exact = |t: f64| (lambda * t).exp();
    let run = Simulation::new(0.1, 200).run_delay_with_history(&flow, |t, x| x[0] = exact(t)).unwrap();
    let error = worst(&run, exact);
    assert!(error < 1e-9, "{error}");
    // Starting later shifts the clock.
    let late = Simulation::new(0.1, 200)
        .start_time(5.0)
        .run_delay_with_history(&flow, |t, x| x[0] = exact(t - 5.0))
        .unwrap();
    let error = worst(&late, exact);
    assert!(error < 1e-9, "{error}");
}

#[test]
fn mackey_glass_converges_under_tighter_tolerances() {
    let flow = MackeyGlass { tau: 17.0 };
    let run = |tolerance| {
        Simulation::new(1.0, 300)
            .initial_state([0.5])
            .tolerances(tolerance, tolerance)
            .run_delay(&flow)
            .unwrap()
    };
    let best = run(1e-13);
    let error = |tolerance| {
        let run = run(tolerance);
        run.data().iter().zip(best.data()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    let (coarse, middle, fine) = (error(1e-5), error(1e-8), error(1e-11));
    assert!(coarse < 1e-2 && middle < 1e-5 && fine < 1e-8, "{coarse} {middle} {fine}");
    assert!(middle < coarse && fine < middle, "{coarse} {middle} {fine}");
    // The first interval in closed form: x' = p - 0.1 x with constant p.
    let p = 0.2 * 0.5 / (1.0 + 0.5_f64.powi(10));
    for t in 0..=17 {
        let exact = 10.0 * p + (0.5 - 10.0 * p) * (-0.1 * f64::from(t)).exp();
        assert!((best.data()[[t as usize, 0]] - exact).abs() < 1e-12);
    }
}

#[test]
fn long_runs_forget_the_past() {
    // A stable oscillation, x' = -x(t - pi/2) has cos t as a solution; 2000 delays long.
    let tau = std::f64::consts::FRAC_PI_2;
    let flow = Linear { rate: 0.0, terms: vec![(-1.0, tau)] };
    let run = Simulation::new(0.5, 6000).run_delay_with_history(&flow, |t, x| x[0] = t.cos()).unwrap();
    let error = worst(&run, f64::cos);
    assert!(error < 1e-6, "{error}");
}

#[test]
fn delay_settings_that_make_no_sense_are_refused() {
    let says = |error: Error, text: &str| assert!(error.to_string().contains(text), "{error}");
    let good = Simulation::new(0.1, 10).initial_state([1.0]);
    let flow = |delay| Linear { rate: 0.0, terms: vec![(-1.0, delay)] };
    for delay in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        says(good.run_delay(&flow(delay)).unwrap_err(), "delay is");
    }
    says(good.clone().dt(-1.0).run_delay(&flow(1.0)).unwrap_err(), "time step dt");
    says(good.clone().initial_state([1.0, 2.0]).run_delay(&flow(1.0)).unwrap_err(), "length 2");
    says(Simulation::new(0.1, 10).run_delay(&flow(1.0)).unwrap_err(), "initial_state");
    says(good.clone().method(Method::Radau5).run_delay(&flow(1.0)).unwrap_err(), "Method::Dop853");
    says(good.run_delay_with_history(&flow(1.0), |_, x| x[0] = f64::NAN).unwrap_err(), "is NaN");
    let many =
        Linear { rate: 0.0, terms: (0..60).map(|i| (0.01, 0.01 + 1e-3 * f64::from(i).sqrt())).collect() };
    says(good.clone().steps(100).run_delay(&many).unwrap_err(), "number of delays");
    let grows = Linear { rate: 30.0, terms: vec![(1.0, 0.3)] };
    let error = good.clone().steps(1000).divergence_bound(1e6).run_delay(&grows).unwrap_err();
    assert!(matches!(error, Error::Diverged { sample: 4..=6, .. }), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    // With c at least 0, λ is the rightmost of the characteristic roots, so that no error grows faster than the solution.
    #[test]
    fn exponentials_are_followed(lambda in -1.0..0.5_f64, c in 0.0..1.0_f64, tau in 0.1..3.0_f64, dt in 0.01..0.5_f64) {
        let flow = Linear { rate: lambda - c * (-lambda * tau).exp(), terms: vec![(c, tau)] };
        let exact = |t: f64| (lambda * t).exp();
        let run = Simulation::new(dt, 20).run_delay_with_history(&flow, |t, x| x[0] = exact(t)).unwrap();
        prop_assert!(worst(&run, exact) < 1e-7);
    }
}
