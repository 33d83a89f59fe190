//! The Hénon map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Hénon map,
    ///
    /// $$ x_t = 1 - a x_{t-1}^2 + y_{t-1}, \quad y_t = b x_{t-1}. $$
    ///
    /// Hénon, M. (1976). A two-dimensional mapping with a strange attractor. *Communications in Mathematical Physics* 50,
    /// 69-77. DOI 10.1007/BF01608556. States have no unit. Chaotic at the defaults.
    Henon[2] {
        name: "Hénon",
        parameters: {
            /// a, the bending.
            a: 1.4,
            /// b, the contraction: areas shrink by |b| each step.
            b: 0.3,
        },
        variables: ["x", "y"],
        state: [0.0, 0.0],
        exponents: [0.41922, -1.62319] within 5e-6 from "Sprott (2003), Chaos and Time-Series Analysis, appendix A",
    }
}

impl Recurrence<2> for Henon {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        [-(x * x * self.a) + y + 1.0, x * self.b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Simulation, System, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::map(&Henon::default());
        let henon = Henon::default();
        let sum: f64 = henon.known_exponents().unwrap().exponents.iter().sum();
        assert!((sum - henon.b.ln()).abs() < 1e-5, "the exponents add up to ln |det J|");
    }

    #[test]
    fn diverges_from_outside_of_its_basin() {
        let henon = Henon::default();
        let error = Simulation::of(&henon, 100).initial_state([5.0, 5.0]).run_map(&henon).unwrap_err();
        assert!(matches!(error, Error::Diverged { sample: 6, .. }), "{error}");
    }
}
