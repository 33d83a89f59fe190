//! The delay equation of Ikeda.

use super::definition::delay_flow;
use crate::{DelayField, Scalar};

delay_flow! {
    /// The phase of light in a ring cavity whose nonlinear medium answers slowly,
    ///
    /// $$ \dot x = \mu \sin (x(t - \tau) - x_0) - c x. $$
    ///
    /// Ikeda, K. & Matsumoto, K. (1987). High-dimensional chaotic behavior in systems with time-delayed feedback.
    /// *Physica D* 29, 223-235. Time in units of the answer of the medium, x in radians. Chaotic at the defaults, with a
    /// broad spectrum: the period is that of dysts, and no peak of it is much higher than others.
    IkedaDelay[1; tau; 1] {
        name: "Ikeda delay",
        parameters: {
            /// c, decay rate of x, 1 in the paper.
            c: 1.0,
            /// μ, the strength of the feedback.
            mu: -20.0,
            /// τ, the delay.
            tau: 2.0,
            /// `x_0`, the phase at which the feedback vanishes, in radians.
            x0: 0.0,
        },
        variables: ["x"],
        state: [0.024_144_317],
        dt: 0.05,
        period: 3.486_528,
        properties: [Hyperchaotic],
    }
}

impl DelayField<1, 1> for IkedaDelay {
    fn field<S: Scalar>(&self, _t: f64, [x]: [S; 1], [[delayed]]: [[S; 1]; 1]) -> [S; 1] {
        [(delayed - self.x0).sin() * self.mu - x * self.c]
    }
}
