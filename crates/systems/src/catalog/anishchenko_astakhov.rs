//! The Anishchenko-Astakhov generator.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Anishchenko-Astakhov generator with inertial nonlinearity, an electronic oscillator whose gain z
    /// follows the positive half-waves of its oscillation,
    ///
    /// $$ \dot x = \mu x + y - x z, \quad \dot y = -x, \quad \dot z = -\eta z + \eta \max(x, 0)^2. $$
    ///
    /// Anishchenko, V. S., Astakhov, V., Neiman, A., Vadivasova, T. & Schimansky-Geier, L. (2007). *Nonlinear
    /// Dynamics of Chaotic and Stochastic Systems: Tutorial and Modern Developments*, 2nd edition. Springer.
    /// Time and states have no unit. Chaotic at the defaults. The second derivatives jump at x = 0.
    AnishchenkoAstakhov[3] {
        name: "Anishchenko-Astakhov",
        parameters: {
            /// μ, excitation.
            mu: 1.2,
            /// η, rate of the inertial gain control.
            eta: 0.5,
        },
        variables: ["x", "y", "z"],
        state: [3.6226, 3.3226, 1.9973],
        dt: 0.07,
        period: 6.814,
        properties: [NonSmooth],
    }
}

impl VectorField<3> for AnishchenkoAstakhov {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let rectified = x.max(S::constant(0.0));
        [x * self.mu + y - x * z, -x, (rectified * rectified - z) * self.eta]
    }
}
