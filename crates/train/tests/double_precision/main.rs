//! Objectives against exact results, finite differences and their own definitions, in double precision.
#![cfg(feature = "flex")]
#![allow(clippy::doc_markdown, reason = "the letters of the equations are not code")]

mod cohort;
mod gradients;
mod hrf;
mod linear_gaussian;
mod terms;

use std::{collections::BTreeMap, sync::Once};

use attractor_models::{Context, Initialize};
use attractor_systems::Trajectory;
use attractor_train::{Batch, Dataset};
use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, FloatDType, Gradients, Tensor, TensorData},
};
use ndarray::Array2;
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

/// Standard normal numbers that single precision, in which datasets are held, represents exactly.
fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut rng = rng(seed);
    Array2::from_shape_simple_fn((rows, columns), || {
        let sample: f32 = StandardNormal.sample(&mut rng);
        f64::from(sample)
    })
}

/// Windows `chosen` of a dataset with inputs, without them where `u` is `None`. NaN in `x` is a missing value.
fn batch(
    x: &Array2<f64>,
    u: Option<&Array2<f64>>,
    length: usize,
    context: Context,
    chosen: &[usize],
    device: &Device,
) -> Batch {
    let data = Dataset::new(&[Trajectory::from_array_with_missing(x.clone(), 1.0).unwrap()]).unwrap();
    let data = match u {
        Some(u) => data.with_inputs(&[Trajectory::new(u.clone(), 1.0).unwrap()]).unwrap(),
        None => data,
    };
    data.windows(length, context).unwrap().batch(chosen, device)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    let data = tensor.into_data();
    assert_eq!(data.dtype(), FloatDType::F64.into(), "a tensor fell back to another precision");
    data.iter::<f64>().collect()
}

fn value(tensor: Tensor<1>) -> f64 {
    let values = values(tensor);
    assert_eq!(values.len(), 1);
    values[0]
}

/// All parameters of `module` by path, or with `gradients` the gradients of those that have one.
fn read<M: Module>(module: &M, gradients: Option<&Gradients>) -> BTreeMap<String, Vec<f64>> {
    struct Reader<'a> {
        path: Vec<String>,
        gradients: Option<&'a Gradients>,
        found: BTreeMap<String, Vec<f64>>,
    }
    impl ModuleVisitor for Reader<'_> {
        fn enter_module(&mut self, name: &str, _container: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _name: &str, _container: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let found = match self.gradients {
                Some(gradients) => param.val().grad(gradients).map(values),
                None => Some(values(param.val())),
            };
            if let Some(found) = found {
                self.found.insert(self.path.join("."), found);
            }
        }
    }
    let mut reader = Reader { path: Vec::new(), gradients, found: BTreeMap::new() };
    module.visit(&mut reader);
    reader.found
}

/// The module with `change(path, values)` made to each of its parameters.
fn changed<M: Module>(module: M, change: impl FnMut(&str, &mut [f64])) -> M {
    struct Writer<F> {
        path: Vec<String>,
        change: F,
    }
    impl<F: FnMut(&str, &mut [f64])> ModuleMapper for Writer<F> {
        fn enter_module(&mut self, name: &str, _container: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _name: &str, _container: &str) {
            self.path.pop();
        }
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let (id, old, mapper) = param.consume();
            let (shape, device, trainable) = (old.dims(), old.device(), old.is_require_grad());
            let mut new = values(old);
            (self.change)(&self.path.join("."), &mut new);
            let new = Tensor::from_data(TensorData::new(new, shape), &device).set_require_grad(trainable);
            Param::from_mapped_value(id, new, mapper)
        }
    }
    module.map(&mut Writer { path: Vec::new(), change })
}

/// The module of `config` with every parameter moved from its start by normal numbers of the given standard deviation, so
/// that nothing hides behind a start at zero.
fn shaken<C: Initialize>(config: &C, by: f64, seed: u64, device: &Device) -> C::Module {
    let mut rng = rng(seed);
    let module = config.init(device, &mut rng).unwrap();
    changed(module, |_, values| {
        for value in values {
            let sample: f64 = StandardNormal.sample(&mut rng);
            *value += by * sample;
        }
    })
}
