//! Observation noise: Gaussian noise in proportion to each variable's spread, as a share of it or in decibels.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::standardize::mean_and_sd;
use crate::{Error, Result, Trajectory};

impl Trajectory {
    /// The trajectory as seen through noise:
    ///
    /// $$ y_{ti} = x_{ti} + r \\, s_i \\, \varepsilon_{ti}, \quad \varepsilon_{ti} \sim N(0, 1) $$
    ///
    /// with r = `relative_sd` and s_i the standard deviation of variable i over its values that are not missing. Five
    /// per cent noise is `relative_sd` = 0.05. Constant variables stay as they are.
    ///
    /// One number is drawn for every value in the order of rows, for missing ones too, so that a mask does not shift
    /// the noise of the others.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `relative_sd` is negative or not finite.
    pub fn add_noise(&self, relative_sd: f64, rng: &mut impl Rng) -> Result<Self> {
        if !(relative_sd.is_finite() && relative_sd >= 0.0) {
            return Err(Error::OutOfRange {
                what: "relative standard deviation of the noise",
                value: relative_sd,
                requirement: "finite and at least 0",
            });
        }
        let mut sd = Vec::with_capacity(self.dim());
        for column in 0..self.dim() {
            let values: Vec<f64> = self.observed(column)?.collect();
            sd.push(if values.len() < 2 { 0.0 } else { relative_sd * mean_and_sd(&values).1 });
        }
        let noise: Vec<f64> = StandardNormal.sample_iter(rng).take(self.len() * self.dim()).collect();
        self.map_observed(|row, column, value| value + sd[column] * noise[row * self.dim() + column])
    }

    /// The trajectory as seen through noise of a signal-to-noise ratio in decibels, which is the ratio of powers, that is,
    /// of variances, of each variable on its own:
    ///
    /// $$ \mathrm{SNR} = 10 \log_{10} \frac{s_i^2}{\sigma_i^2} \quad \text{so} \quad \sigma_i = 10^{-\mathrm{SNR} / 20} \\, s_i $$
    ///
    /// 20 dB are 10 per cent noise. The mean of a variable is not counted as signal. This is [`Trajectory::add_noise`] with
    /// σ_i / s_i.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `decibels` is not finite, or below −6,000, where σ_i overflows.
    pub fn add_noise_snr(&self, decibels: f64, rng: &mut impl Rng) -> Result<Self> {
        if !(decibels.is_finite() && decibels >= -6_000.0) {
            return Err(Error::OutOfRange {
                what: "signal-to-noise ratio (dB)",
                value: decibels,
                requirement: "finite and at least -6,000",
            });
        }
        self.add_noise(10.0_f64.powf(-decibels / 20.0), rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn waves() -> Trajectory {
        let data = Array2::from_shape_fn((20_000, 2), |(t, i)| (t as f64 * 0.01).sin() * [1.0, 50.0][i]);
        Trajectory::new(data, 0.01).unwrap()
    }

    #[test]
    fn has_the_relative_spread_that_was_asked_for() {
        let clean = waves();
        let noisy = clean.add_noise(0.1, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        for column in 0..2 {
            let (_, sd) = mean_and_sd(&clean.observed(column).unwrap().collect::<Vec<_>>());
            let difference: Vec<f64> = noisy
                .observed(column)
                .unwrap()
                .zip(clean.observed(column).unwrap())
                .map(|(y, x)| y - x)
                .collect();
            let (mean, spread) = mean_and_sd(&difference);
            // Standard errors: sd / sqrt(20000) for the mean, sd / sqrt(40000) for the spread; five of them.
            assert!(mean.abs() < 0.1 * sd * 5.0 / 20_000_f64.sqrt(), "{mean}");
            assert!((spread / (0.1 * sd) - 1.0).abs() < 5.0 / 40_000_f64.sqrt(), "{spread}");
        }
    }

    #[test]
    fn decibels_are_ratios_of_variances() {
        let clean = waves();
        for decibels in [20.0, 3.0, -10.0] {
            let noisy = clean.add_noise_snr(decibels, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
            for column in 0..2 {
                let (x, y) = (clean.data(), noisy.data());
                let noise: Vec<f64> =
                    y.column(column).iter().zip(x.column(column)).map(|(y, x)| y - x).collect();
                let power = |values: &[f64]| mean_and_sd(values).1.powi(2);
                let found = 10.0 * (power(&x.column(column).to_vec()) / power(&noise)).log10();
                // The relative standard error of a variance of 20,000 draws is 1 %, or 0.0434 dB; five of them.
                assert!((found - decibels).abs() < 5.0 * 0.0434, "{found} dB for {decibels} dB");
            }
        }
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -7_000.0] {
            let refused = clean.add_noise_snr(bad, &mut ChaCha8Rng::seed_from_u64(1));
            assert!(matches!(refused, Err(Error::OutOfRange { .. })));
        }
    }

    #[test]
    fn depends_on_the_seed_and_not_on_the_mask() {
        let clean = waves().slice(..10).unwrap();
        let noisy = |trajectory: &Trajectory, seed| {
            trajectory.add_noise(0.1, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap()
        };
        assert_eq!(noisy(&clean, 3), noisy(&clean, 3));
        assert_ne!(noisy(&clean, 3), noisy(&clean, 4));
        assert_eq!(clean.add_noise(0.0, &mut ChaCha8Rng::seed_from_u64(1)).unwrap(), clean);

        let mut mask = Array2::from_elem((10, 2), false);
        mask[[2, 0]] = true;
        let masked = noisy(&clean.clone().with_missing(mask).unwrap(), 3);
        assert_eq!(masked.data()[[2, 0]], 0.0);
        assert_eq!(masked.data()[[7, 1]], noisy(&clean, 3).data()[[7, 1]]);
        assert!(matches!(
            clean.add_noise(-1.0, &mut ChaCha8Rng::seed_from_u64(1)),
            Err(Error::OutOfRange { .. })
        ));
    }
}
