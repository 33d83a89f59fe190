//! The clock, the noise and the failures of simulations.

use attractor_systems::{
    Duffing, Error, Flow, Henon, Lorenz63, Lorenz96, Map, Method, PiecewiseLinearMap, Result, Simulation,
    System, VanDerPol,
};
use ndarray::{Array2, ArrayViewMut2, array};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// dx/dt = rate x^power, with its solution blowing up for power 2.
struct Power {
    rate: f64,
    power: i32,
}

impl Flow for Power {
    fn dim(&self) -> usize {
        1
    }
    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        dx[0] = self.rate * x[0].powi(self.power);
    }
    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian[[0, 0]] = self.rate * f64::from(self.power) * x[0].powi(self.power - 1);
    }
}

/// A flow that is not defined after its `end` and that jumps at its `jump`.
struct Wall {
    end: f64,
    jump: f64,
}

impl Flow for Wall {
    fn dim(&self) -> usize {
        1
    }
    fn rhs(&self, t: f64, _x: &[f64], dx: &mut [f64]) {
        assert!(t <= self.end, "asked for the derivative at {t}, after {}", self.end);
        dx[0] = if t < self.jump { 1.0 } else { f64::NAN };
    }
    fn jacobian(&self, _t: f64, _x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian[[0, 0]] = 0.0;
    }
}

#[test]
fn samples_stand_at_multiples_of_dt_after_the_transient() {
    let decay = Power { rate: -0.3, power: 1 };
    for method in [Method::Dop853, Method::Radau5] {
        let run =
            Simulation::new(0.1, 50).initial_state([2.0]).transient(20).method(method).run(&decay).unwrap();
        assert_eq!((run.len(), run.dt()), (50, 0.1));
        for (sample, x) in run.data().column(0).iter().enumerate() {
            let exact = 2.0 * (-0.03 * (20 + sample) as f64).exp();
            assert!((x - exact).abs() < 1e-7, "{method:?} {sample}: {x} against {exact}");
        }
    }
}

#[test]
fn the_first_sample_is_the_initial_state() {
    let lorenz = Lorenz63::default();
    let run = Simulation::new(0.01, 1).initial_state([1.0, 2.0, 3.0]).run(&lorenz).unwrap();
    assert_eq!(run.data(), array![[1.0, 2.0, 3.0]]);
    let run = Simulation::new(1.0, 1).initial_state([0.1, 0.2]).run_map(&Henon::default()).unwrap();
    assert_eq!(run.data(), array![[0.1, 0.2]]);
}

#[test]
fn never_looks_past_the_last_sample() {
    for method in [Method::Dop853, Method::Radau5] {
        let wall = Wall { end: 0.7 * 9.0, jump: f64::INFINITY };
        let run = Simulation::new(0.7, 10).initial_state([0.0]).method(method).run(&wall).unwrap();
        assert!((run.last_row()[0] - 6.3).abs() < 1e-12);
    }
}

#[test]
fn the_clock_does_not_drift() {
    // A forced oscillator's phase over a long run tells the time: without a spring of its own, x = cos(ωt) / -ω².
    let forced = Duffing { alpha: 0.0, beta: 0.0, delta: 0.0, gamma: 1.0, omega: 1.0 };
    let run = Simulation::new(0.1, 100_000).initial_state([-1.0, 0.0]).run(&forced).unwrap();
    let (x, t) = (run.last_row()[0], 99_999.0 * 0.1_f64);
    assert!((x + t.cos()).abs() < 1e-4, "{x} against {}", -t.cos());
}

#[test]
fn long_relaxation_oscillations_are_not_taken_for_stiff() {
    let oscillator = VanDerPol { mu: 20.0, ..VanDerPol::default() };
    let simulation = Simulation::of(&oscillator, 4000).tolerances(1e-9, 1e-9);
    let explicit = simulation.run(&oscillator).unwrap();
    let implicit =
        simulation.clone().method(Method::Radau5).tolerances(1e-12, 1e-12).run(&oscillator).unwrap();
    for (a, b) in explicit.data().iter().zip(implicit.data()) {
        assert!((a - b).abs() < 1e-3 * (1.0 + a.abs()), "{a} against {b}");
    }
}

