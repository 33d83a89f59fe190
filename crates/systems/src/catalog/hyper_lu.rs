//! The hyperchaotic Lü system of 2006.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Lü system: the Lü system with a fourth variable fed back to the first,
    ///
    /// $$ \dot x = a (y - x) + w, \quad \dot y = c y - x z, \quad \dot z = x y - b z, \quad \dot w = d w + x z. $$
    ///
    /// Chen, A., Lu, J., Lü, J. & Yu, S. (2006). Generating hyperchaotic Lü attractor via state feedback control.
    /// *Physica A* 364, 103-110. Time and states have no unit. Hyperchaotic at the defaults for a
    /// long time only, some thousand time units on average: then an orbit escapes, w growing with exp(d t), as methods that
    /// have nothing in common agree.
    HyperLu[4] {
        name: "hyperchaotic Lü",
        aliases: ["HyperLu"],
        parameters: {
            /// a, rate at which x follows y.
            a: 36.0,
            /// b, damping of z.
            b: 3.0,
            /// c, growth of y.
            c: 20.0,
            /// d, growth of w.
            d: 1.3,
        },
        variables: ["x", "y", "z", "w"],
        state: [8.1135, 10.5566, 18.4459, -28.3815],
        dt: 0.005,
        period: 0.7163,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperLu {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [(y - x) * self.a + w, y * self.c - x * z, x * y - z * self.b, w * self.d + x * z]
    }
}
