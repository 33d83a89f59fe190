//! AVX-512 and AVX2 vectors. They may only be used inside functions that enable the instructions they are made of.
#![allow(unsafe_code, reason = "vector instructions; each is sound where the processor has it")]
#![allow(clippy::wildcard_imports, reason = "forty intrinsics by name would say less")]

use std::{arch::x86_64::*, ops::Range};

use super::Lanes;
use crate::{
    outer,
    product::{self, Matrix},
};

/// Sixteen f32 in a 512-bit register. Needs AVX-512 F.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Avx512(__m512);

/// Eight f32 in a 256-bit register. Needs AVX2 and FMA.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Avx2(__m256);

/// The two impls differ in the names of their instructions alone.
macro_rules! lanes {
    ($vector:ident, $width:literal, $features:literal, $splat:ident, $zero:ident, $add:ident, $sub:ident, $mul:ident, $fma:ident, $max:ident,
     |$value:ident, $gate:ident| $where_positive:expr, |$this:ident, $test:ident, $other:ident| $unless_zero:expr, |$summed:ident| $sum:expr, {$($more:tt)*}) => {
        // SAFETY of every block: the types of this file are created and used only below the functions of `isa`, which are
        // called after the processor was asked for the instructions (AVX-512 F, or AVX2 and FMA).
        impl Lanes for $vector {
            type Element = f32;
            const WIDTH: usize = $width;

            #[inline(always)]
            fn splat(value: f32) -> Self {
                unsafe { Self($splat(value)) }
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                unsafe { Self($add(self.0, other.0)) }
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                unsafe { Self($sub(self.0, other.0)) }
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                unsafe { Self($mul(self.0, other.0)) }
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, summand: Self) -> Self {
                unsafe { Self($fma(self.0, factor.0, summand.0)) }
            }
            #[inline(always)]
            fn relu(self) -> Self {
                unsafe { Self($max(self.0, $zero())) }
            }
            #[inline(always)]
            fn where_positive(self, gate: Self) -> Self {
                let ($value, $gate) = (self.0, gate.0);
                unsafe { Self($where_positive) }
            }
            #[inline(always)]
            fn unless_zero(self, gate: Self, other: Self) -> Self {
                let ($this, $test, $other) = (self.0, gate.0, other.0);
                unsafe { Self($unless_zero) }
            }
            #[inline(always)]
            fn sum(self) -> f32 {
                let $summed = self.0;
                unsafe { $sum }
            }
            $($more)*
            #[inline(always)]
            fn add_columns<const NB: usize>(
                w: &Matrix<f32>,
                x: &[[Self; NB]],
                columns: Range<usize>,
                out: &mut [[Self; NB]],
            ) {
                #[target_feature(enable = $features)]
                fn apart<const NB: usize>(
                    w: &Matrix<f32>,
                    x: &[[$vector; NB]],
                    columns: Range<usize>,
                    out: &mut [[$vector; NB]],
                ) {
                    product::add_columns(w, x, columns, out);
                }
                unsafe { apart(w, x, columns, out) }
            }
            #[inline(always)]
            fn add_outer<const NB: usize>(
                out: &mut [f32],
                x: &[[Self; NB]],
                nx: usize,
                y: &[[Self; NB]],
                ny: usize,
                room: &mut [[Self; NB]],
            ) {
                #[target_feature(enable = $features)]
                fn apart<const NB: usize>(
                    out: &mut [f32],
                    x: &[[$vector; NB]],
                    nx: usize,
                    y: &[[$vector; NB]],
                    ny: usize,
                    room: &mut [[$vector; NB]],
                ) {
                    outer::add_outer(out, x, nx, y, ny, room);
                }
                unsafe { apart(out, x, nx, y, ny, room) }
            }
            #[inline(always)]
            fn add_outer_rows<const NB: usize>(
                out: &mut [Self],
                x: &[[Self; NB]],
                nx: usize,
                y: &[Self],
                width: usize,
            ) {
                #[target_feature(enable = $features)]
                fn apart<const NB: usize>(
                    out: &mut [$vector],
                    x: &[[$vector; NB]],
                    nx: usize,
                    y: &[$vector],
                    width: usize,
                ) {
                    outer::add_outer_rows(out, x, nx, y, width);
                }
                unsafe { apart(out, x, nx, y, width) }
            }
            #[inline(always)]
            fn elements<const NB: usize>(vectors: &[[Self; NB]]) -> &[f32] {
                // SAFETY: a vector is its lanes without padding.
                unsafe { std::slice::from_raw_parts(vectors.as_ptr().cast(), vectors.len() * NB * $width) }
            }
            #[inline(always)]
            fn elements_mut<const NB: usize>(vectors: &mut [[Self; NB]]) -> &mut [f32] {
                // SAFETY: as above; the borrow is exclusive, and every bit pattern is a float.
                unsafe {
                    std::slice::from_raw_parts_mut(vectors.as_mut_ptr().cast(), vectors.len() * NB * $width)
                }
            }
        }
    };
}

