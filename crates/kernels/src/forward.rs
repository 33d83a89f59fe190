//! The rollout of one block.

use crate::{
    Rollout,
    cell::{Block, Cell, chunk, gather, scatter, zip},
    forcing::ForcedSteps,
    lanes::{Float, Lanes},
    scratch::Memory,
};

/// Writes ẑ_1 ... ẑ_T of a block's rows to `states` \[rows, T, M\].
#[inline(always)]
pub(crate) fn forward<E: Float, V: Lanes<Element = E>, const NB: usize>(
    rollout: &Rollout<'_, E>,
    cell: &Cell<'_, E>,
    block: Block,
    states: &mut [E],
) {
    let Rollout { steps, latent: m, z0, drive, .. } = *rollout;
    let chunk = chunk::<V, NB>(steps, m);
    let driven = if drive.is_some() { chunk * m } else { 0 };
    let blocks = m + 2 * cell.units + chunk * m + driven + ForcedSteps::<V, NB, E>::room(rollout, chunk);
    let mut memory = Memory::for_lanes::<V>(blocks * NB, 8);
    let mut scratch = memory.scratch();
    let z = scratch.take::<V, NB>(m);
    let (f, gate) = (scratch.take(cell.units), scratch.take(cell.units));
    let (out, drives) = (scratch.take(chunk * m), scratch.take(driven));
    let mut forced = ForcedSteps::<V, NB, E>::new(rollout, block, chunk, &mut scratch);
    gather(z0, m, block, 0, m, z);
    for from in (0..steps).step_by(chunk) {
        let count = chunk.min(steps - from);
        forced.load(from, count);
        if let Some(drive) = drive {
            gather(drive, steps * m, block, from * m, count * m, drives);
        }
        for (t, next) in out.chunks_exact_mut(m).take(count).enumerate() {
            cell.features(z, f, gate);
            cell.step(z, f, next);
            if drive.is_some() {
                for (next, drive) in next.iter_mut().zip(&drives[t * m..]) {
                    *next = zip(*next, *drive, V::add);
                }
            }
            for (z, next) in z.iter_mut().zip(next) {
                *z = *next;
            }
            forced.apply(from + t, z);
        }
        scatter(out, states, steps * m, from * m, count * m);
    }
}