#[test]
fn a_run_can_be_cut_into_pieces() {
    // Also for many variables, which take another path than few.
    let system = Lorenz96::with_sites(12);
    let whole = Simulation::of(&system, 100).run(&system).unwrap();
    let first = whole.slice(..50).unwrap();
    let second = Simulation::of(&system, 51).initial_state(first.last_row().to_vec()).run(&system).unwrap();
    for (a, b) in whole.data().row(99).iter().zip(second.data().row(50)) {
        assert!((a - b).abs() < 1e-7);
    }
    assert_eq!(whole.names()[11], "x12");
}

/// x_i' = -k_i (x_i - cos t) - sin t with k_i from 1 to 1e6, solved by cos t (Prothero & Robinson 1974).
struct Stiff(usize);

impl Stiff {
    fn rate(&self, i: usize) -> f64 {
        10.0_f64.powf(6.0 * i as f64 / (self.0 - 1) as f64)
    }
}

impl Flow for Stiff {
    fn dim(&self) -> usize {
        self.0
    }
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        for i in 0..self.0 {
            dx[i] = -self.rate(i) * (x[i] - t.cos()) - t.sin();
        }
    }
    fn jacobian(&self, _t: f64, _x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.fill(0.0);
        for i in 0..self.0 {
            jacobian[[i, i]] = -self.rate(i);
        }
    }
}

#[test]
fn radau5_takes_many_variables() {
    // Sizes that it is compiled for, and sizes between them. The solver works at a relative error of 0.1 rtol^(2/3) =
    // 1e-7 per step, which the flow does not let grow.
    for dim in [8, 9, 16, 20, 40] {
        let simulation = Simulation::new(0.5, 11).initial_state(vec![1.0; dim]).method(Method::Radau5);
        let run = simulation.tolerances(1e-9, 1e-9).run(&Stiff(dim)).unwrap();
        for x in run.last_row() {
            assert!((x - 5.0_f64.cos()).abs() < 1e-6, "{dim} variables: {x}");
        }
    }
}

#[test]
fn fixed_steps_converge_at_their_order() {
    let lorenz = Lorenz63::default();
    let exact = Simulation::of(&lorenz, 21).tolerances(1e-13, 1e-13).run(&lorenz).unwrap();
    for (method, order) in [(Method::Rk4, 4.0), (Method::Tsit5, 5.0)] {
        let error = |substeps| {
            let run = Simulation::of(&lorenz, 21).method(method).substeps(substeps).run(&lorenz).unwrap();
            (&run.last_row() - &exact.last_row()).iter().fold(0.0, |worst: f64, e| worst.max(e.abs()))
        };
        let found = (error(2) / error(4)).log2();
        assert!((found - order).abs() < 0.4, "{method:?}: order {found}");
    }
    let growth = Power { rate: 10.0, power: 1 };
    let simulation = Simulation::new(0.1, 1000).initial_state([1.0]).divergence_bound(1e6);
    let error = simulation.method(Method::Rk4).run(&growth).unwrap_err();
    assert!(matches!(error, Error::Diverged { sample: 14, .. }), "{error}");
}

