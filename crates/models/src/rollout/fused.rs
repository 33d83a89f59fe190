//! The forced rollout as one operation of a backend: what goes in, and which backends have it.

#![allow(deprecated, reason = "burn-ndarray is kept for those who ask for it")]

use burn::{
    backend::{Backend, Dispatch, DispatchDevice, ExtensionType, backend_extension, tensor::FloatTensor},
    tensor::{DType, Tensor},
};

use super::{Forcing, check, reference};
use crate::{
    Dynamics,
    dynamics::{Features, Form, PiecewiseLinearRnn},
};

/// All tensors of a rollout. What a rollout does not have is a placeholder, as its [`Plan`] says.
#[derive(ExtensionType, Clone, Debug)]
pub struct Operands<B: Backend> {
    /// a \[M\].
    pub a: FloatTensor<B>,
    /// W \[M, U\].
    pub w: FloatTensor<B>,
    /// h \[M\].
    pub h: FloatTensor<B>,
    /// W2 \[L, M\] or α \[L\], or a placeholder.
    pub weights: FloatTensor<B>,
    /// h2 \[L\] or H \[M, L\], or a placeholder.
    pub thresholds: FloatTensor<B>,
    /// z̃_0 \[B, M\].
    pub z0: FloatTensor<B>,
    /// C u_t \[B, T, M\], or a placeholder.
    pub drive: FloatTensor<B>,
    /// d \[B, T, N\], or a placeholder.
    pub target: FloatTensor<B>,
    /// m \[B, T, N\], or a placeholder.
    pub mask: FloatTensor<B>,
}

/// What a rollout is made of besides its tensors.
#[derive(Clone, Debug)]
pub struct Plan {
    pub batch: usize,
    pub steps: usize,
    pub latent: usize,
    pub kind: Kind,
    /// Whether there is a drive.
    pub driven: bool,
    /// Number of forced latents and α \[T\].
    pub forcing: Option<(usize, Vec<f32>)>,
    /// Whether the forcing has a mask.
    pub masked: bool,
}

/// The kind of features; their tensors say how many there are.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Rectified { linear: usize, centred: bool },
    Hidden { clipped: bool },
    Bases { clipped: bool },
}

/// A backend, with or without gradients, that has the fused rollout.
#[backend_extension(
    Autodiff,
    Flex: cfg(feature = "flex"),
    NdArray: cfg(feature = "ndarray"),
    Cube: cfg(feature = "wgpu")
)]
pub trait RolloutBackend: Backend {
    /// ẑ \[B, T, M\].
    fn rollout(#[extension_type] operands: Operands<Self>, plan: Plan) -> FloatTensor<Self>;
}

/// The gradients of a rollout; `None` where they are not wanted.
pub struct OperandGradients<B: Backend> {
    pub a: FloatTensor<B>,
    pub w: FloatTensor<B>,
    pub h: FloatTensor<B>,
    /// Those of `weights` and `thresholds`, where the features have some.
    pub features: Option<[FloatTensor<B>; 2]>,
    pub z0: FloatTensor<B>,
    pub drive: Option<FloatTensor<B>>,
    pub target: Option<FloatTensor<B>>,
}

/// A backend without gradients that has the rollout's backward pass.
pub trait RolloutGradients: RolloutBackend {
    /// From dL/dẑ = `grad` \[B, T, M\] and the rolled-out `states` ẑ \[B, T, M\]; `drive` and `target` say whether those
    /// gradients are wanted.
    fn rollout_gradients(
        operands: Operands<Self>,
        plan: Plan,
        states: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        wanted: Wanted,
    ) -> OperandGradients<Self>;
}

/// Which gradients are wanted besides those of the parameters and of z0.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub drive: bool,
    pub target: bool,
}

