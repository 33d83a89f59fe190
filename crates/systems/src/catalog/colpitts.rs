//! The Colpitts oscillator.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Colpitts oscillator, a transistor with two capacitors and a coil, in its piecewise-linear model,
    ///
    /// $$ \dot x = y - a \max(e - 1 - z, 0), \quad \dot y = c - x - b y - z, \quad \dot z = y - d z. $$
    ///
    /// Kennedy, M. P. (1994). Chaos in the Colpitts oscillator. *IEEE Transactions on Circuits and Systems I*
    /// 41, 771-774. Time and states have no unit: x and z are voltages of the capacitors, y the current of
    /// the coil. Chaotic at the defaults, which are those of dysts.
    Colpitts[3] {
        name: "Colpitts",
        parameters: {
            /// a, gain of the transistor.
            a: 30.0,
            /// b, resistance of the coil.
            b: 0.8,
            /// c, supply voltage.
            c: 20.0,
            /// d, conductance of the emitter's resistor.
            d: 0.08,
            /// e, the threshold of the transistor is at z = e - 1.
            e: 10.0,
        },
        variables: ["x", "y", "z"],
        state: [8.9389, 0.6464, 8.7869],
        dt: 0.04,
        period: 4.2676,
        properties: [NonSmooth],
    }
}

impl VectorField<3> for Colpitts {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let on = (-z + (self.e - 1.0)).max(S::constant(0.0));
        [y - on * self.a, -x - y * self.b - z + self.c, y - z * self.d]
    }
}
