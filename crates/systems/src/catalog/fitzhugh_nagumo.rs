//! The FitzHugh-Nagumo neuron, free or forced.

use ndarray::{ArrayViewMut2, aview2};
use serde::{Deserialize, Serialize};

use crate::{Flow, Result, System};

/// The FitzHugh-Nagumo model of an excitable membrane, by default with a constant current,
///
/// $$ \dot v = v - v^3/3 - w + I + A \sin \omega t, \quad \dot w = \gamma (v + a - b w). $$
///
/// FitzHugh, R. (1961). Impulses and physiological states in theoretical models of nerve membrane. *Biophysical
/// Journal* 1, 445-466. DOI 10.1016/S0006-3495(61)86902-6. Time and states have no unit. A limit cycle (repetitive
/// spiking) at the defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FitzHughNagumo {
    /// a, offset of the recovery; 0.7 by default.
    pub a: f64,
    /// b, decay of the recovery; 0.8 by default.
    pub b: f64,
    /// γ, rate of the recovery against the voltage; 0.08 by default.
    pub gamma: f64,
    /// I, constant current; 0.5 by default.
    pub current: f64,
    /// A, amplitude of the sinusoidal current; 0 by default.
    pub amplitude: f64,
    /// ω, its angular frequency, in radians per time unit; 0.0437 by default.
    pub omega: f64,
}

impl Default for FitzHughNagumo {
    fn default() -> Self {
        Self { a: 0.7, b: 0.8, gamma: 0.08, current: 0.5, amplitude: 0.0, omega: 0.0437 }
    }
}

impl Flow for FitzHughNagumo {
    fn dim(&self) -> usize {
        2
    }

    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        let (v, w) = (x[0], x[1]);
        dx[0] = v - v.powi(3) / 3.0 - w + self.current + self.amplitude * (self.omega * t).sin();
        dx[1] = self.gamma * (v + self.a - self.b * w);
    }

    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.assign(&aview2(&[[1.0 - x[0] * x[0], -1.0], [self.gamma, -self.gamma * self.b]]));
    }

    fn validate(&self) -> Result<()> {
        self.check_parameters()
    }
}

impl System for FitzHughNagumo {
    fn name(&self) -> &'static str {
        "FitzHugh-Nagumo"
    }
    fn variables(&self) -> Vec<String> {
        ["v", "w"].map(String::from).into()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("a", self.a),
            ("b", self.b),
            ("gamma", self.gamma),
            ("current", self.current),
            ("amplitude", self.amplitude),
            ("omega", self.omega),
        ]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "a" => Some(&mut self.a),
            "b" => Some(&mut self.b),
            "gamma" => Some(&mut self.gamma),
            "current" => Some(&mut self.current),
            "amplitude" => Some(&mut self.amplitude),
            "omega" => Some(&mut self.omega),
            _ => None,
        }
    }
    fn default_state(&self) -> Vec<f64> {
        vec![-1.0, 0.0]
    }
    fn default_dt(&self) -> f64 {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&FitzHughNagumo::default());
        check::flow(&FitzHughNagumo { amplitude: 0.4, ..FitzHughNagumo::default() });
    }

    #[test]
    fn fires_with_current_and_rests_without() {
        let spread = |current: f64| {
            let neuron = FitzHughNagumo { current, ..FitzHughNagumo::default() };
            let run = Simulation::of(&neuron, 400).transient(1000).run(&neuron).unwrap();
            run.data().column(0).iter().fold(f64::MIN, |most: f64, v| most.max(*v))
        };
        assert!(spread(0.5) > 1.5, "spikes");
        assert!(spread(0.0) < -1.0, "rests near v = -1.2");
    }
}
