//! The hyperchaotic system of Qi and coauthors.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Qi system,
    ///
    /// $$ \dot x = a (y - x) + y z, \quad \dot y = b (x + y) - x z, \quad \dot z = -c z - e w + x y, \quad
    /// \dot w = -d w + f z + x y. $$
    ///
    /// Qi, G., van Wyk, M. A., van Wyk, B. J. & Chen, G. (2008). On a new hyperchaotic system. *Physics Letters A* 372,
    /// 124-136. Time and states have no unit. Hyperchaotic at the defaults, with exponents far larger than those of other
    /// systems of its size.
    HyperQi[4] {
        name: "hyperchaotic Qi",
        aliases: ["HyperQi"],
        parameters: {
            /// a, rate at which x follows y.
            a: 50.0,
            /// b, how much x and y drive y.
            b: 24.0,
            /// c, damping of z.
            c: 13.0,
            /// d, damping of w.
            d: 8.0,
            /// e, how much w drives z.
            e: 33.0,
            /// f, how much z drives w.
            f: 30.0,
        },
        variables: ["x", "y", "z", "w"],
        state: [11.2509, -3.6471, 50.1699, -168.2485],
        dt: 0.0005,
        period: 0.0619,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperQi {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [
            (y - x) * self.a + y * z,
            (x + y) * self.b - x * z,
            -(z * self.c) - w * self.e + x * y,
            -(w * self.d) + z * self.f + x * y,
        ]
    }
}
