//! The Rössler system of 1976.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Rössler system,
    ///
    /// $$ \dot x = -y - z, \quad \dot y = x + a y, \quad \dot z = b + z (x - c). $$
    ///
    /// Rössler, O. E. (1976). An equation for continuous chaos. *Physics Letters A* 57, 397-398.
    /// DOI 10.1016/0375-9601(76)90101-8. Time and states have no unit. Chaotic at the defaults.
    Rossler[3] {
        name: "Rössler",
        parameters: {
            /// a, strength of the outward spiral.
            a: 0.2,
            /// b, offset of z.
            b: 0.2,
            /// c, value of x beyond which z grows.
            c: 5.7,
        },
        variables: ["x", "y", "z"],
        state: [6.5134, 0.4772, 0.3416],
        dt: 0.1,
        period: 5.861,
        exponents: [0.0714, 0.0, -5.3943] within 5e-5 from "Sprott (2003), Chaos and \
            Time-Series Analysis, appendix A",
    }
}

impl VectorField<3> for Rossler {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-y - z, x + y * self.a, z * (x - self.c) + self.b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, System, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&Rossler::default());
    }

    #[test]
    fn exponents_add_up_to_the_mean_divergence() {
        // Liouville: the sum of the exponents is the time average of the divergence a + x - c.
        let rossler = Rossler::default();
        let run =
            Simulation::of(&rossler, 100_000).transient(1000).tolerances(1e-8, 1e-8).run(&rossler).unwrap();
        let divergence = rossler.a - rossler.c + run.data().column(0).mean().unwrap();
        let sum: f64 = rossler.known_exponents().unwrap().exponents.iter().sum();
        assert!((sum - divergence).abs() < 0.01, "{sum} against {divergence}");
    }
}
