//! The system that dysts names after Rayleigh-Bénard convection.

use super::LuChen;
use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Rayleigh-Bénard system,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = r y - x z, \quad \dot z = x y - b z, $$
    ///
    /// which is the Lü system [`LuChen`] at other parameters. Source as given by dysts: Yanagita, T. & Kaneko, K. (1995).
    /// Rayleigh-Bénard convection: patterns, chaos, spatiotemporal chaos and turbulence. *Physica D* 82, 288-313, which
    /// however is about coupled maps. Convection truncated to three modes is [`Lorenz63`](crate::Lorenz63), with
    /// x (r - z) - y in place of r y - x z. Time and states have no unit. Chaotic at the defaults.
    RayleighBenard[3] {
        name: "Rayleigh-Bénard",
        parameters: {
            /// a, rate at which x follows y.
            a: 30.0,
            /// b, damping of z.
            b: 5.0,
            /// r, growth of y.
            r: 18.0,
        },
        variables: ["x", "y", "z"],
        state: [-15.6606, -13.32018, 26.8794],
        dt: 0.01,
        period: 0.91967,
    }
}

impl VectorField<3> for RayleighBenard {
    fn field<S: Scalar>(&self, t: f64, x: [S; 3]) -> [S; 3] {
        LuChen { a: self.a, b: self.b, c: self.r }.field(t, x)
    }
}
