//! Events against closed forms.

use std::f64::consts::PI;

use attractor_systems::{Error, Event, Flow, Lorenz63, Method, Simulation, VanDerPol};
use ndarray::ArrayViewMut2;

/// x'' = -x.
struct Oscillator;

impl Flow for Oscillator {
    fn dim(&self) -> usize {
        2
    }
    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        (dx[0], dx[1]) = (x[1], -x[0]);
    }
    fn jacobian(&self, _t: f64, _x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.fill(0.0);
        (jacobian[[0, 1]], jacobian[[1, 0]]) = (1.0, -1.0);
    }
}

/// x'' = -g.
struct Fall;

const GRAVITY: f64 = 9.81;

impl Flow for Fall {
    fn dim(&self) -> usize {
        2
    }
    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        (dx[0], dx[1]) = (x[1], -GRAVITY);
    }
    fn jacobian(&self, _t: f64, _x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.fill(0.0);
        jacobian[[0, 1]] = 1.0;
    }
}

#[test]
fn an_oscillator_crosses_zero_at_multiples_of_pi() {
    // x = sin t, with tolerances that leave steps longer than a period's eighth.
    for (method, tolerance, time_error) in [
        (Method::Dop853, 1e-10, 1e-8),
        (Method::Radau5, 1e-10, 1e-6),
        (Method::Tsit5, 1e-10, 1e-6),
        (Method::Rk4, 1e-10, 1e-5),
    ] {
        let simulation = Simulation::new(0.5, 61)
            .initial_state([0.0, 1.0])
            .method(method)
            .substeps(20)
            .tolerances(tolerance, tolerance);
        let rising = Event::new(|_t, x| x[0]).rising();
        let falling = Event::new(|_t, x| x[0]).falling();
        let run = simulation.run_with_events(&Oscillator, &[rising, falling]).unwrap();
        // The start at 0 is no crossing; falling at odd multiples of pi, rising at even ones, up to t = 30.
        assert_eq!(run.crossings.len(), 9, "{method:?}");
        assert_eq!((run.trajectory.len(), run.terminated), (61, false));
        for (i, crossing) in run.crossings.iter().enumerate() {
            let exact = (i + 1) as f64 * PI;
            assert!((crossing.time - exact).abs() < time_error, "{method:?} {i}: {}", crossing.time - exact);
            assert_eq!(crossing.event, (i + 1) % 2);
            assert!(crossing.state[0].abs() < 1e-14, "{:?}", crossing.state);
            assert!((crossing.state[1] - exact.cos()).abs() < time_error);
        }
    }
}

#[test]
fn a_falling_body_lands_on_time() {
    let (height, speed) = (2.0, 3.0);
    let landing = (speed + f64::sqrt(speed * speed + 2.0 * GRAVITY * height)) / GRAVITY;
    let simulation = Simulation::new(0.1, 100).initial_state([height, speed]);
    let ground = Event::new(|_t, x| x[0]).falling().terminal();
    let top = Event::new(|_t, x| x[1]);
    let run = simulation.run_with_events(&Fall, &[ground, top]).unwrap();
    let [first, last] = &run.crossings[..] else { panic!("{:?}", run.crossings) };
    assert!((first.time - speed / GRAVITY).abs() < 1e-12 && first.event == 1);
    assert!((first.state[0] - (height + speed * speed / (2.0 * GRAVITY))).abs() < 1e-12);
    assert!((last.time - landing).abs() < 1e-12 && run.terminated);
    // The trajectory ends with the last sample in the air.
    assert_eq!(run.trajectory.len(), (landing / 0.1).floor() as usize + 1);
    assert!(run.trajectory.data().column(0).iter().all(|&x| x > 0.0));
}

