//! An electronic circuit with delayed feedback.

use super::definition::delay_flow;
use crate::{DelayField, Scalar};

delay_flow! {
    /// The voltage in a circuit with an N-shaped element behind a delay line,
    ///
    /// $$ \dot x = -\alpha x(t - \tau) + \beta (3 x(t - \tau) / c - (x(t - \tau) / c)^3). $$
    ///
    /// Source as given by dysts: Tamaševičius, A., Mykolaitis, G. & Bumelienė, S. (2006). *Electronics Letters* 42, 13. At
    /// these parameters it is, but for units, the delayed cubic equation of Uçar, A. (2003). On the chaotic behaviour of a
    /// prototype delayed dynamical system. *Chaos, Solitons & Fractals* 16, 187-194. Time and state have no unit. Chaotic at
    /// the defaults.
    PiecewiseCircuit[1; tau; 1] {
        name: "piecewise circuit",
        parameters: {
            /// α, the linear feedback.
            alpha: 1.0,
            /// β, the feedback through the element.
            beta: 1.0,
            /// c, the voltage at which the element's characteristic turns.
            c: 2.24,
            /// τ, the delay.
            tau: 4.9,
        },
        variables: ["x"],
        state: [-0.371_559_72],
        dt: 0.5,
        period: 52.995,
    }
}

impl DelayField<1, 1> for PiecewiseCircuit {
    fn field<S: Scalar>(&self, _t: f64, _x: [S; 1], [[delayed]]: [[S; 1]; 1]) -> [S; 1] {
        let relative = delayed / self.c;
        [(relative * 3.0 - relative.powi(3)) * self.beta - delayed * self.alpha]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DelayFlow;

    #[test]
    fn rests_where_the_two_feedbacks_cancel() {
        // 3/c - x²/c³ = α/β, or x = 0.
        let circuit = PiecewiseCircuit::default();
        let x = (circuit.c * circuit.c * (3.0 - circuit.c * circuit.alpha / circuit.beta)).sqrt();
        for x in [0.0, x, -x] {
            let mut dx = [1.0];
            circuit.rhs(0.0, &[0.3], &[x], &mut dx);
            assert!(dx[0].abs() < 1e-15, "{dx:?} at {x}");
        }
    }
}
