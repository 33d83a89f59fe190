//! The Lorenz system of 1963.

use ndarray::{ArrayViewMut2, aview2};
use serde::{Deserialize, Serialize};

use crate::{Flow, KnownExponents, Result, System};

/// The Lorenz system,
///
/// $$ \dot x = \sigma (y - x), \quad \dot y = x (\rho - z) - y, \quad \dot z = x y - \beta z. $$
///
/// Lorenz, E. N. (1963). Deterministic nonperiodic flow. *Journal of the Atmospheric Sciences* 20, 130-141.
/// DOI 10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2. Time and states have no unit. Chaotic at the defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lorenz63 {
    /// σ, the Prandtl number; 10 by default.
    pub sigma: f64,
    /// ρ, the Rayleigh number relative to its critical value; 28 by default.
    pub rho: f64,
    /// β, a geometric factor; 8/3 by default.
    pub beta: f64,
}

impl Default for Lorenz63 {
    fn default() -> Self {
        Self { sigma: 10.0, rho: 28.0, beta: 8.0 / 3.0 }
    }
}

impl Flow for Lorenz63 {
    fn dim(&self) -> usize {
        3
    }

    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        dx[0] = self.sigma * (x[1] - x[0]);
        dx[1] = x[0] * (self.rho - x[2]) - x[1];
        dx[2] = x[0] * x[1] - self.beta * x[2];
    }

    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.assign(&aview2(&[
            [-self.sigma, self.sigma, 0.0],
            [self.rho - x[2], -1.0, -x[0]],
            [x[1], x[0], -self.beta],
        ]));
    }

    fn validate(&self) -> Result<()> {
        self.check_parameters()
    }
}

impl System for Lorenz63 {
    fn name(&self) -> &'static str {
        "Lorenz-63"
    }
    fn variables(&self) -> Vec<String> {
        ["x", "y", "z"].map(String::from).into()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("sigma", self.sigma), ("rho", self.rho), ("beta", self.beta)]
    }
    fn default_state(&self) -> Vec<f64> {
        vec![-9.7869, -15.0385, 20.5340]
    }
    fn default_dt(&self) -> f64 {
        0.01
    }
    fn known_exponents(&self) -> Option<KnownExponents> {
        (*self == Self::default()).then(|| KnownExponents {
            exponents: vec![0.9056, 0.0, -14.5723],
            tolerance: 5e-5,
            source: "Sprott (2003), Chaos and Time-Series Analysis, appendix A; \
                     the first 0.90566 in Viswanath (1998), Lyapunov exponents from random Fibonacci sequences to \
                     the Lorenz equations",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Simulation, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&Lorenz63::default());
    }

    #[test]
    fn rests_at_its_three_fixed_points() {
        let lorenz = Lorenz63::default();
        let c = (lorenz.beta * (lorenz.rho - 1.0)).sqrt();
        for x in [[0.0, 0.0, 0.0], [c, c, 27.0], [-c, -c, 27.0]] {
            let mut dx = [1.0; 3];
            lorenz.rhs(0.0, &x, &mut dx);
            assert!(dx.iter().all(|value| value.abs() < 1e-13), "{dx:?}");
        }
    }

    #[test]
    fn exponents_add_up_to_the_divergence() {
        // Liouville: the sum of the exponents is the divergence, which is constant here.
        let lorenz = Lorenz63::default();
        let sum: f64 = lorenz.known_exponents().unwrap().exponents.iter().sum();
        assert!((sum + (lorenz.sigma + 1.0 + lorenz.beta)).abs() < 1.5e-4, "{sum}");
        assert!(Lorenz63 { rho: 20.0, ..lorenz }.known_exponents().is_none());
    }

    #[test]
    fn names_the_parameter_that_is_not_a_number() {
        let broken = Lorenz63 { rho: f64::NAN, ..Lorenz63::default() };
        let error = Simulation::of(&broken, 10).run(&broken).unwrap_err();
        assert!(matches!(error, Error::Parameter { parameter: "rho", .. }), "{error}");
    }

    #[test]
    fn reads_partial_settings() {
        let lorenz: Lorenz63 = serde_json::from_str(r#"{"rho": 35.0}"#).unwrap();
        assert_eq!(lorenz, Lorenz63 { rho: 35.0, ..Lorenz63::default() });
        assert!(serde_json::from_str::<Lorenz63>(r#"{"roh": 35.0}"#).is_err());
    }
}
