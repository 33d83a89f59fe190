//! The simplest dissipative chaotic flow.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The simplest quadratic jerk equation that is chaotic, d³x/dt³ + μ d²x/dt² - (dx/dt)² + x = 0, as
    ///
    /// $$ \dot x = y, \quad \dot y = z, \quad \dot z = -x + y^2 - \mu z. $$
    ///
    /// Sprott, J. C. (1997). Simplest dissipative chaotic flow. *Physics Letters A* 228, 271-274.
    /// DOI 10.1016/S0375-9601(97)00088-1. Time and states have no unit. Chaotic at the defaults, with a small basin: many
    /// other starts diverge.
    SprottJerk[3] {
        name: "Sprott jerk",
        parameters: {
            /// μ, the damping: the divergence is -μ.
            mu: 2.017,
        },
        variables: ["x", "y", "z"],
        state: [-0.541_060_56, 0.593_832_01, 0.451_272_17],
        dt: 0.1,
        period: 11.921,
        exponents: [0.0551, 0.0, -2.0721] within 5e-5 from "Sprott (2003), Chaos and Time-Series Analysis, appendix A",
    }
}

impl VectorField<3> for SprottJerk {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, z, y * y - x - z * self.mu]
    }
}
