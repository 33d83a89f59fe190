//! The hyperchaotic system of Cai.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Cai system,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = b x + c y - x z + w, \quad \dot z = y^2 - d z, \quad \dot w = -e x. $$
    ///
    /// Source as given by dysts: Cai, G. & Huang, J. (2007). A new finance chaotic attractor. *International Journal of
    /// Nonlinear Science* 3, 213-220, which has three of the variables. Time and states have no unit. Hyperchaotic at the
    /// defaults.
    HyperCai[4] {
        name: "hyperchaotic Cai",
        aliases: ["HyperCai"],
        parameters: {
            /// a, rate at which x follows y.
            a: 27.5,
            /// b, how much x drives y.
            b: 3.0,
            /// c, growth of y.
            c: 19.3,
            /// d, damping of z.
            d: 2.9,
            /// e, how much x drives w.
            e: 3.3,
        },
        variables: ["x", "y", "z", "w"],
        state: [-10.6913, -15.5412, 18.3883, -14.9045],
        dt: 0.005,
        period: 0.6114,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperCai {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [(y - x) * self.a, x * self.b + y * self.c - x * z + w, y * y - z * self.d, -(x * self.e)]
    }
}
