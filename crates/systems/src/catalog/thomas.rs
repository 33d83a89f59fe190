//! Thomas' cyclically symmetric flows.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A particle with friction in a lattice of forces, symmetric under cyclic exchange of x, y and z,
    ///
    /// $$ \dot x = -a x + b \sin y, \quad \dot y = -a y + b \sin z, \quad \dot z = -a z + b \sin x. $$
    ///
    /// Thomas, R. (1999). Deterministic chaos seen in terms of feedback circuits: analysis, synthesis, "labyrinth chaos".
    /// *International Journal of Bifurcation and Chaos* 9, 1889-1905. Time and states have no unit; only a/b counts, the
    /// rest is a choice of the unit of time (the paper has b = 1). Chaotic at the defaults.
    Thomas[3] {
        name: "Thomas",
        parameters: {
            /// a, the friction.
            a: 1.85,
            /// b, strength of the lattice.
            b: 10.0,
        },
        variables: ["x", "y", "z"],
        state: [2.199_442, 2.363_422_5, 3.220_197],
        dt: 0.05,
        period: 4.969,
    }
}

flow! {
    /// [`Thomas`] with so little friction that a trajectory wanders through many cells of the lattice ("labyrinth chaos"),
    ///
    /// $$ \dot x = -a x + b \sin y, \quad \dot y = -a y + b \sin z, \quad \dot z = -a z + b \sin x. $$
    ///
    /// Thomas, R. (1999), as there. Time and states have no unit. Chaotic at the defaults; without friction, at a = 0, a
    /// trajectory is a random walk without bounds.
    ThomasLabyrinth[3] {
        name: "Thomas labyrinth",
        parameters: {
            /// a, the friction.
            a: 0.5,
            /// b, strength of the lattice.
            b: 10.0,
        },
        variables: ["x", "y", "z"],
        state: [-4.959_954_5, 1.030_203_4, -4.688_389_3],
        dt: 0.05,
        period: 6.05,
    }
}

fn cyclic<S: Scalar>([x, y, z]: [S; 3], a: f64, b: f64) -> [S; 3] {
    [y.sin() * b - x * a, z.sin() * b - y * a, x.sin() * b - z * a]
}

impl VectorField<3> for Thomas {
    fn field<S: Scalar>(&self, _t: f64, x: [S; 3]) -> [S; 3] {
        cyclic(x, self.a, self.b)
    }
}

impl VectorField<3> for ThomasLabyrinth {
    fn field<S: Scalar>(&self, _t: f64, x: [S; 3]) -> [S; 3] {
        cyclic(x, self.a, self.b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;

    #[test]
    fn stays_on_the_diagonal() {
        // Where x = y = z the equation is dx/dt = -a x + b sin x, which rests at sin x = (a/b) x.
        let thomas = Thomas { a: 5.0, ..Thomas::default() };
        let run = Simulation::of(&thomas, 2).initial_state([1.0, 1.0, 1.0]).dt(20.0).run(&thomas).unwrap();
        let end = run.last_row();
        assert!((end[0] - end[1]).abs() < 1e-9 && (end[1] - end[2]).abs() < 1e-9, "{end}");
        assert!((thomas.b * end[0].sin() - thomas.a * end[0]).abs() < 1e-7, "{end}");
    }
}
