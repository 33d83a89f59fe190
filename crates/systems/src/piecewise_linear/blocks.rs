//! The parameters of a piecewise-linear map, laid out for vector instructions.

#![allow(clippy::inline_always, reason = "what is not inlined is compiled for the least of processors")]

use ndarray::{Array1, Array2};
use pulp::{Arch, Simd, WithSimd};

/// Numbers that are treated together. Sums are split by them, whatever the processor, so that results are the same.
const LANES: usize = 8;
type Block = [f64; LANES];
/// Rows of a Jacobian that are summed up together.
const ROWS: usize = 4;
/// Blocks of units whose drives are kept at once.
const KEPT: usize = 16;

/// Everything in blocks along the units, and for Jacobians along the states, filled up with zeros.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Blocks {
    states: usize,
    units: usize,
    /// Blocks of units \[U / LANES\].
    b: Vec<Block>,
    /// W by blocks of units, then by states \[U / LANES, M\].
    w: Vec<Block>,
    /// V by states, then by blocks of units \[M, U / LANES\].
    v: Vec<Block>,
    /// W by units, then by blocks of states \[U, M / LANES\].
    normals: Vec<Block>,
    /// V by units, then by rows of states \[U, M / ROWS\].
    outputs: Vec<[f64; ROWS]>,
    /// Aᵀ and Cᵀ by columns, then by blocks of states \[M + K, M / LANES\].
    linear: Vec<Block>,
    /// h by blocks of states \[M / LANES\].
    h: Vec<Block>,
    /// A by rows \[M, M\].
    a: Vec<f64>,
}

/// `rows` runs of `columns` numbers, each filled up to whole blocks of N.
fn filled<const N: usize>(rows: usize, columns: usize, at: impl Fn(usize, usize) -> f64) -> Vec<[f64; N]> {
    let blocks = columns.div_ceil(N);
    let entry = |row, column| if column < columns { at(row, column) } else { 0.0 };
    (0..rows * blocks)
        .map(|index| std::array::from_fn(|lane| entry(index / blocks, index % blocks * N + lane)))
        .collect()
}

impl Blocks {
    /// Of A \[M, M\], V \[M, U\], W \[U, M\], b \[U\], h \[M\] and C \[M, K\], whose shapes fit.
    pub(super) fn new(
        a: &Array2<f64>,
        v: &Array2<f64>,
        w: &Array2<f64>,
        b: &Array1<f64>,
        h: &Array1<f64>,
        c: &Array2<f64>,
    ) -> Self {
        let (m, units) = (h.len(), b.len());
        let weight = |unit: usize, state: usize| if unit < units { w[[unit, state]] } else { 0.0 };
        let w_blocks = (0..units.div_ceil(LANES) * m)
            .map(|index| std::array::from_fn(|lane| weight(index / m * LANES + lane, index % m)))
            .collect();
        Self {
            states: m,
            units,
            b: filled(1, units, |_, unit| b[unit]),
            w: w_blocks,
            v: filled(m, units, |state, unit| v[[state, unit]]),
            normals: filled(units, m, |unit, state| w[[unit, state]]),
            outputs: filled(units, m, |unit, state| v[[state, unit]]),
            linear: filled(m + c.ncols(), m, |column, state| {
                if column < m { a[[state, column]] } else { c[[state, column - m]] }
            }),
            h: filled(1, m, |_, state| h[state]),
            a: a.iter().copied().collect(),
        }
    }

    /// Writes F(x, u) to `next` \[M\].
    pub(super) fn step(&self, x: &[f64], u: &[f64], next: &mut [f64]) {
        Arch::new().dispatch(Step { map: self, x, u, next });
    }

    /// Writes the Jacobian at `x` to `rows` \[M, M\].
    pub(super) fn jacobian(&self, x: &[f64], rows: &mut [f64]) {
        Arch::new().dispatch(Jacobian { map: self, x, rows });
    }

    /// Calls `visit` with each active unit at `x`, in order.
    pub(super) fn active(&self, x: &[f64], mut visit: impl FnMut(usize)) {
        for block in 0..self.b.len() {
            self.active_in(block, &self.drives(block, x), &mut visit);
        }
    }

