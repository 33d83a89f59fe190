//! Sums of outer products over time and rows of the batch: the gradients of weight matrices, in register tiles.

use crate::{
    cell::scatter,
    lanes::{Float, Lanes},
    scratch::Scratch,
};

/// Σ_t Σ_lanes x\[t, i\] y\[t, j\] of units i and latents j, as it adds up over chunks of steps.
pub(crate) struct OuterSum<'s, V: Lanes> {
    units: usize,
    latents: usize,
    sums: Sums<'s, V>,
}

/// How the sums are kept.
enum Sums<'s, V: Lanes> {
    /// \[units, latents\]. Lanes are added up at the end of each chunk.
    Added(Vec<V::Element>),
    /// \[units, width\]: latents are lanes, and the states are turned for it. Pays where there are many of both, which are
    /// also those whose chunks are short.
    Turned(&'s mut [V]),
}

/// Vectors that hold the latents of one row where they are turned; 0 where they are not.
fn turned_width<V: Lanes>(units: usize, latents: usize) -> usize {
    if units < 64 || latents < 16 { 0 } else { latents.div_ceil(V::WIDTH) }
}

impl<'s, V: Lanes> OuterSum<'s, V> {
    /// Blocks of lanes that the sums take from the scratch memory.
    pub fn kept<const NB: usize>(units: usize, latents: usize) -> usize {
        (units * turned_width::<V>(units, latents)).div_ceil(NB)
    }

    /// Blocks of lanes that adding a chunk of steps needs besides.
    pub fn room<const NB: usize>(steps: usize, units: usize, latents: usize) -> usize {
        match turned_width::<V>(units, latents) {
            0 => packed(steps, units, latents),
            width => steps * V::WIDTH * width,
        }
    }

    #[inline(always)]
    pub fn new<const NB: usize>(units: usize, latents: usize, scratch: &mut Scratch<'s>) -> Self {
        let sums = match turned_width::<V>(units, latents) {
            0 => Sums::Added(vec![V::Element::ZERO; units * latents]),
            width => {
                let sums = scratch.zeros::<V, NB>((units * width).div_ceil(NB)).as_flattened_mut();
                Sums::Turned(&mut sums[..units * width])
            }
        };
        Self { units, latents, sums }
    }

    /// Adds x \[steps, units\] and y \[steps, latents\] of a chunk.
    #[inline(always)]
    pub fn add<const NB: usize>(&mut self, x: &[[V; NB]], y: &[[V; NB]], room: &mut [[V; NB]]) {
        let Self { units, latents, .. } = *self;
        match &mut self.sums {
            Sums::Added(sums) => V::add_outer(sums, x, units, y, latents, room),
            Sums::Turned(sums) => {
                let width = turned_width::<V>(units, latents);
                let row = width * V::WIDTH;
                let span = V::WIDTH * NB;
                let steps = y.len() / latents;
                let rows = &mut room.as_flattened_mut()[..steps * span * width];
                for (y, rows) in y.chunks_exact(latents).zip(rows.chunks_exact_mut(span * width)) {
                    // What lies beyond the latents is left as it is: it only enters sums that nobody reads.
                    scatter(y, V::elements_mut(rows.as_chunks_mut::<1>().0), row, 0, latents);
                }
                V::add_outer_rows(sums, x, units, rows, width);
            }
        }
    }

    /// The sums \[units, latents\].
    pub fn finish(self) -> Vec<V::Element> {
        match self.sums {
            Sums::Added(sums) => sums,
            Sums::Turned(sums) => {
                let row = turned_width::<V>(self.units, self.latents) * V::WIDTH;
                let sums = V::elements(sums.as_chunks::<1>().0);
                sums.chunks_exact(row).flat_map(|row| &row[..self.latents]).copied().collect()
            }
        }
    }

    /// The sums \[latents, units\].
    pub fn finish_transposed(self) -> Vec<V::Element> {
        let (units, latents) = (self.units, self.latents);
        let sums = self.finish();
        (0..latents * units).map(|place| sums[place % units * latents + place / units]).collect()
    }
}

/// Rows and columns of a register tile of outer products.
const TILE: usize = 4;
/// From this many rows and columns on, operands are packed: their strides over time are long and often powers of two.
const WORTH_PACKING: usize = 16;

/// Blocks of lanes that [`add_outer`] packs its operands into.
fn packed(steps: usize, nx: usize, ny: usize) -> usize {
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

/// Adds Σ_t Σ_lanes x\[t, i\] y\[t, lane, j\] to `out[i, j]`, for x \[steps, nx\] in lanes, and y and `out` in rows of
/// `width` vectors. The sum over lanes costs nothing, so that a few steps at a time are enough.
#[inline(always)]
pub(crate) fn add_outer_rows<V: Lanes, const NB: usize>(
    out: &mut [V],
    x: &[[V; NB]],
    nx: usize,
    y: &[V],
    width: usize,
) {
    let steps = x.len() / nx;
    let span = NB * V::WIDTH;
    assert_eq!((x.len(), y.len(), out.len()), (steps * nx, steps * span * width, nx * width));
    let mut first = 0;
    // Tiles of sixteen sums, whatever their shape.
    macro_rules! tiles {
        ($c:literal, $r:literal) => {{
            let mut i = 0;
            while i + $r <= nx {
                rows_tile::<V, NB, $r, $c>(out, x, nx, i, y, width, first);
                i += $r;
            }
            while i < nx {
                rows_tile::<V, NB, 1, $c>(out, x, nx, i, y, width, first);
                i += 1;
            }
            first += $c;
        }};
    }
    while first < width {
        match width - first {
            1 => tiles!(1, 16),
            2 | 3 => tiles!(2, 8),
            _ => tiles!(4, 4),
        }
    }
}

/// R rows from `i` and C vectors from `first` of [`add_outer_rows`].
#[inline(always)]
fn rows_tile<V: Lanes, const NB: usize, const R: usize, const C: usize>(
    out: &mut [V],
    x: &[[V; NB]],
    nx: usize,
    i: usize,
    y: &[V],
    width: usize,
    first: usize,
) {
    let span = NB * V::WIDTH;
    let mut sums = [[V::zero(); C]; R];
    for (r, sums) in sums.iter_mut().enumerate() {
        let out = &out[(i + r) * width + first..][..C];
        for c in 0..C {
            sums[c] = out[c];
        }
    }
    for (x, y) in x.chunks_exact(nx).zip(y.chunks_exact(span * width)) {
        let x: [&[V::Element]; R] = std::array::from_fn(|r| &V::elements(&x[i + r..=i + r])[..span]);
        for (lane, y) in y.chunks_exact(width).enumerate() {
            let y: [V; C] = std::array::from_fn(|c| y[first..first + C][c]);
            for r in 0..R {
                let x = V::splat(x[r][lane]);
                for c in 0..C {
                    sums[r][c] = x.mul_add(y[c], sums[r][c]);
                }
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        let out = &mut out[(i + r) * width + first..][..C];
        for c in 0..C {
            out[c] = sums[c];
        }
    }
}
