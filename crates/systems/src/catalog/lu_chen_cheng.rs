//! The generalized Lorenz-like system of Lü, Chen and Cheng.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Lü-Chen-Cheng system,
    ///
    /// $$ \dot x = -\frac{a b}{a + b} x - y z + c, \quad \dot y = a y + x z, \quad \dot z = b z + x y. $$
    ///
    /// Lü, J., Chen, G. & Cheng, D. (2004). A new chaotic system and beyond: the generalized Lorenz-like system.
    /// *International Journal of Bifurcation and Chaos* 14, 1507-1537. Time and states have no unit. Chaotic at the
    /// defaults, with four scrolls or two, after the size of c. The sum a + b must not be 0.
    LuChenCheng[3] {
        name: "Lü-Chen-Cheng",
        parameters: {
            /// a, growth of y.
            a: -10.0,
            /// b, growth of z.
            b: -4.0,
            /// c, offset of x.
            c: 18.1,
        },
        variables: ["x", "y", "z"],
        state: [-5.5178, 2.4991, 10.4618],
        dt: 0.01,
        period: 0.92333,
    }
}

impl VectorField<3> for LuChenCheng {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let rate = self.a * self.b / (self.a + self.b);
        [-(x * rate) - y * z + self.c, y * self.a + x * z, z * self.b + x * y]
    }
}
