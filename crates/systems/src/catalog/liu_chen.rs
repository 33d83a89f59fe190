//! The four-scroll system of Liu and Chen.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Liu-Chen system,
    ///
    /// $$ \dot x = a x + y z, \quad \dot y = -b y - x z, \quad \dot z = -c z - x y. $$
    ///
    /// Liu, W. & Chen, G. (2004). Can a three-dimensional smooth autonomous quadratic chaotic system generate a single
    /// four-scroll attractor? *International Journal of Bifurcation and Chaos* 14, 1395-1403. With x for -x it is
    /// dx/dt = a x - y z, dy/dt = -b y + x z, dz/dt = -c z + x y; dysts writes it as a case of its Sakarya system. Time and
    /// states have no unit. At the defaults x grows slowly while y and z all but vanish, and then bursts: chaotic for some
    /// hundreds of time units, and in the end a cycle.
    LiuChen[3] {
        name: "Liu-Chen",
        parameters: {
            /// a, growth of x.
            a: 0.4,
            /// b, damping of y.
            b: 12.0,
            /// c, damping of z.
            c: 5.0,
        },
        variables: ["x", "y", "z"],
        state: [4.6723, 5.2437e-10, -6.4444e-10],
        dt: 0.05,
        period: 8.0164,
        properties: [Regular],
    }
}

impl VectorField<3> for LiuChen {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [x * self.a + y * z, -(y * self.b) - x * z, -(z * self.c) - x * y]
    }
}
