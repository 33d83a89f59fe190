//! The hyperchaotic system of Xu.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Xu system,
    ///
    /// $$ \dot x = a (y - x) + w, \quad \dot y = b x + e x z, \quad \dot z = -c z - x y, \quad \dot w = x z - d y. $$
    ///
    /// Source as given by dysts: Letellier, C. & Rössler, O. E. (2007). Hyperchaos. *Scholarpedia* 2, 1936. Time and states
    /// have no unit. Hyperchaotic at the defaults.
    HyperXu[4] {
        name: "hyperchaotic Xu",
        aliases: ["HyperXu"],
        parameters: {
            /// a, rate at which x follows y.
            a: 10.0,
            /// b, how much x drives y.
            b: 40.0,
            /// c, damping of z.
            c: 2.5,
            /// d, how much y drives w down.
            d: 2.0,
            /// e, how much xz drives y.
            e: 16.0,
        },
        variables: ["x", "y", "z", "w"],
        state: [0.6894, -0.6025, -0.5815, 0.2663],
        dt: 0.01,
        period: 1.1328,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperXu {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [(y - x) * self.a + w, x * self.b + x * z * self.e, -(z * self.c) - x * y, x * z - y * self.d]
    }
}
