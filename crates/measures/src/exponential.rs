//! Sums of many exponentials, by the widest vector instructions that the processor has.

#![allow(clippy::inline_always, reason = "what is not inlined is compiled for the least of processors")]

use pulp::{Arch, Simd, WithSimd};

const LANES: usize = 8;

/// e^x for x ≤ 0, to 4e-16 of its value; e^−700 for what is below −700.
#[inline(always)]
fn exp(x: f64) -> f64 {
    /// 1.5 · 2⁵²: added to a number and taken off again, it rounds it; in between, the integer is in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    /// ln 2 in two parts, of which the first has 12 trailing zero bits, so that its multiples are exact.
    const LN_2: [f64; 2] = [0.693_147_180_559_663, 2.823_529_056_303_157_7e-13];
    const TAYLOR: [f64; 14] = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ];
    let x = if x > -700.0 { x } else { -700.0 };
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let power = shifted - ROUND;
    let rest = (x - power * LN_2[0]) - power * LN_2[1];
    let series = TAYLOR.iter().fold(0.0, |sum, coefficient| sum * rest + coefficient);
    series * f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52))
}

/// Σ e^(x − `shift`) over values that are at most `shift`.
pub(crate) fn sum_exp(values: &[f64], shift: f64) -> f64 {
    Arch::new().dispatch(SumExp { values, shift })
}

struct SumExp<'a> {
    values: &'a [f64],
    shift: f64,
}

impl WithSimd for SumExp<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> f64 {
        let (lanes, rest) = self.values.as_chunks::<LANES>();
        let mut sums = [0.0; LANES];
        for lane in lanes {
            for (sum, x) in sums.iter_mut().zip(lane) {
                *sum += exp(x - self.shift);
            }
        }
        sums.iter().sum::<f64>() + rest.iter().map(|x| exp(x - self.shift)).sum::<f64>()
    }
}

/// The largest of the values, −∞ of none.
pub(crate) fn largest(values: &[f64]) -> f64 {
    Arch::new().dispatch(Largest(values))
}

struct Largest<'a>(&'a [f64]);

impl WithSimd for Largest<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> f64 {
        let larger = |a: f64, b: f64| if a > b { a } else { b };
        let (lanes, rest) = self.0.as_chunks::<LANES>();
        let mut maxima = [f64::NEG_INFINITY; LANES];
        for lane in lanes {
            for (max, x) in maxima.iter_mut().zip(lane) {
                *max = larger(*x, *max);
            }
        }
        rest.iter().chain(&maxima).copied().fold(f64::NEG_INFINITY, larger)
    }
}

/// Turns products s·x into exponents scale · |s − x|², at most 0 and at least −`farthest`, from the squares |s|² and |x|².
/// The NaN of ∞ − ∞ is the farthest, too.
pub(crate) fn exponents(products: &mut [f64], square: f64, squares: &[f64], scale: f64, farthest: f64) {
    Arch::new().dispatch(Exponents { products, square, squares, scale, farthest });
}

struct Exponents<'a> {
    products: &'a mut [f64],
    square: f64,
    squares: &'a [f64],
    scale: f64,
    farthest: f64,
}

impl WithSimd for Exponents<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) {
        let Self { products, square, squares, scale, farthest } = self;
        for (value, other) in products.iter_mut().zip(squares) {
            let exponent = scale * (square + other - 2.0 * *value);
            *value = if exponent > -farthest { exponent.min(0.0) } else { -farthest };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_exponential_of_the_standard_library() {
        for i in 0..200_000 {
            let x = -0.003_5 * f64::from(i);
            let expected = x.max(-700.0).exp();
            assert!((exp(x) / expected - 1.0).abs() < 4e-16, "{x}: {} {expected}", exp(x));
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(-1e300) < 1e-300);
    }

    #[test]
    fn exponents_are_bounded() {
        let mut values = [0.5, 2.0, f64::INFINITY, f64::NAN, 0.0];
        exponents(&mut values, 1.0, &[1.0, 3.0, f64::INFINITY, 1.0, 1e9], -0.5, 100.0);
        assert_eq!(values, [-0.5, 0.0, -100.0, -100.0, -100.0]);
    }

    #[test]
    fn sums_and_maxima_leave_nothing_out() {
        for count in 0..40 {
            let values: Vec<f64> = (0..count).map(|i| -f64::from(i % 7) * 0.3).collect();
            let expected: f64 = values.iter().map(|x| (x - 0.5).exp()).sum();
            assert!((sum_exp(&values, 0.5) - expected).abs() < 1e-14 * expected.max(1.0));
            assert_eq!(largest(&values), values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        }
    }
}
