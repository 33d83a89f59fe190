//! The van der Pol oscillator, free or forced.

use ndarray::{ArrayViewMut2, aview2};
use serde::{Deserialize, Serialize};

use crate::{Flow, Result, System};

/// The van der Pol oscillator, by default without forcing,
///
/// $$ \dot x = v, \quad \dot v = \mu (1 - x^2) v - x + A \sin \omega t. $$
///
/// van der Pol, B. (1926). On relaxation-oscillations. *Philosophical Magazine* 2, 978-992.
/// DOI 10.1080/14786442608564127. Time and states have no unit. A limit cycle at the defaults; stiff for μ above some
/// 50, where [`Method::Radau5`](crate::Method::Radau5) is the better method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VanDerPol {
    /// μ, strength of the nonlinear damping; 2 by default.
    pub mu: f64,
    /// A, amplitude of the forcing; 0 by default.
    pub amplitude: f64,
    /// ω, angular frequency of the forcing, in radians per time unit; 0.63 by default.
    pub omega: f64,
}

impl Default for VanDerPol {
    fn default() -> Self {
        Self { mu: 2.0, amplitude: 0.0, omega: 0.63 }
    }
}

impl Flow for VanDerPol {
    fn dim(&self) -> usize {
        2
    }

    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        dx[0] = x[1];
        dx[1] = self.mu * (1.0 - x[0] * x[0]) * x[1] - x[0] + self.amplitude * (self.omega * t).sin();
    }

    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.assign(&aview2(&[
            [0.0, 1.0],
            [-2.0 * self.mu * x[0] * x[1] - 1.0, self.mu * (1.0 - x[0] * x[0])],
        ]));
    }

    fn validate(&self) -> Result<()> {
        self.check_parameters()
    }
}

impl System for VanDerPol {
    fn name(&self) -> &'static str {
        "van der Pol"
    }
    fn variables(&self) -> Vec<String> {
        ["x", "v"].map(String::from).into()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("mu", self.mu), ("amplitude", self.amplitude), ("omega", self.omega)]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "mu" => Some(&mut self.mu),
            "amplitude" => Some(&mut self.amplitude),
            "omega" => Some(&mut self.omega),
            _ => None,
        }
    }
    fn default_state(&self) -> Vec<f64> {
        vec![2.0, 0.0]
    }
    fn default_dt(&self) -> f64 {
        0.05
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Method, Simulation, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&VanDerPol::default());
        check::flow(&VanDerPol { amplitude: 1.2, mu: 8.53, omega: 0.63 });
    }

    #[test]
    fn stiff_solution_matches_the_published_reference() {
        // Hairer & Wanner, Solving ODEs II, problem VDPOL in the Test Set for IVP Solvers (release 2.4, 2008): in the
        // scaling τ = t / μ with ε = 1e-6 (μ = 1000), from (2, 0), x(τ = 2) = 0.1706167732170483e1.
        let stiff = VanDerPol { mu: 1000.0, ..VanDerPol::default() };
        let run = Simulation::of(&stiff, 11)
            .initial_state([2.0, 0.0])
            .dt(200.0)
            .method(Method::Radau5)
            .run(&stiff)
            .unwrap();
        let x = run.last_row()[0];
        assert!((x - 1.706_167_732_170_483).abs() < 1e-7, "{x}");
    }
}
