//! Several numbers that are computed with as one.

#![expect(
    clippy::inline_always,
    reason = "only inlined code is compiled for the vector instructions of its caller"
)]

use std::array;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use crate::Scalar;

/// K numbers, each of which goes through the same operations as a single `f64`, with the same result bit for bit.
///
/// Operations are plain loops over the lanes, which the compiler turns into the vector instructions of the machine that
/// it compiles for; products and sums are never fused.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Lanes<const K: usize>(pub [f64; K]);

impl<const K: usize> Lanes<K> {
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self(array::from_fn(|lane| f(self.0[lane])))
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self(array::from_fn(|lane| f(self.0[lane], other.0[lane])))
    }
}

macro_rules! operators {
    ($($operator:ident $method:ident),+) => {$(
        impl<const K: usize> $operator for Lanes<K> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, f64::$method)
            }
        }
        impl<const K: usize> $operator<f64> for Lanes<K> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: f64) -> Self {
                self.map(|value| value.$method(other))
            }
        }
    )+};
}
operators!(Add add, Sub sub, Mul mul, Div div);

impl<const K: usize> Neg for Lanes<K> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(|value| -value)
    }
}

impl<const K: usize> AddAssign for Lanes<K> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<const K: usize> SubAssign for Lanes<K> {
    #[inline(always)]
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

macro_rules! functions {
    ($($function:ident),+) => {$(
        #[inline(always)]
        fn $function(self) -> Self {
            self.map(<f64 as Scalar>::$function)
        }
    )+};
}

impl<const K: usize> Scalar for Lanes<K> {
    #[inline(always)]
    fn constant(value: f64) -> Self {
        Self([value; K])
    }
    functions!(recip, sqrt, exp, ln, sin, cos, tan, atan, sinh, cosh, tanh, floor, abs);
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        self.map(|value| Scalar::powi(value, n))
    }
    #[inline(always)]
    fn powf(self, p: f64) -> Self {
        self.map(|value| Scalar::powf(value, p))
    }
    #[inline(always)]
    fn if_positive(self, yes: Self, no: Self) -> Self {
        Self(array::from_fn(|lane| if self.0[lane] > 0.0 { yes.0[lane] } else { no.0[lane] }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation of a scalar.
    fn all<S: Scalar>(x: S, y: S) -> Vec<S> {
        let mut sum = x;
        sum += y;
        let mut difference = x;
        difference -= y;
        vec![
            x + y,
            x - y,
            x * y,
            x / y,
            -x,
            sum,
            difference,
            x + 0.3,
            x - 0.3,
            x * 0.3,
            x / 0.3,
            x.recip(),
            x.powi(3),
            x.abs().powf(1.7),
            x.abs().sqrt(),
            x.exp(),
            x.abs().ln(),
            x.sin(),
            x.cos(),
            x.tan(),
            x.atan(),
            x.sinh(),
            x.cosh(),
            x.tanh(),
            x.if_positive(x, y),
            x.floor(),
            x.abs(),
            x.sign(),
            x.max(y),
            x.min(y),
            x.modulo(0.7),
            S::constant(4.0),
        ]
    }

    #[test]
    fn lanes_are_scalars_bit_for_bit() {
        let (x, y) = ([0.3, -1.7, 2.5, 0.0, -0.9], [1.1, 0.4, -2.5, 3.0, -0.9]);
        let together = all(Lanes(x), Lanes(y));
        for lane in 0..5 {
            for (i, alone) in all(x[lane], y[lane]).into_iter().enumerate() {
                let value = together[i].0[lane];
                assert!(
                    value.to_bits() == alone.to_bits(),
                    "operation {i}, lane {lane}: {value} and {alone}"
                );
            }
        }
    }
}
