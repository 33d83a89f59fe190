//! Sprott's multifractal system of 2020.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// An oscillator whose damping changes sign with z, and whose attractor nearly fills space,
    ///
    /// $$ \dot x = y, \quad \dot y = -x - y \operatorname{sgn} z, \quad \dot z = y^2 - a e^{-x^2}. $$
    ///
    /// Sprott, J. C. (2020). Do we need more chaos examples? *Chaos Theory and Applications* 2. Time and states have no
    /// unit. Chaotic at the defaults.
    SprottMultifractal[3] {
        name: "Sprott multifractal",
        aliases: ["SprottMore"],
        parameters: {
            /// a, the pull of z downwards at x = 0, 1 in the paper.
            a: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [-1.339_690_6, -0.212_383_38, 0.329_821_63],
        dt: 0.05,
        period: 6.621,
        properties: [NonSmooth],
    }
}

impl VectorField<3> for SprottMultifractal {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, -x - z.sign() * y, y * y - (-(x * x)).exp() * self.a]
    }
}
