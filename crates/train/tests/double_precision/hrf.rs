//! BOLD: objectives through the haemodynamic response against a dense Gaussian, a loop by hand and finite differences.

use std::f64::consts::PI;

use attractor_models::{
    Context, Encoder, Initialize, Observation, SequentialVae, SequentialVaeConfig, StateSpaceModel,
    StateSpaceModelConfig,
    dynamics::{ClippedShallowPlrnnConfig, PlrnnConfig, ShallowPlrnn},
    encoder::{LinearEncoder, LinearEncoderConfig},
    observation::{HrfObservation, HrfObservationConfig},
};
use attractor_systems::{Trajectory, observation::Response};
use attractor_train::{
    Alongside, Batch, Dataset, Error, Objective,
    objective::{Elbo, MultimodalTeacherForcing, Strength, TeacherForcing},
};
use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData},
};
use nalgebra::{Cholesky, DMatrix, DVector};
use ndarray::{Array2, s};

use crate::{changed, device, normal, read, rng, shaken, value, values};

const SAMPLES: usize = 24;
const WINDOW: usize = 9;
const STEP: f64 = 1e-5;

/// A short response with h_0 = 0, as that of SPM.
fn response() -> Response {
    Response::new(vec![0.0, 0.5, 0.7, -0.2], 2.0).unwrap()
}

fn observation() -> HrfObservationConfig {
    HrfObservationConfig::new(3, 2, &response()).with_nuisance(2).with_initial_sd(0.5)
}

fn trajectory(values: Array2<f64>) -> Trajectory {
    Trajectory::from_array_with_missing(values, 2.0).unwrap()
}

/// BOLD with gaps, one input, two nuisance regressors, and what stands for its deconvolution, with unknown edges.
fn data() -> Dataset {
    let mut x = normal(SAMPLES, 3, 701);
    for (t, n) in [(7, 0), (8, 1), (9, 0), (9, 1), (9, 2)] {
        x[[t, n]] = f64::NAN;
    }
    let mut deconvolved = normal(SAMPLES, 3, 702);
    deconvolved.slice_mut(s![..1, ..]).fill(f64::NAN);
    deconvolved.slice_mut(s![SAMPLES - 2.., ..]).fill(f64::NAN);
    Dataset::new(&[trajectory(x)])
        .unwrap()
        .with_inputs(&[trajectory(normal(SAMPLES, 1, 703))])
        .unwrap()
        .with_nuisance(&[trajectory(normal(SAMPLES, 2, 704))])
        .unwrap()
        .with_deconvolved(&[trajectory(deconvolved)], Some(&[trajectory(normal(SAMPLES, 2, 705))]))
        .unwrap()
}

fn batch(context: Context, device: &Device) -> Batch {
    let data = data();
    let windows = data.windows(WINDOW, context).unwrap();
    windows.batch(&[0, 3, windows.count() - 1], device)
}

type Deterministic = StateSpaceModel<ShallowPlrnn, HrfObservation>;

fn deterministic(device: &Device) -> Deterministic {
    let dynamics = ClippedShallowPlrnnConfig::new(2, 4).with_inputs(1);
    shaken(&StateSpaceModelConfig::new(dynamics, observation()), 0.3, 706, device)
}

/// The loss written out: forced by B⁺(x̃ − J r̃ − b) where x̃ is known, compared where the history is in the window.
fn by_hand(model: &Deterministic, alpha: f64) -> f64 {
    let exported = model.export().unwrap();
    let batch = batch(Context::default(), &device());
    let (history, n) = (exported.history(), 3);
    let forcing = values(model.observation.inverse(batch.readable(&model.observation)));
    let known = values(batch.readable_present().unwrap());
    let targets = values(batch.explained(&model.observation));
    let present = values(batch.present().unwrap());
    let u = values(batch.inputs().unwrap());
    let (mut sum, mut count) = (0.0, 0.0);
    for b in 0..batch.size() {
        let at = |t: usize| b * WINDOW + t;
        let mut z = forcing[at(0) * 2..at(0) * 2 + 2].to_vec();
        let mut states = Array2::zeros((WINDOW - 1, 2));
        for t in 1..WINDOW {
            let mut next = vec![0.0; 2];
            attractor_systems::Map::step(&exported.dynamics, &z, &u[at(t)..=at(t)], &mut next);
            states.row_mut(t - 1).assign(&ndarray::aview1(&next));
            if (0..n).all(|i| known[at(t) * n + i] == 1.0) {
                for m in 0..2 {
                    next[m] += alpha * (forcing[at(t) * 2 + m] - next[m]);
                }
            }
            z = next;
        }
        for ((row, i), predicted) in exported.observe(states.view()).indexed_iter() {
            let place = at(1 + history + row) * n + i;
            if present[place] == 1.0 {
                sum += (predicted - targets[place]).powi(2);
                count += 1.0;
            }
        }
    }
    sum / count
}

