//! Ordinary differential equations dx/dt = f(t, x).

use ndarray::ArrayViewMut2;

/// An ordinary differential equation dx/dt = f(t, x) with its Jacobian.
pub trait Flow {
    /// Number of state variables M.
    fn dim(&self) -> usize;

    /// Writes f(t, x) to `dx`. `x` and `dx` have length M; `t` is in the system's time unit.
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]);

    /// Writes ∂f_i/∂x_j at (t, x) to `jacobian` \[M, M\], every entry, zeros included.
    fn jacobian(&self, t: f64, x: &[f64], jacobian: ArrayViewMut2<'_, f64>);
}