    /// The active units of a block, by their drives.
    #[inline(always)]
    fn active_in(&self, block: usize, drives: &Block, mut visit: impl FnMut(usize)) {
        let here = LANES.min(self.units - block * LANES);
        for (lane, drive) in drives.iter().enumerate().take(here) {
            if *drive > 0.0 {
                visit(block * LANES + lane);
            }
        }
    }

    /// W x + b of a block of units.
    #[inline(always)]
    fn drives(&self, block: usize, x: &[f64]) -> Block {
        let mut drives = self.b[block];
        for (w, x) in self.w[block * self.states..].iter().zip(x) {
            add_scaled(*x, w, &mut drives);
        }
        drives
    }
}

/// y += factor x.
#[inline(always)]
fn add_scaled(factor: f64, x: &Block, y: &mut Block) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += factor * x;
    }
}

struct Step<'a> {
    map: &'a Blocks,
    x: &'a [f64],
    u: &'a [f64],
    next: &'a mut [f64],
}

impl WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let Self { map, x, u, next } = self;
        let across = map.h.len();
        for (block, (out, h)) in next.chunks_mut(LANES).zip(&map.h).enumerate() {
            let mut sum = *h;
            for (column, x) in x.iter().chain(u).enumerate() {
                add_scaled(*x, &map.linear[column * across + block], &mut sum);
            }
            out.copy_from_slice(&sum[..out.len()]);
        }
        let mut kept = [[0.0; LANES]; KEPT];
        for start in (0..map.b.len()).step_by(KEPT) {
            let count = KEPT.min(map.b.len() - start);
            for (index, rectified) in kept[..count].iter_mut().enumerate() {
                *rectified = map.drives(start + index, x);
                for drive in rectified {
                    // What is not a number is not active.
                    *drive = if *drive > 0.0 { *drive } else { 0.0 };
                }
            }
            for (out, v) in next.iter_mut().zip(map.v.chunks_exact(map.b.len())) {
                let mut sums = [0.0; LANES];
                for (v, drives) in v[start..start + count].iter().zip(&kept) {
                    for ((sum, v), drive) in sums.iter_mut().zip(v).zip(drives) {
                        *sum += v * drive;
                    }
                }
                *out += sum(&sums);
            }
        }
    }
}

/// The sum of a block, by halves. Inlined, it would have the compiler split the block before, too.
#[inline(never)]
fn sum(block: &Block) -> f64 {
    let [a, b, c, d, e, f, g, h] = block;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

struct Jacobian<'a> {
    map: &'a Blocks,
    x: &'a [f64],
    rows: &'a mut [f64],
}

impl WithSimd for Jacobian<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let Self { map, x, rows } = self;
        let (m, across, down) = (map.states, map.h.len(), map.states.div_ceil(ROWS));
        rows.copy_from_slice(&map.a);
        let mut active = [0; KEPT * LANES];
        for start in (0..map.b.len()).step_by(KEPT) {
            let mut count = 0;
            for block in start..map.b.len().min(start + KEPT) {
                map.active_in(block, &map.drives(block, x), |unit| {
                    active[count] = unit;
                    count += 1;
                });
            }
            for tile in 0..down * across {
                let (row, column) = (tile / across, tile % across);
                // One by one, so that they stay in registers.
                let [mut first, mut second, mut third, mut fourth] = [[0.0; LANES]; ROWS];
                for &unit in &active[..count] {
                    let (v, w) = (&map.outputs[unit * down + row], &map.normals[unit * across + column]);
                    add_scaled(v[0], w, &mut first);
                    add_scaled(v[1], w, &mut second);
                    add_scaled(v[2], w, &mut third);
                    add_scaled(v[3], w, &mut fourth);
                }
                let sums = [first, second, third, fourth];
                for (out, sum) in rows.chunks_exact_mut(m).skip(row * ROWS).zip(&sums) {
                    for (out, sum) in out[column * LANES..].iter_mut().zip(sum) {
                        *out += sum;
                    }
                }
            }
        }
    }
}
