//! The Lorenz-Stenflo system of acoustic-gravity waves.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Lorenz-Stenflo system: convection in an atmosphere that rotates,
    ///
    /// $$ \dot x = \sigma (y - x) + s w, \quad \dot y = x (\rho - z) - y, \quad \dot z = x y - \beta z, \quad
    /// \dot w = -x - \sigma w. $$
    ///
    /// Stenflo, L. (1996). Generalized Lorenz equations for acoustic-gravity waves in the atmosphere. *Physica Scripta* 53,
    /// 83-84. Without rotation, s = 0, x, y and z are those of the Lorenz system. Time and states have no unit. Chaotic at
    /// the defaults.
    LorenzStenflo[4] {
        name: "Lorenz-Stenflo",
        parameters: {
            /// σ, the Prandtl number.
            sigma: 2.0,
            /// β, a geometric factor.
            beta: 0.7,
            /// ρ, the Rayleigh number relative to its critical value.
            rho: 26.0,
            /// s, the number of the rotation.
            s: 1.5,
        },
        variables: ["x", "y", "z", "w"],
        state: [4.2334, 9.0897, 21.8666, -1.4081],
        dt: 0.02,
        period: 3.8877,
    }
}

impl VectorField<4> for LorenzStenflo {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [
            (y - x) * self.sigma + w * self.s,
            x * (-z + self.rho) - y,
            x * y - z * self.beta,
            -x - w * self.sigma,
        ]
    }
}
