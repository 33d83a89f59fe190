//! Sprott's simple chaotic delay equation.

use super::definition::delay_flow;
use crate::{DelayField, Scalar};

delay_flow! {
    /// The simplest delay equation with a sine,
    ///
    /// $$ \dot x = \mu \sin x(t - \tau). $$
    ///
    /// Sprott, J. C. (2007). A simple chaotic delay differential equation. *Physics Letters A* 366, 397-402. Time has no
    /// unit, x is an angle in radians. Chaotic for τ above some 5, the default being just there; x then wanders from one
    /// multiple of 2 π to others without bounds.
    SprottDelay[1; tau; 1] {
        name: "Sprott delay",
        parameters: {
            /// μ, the strength of the feedback, 1 in the paper.
            mu: 1.0,
            /// τ, the delay.
            tau: 5.1,
        },
        variables: ["x"],
        state: [9.307_705_42],
        dt: 0.2,
        period: 20.15628,
        properties: [Angular],
    }
}

impl DelayField<1, 1> for SprottDelay {
    fn field<S: Scalar>(&self, _t: f64, _x: [S; 1], [[delayed]]: [[S; 1]; 1]) -> [S; 1] {
        [delayed.sin() * self.mu]
    }
}
