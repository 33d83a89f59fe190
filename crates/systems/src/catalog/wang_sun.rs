//! The Wang-Sun system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A four-wing attractor,
    ///
    /// $$ \dot x = a x + q y z, \quad \dot y = b x + d y - x z, \quad \dot z = e z + f x y. $$
    ///
    /// Wang, Z., Sun, Y., van Wyk, B. J., Qi, G. & van Wyk, M. A. (2009). A 3-D four-wing attractor and its analysis.
    /// *Brazilian Journal of Physics* 39, 547-553. Time and states have no unit. Chaotic at the defaults.
    WangSun[3] {
        name: "Wang-Sun",
        parameters: {
            /// a, growth rate of x.
            a: 0.2,
            /// b, weight of x in the second equation.
            b: -0.01,
            /// d, growth rate of y; negative, so y decays.
            d: -0.4,
            /// e, growth rate of z; negative, so z decays.
            e: -1.0,
            /// f, weight of xy.
            f: -1.0,
            /// q, weight of yz.
            q: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [-0.547_707_87, 0.738_764_79, -0.004_928_453_1],
        dt: 0.2,
        period: 26.958,
    }
}

impl VectorField<3> for WangSun {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [x * self.a + y * z * self.q, x * self.b + y * self.d - x * z, z * self.e + x * y * self.f]
    }
}
