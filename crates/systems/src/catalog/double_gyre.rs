//! The double gyre.

use std::f64::consts::PI;

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The path of a particle between two gyres whose common border swings to and fro,
    ///
    /// $$ \dot x = -\pi \alpha \sin(\pi f) \cos(\pi y), \quad
    /// \dot y = \pi \alpha \cos(\pi f) \sin(\pi y) \frac{\partial f}{\partial x}, \quad
    /// \dot \varphi = \omega, $$
    ///
    /// $$ f = a x^2 + (1 - 2 a) x, \quad a = \varepsilon \sin \varphi. $$
    ///
    /// Shadden, S. C., Lekien, F. & Marsden, J. E. (2005). Definition and properties of Lagrangian coherent
    /// structures from finite-time Lyapunov exponents in two-dimensional aperiodic flows. *Physica D* 212,
    /// 271-304. Time and states have no unit; x lies between 0 and 2 and y between 0 and 1. It conserves
    /// area: no attractor, but a chaotic sea, in which the default state lies. The phase of the default state
    /// is that of dysts modulo 2π.
    DoubleGyre[3] {
        name: "double gyre",
        parameters: {
            /// α, speed of the gyres.
            alpha: 0.1,
            /// ε, how far the border swings.
            epsilon: 0.1,
            /// ω, angular frequency of the swing, in radians per time unit.
            omega: 0.62832,
        },
        variables: ["x", "y", "phi"],
        state: [1.5327, 0.9980, 2.6070],
        dt: 0.15,
        period: 13.953,
        properties: [Forced, Angular],
    }
}

impl VectorField<3> for DoubleGyre {
    fn field<S: Scalar>(&self, _t: f64, [x, y, phi]: [S; 3]) -> [S; 3] {
        let a = phi.sin() * self.epsilon;
        let b = -a * 2.0 + 1.0;
        let (f, slope) = ((a * x + b) * x * PI, a * x * 2.0 + b);
        let speed = PI * self.alpha;
        [-f.sin() * (y * PI).cos() * speed, f.cos() * (y * PI).sin() * slope * speed, S::constant(self.omega)]
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::Flow;

    #[test]
    fn conserves_area_and_keeps_to_its_box() {
        let gyre = DoubleGyre::default();
        let mut jacobian = Array2::zeros((3, 3));
        gyre.jacobian(0.0, &[0.7, 0.2, 1.3], jacobian.view_mut());
        assert!(jacobian.diag().sum().abs() < 1e-14);
        for phi in [0.0, 1.0, 4.0] {
            for x in [0.0, 2.0] {
                assert!(gyre.field(0.0, [x, 0.3, phi])[0].abs() < 1e-15);
            }
            for y in [0.0, 1.0] {
                assert!(gyre.field(0.0, [0.3, y, phi])[1].abs() < 1e-15);
            }
        }
    }
}
