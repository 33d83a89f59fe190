//! Models against formulas, automatic differentiation and loops written by hand, all in double precision.
#![cfg(feature = "flex")]
#![allow(clippy::doc_markdown, reason = "the letters of the equations are not code")]

mod dynamics;
mod encoders;
mod hrf;
mod observation;
mod posterior;
mod rollout;
mod sequential_vae;

use std::{collections::BTreeMap, sync::Once};

use attractor_models::Initialize;
use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, FloatDType, Gradients, Tensor, TensorData},
};
use ndarray::{Array1, Array2, Array3, ArrayD, Ix1, Ix2, Ix3, IxDyn};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// The CPU device, its default precision raised to double before anything else in this process uses it.
fn device() -> Device {
    static DOUBLE: Once = Once::new();
    DOUBLE.call_once(|| Device::flex().configure(FloatDType::F64).expect("nothing used the device before"));
    Device::flex()
}

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Standard normal numbers.
fn normal<const D: usize>(shape: [usize; D], seed: u64) -> ArrayD<f64> {
    let mut rng = rng(seed);
    ArrayD::from_shape_fn(IxDyn(&shape), |_| StandardNormal.sample(&mut rng))
}

fn tensor<const D: usize>(array: &ArrayD<f64>, device: &Device) -> Tensor<D> {
    let shape: [usize; D] = array.shape().try_into().expect("as many axes as the tensor has");
    Tensor::from_data(TensorData::new(array.iter().copied().collect::<Vec<_>>(), shape), device)
}

fn array<const D: usize>(tensor: Tensor<D>) -> ArrayD<f64> {
    let shape = tensor.dims();
    let data = tensor.into_data();
    assert_eq!(data.dtype(), FloatDType::F64.into(), "a tensor fell back to another precision");
    ArrayD::from_shape_vec(IxDyn(&shape), data.iter::<f64>().collect())
        .expect("as many values as the shape says")
}

fn cube<const D: usize>(tensor: Tensor<D>) -> Array3<f64> {
    array(tensor).into_dimensionality::<Ix3>().expect("three axes")
}

/// The same shape, and every difference at most `tolerance` times the largest entry or 1.
#[track_caller]
fn assert_close(found: &ArrayD<f64>, expected: &ArrayD<f64>, tolerance: f64) {
    assert_eq!(found.shape(), expected.shape());
    let scale = expected.iter().fold(1.0, |largest: f64, value| largest.max(value.abs()));
    for ((place, found), expected) in found.indexed_iter().zip(expected) {
        let difference = (found - expected).abs();
        assert!(difference <= tolerance * scale, "{place:?}: {found} instead of {expected}");
    }
}

/// The parameters of a module, or their gradients, by path.
struct Parameters(BTreeMap<String, ArrayD<f64>>);

impl Parameters {
    fn get(&self, path: &str) -> &ArrayD<f64> {
        self.0.get(path).unwrap_or_else(|| panic!("no `{path}` among {:?}", self.0.keys()))
    }
    fn vector(&self, path: &str) -> Array1<f64> {
        self.get(path).clone().into_dimensionality::<Ix1>().expect("one axis")
    }
    fn matrix(&self, path: &str) -> Array2<f64> {
        self.get(path).clone().into_dimensionality::<Ix2>().expect("two axes")
    }
    fn cube(&self, path: &str) -> Array3<f64> {
        self.get(path).clone().into_dimensionality::<Ix3>().expect("three axes")
    }
}

/// All parameters of `module`, or with `gradients` the gradients of those that have one.
fn read<M: Module>(module: &M, gradients: Option<&Gradients>) -> Parameters {
    struct Reader<'a> {
        path: Vec<String>,
        gradients: Option<&'a Gradients>,
        found: Parameters,
    }
    impl ModuleVisitor for Reader<'_> {
        fn enter_module(&mut self, name: &str, _container: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _name: &str, _container: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let value = match self.gradients {
                Some(gradients) => param.val().grad(gradients).map(array),
                None => Some(array(param.val())),
            };
            if let Some(value) = value {
                self.found.0.insert(self.path.join("."), value);
            }
        }
    }
    let mut reader = Reader { path: Vec::new(), gradients, found: Parameters(BTreeMap::new()) };
    module.visit(&mut reader);
    reader.found
}

/// The module with every parameter replaced by `values(path, shape)`, where that gives something.
fn replace<M: Module>(module: M, values: impl FnMut(&str, &[usize]) -> Option<ArrayD<f64>>) -> M {
    struct Writer<F> {
        path: Vec<String>,
        values: F,
    }
    impl<F: FnMut(&str, &[usize]) -> Option<ArrayD<f64>>> ModuleMapper for Writer<F> {
        fn enter_module(&mut self, name: &str, _container: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _name: &str, _container: &str) {
            self.path.pop();
        }
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let Some(values) = (self.values)(&self.path.join("."), &param.dims()) else { return param };
            let (id, old, mapper) = param.consume();
            let new = tensor(&values, &old.device()).set_require_grad(old.is_require_grad());
            Param::from_mapped_value(id, new, mapper)
        }
    }
    module.map(&mut Writer { path: Vec::new(), values })
}

/// The module of `config` on `device`, every parameter moved from its start by normal numbers of standard deviation 0.4, so
/// that nothing hides behind a start at zero.
fn shaken<C: Initialize>(config: &C, seed: u64, device: &Device) -> C::Module {
    let mut rng = rng(seed);
    let module = config.init(device, &mut rng).unwrap();
    let start = read(&module, None);
    replace(module, |path, _| {
        Some(start.get(path).mapv(|value| {
            let move_by: f64 = StandardNormal.sample(&mut rng);
            value + 0.4 * move_by
        }))
    })
}
