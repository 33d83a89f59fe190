//! The baker's map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The baker's map of the unit square: stretch to twice the width and half the height, cut, and put one half on the other,
    ///
    /// $$ x_t = s x_{t-1} - \lfloor s x_{t-1} \rfloor, \quad y_t = (a y_{t-1} + \lfloor s x_{t-1} \rfloor) / 2. $$
    ///
    /// See e.g. Ott, E. (2002). *Chaos in Dynamical Systems*, 2nd edition. Cambridge University Press. States have no unit.
    /// Chaotic; conserves areas at a = 1. The mathematical map has s = 2; in binary floating-point numbers its x is 0 after 53
    /// steps, which a stretch of a little less avoids.
    BakerMap[2] {
        name: "Baker",
        aliases: ["bakers"],
        parameters: {
            /// a, the contraction of y beyond 1/2.
            a: 1.0,
            /// s, the stretching of x, 2 in the mathematical map.
            stretch: 2.0 - 1e-10,
        },
        variables: ["x", "y"],
        state: [0.049_959_35, 0.363_224],
        positive: [stretch],
        properties: [NonSmooth],
        exponents: [std::f64::consts::LN_2, -std::f64::consts::LN_2] within 1e-10 from "the Jacobian is diagonal with 2 and a/2",
    }
}

impl Recurrence<2> for BakerMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        let stretched = x * self.stretch;
        let half = stretched.floor();
        [stretched - half, (y * self.a + half) / 2.0]
    }
}