#[test]
fn periods_and_transients_set_the_clock() {
    let lorenz = Lorenz63::default();
    let simulation = Simulation::of(&lorenz, 10).points_per_period(&lorenz, 100).unwrap();
    let run = simulation.run(&lorenz).unwrap();
    assert_eq!(run.dt(), lorenz.period().unwrap() / 100.0);
    let error = simulation.clone().points_per_period(&lorenz, 0).unwrap_err();
    assert!(matches!(error, Error::OutOfRange { what: "number of points per period", .. }), "{error}");
    let error = simulation.points_per_period(&Henon::default(), 10).unwrap_err();
    assert!(matches!(error, Error::NoPeriod { system: "Hénon" }), "{error}");

    // 0.3 / 0.1 is 3 but for rounding; 0.31 is rounded up; both add to the samples.
    let plain = Simulation::of(&lorenz, 5).dt(0.1);
    for (time, samples) in [(0.3, 3), (0.31, 4), (0.0, 0)] {
        let by_time = plain.clone().transient(2).transient_time(time).run(&lorenz).unwrap();
        assert_eq!(by_time, plain.clone().transient(2 + samples).run(&lorenz).unwrap());
    }
    let error = plain.transient_time(-1.0).run(&lorenz).unwrap_err();
    assert!(error.to_string().contains("transient time is -1"), "{error}");
}

#[test]
fn blow_up_ends_with_time_and_state() {
    // x = 1 / (1 - t) leaves every bound at t = 1.
    let blow_up = Power { rate: 1.0, power: 2 };
    for method in [Method::Dop853, Method::Radau5] {
        let error = Simulation::new(0.1, 100).initial_state([1.0]).method(method).run(&blow_up).unwrap_err();
        match &error {
            Error::Diverged { time, state, .. }
            | Error::StepTooSmall { time, state, .. }
            | Error::TooManySteps { time, state, .. } => {
                assert!((time - 1.0).abs() < 1e-3 && state[0] > 1e3, "{error}");
            }
            other => panic!("{other}"),
        }
    }
    let growth = Power { rate: 10.0, power: 1 };
    let simulation = Simulation::new(0.1, 1000).initial_state([1.0]).divergence_bound(1e6);
    let error = simulation.run(&growth).unwrap_err();
    assert!(matches!(error, Error::Diverged { sample: 10..=20, .. }), "{error}");
    let error = simulation.process_noise([0.1]).run_with_rng(&growth, &mut rng(1)).unwrap_err();
    assert!(matches!(error, Error::Diverged { sample: 10..=20, .. }), "{error}");
}

#[test]
fn derivatives_that_cease_to_exist_end_the_run() {
    let wall = Wall { end: f64::INFINITY, jump: 2.0 };
    for method in [Method::Dop853, Method::Radau5] {
        let error = Simulation::new(0.5, 10).initial_state([0.0]).method(method).run(&wall).unwrap_err();
        match error {
            Error::Diverged { time, .. }
            | Error::StepTooSmall { time, .. }
            | Error::TooManySteps { time, .. } => {
                assert!((time - 2.0).abs() < 0.6, "{error}");
            }
            other => panic!("{other}"),
        }
    }
    let error = Simulation::new(0.5, 10).start_time(3.0).initial_state([0.0]).run(&wall).unwrap_err();
    assert!(matches!(error, Error::NonFiniteDerivative { index: 0, .. }), "{error}");
}

