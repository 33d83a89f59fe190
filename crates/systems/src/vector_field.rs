//! Equations with a fixed number of variables, written once over any [`Scalar`].

use std::array;

use ndarray::ArrayViewMut2;
use num_dual::Dual64;

use crate::Scalar;

/// The right-hand side of an ordinary differential equation dx/dt = f(t, x) in M variables.
pub trait VectorField<const M: usize> {
    /// f(t, x).
    fn field<S: Scalar>(&self, t: f64, x: [S; M]) -> [S; M];
}

/// The right-hand side of a difference equation x_t = F(x_{t-1}) in M variables.
pub trait Recurrence<const M: usize> {
    /// F(x).
    fn next<S: Scalar>(&self, x: [S; M]) -> [S; M];
}

/// The right-hand side of a delay differential equation dx/dt = f(t, x(t), x(t − τ_1), ..., x(t − τ_D)) in M variables.
pub trait DelayField<const M: usize, const D: usize> {
    /// f, with `delayed[i]` = x(t − τ_{i+1}).
    fn field<S: Scalar>(&self, t: f64, x: [S; M], delayed: [[S; M]; D]) -> [S; M];
}

/// Writes ∂f_i/∂x_j at `x` to `jacobian` \[M, M\], every entry, by M passes in dual numbers.
pub(crate) fn differentiate<const M: usize>(
    x: &[f64],
    mut jacobian: ArrayViewMut2<'_, f64>,
    f: impl Fn([Dual64; M]) -> [Dual64; M],
) {
    for j in 0..M {
        let seeded = array::from_fn(|i| Dual64::new(x[i], if i == j { 1.0 } else { 0.0 }));
        for (i, value) in f(seeded).into_iter().enumerate() {
            jacobian[[i, j]] = value.eps;
        }
    }
}

/// The first M entries of `x`.
pub(crate) fn state<S: Scalar, const M: usize>(x: &[f64]) -> [S; M] {
    array::from_fn(|i| S::constant(x[i]))
}
