//! The Dadras-Momeni system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The system of Dadras and Momeni, with attractors of two to four scrolls,
    ///
    /// $$ \dot x = y - p x + o y z, \quad \dot y = r y - x z + z, \quad \dot z = c x y - e z. $$
    ///
    /// Dadras, S. & Momeni, H. R. (2009). A novel three-dimensional autonomous chaotic system generating two,
    /// three and four-scroll attractors. *Physics Letters A* 373, 3637-3642. Time and states have no unit.
    /// Chaotic at the defaults.
    Dadras[3] {
        name: "Dadras",
        parameters: {
            /// c, drive of z by the product of x and y.
            c: 2.0,
            /// e, decay of z.
            e: 9.0,
            /// o, drive of x by the product of y and z.
            o: 2.7,
            /// p, decay of x.
            p: 3.0,
            /// r, growth of y.
            r: 1.7,
        },
        variables: ["x", "y", "z"],
        state: [1.0284, -3.5349, -0.7208],
        dt: 0.03,
        period: 3.2886,
    }
}

impl VectorField<3> for Dadras {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y - x * self.p + y * z * self.o, y * self.r - x * z + z, x * y * self.c - z * self.e]
    }
}
