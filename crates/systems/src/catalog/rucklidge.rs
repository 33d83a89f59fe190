//! Rucklidge's model of double convection.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Convection in a fluid layer under a magnetic field or in rotation, near the onset of rolls,
    ///
    /// $$ \dot x = -a x + b y - y z, \quad \dot y = x, \quad \dot z = -z + y^2. $$
    ///
    /// Rucklidge, A. M. (1992). Chaos in models of double convection. *Journal of Fluid Mechanics* 237, 209-229. Time and
    /// states have no unit. Chaotic at the defaults.
    Rucklidge[3] {
        name: "Rucklidge",
        parameters: {
            /// κ in the paper, the damping of the convection.
            a: 2.0,
            /// λ in the paper, the drive.
            b: 6.7,
        },
        variables: ["x", "y", "z"],
        state: [1.925_715_8, 3.192_383_5, 5.782_965_5],
        dt: 0.05,
        period: 6.0721,
    }
}

impl VectorField<3> for Rucklidge {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-(x * self.a) + y * self.b - y * z, x, y * y - z]
    }
}
