//! Delay differential equations dx/dt = f(t, x(t), x(t − τ_1), ..., x(t − τ_D)).

use ndarray::ArrayViewMut2;

use crate::Result;

/// A delay differential equation with constant delays and its Jacobians.
///
/// `delayed` holds the states x(t − τ_1), ..., x(t − τ_D) one after the other, in the order of [`delays`](Self::delays):
/// `delayed[i * M..(i + 1) * M]` is x(t − τ_{i+1}).
pub trait DelayFlow {
    /// Number of state variables M.
    fn dim(&self) -> usize;

    /// The delays τ_1, ..., τ_D, each above 0, in the system's time unit.
    fn delays(&self) -> Vec<f64>;

    /// Writes f to `dx`. `x` and `dx` have length M, `delayed` D·M.
    fn rhs(&self, t: f64, x: &[f64], delayed: &[f64], dx: &mut [f64]);

    /// Writes ∂f_i/∂x_j(t) to `jacobian` \[M, M\], every entry, zeros included.
    fn jacobian(&self, t: f64, x: &[f64], delayed: &[f64], jacobian: ArrayViewMut2<'_, f64>);

    /// Writes ∂f_i/∂x_j(t − τ_{`delay` + 1}) to `jacobian` \[M, M\], every entry, zeros included.
    fn delayed_jacobian(
        &self,
        delay: usize,
        t: f64,
        x: &[f64],
        delayed: &[f64],
        jacobian: ArrayViewMut2<'_, f64>,
    );

    /// Checks the parameters; a simulation calls it before it starts. Accepts everything unless overridden.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) with the parameter that makes no sense.
    fn validate(&self) -> Result<()> {
        Ok(())
    }
}

impl<F: DelayFlow + ?Sized> DelayFlow for &F {
    fn dim(&self) -> usize {
        (**self).dim()
    }
    fn delays(&self) -> Vec<f64> {
        (**self).delays()
    }
    fn rhs(&self, t: f64, x: &[f64], delayed: &[f64], dx: &mut [f64]) {
        (**self).rhs(t, x, delayed, dx);
    }
    fn jacobian(&self, t: f64, x: &[f64], delayed: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        (**self).jacobian(t, x, delayed, jacobian);
    }
    fn delayed_jacobian(
        &self,
        delay: usize,
        t: f64,
        x: &[f64],
        delayed: &[f64],
        jacobian: ArrayViewMut2<'_, f64>,
    ) {
        (**self).delayed_jacobian(delay, t, x, delayed, jacobian);
    }
    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
}

impl<F: DelayFlow + ?Sized> DelayFlow for Box<F> {
    fn dim(&self) -> usize {
        (**self).dim()
    }
    fn delays(&self) -> Vec<f64> {
        (**self).delays()
    }
    fn rhs(&self, t: f64, x: &[f64], delayed: &[f64], dx: &mut [f64]) {
        (**self).rhs(t, x, delayed, dx);
    }
    fn jacobian(&self, t: f64, x: &[f64], delayed: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        (**self).jacobian(t, x, delayed, jacobian);
    }
    fn delayed_jacobian(
        &self,
        delay: usize,
        t: f64,
        x: &[f64],
        delayed: &[f64],
        jacobian: ArrayViewMut2<'_, f64>,
    ) {
        (**self).delayed_jacobian(delay, t, x, delayed, jacobian);
    }
    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
}
