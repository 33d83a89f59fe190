//! Sprott's system with a strange attractor and invariant tori.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A reversible system in which a strange attractor and invariant tori live side by side,
    ///
    /// $$ \dot x = y + a x y + x z, \quad \dot y = 1 - b x^2 + y z, \quad \dot z = x - x^2 - y^2. $$
    ///
    /// Sprott, J. C. (2014). A dynamical system with a strange attractor and invariant tori. *Physics Letters A* 378,
    /// 1361-1363. Time and states have no unit. The default state leads to the strange attractor, (1, 0, 0) to a torus.
    SprottTorus[3] {
        name: "Sprott torus",
        parameters: {
            /// a, weight of xy, 2 in the paper.
            a: 2.0,
            /// b, weight of x², 2 in the paper.
            b: 2.0,
        },
        variables: ["x", "y", "z"],
        state: [0.688_347_6, -0.180_176_46, 0.585_397_24],
        dt: 0.1,
        period: 13.607,
    }
}

impl VectorField<3> for SprottTorus {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y + x * y * self.a + x * z, -(x * x * self.b) + y * z + 1.0, x - x * x - y * y]
    }
}
