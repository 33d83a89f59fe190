//! The hyperchaotic system of Pang and Liu.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Pang system: the Lü system with a fourth variable fed back to the second,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = c y - x z + w, \quad \dot z = x y - b z, \quad \dot w = -d (x + y). $$
    ///
    /// Pang, S. & Liu, Y. (2011). A new hyperchaotic system from the Lü system and its control. *Journal of Computational
    /// and Applied Mathematics* 235, 2775-2789. Time and states have no unit. Hyperchaotic at the defaults.
    HyperPang[4] {
        name: "hyperchaotic Pang",
        aliases: ["HyperPang"],
        parameters: {
            /// a, rate at which x follows y.
            a: 36.0,
            /// b, damping of z.
            b: 3.0,
            /// c, growth of y.
            c: 20.0,
            /// d, how much x + y drives w.
            d: 2.0,
        },
        variables: ["x", "y", "z", "w"],
        state: [8.4086, 4.6721, 27.9103, -1.263],
        dt: 0.01,
        period: 0.8439,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperPang {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [(y - x) * self.a, y * self.c - x * z + w, x * y - z * self.b, -((x + y) * self.d)]
    }
}
