//! The sequential VAE as a whole: its joint density, inference at the ends of a series, the held process noise, export.

use std::f64::consts::PI;

use attractor_models::{
    Dynamics, Encoder, Error, GenerativeModel, Initialize, Observation, Posterior, SequentialVae,
    SequentialVaeConfig,
    dynamics::{PlrnnConfig, ShallowPlrnn, ShallowPlrnnConfig},
    encoder::{ConvolutionalEncoderConfig, LinearEncoder, LinearEncoderConfig, MlpEncoderConfig},
    observation::{IdentityObservationConfig, LinearObservation, LinearObservationConfig},
};
use attractor_systems::Map;
use burn::{
    module::Module,
    optim::{AdamConfig, GradientsParams},
    tensor::Device,
};
use ndarray::{ArrayD, IxDyn, s};

use crate::{array, assert_close, device, normal, read, replace, rng, shaken, tensor};

const N: usize = 4;
const M: usize = 3;
const K: usize = 2;

type Model = SequentialVae<LinearEncoder, ShallowPlrnn, LinearObservation>;

fn model(device: &Device) -> Model {
    let config = SequentialVaeConfig::new(
        LinearEncoderConfig::new(N, M).with_inputs(K).with_past(2).with_future(1),
        ShallowPlrnnConfig::new(M, 6).with_inputs(K),
        LinearObservationConfig::new(N, M),
    );
    shaken(&config, 81, device)
}

fn log_normal(x: f64, mean: f64, sd: f64) -> f64 {
    -0.5 * ((x - mean) / sd).powi(2) - sd.ln() - 0.5 * (2.0 * PI).ln()
}

/// log p(x|z), log p(z_1) and Σ log p(z_t|z_{t−1}) of series b, by the exported model alone.
fn by_hand(model: &GenerativeModel, [x, z, u, present]: [&ArrayD<f64>; 4], b: usize) -> [f64; 3] {
    let row =
        |series: &ArrayD<f64>, t: usize| series.slice(s![b, t, ..]).iter().copied().collect::<Vec<f64>>();
    let [mut likelihood, mut initial, mut transition] = [0.0; 3];
    for t in 0..z.shape()[1] {
        let state = row(z, t);
        let mut mean = vec![0.0; x.shape()[2]];
        model.readout.apply(&state, &mut mean);
        for (n, mean) in mean.iter().enumerate() {
            if present[[b, t, n]] == 1.0 {
                likelihood += log_normal(x[[b, t, n]], *mean, model.observation_sd[n]);
            }
        }
        let (mut predicted, sd) = (vec![0.0; state.len()], &model.process_sd);
        if t > 0 {
            model.dynamics.step(&row(z, t - 1), &row(u, t), &mut predicted);
        }
        for m in 0..state.len() {
            if t == 0 {
                initial += log_normal(state[m], model.initial_mean[m], model.initial_sd[m]);
            } else {
                transition += log_normal(state[m], predicted[m], sd[m]);
            }
        }
    }
    [likelihood, initial, transition]
}

#[test]
fn the_joint_density_is_the_product_of_its_conditionals() {
    let device = device();
    let model = model(&device);
    let exported = model.export().unwrap();
    for (batch, steps) in [(3, 5), (2, 2), (2, 1), (1, 1)] {
        let (x, z) = (normal([batch, steps, N], 1), normal([batch, steps, M], 2));
        let u = normal([batch, steps, K], 3);
        let mask = normal([batch, steps, N], 4).mapv(|draw| f64::from(u8::from(draw > -0.5)));
        for present in [ArrayD::ones(mask.raw_dim()), mask] {
            let complete = present.iter().all(|present| *present == 1.0);
            let joint = model.log_joint(
                tensor(&x, &device),
                tensor(&z, &device),
                Some(tensor(&u, &device)),
                (!complete).then(|| tensor(&present, &device)),
            );
            let found = [joint.likelihood, joint.initial, joint.transition].map(array);
            for b in 0..batch {
                let expected = by_hand(&exported, [&x, &z, &u, &present], b);
                for (found, expected) in found.iter().zip(expected) {
                    assert_eq!(found.shape(), [batch]);
                    assert!(
                        (found[b] - expected).abs() < 1e-11 * expected.abs().max(1.0),
                        "{} {expected}",
                        found[b]
                    );
                }
            }
        }
    }
}

/// Before the first and after the last sample, inference repeats them.
#[test]
fn inference_pads_both_ends_with_the_nearest_sample() {
    let device = device();
    let model = model(&device);
    for steps in [1, 2, 6] {
        let (x, u) = (normal([2, steps, N], 5), normal([2, steps, K], 6));
        let padded = |series: &ArrayD<f64>| {
            let mut shape = series.shape().to_vec();
            shape[1] += 3;
            ArrayD::from_shape_fn(IxDyn(&shape), |at| {
                series[[at[0], (at[1].max(2) - 2).min(steps - 1), at[2]]]
            })
        };
        let found = model.infer(tensor(&x, &device), Some(tensor(&u, &device)));
        let expected = model.encoder.encode(tensor(&padded(&x), &device), Some(tensor(&padded(&u), &device)));
        assert_eq!(found.mean().dims(), [2, steps, M]);
        assert_close(&array(found.mean()), &array(expected.mean()), 0.0);
    }
}

