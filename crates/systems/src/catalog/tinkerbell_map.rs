//! The Tinkerbell map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Tinkerbell map,
    ///
    /// $$ x_t = x_{t-1}^2 - y_{t-1}^2 + a x_{t-1} + b y_{t-1}, \quad y_t = 2 x_{t-1} y_{t-1} + c x_{t-1} + d y_{t-1}. $$
    ///
    /// Nusse, H. E. & Yorke, J. A. (1998). *Dynamics: Numerical Explorations*, 2nd edition. Springer. States have no unit.
    /// Chaotic at the defaults.
    TinkerbellMap[2] {
        name: "Tinkerbell",
        parameters: {
            /// a, weight of x in the first equation.
            a: 0.9,
            /// b, weight of y in the first equation.
            b: -0.6013,
            /// c, weight of x in the second equation.
            c: 2.0,
            /// d, weight of y in the second equation.
            d: 0.5,
        },
        variables: ["x", "y"],
        state: [0.137_382_66, -0.030_851_8],
    }
}

impl Recurrence<2> for TinkerbellMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        [x * x - y * y + x * self.a + y * self.b, x * y * 2.0 + x * self.c + y * self.d]
    }
}
