//! The loss and its terms: what they sum to, what each setting does to them, and which settings are refused.

use attractor_models::{Dynamics, Initialize};
use attractor_models::{
    Encoder, Posterior, SequentialVae, SequentialVaeConfig,
    dynamics::{
        ClippedShallowPlrnnConfig, PlrnnConfig, RectifiedRnnConfig, ShallowPlrnn, ShallowPlrnnConfig,
    },
    encoder::{ConvolutionalEncoderConfig, LinearEncoder, LinearEncoderConfig, MlpEncoderConfig},
    observation::{IdentityObservation, IdentityObservationConfig, LinearObservationConfig},
    standard_normal,
};
use attractor_systems::Trajectory;
use attractor_train::{
    Batch, Dataset, Error, Loss, Objective, Schedule,
    objective::{Elbo, Entropy},
};
use burn::tensor::Device;
use rand_chacha::ChaCha8Rng;
use serde::{Serialize, de::DeserializeOwned};

use crate::{batch, device, normal, rng, shaken, value, values};

type Model = SequentialVae<LinearEncoder, ShallowPlrnn, IdentityObservation>;

fn model(device: &Device) -> Model {
    let config = SequentialVaeConfig::new(
        LinearEncoderConfig::new(2, 3),
        ShallowPlrnnConfig::new(3, 5),
        IdentityObservationConfig::new(2, 3),
    );
    shaken(&config, 0.3, 501, device)
}

fn windows(model: &Model, chosen: &[usize]) -> Batch {
    batch(&normal(30, 2, 502), None, 6, model.encoder.context(), chosen, &device())
}

/// Total, likelihood, prior, entropy, regularization.
fn numbers(loss: Loss) -> [f64; 5] {
    let names: Vec<_> = loss.terms.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["likelihood", "prior", "entropy", "regularization"]);
    let mut numbers = [value(loss.total), 0.0, 0.0, 0.0, 0.0];
    for (number, (_, term)) in numbers[1..].iter_mut().zip(loss.terms) {
        *number = value(term);
    }
    numbers
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} instead of {expected}");
}

fn loss_at(objective: &Elbo, progress: f64, rng: &mut ChaCha8Rng) -> [f64; 5] {
    let model = model(&device());
    numbers(objective.loss(&model, &windows(&model, &[4, 0, 9]), progress, rng))
}

#[test]
fn the_terms_sum_up_to_the_loss() {
    let annealed = Schedule::Linear { from: 0.0, to: 1.0, share: 0.5 };
    for (progress, weight) in [(0.0, 0.0), (0.1, 0.2), (0.25, 0.5), (0.5, 1.0), (1.0, 1.0)] {
        for (samples, lambda) in [(1, 0.0), (3, 0.7)] {
            let objective = Elbo::default()
                .with_kl_weight(annealed.clone())
                .with_samples(samples)
                .with_weight_penalty(lambda);
            let [total, likelihood, prior, entropy, penalty] = loss_at(&objective, progress, &mut rng(503));
            close(total, -(likelihood + weight * (prior + entropy)) + penalty);
            close(penalty, lambda * value(model(&device()).dynamics.weight_penalty()));
            assert!(likelihood != 0.0 && prior != 0.0 && entropy != 0.0);
        }
    }
}

/// The weight is no part of the terms: they stay comparable over a run.
#[test]
fn annealing_scales_prior_and_entropy_in_the_loss_alone() {
    let at = |weight: f64| {
        loss_at(&Elbo::default().with_kl_weight(Schedule::constant(weight)), 0.0, &mut rng(504))
    };
    let (none, half, full) = (at(0.0), at(0.5), at(1.0));
    assert_eq!(none[1..], full[1..]);
    close(none[0], -full[1]);
    close(half[0], 0.5 * (none[0] + full[0]));
}

