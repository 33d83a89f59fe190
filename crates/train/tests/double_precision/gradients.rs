//! The gradient of the sampled bound, under one draw of ε, against central finite differences of every parameter.

use attractor_models::{
    Context, Dynamics, Encoder, Initialize, Observation, SequentialVae, SequentialVaeConfig,
    dynamics::{ClippedShallowPlrnnConfig, PlrnnConfig, RectifiedRnnConfig, ShallowPlrnnConfig},
    encoder::{ConvolutionalEncoderConfig, LinearEncoderConfig, MlpEncoderConfig},
    observation::{IdentityObservationConfig, LinearObservationConfig},
};
use attractor_train::{
    Batch, Objective, Schedule,
    objective::{Elbo, Entropy},
};
use burn::{module::Module, tensor::Device};

use crate::{batch, changed, device, normal, read, rng, shaken, value};

/// Three windows of five steps, of one input and two observed variables, some values missing.
fn windows(context: Context, device: &Device) -> Batch {
    let (samples, mut x) = (7 + context.total(), normal(7 + context.total(), 2, 401));
    let u = normal(samples, 1, 402);
    for (t, n) in [(context.past + 1, 0), (context.past + 3, 0), (context.past + 3, 1)] {
        x[[t, n]] = f64::NAN;
    }
    batch(&x, Some(&u), 5, context, &[0, 2, 1], device)
}

fn gradient_is_the_derivative<E, D, O>(model: &SequentialVae<E, D, O>, objective: &Elbo)
where
    E: Encoder,
    D: Dynamics,
    O: Observation,
{
    const STEP: f64 = 1e-5;
    let context = model.encoder.context();
    let tracked = windows(context, &device().autodiff());
    assert!(tracked.present().is_some());
    let loss = objective.loss(model, &tracked, 0.5, &mut rng(403));
    let gradients = read(model, Some(&loss.total.backward()));

    let (plain, batch) = (model.valid(), windows(context, &device()));
    let parameters = read(&plain, None);
    assert_eq!(gradients.keys().collect::<Vec<_>>(), parameters.keys().collect::<Vec<_>>());
    let mut checked = 0;
    for (path, gradient) in &gradients {
        let scale = gradient.iter().fold(1e-3, |largest: f64, entry| largest.max(entry.abs()));
        for (index, gradient) in gradient.iter().enumerate() {
            let at = |by: f64| {
                let moved = changed(plain.clone(), |at, values| {
                    if at == path {
                        values[index] += by;
                    }
                });
                value(objective.loss(&moved, &batch, 0.5, &mut rng(403)).total)
            };
            let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            assert!(
                (gradient - difference).abs() <= 1e-6 * scale,
                "{path}[{index}]: gradient {gradient}, finite difference {difference}"
            );
            checked += usize::from(difference != 0.0);
        }
    }
    assert!(checked > 30, "{checked} parameters matter");
}

fn objective(entropy: Entropy) -> Elbo {
    Elbo::default()
        .with_samples(2)
        .with_entropy(entropy)
        .with_kl_weight(Schedule::Linear { from: 0.2, to: 1.0, share: 1.0 })
        .with_weight_penalty(0.1)
}

fn check<C, E, D, O>(config: &C, seed: u64)
where
    C: Initialize<Module = SequentialVae<E, D, O>>,
    E: Encoder,
    D: Dynamics,
    O: Observation,
{
    let model = shaken(config, 0.3, seed, &device().autodiff());
    for entropy in [Entropy::ClosedForm, Entropy::Sampled] {
        gradient_is_the_derivative(&model, &objective(entropy));
    }
}

#[test]
fn of_the_linear_encoder_and_the_plrnn() {
    let encoder = LinearEncoderConfig::new(2, 3).with_inputs(1);
    let dynamics = PlrnnConfig::new(3).with_inputs(1);
    check(&SequentialVaeConfig::new(encoder, dynamics, IdentityObservationConfig::new(2, 3)), 404);
}

#[test]
fn of_the_mlp_encoder_and_the_shallow_plrnn() {
    let encoder = MlpEncoderConfig::new(2, 2).with_inputs(1).with_past(1).with_future(0).with_hidden(4);
    let dynamics = ShallowPlrnnConfig::new(2, 5).with_inputs(1);
    check(&SequentialVaeConfig::new(encoder, dynamics, LinearObservationConfig::new(2, 2)), 405);
}

#[test]
fn of_the_convolutional_encoder_and_the_clipped_shallow_plrnn() {
    let encoder = ConvolutionalEncoderConfig::new(2, 3)
        .with_inputs(1)
        .with_channels(3)
        .with_mean_kernels(vec![3, 3])
        .with_sd_kernels(vec![3]);
    let dynamics = ClippedShallowPlrnnConfig::new(3, 4).with_inputs(1);
    check(&SequentialVaeConfig::new(encoder, dynamics, LinearObservationConfig::new(2, 3)), 406);
}

#[test]
fn of_the_rectified_rnn() {
    let encoder = LinearEncoderConfig::new(2, 4).with_past(0).with_future(2);
    let dynamics = RectifiedRnnConfig::new(4).with_inputs(1);
    check(&SequentialVaeConfig::new(encoder, dynamics, IdentityObservationConfig::new(2, 4)), 407);
}