#[test]
fn a_body_bounces_in_shorter_and_shorter_hops() {
    // Dropped from height H with restitution e, hop n takes 2 e^n sqrt(2 H / g).
    let (height, restitution) = (1.0_f64, 0.8);
    let (mut time, mut state) = (0.0, [height, 0.0]);
    let mut impact = (2.0 * height / GRAVITY).sqrt();
    for bounce in 0..6 {
        let simulation = Simulation::new(0.05, 1000).start_time(time).initial_state(state);
        let ground = Event::new(|_t, x| x[0]).falling().terminal();
        let run = simulation.run_with_events(&Fall, &[ground]).unwrap();
        let crossing = run.crossings.last().unwrap();
        assert!((crossing.time - impact).abs() < 1e-12, "{bounce}: {} {impact}", crossing.time);
        impact += 2.0 * f64::powi(restitution, bounce + 1) * (2.0 * height / GRAVITY).sqrt();
        (time, state) = (crossing.time, [0.0, -restitution * crossing.state[1]]);
    }
}

#[test]
fn van_der_pol_has_its_period() {
    // 6.66328686 for mu = 1: Andersen & Geer (1982), SIAM J. Appl. Math. 42, 678-693.
    let oscillator = VanDerPol { mu: 1.0, ..VanDerPol::default() };
    let section = Simulation::of(&oscillator, 2000)
        .dt(0.05)
        .transient_time(30.0)
        .poincare_section(&oscillator, &Event::new(|_t, x| x[0]).rising())
        .unwrap();
    assert!(section.times.len() > 10 && section.states.nrows() == section.times.len());
    assert!(section.times[0] >= 30.0);
    for pair in section.times.windows(2) {
        assert!((pair[1] - pair[0] - 6.663_286_86).abs() < 1e-7, "{}", pair[1] - pair[0]);
    }
}

#[test]
fn terminal_events_can_wait() {
    let third = Event::new(|_t, x| x[0]).terminal_after(3);
    let simulation = Simulation::new(0.1, 1000).initial_state([1.0, 0.0]);
    let run = simulation.run_with_events(&Oscillator, &[third]).unwrap();
    assert!((run.crossings[2].time - 2.5 * PI).abs() < 1e-9 && run.crossings.len() == 3);
    assert_eq!(run.trajectory.len(), (2.5 * PI / 0.1).floor() as usize + 1);
    // What happens in the transient does not count.
    let first = Event::new(|_t, x| x[0]).terminal();
    let late = simulation.clone().transient_time(5.0).run_with_events(&Oscillator, &[first]).unwrap();
    assert!((late.crossings[0].time - 2.5 * PI).abs() < 1e-9);
    assert_eq!(late.trajectory.len(), ((2.5 * PI - 5.0) / 0.1).floor() as usize + 1);
}

#[test]
fn samples_are_those_without_events() {
    let lorenz = Lorenz63::default();
    let simulation = Simulation::of(&lorenz, 500);
    let run = simulation.run_with_events(&lorenz, &[Event::new(|_t, x| x[2] - 27.0)]).unwrap();
    assert_eq!(run.trajectory, simulation.run(&lorenz).unwrap());
    for crossing in &run.crossings {
        assert!((crossing.state[2] - 27.0).abs() < 1e-12);
    }
}

#[test]
fn events_that_make_no_sense_are_refused() {
    let simulation = Simulation::new(0.1, 50).initial_state([1.0, 0.0]);
    let undefined = Event::new(|_t, x| x[0].sqrt());
    let error = simulation.run_with_events(&Oscillator, &[undefined]).unwrap_err();
    assert!(matches!(error, Error::NonFiniteEvent { time, .. } if time > 1.5 && time < 3.0), "{error}");
    let error =
        simulation.poincare_section(&Oscillator, &Event::new(|_t, x| x[0]).terminal_after(0)).unwrap_err();
    assert!(error.to_string().contains("at least 1"), "{error}");
    let error = simulation.process_noise([0.1]).poincare_section(&Oscillator, &Event::new(|_t, x| x[0]));
    assert!(matches!(error, Err(Error::NoGenerator)));
}