#[test]
fn the_loss_is_the_error_of_the_forced_rollout_seen_through_the_response() {
    let model = deterministic(&device());
    let seen = batch(Context::default(), &device());
    assert!(seen.readable_present().is_some_and(|present| values(present).contains(&0.0)));
    for alpha in [0.0, 0.3, 1.0] {
        let loss = TeacherForcing::generalized(alpha).loss(&model, &seen, 0.5, &mut rng(1));
        let (found, expected) = (value(loss.total), by_hand(&model, alpha));
        // α and the inverse of B pass through single precision.
        assert!((found - expected).abs() < 1e-6 * expected, "{found} instead of {expected}");
    }
}

/// Every entry of every gradient at `paths` against central differences of the loss.
fn gradients_are_derivatives<M: Module>(model: M, loss: impl Fn(&M, &Device) -> Tensor<1>, paths: &[&str]) {
    let gradients = read(&model, Some(&loss(&model, &device().autodiff()).backward()));
    let plain = model.valid();
    for path in paths {
        let gradient = gradients.get(*path).unwrap_or_else(|| panic!("{path} among {:?}", gradients.keys()));
        let scale = gradient.iter().fold(1e-3, |largest: f64, entry| largest.max(entry.abs()));
        assert!(gradient.iter().any(|entry| *entry != 0.0), "{path} matters");
        for (index, gradient) in gradient.iter().enumerate() {
            let at = |by: f64| {
                let moved = changed(plain.clone(), |at, values| {
                    if at == *path {
                        values[index] += by;
                    }
                });
                value(loss(&moved, &device()))
            };
            let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            assert!(
                (gradient - difference).abs() <= 1e-6 * scale,
                "{path}[{index}]: {gradient} {difference}"
            );
        }
    }
}

/// No gradient flows through B⁺, so B and b are left to the other objectives.
#[test]
fn teacher_forcing_has_the_gradient_of_nuisance_inputs_and_dynamics() {
    let objective = TeacherForcing::generalized(0.3);
    let loss = |model: &Deterministic, device: &Device| {
        objective.loss(model, &batch(Context::default(), device), 0.5, &mut rng(1)).total
    };
    let model = deterministic(&device().autodiff());
    let paths = ["dynamics.c.c", "dynamics.a", "dynamics.w1", "dynamics.h2", "observation.nuisance"];
    gradients_are_derivatives(model, loss, &paths);
}

fn vae(device: &Device) -> SequentialVae<LinearEncoder, ShallowPlrnn, HrfObservation> {
    let encoder = LinearEncoderConfig::new(3, 2).with_past(1).with_future(3);
    let dynamics = ClippedShallowPlrnnConfig::new(2, 4).with_inputs(1);
    shaken(&SequentialVaeConfig::new(encoder, dynamics, observation()), 0.3, 707, device)
}

#[test]
fn bounds_have_the_gradient_of_all_their_parameters() {
    let paths = [
        "dynamics.c.c",
        "dynamics.w2",
        "observation.nuisance",
        "observation.linear.b",
        "observation.linear.offset",
        "observation.linear.log_sd",
        "prior.process_log_sd",
        "prior.initial_mean",
    ];
    let model = vae(&device().autodiff());
    let context = model.encoder.context();
    let elbo = Elbo::default().with_observation_penalty(0.1);
    gradients_are_derivatives(
        model.clone(),
        |model, device| elbo.loss(model, &batch(context, device), 0.5, &mut rng(2)).total,
        &paths,
    );
    let forced = MultimodalTeacherForcing::new(Strength::Constant { alpha: 0.25 })
        .with_likelihood_weights(0.7, 0.6)
        .with_observation_penalty(0.1);
    gradients_are_derivatives(
        model,
        |model, device| forced.loss(model, &batch(context, device), 0.5, &mut rng(2)).total,
        &paths,
    );
}

