//! Models of BOLD: recordings to train on, states, free runs and what they foresee.

use attractor::{
    Error, bold_free_run,
    fmri::Noise,
    forced_states,
    models::{LinearReadout, observation::HrfObservation},
    prelude::*,
    systems::observation::{History, Response},
    without_nuisance,
};
use burn::tensor::Device;
use ndarray::{Array1, Array2, array, s};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const TR: f64 = 2.0;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// A slow rotation of 16 scans, seen in three regions.
fn rotation() -> GenerativeModel {
    let (sin, cos) = (std::f64::consts::TAU / 16.0).sin_cos();
    GenerativeModel {
        dynamics: PiecewiseLinearMap::new(
            array![[cos, -sin], [sin, cos]],
            Array2::zeros((2, 0)),
            Array2::zeros((0, 2)),
            Array1::zeros(0),
            Array1::zeros(2),
            Array2::zeros((2, 0)),
        )
        .unwrap(),
        readout: LinearReadout {
            matrix: array![[1.0, 0.2], [0.0, 1.0], [0.7, -0.7]],
            offset: array![0.1, 0.0, 0.0],
        },
        initial_mean: Array1::zeros(2),
        initial_sd: Array1::zeros(2),
        process_sd: Array1::zeros(2),
        observation_sd: Array1::zeros(3),
        response: Some(responses()),
        nuisance: None,
    }
}

fn responses() -> Array2<f64> {
    let response = Response::spm(TR).unwrap();
    Array2::from_shape_fn((3, response.values().len()), |(_, s)| response.values()[s])
}

/// Its BOLD with two wandering nuisance regressors.
fn recording(name: &str, scans: usize) -> Recording {
    let model = rotation();
    let reference = Trajectory::new(Array2::zeros((2, 3)), TR).unwrap();
    let reconstruction = Reconstruction::new(model, &reference, None).unwrap();
    let options = Generate::new(scans, vec![1.0, 0.0]).transient(20);
    let bold = generate(&reconstruction, &options, None, &mut rng(1)).unwrap().observations;
    let mut rng = rng(2);
    let nuisance = Array2::from_shape_simple_fn((scans, 2), || rng.random_range(-1.0..1.0));
    let explained = nuisance.dot(&array![[0.3, 0.0], [0.0, -0.5], [0.1, 0.1]].t());
    let bold = Trajectory::new(&bold.data() + &explained, TR).unwrap();
    Recording::new(name, bold).unwrap().with_nuisance(Trajectory::new(nuisance, TR).unwrap()).unwrap()
}

fn study(recordings: Vec<Recording>) -> Result<BoldData, Error> {
    let wiener = WienerOptions::default().noise(Noise::Ratio(0.01));
    BoldData::new(recordings, Response::spm(TR).unwrap(), &wiener)
}

#[test]
fn a_free_run_is_seen_through_the_response() {
    let model = rotation();
    let reference = Trajectory::new(Array2::zeros((2, 3)), TR).unwrap();
    let reconstruction = Reconstruction::new(model.clone(), &reference, None).unwrap();
    let run = |transient| {
        let options = Generate::new(40, vec![1.0, 0.0]).transient(transient);
        generate(&reconstruction, &options, None, &mut rng(1)).unwrap()
    };
    let long = run(20);
    assert_eq!((long.states.len(), long.observations.len()), (40, 40));
    // The same states, convolved as a trajectory is.
    let bare = GenerativeModel { response: None, ..model.clone() };
    let bare = Reconstruction::new(bare, &reference, None).unwrap();
    let history = model.history();
    let options = Generate::new(40 + history, vec![1.0, 0.0]).transient(20 - history);
    let activity = generate(&bare, &options, None, &mut rng(1)).unwrap().observations;
    let expected = activity.convolve(&Response::spm(TR).unwrap(), History::Drop).unwrap();
    let difference = &long.observations.data() - &expected.data();
    assert!(difference.iter().all(|d| d.abs() < 1e-12));
    // Without a transient, the start state stands for what was before it.
    let held = run(0);
    let first = model.readout.matrix.dot(&array![1.0, 0.0]) + &model.readout.offset;
    assert!((&held.observations.data().row(0) - &first).iter().all(|d| d.abs() < 1e-12));
    assert_eq!(reconstruction.observation(&[1.0, 0.0]).unwrap().len(), 3);
    let states = reconstruction.observations(long.states.data()).unwrap();
    assert_eq!(states.nrows(), 40 - history);
}