#[test]
fn stiffness_is_told_with_advice() {
    let stiff = VanDerPol { mu: 1e5, ..VanDerPol::default() };
    let error = Simulation::of(&stiff, 10).dt(1000.0).max_steps(2000).run(&stiff).unwrap_err();
    assert!(matches!(error, Error::TooManySteps { steps: 2000, .. }), "{error}");
    assert!(error.to_string().contains("Radau5"), "{error}");
    let large = Lorenz96::with_sites(129);
    let error = Simulation::of(&large, 10).method(Method::Radau5).run(&large).unwrap_err();
    assert!(error.to_string().contains("at most 128"), "{error}");
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let lorenz = Lorenz63::default();
    let good = Simulation::of(&lorenz, 10);
    let says = |result: Result<_>, text: &str| {
        let error: Error = result.map(|_: attractor_systems::Trajectory| ()).unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
    };
    says(good.clone().dt(0.0).run(&lorenz), "time step dt is 0");
    says(good.clone().dt(f64::NAN).run(&lorenz), "time step dt is NaN");
    says(good.clone().steps(0).run(&lorenz), "number of steps is 0");
    says(good.clone().steps(usize::MAX).run(&lorenz), "fit into memory");
    says(good.clone().steps(usize::MAX / 64).run(&lorenz), "fit into memory");
    let henon = Simulation::of(&Henon::default(), usize::MAX);
    says(henon.run_map(&Henon::default()), "fit into memory");
    says(henon.run_map_with_rng(&Henon::default(), None, &mut rng(0)), "fit into memory");
    says(good.clone().substeps(0).run(&lorenz), "substeps is 0");
    says(good.clone().max_steps(0).run(&lorenz), "max_steps is 0");
    says(good.clone().tolerances(0.0, 1e-6).run(&lorenz), "relative tolerance is 0");
    says(good.clone().divergence_bound(f64::NAN).run(&lorenz), "divergence bound");
    says(good.clone().start_time(f64::INFINITY).run(&lorenz), "start time");
    says(good.clone().initial_state([1.0]).run(&lorenz), "length 1, the system has 3");
    says(good.clone().initial_state([1.0, f64::NAN, 0.0]).run(&lorenz), "initial state[1] is NaN");
    says(good.clone().names(["a"]).run(&lorenz), "1 names for 3");
    says(good.clone().process_noise([1.0, 2.0]).run(&lorenz), "length 2, the system has 3");
    says(good.clone().process_noise([-1.0]).run_with_rng(&lorenz, &mut rng(0)), "process noise is -1");
    says(good.clone().process_noise([0.1]).run(&lorenz), "run_with_rng");
    says(Simulation::new(0.1, 10).run(&lorenz), "initial_state");
    says(
        Simulation::of(&Henon::default(), 5).process_noise([0.1]).run_map(&Henon::default()),
        "run_map_with_rng",
    );
}

#[test]
fn noise_has_the_variance_of_an_ornstein_uhlenbeck_process() {
    // dx = -θ x dt + σ dW has stationary variance σ² / 2θ and lag-1 autocorrelation exp(-θ dt).
    let (theta, sigma) = (1.0, 0.5);
    let decay = Power { rate: -theta, power: 1 };
    let run = Simulation::new(0.5, 200_000)
        .initial_state([0.0])
        .transient(100)
        .process_noise([sigma])
        .run_with_rng(&decay, &mut rng(7))
        .unwrap();
    let x = run.data().column(0).to_vec();
    let n = x.len() as f64;
    let variance = x.iter().map(|x| x * x).sum::<f64>() / n;
    let lag = x.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / n / variance;
    // Standard error of the variance of an autocorrelated series: variance sqrt(2 (1 + r²) / (1 - r²) / n), 0.5 %.
    assert!((variance / (sigma * sigma / (2.0 * theta)) - 1.0).abs() < 0.03, "{variance}");
    assert!((lag - (-0.5_f64).exp()).abs() < 0.01, "{lag}");
}

#[test]
fn noise_comes_from_the_generator_alone() {
    let lorenz = Lorenz63::default();
    let noisy = Simulation::of(&lorenz, 100).process_noise([0.5]);
    let run = |seed| noisy.run_with_rng(&lorenz, &mut rng(seed)).unwrap();
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));

    // One strength per variable; zero leaves a variable's own equation alone.
    let selective = Simulation::of(&lorenz, 2).process_noise([0.0, 0.0, 1.0]).substeps(1);
    let clean = Simulation::of(&lorenz, 2).run(&lorenz).unwrap();
    let disturbed = selective.run_with_rng(&lorenz, &mut rng(1)).unwrap();
    let change = &disturbed.data().row(1) - &clean.data().row(1);
    assert!(change[2].abs() > 20.0 * change[0].abs(), "{change}");

    // Without noise the generator is not touched.
    let silent = Simulation::of(&lorenz, 100);
    assert_eq!(silent.run_with_rng(&lorenz, &mut rng(1)).unwrap(), silent.run(&lorenz).unwrap());
}

