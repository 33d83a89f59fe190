//! The Lorenz system of 1996 with slow and fast variables, of any size.

use ndarray::ArrayViewMut2;
use serde::{Deserialize, Serialize};

use crate::{Error, Flow, Property, Result, System};

/// The Lorenz-96 system of two scales: K slow sites x on a ring, and J fast ones y to each, all of which are one ring as well,
///
/// $$ \dot x_k = (x_{k+1} - x_{k-2}) x_{k-1} - x_k + F - \frac{h c}{b} \sum_{j=1}^{J} y_{j,k}, $$
///
/// $$ \dot y_{j,k} = c b\, (y_{j-1,k} - y_{j+2,k})\, y_{j+1,k} - c\, y_{j,k} + \frac{h c}{b} x_k, \quad
/// y_{J+1,k} = y_{1,k+1}. $$
///
/// Lorenz, E. N. (1996). Predictability: a problem partly solved. *Proc. Seminar on Predictability*, vol. I, ECMWF,
/// 1-18. The state is x_1 to x_K, then y_{1,1} to y_{J,1}, y_{1,2} and so on \[K + JK\]. One time unit stands for five days of
/// weather; states have no unit. Chaotic at the defaults, which are those of the paper, with more than ten positive exponents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lorenz96TwoScale {
    /// K, the number of slow sites, at least 4; 36 by default.
    pub sites: usize,
    /// J, the number of fast sites to each slow one, at least 1; 10 by default.
    pub fast_per_site: usize,
    /// F, the forcing; 10 by default.
    pub forcing: f64,
    /// h, the coupling of the scales; 1 by default.
    pub coupling: f64,
    /// c, how much faster the fast sites are; 10 by default.
    pub time_ratio: f64,
    /// b, how much smaller the fast sites are; 10 by default.
    pub amplitude_ratio: f64,
}

impl Default for Lorenz96TwoScale {
    fn default() -> Self {
        Self {
            sites: 36,
            fast_per_site: 10,
            forcing: 10.0,
            coupling: 1.0,
            time_ratio: 10.0,
            amplitude_ratio: 10.0,
        }
    }
}

impl Lorenz96TwoScale {
    /// `sites` slow and `fast_per_site` fast sites to each, with the defaults for the rest.
    pub fn with_sites(sites: usize, fast_per_site: usize) -> Self {
        Self { sites, fast_per_site, ..Self::default() }
    }

    /// hc/b, what the scales do to one another.
    fn exchange(&self) -> f64 {
        self.coupling * self.time_ratio / self.amplitude_ratio
    }
}

impl Flow for Lorenz96TwoScale {
    fn dim(&self) -> usize {
        self.sites * (1 + self.fast_per_site)
    }

    fn rhs(&self, _t: f64, state: &[f64], derivative: &mut [f64]) {
        let (x, y) = state.split_at(self.sites);
        let (dx, dy) = derivative.split_at_mut(self.sites);
        let (k, n, each) = (self.sites, y.len(), self.fast_per_site);
        let exchange = self.exchange();
        for i in 0..k {
            let fast: f64 = y[i * each..(i + 1) * each].iter().sum();
            let advection = (x[(i + 1) % k] - x[(i + k - 2) % k]) * x[(i + k - 1) % k];
            dx[i] = advection - x[i] + self.forcing - exchange * fast;
        }
        let (c, b) = (self.time_ratio, self.amplitude_ratio);
        for i in 0..n {
            let advection = (y[(i + n - 1) % n] - y[(i + 2) % n]) * y[(i + 1) % n];
            dy[i] = c * (b * advection - y[i]) + exchange * x[i / each];
        }
    }

    fn jacobian(&self, _t: f64, state: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian.fill(0.0);
        let (x, y) = state.split_at(self.sites);
        let (k, n, each) = (self.sites, y.len(), self.fast_per_site);
        for i in 0..k {
            let (next, previous, before) = ((i + 1) % k, (i + k - 1) % k, (i + k - 2) % k);
            jacobian[[i, next]] += x[previous];
            jacobian[[i, before]] -= x[previous];
            jacobian[[i, previous]] += x[next] - x[before];
            jacobian[[i, i]] -= 1.0;
        }
        let (c, rate) = (self.time_ratio, self.time_ratio * self.amplitude_ratio);
        for i in 0..n {
            let (previous, next, after) = ((i + n - 1) % n, (i + 1) % n, (i + 2) % n);
            jacobian[[k + i, k + previous]] += rate * y[next];
            jacobian[[k + i, k + after]] -= rate * y[next];
            jacobian[[k + i, k + next]] += rate * (y[previous] - y[after]);
            jacobian[[k + i, k + i]] -= c;
            jacobian[[k + i, i / each]] += self.exchange();
            jacobian[[i / each, k + i]] -= self.exchange();
        }
    }

