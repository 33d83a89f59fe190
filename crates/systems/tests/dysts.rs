//! Every system of the catalogue that dysts has, against its values: see the fixture for source and version.

use std::collections::BTreeSet;

use attractor_systems::{
    Lorenz96, Result, Simulation,
    catalog::{self, CatalogFlow},
};
use ndarray::Array2;
use serde_json::{Map, Value};

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/dysts.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

/// Relative to the largest entry, since entries near zero are differences of large ones.
fn difference(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(f64::MIN_POSITIVE, |largest, value| largest.max(value.abs()));
    let largest = found.iter().zip(expected).map(|(a, b)| (a - b).abs() / scale);
    largest.fold(0.0, |largest, error| if error.is_nan() { f64::INFINITY } else { largest.max(error) })
}

/// Collects what is wrong, so that one run shows all of it.
#[derive(Default)]
struct Walk {
    checked: usize,
    wrong: Vec<String>,
}

impl Walk {
    fn expect(&mut self, system: &str, what: &str, error: f64, tolerance: f64) {
        if error.is_nan() || error > tolerance {
            self.wrong.push(format!("{system}: {what} is off by {error:.1e}, more than {tolerance:.0e}"));
        }
    }

    fn finish(self, what: &str, of: &Map<String, Value>, left_out: &[(&str, &str)]) {
        println!("{} of {} {what} checked", self.checked, of.len());
        for (system, reason) in left_out {
            println!("  {system} apart: {reason}");
            assert!(of.contains_key(*system), "{system} is not in the fixture");
        }
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert_eq!(self.checked + left_out.len(), of.len());
    }
}

/// Flows that are checked apart, with the reason.
const FLOWS_APART: &[(&str, &str)] = &[
    (
        "StickSlipOscillator",
        "its friction mixes the velocity with that relative to the belt: src/catalog/stick_slip.rs",
    ),
    ("WindmiReduced", "its p**1/2 is half of p, not the root: src/catalog/windmi.rs"),
    ("BickleyJet", "the velocities of dysts have the opposite sign: see its documentation"),
    ("BurkeShaw", "dysts has +y for -y in dy/dt"),
    ("DoublePendulum", "dysts has half a term of dp/dt and does not conserve the energy"),
    ("Duffing", "dysts has the phase as a state, and ours depends on time"),
];

/// Flows whose parameters have the names of dysts but other values, which are set here.
const FLOWS_SET: &[&str] = &["Lorenz"];

/// The flow of this name, with the parameters of dysts where these are not its defaults.
fn flow_as_in_dysts(name: &str, values: &Value) -> Result<Box<dyn CatalogFlow>> {
    if name == "Lorenz96" {
        let sites = numbers(&values["initial_conditions"]).len();
        return Ok(Box::new(Lorenz96 { sites, forcing: values["parameters"]["f"].as_f64().unwrap() }));
    }
    let mut system = catalog::flow(name)?;
    if FLOWS_SET.contains(&name) {
        for (parameter, value) in values["parameters"].as_object().unwrap() {
            system.set_parameter(parameter, value.as_f64().unwrap())?;
        }
    }
    Ok(system)
}

/// Points of a flow of the fixture with the right-hand sides there.
fn points(name: &str) -> Vec<(Vec<f64>, Vec<f64>)> {
    let values = &fixture()["flows"][name];
    rows(&values["points"]).into_iter().zip(rows(&values["rhs"])).collect()
}

fn right_hand_side(name: &str, t: f64, x: &[f64]) -> Vec<f64> {
    let mut dx = vec![f64::NAN; x.len()];
    catalog::flow(name).unwrap().rhs(t, x, &mut dx);
    dx
}

#[test]
fn the_bickley_jet_is_that_of_dysts_with_the_velocities_reversed() {
    for (x, expected) in points("BickleyJet") {
        let dx = right_hand_side("BickleyJet", 0.0, &x);
        assert!(difference(&[-dx[0], -dx[1], dx[2]], &expected) < 1e-12, "{dx:?} against {expected:?}");
    }
}

#[test]
fn burke_shaw_is_that_of_dysts_but_for_one_sign() {
    for (x, expected) in points("BurkeShaw") {
        let dx = right_hand_side("BurkeShaw", 0.0, &x);
        assert!(
            difference(&[dx[0], dx[1] + 2.0 * x[1], dx[2]], &expected) < 1e-12,
            "{dx:?} against {expected:?}"
        );
    }
}

#[test]
fn the_double_pendulum_is_that_of_dysts_but_for_half_a_term() {
    // At lengths and masses of 1, dp2/dt has the term p1 p2 cos Δ sin 2Δ / (1 + sin² Δ)², and dp1/dt its
    // negative; dysts has half.
    for (x, expected) in points("DoublePendulum") {
        let mut dx = right_hand_side("DoublePendulum", 0.0, &x);
        let delta = x[0] - x[1];
        let term = x[2] * x[3] * delta.cos() * (2.0 * delta).sin() / (1.0 + delta.sin().powi(2)).powi(2);
        dx[2] += term / 2.0;
        dx[3] -= term / 2.0;
        assert!(difference(&dx, &expected) < 1e-12, "{dx:?} against {expected:?}");
    }
}

