//! One block of sequences in lanes: its states, features and their derivatives, step by step.

use crate::{
    Features, Rollout,
    lanes::{Float, Lanes},
    product::{Matrix, held, narrow_row, product},
};

/// Rows `first .. first + rows` of the batch, which share vectors of lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub first: usize,
    pub rows: usize,
}

/// Copies columns `from .. from + columns` of the block's rows of `source` \[B, width\] into lanes \[columns\]. Lanes
/// beyond the block's rows are 0.
#[inline(always)]
pub(crate) fn gather<V: Lanes, const NB: usize>(
    source: &[V::Element],
    width: usize,
    block: Block,
    from: usize,
    columns: usize,
    lanes: &mut [[V; NB]],
) {
    let rows_of = |b: usize| block.rows.saturating_sub(b * V::WIDTH).min(V::WIDTH);
    for b in 0..NB {
        let first = block.first + b * V::WIDTH;
        let source = if rows_of(b) > 0 { &source[first * width + from..] } else { &[] };
        V::gather(source, width, rows_of(b), columns, |column, vector| lanes[column][b] = vector);
    }
}

/// Copies lanes \[columns\] to columns `from .. from + columns` of the rows \[rows, width\] of one block.
#[inline(always)]
pub(crate) fn scatter<V: Lanes, const NB: usize>(
    lanes: &[[V; NB]],
    rows: &mut [V::Element],
    width: usize,
    from: usize,
    columns: usize,
) {
    let lanes = &lanes[..columns];
    for (b, rows) in rows.chunks_mut(V::WIDTH * width).enumerate() {
        let count = rows.len() / width;
        V::scatter(|column| lanes[column][b], &mut rows[from..], width, count, columns);
    }
}

/// Steps that are held in lanes at a time, of `blocks` blocks of lanes each: few enough for the second cache, enough to
/// fill the pipelines.
pub(crate) fn chunk<V, const NB: usize>(steps: usize, blocks: usize) -> usize {
    const CACHED: usize = 512 << 10;
    let fitting = CACHED / (blocks.max(1) * size_of::<[V; NB]>());
    steps.min(fitting.clamp(2, 32))
}

#[inline(always)]
pub(crate) fn map<V: Lanes, const NB: usize>(x: [V; NB], f: impl Fn(V) -> V) -> [V; NB] {
    std::array::from_fn(|b| f(x[b]))
}

#[inline(always)]
pub(crate) fn zip<V: Lanes, const NB: usize>(x: [V; NB], y: [V; NB], f: impl Fn(V, V) -> V) -> [V; NB] {
    std::array::from_fn(|b| f(x[b], y[b]))
}

/// Features that are ready to be computed in lanes.
pub(crate) struct Cell<'a, E> {
    rollout: &'a Rollout<'a, E>,
    pub units: usize,
    /// W \[M, U\] and W2 \[L, M\].
    w: Matrix<E>,
    weights: Option<Matrix<E>>,
    /// Their transposes, for the way back.
    transposes: Option<(Matrix<E>, Option<Matrix<E>>)>,
    /// Σ_b α_b.
    slope_sum: E,
}

impl<'a, E: Float> Cell<'a, E> {
    pub fn new(rollout: &'a Rollout<'a, E>) -> Self {
        let (m, units) = (rollout.latent, rollout.units());
        let slope_sum = match rollout.features {
            Features::Bases { slopes, clipped: true, .. } => {
                slopes.iter().fold(E::ZERO, |sum, slope| sum + *slope)
            }
            _ => E::ZERO,
        };
        let weights = hidden_weights(rollout).map(|weights| Matrix::new(weights, units, m));
        Self { rollout, units, w: Matrix::new(rollout.w, m, units), weights, transposes: None, slope_sum }
    }

    /// With what the backward pass needs besides.
    pub fn with_transposes(mut self) -> Self {
        let (m, units) = (self.rollout.latent, self.units);
        let weights = hidden_weights(self.rollout).map(|weights| Matrix::transposed(weights, units, m));
        self.transposes = Some((Matrix::transposed(self.rollout.w, m, units), weights));
        self
    }

