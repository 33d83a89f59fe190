//! De Jong's map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// Peter de Jong's map,
    ///
    /// $$ x_t = \sin a y_{t-1} - \cos b x_{t-1}, \quad y_t = \sin c x_{t-1} - \cos d y_{t-1}. $$
    ///
    /// Published in Dewdney, A. K. (1987). Computer recreations. *Scientific American* 257 (July). States have no unit. Chaotic
    /// at the defaults.
    DeJongMap[2] {
        name: "de Jong",
        parameters: {
            /// a, frequency of y in the first equation.
            a: 1.641,
            /// b, frequency of x in the first equation.
            b: 1.902,
            /// c, frequency of x in the second equation.
            c: 0.316,
            /// d, frequency of y in the second equation.
            d: 1.525,
        },
        variables: ["x", "y"],
        state: [1.781_661_33, -1.157_915_49],
    }
}

impl Recurrence<2> for DeJongMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        [(y * self.a).sin() - (x * self.b).cos(), (x * self.c).sin() - (y * self.d).cos()]
    }
}
