//! The forced rollout of piecewise-linear RNNs and its gradient, on CPUs.
//!
//! Rows of the batch are the lanes of SIMD vectors, blocks of rows go to threads, and the whole sequence is one call:
//! nothing is kept between the forward and the backward pass but the rolled-out states themselves. Results do not depend
//! on the number of threads, bit for bit.
//!
//! Plain slices of f32 or f64; nothing here knows of tensors. Letters: B batch, T time, N forced latents, M latents,
//! L hidden units or bases, U features.

#![allow(
    clippy::inline_always,
    reason = "vectors are only fast inside the functions that enable their instructions, so all below these is inlined"
)]
#![allow(
    clippy::manual_memcpy,
    reason = "registers are stored one by one: a copy of many would go through memory twice"
)]
#![allow(clippy::needless_range_loop, reason = "loops over registers of a tile read best by their indices")]

mod backward;
mod cell;
mod forcing;
mod forward;
mod isa;
mod lanes;
mod outer;
mod problem;
mod product;
mod scratch;

pub use isa::Instructions;
pub use problem::{Features, Forcing, Gradients, Rollout, Wanted};

use backward::{RowGradients, WeightGradients};
use cell::{Block, Cell};
use isa::{Kernels, Way};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// A number type that there are kernels for: f32 or f64.
#[allow(private_bounds, reason = "sealed")]
pub trait Element: Kernels {}
impl Element for f32 {}
impl Element for f64 {}

/// Multiplications below which a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 1 << 20;

/// ẑ_1 ... ẑ_T \[B, T, M\] of a rollout, by the fastest instructions that this processor has.
///
/// # Panics
/// When a slice has another length than its shape says.
pub fn forward<E: Element>(rollout: &Rollout<'_, E>) -> Vec<E> {
    forward_with(Instructions::best(), rollout)
}

/// As [`forward`], by the given instructions.
///
/// # Panics
/// When a slice has another length than its shape says, or the processor does not have the instructions.
pub fn forward_with<E: Element>(instructions: Instructions, rollout: &Rollout<'_, E>) -> Vec<E> {
    check(instructions, rollout);
    let width = rollout.steps * rollout.latent;
    let mut states = vec![E::ZERO; rollout.batch * width];
    let cell = Cell::new(rollout);
    let blocks = blocks(rollout.batch, E::rows(instructions));
    let parts = split(&mut states, &blocks, width);
    for_each(rollout, blocks.into_iter().zip(parts).collect(), |(block, states)| {
        E::forward(instructions, rollout, &cell, block, states);
    });
    states
}

/// The gradient of a scalar L with respect to everything in a rollout, given its `states` ẑ \[B, T, M\] as [`forward`]
/// gave them and `grad` = dL/dẑ \[B, T, M\].
///
/// # Panics
/// When a slice has another length than its shape says.
pub fn backward<E: Element>(
    rollout: &Rollout<'_, E>,
    states: &[E],
    grad: &[E],
    wanted: Wanted,
) -> Gradients<E> {
    backward_with(Instructions::best(), rollout, states, grad, wanted)
}

/// As [`backward`], by the given instructions.
///
/// # Panics
/// When a slice has another length than its shape says, or the processor does not have the instructions.
pub fn backward_with<E: Element>(
    instructions: Instructions,
    rollout: &Rollout<'_, E>,
    states: &[E],
    grad: &[E],
    wanted: Wanted,
) -> Gradients<E> {
    check(instructions, rollout);
    let Rollout { batch, steps, latent: m, .. } = *rollout;
    let width = steps * m;
    assert_eq!(
        (states.len(), grad.len()),
        (batch * width, batch * width),
        "states and gradient are [B, T, M]"
    );
    let n = rollout.forcing.map_or(0, |forcing| forcing.width);
    let wanted = Wanted { target: wanted.target && n > 0, ..wanted };
    let zeros = |wanted: bool, width: usize| vec![E::ZERO; if wanted { batch * width } else { 0 }];
    let (mut z0, mut drive, mut target) =
        (zeros(true, m), zeros(wanted.drive, width), zeros(wanted.target, steps * n));

    let cell = Cell::new(rollout).with_transposes();
    let blocks = blocks(batch, E::rows(instructions));
    let width_if = |wanted: bool, width: usize| if wanted { width } else { 0 };
    let work: Vec<_> = split(&mut z0, &blocks, m)
        .into_iter()
        .zip(split(&mut drive, &blocks, width_if(wanted.drive, width)))
        .zip(split(&mut target, &blocks, width_if(wanted.target, steps * n)))
        .zip(blocks)
        .map(|(((z0, drive), target), block)| (block, RowGradients { z0, drive, target }))
        .collect();
    let way = Way { states, grad, wanted };
    let parts: Vec<WeightGradients<E>> =
        for_each(rollout, work, |(block, rows)| E::backward(instructions, rollout, &cell, block, way, rows));

    // In the order of the blocks, whichever thread was first.
    let sum = parts.into_iter().reduce(|mut sum, part| {
        let pairs = [
            (&mut sum.a, part.a),
            (&mut sum.w, part.w),
            (&mut sum.h, part.h),
            (&mut sum.weights, part.weights),
            (&mut sum.thresholds, part.thresholds),
        ];
        for (sum, part) in pairs {
            sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
        sum
    });
    let WeightGradients { a, w, h, weights, thresholds } = sum.expect("a batch has at least one row");
    Gradients {
        a,
        w,
        h,
        weights,
        thresholds,
        z0,
        drive: wanted.drive.then_some(drive),
        target: wanted.target.then_some(target),
    }
}

fn check<E: Element>(instructions: Instructions, rollout: &Rollout<'_, E>) {
    assert!(instructions.is_available(), "this processor does not have {instructions:?}");
    rollout.check();
}

/// The batch in blocks of at most `rows` rows.
fn blocks(batch: usize, rows: usize) -> Vec<Block> {
    (0..batch).step_by(rows).map(|first| Block { first, rows: rows.min(batch - first) }).collect()
}

/// The rows of each block, of `width` entries each.
fn split<'a, E>(mut rows: &'a mut [E], blocks: &[Block], width: usize) -> Vec<&'a mut [E]> {
    blocks
        .iter()
        .map(|block| {
            let (part, rest) = std::mem::take(&mut rows).split_at_mut(block.rows * width);
            rows = rest;
            part
        })
        .collect()
}

/// `run` on each part, on as many threads as are worth it; the results in order.
fn for_each<E: Element, P: Send, R: Send>(
    rollout: &Rollout<'_, E>,
    parts: Vec<P>,
    run: impl Fn(P) -> R + Sync + Send,
) -> Vec<R> {
    let inner = match rollout.features {
        Features::Rectified { .. } => 0,
        Features::Hidden { weights, .. } => weights.len(),
        Features::Bases { thresholds, .. } => 4 * thresholds.len(),
    };
    let work = rollout.batch * rollout.steps * (rollout.w.len() + inner);
    if parts.len() > 1 && work >= WORTH_A_THREAD {
        parts.into_par_iter().map(run).collect()
    } else {
        parts.into_iter().map(run).collect()
    }
}
