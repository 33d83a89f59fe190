//! The Gauss map, also called the mouse map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Gauss map, named after the bell curve,
    ///
    /// $$ x_t = e^{-a x_{t-1}^2} + b. $$
    ///
    /// Hilborn, R. C. (2000). *Chaos and Nonlinear Dynamics*, 2nd edition. Oxford University Press. Also known as the mouse
    /// map for its bifurcation diagram. x has no unit. Chaotic at the defaults.
    GaussMap[1] {
        name: "Gauss",
        aliases: ["mouse"],
        parameters: {
            /// a, the width of the curve is 1/√a.
            a: 4.9,
            /// b, its offset.
            b: -0.5,
        },
        variables: ["x"],
        state: [0.5],
    }
}

impl Recurrence<1> for GaussMap {
    fn next<S: Scalar>(&self, [x]: [S; 1]) -> [S; 1] {
        [(-(x * x * self.a)).exp() + self.b]
    }
}
