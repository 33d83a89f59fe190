//! Ensembles against the runs of their members alone.

use attractor_systems::{
    Error, Flow, Henon, Lorenz63, Method, Recurrence, Scalar, Simulation, System, VectorField,
};
use ndarray::{Array2, ArrayViewMut2, array, s};

/// Starts around a state.
fn starts(n: usize, centre: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((n, centre.len()), |(member, i)| {
        centre[i] + 0.01 * ((member * 7 + i * 3) % 11) as f64 + 1e-3 * member as f64
    })
}

fn simulation(method: Method) -> Simulation {
    Simulation::new(0.02, 40).substeps(3).transient(5).start_time(0.3).method(method)
}

/// Every member of an ensemble of `n` against the same member run alone by the scalar path.
fn agrees<F: VectorField<M> + Flow + Sync, const M: usize>(system: &F, centre: &[f64], n: usize) {
    let starts = starts(n, centre);
    for method in [Method::Rk4, Method::Tsit5] {
        let ensemble = simulation(method).run_ensemble(system, starts.view()).unwrap();
        assert_eq!(ensemble.states().shape(), [n, 40, M]);
        for member in 0..n {
            let alone = simulation(method).initial_state(starts.row(member).to_vec()).run(system).unwrap();
            assert_eq!(ensemble.trajectory(member).unwrap(), alone, "{method:?} {member}");
        }
    }
}

/// A driven pendulum, x'' = -sin x - 0.1 x' + cos t.
struct Pendulum;

impl VectorField<2> for Pendulum {
    fn field<S: Scalar>(&self, t: f64, [angle, speed]: [S; 2]) -> [S; 2] {
        [speed, -angle.sin() - speed * 0.1 + t.cos()]
    }
}

impl Flow for Pendulum {
    fn dim(&self) -> usize {
        2
    }
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        dx.copy_from_slice(&self.field(t, [x[0], x[1]]));
    }
    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        (jacobian[[0, 0]], jacobian[[0, 1]]) = (0.0, 1.0);
        (jacobian[[1, 0]], jacobian[[1, 1]]) = (-x[0].cos(), -0.1);
    }
}

#[test]
fn members_are_the_runs_alone_bit_for_bit() {
    // Whole blocks, ragged ones, and a single member.
    for n in [1, 2, 16, 37] {
        agrees(&Lorenz63::default(), &[-9.0, -15.0, 20.0], n);
    }
    // Forced, so that the clock matters, and with a sine.
    agrees(&Pendulum, &[0.1, 0.0], 19);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let (lorenz, starts) = (Lorenz63::default(), starts(100, &Lorenz63::default().default_state()));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| simulation(Method::Rk4).run_ensemble(&lorenz, starts.view()).unwrap())
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn sweeps_are_ensembles_one_after_the_other() {
    let systems = [20.0, 28.0, 35.0].map(|rho| Lorenz63 { rho, ..Lorenz63::default() });
    let starts = starts(18, &[1.0, 2.0, 3.0]);
    let sweep = simulation(Method::Rk4).run_sweep(&systems, starts.view()).unwrap();
    for (p, system) in systems.iter().enumerate() {
        let ensemble = simulation(Method::Rk4).run_ensemble(system, starts.view()).unwrap();
        assert_eq!(sweep.states().slice(s![p * 18..(p + 1) * 18, .., ..]), ensemble.states());
    }
    // One start each.
    let single = simulation(Method::Rk4).run_sweep(&systems, starts.slice(s![..1, ..])).unwrap();
    assert_eq!(
        single.states().index_axis(ndarray::Axis(0), 2),
        sweep.states().index_axis(ndarray::Axis(0), 36)
    );
}

#[test]
fn maps_have_ensembles_too() {
    let henon = Henon::default();
    let starts = array![[0.1, 0.2], [0.0, 0.0], [5.0, 5.0]];
    let simulation = Simulation::new(1.0, 50).transient(10);
    let ensemble = simulation.run_map_ensemble(&henon, starts.view()).unwrap();
    for member in 0..2 {
        let alone = simulation.clone().initial_state(starts.row(member).to_vec()).run_map(&henon).unwrap();
        assert_eq!(ensemble.trajectory(member).unwrap(), alone);
    }
    // The third leaves the basin: as alone, with its time.
    let alone = simulation.clone().initial_state([5.0, 5.0]).run_map(&henon).unwrap_err();
    let Error::Diverged { sample, time, .. } = alone else { panic!("{alone}") };
    let found = ensemble.divergence(2).unwrap();
    assert_eq!((found.sample, found.time), (sample, time));
    assert_eq!(ensemble.diverged().collect::<Vec<_>>(), [(2, found)]);
    assert!(matches!(ensemble.trajectory(2), Err(Error::Diverged { .. })));
    assert!(ensemble.states().iter().all(|value| value.is_finite()));
    assert!(matches!(ensemble.trajectory(3), Err(Error::Index { index: 3, len: 3, .. })));
}

