//! The Lorenz system of 1996, of any size.

use ndarray::ArrayViewMut2;
use serde::{Deserialize, Serialize};

use crate::{Error, Flow, KnownExponents, Property, Result, System};

/// The Lorenz-96 system on a ring of M sites,
///
/// $$ \dot x_i = (x_{i+1} - x_{i-2}) x_{i-1} - x_i + F, \quad i \text{ modulo } M. $$
///
/// Lorenz, E. N. (1996). Predictability: a problem partly solved. *Proc. Seminar on Predictability*, vol. I, ECMWF,
/// 1-18. One time unit stands for five days of weather; states have no unit. Chaotic at the defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lorenz96 {
    /// M, the number of sites, at least 4; 40 by default.
    pub sites: usize,
    /// F, the forcing; 8 by default.
    pub forcing: f64,
}

impl Default for Lorenz96 {
    fn default() -> Self {
        Self { sites: 40, forcing: 8.0 }
    }
}

impl Lorenz96 {
    /// A ring of `sites` sites with the default forcing.
    pub fn with_sites(sites: usize) -> Self {
        Self { sites, ..Self::default() }
    }

    /// The sites i + 1, i - 1 and i - 2.
    fn neighbours(&self, i: usize) -> (usize, usize, usize) {
        let m = self.sites;
        ((i + 1) % m, (i + m - 1) % m, (i + 2 * m - 2) % m)
    }
}

impl Flow for Lorenz96 {
    fn dim(&self) -> usize {
        self.sites
    }

    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        for (i, derivative) in dx.iter_mut().enumerate() {
            let (next, previous, before) = self.neighbours(i);
            *derivative = (x[next] - x[before]) * x[previous] - x[i] + self.forcing;
        }
    }

    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.fill(0.0);
        for i in 0..self.sites {
            let (next, previous, before) = self.neighbours(i);
            jacobian[[i, next]] += x[previous];
            jacobian[[i, before]] -= x[previous];
            jacobian[[i, previous]] += x[next] - x[before];
            jacobian[[i, i]] -= 1.0;
        }
    }

    fn validate(&self) -> Result<()> {
        if self.sites < 4 {
            return Err(Error::Parameter {
                system: self.name(),
                parameter: "sites",
                value: self.sites as f64,
                requirement: "at least 4",
            });
        }
        self.check_parameters()
    }
}

impl System for Lorenz96 {
    fn name(&self) -> &'static str {
        "Lorenz-96"
    }
    fn variables(&self) -> Vec<String> {
        (1..=self.sites).map(|i| format!("x{i}")).collect()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("sites", self.sites as f64), ("forcing", self.forcing)]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "forcing" => Some(&mut self.forcing),
            _ => None,
        }
    }
    /// The fixed point x = F with one site pushed by 0.01, after Lorenz. It takes some 20 time units to reach the
    /// attractor: give the simulation a transient.
    fn default_state(&self) -> Vec<f64> {
        let mut state = vec![self.forcing; self.sites];
        if let Some(pushed) = state.get_mut(self.sites / 2) {
            *pushed += 0.01;
        }
        state
    }
    fn default_dt(&self) -> f64 {
        0.05
    }
    fn properties(&self) -> &'static [Property] {
        &[Property::Hyperchaotic]
    }
    fn known_exponents(&self) -> Option<KnownExponents> {
        (*self == Self::default()).then(|| KnownExponents {
            exponents: vec![1.65],
            tolerance: 0.05,
            source: "Lorenz & Emanuel (1998), Optimal sites for supplementary weather observations: errors double in \
                     2.1 days, five days being one time unit",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        for sites in [4, 5, 9, 40] {
            check::flow(&Lorenz96::with_sites(sites));
        }
    }

    #[test]
    fn advection_conserves_energy() {
        // Without damping and forcing the sum of squares is conserved: Σ x_i (dx_i + x_i - F) = 0.
        let system = Lorenz96::with_sites(7);
        let x: Vec<f64> = (0..7).map(|i| f64::from(i * i % 5) - 1.3).collect();
        let mut dx = [0.0; 7];
        system.rhs(0.0, &x, &mut dx);
        let flux: f64 = x.iter().zip(dx).map(|(x, dx)| x * (dx + x - system.forcing)).sum();
        assert!(flux.abs() < 1e-12, "{flux}");
    }

    #[test]
    fn refuses_a_ring_that_is_too_small() {
        for sites in 0..4 {
            let tiny = Lorenz96::with_sites(sites);
            let error = Simulation::of(&tiny, 10).run(&tiny).unwrap_err();
            assert!(matches!(error, Error::Parameter { parameter: "sites", .. }), "{error}");
        }
    }
}