#[test]
fn inference_needs_no_padding_without_context() {
    let device = device();
    let encoder = LinearEncoderConfig::new(N, M).with_past(0).with_future(0);
    let config = SequentialVaeConfig::new(encoder, PlrnnConfig::new(M), LinearObservationConfig::new(N, M));
    let model = shaken(&config, 82, &device);
    let x = normal([1, 4, N], 7);
    let p = read(&model.encoder, None);
    let expected =
        x.clone().into_shape_with_order((4, N)).unwrap().dot(&p.matrix("filter")) + p.vector("bias");
    let expected = expected.into_shape_with_order((1, 4, M)).unwrap().into_dyn();
    assert_close(&array(model.infer(tensor(&x, &device), None).mean()), &expected, 1e-13);
}

#[test]
fn parts_that_do_not_fit_together_are_refused() {
    let device = device();
    let encoder = || LinearEncoderConfig::new(N, M);
    let observation = || LinearObservationConfig::new(N, M);
    let error = SequentialVaeConfig::new(encoder(), PlrnnConfig::new(M + 1), observation())
        .init(&device, &mut rng(83))
        .unwrap_err();
    let text = "the dynamics has M = 4, but the encoder has M = 3; give both the same";
    assert_eq!(error.to_string(), text);
    let error = SequentialVaeConfig::new(encoder(), PlrnnConfig::new(M), LinearObservationConfig::new(N, 2))
        .init(&device, &mut rng(83))
        .unwrap_err();
    let (first, second) = ("dynamics", "observation model");
    assert_eq!(error, Error::Mismatch { name: "M", first, first_value: 3, second, second_value: 2 });
    let error = SequentialVaeConfig::new(encoder(), PlrnnConfig::new(M), LinearObservationConfig::new(5, M))
        .init(&device, &mut rng(83))
        .unwrap_err();
    let (first, second) = ("encoder", "observation model");
    assert_eq!(error, Error::Mismatch { name: "N", first, first_value: 4, second, second_value: 5 });
    // What a part refuses, the whole refuses.
    let config =
        SequentialVaeConfig::new(encoder(), PlrnnConfig::new(M), IdentityObservationConfig::new(N, M));
    assert!(matches!(config.init(&device, &mut rng(83)), Err(Error::TooFewLatents { .. })));
    for sd in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let config = SequentialVaeConfig::new(encoder(), PlrnnConfig::new(M), observation());
        let error = config.clone().with_process_sd(sd).init(&device, &mut rng(83)).unwrap_err();
        assert!(matches!(error, Error::OutOfRange { field: "process_sd", .. }), "{error}");
        let error = config.with_initial_sd(sd).init(&device, &mut rng(83)).unwrap_err();
        assert!(matches!(error, Error::OutOfRange { field: "initial_sd", .. }), "{error}");
    }
}

#[test]
fn every_encoder_fits_every_observation() {
    let device = device();
    let x = normal([1, 5, N], 8);
    let convolutional = ConvolutionalEncoderConfig::new(N, N + 1).with_channels(4);
    let config = SequentialVaeConfig::new(
        convolutional,
        PlrnnConfig::new(N + 1),
        IdentityObservationConfig::new(N, N + 1),
    );
    let model = config.init(&device, &mut rng(84)).unwrap();
    assert_eq!(model.infer(tensor(&x, &device), None).mean().dims(), [1, 5, N + 1]);
    let config = SequentialVaeConfig::new(
        MlpEncoderConfig::new(N, 2),
        PlrnnConfig::new(2),
        LinearObservationConfig::new(N, 2),
    );
    let model = config.init(&device, &mut rng(84)).unwrap();
    assert_eq!(model.infer(tensor(&x, &device), None).mean().dims(), [1, 5, 2]);
    assert_eq!(model.observation.observed_dim(), N);
    assert_eq!(model.dynamics.latent_dim(), 2);
}

/// The gradient of log p(x, z) as GradientsParams, and whether Σ has one.
fn gradients(model: &Model, device: &Device) -> (GradientsParams, bool) {
    let (x, z, u) = (normal([2, 4, N], 9), normal([2, 4, M], 10), normal([2, 4, K], 11));
    let joint = model.log_joint(tensor(&x, device), tensor(&z, device), Some(tensor(&u, device)), None);
    let z = model.infer(tensor(&x, device), Some(tensor(&u, device))).mean().square().sum();
    let gradients = (joint.likelihood + joint.initial + joint.transition).sum().sub(z).backward();
    let found = read(model, Some(&gradients));
    let held = found.0.contains_key("prior.process_log_sd");
    let without_encoder_sd = read(model, None).0.len() - 1;
    assert_eq!(found.0.len() + usize::from(!held), without_encoder_sd, "{:?}", found.0.keys());
    (GradientsParams::from_grads(gradients, model), held)
}

