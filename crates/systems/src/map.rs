//! Difference equations x_t = F(x_{t-1}, u_t).

use ndarray::ArrayViewMut2;

use crate::Result;

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

    /// Checks the parameters; a simulation calls it before it starts. Accepts everything unless overridden.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) with the parameter that makes no sense.
    fn validate(&self) -> Result<()> {
        Ok(())
    }
}

impl<F: Map + ?Sized> Map for &F {
    fn dim(&self) -> usize {
        (**self).dim()
    }
    fn input_dim(&self) -> usize {
        (**self).input_dim()
    }
    fn step(&self, x: &[f64], u: &[f64], next: &mut [f64]) {
        (**self).step(x, u, next);
    }
    fn jacobian(&self, x: &[f64], u: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        (**self).jacobian(x, u, jacobian);
    }
    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
}

impl<F: Map + ?Sized> Map for Box<F> {
    fn dim(&self) -> usize {
        (**self).dim()
    }
    fn input_dim(&self) -> usize {
        (**self).input_dim()
    }
    fn step(&self, x: &[f64], u: &[f64], next: &mut [f64]) {
        (**self).step(x, u, next);
    }
    fn jacobian(&self, x: &[f64], u: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        (**self).jacobian(x, u, jacobian);
    }
    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
}
