//! Counts: a Poisson read-out.

use rand::Rng;
use rand_distr::{Distribution, Poisson};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, Trajectory};

/// How a variable η becomes the expected count λ of a bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CountLink {
    /// λ = exp η.
    #[default]
    Log,
    /// λ = ln(1 + exp η).
    Softplus,
}

impl CountLink {
    /// The expected count λ of η = `value`.
    pub fn rate(self, value: f64) -> f64 {
        match self {
            Self::Log => value.exp(),
            Self::Softplus => value.max(0.0) + (-value.abs()).exp().ln_1p(),
        }
    }
}

impl Trajectory {
    /// Counts y_{ti} ~ Poisson(λ_{ti}) with λ the expected number of events per sample that `link` makes of x_{ti}.
    ///
    /// Levels and gains come before it: [`Trajectory::mix_affine`], [`Trajectory::transform`]. How many random numbers a
    /// count takes depends on its rate, and missing values take none.
    ///
    /// # Errors
    /// [`Error::Rate`] when an expected count is above 1e15, where counts are no longer exact.
    pub fn poisson(&self, link: CountLink, rng: &mut impl Rng) -> Result<Self> {
        let rates = self.data().mapv(|value| link.rate(value));
        if let Some(((row, column), &rate)) = rates.indexed_iter().find(|(_, rate)| **rate > 1e15) {
            return Err(Error::Rate { row, column, rate });
        }
        // The one rate up to 1e15 with no distribution is 0, which very low values round to.
        self.map_observed(|row, column, _| Poisson::new(rates[[row, column]]).map_or(0.0, |p| p.sample(rng)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn counts_have_the_mean_the_variance_and_the_zeros_of_poisson() {
        let t = 40_000;
        for (link, value) in [(CountLink::Log, 0.7_f64), (CountLink::Softplus, 1.5), (CountLink::Log, 3.0)] {
            let rate = match link {
                CountLink::Log => value.exp(),
                CountLink::Softplus => (1.0 + value.exp()).ln(),
            };
            let x = Trajectory::new(Array2::from_elem((t, 1), value), 1.0).unwrap();
            let counts = x.poisson(link, &mut ChaCha8Rng::seed_from_u64(1)).unwrap().into_data();
            let n = t as f64;
            let mean = counts.sum() / n;
            let variance = counts.iter().map(|count| (count - rate).powi(2)).sum::<f64>() / n;
            let zeros = counts.iter().filter(|&&count| count == 0.0).count() as f64 / n;
            // Five standard errors; the fourth central moment of Poisson is λ + 3 λ², the mass at zero exp(−λ).
            assert!((mean - rate).abs() < 5.0 * (rate / n).sqrt(), "{mean} for {rate}");
            assert!((variance - rate).abs() < 5.0 * ((rate + 2.0 * rate * rate) / n).sqrt(), "{variance}");
            let none = (-rate).exp();
            assert!((zeros - none).abs() < 5.0 * (none * (1.0 - none) / n).sqrt() + 1e-12, "{zeros}, {none}");
            assert!(counts.iter().all(|count| count.fract() == 0.0 && *count >= 0.0));
        }
    }

    #[test]
    fn extreme_rates_are_zero_or_an_error() {
        let count = |value: f64, link: CountLink| {
            let x = Trajectory::new(array![[0.0, value]], 1.0).unwrap();
            x.poisson(link, &mut ChaCha8Rng::seed_from_u64(1)).map(|counts| counts.data()[[0, 1]])
        };
        assert_eq!(count(-800.0, CountLink::Log).unwrap(), 0.0);
        assert_eq!(count(-800.0, CountLink::Softplus).unwrap(), 0.0);
        assert!(matches!(count(800.0, CountLink::Log), Err(Error::Rate { row: 0, column: 1, .. })));
        assert!(matches!(count(1e16, CountLink::Softplus), Err(Error::Rate { .. })));
        assert_eq!(CountLink::Softplus.rate(800.0), 800.0);
    }

    #[test]
    fn what_is_missing_stays_missing() {
        let x = Trajectory::from_array_with_missing(array![[f64::NAN, 3.0]], 1.0).unwrap();
        let counts = x.poisson(CountLink::Log, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        assert!(counts.is_missing(0, 0) && counts.data()[[0, 0]] == 0.0);
    }
}
