//! The rigid body with linear feedback of Leipnik and Newton.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Newton-Leipnik system: Euler's equations of a rotating rigid body with linear feedback,
    ///
    /// $$ \dot x = -a x + y + 10 y z, \quad \dot y = -x - 0.4 y + 5 x z, \quad \dot z = b z - 5 x y. $$
    ///
    /// Leipnik, R. B. & Newton, T. A. (1981). Double strange attractors in rigid body motion with linear feedback control.
    /// *Physics Letters A* 86, 63-67. Time and states have no unit. Chaotic at the defaults, where it has two attractors;
    /// the default state is on the upper one.
    NewtonLeipnik[3] {
        name: "Newton-Leipnik",
        aliases: ["NewtonLiepnik"],
        parameters: {
            /// a, damping of x.
            a: 0.4,
            /// b, growth of z.
            b: 0.175,
        },
        variables: ["x", "y", "z"],
        state: [0.2943, 0.1065, 0.2908],
        dt: 0.1,
        period: 8.5095,
    }
}

impl VectorField<3> for NewtonLeipnik {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-(x * self.a) + y + y * z * 10.0, -x - y * 0.4 + x * z * 5.0, z * self.b - x * y * 5.0]
    }
}
