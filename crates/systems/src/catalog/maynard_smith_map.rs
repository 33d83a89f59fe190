//! The Maynard Smith map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// Growth that a population of two generations ago limits,
    ///
    /// $$ x_t = y_{t-1}, \quad y_t = a y_{t-1} + b - x_{t-1}^2. $$
    ///
    /// Maynard Smith, J. (1968). *Mathematical Ideas in Biology*. Cambridge University Press; in this form as given by dysts.
    /// States have no unit. Chaotic at the defaults.
    MaynardSmithMap[2] {
        name: "Maynard Smith",
        parameters: {
            /// a, weight of the last generation.
            a: 0.87,
            /// b, the constant term.
            b: 0.75,
        },
        variables: ["x", "y"],
        state: [0.0, 0.1],
    }
}

impl Recurrence<2> for MaynardSmithMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        [y, y * self.a - x * x + self.b]
    }
}
