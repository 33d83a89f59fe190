//! The tent map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The tent map,
    ///
    /// $$ x_t = \mu (1 - 2 |x_{t-1} - \tfrac12|). $$
    ///
    /// x has no unit. Chaotic for μ above 1/2: it stretches by 2 μ everywhere. (At μ = 1 every orbit in binary floating-point
    /// numbers ends at 0.)
    TentMap[1] {
        name: "tent",
        parameters: {
            /// μ, the height of the tent.
            mu: 0.95,
        },
        variables: ["x"],
        state: [0.51],
        properties: [NonSmooth],
        exponents: [1.9_f64.ln()] within 1e-12 from "the slope is 2 μ in size everywhere: the exponent is ln 2 μ",
    }
}

impl Recurrence<1> for TentMap {
    fn next<S: Scalar>(&self, [x]: [S; 1]) -> [S; 1] {
        [(-((x - 0.5).abs() * 2.0) + 1.0) * self.mu]
    }
}
