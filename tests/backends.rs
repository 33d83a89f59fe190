//! One step of the ELBO gives the same loss and the same gradients on every backend that this build has.
//!
//! With the feature `wgpu` a Vulkan, Metal or DirectX 12 driver has to be there; Mesa's software driver will do.
#![cfg(all(feature = "flex", any(feature = "ndarray", feature = "wgpu")))]

use std::collections::BTreeMap;

use attractor_models::{
    Backend, Dynamics, Encoder, Forcing, Initialize, Observation, SequentialVae, SequentialVaeConfig,
    dynamics::{
        AlmostLinearRnnConfig, ClippedDendriticPlrnnConfig, ClippedShallowPlrnnConfig, DendriticPlrnnConfig,
        MeanCentredPlrnnConfig, PlrnnConfig, RectifiedRnnConfig, ShallowPlrnnConfig,
    },
    encoder::{ConvolutionalEncoderConfig, LinearEncoderConfig, MlpEncoderConfig},
    observation::{HrfObservationConfig, LinearObservationConfig},
};
use attractor_systems::{Trajectory, observation::ResponseBasis};
use attractor_train::{Dataset, Objective, objective::Elbo};
use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Device, Gradients, Tensor, TensorData},
};
use ndarray::Array2;
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// N, M and K. No size here is a multiple of a SIMD width or a workgroup.
const N: usize = 3;
const M: usize = 5;
const K: usize = 2;

/// Two slow oscillations a variable, with gaps, and a switching input.
fn data() -> Dataset {
    let x = Array2::from_shape_fn((60, N), |(t, n)| {
        if (t * 7 + n * 5) % 19 == 0 {
            return f64::NAN;
        }
        let phase = 0.3 * t as f64 + n as f64;
        phase.sin() + 0.4 * (2.7 * phase).cos()
    });
    let u = Array2::from_shape_fn((60, K), |(t, k)| f64::from(u8::from((t / (3 + k)) % 2 == 0)) - 0.3);
    Dataset::new(&[Trajectory::from_array_with_missing(x, 1.0).unwrap()])
        .unwrap()
        .with_inputs(&[Trajectory::new(u, 1.0).unwrap()])
        .unwrap()
}

/// Everything that an optimiser would see: the loss, its terms and the gradient of every parameter, by name.
type Step = BTreeMap<String, Vec<f32>>;

fn step<C, E, D, O>(config: &C, backend: Backend) -> Step
where
    C: Initialize<Module = SequentialVae<E, D, O>>,
    E: Encoder,
    D: Dynamics,
    O: Observation,
{
    let device = backend.device().unwrap().autodiff();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let model = config.init(&device, &mut rng).unwrap();
    let data = data();
    let batch = data.windows(9, model.encoder.context()).unwrap().batch(&[3, 0, 11, 27, 31, 8, 15], &device);
    let loss = Elbo::default().with_samples(2).with_weight_penalty(0.01).loss(&model, &batch, 0.0, &mut rng);
    let mut step: Step =
        loss.terms.iter().map(|(name, term)| (format!("term {name}"), numbers(term.clone()))).collect();
    step.insert("loss".into(), numbers(loss.total.clone()));
    let gradients = loss.total.backward();
    let mut reader = Reader { path: Vec::new(), gradients, step, parameters: 0 };
    model.visit(&mut reader);
    assert_eq!(reader.step.len(), reader.parameters + 5, "every parameter has a gradient");
    reader.step
}

struct Reader {
    path: Vec<String>,
    gradients: Gradients,
    step: Step,
    parameters: usize,
}

impl ModuleVisitor for Reader {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_string());
    }
    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.parameters += 1;
        if let Some(gradient) = param.val().grad(&self.gradients) {
            self.step.insert(self.path.join("."), numbers(gradient));
        }
    }
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

