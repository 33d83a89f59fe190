//! The Rössler system of 1976.

use ndarray::{ArrayViewMut2, aview2};
use serde::{Deserialize, Serialize};

use crate::{Flow, KnownExponents, Result, System};

/// The Rössler system,
///
/// $$ \dot x = -y - z, \quad \dot y = x + a y, \quad \dot z = b + z (x - c). $$
///
/// Rössler, O. E. (1976). An equation for continuous chaos. *Physics Letters A* 57, 397-398.
/// DOI 10.1016/0375-9601(76)90101-8. Time and states have no unit. Chaotic at the defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rossler {
    /// a, strength of the outward spiral; 0.2 by default.
    pub a: f64,
    /// b, offset of z; 0.2 by default.
    pub b: f64,
    /// c, value of x beyond which z grows; 5.7 by default.
    pub c: f64,
}

impl Default for Rossler {
    fn default() -> Self {
        Self { a: 0.2, b: 0.2, c: 5.7 }
    }
}

impl Flow for Rossler {
    fn dim(&self) -> usize {
        3
    }

    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        dx[0] = -x[1] - x[2];
        dx[1] = x[0] + self.a * x[1];
        dx[2] = self.b + x[2] * (x[0] - self.c);
    }

    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.assign(&aview2(&[[0.0, -1.0, -1.0], [1.0, self.a, 0.0], [x[2], 0.0, x[0] - self.c]]));
    }

    fn validate(&self) -> Result<()> {
        self.check_parameters()
    }
}

impl System for Rossler {
    fn name(&self) -> &'static str {
        "Rössler"
    }
    fn variables(&self) -> Vec<String> {
        ["x", "y", "z"].map(String::from).into()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("a", self.a), ("b", self.b), ("c", self.c)]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "a" => Some(&mut self.a),
            "b" => Some(&mut self.b),
            "c" => Some(&mut self.c),
            _ => None,
        }
    }
    fn default_state(&self) -> Vec<f64> {
        vec![6.5134, 0.4772, 0.3416]
    }
    fn default_dt(&self) -> f64 {
        0.1
    }
    fn known_exponents(&self) -> Option<KnownExponents> {
        (*self == Self::default()).then(|| KnownExponents {
            exponents: vec![0.0714, 0.0, -5.3943],
            tolerance: 5e-5,
            source: "Sprott (2003), Chaos and Time-Series Analysis, appendix A",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};

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
