//! Products of a weight matrix with vectors of lanes, in register tiles.

use std::ops::Range;

use crate::{
    cell::zip,
    lanes::{Float, Lanes},
};

/// Columns that are multiplied before the next ones: as many vectors as stay in the first cache while all rows pass by.
const BLOCK: usize = 128;

/// Writes Σ_k w[r, k] x[k] to `out[r]` for every row r of `w` \[out.len(), x.len()\].
#[inline(always)]
pub(crate) fn product<V: Lanes, const NB: usize>(w: &[V::Element], x: &[[V; NB]], out: &mut [[V; NB]]) {
    let n = x.len();
    assert_eq!(w.len(), out.len() * n);
    // A last block that is shorter than half of the others joins the one before.
    let blocks = ((n + BLOCK / 2) / BLOCK).max(1);
    for block in 0..blocks {
        let end = if block + 1 == blocks { n } else { (block + 1) * BLOCK };
        columns(w, x, block * BLOCK..end, out);
    }
}

/// Some columns of a product, added to `out` unless they are the first ones.
#[inline(always)]
fn columns<V: Lanes, const NB: usize>(
    w: &[V::Element],
    x: &[[V; NB]],
    columns: Range<usize>,
    out: &mut [[V; NB]],
) {
    let (rows, n) = (out.len(), x.len());
    let (first, end) = (columns.start, columns.end);
    let x = &x[columns];
    let mut row = 0;
    // S interleaved partial sums keep enough additions in flight where there are few rows.
    macro_rules! tiles {
        ($r:literal, $s:literal) => {{
            let w = &w[row * n + first..(row + $r - 1) * n + end];
            let sums = tile::<V, NB, $r, $s>(w, n, x);
            for (out, sum) in out[row..row + $r].iter_mut().zip(sums) {
                *out = if first > 0 { zip(*out, sum, V::add) } else { sum };
            }
            row += $r;
        }};
    }
    while row + 8 <= rows {
        tiles!(8, 1);
    }
    while row < rows {
        match rows - row {
            1 => tiles!(1, 8),
            2 => tiles!(2, 4),
            3 => tiles!(3, 3),
            _ => tiles!(4, 2),
        }
    }
}

/// R rows of a product, each as S partial sums; the rows of `w` lie `stride` apart.
#[inline(always)]
fn tile<V: Lanes, const NB: usize, const R: usize, const S: usize>(
    w: &[V::Element],
    stride: usize,
    x: &[[V; NB]],
) -> [[V; NB]; R] {
    let n = x.len();
    assert_eq!(w.len(), (R - 1) * stride + n);
    let mut sums = [[[V::zero(); NB]; R]; S];
    let whole = n - n % S;
    for k in (0..whole).step_by(S) {
        for s in 0..S {
            accumulate(&mut sums[s], w, stride, x, k + s);
        }
    }
    for k in whole..n {
        accumulate(&mut sums[0], w, stride, x, k);
    }
    let mut total = sums[0];
    for sums in &sums[1..] {
        for r in 0..R {
            for b in 0..NB {
                total[r][b] = total[r][b].add(sums[r][b]);
            }
        }
    }
    total
}

/// Adds w[r, k] x[k] to each of R sums; k is below `x.len()`, and `w` has R rows that lie `stride` apart.
#[inline(always)]
fn accumulate<V: Lanes, const NB: usize, const R: usize>(
    sums: &mut [[V; NB]; R],
    w: &[V::Element],
    stride: usize,
    x: &[[V; NB]],
    k: usize,
) {
    debug_assert!(k < x.len() && w.len() == (R - 1) * stride + x.len());
    for r in 0..R {
        // SAFETY: the only caller has k < n, x with n entries and w with (R − 1) * stride + n.
        #[allow(unsafe_code)]
        let (weight, x) = unsafe { (V::splat(*w.get_unchecked(r * stride + k)), x.get_unchecked(k)) };
        for b in 0..NB {
            sums[r][b] = weight.mul_add(x[b], sums[r][b]);
        }
    }
}

/// `w` \[rows, columns\] as \[columns, rows\].
pub(crate) fn transposed<E: Float>(w: &[E], rows: usize, columns: usize) -> Vec<E> {
    let mut out = vec![E::ZERO; w.len()];
    for (r, row) in w.chunks_exact(columns.max(1)).enumerate() {
        for (c, value) in row.iter().enumerate() {
            out[c * rows + r] = *value;
        }
    }
    out
}
