//! The system of Rabinovich and Fabrikant.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Rabinovich-Fabrikant system: waves that modulate themselves in a medium out of equilibrium,
    ///
    /// $$ \dot x = y (z - 1 + x^2) + \gamma x, \quad \dot y = x (3 z + 1 - x^2) + \gamma y, \quad
    /// \dot z = -2 z (\alpha + x y). $$
    ///
    /// Rabinovich, M. I. & Fabrikant, A. L. (1979). Stochastic self-modulation of waves in nonequilibrium media. *Soviet
    /// Physics JETP* 50, 311-317. Time and states have no unit. Chaotic at the defaults, with more than one attractor.
    RabinovichFabrikant[3] {
        name: "Rabinovich-Fabrikant",
        parameters: {
            /// α, damping of z.
            alpha: 1.1,
            /// γ, growth of x and y.
            gamma: 0.87,
        },
        variables: ["x", "y", "z"],
        state: [-1.8207, 0.8344, 0.2078],
        dt: 0.02,
        period: 2.3356,
        exponents: [0.1981, 0.0, -0.6581] within 5e-5 from "Sprott (2003), Chaos and Time-Series Analysis, appendix A",
    }
}

impl VectorField<3> for RabinovichFabrikant {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let square = x * x;
        [
            y * (z - 1.0 + square) + x * self.gamma,
            x * (z * 3.0 + 1.0 - square) + y * self.gamma,
            -(z * (x * y + self.alpha) * 2.0),
        ]
    }
}
