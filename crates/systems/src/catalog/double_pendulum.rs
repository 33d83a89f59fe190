//! The double pendulum.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The planar double pendulum of two point masses on massless rods: Hamilton's equations
    ///
    /// $$ \dot \theta_i = \frac{\partial H}{\partial p_i}, \quad
    /// \dot p_i = -\frac{\partial H}{\partial \theta_i} $$
    ///
    /// of the energy, with D = l_1² l_2² (m_1 + m_2 sin²(θ_1 - θ_2)),
    ///
    /// $$ H =
    /// \frac{m_2 l_2^2 p_1^2 + (m_1 + m_2) l_1^2 p_2^2 - 2 m_2 l_1 l_2 p_1 p_2 \cos(\theta_1 - \theta_2)}{2 m_2 D}
    /// - (m_1 + m_2) g l_1 \cos \theta_1 - m_2 g l_2 \cos \theta_2. $$
    ///
    /// A textbook system; for its chaos see Shinbrot, T., Grebogi, C., Wisdom, J. & Yorke, J. A. (1992).
    /// Chaos in a double pendulum. *American Journal of Physics* 60, 491-499. Time in s, angles in radians
    /// from hanging down, momenta in kg m²/s. Chaotic at the energy of the default state, whose angles are
    /// those of dysts modulo 2π.
    ///
    /// dysts 0.96 has half the term in p_1 p_2 cos(θ_1 - θ_2) in dp/dt (and two misplaced lengths, which do
    /// not show where they are 1), and therefore does not conserve the energy.
    DoublePendulum[4] {
        name: "double pendulum",
        parameters: {
            /// g, acceleration by gravity, in m/s².
            g: 9.81,
            /// l_1, length of the upper rod, in m.
            l1: 1.0,
            /// l_2, length of the lower rod, in m.
            l2: 1.0,
            /// m_1, upper mass, in kg.
            m1: 1.0,
            /// m_2, lower mass, in kg.
            m2: 1.0,
        },
        variables: ["theta1", "theta2", "p1", "p2"],
        state: [-0.3522, -2.6591, -1.2250, 2.5355],
        dt: 0.02,
        period: 2.06,
        time_unit: "s",
        positive: [l1, l2, m1, m2],
        properties: [Hamiltonian, Angular],
    }
}

impl VectorField<4> for DoublePendulum {
    fn field<S: Scalar>(&self, _t: f64, [theta1, theta2, p1, p2]: [S; 4]) -> [S; 4] {
        let Self { g, l1, l2, m1, m2 } = *self;
        let (sin, cos) = ((theta1 - theta2).sin(), (theta1 - theta2).cos());
        let d = (sin * sin * m2 + m1) * (l1 * l1 * l2 * l2);
        let (q1, q2) = (p1 * l2, p2 * l1);
        let theta1_dot = (q1 - q2 * cos) * l2 / d;
        let theta2_dot = (q2 * ((m1 + m2) / m2) - q1 * cos) * l1 / d;
        // The kinetic energy N / (2 m_2 D) by θ_1 - θ_2: N changes through the cosine, D through the sine.
        let n = q1 * q1 * m2 + q2 * q2 * (m1 + m2) - q1 * q2 * cos * (2.0 * m2);
        let slope = q1 * q2 * sin / d - n * sin * cos / (d * d) * (l1 * l1 * l2 * l2);
        [
            theta1_dot,
            theta2_dot,
            -slope - theta1.sin() * ((m1 + m2) * g * l1),
            slope - theta2.sin() * (m2 * g * l2),
        ]
    }
}

#[cfg(test)]
mod tests {
    use num_dual::Dual64;

    use super::*;
    use crate::Simulation;

    /// Kinetic and potential energy from the velocities of the masses, which the momenta determine.
    fn energy<S: Scalar>(pendulum: &DoublePendulum, [theta1, theta2, p1, p2]: [S; 4]) -> S {
        let DoublePendulum { g, l1, l2, m1, m2 } = *pendulum;
        // p = M θ̇ with M = [[(m1 + m2) l1², c], [c, m2 l2²]]; the kinetic energy is p·M⁻¹p / 2.
        let (m11, m22) = ((m1 + m2) * l1 * l1, m2 * l2 * l2);
        let c = (theta1 - theta2).cos() * (m2 * l1 * l2);
        let kinetic = (p1 * p1 * m22 + p2 * p2 * m11 - p1 * p2 * c * 2.0) / (-c * c + m11 * m22) * 0.5;
        kinetic - theta1.cos() * ((m1 + m2) * g * l1) - theta2.cos() * (m2 * g * l2)
    }

    #[test]
    fn follows_the_equations_of_hamilton() {
        let unequal = DoublePendulum { g: 9.81, l1: 0.7, l2: 1.4, m1: 2.0, m2: 0.6 };
        for pendulum in [DoublePendulum::default(), unequal] {
            for x in [[0.3, -1.1, 0.8, -0.5], [2.5, 0.4, -3.0, 1.2]] {
                let found = pendulum.field(0.0, x);
                let slope = |j: usize| {
                    let mut seeded = x.map(Dual64::from_re);
                    seeded[j] = seeded[j].derivative();
                    energy(&pendulum, seeded).eps
                };
                let expected = [slope(2), slope(3), -slope(0), -slope(1)];
                for (found, expected) in found.iter().zip(expected) {
                    assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{found} {expected}");
                }
            }
        }
    }

    #[test]
    fn conserves_energy() {
        let pendulum = DoublePendulum::default();
        let run = Simulation::of(&pendulum, 500).run(&pendulum).unwrap();
        let at = |row: ndarray::ArrayView1<'_, f64>| energy(&pendulum, [row[0], row[1], row[2], row[3]]);
        let start = at(run.initial_row());
        for row in run.data().rows() {
            assert!((at(row) - start).abs() < 1e-6, "{} against {start}", at(row));
        }
    }
}
