//! The balloon model against an independent integration: see the fixture for its source.

use attractor_systems::Trajectory;
use attractor_systems::observation::Balloon;
use ndarray::{Array1, Axis, s};
use serde_json::Value;

/// Samples of the fixture are every 5th of those computed.
const EVERY: usize = 5;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/balloon.json")).unwrap()
}

/// 601 samples 0.1 s apart: bursts of different lengths and heights.
fn activity(fixture: &Value) -> Array1<f64> {
    let mut activity = Array1::zeros(601);
    for segment in fixture["segments"].as_array().unwrap() {
        let number = |i: usize| segment[i].as_f64().unwrap();
        let at = |seconds: f64| (10.0 * seconds).round() as usize;
        activity.slice_mut(s![at(number(0))..at(number(1))]).fill(number(2));
    }
    activity
}

#[test]
fn states_and_signals_are_those_of_an_independent_solver() {
    let fixture = fixture();
    let activity = activity(&fixture);
    for (name, balloon, log) in
        [("friston2003", Balloon::friston2003(), ""), ("spm12", Balloon::spm12(), "ln")]
    {
        let states = balloon.states(&activity, 0.1).unwrap();
        let z = Trajectory::new(activity.clone().insert_axis(Axis(1)), 0.1).unwrap();
        let bold = z.balloon(&balloon).unwrap();
        let natural = |column: usize| states.slice(s![..;EVERY, column]).to_owned();
        let found = ["f", "v", "q"].into_iter().enumerate().map(|(i, state)| {
            let column = natural(i + 1);
            (format!("{log}{state}"), if log.is_empty() { column } else { column.mapv(f64::ln) })
        });
        let bold = bold.data().slice(s![..;EVERY, 0]).to_owned();
        for (key, found) in found.chain([("s".to_owned(), natural(0)), ("bold".to_owned(), bold)]) {
            let expected = fixture[name][&key].as_array().unwrap();
            assert_eq!(found.len(), expected.len());
            for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
                let expected = expected.as_f64().unwrap();
                assert!((found - expected).abs() < 1e-6, "{name} {key} {row}: {found} against {expected}");
            }
        }
    }
}