/// S draws in one loss are the mean of S losses that continue the same generator.
#[test]
fn samples_are_averaged() {
    for entropy in [Entropy::ClosedForm, Entropy::Sampled] {
        let one = Elbo::default().with_entropy(entropy);
        let mut generator = rng(505);
        let single: Vec<_> = (0..4).map(|_| loss_at(&one, 0.0, &mut generator)).collect();
        assert_ne!(single[0][0], single[1][0]);
        let four = loss_at(&one.with_samples(4), 0.0, &mut rng(505));
        for k in 0..5 {
            close(four[k], single.iter().map(|loss| loss[k]).sum::<f64>() / 4.0);
        }
    }
}

/// The loss of a batch is the mean over its windows, each with its own ε.
#[test]
fn windows_are_averaged() {
    let (model, objective) = (model(&device()), Elbo::default());
    let chosen = [4, 0, 9, 17];
    let mut generator = rng(506);
    let single: Vec<_> = chosen
        .iter()
        .map(|window| numbers(objective.loss(&model, &windows(&model, &[*window]), 0.0, &mut generator)))
        .collect();
    let all = numbers(objective.loss(&model, &windows(&model, &chosen), 0.0, &mut rng(506)));
    for k in 0..5 {
        close(all[k], single.iter().map(|loss| loss[k]).sum::<f64>() / 4.0);
    }
}

/// At one ε, the sampled entropy exceeds the closed form by (|ε|² − M)/2 a step; on average by nothing.
#[test]
fn both_entropies_agree_in_expectation() {
    let model = model(&device());
    let batch = windows(&model, &[1; 50]);
    let shape = [50, 6, 3];
    let (closed, sampled) = (Elbo::default(), Elbo::default().with_entropy(Entropy::Sampled));
    let mut excesses = Vec::new();
    for seed in 0..40 {
        let [closed, sampled] =
            [&closed, &sampled].map(|objective| numbers(objective.loss(&model, &batch, 0.0, &mut rng(seed))));
        assert_eq!(closed[1..3], sampled[1..3], "likelihood and prior see the same sample");
        let epsilon = values(standard_normal(shape, &mut rng(seed), &device()));
        let expected = epsilon.iter().map(|e| 0.5 * (e * e - 1.0)).sum::<f64>() / 300.0;
        assert!((sampled[3] - closed[3] - expected).abs() < 1e-12);
        close(sampled[0] - closed[0], closed[3] - sampled[3]);
        excesses.push(sampled[3] - closed[3]);
    }
    let mean = excesses.iter().sum::<f64>() / 40.0;
    // The variance of (|ε|² − M)/2 is M/2.
    let error = (1.5 / (300.0 * 40.0_f64)).sqrt();
    assert!(mean.abs() < 4.0 * error, "{mean} ± {error}");
    let q = model.encoder.encode(batch.observations_with_context(), None);
    close(loss_at(&Elbo::default(), 0.0, &mut rng(1))[3], value(q.entropy().mean()));
}

#[test]
fn one_seed_gives_one_loss() {
    let objective = Elbo::default().with_samples(2);
    assert_eq!(loss_at(&objective, 0.3, &mut rng(7)), loss_at(&objective, 0.3, &mut rng(7)));
    assert_ne!(loss_at(&objective, 0.3, &mut rng(7)), loss_at(&objective, 0.3, &mut rng(8)));
}