    /// f(z) \[U\], and in `gate` \[U\] what its derivative is made of: W2 z for hidden units, else df_i/dz_i.
    #[inline(always)]
    pub fn features<V: Lanes<Element = E>, const NB: usize>(
        &self,
        z: &[[V; NB]],
        f: &mut [[V; NB]],
        gate: &mut [[V; NB]],
    ) {
        let one = V::splat(E::ONE);
        match self.rollout.features {
            Features::Rectified { linear, centred } => {
                let mean = if centred { mean(z) } else { [V::zero(); NB] };
                for (i, z) in z.iter().enumerate() {
                    let z = zip(*z, mean, V::sub);
                    (f[i], gate[i]) = if i < linear {
                        (z, [one; NB])
                    } else {
                        (map(z, V::relu), map(z, |z| one.where_positive(z)))
                    };
                }
            }
            Features::Hidden { thresholds, clipped, .. } => {
                let Some(weights) = &self.weights else { unreachable!("hidden units have weights") };
                // Few latents: units as they come out of the product.
                macro_rules! narrow {
                    ($n:literal) => {
                        if let Some(rows) = weights.narrow::<$n>() {
                            let z = held::<V, NB, $n>(z);
                            for (((f, y), row), threshold) in f.iter_mut().zip(gate).zip(rows).zip(thresholds)
                            {
                                *y = narrow_row(row, &z);
                                *f = unit(*y, V::splat(*threshold), clipped);
                            }
                            return;
                        }
                    };
                }
                narrow!(2);
                narrow!(3);
                product(weights, z, gate);
                for ((f, y), threshold) in f.iter_mut().zip(gate).zip(thresholds) {
                    *f = unit(*y, V::splat(*threshold), clipped);
                }
            }
            Features::Bases { slopes, thresholds, .. } => {
                let l = slopes.len();
                let clip = V::splat(-self.slope_sum);
                for (i, z) in z.iter().enumerate() {
                    let mut value = map(*z, |z| clip.mul(z.relu()));
                    let mut slope = map(*z, |z| clip.where_positive(z));
                    for (alpha, threshold) in slopes.iter().zip(&thresholds[i * l..(i + 1) * l]) {
                        let (alpha, threshold) = (V::splat(*alpha), V::splat(*threshold));
                        for b in 0..NB {
                            let above = z[b].sub(threshold);
                            value[b] = alpha.mul_add(above.relu(), value[b]);
                            slope[b] = slope[b].add(alpha.where_positive(above));
                        }
                    }
                    (f[i], gate[i]) = (value, slope);
                }
            }
        }
    }

    /// One step of the model without its drive: a ∘ z + W f + h.
    #[inline(always)]
    pub fn step<V: Lanes<Element = E>, const NB: usize>(
        &self,
        z: &[[V; NB]],
        f: &[[V; NB]],
        next: &mut [[V; NB]],
    ) {
        let Rollout { a, h, .. } = *self.rollout;
        product(&self.w, f, next);
        for (i, next) in next.iter_mut().enumerate() {
            let (a, h) = (V::splat(a[i]), V::splat(h[i]));
            for b in 0..NB {
                next[b] = a.mul_add(z[i][b], next[b]).add(h);
            }
        }
    }

