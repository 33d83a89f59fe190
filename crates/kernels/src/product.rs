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

/// Rows and columns of a register tile of outer products.
const TILE: usize = 4;
/// From this many rows and columns on, operands are packed: their strides over time are long and often powers of two.
const WORTH_PACKING: usize = 16;

/// Blocks of lanes that [`add_outer`] packs its operands into.
pub(crate) fn packed(steps: usize, nx: usize, ny: usize) -> usize {
    if nx < WORTH_PACKING || ny < WORTH_PACKING { 0 } else { steps * (nx + TILE) }
}

/// Adds Σ_t Σ_lanes x\[t, i\] y\[t, j\] to `out[i, j]`, for x \[steps, nx\] and y \[steps, ny\], with room for
/// [`packed`] blocks.
#[inline(always)]
pub(crate) fn add_outer<V: Lanes, const NB: usize>(
    out: &mut [V::Element],
    x: &[[V; NB]],
    nx: usize,
    y: &[[V; NB]],
    ny: usize,
    room: &mut [[V; NB]],
) {
    let steps = x.len() / nx;
    assert_eq!((x.len(), y.len(), out.len()), (steps * nx, steps * ny, nx * ny));
    let packing = packed(steps, nx, ny) > 0;
    let (packed_x, packed_y) = room.split_at_mut(if packing { steps * nx } else { 0 });
    if packing {
        for i in (0..nx).step_by(TILE) {
            pack(x, nx, i, &mut packed_x[i * steps..]);
        }
    }
    for j in (0..ny).step_by(TILE) {
        let columns = (ny - j).min(TILE);
        if packing {
            pack(y, ny, j, packed_y);
        }
        for i in (0..nx).step_by(TILE) {
            let rows = (nx - i).min(TILE);
            // What is packed lies at its first column, in rows as wide as its tile.
            let (x, y) = if packing {
                (
                    Panel { data: &packed_x[i * steps..], width: rows, first: 0 },
                    Panel { data: &*packed_y, width: columns, first: 0 },
                )
            } else {
                (Panel { data: x, width: nx, first: i }, Panel { data: y, width: ny, first: j })
            };
            macro_rules! tile {
                ($r:literal, $c:literal) => {
                    outer_tile::<V, NB, $r, $c>(steps, x, y, |r, c, sum| out[(i + r) * ny + j + c] += sum)
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
        }
    }
}

/// Copies columns `first .. first + TILE`, as far as there are such, of x \[steps, n\] to where they lie together.
#[inline(always)]
fn pack<V: Lanes, const NB: usize>(x: &[[V; NB]], n: usize, first: usize, packed: &mut [[V; NB]]) {
    let width = (n - first).min(TILE);
    for (row, packed) in x.chunks_exact(n).zip(packed.chunks_exact_mut(width)) {
        packed.copy_from_slice(&row[first..first + width]);
    }
}

/// Some columns of a matrix of lanes.
#[derive(Clone, Copy)]
struct Panel<'a, V, const NB: usize> {
    data: &'a [[V; NB]],
    width: usize,
    first: usize,
}

#[inline(always)]
fn outer_tile<V: Lanes, const NB: usize, const R: usize, const C: usize>(
    steps: usize,
    x: Panel<'_, V, NB>,
    y: Panel<'_, V, NB>,
    mut out: impl FnMut(usize, usize, V::Element),
) {
    let mut sums = [[V::zero(); TILE]; TILE];
    let rows = x.data.chunks_exact(x.width).zip(y.data.chunks_exact(y.width));
    for (x_row, y_row) in rows.take(steps) {
        let (x, y) = (&x_row[x.first..x.first + R], &y_row[y.first..y.first + C]);
        for b in 0..NB {
            for r in 0..R {
                for c in 0..C {
                    sums[r][c] = x[r][b].mul_add(y[c][b], sums[r][c]);
                }
            }
        }
    }
    let sums = V::sums(&sums);
    for (r, sums) in sums.iter().enumerate().take(R) {
        for (c, sum) in sums.iter().enumerate().take(C) {
            out(r, c, *sum);
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
