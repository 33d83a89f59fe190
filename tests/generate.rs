//! Free generation and its statistics.

use attractor::{Error, prelude::*};
use ndarray::{Array1, Array2, array};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// z' = a z + c u, x = 2 z + 1, with the given noise.
fn scalar(a: f64, inputs: usize, process_sd: f64, observation_sd: f64) -> GenerativeModel {
    GenerativeModel {
        dynamics: PiecewiseLinearMap::new(
            array![[a]],
            Array2::zeros((1, 0)),
            Array2::zeros((0, 1)),
            Array1::zeros(0),
            array![0.0],
            Array2::from_elem((1, inputs), 10.0),
        )
        .unwrap(),
        readout: attractor::models::LinearReadout { matrix: array![[2.0]], offset: array![1.0] },
        initial_mean: array![0.0],
        initial_sd: array![1.0],
        process_sd: array![process_sd],
        observation_sd: array![observation_sd],
        response: None,
        nuisance: None,
    }
}

fn data() -> Trajectory {
    Trajectory::new(array![[10.0], [30.0]], 0.5).unwrap().with_names(["membrane"]).unwrap()
}

fn reconstruct(model: GenerativeModel, standardizer: Option<Standardizer>) -> Reconstruction {
    Reconstruction::new(model, &data(), standardizer).unwrap()
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(7)
}

#[test]
fn a_noiseless_run_is_the_map_in_the_units_of_the_data() {
    // Mean 20 and standard deviation sqrt(200).
    let standardizer = Standardizer::fit(&data()).unwrap();
    let reconstruction = reconstruct(scalar(0.5, 0, 1.0, 1.0), Some(standardizer));
    let run = generate(&reconstruction, &Generate::new(3, vec![4.0]), None, &mut rng()).unwrap();
    assert_eq!(run.states.data(), array![[4.0], [2.0], [1.0]]);
    for (value, x) in run.observations.data().iter().zip([9.0, 5.0, 3.0]) {
        assert!((value - (20.0 + 200f64.sqrt() * x)).abs() < 1e-12);
    }
    assert_eq!((run.observations.dt(), run.observations.names()), (0.5, &["membrane".to_string()][..]));
    let late =
        generate(&reconstruction, &Generate::new(1, vec![4.0]).transient(2), None, &mut rng()).unwrap();
    assert_eq!(late.states.data(), array![[1.0]]);
}

#[test]
fn noise_has_the_variance_of_the_model() {
    let (a, q, r) = (0.8, 0.3, 0.5);
    let reconstruction = reconstruct(scalar(a, 0, q, r), None);
    let options =
        Generate::new(200_000, vec![0.0]).transient(100).process_noise(true).observation_noise(true);
    let run = generate(&reconstruction, &options, None, &mut rng()).unwrap();
    let variance = |trajectory: &Trajectory| trajectory.data().column(0).var(0.0);
    // Stationary variance of the AR(1) process q² / (1 − a²), seen through 2 z + 1 with noise r².
    let state = q * q / (1.0 - a * a);
    assert!((variance(&run.states) / state - 1.0).abs() < 0.03);
    assert!((variance(&run.observations) / (4.0 * state + r * r) - 1.0).abs() < 0.03);
    let again = generate(&reconstruction, &options, None, &mut rng()).unwrap();
    assert_eq!(run.observations, again.observations);
}

#[test]
fn row_t_of_the_inputs_drives_the_step_into_row_t() {
    let reconstruction = reconstruct(scalar(0.0, 1, 0.0, 0.0), None);
    let inputs = array![[9.0], [1.0], [2.0], [3.0]];
    let options = Generate::new(3, vec![0.0]).transient(1);
    let run = generate(&reconstruction, &options, Some(inputs.view()), &mut rng()).unwrap();
    assert_eq!(run.states.data(), array![[10.0], [20.0], [30.0]]);
}

#[test]
fn what_does_not_fit_and_what_diverges_is_an_error() {
    let driven = reconstruct(scalar(0.0, 1, 0.0, 0.0), None);
    let run = |reconstruction: &Reconstruction, options: &Generate| {
        generate(reconstruction, options, None, &mut rng()).unwrap_err()
    };
    assert!(matches!(run(&driven, &Generate::new(3, vec![0.0])), Error::Size { expected: 1, found: 0, .. }));
    let free = reconstruct(scalar(1e100, 0, 0.0, 0.0), None);
    assert!(matches!(
        run(&free, &Generate::new(3, vec![0.0, 1.0])),
        Error::Size { expected: 1, found: 2, .. }
    ));
    assert!(matches!(run(&free, &Generate::new(0, vec![0.0])), Error::Size { .. }));
    assert!(matches!(run(&free, &Generate::new(9, vec![1.0])), Error::Diverged { step: 4 }));
    assert!(matches!(run(&free, &Generate::new(9, vec![f64::NAN])), Error::Diverged { step: 0 }));
    let two = Trajectory::new(array![[1.0, 2.0]], 1.0).unwrap();
    assert!(matches!(
        Reconstruction::new(scalar(0.5, 0, 1.0, 1.0), &two, None),
        Err(Error::Size { expected: 1, found: 2, .. })
    ));
}