/// Whether there is a fused rollout of this form from `z0` \[B, M\], for its backend, precision and size.
#[cfg_attr(not(feature = "wgpu"), allow(unused_variables, reason = "hosts have kernels for every size"))]
fn has_kernels(z0: &Tensor<2>, form: &Form) -> bool {
    let device = z0.device().inner();
    let dtype = z0.dtype();
    match device.as_dispatch() {
        #[cfg(feature = "flex")]
        DispatchDevice::Flex(_) => matches!(dtype, DType::F32 | DType::F64),
        #[cfg(feature = "ndarray")]
        DispatchDevice::NdArray(_) => matches!(dtype, DType::F32 | DType::F64),
        #[cfg(feature = "wgpu")]
        DispatchDevice::Cube(_) => {
            let m = z0.dims()[1];
            let units = match &form.features {
                Features::Hidden { thresholds, .. } => thresholds.dims()[0],
                Features::Rectified { .. } | Features::Bases { .. } => m,
            };
            dtype == DType::F32 && super::cube::fits(m, units)
        }
        #[allow(unreachable_patterns, reason = "other backends may be compiled in")]
        _ => false,
    }
}

/// As [`reference`], by kernels where there are some.
pub(crate) fn rollout(
    rnn: &impl PiecewiseLinearRnn,
    z0: Tensor<2>,
    steps: usize,
    forcing: Option<&Forcing>,
    inputs: Option<Tensor<3>>,
) -> Tensor<3> {
    let [batch, m] = z0.dims();
    check(m, steps, forcing, inputs.as_ref());
    let form = rnn.form();
    if !has_kernels(&z0, &form) {
        return reference(rnn, z0, steps, forcing, inputs);
    }
    assert_eq!(m, rnn.latent_dim(), "z0 has one column for each latent");
    let drive = rnn.input_matrix().drive(inputs);
    match forcing {
        Some(forcing) if forcing.is_complete(m) => {
            let rows = batch * steps;
            let drive = drive.map(|drive| drive.reshape([rows, 1, m]));
            run(form, forcing.states_before(z0), 1, None, drive).reshape([batch, steps, m])
        }
        _ => run(form, z0, steps, forcing, drive),
    }
}

fn run(
    form: Form,
    z0: Tensor<2>,
    steps: usize,
    forcing: Option<&Forcing>,
    drive: Option<Tensor<3>>,
) -> Tensor<3> {
    let [batch, latent] = z0.dims();
    let placeholder = Tensor::<1>::zeros([1], &z0.device().inner()).into_dispatch();
    let or_placeholder =
        |tensor: Option<Tensor<3>>| tensor.map_or_else(|| placeholder.clone(), Tensor::into_dispatch);
    let (kind, weights, thresholds) = match form.features {
        Features::Rectified { linear, centred } => {
            (Kind::Rectified { linear, centred }, placeholder.clone(), placeholder.clone())
        }
        Features::Hidden { weights, thresholds, clipped } => {
            (Kind::Hidden { clipped }, weights.into_dispatch(), thresholds.into_dispatch())
        }
        Features::Bases { slopes, thresholds, clipped } => {
            (Kind::Bases { clipped }, slopes.into_dispatch(), thresholds.into_dispatch())
        }
    };
    let plan = Plan {
        batch,
        steps,
        latent,
        kind,
        driven: drive.is_some(),
        forcing: forcing.map(|forcing| (forcing.width(), forcing.alpha.clone())),
        masked: forcing.is_some_and(|forcing| forcing.mask.is_some()),
    };
    let operands = Operands::<Dispatch> {
        a: form.a.into_dispatch(),
        w: form.w.into_dispatch(),
        h: form.h.into_dispatch(),
        weights,
        thresholds,
        z0: z0.into_dispatch(),
        drive: or_placeholder(drive),
        target: or_placeholder(forcing.map(|forcing| forcing.target.clone())),
        mask: or_placeholder(forcing.and_then(|forcing| forcing.mask.clone())),
    };
    Tensor::from_dispatch(Dispatch::rollout(operands, plan))
}