#[test]
fn duffing_has_the_first_two_components_of_dysts_at_the_time_of_the_phase() {
    let values = &fixture()["flows"]["Duffing"];
    let omega = values["parameters"]["omega"].as_f64().unwrap();
    for (x, expected) in points("Duffing") {
        let dx = right_hand_side("Duffing", x[2] / omega, &x[..2]);
        assert!(
            difference(&dx, &expected[..2]) < 1e-12 && expected[2] == omega,
            "{dx:?} against {expected:?}"
        );
    }
    let (start, reference) = (numbers(&values["initial_conditions"]), &values["flow_ref"]);
    let duffing = catalog::flow("Duffing").unwrap();
    let run = Simulation::of(&*duffing, 2)
        .dt(reference["t"].as_f64().unwrap())
        .start_time(start[2] / omega)
        .initial_state(&start[..2])
        .tolerances(1e-12, 1e-13)
        .run(&*duffing)
        .unwrap();
    assert!(difference(&run.last_row().to_vec(), &numbers(&reference["y"])[..2]) < 1e-6);
}

#[test]
fn flows_have_the_right_hand_sides_and_solutions_of_dysts() {
    let fixture = fixture();
    let flows = fixture["flows"].as_object().unwrap();
    let apart: BTreeSet<&str> = FLOWS_APART.iter().map(|(system, _)| *system).collect();
    let mut walk = Walk::default();
    for (name, values) in flows.iter().filter(|(name, _)| !apart.contains(name.as_str())) {
        let system = match flow_as_in_dysts(name, values) {
            Ok(system) => system,
            Err(error) => {
                walk.wrong.push(error.to_string());
                continue;
            }
        };
        let points = rows(&values["points"]);
        if points[0].len() != system.dim() {
            walk.wrong.push(format!("{name}: {} variables instead of {}", system.dim(), points[0].len()));
            continue;
        }
        for ((point, expected), t) in points.iter().zip(rows(&values["rhs"])).zip(numbers(&values["t"])) {
            let mut dx = vec![f64::NAN; point.len()];
            system.rhs(t, point, &mut dx);
            walk.expect(name, "the right-hand side", difference(&dx, &expected), 1e-12);
        }
        let start = numbers(&values["initial_conditions"]);
        let reference = &values["flow_ref"];
        let run = Simulation::of(&*system, 2)
            .dt(reference["t"].as_f64().unwrap())
            .initial_state(start)
            .tolerances(1e-12, 1e-13)
            .run(&*system);
        match run {
            Ok(run) => {
                let found = run.last_row().to_vec();
                walk.expect(name, "the solution", difference(&found, &numbers(&reference["y"])), 1e-6);
            }
            Err(error) => walk.wrong.push(format!("{name}: {error}")),
        }
        walk.checked += 1;
    }
    walk.finish("flows", flows, FLOWS_APART);
}

/// Maps that are checked apart, with the reason.
const MAPS_APART: &[(&str, &str)] =
    &[("BlinkingVortexMap", "its step is half a period: src/catalog/blinking_vortex_map.rs")];

#[test]
fn maps_step_as_in_dysts() {
    let fixture = fixture();
    let maps = fixture["maps"].as_object().unwrap();
    let apart: BTreeSet<&str> = MAPS_APART.iter().map(|(system, _)| *system).collect();
    let mut walk = Walk::default();
    for (name, values) in maps.iter().filter(|(name, _)| !apart.contains(name.as_str())) {
        let system = match catalog::map(name) {
            Ok(system) => system,
            Err(error) => {
                walk.wrong.push(error.to_string());
                continue;
            }
        };
        for (point, expected) in rows(&values["points"]).iter().zip(rows(&values["next"])) {
            let mut found = vec![f64::NAN; system.dim()];
            system.step(point, &[], &mut found);
            walk.expect(name, "the next state", difference(&found, &expected), 1e-12);
        }
        walk.checked += 1;
    }
    walk.finish("maps", maps, MAPS_APART);
}

#[test]
fn delay_flows_have_the_right_hand_sides_of_dysts() {
    let fixture = fixture();
    let flows = fixture["delay_flows"].as_object().unwrap();
    let mut walk = Walk::default();
    for (name, values) in flows {
        let system = match catalog::delay_flow(name) {
            Ok(system) => system,
            Err(error) => {
                walk.wrong.push(error.to_string());
                continue;
            }
        };
        walk.expect(name, "the delay", (system.delays()[0] - values["tau"].as_f64().unwrap()).abs(), 0.0);
        let mut jacobian = Array2::from_elem((system.dim(), system.dim()), f64::NAN);
        let points = rows(&values["points"]);
        for ((point, expected), t) in points.iter().zip(rows(&values["rhs"])).zip(numbers(&values["t"])) {
            let (x, delayed) = point.split_at(system.dim());
            let mut dx = vec![f64::NAN; system.dim()];
            system.rhs(t, x, delayed, &mut dx);
            walk.expect(name, "the right-hand side", difference(&dx, &expected), 1e-12);
            // The derivative by the delayed state against central differences of order 4.
            system.delayed_jacobian(0, t, x, delayed, jacobian.view_mut());
            let central = |h: f64| {
                let [mut above, mut below] = [vec![0.0; x.len()], vec![0.0; x.len()]];
                system.rhs(t, x, &[delayed[0] + h], &mut above);
                system.rhs(t, x, &[delayed[0] - h], &mut below);
                (above[0] - below[0]) / (2.0 * h)
            };
            let numeric = (4.0 * central(5e-4) - central(1e-3)) / 3.0;
            walk.expect(
                name,
                "the derivative",
                (jacobian[[0, 0]] - numeric).abs() / numeric.abs().max(1.0),
                1e-8,
            );
        }
        walk.checked += 1;
    }
    walk.finish("delay flows", flows, &[]);
}
