//! The Brusselator, a chemical oscillator.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Brusselator of Brussels,
    ///
    /// $$ \dot x = a + x^2 y - (b + 1) x, \quad \dot y = b x - x^2 y. $$
    ///
    /// Prigogine, I. & Lefever, R. (1968). Symmetry breaking instabilities in dissipative systems. II. *The Journal of
    /// Chemical Physics* 48, 1695-1700. x and y are concentrations of the intermediates of an autocatalytic reaction; time
    /// and states have no unit. It rests at (a, b/a) until b = 1 + a², where a limit cycle of angular frequency a is born:
    /// a limit cycle at the defaults.
    Brusselator[2] {
        name: "Brusselator",
        parameters: {
            /// a, feed of x.
            a: 1.0,
            /// b, rate at which x turns into y.
            b: 3.0,
        },
        variables: ["x", "y"],
        state: [2.1158, 3.2188],
        dt: 0.05,
        period: 7.1569,
        positive: [a, b],
        properties: [Regular],
    }
}

impl VectorField<2> for Brusselator {
    fn field<S: Scalar>(&self, _t: f64, [x, y]: [S; 2]) -> [S; 2] {
        let autocatalysis = x * x * y;
        [autocatalysis - x * (self.b + 1.0) + self.a, x * self.b - autocatalysis]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};

    #[test]
    fn has_its_hopf_bifurcation_at_one_and_a_squared() {
        let a = 1.4;
        for (b, unstable) in [(1.0 + a * a - 0.02, false), (1.0 + a * a + 0.02, true)] {
            let system = Brusselator { a, b };
            assert_eq!(check::fixed_point_grows(&system, &[a, b / a], 1000.0), unstable, "at b = {b}");
        }
    }

    #[test]
    fn a_small_cycle_turns_with_angular_frequency_a() {
        // Just above the bifurcation; the frequency changes in proportion to the distance from it.
        let system = Brusselator { a: 2.0, b: 5.02 };
        let run = Simulation::of(&system, 2000).dt(0.05).transient(20_000).run(&system).unwrap();
        let period = check::period(run.data().column(0), run.dt());
        assert!((period / std::f64::consts::PI - 1.0).abs() < 0.01, "{period}");
    }
}
