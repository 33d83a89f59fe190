//! Pickover's map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// Pickover's map, often called the Clifford attractor,
    ///
    /// $$ x_t = \sin a y_{t-1} + c \cos a x_{t-1}, \quad y_t = \sin b x_{t-1} + d \cos b y_{t-1}. $$
    ///
    /// Pickover, C. A. (1990). *Computers, Pattern, Chaos and Beauty*. St. Martin's Press. States have no unit. Chaotic at the
    /// defaults.
    PickoverMap[2] {
        name: "Pickover",
        aliases: ["Clifford"],
        parameters: {
            /// a, the frequency in the first equation.
            a: -1.4,
            /// b, the frequency in the second equation.
            b: 1.6,
            /// c, weight of the cosine in the first equation.
            c: 1.0,
            /// d, weight of the cosine in the second equation.
            d: 0.7,
        },
        variables: ["x", "y"],
        state: [-0.976_318_84, -1.204_078_3],
    }
}

impl Recurrence<2> for PickoverMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        [(y * self.a).sin() + (x * self.a).cos() * self.c, (x * self.b).sin() + (y * self.b).cos() * self.d]
    }
}
