//! From noisy samples to a generating model: what a short fit must get right.

use attractor::{models::Posterior, prelude::*};
use burn::tensor::{Tensor, TensorData};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const NOISE: f64 = 0.1;

fn run()
-> Run<SequentialVaeConfig<LinearEncoderConfig, ClippedShallowPlrnnConfig, IdentityObservationConfig>, Elbo> {
    Run {
        model: SequentialVaeConfig::new(
            LinearEncoderConfig::new(3, 3).with_past(8).with_future(8),
            ClippedShallowPlrnnConfig::new(3, 30),
            IdentityObservationConfig::new(3, 3).with_initial_sd(0.3),
        ),
        objective: Elbo::default()
            .with_process_variance(Schedule::Steps { values: vec![1e-2, 1e-3, 1e-4], share: 0.6 }),
        trainer: TrainerConfig { epochs: 50, ..TrainerConfig::default() },
    }
}

#[test]
fn finds_the_noise_and_the_signal_behind_it() {
    let lorenz = Lorenz63::default();
    let clean = Simulation::of(&lorenz, 10_000).dt(0.01).transient(1_000).run(&lorenz).unwrap();
    let noisy = clean.add_noise(NOISE, &mut ChaCha8Rng::seed_from_u64(3)).unwrap();
    let standardizer = Standardizer::fit(&noisy).unwrap();
    let (data, truth) = (standardizer.apply(&noisy).unwrap(), standardizer.apply(&clean).unwrap());
    let dataset = Dataset::new(std::slice::from_ref(&data)).unwrap();
    let device = Backend::Flex.device().unwrap();
    let fit = Trainer::new(run(), &dataset, &device).unwrap().fit(&mut []).unwrap();
    assert_eq!(fit.outcome, Outcome::Completed);

    // The learned observation noise is the one that was added.
    let model = fit.model.export().unwrap();
    for sd in &model.observation_sd {
        assert!((sd / NOISE - 1.0).abs() < 0.15, "learned noise {sd}, added {NOISE}");
    }
    // The posterior mean is closer to the truth than the data are, and as sure as it is right.
    let mean = posterior_mean(&fit.model, &data, None).unwrap();
    let rms = |x: &Trajectory| (&x.data() - &truth.data()).mapv(|e| e * e).mean().unwrap().sqrt();
    assert!(rms(&mean) < 0.5 * rms(&data), "{} against {}", rms(&mean), rms(&data));
    let values: Vec<f32> = data.data().iter().map(|value| *value as f32).collect();
    let x = Tensor::<3>::from_data(TensorData::new(values, [1, data.len(), 3]), &device);
    let posterior = fit.model.infer(x, None);
    let spread = (posterior.rsample(Tensor::ones([1, data.len(), 3], &device)) - posterior.mean()).mean();
    let spread = f64::from(spread.into_scalar::<f32>());
    assert!(spread > 0.2 * rms(&mean) && spread < 5.0 * rms(&mean), "sd {spread}, error {}", rms(&mean));

    // States to predict from need no look ahead where the latents are the data.
    let start = start_states(&fit.model, &model, &data, None).unwrap();
    assert_eq!(start.lookahead, 0);
    assert_eq!(start.states.data(), data.data());
}
