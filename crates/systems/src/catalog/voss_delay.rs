//! The electronic oscillator of Voss.

use super::definition::delay_flow;
use crate::{DelayField, Scalar};

delay_flow! {
    /// An electronic oscillator with delayed feedback, as measured,
    ///
    /// $$ \dot x = -\alpha x + a_3 x(t - \tau)^3 + a_2 x(t - \tau)^2 + a_1 x(t - \tau) + a_0. $$
    ///
    /// Voss, H. U. (2002). Real-time anticipation of chaotic states of an electronic circuit. *International Journal of
    /// Bifurcation and Chaos* 12, 1619-1625. Units of time and voltage are not given by dysts. Chaotic at the defaults. (The
    /// period that dysts 0.96 gives, 10, is not among the peaks of the spectrum; the largest is at 3.87.)
    VossDelay[1; tau; 1] {
        name: "Voss delay",
        parameters: {
            /// α, decay rate of the voltage.
            alpha: 3.24,
            /// `a_3`, cubic coefficient of the feedback.
            a3: -10.44,
            /// `a_2`, quadratic coefficient of the feedback.
            a2: -13.95,
            /// `a_1`, linear coefficient of the feedback.
            a1: -3.63,
            /// `a_0`, constant of the feedback.
            a0: 0.85,
            /// τ, the delay.
            tau: 13.28,
        },
        variables: ["x"],
        state: [0.246_401_94],
        dt: 0.05,
        period: 3.87,
        properties: [Hyperchaotic],
    }
}

impl DelayField<1, 1> for VossDelay {
    fn field<S: Scalar>(&self, _t: f64, [x]: [S; 1], [[delayed]]: [[S; 1]; 1]) -> [S; 1] {
        let feedback = ((delayed * self.a3 + self.a2) * delayed + self.a1) * delayed + self.a0;
        [feedback - x * self.alpha]
    }
}
