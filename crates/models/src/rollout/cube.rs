//! The fused rollout on CubeCL devices: one cube for each sequence, its state in shared memory for all steps.
//!
//! The kernels do what is sequential. Sums over time and sequences, the gradients of the weights, are ordinary products of
//! what the backward kernel leaves in global memory.

use burn::{
    backend::{TensorMetadata, ops::FloatTensorOps, tensor::FloatTensor},
    tensor::Shape,
};
use burn_cubecl::{
    CubeBackend, kernel::into_contiguous, ops::numeric::empty_device_contiguous_dtype, tensor::CubeTensor,
};
use cubecl::{CubeCount, CubeDim, cube, prelude::*};

use super::fused::{Kind, OperandGradients, Operands, Plan, RolloutBackend, RolloutGradients, Wanted};

/// Whether state and features fit into the shared memory that every WebGPU device has, 16 KiB. The backward pass needs
/// most: three times both.
pub(super) fn fits(latent: usize, units: usize) -> bool {
    3 * (latent + units) * size_of::<f32>() <= 16 << 10
}

/// Rectified latents, linear ones first.
const RECTIFIED: u32 = 0;
/// Hidden units.
const HIDDEN: u32 = 1;
/// Bases of every latent.
const BASES: u32 = 2;

/// f(z) into `f`, by all units of a cube; `gate` gets W2 z for hidden units, else df_i/dz_i.
#[cube]
fn features<F: Float>(
    z: &[F],
    weights: &Tensor<F>,
    thresholds: &Tensor<F>,
    f: &mut [F],
    gate: &mut [F],
    #[comptime] kind: u32,
    #[comptime] m: usize,
    #[comptime] units: usize,
    #[comptime] extra: usize,
    #[comptime] flag: bool,
) {
    let dim = CUBE_DIM_X as usize;
    let zero = F::new(0.0_f32);
    let one = F::new(1.0_f32);
    let mut mean = F::new(0.0_f32);
    if comptime!(kind == RECTIFIED && flag) {
        for k in 0..m {
            mean += z[k];
        }
        mean /= F::cast_from(m as u32);
    }
    let mut i = UNIT_POS_X as usize;
    while i < units {
        if comptime!(kind == RECTIFIED) {
            let x = z[i] - mean;
            if i < extra {
                f[i] = x;
                gate[i] = one;
            } else if x > zero {
                f[i] = x;
                gate[i] = one;
            } else {
                f[i] = zero;
                gate[i] = zero;
            }
        } else if comptime!(kind == HIDDEN) {
            let mut y = F::new(0.0_f32);
            for k in 0..m {
                y += weights[i * m + k] * z[k];
            }
            let mut value = F::max(y + thresholds[i], zero);
            if comptime!(flag) {
                value -= F::max(y, zero);
            }
            f[i] = value;
            gate[i] = y;
        } else {
            let x = z[i];
            let mut value = F::new(0.0_f32);
            let mut slope = F::new(0.0_f32);
            for b in 0..extra {
                let above = x - thresholds[i * extra + b];
                if above > zero {
                    value += weights[b] * above;
                    slope += weights[b];
                }
                if comptime!(flag) {
                    if x > zero {
                        value -= weights[b] * x;
                        slope -= weights[b];
                    }
                }
            }
            f[i] = value;
            gate[i] = slope;
        }
        i += dim;
    }
}

/// α_t m_t of one latent after one step, at `place` of the mask.
#[cube]
fn strength<F: Float>(
    alpha: &Tensor<F>,
    mask: &Tensor<F>,
    t: usize,
    place: usize,
    #[comptime] masked: bool,
) -> F {
    let mut strength = alpha[t];
    if comptime!(masked) {
        strength *= mask[place];
    }
    strength
}

