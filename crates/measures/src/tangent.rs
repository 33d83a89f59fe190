//! Tangent vectors that are carried along an orbit, and the bookkeeping of their growth.

#![allow(clippy::inline_always, reason = "what is not inlined is compiled for the least of processors")]

use ndarray::ArrayView2;
use pulp::{Arch, Simd, WithSimd};

use crate::{Error, Estimate, LyapunovSpectrum, Result};

/// Orthonormal tangent vectors, one contiguous row each, without those that collapsed.
pub(crate) struct TangentFrame {
    dim: usize,
    vectors: Vec<f64>,
    /// Which exponent each vector belongs to.
    slots: Vec<usize>,
    /// The columns of the Jacobian, one after the other, each filled up to whole blocks.
    columns: Vec<[f64; LANES]>,
    /// [`BLOCK`] vectors as they are carried.
    carried: Vec<[[f64; LANES]; BLOCK]>,
}

impl TangentFrame {
    /// The first `count` unit vectors, all by default.
    pub(crate) fn new(dim: usize, count: Option<usize>) -> Result<Self> {
        let count = count.unwrap_or(dim);
        if count == 0 || count > dim {
            return Err(Error::Setting {
                setting: "exponents",
                value: count as f64,
                requirement: "from 1 to the dimension M",
            });
        }
        let mut vectors = vec![0.0; dim * count];
        (0..count).for_each(|i| vectors[i * dim + i] = 1.0);
        Ok(Self {
            dim,
            vectors,
            slots: (0..count).collect(),
            columns: Vec::new(),
            carried: vec![[[0.0; LANES]; BLOCK]; dim.div_ceil(LANES)],
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The vectors, one after the other.
    pub(crate) fn vectors(&self) -> &[f64] {
        &self.vectors
    }

    pub(crate) fn vectors_mut(&mut self) -> &mut [f64] {
        &mut self.vectors
    }

    /// Multiplies every vector by the Jacobian \[M, M\].
    pub(crate) fn carry(&mut self, jacobian: ArrayView2<'_, f64>) {
        // By columns, the sums of all components run side by side.
        let across = self.carried.len();
        self.columns.resize(self.dim * across, [0.0; LANES]);
        for (i, row) in jacobian.rows().into_iter().enumerate() {
            for (column, value) in self.columns.chunks_exact_mut(across).zip(row) {
                column[i / LANES][i % LANES] = *value;
            }
        }
        Arch::new().dispatch(Carry(self));
    }

    /// Orthonormalises by Gram-Schmidt, classical within blocks of vectors and modified between them, done twice where
    /// it cancels, and reports the logarithm of each vector's scale. Drops vectors that collapsed. Nothing when the
    /// vectors overflowed.
    pub(crate) fn orthonormalise(&mut self, report: impl FnMut(usize, f64)) -> Option<()> {
        Arch::new().dispatch(Orthonormalise { frame: self, report })
    }
}

/// Multiplies every vector by the Jacobian whose columns are kept.
struct Carry<'a>(&'a mut TangentFrame);

impl WithSimd for Carry<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let TangentFrame { dim, vectors, columns, carried, .. } = self.0;
        let (dim, across) = (*dim, carried.len());
        for group in vectors.chunks_mut(BLOCK * dim) {
            let count = group.len() / dim;
            for (block, out) in carried.iter_mut().enumerate() {
                let mut sums = [[0.0; LANES]; BLOCK];
                for j in 0..dim {
                    let column = &columns[j * across + block];
                    for (index, sums) in sums.iter_mut().enumerate() {
                        // Beyond the last vector, the last once more: nobody looks there.
                        let factor = group[index.min(count - 1) * dim + j];
                        sums.iter_mut().zip(column).for_each(|(sum, value)| *sum += factor * value);
                    }
                }
                *out = sums;
            }
            for (index, vector) in group.chunks_exact_mut(dim).enumerate() {
                for (part, sums) in vector.chunks_mut(LANES).zip(&*carried) {
                    part.copy_from_slice(&sums[index][..part.len()]);
                }
            }
        }
    }
}

struct Orthonormalise<'a, F> {
    frame: &'a mut TangentFrame,
    report: F,
}

impl<F: FnMut(usize, f64)> WithSimd for Orthonormalise<'_, F> {
    type Output = Option<()>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> Option<()> {
        let Self { frame: TangentFrame { dim, vectors, slots, .. }, mut report } = self;
        let dim = *dim;
        let mut kept = 0;
        for index in 0..slots.len() {
            let (before, rest) = vectors.split_at_mut(index * dim);
            let vector = &mut rest[..dim];
            let carried = norm(vector);
            if !carried.is_finite() {
                return None;
            }
            // To unit length first: then no product with what came before overflows or vanishes.
            if carried > 0.0 {
                for v in &mut *vector {
                    *v /= carried;
                }
            }
            let mut length = 1.0;
            for _ in 0..2 {
                for block in before[..kept * dim].chunks(BLOCK * dim) {
                    take_off(block, vector);
                }
                let previous = std::mem::replace(&mut length, norm(vector));
                if length > 0.5 * previous {
                    break;
                }
            }
            if carried == 0.0 || length <= 4.0 * dim as f64 * f64::EPSILON {
                continue;
            }
            for v in vector {
                *v /= length;
            }
            report(slots[index], carried.ln() + length.ln());
            vectors.copy_within(index * dim..(index + 1) * dim, kept * dim);
            slots[kept] = slots[index];
            kept += 1;
        }
        slots.truncate(kept);
        vectors.truncate(kept * dim);
        Some(())
    }
}