    fn validate(&self) -> Result<()> {
        for (parameter, size, least, requirement) in
            [("sites", self.sites, 4, "at least 4"), ("fast_per_site", self.fast_per_site, 1, "at least 1")]
        {
            if size < least {
                return Err(Error::Parameter {
                    system: self.name(),
                    parameter,
                    value: size as f64,
                    requirement,
                });
            }
        }
        self.check_parameters()
    }
}

impl System for Lorenz96TwoScale {
    fn name(&self) -> &'static str {
        "two-scale Lorenz-96"
    }
    fn aliases(&self) -> &'static [&'static str] {
        &["Lorenz-96 two-scale"]
    }
    fn variables(&self) -> Vec<String> {
        let slow = (1..=self.sites).map(|k| format!("x{k}"));
        let fast = (1..=self.sites).flat_map(|k| (1..=self.fast_per_site).map(move |j| format!("y{j}_{k}")));
        slow.chain(fast).collect()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("sites", self.sites as f64),
            ("fast_per_site", self.fast_per_site as f64),
            ("forcing", self.forcing),
            ("coupling", self.coupling),
            ("time_ratio", self.time_ratio),
            ("amplitude_ratio", self.amplitude_ratio),
        ]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "forcing" => Some(&mut self.forcing),
            "coupling" => Some(&mut self.coupling),
            "time_ratio" => Some(&mut self.time_ratio),
            "amplitude_ratio" => Some(&mut self.amplitude_ratio),
            _ => None,
        }
    }
    fn positive_parameters(&self) -> &'static [&'static str] {
        &["time_ratio", "amplitude_ratio"]
    }
    /// Waves on both rings. It takes some 10 time units to reach the attractor: give the simulation a transient.
    fn default_state(&self) -> Vec<f64> {
        let slow = (0..self.sites).map(|i| 0.3 * self.forcing * (1.0 + (1.7 * i as f64).sin()));
        let fast = (0..self.sites * self.fast_per_site).map(|i| 0.1 * (0.9 * i as f64).cos());
        slow.chain(fast).collect()
    }
    fn default_dt(&self) -> f64 {
        0.005
    }
    fn properties(&self) -> &'static [Property] {
        &[Property::Hyperchaotic]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lorenz96, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        for (sites, fast) in [(4, 1), (5, 3)] {
            check::flow(&Lorenz96TwoScale::with_sites(sites, fast));
        }
    }

    #[test]
    fn advection_and_exchange_conserve_energy() {
        // d/dt Σ x²/2 + Σ y²/2 = Σ (F x − x²) − c Σ y².
        let system =
            Lorenz96TwoScale { coupling: 0.7, time_ratio: 3.0, ..Lorenz96TwoScale::with_sites(5, 4) };
        let state: Vec<f64> = (0..25).map(|i| (1.1 * f64::from(i)).sin() + 0.2).collect();
        let mut derivative = vec![0.0; 25];
        system.rhs(0.0, &state, &mut derivative);
        let change: f64 = state.iter().zip(&derivative).map(|(value, change)| value * change).sum();
        let slow: f64 = state[..5].iter().map(|x| system.forcing * x - x * x).sum();
        let fast: f64 = state[5..].iter().map(|y| system.time_ratio * y * y).sum();
        assert!((change - (slow - fast)).abs() < 1e-11, "{change} against {}", slow - fast);
    }

    #[test]
    fn is_the_system_of_one_scale_without_coupling() {
        let system = Lorenz96TwoScale { coupling: 0.0, ..Lorenz96TwoScale::with_sites(6, 2) };
        let state = system.default_state();
        let (mut both, mut one) = (vec![0.0; 18], vec![0.0; 6]);
        system.rhs(0.0, &state, &mut both);
        Lorenz96 { sites: 6, forcing: 10.0 }.rhs(0.0, &state[..6], &mut one);
        assert_eq!(both[..6], one[..]);
    }

    #[test]
    fn refuses_rings_that_are_too_small() {
        for (sites, fast, named) in [(3, 2, "sites"), (4, 0, "fast_per_site")] {
            let error = Lorenz96TwoScale::with_sites(sites, fast).validate().unwrap_err();
            assert!(matches!(error, Error::Parameter { parameter, .. } if parameter == named), "{error}");
        }
    }
}