/// ẑ \[B, T, M\].
#[cube(launch)]
fn forward<F: Float>(
    a: &Tensor<F>,
    w: &Tensor<F>,
    h: &Tensor<F>,
    weights: &Tensor<F>,
    thresholds: &Tensor<F>,
    z0: &Tensor<F>,
    drive: &Tensor<F>,
    target: &Tensor<F>,
    mask: &Tensor<F>,
    alpha: &Tensor<F>,
    states: &mut Tensor<F>,
    steps: u32,
    #[comptime] kind: u32,
    #[comptime] m: usize,
    #[comptime] units: usize,
    #[comptime] extra: usize,
    #[comptime] flag: bool,
    #[comptime] driven: bool,
    #[comptime] forced: usize,
    #[comptime] masked: bool,
    #[define(F)] _dtype: ElemType,
) {
    let row = CUBE_POS_X as usize;
    let dim = CUBE_DIM_X as usize;
    let unit = UNIT_POS_X as usize;
    let length = steps as usize;
    let zero = F::new(0.0_f32);
    let one = F::new(1.0_f32);
    let mut z = Shared::new_slice(m);
    let mut f = Shared::new_slice(units);
    let mut gate = Shared::new_slice(units);
    let mut i = unit;
    while i < m {
        z[i] = z0[row * m + i];
        i += dim;
    }
    sync_cube();
    for step in 0..steps {
        let t = step as usize;
        features::<F>(&z, weights, thresholds, &mut f, &mut gate, kind, m, units, extra, flag);
        sync_cube();
        let mut i = unit;
        while i < m {
            let mut next = h[i] + a[i] * z[i];
            for j in 0..units {
                next += w[i * units + j] * f[j];
            }
            let place = (row * length + t) * m + i;
            if comptime!(driven) {
                next += drive[place];
            }
            states[place] = next;
            // Only this unit reads and writes z[i] here: the others' sums are over f.
            if comptime!(forced > 0) {
                if i < forced {
                    let place = (row * length + t) * forced + i;
                    let strength = strength::<F>(alpha, mask, t, place, masked);
                    if strength != zero {
                        next = strength * target[place] + (one - strength) * next;
                    }
                }
            }
            z[i] = next;
            i += dim;
        }
        sync_cube();
    }
}

/// dL/dẑ with what later steps add, dL/df and the like, z̃ and f of every step, and the gradients of z0 and of the target.
#[cube(launch)]
fn backward<F: Float>(
    a: &Tensor<F>,
    w: &Tensor<F>,
    weights: &Tensor<F>,
    thresholds: &Tensor<F>,
    z0: &Tensor<F>,
    target: &Tensor<F>,
    mask: &Tensor<F>,
    alpha: &Tensor<F>,
    states: &Tensor<F>,
    grad: &Tensor<F>,
    before: &mut Tensor<F>,
    feature: &mut Tensor<F>,
    dz: &mut Tensor<F>,
    df: &mut Tensor<F>,
    active: &mut Tensor<F>,
    dz0: &mut Tensor<F>,
    dtarget: &mut Tensor<F>,
    steps: u32,
    #[comptime] kind: u32,
    #[comptime] m: usize,
    #[comptime] units: usize,
    #[comptime] extra: usize,
    #[comptime] flag: bool,
    #[comptime] forced: usize,
    #[comptime] masked: bool,
    #[define(F)] _dtype: ElemType,
) {
    let row = CUBE_POS_X as usize;
    let dim = CUBE_DIM_X as usize;
    let unit = UNIT_POS_X as usize;
    let length = steps as usize;
    let zero = F::new(0.0_f32);
    let one = F::new(1.0_f32);
    let mut z = Shared::new_slice(m);
    let mut f = Shared::new_slice(units);
    let mut gate = Shared::new_slice(units);
    let mut d = Shared::new_slice(m);
    let mut g = Shared::new_slice(units);
    let mut carry = Shared::new_slice(m);
    let mut i = unit;
    while i < m {
        carry[i] = zero;
        i += dim;
    }
    for step in 0..steps {
        let t = (steps - 1 - step) as usize;
        // z̃ before the step: the forced state before it, or the start.
        let mut i = unit;
        while i < m {
            if t == 0 {
                z[i] = z0[row * m + i];
            } else {
                let mut value = states[(row * length + t - 1) * m + i];
                if comptime!(forced > 0) {
                    if i < forced {
                        let place = (row * length + t - 1) * forced + i;
                        let strength = strength::<F>(alpha, mask, t - 1, place, masked);
                        if strength != zero {
                            value = strength * target[place] + (one - strength) * value;
                        }
                    }
                }
                z[i] = value;
            }
            let place = (row * length + t) * m + i;
            before[place] = z[i];
            d[i] = grad[place] + carry[i];
            dz[place] = d[i];
            i += dim;
        }
        sync_cube();
        features::<F>(&z, weights, thresholds, &mut f, &mut gate, kind, m, units, extra, flag);
        let mut j = unit;
        while j < units {
            let mut sum = F::new(0.0_f32);
            for i in 0..m {
                sum += w[i * units + j] * d[i];
            }
            let place = (row * length + t) * units + j;
            feature[place] = f[j];
            if comptime!(kind == HIDDEN) {
                let mut on = zero;
                if gate[j] + thresholds[j] > zero {
                    on = sum;
                }
                active[place] = on;
                let mut through = on;
                if comptime!(flag) {
                    if gate[j] > zero {
                        through -= sum;
                    }
                }
                df[place] = through;
                g[j] = through;
            } else {
                df[place] = sum;
                g[j] = sum * gate[j];
            }
            j += dim;
        }
        sync_cube();
        let mut mean = F::new(0.0_f32);
        if comptime!(kind == RECTIFIED && flag) {
            for k in 0..m {
                mean += g[k];
            }
            mean /= F::cast_from(m as u32);
        }
        let mut i = unit;
        while i < m {
            let mut value = a[i] * d[i];
            if comptime!(kind == HIDDEN) {
                for j in 0..units {
                    value += weights[j * m + i] * g[j];
                }
            } else {
                value += g[i] - mean;
            }
            if comptime!(forced > 0) {
                if i < forced {
                    if t > 0 {
                        let place = (row * length + t - 1) * forced + i;
                        let strength = strength::<F>(alpha, mask, t - 1, place, masked);
                        dtarget[place] = strength * value;
                        value *= one - strength;
                    } else {
                        dtarget[(row * length + length - 1) * forced + i] = zero;
                    }
                }
            }
            carry[i] = value;
            i += dim;
        }
        sync_cube();
    }
    let mut i = unit;
    while i < m {
        dz0[row * m + i] = carry[i];
        i += dim;
    }
}