/// Each quarter of the result holds a part of the sum of each of the four vectors.
#[inline(always)]
unsafe fn quarters([a, b, c, d]: &[Avx512; 4]) -> __m512 {
    // SAFETY: called where AVX-512 is enabled.
    unsafe {
        let ab = _mm512_add_ps(_mm512_unpacklo_ps(a.0, b.0), _mm512_unpackhi_ps(a.0, b.0));
        let cd = _mm512_add_ps(_mm512_unpacklo_ps(c.0, d.0), _mm512_unpackhi_ps(c.0, d.0));
        let (ab, cd) = (_mm512_castps_pd(ab), _mm512_castps_pd(cd));
        let low = _mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd));
        _mm512_add_ps(low, _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd)))
    }
}

/// Pairs of quarters of x, then of y, added up.
#[inline(always)]
unsafe fn fold(x: __m512, y: __m512) -> __m512 {
    // SAFETY: called where AVX-512 is enabled.
    unsafe {
        let even = _mm512_shuffle_f32x4::<0b10_00_10_00>(x, y);
        _mm512_add_ps(even, _mm512_shuffle_f32x4::<0b11_01_11_01>(x, y))
    }
}

/// Rows of four for columns of four, in each 128 bits of four vectors. No closures here and below: they would not be
/// compiled for the instructions that the functions around them enable.
macro_rules! quads {
    ($rows:expr, $low_ps:ident, $high_ps:ident, $low_pd:ident, $high_pd:ident, $pd:ident, $ps:ident) => {{
        let [a, b, c, d] = $rows;
        let (ab, cd) = ($pd($low_ps(a, b)), $pd($low_ps(c, d)));
        let (ab_high, cd_high) = ($pd($high_ps(a, b)), $pd($high_ps(c, d)));
        [
            $ps($low_pd(ab, cd)),
            $ps($high_pd(ab, cd)),
            $ps($low_pd(ab_high, cd_high)),
            $ps($high_pd(ab_high, cd_high)),
        ]
    }};
}

/// Columns for rows, of sixteen by sixteen.
#[inline(always)]
unsafe fn transpose_512(rows: &[__m512; 16]) -> [__m512; 16] {
    // SAFETY: called where AVX-512 is enabled.
    unsafe {
        // Block k of quads[g][j] is column 4k + j of rows 4g to 4g + 3.
        let mut quads = [[_mm512_setzero_ps(); 4]; 4];
        for g in 0..4 {
            quads[g] = quads!(
                [rows[4 * g], rows[4 * g + 1], rows[4 * g + 2], rows[4 * g + 3]],
                _mm512_unpacklo_ps,
                _mm512_unpackhi_ps,
                _mm512_unpacklo_pd,
                _mm512_unpackhi_pd,
                _mm512_castps_pd,
                _mm512_castpd_ps
            );
        }
        let mut columns = [_mm512_setzero_ps(); 16];
        for j in 0..4 {
            let [a, b, c, d] = [quads[0][j], quads[1][j], quads[2][j], quads[3][j]];
            let even = [_mm512_shuffle_f32x4::<0x88>(a, b), _mm512_shuffle_f32x4::<0x88>(c, d)];
            let odd = [_mm512_shuffle_f32x4::<0xDD>(a, b), _mm512_shuffle_f32x4::<0xDD>(c, d)];
            columns[j] = _mm512_shuffle_f32x4::<0x88>(even[0], even[1]);
            columns[4 + j] = _mm512_shuffle_f32x4::<0x88>(odd[0], odd[1]);
            columns[8 + j] = _mm512_shuffle_f32x4::<0xDD>(even[0], even[1]);
            columns[12 + j] = _mm512_shuffle_f32x4::<0xDD>(odd[0], odd[1]);
        }
        columns
    }
}

/// Columns for rows, of eight by eight.
#[inline(always)]
unsafe fn transpose_256(rows: &[__m256; 8]) -> [__m256; 8] {
    // SAFETY: called where AVX2 is enabled.
    unsafe {
        let mut quads = [[_mm256_setzero_ps(); 4]; 2];
        for g in 0..2 {
            quads[g] = quads!(
                [rows[4 * g], rows[4 * g + 1], rows[4 * g + 2], rows[4 * g + 3]],
                _mm256_unpacklo_ps,
                _mm256_unpackhi_ps,
                _mm256_unpacklo_pd,
                _mm256_unpackhi_pd,
                _mm256_castps_pd,
                _mm256_castpd_ps
            );
        }
        let mut columns = [_mm256_setzero_ps(); 8];
        for j in 0..4 {
            columns[j] = _mm256_permute2f128_ps::<0x20>(quads[0][j], quads[1][j]);
            columns[4 + j] = _mm256_permute2f128_ps::<0x31>(quads[0][j], quads[1][j]);
        }
        columns
    }
}

/// The first `count` entries of a row of sixteen.
#[inline(always)]
fn mask_512(count: usize) -> __mmask16 {
    if count < 16 { (1 << count) - 1 } else { __mmask16::MAX }
}