/// x' = x^2, which blows up at t = 1 / x_0.
struct BlowUp;

impl VectorField<1> for BlowUp {
    fn field<S: Scalar>(&self, _t: f64, [x]: [S; 1]) -> [S; 1] {
        [x * x]
    }
}

#[test]
fn diverged_members_are_marked_and_leave_their_neighbours_alone() {
    let starts = array![[0.1], [1.0], [-1.0], [4.0], [0.0]];
    let simulation = Simulation::new(0.1, 31).substeps(10).method(Method::Rk4).divergence_bound(1e6);
    let ensemble = simulation.run_ensemble(&BlowUp, starts.view()).unwrap();
    let marked: Vec<usize> = ensemble.diverged().map(|(member, _)| member).collect();
    assert_eq!(marked, [1, 3]);
    for (member, blow_up) in [(1, 1.0), (3, 0.25)] {
        let found = ensemble.divergence(member).unwrap();
        assert!(found.time >= blow_up && found.time < blow_up + 0.25, "{found:?}");
        assert_eq!(found.time, found.sample as f64 * 0.1);
        let held = ensemble.states()[[member, 30, 0]];
        assert_eq!(held, ensemble.states()[[member, found.sample as usize - 1, 0]]);
    }
    for (member, x0) in [(0, 0.1_f64), (2, -1.0), (4, 0.0)] {
        let exact = x0 / (1.0 - 3.0 * x0);
        assert!((ensemble.last_states()[[member, 0]] - exact).abs() < 1e-6);
    }
    // In the transient, too.
    let late = simulation.clone().transient(20).run_ensemble(&BlowUp, starts.view()).unwrap();
    assert!(late.divergence(3).unwrap().sample < 0 && late.states().iter().all(|value| value.is_finite()));
}

#[test]
fn ensembles_that_make_no_sense_are_refused() {
    let says = |error: Error, text: &str| assert!(error.to_string().contains(text), "{error}");
    let lorenz = Lorenz63::default();
    let good = simulation(Method::Rk4);
    let three = starts(3, &[1.0, 1.0, 1.0]);
    says(good.run_ensemble(&lorenz, Array2::zeros((0, 3)).view()).unwrap_err(), "is empty");
    says(good.run_sweep::<Lorenz63, 3>(&[], three.view()).unwrap_err(), "is empty");
    says(good.run_ensemble(&lorenz, Array2::zeros((3, 2)).view()).unwrap_err(), "length 2");
    let mut broken = three.clone();
    broken[[1, 2]] = f64::NAN;
    says(good.run_ensemble(&lorenz, broken.view()).unwrap_err(), "initial state[2] is NaN");
    says(good.clone().dt(0.0).run_ensemble(&lorenz, three.view()).unwrap_err(), "time step dt is 0");
    says(good.clone().method(Method::Dop853).run_ensemble(&lorenz, three.view()).unwrap_err(), "Method::Rk4");
    says(good.clone().process_noise([0.1]).run_ensemble(&lorenz, three.view()).unwrap_err(), "process noise");
    says(
        good.clone().steps(usize::MAX / 64).run_ensemble(&lorenz, three.view()).unwrap_err(),
        "fit into memory",
    );
    let nan = Lorenz63 { rho: f64::NAN, ..lorenz };
    assert!(matches!(
        good.run_ensemble(&nan, three.view()),
        Err(Error::NonFiniteDerivative { index: 1, .. })
    ));
}

/// The doubling map, of slope 2 everywhere.
struct Doubling;

impl Recurrence<1> for Doubling {
    fn next<S: Scalar>(&self, [x]: [S; 1]) -> [S; 1] {
        [(x * 2.0).modulo(1.0)]
    }
}

#[test]
fn a_single_sample_after_a_long_transient_is_the_final_state() {
    let starts = array![[0.125], [0.3125]];
    let ensemble = Simulation::new(1.0, 1).transient(2).run_map_ensemble(&Doubling, starts.view()).unwrap();
    assert_eq!(ensemble.last_states(), array![[0.5], [0.25]]);
}
