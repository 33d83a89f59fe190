//! Quadrupole vibrations of a nucleus.

use std::f64::consts::SQRT_2;

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The two coordinates and momenta of a quadrupole vibration with the energy
    ///
    /// $$ E = \frac{a}{2} (p_1^2 + p_2^2 + q_1^2 + q_2^2) + \frac{b}{\sqrt 2} q_1 (3 q_2^2 - q_1^2)
    /// + \frac{d}{4} (q_1^2 + q_2^2)^2, $$
    ///
    /// $$ \dot q_1 = a p_1, \quad \dot q_2 = a p_2, \quad
    /// \dot p_1 = -a q_1 + \frac{3 b}{\sqrt 2} (q_1^2 - q_2^2) - d q_1 (q_1^2 + q_2^2), $$
    ///
    /// $$ \dot p_2 = -a q_2 - 3 \sqrt 2 b q_1 q_2 - d q_2 (q_1^2 + q_2^2). $$
    ///
    /// Source as given by dysts: Baran, V. & Raduta, A. A. (1998). *International Journal of Modern Physics E*. Time and
    /// states have no unit. Chaotic from the default state, of energy 2.07.
    NuclearQuadrupole[4] {
        name: "nuclear quadrupole",
        parameters: {
            /// a, angular frequency of small vibrations.
            a: 1.0,
            /// b, strength of the cubic terms, which have the symmetry of a triangle.
            b: 0.55,
            /// d, strength of the quartic terms.
            d: 0.4,
        },
        variables: ["q1", "q2", "p1", "p2"],
        state: [-0.8559, 1.4808, -0.8508, 1.6358],
        dt: 0.05,
        period: 6.0231,
        properties: [Hamiltonian],
    }
}

impl VectorField<4> for NuclearQuadrupole {
    fn field<S: Scalar>(&self, _t: f64, [q1, q2, p1, p2]: [S; 4]) -> [S; 4] {
        let stiffness = (q1 * q1 + q2 * q2) * self.d + self.a;
        let cubic = 3.0 / SQRT_2 * self.b;
        [
            p1 * self.a,
            p2 * self.a,
            (q1 * q1 - q2 * q2) * cubic - q1 * stiffness,
            -(q1 * q2 * (2.0 * cubic)) - q2 * stiffness,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, System};

    #[test]
    fn conserves_its_energy() {
        let system = NuclearQuadrupole::default();
        let energy = |x: &[f64]| {
            let square = x[0].powi(2) + x[1].powi(2);
            let quadratic = system.a / 2.0 * (x[2].powi(2) + x[3].powi(2) + square);
            let cubic = system.b / SQRT_2 * x[0] * (3.0 * x[1].powi(2) - x[0].powi(2));
            quadratic + cubic + system.d / 4.0 * square.powi(2)
        };
        let run = Simulation::of(&system, 2000).tolerances(1e-10, 1e-10).run(&system).unwrap();
        let start = energy(&system.default_state());
        assert!((start - 2.07).abs() < 0.005, "{start}");
        for row in run.data().rows() {
            assert!((energy(&row.to_vec()) - start).abs() < 1e-6);
        }
    }
}