/// Every difference at most `tolerance` times the largest entry of its loss, term or gradient.
fn assert_agree(found: &Step, expected: &Step, tolerance: f32, what: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, expected) in expected {
        let found = &found[name];
        assert_eq!(found.len(), expected.len());
        let largest = expected.iter().fold(0.0, |largest: f32, entry| largest.max(entry.abs()));
        assert!(largest.is_finite(), "{what}: {name} is {largest}");
        let largest = largest.max(1e-6);
        for (found, expected) in found.iter().zip(expected) {
            let difference = (found - expected).abs();
            assert!(
                difference <= tolerance * largest,
                "{what}: {name} is {found}, on flex {expected} of {largest}"
            );
        }
    }
}

fn agrees<C, E, D, O>(config: &C, backend: Backend, tolerance: f32)
where
    C: Initialize<Module = SequentialVae<E, D, O>>,
    E: Encoder,
    D: Dynamics,
    O: Observation,
{
    let what = format!("{backend} {config:?}");
    assert_agree(&step(config, backend), &step(config, Backend::Flex), tolerance, &what);
}

fn with_dynamics<E: Initialize<Module: Encoder>>(encoder: &E, backend: Backend, tolerance: f32) {
    let observation = LinearObservationConfig::new(N, M);
    macro_rules! with {
        ($dynamics:expr) => {
            agrees(
                &SequentialVaeConfig::new(encoder.clone(), $dynamics, observation.clone()),
                backend,
                tolerance,
            );
        };
    }
    with!(PlrnnConfig::new(M).with_inputs(K));
    with!(ShallowPlrnnConfig::new(M, 13).with_inputs(K));
    with!(ClippedShallowPlrnnConfig::new(M, 13).with_inputs(K));
    with!(RectifiedRnnConfig::new(M).with_inputs(K));
}

/// What a rollout is forced by.
#[derive(Clone, Copy, Debug)]
enum Forced {
    Free,
    /// Strengths 0, 1 and between of all latents, of the first few, or where a mask is 1 (with NaN where it is 0).
    All,
    Some(usize),
    Masked(usize),
}

/// Values and all gradients of one forced rollout.
fn rollout<C: Initialize<Module: Dynamics>>(
    config: &C,
    backend: Backend,
    [batch, steps]: [usize; 2],
    forced: Forced,
) -> Step {
    let device = backend.device().unwrap().autodiff();
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let model = config.init(&device, &mut rng).unwrap();
    let (m, k) = (model.latent_dim(), model.input_dim());
    let mut draw = |shape: [usize; 3], scale: f32| {
        let values: Vec<f32> = (0..shape.iter().product()).map(|_| rng.random_range(-scale..scale)).collect();
        (values, shape)
    };
    let tensor = |(values, shape): (Vec<f32>, [usize; 3]), device: &Device| {
        Tensor::<3>::from_data(TensorData::new(values, shape), device)
    };
    let z0 = tensor(draw([batch, 1, m], 1.0), &device).require_grad();
    let inputs = (k > 0).then(|| tensor(draw([batch, steps, k], 0.3), &device).require_grad());
    let width = match forced {
        Forced::Free | Forced::All => m,
        Forced::Some(width) | Forced::Masked(width) => width.min(m),
    };
    let (mut target, shape) = draw([batch, steps, width], 1.0);
    let mask: Vec<f32> = draw(shape, 1.0).0.into_iter().map(|x| if x > -0.3 { 1.0 } else { 0.0 }).collect();
    let masked = matches!(forced, Forced::Masked(_));
    if masked {
        for (target, mask) in target.iter_mut().zip(&mask) {
            *target = if *mask == 0.0 { f32::NAN } else { *target };
        }
    }
    let target = tensor((target, shape), &device).require_grad();
    let alpha = (0..steps).map(|t| [0.25, 1.0, 0.0, 0.6][t % 4]).collect();
    let mut forcing = Forcing::new(target.clone(), alpha);
    if masked {
        forcing = forcing.with_mask(tensor((mask, shape), &device));
    }
    let forcing = (!matches!(forced, Forced::Free)).then_some(forcing);
    let states = model.rollout(z0.clone().squeeze_dim(1), steps, forcing.as_ref(), inputs.clone());
    let cotangent = tensor(draw([batch, steps, m], 1.0), &device);
    let gradients = (states.clone() * cotangent).sum().backward();
    let mut step = Step::from([("states".into(), numbers(states))]);
    step.insert("z0".into(), numbers(z0.grad(&gradients).unwrap()));
    if let Some(inputs) = inputs {
        step.insert("inputs".into(), numbers(inputs.grad(&gradients).unwrap()));
    }
    if forcing.is_some() && steps > 1 {
        let target = numbers(target.grad(&gradients).unwrap());
        // Where nothing is forced there is no gradient, whatever is written there.
        step.insert("target".into(), target.into_iter().map(|x| if x.is_nan() { 0.0 } else { x }).collect());
    }
    let mut reader = Reader { path: Vec::new(), gradients, step, parameters: 0 };
    model.visit(&mut reader);
    reader.step
}