/// The first `count` entries of a row of eight, as signs.
#[inline(always)]
unsafe fn mask_256(count: usize) -> __m256i {
    // SAFETY: called where AVX2 is enabled.
    unsafe {
        _mm256_cmpgt_epi32(
            _mm256_set1_epi32(i32::from(count.min(8) as u8)),
            _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
        )
    }
}

/// `gather` and `scatter` by transposing squares in registers.
macro_rules! squares {
    ($width:literal, $transpose:ident, $zero:ident, |$count:ident| $mask:expr, |$from:ident, $loaded:ident| $load:expr,
     |$to:ident, $stored:ident, $value:ident| $store:expr) => {
        #[inline(always)]
        fn gather(
            source: &[f32],
            stride: usize,
            rows: usize,
            columns: usize,
            mut put: impl FnMut(usize, Self),
        ) {
            assert!(rows <= $width && (rows == 0 || source.len() >= (rows - 1) * stride + columns));
            for first in (0..columns).step_by($width) {
                let count = (columns - first).min($width);
                // SAFETY: as above; what the mask leaves of a row's `count` entries lies in `source`, as asserted.
                let square = unsafe {
                    let $count = count;
                    let $loaded = $mask;
                    let mut square = [$zero(); $width];
                    for (row, vector) in square.iter_mut().enumerate().take(rows) {
                        let $from = source.as_ptr().add(row * stride + first);
                        *vector = $load;
                    }
                    $transpose(&square)
                };
                for (column, vector) in square.iter().enumerate().take(count) {
                    put(first + column, Self(*vector));
                }
            }
        }

        #[inline(always)]
        fn scatter(
            take: impl Fn(usize) -> Self,
            target: &mut [f32],
            stride: usize,
            rows: usize,
            columns: usize,
        ) {
            assert!(rows <= $width && (rows == 0 || target.len() >= (rows - 1) * stride + columns));
            for first in (0..columns).step_by($width) {
                let count = (columns - first).min($width);
                // SAFETY: as above; what the mask leaves of a row's `count` entries lies in `target`, as asserted.
                unsafe {
                    let mut square = [$zero(); $width];
                    for (column, vector) in square.iter_mut().enumerate().take(count) {
                        *vector = take(first + column).0;
                    }
                    let $count = count;
                    let $stored = $mask;
                    for (row, vector) in $transpose(&square).iter().enumerate().take(rows) {
                        let ($to, $value) = (target.as_mut_ptr().add(row * stride + first), *vector);
                        $store;
                    }
                }
            }
        }
    };
}

lanes!(
    Avx512,
    16,
    "avx512f,avx2,fma",
    _mm512_set1_ps,
    _mm512_setzero_ps,
    _mm512_add_ps,
    _mm512_sub_ps,
    _mm512_mul_ps,
    _mm512_fmadd_ps,
    _mm512_max_ps,
    |value, gate| _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(gate, _mm512_setzero_ps()), value),
    |this, gate, other| _mm512_mask_mov_ps(
        this,
        _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(gate, _mm512_setzero_ps()),
        other
    ),
    |x| _mm512_reduce_add_ps(x),
    {
        /// All sixteen at once, by transposing as they are added: a third of the instructions.
        #[inline(always)]
        fn sums(vectors: &[[Self; 4]; 4]) -> [[f32; 4]; 4] {
            // SAFETY: as above; sixteen f32 are four rows of four.
            unsafe {
                let [a, b, c, d] = vectors;
                let (first, second) = (fold(quarters(a), quarters(b)), fold(quarters(c), quarters(d)));
                std::mem::transmute(fold(first, second))
            }
        }

        squares!(
            16,
            transpose_512,
            _mm512_setzero_ps,
            |count| mask_512(count),
            |place, mask| _mm512_maskz_loadu_ps(mask, place),
            |place, mask, vector| _mm512_mask_storeu_ps(place, mask, vector)
        );
    }
);

lanes!(
    Avx2,
    8,
    "avx2,fma",
    _mm256_set1_ps,
    _mm256_setzero_ps,
    _mm256_add_ps,
    _mm256_sub_ps,
    _mm256_mul_ps,
    _mm256_fmadd_ps,
    _mm256_max_ps,
    |value, gate| _mm256_and_ps(value, _mm256_cmp_ps::<_CMP_GT_OQ>(gate, _mm256_setzero_ps())),
    |this, gate, other| _mm256_blendv_ps(this, other, _mm256_cmp_ps::<_CMP_EQ_OQ>(gate, _mm256_setzero_ps())),
    |x| {
        let quarters = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
        let pairs = _mm_add_ps(quarters, _mm_movehl_ps(quarters, quarters));
        _mm_cvtss_f32(_mm_add_ss(pairs, _mm_shuffle_ps::<1>(pairs, pairs)))
    },
    {
        squares!(
            8,
            transpose_256,
            _mm256_setzero_ps,
            |count| mask_256(count),
            |place, mask| _mm256_maskload_ps(place, mask),
            |place, mask, vector| _mm256_maskstore_ps(place, mask, vector)
        );
    }
);
