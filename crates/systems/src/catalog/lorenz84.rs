//! The Lorenz system of 1984.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Lorenz-84 system, the smallest model of the general circulation of the atmosphere: a westerly current x and the
    /// two phases y and z of large waves that it carries,
    ///
    /// $$ \dot x = -y^2 - z^2 - a x + a F, \quad \dot y = x y - b x z - y + G, \quad \dot z = b x y + x z - z. $$
    ///
    /// Lorenz, E. N. (1984). Irregularity: a fundamental property of the atmosphere. *Tellus A* 36, 98-110. One time unit
    /// stands for five days; states have no unit. Chaotic at the defaults, which are those of dysts; Lorenz took
    /// a = 1/4, b = 4, F = 8 and G = 1.
    Lorenz84[3] {
        name: "Lorenz-84",
        parameters: {
            /// a, damping of the current relative to that of the waves.
            a: 1.32,
            /// b, how much the current displaces the waves.
            b: 7.91,
            /// F, contrast of heat between equator and pole.
            f: 4.83,
            /// G, contrast of heat between land and sea.
            g: 4.194,
        },
        variables: ["x", "y", "z"],
        state: [1.9265, -0.134, -1.7215],
        dt: 0.05,
        period: 6.2586,
    }
}

impl VectorField<3> for Lorenz84 {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [
            -(y * y) - z * z - x * self.a + self.a * self.f,
            x * y - x * z * self.b - y + self.g,
            x * y * self.b + x * z - z,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advection_conserves_energy() {
        // Only damping and heating change the sum of squares: half its rate of change is linear in heat, square in state.
        let system = Lorenz84::default();
        let [x, y, z] = [0.8, -1.1, 2.3];
        let [dx, dy, dz] = system.field(0.0, [x, y, z]);
        let expected = -system.a * x * x - y * y - z * z + system.a * system.f * x + system.g * y;
        assert!((x * dx + y * dy + z * dz - expected).abs() < 1e-13);
    }
}
