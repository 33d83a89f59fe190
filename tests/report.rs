//! The report tells a living model from one that merely predicts well.

use attractor::prelude::*;
use ndarray::{Array1, Array2};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn lorenz() -> Trajectory {
    let system = Lorenz63::default();
    Simulation::of(&system, 20_000).dt(0.01).transient(1_000).run(&system).unwrap()
}

/// Latents that are the data, with z' = a z + h and hardly any noise.
fn linear(a: &Array2<f64>, h: f64) -> GenerativeModel {
    GenerativeModel {
        dynamics: PiecewiseLinearMap::new(
            a.clone(),
            Array2::zeros((3, 0)),
            Array2::zeros((0, 3)),
            Array1::zeros(0),
            Array1::from_elem(3, h),
            Array2::zeros((3, 0)),
        )
        .unwrap(),
        readout: attractor::models::LinearReadout { matrix: Array2::eye(3), offset: Array1::zeros(3) },
        initial_mean: Array1::zeros(3),
        initial_sd: Array1::ones(3),
        process_sd: Array1::from_elem(3, 1e-3),
        observation_sd: Array1::from_elem(3, 0.05),
    }
}

fn judge(model: GenerativeModel) -> Evaluation {
    let test = lorenz();
    let standardizer = Standardizer::fit(&test).unwrap();
    let start = StartStates { states: standardizer.apply(&test).unwrap(), lookahead: 0 };
    let reconstruction = Reconstruction::new(model, &test, Some(standardizer)).unwrap();
    let protocol = Protocol {
        test: &test,
        start: &start,
        floor: Some(&test),
        true_lambda: Some(0.906),
        intervals: None,
    };
    evaluate(&reconstruction, &protocol, &mut ChaCha8Rng::seed_from_u64(0)).unwrap().0
}

#[test]
fn a_model_that_predicts_no_change_is_dead_whatever_its_one_step_error() {
    let evaluation = judge(linear(&Array2::eye(3), 0.0));
    assert_eq!(evaluation.verdict, Verdict::Trapped);
    assert!(evaluation.one_step_mse.unwrap() < 0.01, "its one-step error is excellent");
    assert!(evaluation.d_stsp.unwrap() > 10.0);
    assert_eq!(evaluation.d_h, Some(1.0));
    assert_eq!(evaluation.d_stsp, evaluation.dead_model.d_stsp);
    assert_eq!(evaluation.one_step_mse, evaluation.dead_model.one_step_mse);
    assert_eq!((evaluation.floor_d_stsp, evaluation.floor_d_h), (Some(0.0), Some(0.0)));
}

#[test]
fn a_model_that_only_decays_is_dead_too() {
    let evaluation = judge(linear(&(Array2::eye(3) * 0.9), 0.01));
    assert_eq!(evaluation.verdict, Verdict::Trapped);
    assert!((evaluation.lambda_max.unwrap() - 0.9f64.ln() / 0.01).abs() < 1e-6);
}

#[test]
fn a_model_that_explodes_is_told_and_scored_as_missing() {
    let evaluation = judge(linear(&(Array2::eye(3) * 1.5), 1.0));
    assert_eq!(evaluation.verdict, Verdict::Diverged);
    assert_eq!((evaluation.d_stsp, evaluation.d_h), (None, None));
    assert!(evaluation.notes.iter().any(|note| note.contains("diverged at step")), "{:?}", evaluation.notes);
    let json = serde_json::to_value(&evaluation).unwrap();
    assert!(json["d_stsp"].is_null() && json["verdict"] == "diverged");
    assert_eq!(serde_json::from_value::<Evaluation>(json).unwrap(), evaluation);
}

/// A turn by `angle` per step, 3 of its samples seen through latents that are the data.
fn turning(angle: f64) -> (Reconstruction, Trajectory, StartStates) {
    let data = Array2::from_shape_fn((2_000, 3), |(t, n)| (angle * t as f64 + n as f64).sin());
    let data = Trajectory::new(data, 0.1).unwrap();
    // sin(φ + n + angle) from the first two, which are sin(φ) and sin(φ + 1).
    let (sin1, cos1) = 1f64.sin_cos();
    let row = |n: f64| {
        let (sin_n, cos_n) = (n + angle).sin_cos();
        [cos_n - sin_n * cos1 / sin1, sin_n / sin1, 0.0]
    };
    let step = Array2::from_shape_fn((3, 3), |(i, j)| row(i as f64)[j]);
    let start = StartStates { states: data.clone(), lookahead: 0 };
    (Reconstruction::new(linear(&step, 0.0), &data, None).unwrap(), data, start)
}

#[test]
fn exact_forecasts_are_valid_to_their_end_and_have_no_error() {
    let (reconstruction, test, start) = turning(0.3);
    let protocol = Protocol { test: &test, start: &start, floor: None, true_lambda: None, intervals: None };
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let scores = evaluate(&reconstruction, &protocol, rng).unwrap().0.scores;
    // 1,000 steps and the sample that they start from.
    assert!((scores.valid_prediction_time.value.unwrap() - 1_001.0 * 0.1).abs() < 1e-9);
    assert!(scores.valid_prediction_time.dead_model.unwrap() < 1.0);
    assert!(scores.valid_lyapunov_times.value.is_none(), "without chaos there is no Lyapunov time");
    for score in [
        scores.mean_absolute_error,
        scores.mean_absolute_scaled_error,
        scores.symmetric_mean_absolute_percentage_error,
    ] {
        assert!(score.value.unwrap() < 1e-8, "{score:?}");
        assert!(score.dead_model.unwrap() > 0.5 && score.floor.is_none(), "{score:?}");
    }
    assert!(scores.sliced_wasserstein.value.unwrap() < 0.01, "{:?}", scores.sliced_wasserstein);
    assert!(scores.autocorrelation_error.value.unwrap() < 0.01, "{:?}", scores.autocorrelation_error);
}

#[test]
fn intervals_are_of_the_scores_and_only_where_they_are_asked_for() {
    let (reconstruction, test, start) = turning(0.3);
    let (_, other, _) = turning(0.31);
    let mut protocol =
        Protocol { test: &test, start: &start, floor: Some(&other), true_lambda: None, intervals: None };
    let judge = |protocol: &Protocol<'_>| {
        evaluate(&reconstruction, protocol, &mut ChaCha8Rng::seed_from_u64(0)).unwrap().0
    };
    let without = judge(&protocol);
    assert!(without.intervals.is_none());
    protocol.intervals = Some(attractor::measures::BootstrapConfig::new().with_resamples(5));
    let with = judge(&protocol);
    let intervals = with.intervals.clone().unwrap();
    let pairs =
        [(intervals.d_stsp, with.d_stsp, with.floor_d_stsp), (intervals.d_h, with.d_h, with.floor_d_h)];
    for (interval, value, floor) in pairs {
        assert_eq!(interval.value.map(|interval| interval.value), value);
        assert_eq!(interval.floor.map(|interval| interval.value), floor);
        for interval in [interval.value, interval.floor].into_iter().flatten() {
            assert!(interval.lower <= interval.upper && interval.resamples == 5, "{interval:?}");
        }
    }
    // Asking for them changes nothing else.
    assert_eq!(Evaluation { intervals: None, ..with }, without);
    let json = serde_json::to_value(&without).unwrap();
    assert_eq!(serde_json::from_value::<Evaluation>(json).unwrap(), without);
}
