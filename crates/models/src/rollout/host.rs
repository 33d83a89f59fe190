//! The fused rollout on backends whose tensors lie in the host's memory, by the kernels for CPUs.

#![allow(deprecated, reason = "burn-ndarray is kept for those who ask for it")]

use attractor_kernels as kernels;
use burn::{
    backend::{Backend, TensorMetadata, tensor::FloatTensor},
    tensor::{DType, Element, TensorData},
};

use super::fused::{Kind, OperandGradients, Operands, Plan, RolloutBackend, RolloutGradients, Wanted};

/// f32 or f64, as tensors and kernels know them.
trait Number: Element + kernels::Element + bytemuck::Pod {}
impl Number for f32 {}
impl Number for f64 {}

/// A backend in the host's memory.
trait Host: Backend {
    /// The tensor's values in one piece, row-major, without a copy where they lie so.
    fn values<E: Number>(tensor: &FloatTensor<Self>) -> Values<'_, E>;

    fn tensor(data: TensorData) -> FloatTensor<Self>;
}

/// Values in one piece: where the tensor has them, or copied.
enum Values<'a, E> {
    There(&'a [E]),
    Copied(Vec<E>),
}

impl<E> std::ops::Deref for Values<'_, E> {
    type Target = [E];
    fn deref(&self) -> &[E] {
        match self {
            Self::There(values) => values,
            Self::Copied(values) => values,
        }
    }
}

#[cfg(feature = "flex")]
mod flex {
    use burn::backend::{Flex, flex::FlexTensor};

    use super::{Host, Number, TensorData, Values};

    impl Host for Flex {
        fn values<E: Number>(tensor: &FlexTensor) -> Values<'_, E> {
            if let Some(values) = tensor.as_slice::<E>() {
                return Values::There(values);
            }
            // Part of a series, as in a window without its first sample: a few long runs.
            let (layout, storage) = (tensor.layout(), tensor.storage::<E>());
            let blocks = layout.strided_blocks();
            let mut copied = Vec::with_capacity(layout.num_elements());
            for start in blocks.block_starts() {
                copied.extend_from_slice(&storage[start..start + blocks.block_len()]);
            }
            Values::Copied(copied)
        }

        fn tensor(data: TensorData) -> FlexTensor {
            FlexTensor::from_data(data)
        }
    }
}

#[cfg(feature = "ndarray")]
mod ndarray {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use burn::backend::{NdArray, ops::FloatTensorOps, tensor::FloatTensor};

    use super::{Host, Number, TensorData, Values};

    impl Host for NdArray {
        fn values<E: Number>(tensor: &FloatTensor<Self>) -> Values<'_, E> {
            let mut read = pin!(Self::float_into_data(tensor.clone()));
            let Poll::Ready(data) = read.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
                unreachable!("host memory is there without waiting")
            };
            let values = data.expect("host memory can be read").into_vec();
            Values::Copied(values.expect("the tensor has the type it was asked for"))
        }

        fn tensor(data: TensorData) -> FloatTensor<Self> {
            Self::float_from_data(data, &Default::default())
        }
    }
}

/// Calls `run` with the rollout that operands and plan describe.
fn with_rollout<B: Host, E: Number, R>(
    operands: &Operands<B>,
    plan: &Plan,
    number: impl Fn(f32) -> E,
    run: impl FnOnce(&kernels::Rollout<'_, E>) -> R,
) -> R {
    let [a, w, h, weights, thresholds, z0, drive, target, mask] = [
        &operands.a,
        &operands.w,
        &operands.h,
        &operands.weights,
        &operands.thresholds,
        &operands.z0,
        &operands.drive,
        &operands.target,
        &operands.mask,
    ]
    .map(|tensor| B::values::<E>(tensor));
    let alpha: Vec<E> =
        plan.forcing.iter().flat_map(|(_, alpha)| alpha.iter().map(|alpha| number(*alpha))).collect();
    run(&kernels::Rollout {
        batch: plan.batch,
        steps: plan.steps,
        latent: plan.latent,
        a: &a,
        w: &w,
        h: &h,
        features: match plan.kind {
            Kind::Rectified { linear, centred } => kernels::Features::Rectified { linear, centred },
            Kind::Hidden { clipped } => {
                kernels::Features::Hidden { weights: &weights, thresholds: &thresholds, clipped }
            }
            Kind::Bases { clipped } => {
                kernels::Features::Bases { slopes: &weights, thresholds: &thresholds, clipped }
            }
        },
        z0: &z0,
        drive: plan.driven.then_some(&drive[..]),
        forcing: plan.forcing.as_ref().map(|(width, _)| kernels::Forcing {
            width: *width,
            target: &target,
            alpha: &alpha,
            mask: plan.masked.then_some(&mask[..]),
        }),
    })
}

fn forward<B: Host, E: Number>(
    operands: &Operands<B>,
    plan: &Plan,
    number: impl Fn(f32) -> E,
) -> FloatTensor<B> {
    let states = with_rollout(operands, plan, number, kernels::forward);
    B::tensor(TensorData::new(states, [plan.batch, plan.steps, plan.latent]))
}

fn gradients<B: Host, E: Number>(
    operands: &Operands<B>,
    plan: &Plan,
    states: &FloatTensor<B>,
    grad: &FloatTensor<B>,
    wanted: Wanted,
    number: impl Fn(f32) -> E,
) -> OperandGradients<B> {
    let found = with_rollout(operands, plan, number, |rollout| {
        let wanted = kernels::Wanted { drive: wanted.drive, target: wanted.target };
        kernels::backward(rollout, &B::values(states), &B::values(grad), wanted)
    });
    let like = |values: Vec<E>, operand: &FloatTensor<B>| B::tensor(TensorData::new(values, operand.shape()));
    OperandGradients {
        a: like(found.a, &operands.a),
        w: like(found.w, &operands.w),
        h: like(found.h, &operands.h),
        features: (!matches!(plan.kind, Kind::Rectified { .. }))
            .then(|| [like(found.weights, &operands.weights), like(found.thresholds, &operands.thresholds)]),
        z0: like(found.z0, &operands.z0),
        drive: found.drive.filter(|_| plan.driven).map(|drive| like(drive, &operands.drive)),
        target: found.target.map(|target| like(target, &operands.target)),
    }
}

macro_rules! on_host {
    ($backend:ty) => {
        impl RolloutBackend for $backend {
            fn rollout(operands: Operands<Self>, plan: Plan) -> FloatTensor<Self> {
                match operands.z0.dtype() {
                    DType::F64 => forward(&operands, &plan, f64::from),
                    _ => forward(&operands, &plan, |alpha: f32| alpha),
                }
            }
        }

        impl RolloutGradients for $backend {
            fn rollout_gradients(
                operands: Operands<Self>,
                plan: Plan,
                states: FloatTensor<Self>,
                grad: FloatTensor<Self>,
                wanted: Wanted,
            ) -> OperandGradients<Self> {
                match operands.z0.dtype() {
                    DType::F64 => gradients(&operands, &plan, &states, &grad, wanted, f64::from),
                    _ => gradients(&operands, &plan, &states, &grad, wanted, |alpha: f32| alpha),
                }
            }
        }
    };
}

#[cfg(feature = "flex")]
on_host!(burn::backend::Flex);
#[cfg(feature = "ndarray")]
on_host!(burn::backend::NdArray);
