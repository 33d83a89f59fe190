//! The forced Duffing oscillator.

use ndarray::{ArrayViewMut2, aview2};
use serde::{Deserialize, Serialize};

use crate::{Flow, Result, System};

/// The forced Duffing oscillator,
///
/// $$ \dot x = v, \quad \dot v = -\delta v - \beta x - \alpha x^3 + \gamma \cos \omega t. $$
///
/// Duffing, G. (1918). *Erzwungene Schwingungen bei veränderlicher Eigenfrequenz und ihre technische Bedeutung*.
/// Vieweg, Braunschweig. Time and states have no unit. A double well (β below 0 below α) driven chaotic at the
/// defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Duffing {
    /// α, cubic stiffness; 1 by default.
    pub alpha: f64,
    /// β, linear stiffness; -1 by default.
    pub beta: f64,
    /// δ, damping; 0.1 by default.
    pub delta: f64,
    /// γ, amplitude of the forcing; 0.35 by default.
    pub gamma: f64,
    /// ω, angular frequency of the forcing, in radians per time unit; 1.4 by default.
    pub omega: f64,
}

impl Default for Duffing {
    fn default() -> Self {
        Self { alpha: 1.0, beta: -1.0, delta: 0.1, gamma: 0.35, omega: 1.4 }
    }
}

impl Flow for Duffing {
    fn dim(&self) -> usize {
        2
    }

    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        dx[0] = x[1];
        dx[1] = -self.delta * x[1] - self.beta * x[0] - self.alpha * x[0].powi(3)
            + self.gamma * (self.omega * t).cos();
    }

    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        let stiffness = self.beta + 3.0 * self.alpha * x[0] * x[0];
        jacobian.assign(&aview2(&[[0.0, 1.0], [-stiffness, -self.delta]]));
    }

    fn validate(&self) -> Result<()> {
        self.check_parameters()
    }
}

impl System for Duffing {
    fn name(&self) -> &'static str {
        "Duffing"
    }
    fn variables(&self) -> Vec<String> {
        ["x", "v"].map(String::from).into()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("alpha", self.alpha),
            ("beta", self.beta),
            ("delta", self.delta),
            ("gamma", self.gamma),
            ("omega", self.omega),
        ]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "alpha" => Some(&mut self.alpha),
            "beta" => Some(&mut self.beta),
            "delta" => Some(&mut self.delta),
            "gamma" => Some(&mut self.gamma),
            "omega" => Some(&mut self.omega),
            _ => None,
        }
    }
    fn default_state(&self) -> Vec<f64> {
        vec![-1.1635, -0.5092]
    }
    fn default_dt(&self) -> f64 {
        0.05
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&Duffing::default());
    }

    #[test]
    fn conserves_energy_without_damping_and_forcing() {
        let free = Duffing { delta: 0.0, gamma: 0.0, ..Duffing::default() };
        let energy = |x: f64, v: f64| v * v / 2.0 + free.beta * x * x / 2.0 + free.alpha * x.powi(4) / 4.0;
        let run = Simulation::of(&free, 2000).run(&free).unwrap();
        let start = energy(run.data()[[0, 0]], run.data()[[0, 1]]);
        for row in run.data().rows() {
            assert!((energy(row[0], row[1]) - start).abs() < 1e-8);
        }
    }
}
