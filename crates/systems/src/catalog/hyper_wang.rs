//! The hyperchaotic system that dysts names after Wang.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Wang system: the Liu system with a fourth variable fed back to the second,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = b x - x z + w, \quad \dot z = e x^2 - c z, \quad \dot w = -d x. $$
    ///
    /// Source as given by dysts: Wang, Z., Sun, Y., van Wyk, B. J., Qi, G. & van Wyk, M. A. (2009). A 3-D four-wing
    /// attractor and its analysis. *Brazilian Journal of Physics* 39, which is about a system of three variables. Time and
    /// states have no unit. Hyperchaotic at the defaults.
    HyperWang[4] {
        name: "hyperchaotic Wang",
        aliases: ["HyperWang"],
        parameters: {
            /// a, rate at which x follows y.
            a: 10.0,
            /// b, how much x drives y.
            b: 40.0,
            /// c, damping of z.
            c: 2.5,
            /// d, how much x drives w.
            d: 10.6,
            /// e, how much x² drives z.
            e: 4.0,
        },
        variables: ["x", "y", "z", "w"],
        state: [0.1682, 0.1685, 37.0403, -15.2903],
        dt: 0.005,
        period: 0.6482,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperWang {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [(y - x) * self.a, x * self.b - x * z + w, x * x * self.e - z * self.c, -(x * self.d)]
    }
}
