//! The harmonic oscillator with the thermostat of Nosé and Hoover.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Nosé-Hoover oscillator: a harmonic oscillator with position x and momentum y, damped by -z so that y² has the
    /// mean a,
    ///
    /// $$ \dot x = y, \quad \dot y = -x + y z, \quad \dot z = a - y^2. $$
    ///
    /// Nosé, S. (1984). A unified formulation of the constant temperature molecular dynamics methods. *The Journal of
    /// Chemical Physics* 81, 511-519. Hoover, W. G. (1985). Canonical dynamics: equilibrium phase-space distributions.
    /// *Physical Review A* 31, 1695-1697. Time and states have no unit. Reversible in time and without an attractor: tori
    /// lie in a chaotic sea, which the default state is in.
    NoseHoover[3] {
        name: "Nosé-Hoover",
        parameters: {
            /// a, the temperature.
            a: 1.5,
        },
        variables: ["x", "y", "z"],
        state: [-1.9759, 0.2465, 0.7902],
        dt: 0.05,
        period: 5.8673,
    }
}

impl VectorField<3> for NoseHoover {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, -x + y * z, -(y * y) + self.a]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_flows_through_the_thermostat_only() {
        // (x² + y² + z²)/2 grows by a z, so that with a further variable of rate z there is a conserved energy.
        let system = NoseHoover::default();
        let [x, y, z] = [0.7, -1.2, 2.1];
        let [dx, dy, dz] = system.field(0.0, [x, y, z]);
        assert!((x * dx + y * dy + z * dz - system.a * z).abs() < 1e-14);
        // Reversed in time, with y and z reversed, it is the same system.
        assert_eq!(system.field(0.0, [x, -y, -z]), [-dx, dy, dz]);
    }
}
