//! The hyperchaotic system of Rössler, the first of its kind.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Rössler system,
    ///
    /// $$ \dot x = -y - z, \quad \dot y = x + a y + w, \quad \dot z = b + x z, \quad \dot w = d w - c z. $$
    ///
    /// Rössler, O. E. (1979). An equation for hyperchaos. *Physics Letters A* 71, 155-157. Time and states have no unit.
    /// Hyperchaotic at the defaults.
    HyperRossler[4] {
        name: "hyperchaotic Rössler",
        aliases: ["HyperRossler"],
        parameters: {
            /// a, strength of the outward spiral.
            a: 0.25,
            /// b, offset of z.
            b: 3.0,
            /// c, how much z drives w down.
            c: 0.5,
            /// d, growth of w.
            d: 0.05,
        },
        variables: ["x", "y", "z", "w"],
        state: [-93.6677, 15.5078, 0.0321, 43.7928],
        dt: 0.05,
        period: 1.1157,
        properties: [Hyperchaotic],
        exponents: [0.111, 0.021, 0.0] within 0.0035 from "Wolf, Swift, Swinney & Vastano (1985), Determining Lyapunov \
            exponents from a time series: 0.16, 0.03 and 0.00 to base 2",
    }
}

impl VectorField<4> for HyperRossler {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [-y - z, x + y * self.a + w, x * z + self.b, w * self.d - z * self.c]
    }
}
