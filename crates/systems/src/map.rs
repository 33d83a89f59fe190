//! Difference equations x_t = F(x_{t-1}, u_t).

use ndarray::ArrayViewMut2;

/// A difference equation x_t = F(x_{t-1}, u_t) with its Jacobian with respect to the state.
pub trait Map {
    /// Number of state variables M.
    fn dim(&self) -> usize;

    /// Number of external inputs K; 0 for an autonomous map.
    fn input_dim(&self) -> usize {
        0
    }

    /// Writes F(x, u) to `next`. `x` and `next` have length M, `u` has length K.
    fn step(&self, x: &[f64], u: &[f64], next: &mut [f64]);

    /// Writes ∂F_i/∂x_j at (x, u) to `jacobian` \[M, M\], every entry, zeros included.
    fn jacobian(&self, x: &[f64], u: &[f64], jacobian: ArrayViewMut2<'_, f64>);
}
