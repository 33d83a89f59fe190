//! The three-scroll attractor of Dequan Li.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The three-scroll attractor of Dequan Li,
    ///
    /// $$ \dot x = a (y - x) + d x z, \quad \dot y = k x + f y - x z, \quad
    /// \dot z = c z + x y - \varepsilon x^2. $$
    ///
    /// Li, D. (2008). A three-scroll chaotic attractor. *Physics Letters A* 372, 387-393. Time and states
    /// have no unit. At the defaults, with c rounded as in dysts, chaos is transient and ends on a torus.
    DequanLi[3] {
        name: "Dequan Li",
        parameters: {
            /// a, rate at which x follows y.
            a: 40.0,
            /// c, growth of z.
            c: 1.833,
            /// d, drive of x by the product of x and z.
            d: 0.16,
            /// ε, drive of z by the square of x.
            epsilon: 0.65,
            /// f, growth of y.
            f: 20.0,
            /// k, drive of y by x.
            k: 55.0,
        },
        variables: ["x", "y", "z"],
        state: [-11.3957, -104.1261, 202.4617],
        dt: 0.001,
        period: 0.083_806,
        properties: [Regular],
    }
}

impl VectorField<3> for DequanLi {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [
            (y - x) * self.a + x * z * self.d,
            x * self.k + y * self.f - x * z,
            z * self.c + x * y - x * x * self.epsilon,
        ]
    }
}