/// With α = 1, the reconstruction's weight 1 and the prediction's 0, teacher forcing by an encoder is the ELBO.
#[test]
fn fully_forced_without_prediction_it_is_the_elbo() {
    let model = vae(&device());
    // A missing x̃ is not forced, which makes the difference; without one both are the same.
    let data = Dataset::new(&[trajectory(normal(SAMPLES, 3, 708))])
        .unwrap()
        .with_inputs(&[trajectory(normal(SAMPLES, 1, 709))])
        .unwrap()
        .with_nuisance(&[trajectory(normal(SAMPLES, 2, 710))])
        .unwrap();
    let batch = data.windows(WINDOW, model.encoder.context()).unwrap().batch(&[0, 4], &device());
    let forced =
        MultimodalTeacherForcing::new(Strength::Constant { alpha: 1.0 }).with_likelihood_weights(1.0, 0.0);
    let found = value(forced.loss(&model, &batch, 0.5, &mut rng(3)).total);
    let expected = value(Elbo::default().loss(&model, &batch, 0.5, &mut rng(3)).total);
    assert!((found - expected).abs() < 1e-12 * expected.abs(), "{found} instead of {expected}");
}

fn log_normal(x: &DVector<f64>, mean: &DVector<f64>, covariance: &DMatrix<f64>) -> f64 {
    let factor = Cholesky::new(covariance.clone()).expect("a covariance is positive definite");
    let difference = x - mean;
    -0.5 * (difference.dot(&factor.solve(&difference))
        + factor.ln_determinant()
        + x.len() as f64 * (2.0 * PI).ln())
}

