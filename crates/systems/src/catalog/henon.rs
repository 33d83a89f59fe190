//! The Hénon map.

use ndarray::{ArrayViewMut2, aview2};
use serde::{Deserialize, Serialize};

use crate::{KnownExponents, Map, Result, System};

/// The Hénon map,
///
/// $$ x_t = 1 - a x_{t-1}^2 + y_{t-1}, \quad y_t = b x_{t-1}. $$
///
/// Hénon, M. (1976). A two-dimensional mapping with a strange attractor. *Communications in Mathematical Physics* 50,
/// 69-77. DOI 10.1007/BF01608556. States have no unit. Chaotic at the defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Henon {
    /// a, the bending; 1.4 by default.
    pub a: f64,
    /// b, the contraction: areas shrink by |b| each step; 0.3 by default.
    pub b: f64,
}

impl Default for Henon {
    fn default() -> Self {
        Self { a: 1.4, b: 0.3 }
    }
}

impl Map for Henon {
    fn dim(&self) -> usize {
        2
    }

    fn step(&self, x: &[f64], _u: &[f64], next: &mut [f64]) {
        next[0] = 1.0 - self.a * x[0] * x[0] + x[1];
        next[1] = self.b * x[0];
    }

    fn jacobian(&self, x: &[f64], _u: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.assign(&aview2(&[[-2.0 * self.a * x[0], 1.0], [self.b, 0.0]]));
    }

    fn validate(&self) -> Result<()> {
        self.check_parameters()
    }
}

impl System for Henon {
    fn name(&self) -> &'static str {
        "Hénon"
    }
    fn variables(&self) -> Vec<String> {
        ["x", "y"].map(String::from).into()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("a", self.a), ("b", self.b)]
    }
    fn default_state(&self) -> Vec<f64> {
        vec![0.0, 0.0]
    }
    fn default_dt(&self) -> f64 {
        1.0
    }
    fn known_exponents(&self) -> Option<KnownExponents> {
        (*self == Self::default()).then(|| KnownExponents {
            exponents: vec![0.41922, -1.62319],
            tolerance: 5e-6,
            source: "Sprott (2003), Chaos and Time-Series Analysis, appendix A",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Simulation, catalog::check};

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
