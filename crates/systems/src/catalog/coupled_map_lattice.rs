//! The coupled map lattice of Kaneko: logistic maps on a ring.

use ndarray::ArrayViewMut2;
use serde::{Deserialize, Serialize};

use crate::{Error, Map, Property, Result, System};

/// Logistic maps on a ring of M sites, each coupled to its neighbours,
///
/// $$ x_{i,t} = (1 - \epsilon) f(x_{i,t-1}) + \frac{\epsilon}{2} \left(f(x_{i-1,t-1}) + f(x_{i+1,t-1})\right), \quad
/// f(x) = 1 - a x^2, \quad i \text{ modulo } M. $$
///
/// Kaneko, K. (1984). Period-doubling of kink-antikink patterns, quasiperiodicity in antiferro-like structures and spatial
/// intermittency in coupled logistic lattice. *Progress of Theoretical Physics* 72, 480-486. States have no unit and stay
/// within \[-1, 1\] for a up to 2. Turbulent in space and time at the
/// defaults: by our own run 29 exponents are positive, the largest about 0.32.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CoupledMapLattice {
    /// M, the number of sites, at least 2; 64 by default.
    pub sites: usize,
    /// a, nonlinearity of each map; 1.9 by default.
    pub a: f64,
    /// ε, share that comes from the neighbours, from 0 to 1; 0.3 by default.
    pub coupling: f64,
}

impl Default for CoupledMapLattice {
    fn default() -> Self {
        Self { sites: 64, a: 1.9, coupling: 0.3 }
    }
}

impl CoupledMapLattice {
    /// A ring of `sites` sites with the defaults for the rest.
    pub fn with_sites(sites: usize) -> Self {
        Self { sites, ..Self::default() }
    }

    /// The sites whose maps make up site i, with their weights.
    fn sources(&self, i: usize) -> [(usize, f64); 3] {
        let (m, side) = (self.sites, self.coupling / 2.0);
        [(i, 1.0 - self.coupling), ((i + m - 1) % m, side), ((i + 1) % m, side)]
    }
}

impl Map for CoupledMapLattice {
    fn dim(&self) -> usize {
        self.sites
    }

    fn step(&self, x: &[f64], _u: &[f64], next: &mut [f64]) {
        for (i, next) in next.iter_mut().enumerate() {
            *next = self.sources(i).iter().map(|&(j, weight)| weight * (1.0 - self.a * x[j] * x[j])).sum();
        }
    }

    fn jacobian(&self, x: &[f64], _u: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.fill(0.0);
        for i in 0..self.sites {
            for (j, weight) in self.sources(i) {
                jacobian[[i, j]] -= weight * 2.0 * self.a * x[j];
            }
        }
    }

    fn validate(&self) -> Result<()> {
        let refuse = |parameter, value, requirement| {
            Err(Error::Parameter { system: self.name(), parameter, value, requirement })
        };
        if self.sites < 2 {
            return refuse("sites", self.sites as f64, "at least 2");
        }
        if !(0.0..=1.0).contains(&self.coupling) {
            return refuse("coupling", self.coupling, "from 0 to 1");
        }
        self.check_parameters()
    }
}

impl System for CoupledMapLattice {
    fn name(&self) -> &'static str {
        "coupled map lattice"
    }
    fn variables(&self) -> Vec<String> {
        (1..=self.sites).map(|i| format!("x{i}")).collect()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![("sites", self.sites as f64), ("a", self.a), ("coupling", self.coupling)]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "a" => Some(&mut self.a),
            "coupling" => Some(&mut self.coupling),
            _ => None,
        }
    }
    /// Values spread over \[-1, 1\] by the golden ratio; give the simulation a transient of some 100 steps.
    fn default_state(&self) -> Vec<f64> {
        (1..=self.sites).map(|i| 2.0 * (i as f64 * 0.618_034).fract() - 1.0).collect()
    }
    fn default_dt(&self) -> f64 {
        1.0
    }
    fn properties(&self) -> &'static [Property] {
        &[Property::Hyperchaotic]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};
    use ndarray::{Array1, Array2};
    use std::f64::consts::TAU;

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        for sites in [2, 3, 7] {
            check::map(&CoupledMapLattice::with_sites(sites));
        }
    }

    #[test]
    fn a_uniform_state_follows_the_single_map_and_its_waves_the_closed_form() {
        let lattice = CoupledMapLattice { coupling: 0.4, ..CoupledMapLattice::with_sites(8) };
        let run = Simulation::of(&lattice, 5).initial_state([0.3; 8]).run_map(&lattice).unwrap();
        let mut x: f64 = 0.3;
        for row in run.data().rows() {
            assert!(row.iter().all(|site| (site - x).abs() < 1e-12), "{row} against {x}");
            x = 1.0 - 1.9 * x * x;
        }
        // The Jacobian at a uniform x has the eigenvalues f'(x) (1 − ε + ε cos(2πk/M)) to the waves of wave number k.
        let mut jacobian = Array2::zeros((8, 8));
        lattice.jacobian(&[0.3; 8], &[], jacobian.view_mut());
        for k in 0..8 {
            let wave = Array1::from_shape_fn(8, |i| (TAU * (k * i) as f64 / 8.0 + 0.5).cos());
            let eigenvalue = -2.0 * 1.9 * 0.3 * (0.6 + 0.4 * (TAU * k as f64 / 8.0).cos());
            let error = &jacobian.dot(&wave) - &(&wave * eigenvalue);
            assert!(error.iter().all(|error| error.abs() < 1e-14), "wave number {k}: {error}");
        }
    }

    #[test]
    fn without_coupling_the_sites_are_logistic_maps_of_full_chaos_at_two() {
        // x = cos θ turns into −cos 2θ at a = 2.
        let lattice = CoupledMapLattice { a: 2.0, coupling: 0.0, sites: 3 };
        let theta = [0.4_f64, 1.1, 2.5];
        let mut next = [0.0; 3];
        lattice.step(&theta.map(f64::cos), &[], &mut next);
        assert!(next.iter().zip(theta).all(|(next, theta)| (next + (2.0 * theta).cos()).abs() < 1e-15));
    }

    #[test]
    fn refuses_couplings_and_sizes_that_make_no_sense() {
        let with = |sites, coupling| CoupledMapLattice { sites, coupling, a: 1.9 }.validate();
        assert!(matches!(with(1, 0.3), Err(Error::Parameter { parameter: "sites", .. })));
        for coupling in [-0.1, 1.1, f64::NAN] {
            assert!(matches!(with(8, coupling), Err(Error::Parameter { parameter: "coupling", .. })));
        }
    }
}
