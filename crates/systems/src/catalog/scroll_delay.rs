//! A two-scroll delay equation.

use super::definition::delay_flow;
use crate::{DelayField, Scalar};

delay_flow! {
    /// Delayed feedback that saturates, with two scrolls in the plane of x(t) and x(t - τ),
    ///
    /// $$ \dot x = -\alpha x(t - \tau) + \beta \tanh (k x(t - \tau)). $$
    ///
    /// Source as given by dysts: Driver, R. D. (1977). *Ordinary and Delay Differential Equations*. Springer. The equation
    /// with a step in place of the hyperbolic tangent is in Yalçın, M. E. & Özoguz, S. (2007). n-scroll chaotic attractors
    /// from a first-order time-delay differential equation. *Chaos* 17, 033112. Time and state have no unit. Chaotic at the
    /// defaults.
    ScrollDelay[1; tau; 1] {
        name: "scroll delay",
        parameters: {
            /// α, the linear feedback.
            alpha: 0.2,
            /// β, the feedback that saturates.
            beta: 0.2,
            /// k, how sharply it saturates.
            k: 10.0,
            /// τ, the delay.
            tau: 10.0,
        },
        variables: ["x"],
        state: [-0.700_092_41],
        dt: 1.0,
        period: 152.4,
    }
}

impl DelayField<1, 1> for ScrollDelay {
    fn field<S: Scalar>(&self, _t: f64, _x: [S; 1], [[delayed]]: [[S; 1]; 1]) -> [S; 1] {
        [(delayed * self.k).tanh() * self.beta - delayed * self.alpha]
    }
}
