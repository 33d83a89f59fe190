//! The hyperchaotic system of Bao and Liu.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Bao system: the Lü system with a fourth variable fed back to the first,
    ///
    /// $$ \dot x = a (y - x) + w, \quad \dot y = c y - x z, \quad \dot z = x y - b z, \quad \dot w = e x + d y z. $$
    ///
    /// Bao, B. & Liu, Z. (2008). A hyperchaotic attractor coined from chaotic Lü system. *Chinese Physics Letters* 25,
    /// 2396-2399. Time and states have no unit. Hyperchaotic at the defaults.
    HyperBao[4] {
        name: "hyperchaotic Bao",
        aliases: ["HyperBao"],
        parameters: {
            /// a, rate at which x follows y.
            a: 36.0,
            /// b, damping of z.
            b: 3.0,
            /// c, growth of y.
            c: 20.0,
            /// d, how much yz drives w.
            d: 0.1,
            /// e, how much x drives w.
            e: 21.0,
        },
        variables: ["x", "y", "z", "w"],
        state: [9.2713, 9.7522, 23.9192, -16.6968],
        dt: 0.005,
        period: 0.5832,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperBao {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [(y - x) * self.a + w, y * self.c - x * z, x * y - z * self.b, x * self.e + y * z * self.d]
    }
}