/// How many vectors are treated together.
const BLOCK: usize = 4;
/// How many components are.
const LANES: usize = 8;

/// Takes off `vector` its components along the orthonormal vectors that lie one after the other in `others`, at most
/// [`BLOCK`].
#[inline(always)]
fn take_off(others: &[f64], vector: &mut [f64]) {
    let dim = vector.len();
    let mut along = [0.0; BLOCK];
    for (along, other) in along.iter_mut().zip(others.chunks_exact(dim)) {
        *along = product(vector, other);
    }
    if others.len() < BLOCK * dim {
        for (along, other) in along.iter().zip(others.chunks_exact(dim)) {
            vector.iter_mut().zip(other).for_each(|(v, x)| *v -= along * x);
        }
        return;
    }
    let (x0, rest) = others.split_at(dim);
    let (x1, rest) = rest.split_at(dim);
    let (x2, x3) = rest.split_at(dim);
    for ((((v, x0), x1), x2), x3) in vector.iter_mut().zip(x0).zip(x1).zip(x2).zip(x3) {
        *v -= (along[0] * x0 + along[1] * x1) + (along[2] * x2 + along[3] * x3);
    }
}

/// The scalar product of two vectors, in several sums side by side, which do not wait for each other.
#[inline(always)]
fn product(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        sums.iter_mut().zip(a).zip(b).for_each(|((sum, a), b)| *sum += a * b);
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

/// The length of a vector without overflow or underflow of the squares.
#[inline(always)]
fn norm(vector: &[f64]) -> f64 {
    let squared = product(vector, vector);
    // Squares of components that matter are then neither infinite nor lost.
    if (1e-250..1e250).contains(&squared) { squared.sqrt() } else { rescaled_norm(vector) }
}

/// The same by way of the largest component.
fn rescaled_norm(vector: &[f64]) -> f64 {
    let largest = vector.iter().fold(0.0, |max: f64, v| if v.is_nan() { *v } else { max.max(v.abs()) });
    if largest > 0.0 && largest.is_finite() {
        vector.iter().map(|v| (v / largest).powi(2)).sum::<f64>().sqrt() * largest
    } else if vector.iter().all(|v| v.is_finite()) {
        largest
    } else {
        f64::INFINITY
    }
}

/// Sums of logarithms over batches in time.
pub(crate) struct Growth {
    events: usize,
    event: usize,
    /// Per exponent, per batch.
    sums: Vec<Vec<f64>>,
    durations: Vec<f64>,
}

impl Growth {
    /// For `exponents` exponents and `events` orthonormalisations.
    pub(crate) fn new(exponents: usize, events: usize, batches: usize) -> Result<Self> {
        if batches < 2 {
            return Err(Error::Setting {
                setting: "batches",
                value: batches as f64,
                requirement: "at least 2",
            });
        }
        if events < 2 {
            return Err(Error::TooShort { what: "orthonormalisations", needed: 2, found: events });
        }
        let batches = batches.min(events);
        Ok(Self {
            events,
            event: 0,
            sums: vec![vec![0.0; batches]; exponents],
            durations: vec![0.0; batches],
        })
    }

    fn batch(&self) -> usize {
        (self.event as u128 * self.durations.len() as u128 / self.events as u128) as usize
    }

    pub(crate) fn add(&mut self, slot: usize, log: f64) {
        let batch = self.batch().min(self.durations.len() - 1);
        self.sums[slot][batch] += log;
    }

    /// Ends what belongs to one orthonormalisation, after `elapsed` steps or time.
    pub(crate) fn end_event(&mut self, elapsed: f64) {
        let batch = self.batch().min(self.durations.len() - 1);
        self.durations[batch] += elapsed;
        self.event += 1;
    }

    pub(crate) fn spectrum(&self, frame: &TangentFrame, final_state: Vec<f64>) -> LyapunovSpectrum {
        let duration: f64 = self.durations.iter().sum();
        let batches = self.durations.len() as f64;
        let mut exponents: Vec<Estimate> = frame
            .slots
            .iter()
            .map(|&slot| {
                let value = self.sums[slot].iter().sum::<f64>() / duration;
                let squares: f64 = self.sums[slot]
                    .iter()
                    .zip(&self.durations)
                    .map(|(sum, duration)| (sum / duration - value).powi(2))
                    .sum();
                Estimate { value, standard_error: (squares / (batches * (batches - 1.0))).sqrt() }
            })
            .collect();
        exponents.sort_by(|a, b| b.value.total_cmp(&a.value));
        let collapsed = self.sums.len() - exponents.len();
        LyapunovSpectrum { exponents, collapsed, dim: frame.dim, duration, final_state }
    }
}