#[test]
fn a_scheduled_process_variance_is_put_into_the_model() {
    let mut model = model(&device().autodiff());
    let start = model.export().unwrap().process_sd;
    let context = model.encoder.context();
    let seen = batch(&normal(30, 2, 502), None, 6, context, &[3], &device().autodiff());
    Elbo::default().before_step(&mut model, &seen, 0, 0.5);
    assert_eq!(model.export().unwrap().process_sd, start, "learned unless scheduled");
    let values = vec![0.04, 0.01, 0.0025];
    let objective = Elbo::default().with_process_variance(Schedule::Steps { values, share: 0.6 });
    for (progress, sd) in [(0.0, 0.2), (0.25, 0.1), (0.5, 0.05), (1.0, 0.05)] {
        objective.before_step(&mut model, &seen, 0, progress);
        let process_sd = model.export().unwrap().process_sd;
        assert!(process_sd.iter().all(|found| (found - sd).abs() < 1e-14), "{process_sd}");
        let data = batch(&normal(30, 2, 502), None, 6, model.encoder.context(), &[3], &device().autodiff());
        let gradients = objective.loss(&model, &data, progress, &mut rng(508)).total.backward();
        let found = crate::read(&model, Some(&gradients));
        assert!(!found.contains_key("prior.process_log_sd"), "it is held");
        assert!(found.contains_key("prior.initial_log_sd") && found.contains_key("dynamics.w1"));
    }
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let model = model(&device());
    let data =
        |observed: usize| Dataset::new(&[Trajectory::new(normal(30, observed, 509), 1.0).unwrap()]).unwrap();
    let field = |objective: &Elbo| match objective.validate(&model, &data(2), 6) {
        Ok(()) => "",
        Err(Error::OutOfRange { field, .. }) => field,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(field(&Elbo::default()), "");
    assert_eq!(field(&Elbo::default().with_samples(0)), "samples");
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(field(&Elbo::default().with_weight_penalty(bad)), "weight_penalty");
        assert_eq!(field(&Elbo::default().with_kl_weight(Schedule::constant(bad))), "kl_weight");
        assert_eq!(
            field(&Elbo::default().with_process_variance(Schedule::constant(bad))),
            "process_variance"
        );
    }
    assert_eq!(field(&Elbo::default().with_process_variance(Schedule::constant(0.0))), "process_variance");
    assert_eq!(field(&Elbo::default().with_kl_weight(Schedule::constant(0.0))), "");
    let error = Elbo::default().validate(&model, &data(3), 6).unwrap_err();
    assert!(matches!(error, Error::ModelAndData { name: "N", model: 2, data: 3 }), "{error}");
}

#[test]
fn configurations_survive_serde() {
    fn round_trip<C: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(config: &C) {
        let text = serde_json::to_string(config).unwrap();
        assert_eq!(&serde_json::from_str::<C>(&text).unwrap(), config, "{text}");
    }
    round_trip(&SequentialVaeConfig::new(
        LinearEncoderConfig::new(2, 3).with_past(7).with_future(4).with_inputs(2).with_initial_sd(0.07),
        PlrnnConfig::new(3).with_inputs(2),
        IdentityObservationConfig::new(2, 3).with_initial_sd(0.3),
    ));
    round_trip(
        &SequentialVaeConfig::new(
            MlpEncoderConfig::new(2, 3).with_hidden(9).with_layers(3),
            ShallowPlrnnConfig::new(3, 40),
            LinearObservationConfig::new(2, 3).with_initial_sd(0.1),
        )
        .with_process_sd(0.01)
        .with_initial_sd(3.0),
    );
    round_trip(&SequentialVaeConfig::new(
        ConvolutionalEncoderConfig::new(2, 3).with_mean_kernels(vec![5, 3]).with_sd_kernels(vec![9]),
        ClippedShallowPlrnnConfig::new(3, 40).with_inputs(1),
        LinearObservationConfig::new(2, 3),
    ));
    round_trip(&RectifiedRnnConfig::new(4).with_inputs(1));
    round_trip(
        &Elbo::default()
            .with_samples(3)
            .with_entropy(Entropy::Sampled)
            .with_kl_weight(Schedule::Cosine { from: 0.1, to: 1.0, share: 0.3 })
            .with_process_variance(Schedule::exponential(0.1, 1e-4))
            .with_weight_penalty(1e-3),
    );
    let other = serde_json::from_str::<Elbo>(r#"{"samples":1}"#);
    assert!(other.is_err(), "a setting that is left out is not guessed");
    // What is read back builds the same model.
    let config = PlrnnConfig::new(3);
    let text = serde_json::to_string(&config).unwrap();
    let again: PlrnnConfig = serde_json::from_str(&text).unwrap();
    let [first, second] =
        [&config, &again].map(|c| c.init(&device(), &mut rng(510)).unwrap().export().unwrap());
    assert_eq!(first, second);
}
