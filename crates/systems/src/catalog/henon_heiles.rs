//! The Hénon-Heiles system of 1964.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Hénon-Heiles system: the motion of a star across the axis of a galaxy, in the potential that makes its energy
    ///
    /// $$ E = \frac{p_x^2 + p_y^2}{2} + \frac{x^2 + y^2}{2} + \lambda \left(x^2 y - \frac{y^3}{3}\right), $$
    ///
    /// $$ \dot x = p_x, \quad \dot y = p_y, \quad \dot p_x = -x - 2 \lambda x y, \quad
    /// \dot p_y = -y - \lambda (x^2 - y^2). $$
    ///
    /// Hénon, M. & Heiles, C. (1964). The applicability of the third integral of motion: some numerical experiments. *The
    /// Astronomical Journal* 69, 73-79. Time and states have no unit. At λ = 1, orbits of an energy below 1/6 are bounded.
    /// The default state has the energy 1/8 and is in the chaotic sea; that of dysts, (-0.29707259, -0.0031367513,
    /// 0.42548865, 0.071905482) of energy 0.137, is on a torus.
    HenonHeiles[4] {
        name: "Hénon-Heiles",
        parameters: {
            /// λ, strength of the cubic terms.
            lambda: 1.0,
        },
        variables: ["x", "y", "p_x", "p_y"],
        state: [0.0, -0.25, 0.42081, 0.0],
        dt: 0.05,
        period: 6.37,
        properties: [Hamiltonian],
    }
}

impl VectorField<4> for HenonHeiles {
    fn field<S: Scalar>(&self, _t: f64, [x, y, px, py]: [S; 4]) -> [S; 4] {
        [px, py, -x - x * y * (2.0 * self.lambda), -y - (x * x - y * y) * self.lambda]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, System};

    #[test]
    fn conserves_its_energy() {
        let system = HenonHeiles::default();
        let energy = |x: &[f64]| {
            let kinetic = x[2].powi(2) + x[3].powi(2);
            (kinetic + x[0].powi(2) + x[1].powi(2)) / 2.0 + x[0].powi(2) * x[1] - x[1].powi(3) / 3.0
        };
        let run = Simulation::of(&system, 2000).tolerances(1e-10, 1e-10).run(&system).unwrap();
        let start = energy(&system.default_state());
        assert!((start - 0.125).abs() < 5e-6, "{start}");
        for row in run.data().rows() {
            assert!((energy(&row.to_vec()) - start).abs() < 1e-7);
        }
    }
}