#[test]
fn nuisance_regressors_are_taken_off_and_gaps_stay() {
    let j = array![[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]];
    let model = GenerativeModel { nuisance: Some(j.clone()), ..rotation() };
    let x = array![[1.0, 2.0, f64::NAN], [4.0, 5.0, 6.0]];
    let x = Trajectory::from_array_with_missing(x, TR).unwrap();
    let r = Trajectory::new(array![[1.0, 1.0], [0.5, -1.0]], TR).unwrap();
    let left = without_nuisance(&model, &x, Some(&r)).unwrap();
    assert_eq!(left.data().row(1).to_vec(), [3.5, 7.0, 6.5]);
    assert!(left.is_missing(0, 2) && left.missing_count() == 1);
    assert!(matches!(without_nuisance(&model, &x, None), Err(Error::Size { expected: 2, found: 0, .. })));
    assert_eq!(without_nuisance(&rotation(), &x, None).unwrap(), x);
}

#[test]
fn recordings_of_other_sizes_are_refused_by_name() {
    let narrow = Recording::new("b", recording("b", 60).bold().select(&[0, 1]).unwrap()).unwrap();
    let error = study(vec![recording("a", 60), narrow]).unwrap_err();
    assert!(matches!(&error, Error::OtherRecording { what: "regions", .. }), "{error}");
    assert!(error.to_string().contains('b') && error.to_string().contains('a'), "{error}");
    let bare = Recording::new("c", recording("c", 60).bold().clone()).unwrap();
    let error = study(vec![recording("a", 60), bare]).unwrap_err();
    assert!(matches!(error, Error::OtherRecording { what: "nuisance regressors", .. }));
    // A response at another TR than the data's.
    let other = Response::spm(1.0).unwrap();
    assert!(BoldData::new(vec![recording("a", 60)], other, &WienerOptions::default()).is_err());
    assert!(study(Vec::new()).is_err());
    let two = study(vec![recording("a", 60), recording("b", 80)]).unwrap();
    assert_eq!((two.dataset().series_count(), two.subject(1).unwrap().series_count()), (2, 1));
    assert_eq!(two.observation(2).nuisance, 2);
}

/// What is known until a scan does not change with what comes after it.
#[test]
fn what_is_read_until_a_scan_sees_no_later_one() {
    let model = GenerativeModel { nuisance: Some(Array2::zeros((3, 2))), ..rotation() };
    let whole = recording("a", 80);
    let mut later = whole.bold().data().to_owned();
    later.slice_mut(s![50.., ..]).mapv_inplace(|x| 3.0 - x);
    let changed = Recording::new("a", Trajectory::new(later, TR).unwrap()).unwrap();
    let changed = changed.with_nuisance(whole.nuisance().unwrap().clone()).unwrap();
    let read = |recording| study(vec![recording]).unwrap().readable_until(0, &model, 50).unwrap();
    let (a, b) = (read(whole.clone()), read(changed));
    assert_eq!((a.len(), &a), (50, &b));
    let all = study(vec![whole]).unwrap().readable(0, &model).unwrap();
    assert_eq!(all.len(), 80);
    assert!(all.missing_count() > 0, "the ends of a deconvolved series are not known");
}

type Model = StateSpaceModel<attractor::models::dynamics::AlmostLinearRnn, HrfObservation>;

fn model(data: &BoldData) -> Model {
    StateSpaceModelConfig::new(AlmostLinearRnnConfig::new(2, 1), data.observation(2))
        .init(&Device::flex(), &mut rng(3))
        .unwrap()
}

