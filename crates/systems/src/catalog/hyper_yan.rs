//! The four-dimensional Chen-like system of Yan.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Yan system: the Chen system with a fourth variable,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = (c - a) x - x z + c y, $$
    ///
    /// $$ \dot z = -b z + x y + (x - y) z - w, \quad \dot w = -d w + (y - x) z. $$
    ///
    /// Source as given by dysts: Meier, J. (2003). *Presentation of Attractors with Cinema*. Time and states have no unit.
    /// Chaotic at the defaults, with one positive exponent only.
    HyperYan[4] {
        name: "hyperchaotic Yan",
        aliases: ["HyperYan"],
        parameters: {
            /// a, rate at which x follows y.
            a: 37.0,
            /// b, damping of z.
            b: 3.0,
            /// c, growth of y.
            c: 26.0,
            /// d, damping of w.
            d: 38.0,
        },
        variables: ["x", "y", "z", "w"],
        state: [-6.5766, -4.6171, 17.7965, 0.8072],
        dt: 0.01,
        period: 0.9127,
    }
}

impl VectorField<4> for HyperYan {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        let exchange = (y - x) * z;
        [
            (y - x) * self.a,
            x * (self.c - self.a) - x * z + y * self.c,
            -(z * self.b) + x * y - exchange - w,
            -(w * self.d) + exchange,
        ]
    }
}
