//! Haemodynamic responses and convolution against SPM and nilearn: see the fixture for sources and versions.

use attractor_systems::Trajectory;
use attractor_systems::observation::{DoubleGamma, History, Response};
use ndarray::{Array1, Array2, ArrayView1, Axis};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/hrf.json")).unwrap()
}

fn cases(key: &str) -> Vec<Value> {
    fixture()[key].as_array().unwrap().clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn close(what: &str, found: ArrayView1<'_, f64>, expected: &Value) {
    let expected = numbers(expected);
    assert_eq!(found.len(), expected.len(), "{what}");
    for (s, (a, b)) in found.iter().zip(&expected).enumerate() {
        assert!((a - b).abs() < 1e-10, "{what}, sample {s}: {a} against {b}");
    }
}

#[test]
fn canonical_responses_are_those_of_spm() {
    let cases = cases("spm_matlab");
    assert_eq!(cases.len(), 5);
    for case in cases {
        let tr = case["tr"].as_f64().unwrap();
        close(&format!("TR {tr}"), Response::spm(tr).unwrap().values(), &case["hrf"]);
    }
}

#[test]
fn responses_of_any_parameters_are_those_of_spm_in_octave() {
    let cases = cases("spm_octave");
    assert_eq!(cases.len(), 54);
    for case in cases {
        let parameters = numbers(&case["params"]);
        let [tr, peak_delay, undershoot_delay, peak_dispersion, undershoot_dispersion, ratio] =
            parameters[..]
        else {
            panic!("{parameters:?}")
        };
        let shape = DoubleGamma {
            peak_delay,
            undershoot_delay,
            peak_dispersion,
            undershoot_dispersion,
            ratio,
            ..DoubleGamma::default()
        };
        close(&format!("{parameters:?}"), shape.sample(tr).unwrap().values(), &case["hrf"]);
    }
}

#[test]
fn derivatives_are_those_of_spm() {
    let cases = cases("spm_get_bf");
    assert_eq!(cases.len(), 5);
    for case in cases {
        let tr = case["tr"].as_f64().unwrap();
        let shape = DoubleGamma::default();
        for (name, response) in [
            ("hrf", shape.sample(tr / 16.0)),
            ("time_derivative", shape.time_derivative(tr / 16.0)),
            ("dispersion_derivative", shape.dispersion_derivative(tr / 16.0)),
        ] {
            let all = response.unwrap();
            let sampled: Array1<f64> = all.values().iter().step_by(16).copied().collect();
            close(&format!("{name} at TR {tr}"), sampled.view(), &case[name]);
        }
    }
}

/// Steps of nilearn's fine grid in one repetition time of 2 s.
const OVERSAMPLING: usize = 50;
const FINE: f64 = 2.0 / OVERSAMPLING as f64;
/// nilearn's fine grid starts 24 s before the first scan.
const LEAD: f64 = -24.0;

/// nilearn's kernels: as SPM's, one step of the fine grid late, and the grid 800 samples from 0 to 32 s with both ends.
fn kernel(shape: DoubleGamma) -> Array1<f64> {
    let late = DoubleGamma { onset: shape.onset + FINE, ..shape };
    let values = Array1::linspace(0.0, 32.0, 800).mapv(|u| late.value(u));
    let sum = values.sum();
    values / sum
}

/// The kernel and, as nilearn has them, its derivatives; the dispersion derivative takes `dispersed` as its base.
fn kernels(shape: DoubleGamma, dispersed: DoubleGamma, derivatives: bool) -> Vec<Array1<f64>> {
    let main = kernel(shape);
    if !derivatives {
        return vec![main];
    }
    let later = kernel(DoubleGamma { onset: 0.1, ..shape });
    let wider = kernel(DoubleGamma { peak_dispersion: dispersed.peak_dispersion + 0.01, ..dispersed });
    let (time, dispersion) = ((&main - &later) / 0.1, (kernel(dispersed) - &wider) / 0.01);
    vec![main, time, dispersion]
}

/// Boxes on the fine grid: amplitudes from onset to onset + duration, one step at least.
fn boxes(case: &Value) -> Trajectory {
    let steps = (144.0 / FINE).round() as usize + 1;
    let mut data = Array2::zeros((steps, 1));
    let at = |time: f64| ((time - LEAD) / FINE - 1e-6).ceil() as usize;
    let (onsets, durations) = (numbers(&case["onsets"]), numbers(&case["durations"]));
    for ((onset, duration), amplitude) in onsets.iter().zip(durations).zip(numbers(&case["amplitudes"])) {
        let (start, end) = (at(*onset), at(onset + duration));
        for step in start..end.max(start + 1) {
            data[[step, 0]] += amplitude;
        }
    }
    Trajectory::new(data, FINE).unwrap()
}

#[test]
fn convolved_events_are_those_of_nilearn() {
    let spm = DoubleGamma { ratio: 1.0 / 0.167, ..DoubleGamma::default() };
    let glover = DoubleGamma {
        undershoot_delay: 12.0,
        peak_dispersion: 0.9,
        undershoot_dispersion: 0.9,
        ratio: 1.0 / 0.48,
        ..DoubleGamma::default()
    };
    // nilearn leaves the dispersion of the undershoot at 1 in both terms of Glover's dispersion derivative.
    let dispersed = DoubleGamma { undershoot_dispersion: 1.0, ..glover };
    let cases = cases("nilearn_regressors");
    assert_eq!(cases.len(), 4);
    for case in cases {
        let model = case["hrf_model"].as_str().unwrap();
        let kernels = match model {
            "spm" => kernels(spm, spm, false),
            "glover" => kernels(glover, dispersed, false),
            "spm + derivative + dispersion" => kernels(spm, spm, true),
            "glover + derivative + dispersion" => kernels(glover, dispersed, true),
            other => panic!("{other}"),
        };
        let events = boxes(&case);
        let mut regressors: Vec<Array1<f64>> = Vec::new();
        for kernel in kernels {
            let response = Response::new(kernel, FINE).unwrap();
            let fine = events.convolve(&response, History::Zero).unwrap();
            let first = (-LEAD / FINE).round() as usize;
            let scans = fine.slice(first..).unwrap().subsample(OVERSAMPLING).unwrap().slice(..60).unwrap();
            let mut regressor = scans.data().index_axis(Axis(1), 0).to_owned();
            // nilearn makes each orthogonal to those before it.
            for other in &regressors {
                let share = regressor.dot(other) / other.dot(other);
                regressor.scaled_add(-share, other);
            }
            regressors.push(regressor);
        }
        let expected = case["regressors"].as_array().unwrap();
        assert_eq!(regressors.len(), expected.len());
        for (k, (found, expected)) in regressors.iter().zip(expected).enumerate() {
            close(&format!("{model}, regressor {k}"), found.view(), expected);
        }
    }
}
