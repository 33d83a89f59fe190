//! The Sakarya attractor.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A four-wing attractor born when two attractors merge,
    ///
    /// $$ \dot x = a x + h y + s y z, \quad \dot y = -b y - p x + q x z, \quad \dot z = c z - r x y. $$
    ///
    /// Source as given by dysts: Li, C. et al. (2015). A novel four-wing strange attractor born in bistability. *IEICE
    /// Electronics Express* 12. Time and states have no unit. Chaotic at the defaults.
    Sakarya[3] {
        name: "Sakarya",
        parameters: {
            /// a, growth rate of x; negative, so x decays.
            a: -1.0,
            /// b, decay rate of y.
            b: 1.0,
            /// c, growth rate of z.
            c: 1.0,
            /// h, weight of y in the first equation.
            h: 1.0,
            /// p, weight of x in the second equation.
            p: 1.0,
            /// q, weight of xz.
            q: 0.4,
            /// r, weight of xy.
            r: 0.3,
            /// s, weight of yz.
            s: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [-2.897_604_5, 3.887_797_8, 3.07465],
        dt: 0.05,
        period: 4.9844,
    }
}

impl VectorField<3> for Sakarya {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [
            x * self.a + y * self.h + y * z * self.s,
            -(y * self.b) - x * self.p + x * z * self.q,
            z * self.c - x * y * self.r,
        ]
    }
}
