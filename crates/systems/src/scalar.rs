//! The numbers that equations are written over.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

use num_dual::{Dual64, DualNum};

/// A number that the equations of a system are written over, once: `f64` to run it, [`Dual64`] to differentiate it, and
/// vectors of `f64` to run many at a time.
///
/// Constants and parameters are `f64` and stand on the right: `x * self.sigma - 1.0`. There are no comparisons, since
/// the lanes of a vector may differ in their answer: take [`if_positive`](Self::if_positive).
pub trait Scalar:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// A constant.
    fn constant(value: f64) -> Self;
    /// 1 / x.
    #[must_use]
    fn recip(self) -> Self;
    /// x^n.
    #[must_use]
    fn powi(self, n: i32) -> Self;
    /// x^p.
    #[must_use]
    fn powf(self, p: f64) -> Self;
    /// √x.
    #[must_use]
    fn sqrt(self) -> Self;
    /// e^x.
    #[must_use]
    fn exp(self) -> Self;
    /// The natural logarithm.
    #[must_use]
    fn ln(self) -> Self;
    /// sin x.
    #[must_use]
    fn sin(self) -> Self;
    /// cos x.
    #[must_use]
    fn cos(self) -> Self;
    /// tan x.
    #[must_use]
    fn tan(self) -> Self;
    /// arctan x.
    #[must_use]
    fn atan(self) -> Self;
    /// sinh x.
    #[must_use]
    fn sinh(self) -> Self;
    /// cosh x.
    #[must_use]
    fn cosh(self) -> Self;
    /// tanh x.
    #[must_use]
    fn tanh(self) -> Self;
    /// `yes` where x is above 0, else `no`.
    #[must_use]
    fn if_positive(self, yes: Self, no: Self) -> Self;
    /// The largest integer that is not above x; of derivative 0.
    #[must_use]
    fn floor(self) -> Self;

    /// |x|.
    #[must_use]
    fn abs(self) -> Self {
        self.if_positive(self, -self)
    }
    /// 1 where x is above 0, −1 where it is below, 0 at 0; of derivative 0.
    #[must_use]
    fn sign(self) -> Self {
        let (one, zero) = (Self::constant(1.0), Self::constant(0.0));
        self.if_positive(one, (-self).if_positive(-one, zero))
    }
    /// max(x, y).
    #[must_use]
    fn max(self, other: Self) -> Self {
        (self - other).if_positive(self, other)
    }
    /// min(x, y).
    #[must_use]
    fn min(self, other: Self) -> Self {
        (self - other).if_positive(other, self)
    }
    /// x less the multiple of `period` that brings it into \[0, period).
    #[must_use]
    fn modulo(self, period: f64) -> Self {
        self - (self / period).floor() * period
    }
}

impl Scalar for f64 {
    #[inline]
    fn constant(value: f64) -> Self {
        value
    }
    #[inline]
    fn recip(self) -> Self {
        1.0 / self
    }
    #[inline]
    fn powi(self, n: i32) -> Self {
        self.powi(n)
    }
    #[inline]
    fn powf(self, p: f64) -> Self {
        self.powf(p)
    }
    #[inline]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline]
    fn exp(self) -> Self {
        self.exp()
    }
    #[inline]
    fn ln(self) -> Self {
        self.ln()
    }
    #[inline]
    fn sin(self) -> Self {
        self.sin()
    }
    #[inline]
    fn cos(self) -> Self {
        self.cos()
    }
    #[inline]
    fn tan(self) -> Self {
        self.tan()
    }
    #[inline]
    fn atan(self) -> Self {
        self.atan()
    }
    #[inline]
    fn sinh(self) -> Self {
        self.sinh()
    }
    #[inline]
    fn cosh(self) -> Self {
        self.cosh()
    }
    #[inline]
    fn tanh(self) -> Self {
        self.tanh()
    }
    #[inline]
    fn if_positive(self, yes: Self, no: Self) -> Self {
        if self > 0.0 { yes } else { no }
    }
    #[inline]
    fn floor(self) -> Self {
        self.floor()
    }
    #[inline]
    fn abs(self) -> Self {
        self.abs()
    }
}

impl Scalar for Dual64 {
    fn constant(value: f64) -> Self {
        Self::from_re(value)
    }
    fn recip(self) -> Self {
        DualNum::recip(&self)
    }
    fn powi(self, n: i32) -> Self {
        DualNum::powi(&self, n)
    }
    fn powf(self, p: f64) -> Self {
        DualNum::powf(&self, p)
    }
    fn sqrt(self) -> Self {
        DualNum::sqrt(&self)
    }
    fn exp(self) -> Self {
        DualNum::exp(&self)
    }
    fn ln(self) -> Self {
        DualNum::ln(&self)
    }
    fn sin(self) -> Self {
        DualNum::sin(&self)
    }
    fn cos(self) -> Self {
        DualNum::cos(&self)
    }
    fn tan(self) -> Self {
        DualNum::tan(&self)
    }
    fn atan(self) -> Self {
        DualNum::atan(&self)
    }
    fn sinh(self) -> Self {
        DualNum::sinh(&self)
    }
    fn cosh(self) -> Self {
        DualNum::cosh(&self)
    }
    fn tanh(self) -> Self {
        DualNum::tanh(&self)
    }
    fn if_positive(self, yes: Self, no: Self) -> Self {
        if self.re > 0.0 { yes } else { no }
    }
    fn floor(self) -> Self {
        Self::from_re(self.re.floor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_textbook() {
        let x = Dual64::from_re(0.7).derivative();
        let tanh = 0.7_f64.tanh();
        for (name, found, slope) in [
            ("powi", Scalar::powi(x, 3), 3.0 * 0.49),
            ("powf", Scalar::powf(x, 1.5), 1.5 * 0.7_f64.sqrt()),
            ("recip", Scalar::recip(x), -1.0 / 0.49),
            ("tanh", Scalar::tanh(x), 1.0 - tanh * tanh),
            ("abs", Scalar::abs(-x), 1.0),
            ("sign", x.sign(), 0.0),
            ("max", Scalar::max(x, Dual64::from_re(0.5)), 1.0),
            ("min", Scalar::min(x, Dual64::from_re(0.5)), 0.0),
            ("modulo", x.modulo(0.5), 1.0),
        ] {
            assert!((found.eps - slope).abs() < 1e-14, "{name}: {} against {slope}", found.eps);
        }
    }

    #[test]
    fn remainders_lie_in_the_period() {
        for x in [-7.3, -2.0, 0.0, 1.9, 4.0, 1e6 + 0.5] {
            let remainder = x.modulo(2.0);
            assert!((0.0..2.0).contains(&remainder), "{x} modulo 2 is {remainder}");
        }
        assert_eq!((-0.5).modulo(2.0), 1.5);
        assert_eq!([(-3.0).sign(), 0.0.sign(), 2.0.sign()], [-1.0, 0.0, 1.0]);
    }
}