#[test]
fn a_held_process_variance_stays_until_it_is_released() {
    let device = device().autodiff();
    let mut model = model(&device);
    let mut adam = AdamConfig::new().init();
    let process_sd = |model: &Model| model.export().unwrap().process_sd;
    let (start, initial) = (process_sd(&model), model.export().unwrap().initial_sd);

    let (step, has_gradient) = gradients(&model, &device);
    assert!(has_gradient);
    model = adam.step(0.01, model, step);
    assert!(process_sd(&model).iter().zip(&start).all(|(now, then)| now != then));

    for variance in [0.04, 0.01] {
        model.prior.hold_process_variance(variance);
        for _ in 0..2 {
            let (step, has_gradient) = gradients(&model, &device);
            assert!(!has_gradient);
            model = adam.step(0.01, model, step);
            assert!(
                process_sd(&model).iter().all(|sd| (sd - variance.sqrt()).abs() < 1e-15),
                "{}",
                process_sd(&model)
            );
        }
    }
    model.prior.release_process_variance();
    let (step, has_gradient) = gradients(&model, &device);
    assert!(has_gradient);
    model = adam.step(0.01, model, step);
    assert!(process_sd(&model).iter().all(|sd| (sd - 0.1).abs() > 1e-4), "{}", process_sd(&model));
    assert_ne!(model.export().unwrap().initial_sd, initial, "the others are learned throughout");
}

#[test]
fn holding_keeps_the_identity_of_the_parameter() {
    fn ids(model: &Model) -> Vec<String> {
        burn::module::list_param_ids(model).iter().map(ToString::to_string).collect()
    }
    let mut model = model(&device().autodiff());
    let before = ids(&model);
    model.prior.hold_process_variance(0.01);
    assert_eq!(ids(&model), before);
    model.prior.release_process_variance();
    assert_eq!(ids(&model), before);
}

#[test]
fn export_carries_every_parameter_of_the_generative_model() {
    let model = model(&device());
    let (p, exported) = (read(&model, None), model.export().unwrap());
    assert_eq!(exported.initial_mean, p.vector("prior.initial_mean"));
    assert_eq!(exported.initial_sd, p.vector("prior.initial_log_sd").mapv(f64::exp));
    assert_eq!(exported.process_sd, p.vector("prior.process_log_sd").mapv(f64::exp));
    assert_eq!(exported.observation_sd, p.vector("observation.log_sd").mapv(f64::exp));
    assert_eq!(exported.readout.matrix, p.matrix("observation.b"));
    assert_eq!(exported.readout.offset, p.vector("observation.offset"));
    assert_eq!(*exported.dynamics.v(), p.matrix("dynamics.w1"));
    // From a device that tracks gradients as well.
    let tracked = self::model(&device().autodiff());
    assert_eq!(tracked.export().unwrap(), exported);
    assert_eq!(tracked.valid().export().unwrap(), exported);
}

#[test]
fn a_parameter_that_is_not_finite_is_not_exported() {
    let model = model(&device());
    for path in read(&model, None).0.keys() {
        let broken = replace(model.clone(), |at, shape| {
            (at == path).then(|| ArrayD::from_elem(IxDyn(shape), f64::NAN))
        });
        let exported = broken.export();
        if path.starts_with("encoder") {
            assert!(exported.is_ok(), "the generative model has no part of {path}");
        } else {
            assert!(matches!(exported, Err(Error::NotFinite { .. })), "{path}");
        }
    }
    let overflowing = replace(model, |at, shape| {
        (at == "prior.process_log_sd").then(|| ArrayD::from_elem(IxDyn(shape), 1e5))
    });
    assert!(matches!(overflowing.export(), Err(Error::NotFinite { .. })), "an infinite sd is no sd");
}

#[test]
fn priors_start_as_configured() {
    let config = SequentialVaeConfig::new(
        LinearEncoderConfig::new(N, M),
        PlrnnConfig::new(M),
        LinearObservationConfig::new(N, M).with_initial_sd(0.3),
    );
    let close = |found: &ndarray::Array1<f64>, expected: f64| {
        found.iter().all(|found| (found - expected).abs() < 1e-12)
    };
    let model = config.init(&device(), &mut rng(85)).unwrap().export().unwrap();
    assert!(
        close(&model.process_sd, 0.1) && close(&model.initial_sd, 1.0) && close(&model.initial_mean, 0.0)
    );
    assert!(close(&model.observation_sd, 0.3));
    let config = config.with_process_sd(0.5).with_initial_sd(2.0);
    let model = config.init(&device(), &mut rng(85)).unwrap().export().unwrap();
    assert!(close(&model.process_sd, 0.5) && close(&model.initial_sd, 2.0));
}
