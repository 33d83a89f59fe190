//! Models in single precision, as they are trained: the exported `f64` maps follow them to 1e-5.
#![cfg(feature = "flex")]

use attractor_models::{
    Dynamics, Initialize, Observation, SequentialVaeConfig,
    dynamics::{
        AlmostLinearRnnConfig, ClippedDendriticPlrnnConfig, ClippedShallowPlrnnConfig, DendriticPlrnnConfig,
        MeanCentredPlrnnConfig, PlrnnConfig, RectifiedRnnConfig, ShallowPlrnnConfig,
    },
    encoder::LinearEncoderConfig,
    observation::LinearObservationConfig,
};
use attractor_systems::Map;
use burn::tensor::{Device, Tensor};
use ndarray::Array2;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(1.0, |largest: f64, value| largest.max(value.abs()));
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-5 * scale, "{found} instead of {expected}");
    }
}

/// Steps and Jacobians at random points, and 30 steps of an orbit.
fn export_follows<C: Initialize<Module: Dynamics>>(config: &C) {
    let (device, mut rng) = (Device::flex(), ChaCha8Rng::seed_from_u64(1));
    let model = config.init(&device, &mut rng).unwrap();
    let (m, k, points) = (model.latent_dim(), model.input_dim(), 16);
    let map = model.export().unwrap();
    let z = attractor_models::normal([points, m], 2.0, &mut rng, &device);
    let u = attractor_models::normal([points, 1, k], 1.0, &mut rng, &device);
    let (states, inputs) = (values(z.clone()), values(u.clone()));
    let (steps, jacobians) =
        (values(model.step(z.clone(), Some(u.clone().squeeze_dim(1)))), values(model.jacobian(z.clone())));
    let (mut next, mut jacobian) = (vec![0.0; m], Array2::zeros((m, m)));
    for p in 0..points {
        let (z, u) = (&states[p * m..(p + 1) * m], &inputs[p * k..(p + 1) * k]);
        map.step(z, u, &mut next);
        assert_close(&steps[p * m..(p + 1) * m], &next);
        map.jacobian(z, u, jacobian.view_mut());
        assert_close(&jacobians[p * m * m..(p + 1) * m * m], jacobian.as_slice().unwrap());
    }
    let series = attractor_models::normal([1, 30, k], 0.1, &mut rng, &device);
    let orbit = values(model.rollout(z.narrow(0, 0, 1), 30, None, Some(series.clone())));
    let (inputs, mut state) = (values(series), states[..m].to_vec());
    for t in 0..30 {
        map.step(&state, &inputs[t * k..(t + 1) * k], &mut next);
        std::mem::swap(&mut state, &mut next);
        assert_close(&orbit[t * m..(t + 1) * m], &state);
    }
}

#[test]
fn exported_maps_follow_the_tensors() {
    export_follows(&PlrnnConfig::new(5).with_inputs(2));
    export_follows(&ShallowPlrnnConfig::new(3, 20).with_inputs(2));
    export_follows(&ClippedShallowPlrnnConfig::new(3, 20).with_inputs(2));
    export_follows(&RectifiedRnnConfig::new(4).with_inputs(2));
    export_follows(&MeanCentredPlrnnConfig::new(5).with_inputs(2));
    export_follows(&AlmostLinearRnnConfig::new(5, 2).with_inputs(2));
    export_follows(&DendriticPlrnnConfig::new(5, 7).with_inputs(2));
    export_follows(&ClippedDendriticPlrnnConfig::new(5, 7).with_inputs(2));
}

#[test]
fn the_whole_model_is_single_until_it_is_exported() {
    let (device, mut rng) = (Device::flex(), ChaCha8Rng::seed_from_u64(2));
    let config = SequentialVaeConfig::new(
        LinearEncoderConfig::new(4, 3),
        PlrnnConfig::new(3),
        LinearObservationConfig::new(4, 3),
    );
    let model = config.init(&device, &mut rng).unwrap();
    let z = attractor_models::normal([1, 1, 3], 1.0, &mut rng, &device);
    let mean = model.observation.mean(z.clone());
    assert_eq!(mean.dtype(), burn::tensor::DType::F32);
    let mut expected = vec![0.0; 4];
    model.export().unwrap().readout.apply(&values(z), &mut expected);
    assert_close(&values(mean), &expected);
    assert!((model.export().unwrap().process_sd[0] - 0.1).abs() < 1e-8);
}
