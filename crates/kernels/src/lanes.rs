//! SIMD vectors whose lanes are rows of the batch: the trait, and arrays as the portable form of it.

use std::ops::Range;

use crate::{
    outer,
    product::{self, Matrix},
};

#[cfg(target_arch = "x86_64")]
pub(crate) mod x86;

/// A vector of `WIDTH` floats, one of each row of the batch.
pub(crate) trait Lanes: Copy + 'static {
    type Element: Float;
    const WIDTH: usize;

    fn splat(value: Self::Element) -> Self;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    /// `self * factor + summand`.
    fn mul_add(self, factor: Self, summand: Self) -> Self;
    /// max(self, 0), and 0 for NaN.
    fn relu(self) -> Self;
    /// `self` where `gate` is above 0, else 0.
    fn where_positive(self, gate: Self) -> Self;
    /// `other` where `gate` is exactly 0, else `self`.
    fn unless_zero(self, gate: Self, other: Self) -> Self;
    /// The sum of all lanes, always in the same order.
    fn sum(self) -> Self::Element;

    /// The sums of the lanes of sixteen vectors.
    #[inline(always)]
    fn sums(vectors: &[[Self; 4]; 4]) -> [[Self::Element; 4]; 4] {
        vectors.map(|row| row.map(Self::sum))
    }

    #[inline(always)]
    fn zero() -> Self {
        Self::splat(Self::Element::ZERO)
    }

    /// Hands to `put` the vector of column c, for every c below `columns`: its lane r is `source[r * stride + c]`, and 0
    /// from lane `rows` on.
    #[inline(always)]
    fn gather(
        source: &[Self::Element],
        stride: usize,
        rows: usize,
        columns: usize,
        mut put: impl FnMut(usize, Self),
    ) {
        for column in 0..columns {
            let mut vector = [[Self::zero()]];
            for (row, lane) in Self::elements_mut(&mut vector).iter_mut().enumerate().take(rows) {
                *lane = source[row * stride + column];
            }
            put(column, vector[0][0]);
        }
    }

    /// The way back: `target[r * stride + c]` is lane r of the vector that `take` has for column c, for r below `rows`.
    #[inline(always)]
    fn scatter(
        take: impl Fn(usize) -> Self,
        target: &mut [Self::Element],
        stride: usize,
        rows: usize,
        columns: usize,
    ) {
        for column in 0..columns {
            let vector = [[take(column)]];
            for (row, lane) in Self::elements(&vector).iter().enumerate().take(rows) {
                target[row * stride + column] = *lane;
            }
        }
    }

    // Parts of kernels that are functions of their own, compiled for the instructions of these vectors: with all in one
    // function there are too many addresses for the registers.

    /// As [`product::add_columns`].
    fn add_columns<const NB: usize>(
        w: &Matrix<Self::Element>,
        x: &[[Self; NB]],
        columns: Range<usize>,
        out: &mut [[Self; NB]],
    ) {
        product::add_columns(w, x, columns, out);
    }

    /// As [`outer::add_outer`].
    fn add_outer<const NB: usize>(
        out: &mut [Self::Element],
        x: &[[Self; NB]],
        nx: usize,
        y: &[[Self; NB]],
        ny: usize,
        room: &mut [[Self; NB]],
    ) {
        outer::add_outer(out, x, nx, y, ny, room);
    }

    /// As [`outer::add_outer_rows`].
    fn add_outer_rows<const NB: usize>(
        out: &mut [Self],
        x: &[[Self; NB]],
        nx: usize,
        y: &[Self],
        width: usize,
    ) {
        outer::add_outer_rows(out, x, nx, y, width);
    }

    /// The lanes of many vectors, one vector after the other.
    fn elements<const NB: usize>(vectors: &[[Self; NB]]) -> &[Self::Element];

    /// As [`elements`](Self::elements), to write to.
    fn elements_mut<const NB: usize>(vectors: &mut [[Self; NB]]) -> &mut [Self::Element];
}

/// f32 or f64.
pub(crate) trait Float:
    Copy
    + 'static
    + PartialOrd
    + Send
    + Sync
    + std::fmt::Debug
    + std::ops::Add<Output = Self>
    + std::ops::AddAssign
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::Neg<Output = Self>
{
    const ZERO: Self;
    const ONE: Self;
    /// 1 / `count`.
    fn one_over(count: usize) -> Self;
}

impl Float for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    fn one_over(count: usize) -> Self {
        1.0 / count as Self
    }
}

impl Float for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    fn one_over(count: usize) -> Self {
        1.0 / count as Self
    }
}

/// An array that the compiler may turn into whatever vectors the processor has.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Portable<E, const W: usize>([E; W]);

impl<E: Float, const W: usize> Portable<E, W> {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(E, E) -> E) -> Self {
        Self(std::array::from_fn(|lane| f(self.0[lane], other.0[lane])))
    }
}

impl<E: Float, const W: usize> Lanes for Portable<E, W> {
    type Element = E;
    const WIDTH: usize = W;

    #[inline(always)]
    fn splat(value: E) -> Self {
        Self([value; W])
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, summand: Self) -> Self {
        // Not fused: without the instruction a fused multiply-add is a slow call.
        self.mul(factor).add(summand)
    }
    #[inline(always)]
    fn relu(self) -> Self {
        self.where_positive(self)
    }
    #[inline(always)]
    fn where_positive(self, gate: Self) -> Self {
        self.zip(gate, |value, gate| if gate > E::ZERO { value } else { E::ZERO })
    }
    #[inline(always)]
    fn unless_zero(self, gate: Self, other: Self) -> Self {
        Self(std::array::from_fn(|lane| if gate.0[lane] == E::ZERO { other.0[lane] } else { self.0[lane] }))
    }
    #[inline(always)]
    fn sum(self) -> E {
        self.0.into_iter().fold(E::ZERO, |sum, value| sum + value)
    }
    #[inline(always)]
    fn elements<const NB: usize>(vectors: &[[Self; NB]]) -> &[E] {
        // SAFETY: `Portable<E, W>` is transparent over `[E; W]`, so NB of them are NB * W elements without padding.
        #[allow(unsafe_code)]
        unsafe {
            std::slice::from_raw_parts(vectors.as_ptr().cast(), vectors.len() * NB * W)
        }
    }
    #[inline(always)]
    fn elements_mut<const NB: usize>(vectors: &mut [[Self; NB]]) -> &mut [E] {
        // SAFETY: as in `elements`; the borrow is exclusive, and every bit pattern is an element.
        #[allow(unsafe_code)]
        unsafe {
            std::slice::from_raw_parts_mut(vectors.as_mut_ptr().cast(), vectors.len() * NB * W)
        }
    }
}
