//! The Shimizu-Morioka system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A simple relative of the Lorenz system at high Rayleigh numbers,
    ///
    /// $$ \dot x = y, \quad \dot y = x - a y - x z, \quad \dot z = -b z + x^2. $$
    ///
    /// Shimizu, T. & Morioka, N. (1980). On the bifurcation of a symmetric limit cycle to an asymmetric one in a simple
    /// model. *Physics Letters A* 76, 201-204. Time and states have no unit. Chaotic at the defaults.
    ShimizuMorioka[3] {
        name: "Shimizu-Morioka",
        parameters: {
            /// a, damping of y.
            a: 0.85,
            /// b, decay rate of z.
            b: 0.5,
        },
        variables: ["x", "y", "z"],
        state: [0.016_838_697, 0.034_893_84, 0.353_468_48],
        dt: 0.1,
        period: 12.038,
    }
}

impl VectorField<3> for ShimizuMorioka {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, x - y * self.a - x * z, x * x - z * self.b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flow;

    #[test]
    fn rests_at_its_three_fixed_points() {
        let system = ShimizuMorioka::default();
        let x = system.b.sqrt();
        for state in [[0.0; 3], [x, 0.0, 1.0], [-x, 0.0, 1.0]] {
            let mut dx = [1.0; 3];
            system.rhs(0.0, &state, &mut dx);
            assert!(dx.iter().all(|value| value.abs() < 1e-15), "{dx:?}");
        }
    }
}
