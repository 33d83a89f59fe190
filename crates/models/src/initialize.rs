//! From a configuration to a module: seeded initialisation of parameters.

use burn::{
    module::{Module, ModuleDisplay, Param},
    tensor::{Device, Tensor, TensorData},
};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use serde::{Serialize, de::DeserializeOwned};

use crate::Result;

/// A configuration that builds a module: the sizes and starting values of one part of a model.
///
/// Configurations are serde values, so that a checkpoint can carry the one its weights belong to.
pub trait Initialize: Clone + std::fmt::Debug + Serialize + DeserializeOwned {
    /// What is built.
    type Module: Module + ModuleDisplay;

    /// Builds the module on `device` with starting values drawn from `rng`.
    ///
    /// # Errors
    /// When the configuration is invalid: a size of 0, a number out of its range.
    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<Self::Module>;
}

/// A tensor of independent draws from U(−`bound`, `bound`).
pub fn uniform<const D: usize>(
    shape: [usize; D],
    bound: f64,
    rng: &mut dyn Rng,
    device: &Device,
) -> Tensor<D> {
    draw(shape, device, || ((2.0 * rng.random::<f64>() - 1.0) * bound) as f32)
}

/// A tensor of independent draws from N(0, `sd`²).
pub fn normal<const D: usize>(shape: [usize; D], sd: f64, rng: &mut dyn Rng, device: &Device) -> Tensor<D> {
    draw(shape, device, || {
        let sample: f64 = StandardNormal.sample(rng);
        (sample * sd) as f32
    })
}

/// A tensor of independent draws from N(0, 1): the ε of the reparameterization.
pub fn standard_normal<const D: usize>(shape: [usize; D], rng: &mut impl Rng, device: &Device) -> Tensor<D> {
    draw(shape, device, || StandardNormal.sample(rng))
}

fn draw<const D: usize>(shape: [usize; D], device: &Device, mut sample: impl FnMut() -> f32) -> Tensor<D> {
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| sample()).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// A trainable parameter that starts at `values`, row-major.
pub(crate) fn parameter<const D: usize>(
    values: Vec<f32>,
    shape: [usize; D],
    device: &Device,
) -> Param<Tensor<D>> {
    Param::from_tensor(Tensor::from_data(TensorData::new(values, shape), device))
}

/// A trainable parameter that starts at zero everywhere.
pub(crate) fn zeros<const D: usize>(shape: [usize; D], device: &Device) -> Param<Tensor<D>> {
    Param::from_tensor(Tensor::zeros(shape, device))
}