    /// From dL/dẑ \[M\] to dL/dz̃ \[M\] of the step before, with the derivative with respect to f, or before the
    /// rectification of hidden units, in `df` \[U\]. `threshold_sums` \[L\] adds up dL/dh2.
    #[inline(always)]
    pub fn step_back<V: Lanes<Element = E>, const NB: usize>(
        &self,
        dz: &[[V; NB]],
        gate: &[[V; NB]],
        df: &mut [[V; NB]],
        threshold_sums: &mut [[V; NB]],
        before: &mut [[V; NB]],
    ) {
        let Some((w, weights)) = &self.transposes else { unreachable!("the way back has its transposes") };
        match self.rollout.features {
            Features::Hidden { thresholds, clipped, .. } => {
                Self::units_back(w, dz, (thresholds, clipped), gate, df, threshold_sums);
                if let Some(weights) = weights {
                    product(weights, df, before);
                }
            }
            Features::Bases { .. } | Features::Rectified { .. } => {
                product(w, dz, df);
                for (i, before) in before.iter_mut().enumerate() {
                    *before = zip(df[i], gate[i], V::mul);
                }
                if matches!(self.rollout.features, Features::Rectified { centred: true, .. }) {
                    let mean = mean(before);
                    for before in &mut *before {
                        *before = zip(*before, mean, V::sub);
                    }
                }
            }
        }
        for (i, before) in before.iter_mut().enumerate() {
            let a = V::splat(self.rollout.a[i]);
            *before = zip(dz[i], *before, |dz, before| a.mul_add(dz, before));
        }
    }

    /// The part of [`step_back`](Self::step_back) that leads from dL/dẑ to before the rectification of hidden units.
    #[inline(always)]
    fn units_back<V: Lanes<Element = E>, const NB: usize>(
        w: &Matrix<E>,
        dz: &[[V; NB]],
        (thresholds, clipped): (&[E], bool),
        gate: &[[V; NB]],
        df: &mut [[V; NB]],
        sums: &mut [[V; NB]],
    ) {
        macro_rules! narrow {
            ($n:literal) => {
                if let Some(rows) = w.narrow::<$n>() {
                    let dz = held::<V, NB, $n>(dz);
                    let units = df.iter_mut().zip(rows).zip(gate).zip(sums).zip(thresholds);
                    for ((((df, row), y), sum), threshold) in units {
                        *df = unit_back(narrow_row(row, &dz), *y, V::splat(*threshold), clipped, sum);
                    }
                    return;
                }
            };
        }
        narrow!(2);
        narrow!(3);
        product(w, dz, df);
        for (((df, y), sum), threshold) in df.iter_mut().zip(gate).zip(sums).zip(thresholds) {
            *df = unit_back(*df, *y, V::splat(*threshold), clipped, sum);
        }
    }
}

/// W2 \[L, M\].
fn hidden_weights<'a, E>(rollout: &Rollout<'a, E>) -> Option<&'a [E]> {
    match rollout.features {
        Features::Hidden { weights, .. } => Some(weights),
        Features::Rectified { .. } | Features::Bases { .. } => None,
    }
}

/// max(0, y + h), less max(0, y) where `clipped`.
#[inline(always)]
fn unit<V: Lanes, const NB: usize>(y: [V; NB], threshold: V, clipped: bool) -> [V; NB] {
    let mut f = [V::zero(); NB];
    for b in 0..NB {
        let off = if clipped { y[b].relu() } else { V::zero() };
        f[b] = y[b].add(threshold).relu().sub(off);
    }
    f
}

/// From the derivative with respect to a [`unit`] to that with respect to y; adds that with respect to h to `sum`.
#[inline(always)]
fn unit_back<V: Lanes, const NB: usize>(
    df: [V; NB],
    y: [V; NB],
    threshold: V,
    clipped: bool,
    sum: &mut [V; NB],
) -> [V; NB] {
    let mut dy = [V::zero(); NB];
    for b in 0..NB {
        let on = df[b].where_positive(y[b].add(threshold));
        sum[b] = sum[b].add(on);
        dy[b] = if clipped { on.sub(df[b].where_positive(y[b])) } else { on };
    }
    dy
}

/// The mean over the latents.
#[inline(always)]
fn mean<V: Lanes, const NB: usize>(z: &[[V; NB]]) -> [V; NB] {
    let sum = z.iter().fold([V::zero(); NB], |sum, z| zip(sum, *z, V::add));
    let weight = V::splat(V::Element::one_over(z.len()));
    map(sum, |sum| sum.mul(weight))
}
