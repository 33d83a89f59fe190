//! Products of a weight matrix with vectors of lanes, in register tiles.

use std::ops::Range;

use crate::{
    cell::zip,
    lanes::{Float, Lanes},
};

/// Rows of a whole tile.
const TILE: usize = 8;
/// Columns that are multiplied before the next ones: as many vectors as stay in the first cache while all rows pass by.
const BLOCK: usize = 128;

/// Matrices of at most so many columns are narrow: all of x stays in registers, and rows pass by one at a time.
const NARROW: usize = 4;

/// A weight matrix as products read it: rows in tiles, in each the weights of one column side by side. Narrow ones are kept
/// row by row.
pub(crate) struct Matrix<E> {
    rows: usize,
    columns: usize,
    weights: Vec<E>,
}

impl<E: Float> Matrix<E> {
    /// The rows of a narrow matrix of N columns.
    #[inline(always)]
    pub fn narrow<const N: usize>(&self) -> Option<&[[E; N]]> {
        (N <= NARROW && self.columns == N).then(|| self.weights.as_chunks::<N>().0)
    }

    /// From `w` \[rows, columns\].
    pub fn new(w: &[E], rows: usize, columns: usize) -> Self {
        Self::of(rows, columns, |row, column| w[row * columns + column])
    }

    /// The transpose \[columns, rows\] of `w` \[rows, columns\].
    pub fn transposed(w: &[E], rows: usize, columns: usize) -> Self {
        Self::of(columns, rows, |row, column| w[column * columns + row])
    }

    fn of(rows: usize, columns: usize, weight: impl Fn(usize, usize) -> E) -> Self {
        let mut weights = Vec::with_capacity(rows * columns);
        let mut row = 0;
        while row < rows {
            let height = if columns <= NARROW { 1 } else { tile_height(rows - row) };
            for column in 0..columns {
                weights.extend((row..row + height).map(|row| weight(row, column)));
            }
            row += height;
        }
        Self { rows, columns, weights }
    }
}

/// Rows of the next tile where so many are left.
fn tile_height(left: usize) -> usize {
    match left {
        TILE.. => TILE,
        4.. => 4,
        left => left,
    }
}

/// Writes Σ_k w[r, k] x[k] to `out[r]` for every row r of `w`.
#[inline(always)]
pub(crate) fn product<V: Lanes, const NB: usize>(w: &Matrix<V::Element>, x: &[[V; NB]], out: &mut [[V; NB]]) {
    assert_eq!((out.len(), x.len()), (w.rows, w.columns));
    // A last block that is shorter than half of the others joins the one before.
    let blocks = ((w.columns + BLOCK / 2) / BLOCK).max(1);
    for block in 0..blocks {
        let end = if block + 1 == blocks { w.columns } else { (block + 1) * BLOCK };
        V::add_columns(w, x, block * BLOCK..end, out);
    }
}

/// Some columns of a product, added to `out` unless they are the first ones.
#[inline(always)]
pub(crate) fn add_columns<V: Lanes, const NB: usize>(
    w: &Matrix<V::Element>,
    x: &[[V; NB]],
    columns: Range<usize>,
    out: &mut [[V; NB]],
) {
    macro_rules! narrow {
        ($n:literal) => {
            if let Some(rows) = w.narrow::<$n>() {
                let x = held::<V, NB, $n>(x);
                for (row, out) in rows.iter().zip(out) {
                    *out = narrow_row(row, &x);
                }
                return;
            }
        };
    }
    narrow!(1);
    narrow!(2);
    narrow!(3);
    narrow!(4);
    let x = &x[columns.clone()];
    let (mut weights, mut out) = (&w.weights[..], out);
    // S interleaved partial sums keep enough additions in flight where there are few rows.
    macro_rules! tile {
        ($r:literal, $s:literal) => {{
            let (panel, rest) = weights.split_at(w.columns * $r);
            let (rows, left) = out.split_at_mut($r);
            let sums = tile::<V, NB, $r, $s>(&panel[columns.start * $r..columns.end * $r], x);
            // Row by row, from registers to their place: a copy of all would go through memory twice.
            for r in 0..$r {
                rows[r] = if columns.start > 0 { zip(rows[r], sums[r], V::add) } else { sums[r] };
            }
            (weights, out) = (rest, left);
        }};
    }
    while !out.is_empty() {
        match tile_height(out.len()) {
            TILE => tile!(8, 1),
            4 => tile!(4, 2),
            3 => tile!(3, 3),
            2 => tile!(2, 4),
            _ => tile!(1, 8),
        }
    }
}

/// The N vectors that a narrow matrix is multiplied with, in registers.
#[inline(always)]
pub(crate) fn held<V: Lanes, const NB: usize, const N: usize>(x: &[[V; NB]]) -> [[V; NB]; N] {
    let mut held = [[V::zero(); NB]; N];
    for n in 0..N {
        held[n] = x[n];
    }
    held
}

/// One row of a narrow product.
#[inline(always)]
pub(crate) fn narrow_row<V: Lanes, const NB: usize, const N: usize>(
    row: &[V::Element; N],
    x: &[[V; NB]; N],
) -> [V; NB] {
    let mut sum = [V::zero(); NB];
    for b in 0..NB {
        sum[b] = V::splat(row[0]).mul(x[0][b]);
        for n in 1..N {
            sum[b] = V::splat(row[n]).mul_add(x[n][b], sum[b]);
        }
    }
    sum
}

/// R rows of a product, each as S partial sums, for `weights` \[x.len(), R\].
#[inline(always)]
fn tile<V: Lanes, const NB: usize, const R: usize, const S: usize>(
    weights: &[V::Element],
    x: &[[V; NB]],
) -> [[V; NB]; R] {
    let mut sums = [[[V::zero(); NB]; R]; S];
    let weights = weights.as_chunks::<R>().0;
    if S == 1 {
        for (weights, x) in weights.iter().zip(x) {
            accumulate(&mut sums[0], weights, x);
        }
        return sums[0];
    }
    let (weights, last_weights) = weights.as_chunks::<S>();
    let (x, last_x) = x.as_chunks::<S>();
    for (weights, x) in weights.iter().zip(x) {
        for s in 0..S {
            accumulate(&mut sums[s], &weights[s], &x[s]);
        }
    }
    for (weights, x) in last_weights.iter().zip(last_x) {
        accumulate(&mut sums[0], weights, x);
    }
    let mut total = sums[0];
    for sums in &sums[1..] {
        for r in 0..R {
            total[r] = zip(total[r], sums[r], V::add);
        }
    }
    total
}

/// Adds one column's weights times its x to R sums.
#[inline(always)]
fn accumulate<V: Lanes, const NB: usize, const R: usize>(
    sums: &mut [[V; NB]; R],
    weights: &[V::Element; R],
    x: &[V; NB],
) {
    for r in 0..R {
        let weight = V::splat(weights[r]);
        for b in 0..NB {
            sums[r][b] = weight.mul_add(x[b], sums[r][b]);
        }
    }
}
