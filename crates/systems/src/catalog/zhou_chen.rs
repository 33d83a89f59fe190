//! The Zhou-Chen system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A smooth feedback circuit with an attractor in three layers,
    ///
    /// $$ \dot x = a x + b y + y z, \quad \dot y = c y - x z + d y z, \quad \dot z = e z - x y. $$
    ///
    /// Zhou, T. & Chen, G. (2004). A simple smooth chaotic system with a 3-layer attractor. *International Journal of
    /// Bifurcation and Chaos* 14, 1795-1799. Time and states have no unit. Chaotic at the defaults.
    ZhouChen[3] {
        name: "Zhou-Chen",
        parameters: {
            /// a, growth rate of x.
            a: 2.97,
            /// b, weight of y in the first equation.
            b: 0.15,
            /// c, growth rate of y; negative, so y decays.
            c: -3.0,
            /// d, weight of yz.
            d: 1.0,
            /// e, growth rate of z; negative, so z decays.
            e: -8.78,
        },
        variables: ["x", "y", "z"],
        state: [-0.603_902_03, 0.012_111_953, 0.000_832_779_23],
        dt: 0.01,
        period: 0.87518,
    }
}

impl VectorField<3> for ZhouChen {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [x * self.a + y * self.b + y * z, y * self.c - x * z + y * z * self.d, z * self.e - x * y]
    }
}
