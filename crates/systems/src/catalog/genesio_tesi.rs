//! The Genesio-Tesi system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The system of Genesio and Tesi, a jerk flow with a square,
    ///
    /// $$ \dot x = y, \quad \dot y = z, \quad \dot z = -c x - b y - a z + x^2. $$
    ///
    /// Genesio, R. & Tesi, A. (1992). Harmonic balance methods for the analysis of chaotic dynamics in
    /// nonlinear systems. *Automatica* 28, 531-548. Time and states have no unit. Chaotic at the defaults.
    GenesioTesi[3] {
        name: "Genesio-Tesi",
        parameters: {
            /// a, rate at which the acceleration decays; the divergence is -a.
            a: 0.44,
            /// b, damping.
            b: 1.1,
            /// c, linear stiffness.
            c: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [-0.0538, -0.2616, 0.3350],
        dt: 0.06,
        period: 5.9431,
    }
}

impl VectorField<3> for GenesioTesi {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, z, x * (x - self.c) - y * self.b - z * self.a]
    }
}
