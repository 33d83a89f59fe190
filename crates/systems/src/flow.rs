//! Ordinary differential equations dx/dt = f(t, x).

use ndarray::ArrayViewMut2;

use crate::Result;

/// An ordinary differential equation dx/dt = f(t, x) with its Jacobian.
pub trait Flow {
    /// Number of state variables M.
    fn dim(&self) -> usize;

    /// Writes f(t, x) to `dx`. `x` and `dx` have length M; `t` is in the system's time unit.
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]);

    /// Writes ∂f_i/∂x_j at (t, x) to `jacobian` \[M, M\], every entry, zeros included.
    fn jacobian(&self, t: f64, x: &[f64], jacobian: ArrayViewMut2<'_, f64>);

    /// Checks the parameters; a simulation calls it before it starts. Accepts everything unless overridden.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) with the parameter that makes no sense.
    fn validate(&self) -> Result<()> {
        Ok(())
    }
}

impl<F: Flow + ?Sized> Flow for &F {
    fn dim(&self) -> usize {
        (**self).dim()
    }
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        (**self).rhs(t, x, dx);
    }
    fn jacobian(&self, t: f64, x: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        (**self).jacobian(t, x, jacobian);
    }
    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
}

impl<F: Flow + ?Sized> Flow for Box<F> {
    fn dim(&self) -> usize {
        (**self).dim()
    }
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        (**self).rhs(t, x, dx);
    }
    fn jacobian(&self, t: f64, x: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        (**self).jacobian(t, x, jacobian);
    }
    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
}