#[test]
fn forced_states_are_the_rollout_written_out() {
    let data = study(vec![recording("a", 60)]).unwrap();
    let (model, alpha) = (model(&data), 0.3);
    let exported = model.export().unwrap();
    let readable = data.readable(0, &exported).unwrap();
    let found = forced_states(&model, &readable, None, alpha).unwrap();
    // B⁺ of three independent rows on two latents.
    let b = nalgebra::DMatrix::from_fn(3, 2, |i, j| exported.readout.matrix[[i, j]]);
    let inverse = b.pseudo_inverse(1e-12).unwrap();
    let filled = readable.interpolate_missing().unwrap();
    let read = |row: usize| -> Vec<f64> {
        let x = nalgebra::DVector::from_fn(3, |n, _| filled.data()[[row, n]] - exported.readout.offset[n]);
        (&inverse * x).iter().copied().collect()
    };
    let mut z = read(0);
    for row in 0..60 {
        if row > 0 {
            let mut next = vec![0.0; 2];
            exported.dynamics.step(&z, &[], &mut next);
            if !readable.is_missing(row, 0) {
                next.iter_mut().zip(read(row)).for_each(|(z, d)| *z += alpha * (d - *z));
            }
            z = next;
        }
        for (found, expected) in found.data().row(row).iter().zip(&z) {
            assert!((found - expected).abs() < 1e-4 * expected.abs().max(1.0), "{row}: {found} {expected}");
        }
    }
    let narrow = Trajectory::new(Array2::zeros((9, 2)), TR).unwrap();
    assert!(matches!(
        forced_states(&model, &narrow, None, alpha),
        Err(Error::Size { expected: 3, found: 2, .. })
    ));
}

#[test]
fn the_evaluation_of_observations_without_a_history_refuses_bold() {
    let model = rotation();
    let test = recording("a", 60).bold().clone();
    let reconstruction = Reconstruction::new(model, &test, None).unwrap();
    let states = Trajectory::new(Array2::zeros((60, 2)), TR).unwrap();
    let start = StartStates { states, lookahead: 0 };
    let protocol = Protocol { test: &test, start: &start, floor: None, true_lambda: None, intervals: None };
    assert!(matches!(
        evaluate(&reconstruction, &protocol, &mut rng(1)),
        Err(Error::LooksBack { history: 16 })
    ));
}

/// A short training finds the rotation: it goes on with its rhythm, foresees, and tells motion apart.
#[test]
fn a_rhythm_behind_bold_is_found() {
    let recording = recording("a", 240).z_score().unwrap();
    let data = study(vec![recording]).unwrap();
    let run = Run {
        model: StateSpaceModelConfig::new(AlmostLinearRnnConfig::new(2, 1), data.observation(2)),
        objective: TeacherForcing::generalized(0.15).with_conditioning_penalty(1e-3),
        trainer: TrainerConfig {
            epochs: 10,
            steps_per_epoch: 100,
            batch: 16,
            window: 50,
            optimizer: OptimizerConfig::radam(),
            learning_rate: Schedule::exponential(2e-2, 1e-4),
            clip_norm: Some(10.0),
            seed: 1,
        },
    };
    let fit = Trainer::new(run, data.dataset(), &Device::flex()).unwrap().fit(&mut []).unwrap();
    assert_eq!(fit.model.forcing_strength() as f32, 0.15);
    let (evaluation, free) = evaluate_bold(&data, 0, &fit.model, &mut rng(1)).unwrap();
    let free = free.expect("a finite free run");
    assert!(evaluation.failure().is_none());
    assert_eq!(free.generated.observations.len(), free.measured.len());
    assert_eq!(free.first_scan + free.measured.len(), 240);
    // A rhythm of 16 scans is 8 scans later its own opposite, which no change says nothing of.
    let far = evaluation.ahead.iter().find(|ahead| ahead.scans == 8).unwrap();
    assert!(far.model.unwrap() < 0.2 && far.no_change > 2.0, "{far:?}");
    assert!(evaluation.d_h.unwrap() < 0.05, "{evaluation:?}");
    let j = fit.model.export().unwrap().nuisance.unwrap();
    // The zero pattern and the signs of J survive the z-scoring.
    assert!(j[[0, 0]] > 0.2 && j[[1, 1]] < -0.3 && j[[0, 1]].abs() < 0.05 && j[[1, 0]].abs() < 0.05, "{j}");
    let states =
        fit.model.bold_states(&data.readable(0, &fit.model.export().unwrap()).unwrap(), None).unwrap();
    let again = bold_free_run(&data, 0, &fit.model.export().unwrap(), &states, &mut rng(1)).unwrap();
    assert_eq!(again.generated.observations, free.generated.observations);
}