/// log p(x, z) of linear dynamics is that of one Gaussian over all steps at once: z ~ N(m, S), x ~ N(H z + b, Γ), where the
/// rows of H hold the response.
#[test]
fn the_joint_of_a_linear_model_is_a_dense_gaussian() {
    let (steps, m, n) = (8, 2, 3);
    let config = SequentialVaeConfig::new(
        LinearEncoderConfig::new(n, m),
        PlrnnConfig::new(m).with_inputs(1),
        observation(),
    )
    .with_process_sd(0.4);
    let model = changed(shaken(&config, 0.3, 711, &device()), |path, values| {
        if path == "dynamics.w" {
            values.fill(0.0);
        }
    });
    let exported = model.export().unwrap();
    let [x, z, u] = [normal(steps, n, 712), normal(steps, m, 713), normal(steps, 1, 714)];
    let tensor = |values: &Array2<f64>| {
        let (rows, columns) = values.dim();
        let data = TensorData::new(values.iter().copied().collect::<Vec<_>>(), [1, rows, columns]);
        Tensor::<3>::from_data(data, &device())
    };
    let joint = model.log_joint(tensor(&x), tensor(&z), Some(tensor(&u)), None);
    let found = value(joint.likelihood) + value(joint.initial) + value(joint.transition);

    // z = L (noise) with unit lower-triangular powers of A, and the mean by the recursion without noise.
    let a = exported.dynamics.a().diag().to_owned();
    let mut mean = DVector::zeros(steps * m);
    let mut mixing = DMatrix::zeros(steps * m, steps * m);
    let mut variance = DVector::zeros(steps * m);
    for t in 0..steps {
        for i in 0..m {
            let row = t * m + i;
            if t == 0 {
                mean[row] = exported.initial_mean[i];
                variance[row] = exported.initial_sd[i].powi(2);
            } else {
                mean[row] = a[i] * mean[row - m]
                    + exported.dynamics.h()[i]
                    + exported.dynamics.c()[[i, 0]] * u[[t, 0]];
                variance[row] = exported.process_sd[i].powi(2);
            }
            for s in 0..=t {
                mixing[(row, s * m + i)] = a[i].powf((t - s) as f64);
            }
        }
    }
    let covariance = &mixing * DMatrix::from_diagonal(&variance) * mixing.transpose();
    let response = exported.response.as_ref().unwrap();
    let history = response.ncols() - 1;
    let rows = (steps - history) * n;
    let mut h = DMatrix::zeros(rows, steps * m);
    let (mut offset, mut noise, mut seen) =
        (DVector::zeros(rows), DVector::zeros(rows), DVector::zeros(rows));
    for t in 0..steps - history {
        for i in 0..n {
            let row = t * n + i;
            for lag in 0..=history {
                for j in 0..m {
                    h[(row, (t + history - lag) * m + j)] =
                        response[[i, lag]] * exported.readout.matrix[[i, j]];
                }
            }
            offset[row] = response.row(i).sum() * exported.readout.offset[i];
            noise[row] = exported.observation_sd[i].powi(2);
            seen[row] = x[[t + history, i]];
        }
    }
    let z = DVector::from_iterator(steps * m, z.iter().copied());
    let expected = log_normal(&z, &mean, &covariance)
        + log_normal(&seen, &(h * &z + offset), &DMatrix::from_diagonal(&noise));
    assert!((found - expected).abs() < 1e-9 * expected.abs(), "{found} instead of {expected}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let bold = [trajectory(normal(SAMPLES, 3, 1))];
    let series = |samples, columns| [trajectory(normal(samples, columns, 2))];
    let data = || Dataset::new(&bold).unwrap();
    assert!(matches!(
        data().with_nuisance(&series(SAMPLES - 1, 2)),
        Err(Error::InputLength { what: Alongside::Nuisance, expected: SAMPLES, found, .. }) if found == SAMPLES - 1
    ));
    let mut gap = normal(SAMPLES, 2, 3);
    gap[[0, 0]] = f64::NAN;
    assert!(matches!(
        data().with_nuisance(&[trajectory(gap)]),
        Err(Error::MissingInputs { what: Alongside::Nuisance, missing: 1, .. })
    ));
    assert!(matches!(
        data().with_deconvolved(&series(SAMPLES, 2), None),
        Err(Error::DifferentDimensions { expected: 3, found: 2, .. })
    ));
    let with_nuisance = data().with_nuisance(&series(SAMPLES, 2)).unwrap();
    assert!(matches!(
        with_nuisance.with_deconvolved(&bold, None),
        Err(Error::InputCount { what: Alongside::Nuisance, .. })
    ));

    let objective = TeacherForcing::generalized(0.1);
    let model = deterministic(&device());
    let plain = StateSpaceModelConfig::new(
        ClippedShallowPlrnnConfig::new(2, 4),
        HrfObservationConfig::new(3, 2, &response()),
    );
    let plain = plain.init(&device(), &mut rng(1)).unwrap();
    let refused = |data: &Dataset, window| objective.validate(&plain, data, window).unwrap_err();
    assert!(matches!(refused(&data(), WINDOW), Error::NotDeconvolved { history: 3 }));
    let deconvolved = data().with_deconvolved(&bold, None).unwrap();
    assert!(matches!(refused(&deconvolved, 4), Error::OutOfRange { field: "window", .. }));
    objective.validate(&plain, &deconvolved, 5).unwrap();
    assert!(matches!(
        objective.validate(&model, &data().with_inputs(&series(SAMPLES, 1)).unwrap(), WINDOW),
        Err(Error::ModelAndData { name: "P", model: 2, data: 0 })
    ));
    let vae = vae(&device());
    let adaptive = MultimodalTeacherForcing::new(Strength::adaptive());
    assert!(matches!(
        adaptive.validate(&vae, &self::data(), WINDOW),
        Err(Error::OutOfRange { field: "strength", .. })
    ));
    let forced = MultimodalTeacherForcing::new(Strength::Sparse { interval: 3 });
    assert!(matches!(
        forced.validate(&vae, &self::data(), 4),
        Err(Error::OutOfRange { field: "window", .. })
    ));
    assert!(matches!(
        forced.with_likelihood_weights(-1.0, 1.0).validate(&vae, &self::data(), WINDOW),
        Err(Error::OutOfRange { field: "reconstruction_weight", .. })
    ));
    assert!(matches!(
        Elbo::default().validate(&vae, &self::data(), 3),
        Err(Error::OutOfRange { field: "window", .. })
    ));
}
