//! The Burke-Shaw system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The system of Burke and Shaw, a relative of the Lorenz system,
    ///
    /// $$ \dot x = -n (x + y), \quad \dot y = -y - n x z, \quad \dot z = n x y + e. $$
    ///
    /// Shaw, R. (1981). Strange attractors, chaotic behavior, and information flow. *Zeitschrift für
    /// Naturforschung A* 36, 80-112. The common letters are s for n and v for e. Time and states have no
    /// unit. Chaotic at the defaults.
    ///
    /// dysts 0.96 has +y for -y in the second equation, a growth instead of a decay.
    BurkeShaw[3] {
        name: "Burke-Shaw",
        parameters: {
            /// n, rate of x and of the products.
            n: 10.0,
            /// e, constant drive of z.
            e: 13.0,
        },
        variables: ["x", "y", "z"],
        state: [-0.7915, 0.6524, 0.2252],
        dt: 0.007,
        period: 0.688,
        exponents: [2.2499, 0.0, -13.2499] within 5e-5 from "Sprott (2003), Chaos and \
            Time-Series Analysis, appendix A",
    }
}

impl VectorField<3> for BurkeShaw {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-(x + y) * self.n, -y - x * z * self.n, x * y * self.n + self.e]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::System;

    #[test]
    fn exponents_add_up_to_the_divergence() {
        let burke_shaw = BurkeShaw::default();
        let sum: f64 = burke_shaw.known_exponents().unwrap().exponents.iter().sum();
        assert!((sum + burke_shaw.n + 1.0).abs() < 1.5e-4, "{sum}");
    }
}
