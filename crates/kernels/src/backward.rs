//! The gradient of one block: backpropagation through time, with states read from the rollout's own result.

use crate::{
    Features, Rollout,
    cell::{Block, Cell, chunk, gather, map, scatter, zip},
    forcing::ForcedSteps,
    isa::Way,
    lanes::{Float, Lanes},
    outer::OuterSum,
    scratch::{Memory, Scratch},
};

/// What one block adds to the gradients of the weights.
pub(crate) struct WeightGradients<E> {
    pub a: Vec<E>,
    pub w: Vec<E>,
    pub h: Vec<E>,
    pub weights: Vec<E>,
    pub thresholds: Vec<E>,
}

/// A block's rows of the gradients that have a row for each sequence.
pub(crate) struct RowGradients<'a, E> {
    /// \[rows, M\].
    pub z0: &'a mut [E],
    /// \[rows, T, M\], or empty.
    pub drive: &'a mut [E],
    /// \[rows, T, N\], or empty.
    pub target: &'a mut [E],
}

/// Backpropagates `grad` = dL/dẑ \[B, T, M\] through a block, given the `states` ẑ \[B, T, M\] of the rollout.
///
/// Nothing but ẑ was kept by the forward pass. A chunk of steps at a time, from the last to the first: z̃ and the features
/// again, the recursion backwards, then the sums over time that make up the gradients of the weights.
#[inline(always)]
pub(crate) fn backward<E: Float, V: Lanes<Element = E>, const NB: usize>(
    rollout: &Rollout<'_, E>,
    cell: &Cell<'_, E>,
    block: Block,
    way: Way<'_, E>,
    rows: RowGradients<'_, E>,
) -> WeightGradients<E> {
    let Way { states, grad, wanted } = way;
    let Rollout { steps, latent: m, z0, forcing, features, .. } = *rollout;
    let (units, width) = (cell.units, steps * m);
    let chunk = chunk::<V, NB>(steps, 2 * m + 3 * units);
    let n = forcing.map_or(0, |forcing| forcing.width);
    let targets = if wanted.target { chunk * n } else { 0 };
    let room = OuterSum::<V>::room::<NB>(chunk, units, m);
    let blocks = 2 * chunk * m
        + 3 * chunk * units
        + targets
        + 3 * m
        + room
        + OuterSum::<V>::kept::<NB>(units, m)
        + FeatureGradients::<V, NB>::kept(features, m)
        + ForcedSteps::<V, NB, E>::room(rollout, chunk);
    let mut memory = Memory::for_lanes::<V>(blocks * NB, 16);
    let mut scratch = memory.scratch();

    // z̃ before each step of the chunk, features and their derivatives, dL/dẑ after it.
    let (z, dz) = (scratch.take::<V, NB>(chunk * m), scratch.take::<V, NB>(chunk * m));
    let (f, gate) = (scratch.take::<V, NB>(chunk * units), scratch.take::<V, NB>(chunk * units));
    let (df, dtarget) = (scratch.take::<V, NB>(chunk * units), scratch.take::<V, NB>(targets));
    let room = scratch.take::<V, NB>(room);
    let carry = scratch.zeros::<V, NB>(m);
    let (da, dh) = (scratch.zeros::<V, NB>(m), scratch.zeros::<V, NB>(m));
    let mut parameters = FeatureGradients::<V, NB>::new(features, m, &mut scratch);
    let mut forced = ForcedSteps::<V, NB, E>::new(rollout, block, chunk, &mut scratch);
    let mut dw = OuterSum::new::<NB>(units, m, &mut scratch);

    let last = (steps - 1) / chunk * chunk;
    for from in (0..=last).rev().step_by(chunk) {
        let count = chunk.min(steps - from);
        // Step t starts from z̃_{t−1}: the forced ẑ_{t−1}, or z̃_0.
        let skipped = usize::from(from == 0);
        let before = (from + skipped).saturating_sub(1);
        let held = &mut z[skipped * m..count * m];
        let kept = count - skipped;
        gather(states, width, block, before * m, kept * m, held);
        forced.load(before, kept);
        for (t, z) in held.chunks_exact_mut(m).enumerate() {
            forced.apply(before + t, z);
        }
        if from == 0 {
            gather(z0, m, block, 0, m, z);
        }
        for t in 0..count {
            let units = t * units..(t + 1) * units;
            cell.features(&z[t * m..(t + 1) * m], &mut f[units.clone()], &mut gate[units]);
        }

        gather(grad, width, block, from * m, count * m, dz);
        for t in (0..count).rev() {
            let dz = &mut dz[t * m..(t + 1) * m];
            for (dz, carry) in dz.iter_mut().zip(&*carry) {
                *dz = zip(*dz, *carry, V::add);
            }
            let units = t * units..(t + 1) * units;
            cell.step_back(dz, &gate[units.clone()], &mut df[units], parameters.threshold_sums(), carry);
            if from + t > 0 {
                let dtarget = (!dtarget.is_empty()).then(|| {
                    let dtarget = &mut dtarget[t * n..(t + 1) * n];
                    dtarget.fill([V::zero(); NB]);
                    dtarget
                });
                forced.apply_back(from + t - 1, carry, dtarget);
            }
        }
        if wanted.drive {
            scatter(dz, rows.drive, width, from * m, count * m);
        }
        if !dtarget.is_empty() {
            // The target of step t − 1 acts on step t.
            scatter(&dtarget[skipped * n..], rows.target, steps * n, before * n, kept * n);
        }

        let (z, dz, f, df) = (&z[..count * m], &dz[..count * m], &f[..count * units], &df[..count * units]);
        dw.add(f, dz, room);
        for (dz, z) in dz.chunks_exact(m).zip(z.chunks_exact(m)) {
            for i in 0..m {
                for b in 0..NB {
                    da[i][b] = dz[i][b].mul_add(z[i][b], da[i][b]);
                    dh[i][b] = dh[i][b].add(dz[i][b]);
                }
            }
        }
        parameters.add(z, df, room);
    }
    scatter(carry, rows.z0, m, 0, m);
    let (weights, thresholds) = parameters.finish();
    WeightGradients { a: sums(da), w: dw.finish_transposed(), h: sums(dh), weights, thresholds }
}

