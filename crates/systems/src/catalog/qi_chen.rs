//! The three-dimensional system of Qi and Chen.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Qi-Chen system,
    ///
    /// $$ \dot x = a (y - x) + y z, \quad \dot y = c x + d y - x z, \quad \dot z = x y - b z. $$
    ///
    /// Source as given by dysts: Qi, G. et al. (2008). *Chaos, Solitons and Fractals*. With d = -1 it is the system of Qi,
    /// G., Chen, G., Du, S., Chen, Z. & Yuan, Z. (2005). Analysis of a new chaotic system. *Physica A* 352, 295-308; dysts
    /// has the number 1 for d. Time and states have no unit. Chaotic at the defaults.
    QiChen[3] {
        name: "Qi-Chen",
        parameters: {
            /// a, rate at which x follows y.
            a: 38.0,
            /// b, damping of z; dysts rounds 8/3 to this.
            b: 2.666,
            /// c, how much x drives y.
            c: 80.0,
            /// d, growth of y.
            d: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [17.4209, 5.546, 78.89139],
        dt: 0.002,
        period: 0.39179,
    }
}

impl VectorField<3> for QiChen {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [(y - x) * self.a + y * z, x * self.c + y * self.d - x * z, x * y - z * self.b]
    }
}