/// The gradients of bases: for every latent and basis, Σ df (max(0, z − H) − clipped max(0, z)) and Σ df [z > H].
#[cube(launch)]
fn basis_gradients<F: Float>(
    thresholds: &Tensor<F>,
    before: &Tensor<F>,
    df: &Tensor<F>,
    slopes: &mut Tensor<F>,
    active: &mut Tensor<F>,
    rows: u32,
    #[comptime] m: usize,
    #[comptime] bases: usize,
    #[comptime] clipped: bool,
    #[define(F)] _dtype: ElemType,
) {
    let place = ABSOLUTE_POS_X as usize;
    let zero = F::new(0.0_f32);
    if place < m * bases {
        let i = place / bases;
        let threshold = thresholds[place];
        let mut slope = F::new(0.0_f32);
        let mut sum = F::new(0.0_f32);
        for row in 0..rows {
            let at = (row as usize) * m + i;
            let z = before[at];
            let d = df[at];
            if z > threshold {
                slope += d * (z - threshold);
                sum += d;
            }
            if comptime!(clipped) {
                slope -= d * F::max(z, zero);
            }
        }
        slopes[place] = slope;
        active[place] = sum;
    }
}

/// What is fixed when a kernel is compiled: kind, features U, linear units or bases L, centred or clipped.
fn spec(plan: &Plan, weights: &CubeTensor) -> (u32, usize, usize, bool) {
    let first = weights.shape()[0];
    match plan.kind {
        Kind::Rectified { linear, centred } => (RECTIFIED, plan.latent, linear, centred),
        Kind::Hidden { clipped } => (HIDDEN, first, 0, clipped),
        Kind::Bases { clipped } => (BASES, plan.latent, first, clipped),
    }
}

fn empty(like: &CubeTensor, shape: impl Into<Shape>) -> CubeTensor {
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape.into(), like.dtype)
}

/// α as a tensor; one zero where nothing is forced.
fn alpha(plan: &Plan, like: &CubeTensor) -> CubeTensor {
    let values = plan.forcing.as_ref().map_or(&[0.0][..], |(_, alpha)| alpha);
    let handle = like.client.create_from_slice(f32::as_bytes(values));
    let (client, device) = (like.client.clone(), like.device.clone());
    CubeTensor::new_contiguous(client, device, [values.len()].into(), handle, like.dtype)
}

/// Units of a cube: enough for all features, as far as the device has them.
fn cube_dim(like: &CubeTensor, wanted: usize) -> CubeDim {
    let most = like.client.properties().hardware.max_cube_dim.0;
    CubeDim::new_1d((wanted as u32).next_multiple_of(32).min(most).min(256))
}

impl RolloutBackend for CubeBackend {
    fn rollout(operands: Operands<Self>, plan: Plan) -> FloatTensor<Self> {
        let Operands { a, w, h, weights, thresholds, z0, drive, target, mask } = operands;
        let [a, w, h, weights, thresholds, z0, drive, target, mask] =
            [a, w, h, weights, thresholds, z0, drive, target, mask].map(into_contiguous);
        let (kind, units, extra, flag) = spec(&plan, &weights);
        let forced = plan.forcing.as_ref().map_or(0, |(width, _)| *width);
        let states = empty(&z0, [plan.batch, plan.steps, plan.latent]);
        let (client, dtype) = (z0.client.clone(), burn::backend::cubecl::dtype_to_storage_type(z0.dtype));
        let alpha = alpha(&plan, &z0);
        let dim = cube_dim(&z0, units.max(plan.latent));
        forward::launch(
            &client,
            CubeCount::Static(plan.batch as u32, 1, 1),
            dim,
            a.into_tensor_arg(),
            w.into_tensor_arg(),
            h.into_tensor_arg(),
            weights.into_tensor_arg(),
            thresholds.into_tensor_arg(),
            z0.into_tensor_arg(),
            drive.into_tensor_arg(),
            target.into_tensor_arg(),
            mask.into_tensor_arg(),
            alpha.into_tensor_arg(),
            states.clone().into_tensor_arg(),
            plan.steps as u32,
            kind,
            plan.latent,
            units,
            extra,
            flag,
            plan.driven,
            forced,
            plan.masked,
            dtype,
        );
        states
    }
}

