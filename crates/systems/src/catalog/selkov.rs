//! Sel'kov's model of oscillating glycolysis.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The glycolytic oscillator of Sel'kov,
    ///
    /// $$ \dot x = -x + a y + x^2 y, \quad \dot y = b - a y - x^2 y. $$
    ///
    /// Sel'kov, E. E. (1968). Self-oscillations in glycolysis. 1. A simple kinetic model. *European Journal of Biochemistry*
    /// 4, 79-86; in the dimensionless form of Strogatz, S. H. (1994), *Nonlinear Dynamics and Chaos*, section 7.3. x and y
    /// are the concentrations of ADP and of fructose-6-phosphate; time and states have no unit. It rests at
    /// (b, b/(a + b²)), but between the two Hopf bifurcations at
    ///
    /// $$ b^2 = \tfrac{1}{2} \left(1 - 2 a \pm \sqrt{1 - 8 a}\right) $$
    ///
    /// it goes round a limit cycle, as at the defaults.
    Selkov[2] {
        name: "Sel'kov",
        parameters: {
            /// a, rate of the reaction that runs without catalysis by x.
            a: 0.08,
            /// b, feed of y.
            b: 0.6,
        },
        variables: ["x", "y"],
        state: [0.4888, 0.7827],
        dt: 0.1,
        period: 9.6226,
        positive: [a, b],
        properties: [Regular],
    }
}

impl VectorField<2> for Selkov {
    fn field<S: Scalar>(&self, _t: f64, [x, y]: [S; 2]) -> [S; 2] {
        let consumption = y * self.a + x * x * y;
        [consumption - x, -consumption + self.b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::check;

    #[test]
    fn oscillates_between_its_two_hopf_bifurcations() {
        let a: f64 = 0.08;
        let root = (1.0 - 8.0 * a).sqrt();
        let [low, high] = [-root, root].map(|root| (0.5 - a + root / 2.0).sqrt());
        for (b, unstable) in
            [(low - 0.005, false), (low + 0.005, true), (high - 0.005, true), (high + 0.005, false)]
        {
            let rest = [b, b / (a + b * b)];
            assert_eq!(check::fixed_point_grows(&Selkov { a, b }, &rest, 3000.0), unstable, "at b = {b}");
        }
    }
}