#[inline(always)]
fn sums<V: Lanes, const NB: usize>(lanes: &[[V; NB]]) -> Vec<V::Element> {
    lanes.iter().map(|x| x.iter().fold(V::zero(), |sum, x| sum.add(*x)).sum()).collect()
}

/// The gradients of the features' own parameters, as they add up over time.
struct FeatureGradients<'a, 's, V: Lanes, const NB: usize> {
    features: Features<'a, V::Element>,
    m: usize,
    /// W2 \[L, M\].
    weights: Option<OuterSum<'s, V>>,
    /// α \[L\] in lanes.
    slopes: &'s mut [[V; NB]],
    /// h2 \[L\], or H \[M, L\] before its factor −α, in lanes.
    thresholds: &'s mut [[V; NB]],
}

impl<'a, 's, V: Lanes, const NB: usize> FeatureGradients<'a, 's, V, NB> {
    /// Entries of α and of thresholds that are kept in lanes.
    fn entries(features: Features<'_, V::Element>) -> [usize; 2] {
        match features {
            Features::Rectified { .. } => [0, 0],
            Features::Hidden { thresholds, .. } => [0, thresholds.len()],
            Features::Bases { slopes, thresholds, .. } => [slopes.len(), thresholds.len()],
        }
    }

    /// Blocks of lanes that are kept over time.
    fn kept(features: Features<'_, V::Element>, m: usize) -> usize {
        let weights = match features {
            Features::Hidden { thresholds, .. } => OuterSum::<V>::kept::<NB>(thresholds.len(), m),
            Features::Rectified { .. } | Features::Bases { .. } => 0,
        };
        weights + Self::entries(features).into_iter().sum::<usize>()
    }

    #[inline(always)]
    fn new(features: Features<'a, V::Element>, m: usize, scratch: &mut Scratch<'s>) -> Self {
        let [slopes, thresholds] = Self::entries(features);
        let weights =
            matches!(features, Features::Hidden { .. }).then(|| OuterSum::new::<NB>(thresholds, m, scratch));
        Self { features, m, weights, slopes: scratch.zeros(slopes), thresholds: scratch.zeros(thresholds) }
    }

    /// Where hidden units add up dL/dh2 during the recursion.
    #[inline(always)]
    fn threshold_sums(&mut self) -> &mut [[V; NB]] {
        self.thresholds
    }

    /// Adds the steps of a chunk: z̃ \[steps, M\] before each, dL/df \[steps, U\] after it.
    #[inline(always)]
    fn add(&mut self, z: &[[V; NB]], df: &[[V; NB]], room: &mut [[V; NB]]) {
        let m = self.m;
        match self.features {
            Features::Rectified { .. } => {}
            Features::Hidden { .. } => {
                if let Some(weights) = &mut self.weights {
                    weights.add(df, z, room);
                }
            }
            Features::Bases { slopes, thresholds, clipped } => {
                let l = slopes.len();
                for i in 0..m {
                    // Two bases at a time share the loads of z and dL/df.
                    let mut basis = 0;
                    while basis < l {
                        let count = (l - basis).min(2);
                        let place = i * l + basis;
                        let levels: [V; 2] =
                            std::array::from_fn(|k| V::splat(thresholds[place + k.min(count - 1)]));
                        let mut slope = [[V::zero(); NB]; 2];
                        let mut active = [[V::zero(); NB]; 2];
                        for (z, df) in z.chunks_exact(m).zip(df.chunks_exact(m)) {
                            for b in 0..NB {
                                let (z, df) = (z[i][b], df[i][b]);
                                let off = if clipped { z.relu() } else { V::zero() };
                                for k in 0..2 {
                                    let above = z.sub(levels[k]);
                                    slope[k][b] = df.mul_add(above.relu().sub(off), slope[k][b]);
                                    active[k][b] = active[k][b].add(df.where_positive(above));
                                }
                            }
                        }
                        for k in 0..count {
                            self.slopes[basis + k] = zip(self.slopes[basis + k], slope[k], V::add);
                            self.thresholds[place + k] = zip(self.thresholds[place + k], active[k], V::add);
                        }
                        basis += count;
                    }
                }
            }
        }
    }

    /// The gradients of W2 or α, and of h2 or H.
    #[inline(always)]
    fn finish(self) -> (Vec<V::Element>, Vec<V::Element>) {
        match self.features {
            Features::Rectified { .. } => (Vec::new(), Vec::new()),
            Features::Hidden { .. } => {
                (self.weights.map_or_else(Vec::new, OuterSum::finish), sums(self.thresholds))
            }
            Features::Bases { slopes, .. } => {
                for thresholds in self.thresholds.chunks_exact_mut(slopes.len().max(1)) {
                    for (threshold, slope) in thresholds.iter_mut().zip(slopes) {
                        let factor = V::splat(-*slope);
                        *threshold = map(*threshold, |sum| sum.mul(factor));
                    }
                }
                (sums(self.slopes), sums(self.thresholds))
            }
        }
    }
}