impl RolloutGradients for CubeBackend {
    fn rollout_gradients(
        operands: Operands<Self>,
        plan: Plan,
        states: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        wanted: Wanted,
    ) -> OperandGradients<Self> {
        let Operands { a, w, weights, thresholds, z0, target, mask, .. } = operands;
        let [a, w, weights, thresholds, z0, target, mask, states, grad] =
            [a, w, weights, thresholds, z0, target, mask, states, grad].map(into_contiguous);
        let (kind, units, extra, flag) = spec(&plan, &weights);
        let (batch, steps, m) = (plan.batch, plan.steps, plan.latent);
        let forced = plan.forcing.as_ref().map_or(0, |(width, _)| *width);
        let by = |width: usize| empty(&z0, [batch, steps, width]);
        let (before, feature, dz, df) = (by(m), by(units), by(m), by(units));
        let active = if kind == HIDDEN { by(units) } else { empty(&z0, [1]) };
        let dtarget = if forced > 0 { by(forced) } else { empty(&z0, [1]) };
        let dz0 = empty(&z0, [batch, m]);
        let (client, dtype) = (z0.client.clone(), burn::backend::cubecl::dtype_to_storage_type(z0.dtype));
        backward::launch(
            &client,
            CubeCount::Static(batch as u32, 1, 1),
            cube_dim(&z0, units.max(m)),
            a.into_tensor_arg(),
            w.into_tensor_arg(),
            weights.clone().into_tensor_arg(),
            thresholds.clone().into_tensor_arg(),
            z0.clone().into_tensor_arg(),
            target.into_tensor_arg(),
            mask.into_tensor_arg(),
            alpha(&plan, &z0).into_tensor_arg(),
            states.into_tensor_arg(),
            grad.into_tensor_arg(),
            before.clone().into_tensor_arg(),
            feature.clone().into_tensor_arg(),
            dz.clone().into_tensor_arg(),
            df.clone().into_tensor_arg(),
            active.clone().into_tensor_arg(),
            dz0.clone().into_tensor_arg(),
            dtarget.clone().into_tensor_arg(),
            steps as u32,
            kind,
            m,
            units,
            extra,
            flag,
            forced,
            plan.masked,
            dtype,
        );

        let rows = batch * steps;
        let flat = |x: &CubeTensor, width: usize| Self::float_reshape(x.clone(), [rows, width].into());
        let sum =
            |x: CubeTensor, width: usize| Self::float_reshape(Self::float_sum_dim(x, 0), [width].into());
        let outer = |x: CubeTensor, y: CubeTensor| Self::float_matmul(Self::float_transpose(x), y);
        let (flat_before, flat_dz) = (flat(&before, m), flat(&dz, m));
        let features = match plan.kind {
            Kind::Rectified { .. } => None,
            Kind::Hidden { .. } => {
                Some([outer(flat(&df, units), flat_before.clone()), sum(flat(&active, units), units)])
            }
            Kind::Bases { clipped } => {
                let bases = extra;
                let (slopes, active) = (empty(&z0, [m, bases]), empty(&z0, [m, bases]));
                let dim = cube_dim(&z0, m * bases);
                let count = ((m * bases) as u32).div_ceil(dim.x);
                basis_gradients::launch(
                    &client,
                    CubeCount::Static(count, 1, 1),
                    dim,
                    thresholds.into_tensor_arg(),
                    before.into_tensor_arg(),
                    df.into_tensor_arg(),
                    slopes.clone().into_tensor_arg(),
                    active.clone().into_tensor_arg(),
                    rows as u32,
                    m,
                    bases,
                    clipped,
                    dtype,
                );
                let alpha = Self::float_reshape(Self::float_neg(weights), [1, bases].into());
                Some([sum(slopes, bases), Self::float_mul(active, alpha)])
            }
        };
        OperandGradients {
            a: sum(Self::float_mul(flat_dz.clone(), flat_before), m),
            w: outer(flat_dz.clone(), flat(&feature, units)),
            h: sum(flat_dz, m),
            features,
            z0: dz0,
            drive: wanted.drive.then_some(dz),
            target: (wanted.target && forced > 0).then_some(dtarget),
        }
    }
}
