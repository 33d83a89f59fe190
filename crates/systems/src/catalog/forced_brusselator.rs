//! The forced Brusselator.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Brusselator, a model of an autocatalytic reaction, under a periodic supply,
    ///
    /// $$ \dot x = a + x^2 y - (b + 1) x + f \cos \varphi, \quad \dot y = b x - x^2 y, \quad
    /// \dot \varphi = \omega. $$
    ///
    /// Kai, T. & Tomita, K. (1979). Stroboscopic phase portrait of a forced nonlinear oscillator. *Progress
    /// of Theoretical Physics* 61, 54-73. Time and states have no unit. Chaotic at the defaults. The phase of
    /// the default state is that of dysts modulo 2π.
    ForcedBrusselator[3] {
        name: "forced Brusselator",
        parameters: {
            /// a, constant supply of x.
            a: 0.4,
            /// b, conversion of x to y.
            b: 1.2,
            /// f, amplitude of the forcing.
            f: 0.05,
            /// ω, angular frequency of the forcing, in radians per time unit.
            omega: 0.81,
        },
        variables: ["x", "y", "phi"],
        state: [0.4064, 1.8192, 4.2153],
        dt: 0.2,
        period: 20.411,
        properties: [Forced, Angular],
    }
}

impl VectorField<3> for ForcedBrusselator {
    fn field<S: Scalar>(&self, _t: f64, [x, y, phi]: [S; 3]) -> [S; 3] {
        let autocatalysis = x * x * y;
        [
            autocatalysis - x * (self.b + 1.0) + phi.cos() * self.f + self.a,
            x * self.b - autocatalysis,
            S::constant(self.omega),
        ]
    }
}
