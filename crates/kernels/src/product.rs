//! Products of a weight matrix with vectors of lanes, and sums of outer products over time, in register tiles.

use crate::lanes::{Float, Lanes};

/// Writes Σ_k w[r, k] x[k] to `out[r]` for every row r of `w` \[out.len(), x.len()\].
#[inline(always)]
pub(crate) fn product<V: Lanes, const NB: usize>(w: &[V::Element], x: &[[V; NB]], out: &mut [[V; NB]]) {
    let (rows, n) = (out.len(), x.len());
    assert_eq!(w.len(), rows * n);
    let mut row = 0;
    // S interleaved partial sums keep enough additions in flight where there are few rows.
    macro_rules! tiles {
        ($r:literal, $s:literal) => {{
            let sums = tile::<V, NB, $r, $s>(&w[row * n..(row + $r) * n], x);
            out[row..row + $r].copy_from_slice(&sums);
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

/// R rows of a product, each as S partial sums.
#[inline(always)]
fn tile<V: Lanes, const NB: usize, const R: usize, const S: usize>(
    w: &[V::Element],
    x: &[[V; NB]],
) -> [[V; NB]; R] {
    let n = x.len();
    assert_eq!(w.len(), R * n);
    let mut sums = [[[V::zero(); NB]; R]; S];
    let whole = n - n % S;
    for k in (0..whole).step_by(S) {
        for s in 0..S {
            accumulate(&mut sums[s], w, x, k + s);
        }
    }
    for k in whole..n {
        accumulate(&mut sums[0], w, x, k);
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

/// Adds w[r, k] x[k] to each of R sums; k is below `x.len()`, and `w` has R rows.
#[inline(always)]
fn accumulate<V: Lanes, const NB: usize, const R: usize>(
    sums: &mut [[V; NB]; R],
    w: &[V::Element],
    x: &[[V; NB]],
    k: usize,
) {
    let n = x.len();
    debug_assert!(k < n && w.len() == R * n);
    for r in 0..R {
        // SAFETY: the only caller has k < n, x with n entries and w with R * n.
        #[allow(unsafe_code)]
        let (weight, x) = unsafe { (V::splat(*w.get_unchecked(r * n + k)), x.get_unchecked(k)) };
        for b in 0..NB {
            sums[r][b] = weight.mul_add(x[b], sums[r][b]);
        }
    }
}

/// Adds Σ_t Σ_lanes x\[t, i\] y\[t, j\] to `out[i, j]`, for x \[steps, nx\] and y \[steps, ny\].
#[inline(always)]
pub(crate) fn add_outer<V: Lanes, const NB: usize>(
    out: &mut [V::Element],
    x: &[[V; NB]],
    nx: usize,
    y: &[[V; NB]],
    ny: usize,
) {
    let steps = x.len() / nx;
    assert_eq!((x.len(), y.len(), out.len()), (steps * nx, steps * ny, nx * ny));
    let mut j = 0;
    while j < ny {
        let columns = (ny - j).min(4);
        let mut i = 0;
        while i < nx {
            let rows = (nx - i).min(4);
            macro_rules! tile {
                ($r:literal, $c:literal) => {
                    outer_tile::<V, NB, $r, $c>(out, x, nx, i, y, ny, j)
                };
            }
            match (rows, columns) {
                (4, 4) => tile!(4, 4),
                (4, 3) => tile!(4, 3),
                (4, 2) => tile!(4, 2),
                (4, 1) => tile!(4, 1),
                (3, 4) => tile!(3, 4),
                (3, 3) => tile!(3, 3),
                (3, 2) => tile!(3, 2),
                (3, 1) => tile!(3, 1),
                (2, 4) => tile!(2, 4),
                (2, 3) => tile!(2, 3),
                (2, 2) => tile!(2, 2),
                (2, 1) => tile!(2, 1),
                (1, 4) => tile!(1, 4),
                (1, 3) => tile!(1, 3),
                (1, 2) => tile!(1, 2),
                _ => tile!(1, 1),
            }
            i += rows;
        }
        j += columns;
    }
}

#[inline(always)]
fn outer_tile<V: Lanes, const NB: usize, const R: usize, const C: usize>(
    out: &mut [V::Element],
    x: &[[V; NB]],
    nx: usize,
    i: usize,
    y: &[[V; NB]],
    ny: usize,
    j: usize,
) {
    let mut sums = [[V::zero(); C]; R];
    for (x, y) in x.chunks_exact(nx).zip(y.chunks_exact(ny)) {
        let (x, y) = (&x[i..i + R], &y[j..j + C]);
        for b in 0..NB {
            for (sums, x) in sums.iter_mut().zip(x) {
                for (sum, y) in sums.iter_mut().zip(y) {
                    *sum = x[b].mul_add(y[b], *sum);
                }
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        for (c, sum) in sums.iter().enumerate() {
            out[(i + r) * ny + j + c] += sum.sum();
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