fn rollouts_agree(backend: Backend, tolerance: f32) {
    fn check<C: Initialize<Module: Dynamics>>(
        config: &C,
        sizes: [usize; 2],
        backend: Backend,
        tolerance: f32,
    ) {
        for forced in [Forced::Free, Forced::All, Forced::Some(2), Forced::Masked(2), Forced::Masked(9)] {
            let [found, expected] =
                [backend, Backend::Flex].map(|backend| rollout(config, backend, sizes, forced));
            assert_agree(&found, &expected, tolerance, &format!("{backend} {config:?} {sizes:?} {forced:?}"));
        }
    }
    for ((m, l), sizes) in [((3, 7), [5, 9]), ((1, 1), [1, 3]), ((6, 37), [37, 5])] {
        for k in [0, 2] {
            check(&PlrnnConfig::new(m).with_inputs(k), sizes, backend, tolerance);
            check(&MeanCentredPlrnnConfig::new(m).with_inputs(k), sizes, backend, tolerance);
            check(&AlmostLinearRnnConfig::new(m, m / 2).with_inputs(k), sizes, backend, tolerance);
            check(&ShallowPlrnnConfig::new(m, l).with_inputs(k), sizes, backend, tolerance);
            check(&ClippedShallowPlrnnConfig::new(m, l).with_inputs(k), sizes, backend, tolerance);
            check(&DendriticPlrnnConfig::new(m, l).with_inputs(k), sizes, backend, tolerance);
            check(&ClippedDendriticPlrnnConfig::new(m, l).with_inputs(k), sizes, backend, tolerance);
        }
    }
    // Wider than the shared memory of a GPU.
    check(&ClippedShallowPlrnnConfig::new(4, 1_500), [3, 4], backend, tolerance);
}

fn with_every_part(backend: Backend, tolerance: f32) {
    with_dynamics(&LinearEncoderConfig::new(N, M).with_inputs(K), backend, tolerance);
    let mlp = MlpEncoderConfig::new(N, M).with_inputs(K).with_past(3).with_future(2).with_hidden(17);
    with_dynamics(&mlp, backend, tolerance);
    let convolutional = ConvolutionalEncoderConfig::new(N, M)
        .with_inputs(K)
        .with_channels(7)
        .with_mean_kernels(vec![5, 3])
        .with_sd_kernels(vec![3]);
    with_dynamics(&convolutional, backend, tolerance);
    // Through responses that the regions learn.
    let basis =
        ResponseBasis::new(ndarray::array![[0.0, 0.6, 0.5, -0.1], [0.0, 0.3, -0.4, 0.1]], 1.0).unwrap();
    let response = basis.response(&[1.0, 0.0][..]).unwrap();
    let bold = HrfObservationConfig::new(N, M, &response).with_learned_response(&basis, &[1.0, 0.0]);
    let encoder = LinearEncoderConfig::new(N, M).with_future(4);
    agrees(&SequentialVaeConfig::new(encoder, PlrnnConfig::new(M).with_inputs(K), bold), backend, tolerance);
}

#[cfg(feature = "ndarray")]
#[test]
fn ndarray_agrees_with_flex() {
    with_every_part(Backend::NdArray, 1e-5);
    rollouts_agree(Backend::NdArray, 1e-5);
}

#[cfg(feature = "wgpu")]
#[test]
fn wgpu_agrees_with_flex() {
    with_every_part(Backend::Wgpu, 1e-4);
    rollouts_agree(Backend::Wgpu, 1e-5);
}