#[test]
fn heun_is_of_second_order_where_noise_vanishes() {
    let lorenz = Lorenz63::default();
    let exact = Simulation::of(&lorenz, 11).run(&lorenz).unwrap();
    let error = |substeps| {
        let run = Simulation::of(&lorenz, 11)
            .process_noise([1e-12])
            .substeps(substeps)
            .run_with_rng(&lorenz, &mut rng(1))
            .unwrap();
        (&run.last_row() - &exact.last_row()).iter().fold(0.0, |worst: f64, e| worst.max(e.abs()))
    };
    let ratio = error(10) / error(20);
    assert!((ratio - 4.0).abs() < 0.3, "{ratio}");
}

#[test]
fn maps_take_inputs_and_noise() {
    // x_t = 0.5 x_{t-1} + u_t
    let none = || Array2::zeros((1, 0));
    let map = PiecewiseLinearMap::new(
        array![[0.5]],
        none(),
        Array2::zeros((0, 1)),
        ndarray::Array1::zeros(0),
        array![0.0],
        array![[1.0]],
    )
    .unwrap();
    let inputs = array![[9.0], [1.0], [2.0], [3.0]];
    let simulation = Simulation::new(1.0, 3).transient(1).initial_state([0.0]);
    let run = simulation.run_map_with_inputs(&map, inputs.view()).unwrap();
    assert_eq!(run.data(), array![[1.0], [2.5], [4.25]]);

    let error = simulation.run_map(&map).unwrap_err();
    assert!(error.to_string().contains("[4, 1]"), "{error}");
    let error =
        simulation.run_map_with_inputs(&map, inputs.mapv(f64::ln).mapv(|u| u / 0.0).view()).unwrap_err();
    assert!(matches!(error, Error::NonFiniteState { what: "inputs", .. }), "{error}");

    let noisy = simulation.process_noise([0.1]);
    let run = |seed| noisy.run_map_with_rng(&map, Some(inputs.view()), &mut rng(seed)).unwrap();
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn maps_behind_pointers_are_maps() {
    let boxed: Box<dyn Map> = Box::new(Henon::default());
    let simulation = Simulation::of(&Henon::default(), 10);
    assert_eq!(simulation.run_map(&*boxed).unwrap(), simulation.run_map(&boxed).unwrap());
    let boxed: Box<dyn Flow> = Box::new(Lorenz63::default());
    let simulation = Simulation::of(&Lorenz63::default(), 10);
    assert_eq!(simulation.run(&*boxed).unwrap(), simulation.run(&Lorenz63::default()).unwrap());
}

#[test]
fn settings_survive_serde() {
    let simulation = Simulation::of(&Lorenz63::default(), 10).process_noise([0.1]).method(Method::Radau5);
    let text = serde_json::to_string(&simulation).unwrap();
    assert_eq!(serde_json::from_str::<Simulation>(&text).unwrap(), simulation);
    let short: Simulation = serde_json::from_str(r#"{"dt": 0.1, "steps": 5}"#).unwrap();
    assert_eq!(short, Simulation::new(0.1, 5));
    assert!(serde_json::from_str::<Simulation>(r#"{"dt": 0.1, "step": 5}"#).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn linear_flows_follow_the_exponential(rate in -2.0..2.0_f64, start in -5.0..5.0_f64, dt in 1e-3..2.0_f64) {
        let flow = Power { rate, power: 1 };
        let run = Simulation::new(dt, 8).initial_state([start]).run(&flow).unwrap();
        for (sample, x) in run.data().column(0).iter().enumerate() {
            let exact = start * (rate * dt * sample as f64).exp();
            prop_assert!((x - exact).abs() <= 1e-8 * (1.0 + exact.abs()), "{} against {}", x, exact);
        }
    }
}
