//! The Hadley circulation.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Hadley circulation: a westerly wind x and the two phases y, z of a wave that feeds on it,
    ///
    /// $$ \dot x = -y^2 - z^2 - a x + a f, \quad \dot y = x y - b x z - y + g, \quad
    /// \dot z = b x y + x z - z. $$
    ///
    /// Lorenz, E. N. (1984). Irregularity: a fundamental property of the atmosphere. *Tellus A* 36, 98-110.
    /// dysts names it after Hadley, G. (1735), and has the equation of the paper twice, with other parameters
    /// as "Lorenz84". One time unit stands for five days; states have no unit. Chaotic at the defaults.
    Hadley[3] {
        name: "Hadley",
        parameters: {
            /// a, damping of the wind.
            a: 0.2,
            /// b, how fast the wind moves the wave, against how fast the wave grows.
            b: 4.0,
            /// f, symmetric thermal forcing.
            f: 9.0,
            /// g, asymmetric thermal forcing.
            g: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [1.3664, 0.9309, 0.6428],
        dt: 0.015,
        period: 1.4541,
    }
}

impl VectorField<3> for Hadley {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-y * y - z * z + (-x + self.f) * self.a, x * (y - z * self.b) - y + self.g, x * (y * self.b + z) - z]
    }
}
