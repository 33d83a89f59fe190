//! Stirring by convection rolls that sway from side to side.

use std::f64::consts::{FRAC_PI_3, PI};

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A particle in a row of convection rolls that sway,
    ///
    /// $$ \dot x = u \cos k y \sin k f, \quad \dot y = -u \sin k y \cos k f, \quad \dot z = \omega, \quad
    /// f = x + b \sin z. $$
    ///
    /// Solomon, T. H. & Gollub, J. P. (1988). Chaotic particle transport in time-dependent Rayleigh-Bénard convection.
    /// *Physical Review A* 38, 6280-6286. Lengths and times have no unit; z is the phase of the sway in radians, and x
    /// grows without bound as particles go from roll to roll. The flow keeps areas: tori lie in a chaotic sea, which the
    /// default state is in.
    OscillatingFlow[3] {
        name: "oscillating flow",
        parameters: {
            /// b, amplitude of the sway.
            b: 0.48,
            /// k, wavenumber of the rolls.
            k: 1.0,
            /// ω, angular frequency of the sway.
            omega: 0.49,
            /// u, largest speed in a roll.
            u: 0.72,
        },
        variables: ["x", "y", "z"],
        state: [PI, FRAC_PI_3, 0.4],
        dt: 0.2,
        period: 23.857,
        properties: [Forced, Angular],
    }
}

impl VectorField<3> for OscillatingFlow {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let across = (x + z.sin() * self.b) * self.k;
        let up = y * self.k;
        [up.cos() * across.sin() * self.u, -(up.sin() * across.cos() * self.u), S::constant(self.omega)]
    }
}
