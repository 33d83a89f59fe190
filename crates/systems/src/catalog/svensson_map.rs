//! Svensson's map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// Johnny Svensson's variant of [`DeJongMap`](super::DeJongMap),
    ///
    /// $$ x_t = d \sin a x_{t-1} - \sin b y_{t-1}, \quad y_t = c \cos a x_{t-1} + \cos b y_{t-1}. $$
    ///
    /// Known from the galleries of computer art, without a paper. States have no unit. Chaotic at the defaults.
    SvenssonMap[2] {
        name: "Svensson",
        parameters: {
            /// a, frequency of x.
            a: 1.5,
            /// b, frequency of y.
            b: -1.8,
            /// c, weight of x in the second equation.
            c: 1.6,
            /// d, weight of x in the first equation.
            d: 0.9,
        },
        variables: ["x", "y"],
        state: [0.5, 0.5],
    }
}

impl Recurrence<2> for SvenssonMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        [(x * self.a).sin() * self.d - (y * self.b).sin(), (x * self.a).cos() * self.c + (y * self.b).cos()]
    }
}
