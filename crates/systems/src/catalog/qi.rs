//! The four-dimensional system of Qi with cubic terms.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Qi system,
    ///
    /// $$ \dot x = a (y - x) + y z w, \quad \dot y = b (x + y) - x z w, \quad \dot z = -c z + x y w, \quad
    /// \dot w = -d w + x y z. $$
    ///
    /// Qi, G., Du, S., Chen, G., Chen, Z. & Yuan, Z. (2005). On a four-dimensional chaotic system. *Chaos, Solitons and
    /// Fractals* 23, 1671-1682; dysts cites the paper of the hyperchaotic Qi system. Time and states have no unit. Chaotic
    /// at the defaults.
    Qi[4] {
        name: "Qi",
        parameters: {
            /// a, rate at which x follows y.
            a: 45.0,
            /// b, how much x and y drive y.
            b: 10.0,
            /// c, damping of z.
            c: 1.0,
            /// d, damping of w.
            d: 10.0,
        },
        variables: ["x", "y", "z", "w"],
        state: [0.2562, 0.1956, 7.2598, 1.3163],
        dt: 0.005,
        period: 0.4082,
    }
}

impl VectorField<4> for Qi {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [
            (y - x) * self.a + y * z * w,
            (x + y) * self.b - x * z * w,
            -(z * self.c) + x * y * w,
            -(w * self.d) + x * y * z,
        ]
    }
}
