//! The hyperchaotic system of Yang and Chen.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Yang-Chen system,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = c x - x z + w, \quad \dot z = x y - b z, \quad \dot w = -d x. $$
    ///
    /// Source as given by dysts: Meier, J. (2003). *Presentation of Attractors with Cinema*. Time and states have no unit.
    /// Hyperchaotic at the defaults.
    HyperYangChen[4] {
        name: "hyperchaotic Yang-Chen",
        aliases: ["HyperYangChen"],
        parameters: {
            /// a, rate at which x follows y.
            a: 30.0,
            /// b, damping of z.
            b: 3.0,
            /// c, how much x drives y.
            c: 35.0,
            /// d, how much x drives w.
            d: 8.0,
        },
        variables: ["x", "y", "z", "w"],
        state: [3.5345, 4.8285, 25.0492, 17.1185],
        dt: 0.01,
        period: 0.9127,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperYangChen {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [(y - x) * self.a, x * self.c - x * z + w, x * y - z * self.b, -(x * self.d)]
    }
}
