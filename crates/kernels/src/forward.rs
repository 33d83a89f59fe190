//! The rollout of one block.

use crate::{
    Rollout,
    cell::{Block, Cell, chunk, gather, scatter, zip},
    forcing::ForcedSteps,
    lanes::{Float, Lanes},
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
    let chunk = chunk(steps);
    let zeros = |entries: usize| vec![[V::zero(); NB]; entries];
    let (mut z, mut f, mut gate) = (zeros(m), zeros(cell.units), zeros(cell.gates()));
    let mut out = zeros(chunk * m);
    let mut drives = zeros(if drive.is_some() { chunk * m } else { 0 });
    let mut forced = ForcedSteps::<V, NB, E>::new(rollout, block, chunk);
    gather(z0, m, block, 0, m, &mut z);
    for from in (0..steps).step_by(chunk) {
        let count = chunk.min(steps - from);
        forced.load(from, count);
        if let Some(drive) = drive {
            gather(drive, steps * m, block, from * m, count * m, &mut drives);
        }
        for (t, next) in out.chunks_exact_mut(m).take(count).enumerate() {
            cell.features(&z, &mut f, &mut gate);
            cell.step(&z, &f, next);
            if drive.is_some() {
                for (next, drive) in next.iter_mut().zip(&drives[t * m..]) {
                    *next = zip(*next, *drive, V::add);
                }
            }
            z.copy_from_slice(next);
            forced.apply(from + t, &mut z);
        }
        scatter(&out, states, steps * m, from * m, count * m);
    }
}
