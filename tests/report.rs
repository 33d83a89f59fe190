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
