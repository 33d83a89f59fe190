//! The bedhead map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The bedhead map of Ivan Emrich and Jason Rampe,
    ///
    /// $$ x_t = y_{t-1} \sin \frac{x_{t-1} y_{t-1}}{b} + \cos (a x_{t-1} - y_{t-1}), \quad
    /// y_t = x_{t-1} + \frac{\sin y_{t-1}}{b}. $$
    ///
    /// Known from the galleries of computer art, without a paper. States have no unit. Chaotic at the defaults.
    BedheadMap[2] {
        name: "bedhead",
        parameters: {
            /// a, weight of x in the cosine.
            a: -0.67,
            /// b, divides both sines; not 0.
            b: 0.83,
        },
        variables: ["x", "y"],
        state: [0.5, 0.5],
    }
}

impl Recurrence<2> for BedheadMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        [y * (x * y / self.b).sin() + (x * self.a - y).cos(), x + y.sin() / self.b]
    }
}
