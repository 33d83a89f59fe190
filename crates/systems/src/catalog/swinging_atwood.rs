//! The swinging Atwood machine.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Two masses on one string over two pulleys, of which the first swings while the second goes up and down,
    ///
    /// $$ H = \frac{p_r^2}{2 (m_1 + m_2)} + \frac{p_\theta^2}{2 m_1 r^2} + m_2 g r - m_1 g r \cos \theta, $$
    ///
    /// with the length r of the swinging string and its angle θ from below. Tufillaro, N. B., Abbott, T. A. & Griffiths,
    /// D. J. (1984). Swinging Atwood's machine. *American Journal of Physics* 52, 895-903. Time in s, r in m, θ in radians,
    /// momenta in kg m/s and kg m²/s. Chaotic at the defaults; singular where r = 0.
    SwingingAtwood[4] {
        name: "swinging Atwood machine",
        aliases: ["SwingingAtwood"],
        parameters: {
            /// g, the gravity, in m/s².
            g: 9.82,
            /// `m_1`, the swinging mass, in kg.
            m1: 1.0,
            /// `m_2`, the mass that does not swing, in kg.
            m2: 4.5,
        },
        variables: ["r", "theta", "p_r", "p_theta"],
        state: [0.113_296, std::f64::consts::FRAC_PI_2, 0.10992, 0.17747],
        dt: 0.005,
        period: 0.34176,
        time_unit: "s",
        positive: [m1, m2],
        properties: [Hamiltonian, Angular],
    }
}

impl VectorField<4> for SwingingAtwood {
    fn field<S: Scalar>(&self, _t: f64, [r, theta, p_r, p_theta]: [S; 4]) -> [S; 4] {
        let turning = p_theta / (r * r * self.m1);
        [
            p_r / (self.m1 + self.m2),
            turning,
            p_theta * turning / r + theta.cos() * (self.m1 * self.g) - self.m2 * self.g,
            -(r * theta.sin() * (self.m1 * self.g)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;

    #[test]
    fn conserves_energy() {
        let machine = SwingingAtwood::default();
        let energy = |x: &[f64]| {
            let kinetic =
                x[2].powi(2) / (2.0 * (machine.m1 + machine.m2)) + (x[3] / x[0]).powi(2) / (2.0 * machine.m1);
            kinetic + machine.g * x[0] * (machine.m2 - machine.m1 * x[1].cos())
        };
        let run = Simulation::of(&machine, 400).tolerances(1e-11, 1e-11).run(&machine).unwrap();
        let start = energy(&run.initial_row().to_vec());
        for row in run.data().rows() {
            let now = energy(&row.to_vec());
            assert!((now - start).abs() < 1e-7 * start, "{now} against {start}");
        }
    }
}
