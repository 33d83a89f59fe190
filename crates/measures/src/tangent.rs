//! Tangent vectors that are carried along an orbit, and the bookkeeping of their growth.

use ndarray::ArrayView2;

use crate::{Error, Estimate, LyapunovSpectrum, Result};

/// Orthonormal tangent vectors, one contiguous row each, without those that collapsed.
pub(crate) struct TangentFrame {
    dim: usize,
    vectors: Vec<f64>,
    /// Which exponent each vector belongs to.
    slots: Vec<usize>,
    scratch: Vec<f64>,
    /// The columns of the Jacobian, one after the other.
    columns: Vec<f64>,
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
            scratch: vec![0.0; dim],
            columns: vec![0.0; dim * dim],
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
        for (row, values) in jacobian.rows().into_iter().enumerate() {
            for (column, value) in self.columns.chunks_exact_mut(self.dim).zip(values) {
                column[row] = *value;
            }
        }
        for vector in self.vectors.chunks_exact_mut(self.dim) {
            self.scratch.fill(0.0);
            add_scaled(vector, &self.columns, &mut self.scratch);
            vector.copy_from_slice(&self.scratch);
        }
    }

    /// Orthonormalises by Gram-Schmidt, classical within blocks of vectors and modified between them, done twice where
    /// it cancels, and reports the logarithm of each
    /// vector's scale. Drops vectors that collapsed. Nothing when the vectors overflowed.
    pub(crate) fn orthonormalise(&mut self, mut report: impl FnMut(usize, f64)) -> Option<()> {
        let dim = self.dim;
        let mut kept = 0;
        for index in 0..self.slots.len() {
            let (before, rest) = self.vectors.split_at_mut(index * dim);
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
                    let mut along = [0.0; BLOCK];
                    let count = block.len() / dim;
                    dots(vector, block, &mut along[..count]);
                    along[..count].iter_mut().for_each(|along| *along = -*along);
                    add_scaled(&along[..count], block, vector);
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
            report(self.slots[index], carried.ln() + length.ln());
            self.vectors.copy_within(index * dim..(index + 1) * dim, kept * dim);
            self.slots[kept] = self.slots[index];
            kept += 1;
        }
        self.slots.truncate(kept);
        self.vectors.truncate(kept * dim);
        Some(())
    }
}

/// How many vectors are treated together.
const BLOCK: usize = 4;

/// y += Σ_j `factors`_j x_j, with the vectors x_j one after the other in `vectors`.
fn add_scaled(factors: &[f64], vectors: &[f64], y: &mut [f64]) {
    let dim = y.len();
    let mut blocks = factors.chunks_exact(BLOCK).zip(vectors.chunks_exact(BLOCK * dim));
    for (factors, block) in &mut blocks {
        let (x0, rest) = block.split_at(dim);
        let (x1, rest) = rest.split_at(dim);
        let (x2, x3) = rest.split_at(dim);
        for ((((y, x0), x1), x2), x3) in y.iter_mut().zip(x0).zip(x1).zip(x2).zip(x3) {
            *y = *y + factors[0] * x0 + factors[1] * x1 + factors[2] * x2 + factors[3] * x3;
        }
    }
    let done = factors.len() / BLOCK * BLOCK;
    for (factor, x) in factors[done..].iter().zip(vectors[done * dim..].chunks_exact(dim)) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y += factor * x);
    }
}

/// Writes the scalar products of `vector` with those that lie one after the other in `others`.
fn dots(vector: &[f64], others: &[f64], products: &mut [f64]) {
    const LANES: usize = 4;
    for (product, other) in products.iter_mut().zip(others.chunks_exact(vector.len())) {
        // Several sums side by side, which do not wait for each other.
        let mut sums = [0.0; LANES];
        let (a, b) = (vector.chunks_exact(LANES), other.chunks_exact(LANES));
        let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
        for (a, b) in a.zip(b) {
            sums.iter_mut().zip(a).zip(b).for_each(|((sum, a), b)| *sum += a * b);
        }
        *product = sums.iter().sum::<f64>() + rest;
    }
}

/// The length of a vector without overflow or underflow of the squares.
fn norm(vector: &[f64]) -> f64 {
    let mut squared = [0.0];
    dots(vector, vector, &mut squared);
    // Squares of components that matter are then neither infinite nor lost.
    if (1e-250..1e250).contains(&squared[0]) {
        return squared[0].sqrt();
    }
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
