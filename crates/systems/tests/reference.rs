//! Right-hand sides, maps and solutions against values that this project did not compute; see the fixture for sources.

use std::path::{Path, PathBuf};

use attractor_systems::{
    Duffing, FitzHughNagumo, Flow, Henon, Lorenz63, Lorenz96, Map, Method, Rossler, Simulation, VanDerPol,
};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/reference.json")).unwrap()
}

/// The full files that the fixture was cut from, where they are at hand.
fn shared(name: &str) -> Option<Value> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracles").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            println!("skipped: {}: {error}", path.display());
            None
        }
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// Relative to the largest entry, since entries near zero are differences of large ones.
fn assert_close(found: &[f64], expected: &[f64], relative: f64, what: &str) {
    let scale = expected.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    assert_eq!(found.len(), expected.len(), "{what}");
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= relative * scale, "{what}: {found:?} against {expected:?}");
    }
}

/// Three right-hand sides and the state at `flow_ref.t`. In the reference a forced system has its phase as the last
/// state and here it has the time: `omega` is the forcing's frequency, 0 for systems without forcing.
fn check_flow(reference: &Value, name: &str, flow: &impl Flow, omega: f64) {
    let reference = &reference["flows"][name];
    let m = flow.dim();
    let points: Vec<Vec<f64>> = reference["points"].as_array().unwrap().iter().map(numbers).collect();
    let time = |point: &[f64]| if omega == 0.0 { 0.0 } else { point[m] / omega };
    for (point, expected) in points.iter().zip(reference["rhs"].as_array().unwrap()) {
        let mut dx = vec![0.0; m];
        flow.rhs(time(point), &point[..m], &mut dx);
        assert_close(&dx, &numbers(expected)[..m], 1e-12, name);
    }
    let dt = reference["flow_ref"]["t"].as_f64().unwrap();
    let run = Simulation::new(dt, 2)
        .start_time(time(&points[0]))
        .initial_state(&points[0][..m])
        .tolerances(1e-12, 1e-13)
        .run(flow)
        .unwrap();
    assert_close(&run.last_row().to_vec(), &numbers(&reference["flow_ref"]["y"])[..m], 1e-8, name);
}

fn check_all(reference: &Value) {
    let parameter = |system: &str, name: &str| {
        let parameters = &reference["flows"][system]["parameters"];
        parameters[name].as_f64().unwrap_or_else(|| panic!("{system} {name}"))
    };

    let p = |name| parameter("Lorenz", name);
    check_flow(reference, "Lorenz", &Lorenz63 { sigma: p("sigma"), rho: p("rho"), beta: p("beta") }, 0.0);

    check_flow(reference, "Lorenz96", &Lorenz96 { sites: 4, forcing: parameter("Lorenz96", "f") }, 0.0);

    let p = |name| parameter("Rossler", name);
    check_flow(reference, "Rossler", &Rossler { a: p("a"), b: p("b"), c: p("c") }, 0.0);

    let p = |name| parameter("ForcedVanDerPol", name);
    let van_der_pol = VanDerPol { mu: p("mu"), amplitude: p("a"), omega: p("w") };
    check_flow(reference, "ForcedVanDerPol", &van_der_pol, van_der_pol.omega);

    let p = |name| parameter("ForcedFitzHughNagumo", name);
    let neuron = FitzHughNagumo {
        a: p("a"),
        b: p("b"),
        gamma: p("gamma"),
        current: p("curr"),
        amplitude: p("f"),
        omega: p("omega"),
    };
    check_flow(reference, "ForcedFitzHughNagumo", &neuron, neuron.omega);

    let p = |name| parameter("Duffing", name);
    let duffing = Duffing {
        alpha: p("alpha"),
        beta: p("beta"),
        delta: p("delta"),
        gamma: p("gamma"),
        omega: p("omega"),
    };
    check_flow(reference, "Duffing", &duffing, duffing.omega);

    let reference = &reference["maps"]["Henon"];
    let p = |name: &str| reference["parameters"][name].as_f64().unwrap();
    let henon = Henon { a: p("a"), b: p("b") };
    for (point, expected) in
        reference["points"].as_array().unwrap().iter().zip(reference["next"].as_array().unwrap())
    {
        let mut next = [0.0; 2];
        henon.step(&numbers(point), &[], &mut next);
        assert_close(&next, &numbers(expected), 1e-12, "Henon");
    }
}

#[test]
fn systems_match_dysts() {
    check_all(&fixture());
}

#[test]
fn systems_match_the_full_files() {
    if let Some(reference) = shared("dysts_oracle.json") {
        check_all(&reference);
    }
}

/// The largest error at t = 1, 5 and 10 of a run that samples `per_unit` times per unit of time.
fn lorenz_error(per_unit: usize, length: usize, simulation: impl Fn(Simulation) -> Simulation) -> f64 {
    let simulation =
        simulation(Simulation::new(1.0 / per_unit as f64, length * per_unit + 1).initial_state([1.0; 3]));
    let run = simulation.run(&Lorenz63::default()).unwrap();
    let gold = fixture();
    let mut worst: f64 = 0.0;
    for t in [1, 5, 10] {
        let expected = numbers(&gold["lorenz_gold"][format!("{t}.0")]);
        for (value, expected) in run.data().row(t * per_unit).iter().zip(expected) {
            worst = worst.max((value - expected).abs());
        }
    }
    worst
}

#[test]
fn lorenz_matches_fifty_digits() {
    // Errors grow by e^9 up to t = 10.
    let default = lorenz_error(1, 10, |simulation| simulation);
    assert!(default < 1e-7, "{default}");
    let tight = lorenz_error(1, 10, |simulation| simulation.tolerances(1e-13, 1e-13));
    assert!(tight < 1e-10, "{tight}");
}

#[test]
fn samples_within_steps_are_as_good_as_the_steps() {
    // Nearly all samples lie within steps here, t = 1, 5 and 10 too because the run goes on to t = 12.
    for per_unit in [64, 100, 1000] {
        let default = lorenz_error(per_unit, 12, |simulation| simulation);
        assert!(default < 1e-7, "{per_unit} samples per unit: {default}");
        let tight = lorenz_error(per_unit, 12, |simulation| simulation.tolerances(1e-13, 1e-13));
        assert!(tight < 1e-10, "{per_unit} samples per unit: {tight}");
    }
}

#[test]
fn radau_agrees_within_its_order() {
    let radau =
        lorenz_error(100, 12, |simulation| simulation.method(Method::Radau5).tolerances(1e-13, 1e-13));
    assert!(radau < 1e-4, "{radau}");
}
