//! The oscillators of Kuramoto, each coupled to all.

use std::f64::consts::{PI, TAU};

use ndarray::ArrayViewMut2;
use serde::{Deserialize, Serialize};

use crate::{Error, Flow, Property, Result, System};

/// The Kuramoto model of N phase oscillators,
///
/// $$ \dot \theta_i = \omega_i + \frac{K}{N} \sum_j \sin(\theta_j - \theta_i)
/// = \omega_i + K r \sin(\psi - \theta_i), \quad r e^{i \psi} = \frac{1}{N} \sum_j e^{i \theta_j}. $$
///
/// Kuramoto, Y. (1975). Self-entrainment of a population of coupled non-linear oscillators. *Lecture Notes in Physics* 39,
/// 420-422. Phases are in radians and grow without bound; time has no unit. Two oscillators lock from K = |ω_1 − ω_2| on;
/// many with Lorentzian frequencies of half width γ synchronise from K = 2γ on, with r = √(1 − 2γ/K). The defaults, equally
/// spaced frequencies, are below the coupling at which all lock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kuramoto {
    /// ω \[N\], natural frequencies in radians per time unit; 20 from -0.95 to 0.95 by default.
    pub frequencies: Vec<f64>,
    /// K, the coupling; 1 by default.
    pub coupling: f64,
}

impl Default for Kuramoto {
    fn default() -> Self {
        Self::equally_spaced(20, 0.0, 1.0)
    }
}

impl Kuramoto {
    /// `oscillators` natural frequencies in the middles of equal parts of `centre` ± `half_width`.
    pub fn equally_spaced(oscillators: usize, centre: f64, half_width: f64) -> Self {
        Self::quantiles(oscillators, |level| centre + half_width * (2.0 * level - 1.0))
    }

    /// `oscillators` natural frequencies at the quantiles (i − ½)/N of the Lorentzian (Cauchy) distribution.
    pub fn lorentzian(oscillators: usize, centre: f64, half_width: f64) -> Self {
        Self::quantiles(oscillators, |level| centre + half_width * (PI * (level - 0.5)).tan())
    }

    fn quantiles(oscillators: usize, quantile: impl Fn(f64) -> f64) -> Self {
        let frequencies = (0..oscillators).map(|i| quantile((i as f64 + 0.5) / oscillators as f64)).collect();
        Self { frequencies, coupling: 1.0 }
    }

    /// r in \[0, 1\], how far phases \[N\] agree: 1 when all are equal; 0 of none.
    pub fn order_parameter(phases: &[f64]) -> f64 {
        let (cos, sin) = mean_field(phases);
        cos.hypot(sin)
    }
}

/// r cos ψ and r sin ψ.
fn mean_field(phases: &[f64]) -> (f64, f64) {
    let (mut cos, mut sin) = (0.0, 0.0);
    for phase in phases {
        cos += phase.cos();
        sin += phase.sin();
    }
    let n = phases.len().max(1) as f64;
    (cos / n, sin / n)
}

impl Flow for Kuramoto {
    fn dim(&self) -> usize {
        self.frequencies.len()
    }

    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        let (cos, sin) = mean_field(x);
        for ((derivative, phase), frequency) in dx.iter_mut().zip(x).zip(&self.frequencies) {
            *derivative = frequency + self.coupling * (sin * phase.cos() - cos * phase.sin());
        }
    }

    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        let each = self.coupling / x.len() as f64;
        for (i, mut row) in jacobian.rows_mut().into_iter().enumerate() {
            let mut sum = 0.0;
            for (entry, phase) in row.iter_mut().zip(x) {
                *entry = each * (phase - x[i]).cos();
                sum += *entry;
            }
            row[i] -= sum;
        }
    }

    fn validate(&self) -> Result<()> {
        let refuse = |parameter, value, requirement| {
            Err(Error::Parameter { system: self.name(), parameter, value, requirement })
        };
        if self.frequencies.len() < 2 {
            return refuse("oscillators", self.frequencies.len() as f64, "at least 2");
        }
        match self.frequencies.iter().find(|frequency| !frequency.is_finite()) {
            Some(&frequency) => refuse("frequencies", frequency, "finite"),
            None => self.check_parameters(),
        }
    }
}

impl System for Kuramoto {
    fn name(&self) -> &'static str {
        "Kuramoto"
    }
    fn variables(&self) -> Vec<String> {
        (1..=self.frequencies.len()).map(|i| format!("theta{i}")).collect()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("oscillators", self.frequencies.len() as f64), ("coupling", self.coupling)]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "coupling" => Some(&mut self.coupling),
            _ => None,
        }
    }
    /// Phases spread over the circle by the golden ratio.
    fn default_state(&self) -> Vec<f64> {
        (1..=self.frequencies.len()).map(|i| TAU * (i as f64 * 0.618_034).fract()).collect()
    }
    fn default_dt(&self) -> f64 {
        0.1
    }
    fn properties(&self) -> &'static [Property] {
        &[Property::Angular, Property::Hyperchaotic]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};

    fn pair(coupling: f64) -> Kuramoto {
        Kuramoto { frequencies: vec![1.5, 0.5], coupling }
    }

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&pair(0.7));
        check::flow(&Kuramoto::lorentzian(5, 1.0, 0.5));
    }

    #[test]
    fn two_oscillators_lock_from_their_difference_on() {
        let locked = pair(1.25);
        let run = Simulation::of(&locked, 2).dt(200.0).tolerances(1e-11, 1e-12).run(&locked).unwrap();
        let lag = run.last_row()[0] - run.last_row()[1];
        assert!((lag.sin() - 1.0 / 1.25).abs() < 1e-8, "{lag}");
        // Below, the difference slips by 2π in 2π / √(Δω² − K²).
        let slip = TAU / (1.0_f64 - 0.64).sqrt();
        let run = Simulation::of(&pair(0.8), 2).dt(slip).tolerances(1e-11, 1e-12).run(&pair(0.8)).unwrap();
        let lag = |row: ndarray::ArrayView1<'_, f64>| row[0] - row[1];
        assert!((lag(run.last_row()) - lag(run.initial_row()) - TAU).abs() < 1e-8);
    }

    #[test]
    fn lorentzian_frequencies_synchronise_as_kuramoto_found() {
        // r = √(1 − 2γ/K) for N → ∞; a finite N fluctuates by 1/√N.
        let system = Kuramoto { coupling: 4.0, ..Kuramoto::lorentzian(100, 0.0, 1.0) };
        let run = Simulation::of(&system, 200).transient(100).run(&system).unwrap();
        let order =
            run.data().rows().into_iter().map(|row| Kuramoto::order_parameter(&row.to_vec())).sum::<f64>()
                / 200.0;
        assert!((order - 0.5_f64.sqrt()).abs() < 0.1, "{order}");
        assert!((Kuramoto::order_parameter(&[0.3, 0.3]) - 1.0).abs() < 1e-15);
        assert!(Kuramoto::order_parameter(&[0.0, TAU / 3.0, 2.0 * TAU / 3.0]) < 1e-15);
    }

    #[test]
    fn refuses_too_few_oscillators_and_frequencies_that_are_no_numbers() {
        let mut system = Kuramoto::equally_spaced(1, 0.0, 1.0);
        assert!(matches!(system.validate(), Err(Error::Parameter { parameter: "oscillators", .. })));
        system.frequencies = vec![0.0, f64::NAN];
        assert!(matches!(system.validate(), Err(Error::Parameter { parameter: "frequencies", .. })));
    }
}
