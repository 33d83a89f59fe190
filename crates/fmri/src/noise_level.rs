//! The noise of a series from its finest wavelet coefficients.

use serde::{Deserialize, Serialize};

/// The 75% quantile of the standard normal distribution: the median absolute deviation of N(0, 1).
const MEDIAN_ABSOLUTE_DEVIATION: f64 = 0.674_489_750_196_081_7;

/// The wavelet whose finest details are taken to be noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wavelet {
    /// Haar's, the difference of neighbours: blind to a constant.
    Haar,
    /// Daubechies' with two vanishing moments (four taps): blind to a constant and to a slope.
    #[default]
    Daubechies2,
}

impl Wavelet {
    /// The high-pass filter of this wavelet, of norm 1.
    fn details(self) -> Vec<f64> {
        match self {
            Self::Haar => vec![0.5_f64.sqrt(), -(0.5_f64.sqrt())],
            Self::Daubechies2 => {
                let (root, scale) = (3.0_f64.sqrt(), 1.0 / (4.0 * 2.0_f64.sqrt()));
                [1.0 - root, root - 3.0, 3.0 + root, -1.0 - root].map(|value| value * scale).to_vec()
            }
        }
    }

    /// Scans that one coefficient needs.
    pub(crate) fn support(self) -> usize {
        self.details().len()
    }

    /// The standard deviation of white noise in a series, by the median absolute value of its finest details / 0.6745
    /// \[DJ94\]. All shifts are used, not every other one, and no coefficient reaches beyond the ends. `series` yields runs of
    /// scans without a gap. `None` if no run is long enough.
    pub(crate) fn noise_sd<'a>(self, runs: impl IntoIterator<Item = &'a [f64]>) -> Option<f64> {
        let filter = self.details();
        let mut details: Vec<f64> = runs
            .into_iter()
            .flat_map(|run| run.windows(filter.len()))
            .map(|window| window.iter().zip(&filter).map(|(x, g)| x * g).sum::<f64>().abs())
            .collect();
        if details.is_empty() {
            return None;
        }
        let middle = details.len() / 2;
        let odd = details.len() % 2 == 1;
        let (below, &mut upper, _) = details.select_nth_unstable_by(middle, f64::total_cmp);
        let median = if odd { upper } else { 0.5 * (upper + below.iter().fold(0.0, |a: f64, &b| a.max(b))) };
        Some(median / MEDIAN_ABSOLUTE_DEVIATION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn filters_are_of_norm_one_and_blind_to_trends() {
        for wavelet in [Wavelet::Haar, Wavelet::Daubechies2] {
            let filter = wavelet.details();
            assert!((filter.iter().map(|g| g * g).sum::<f64>() - 1.0).abs() < 1e-14);
            assert!(filter.iter().sum::<f64>().abs() < 1e-14);
        }
        let slope: f64 = Wavelet::Daubechies2.details().iter().enumerate().map(|(t, g)| t as f64 * g).sum();
        assert!(slope.abs() < 1e-14);
    }

    #[test]
    fn finds_the_noise_below_a_slow_signal() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let series: Vec<f64> = (0..20_000)
            .map(|t| {
                let noise: f64 = StandardNormal.sample(&mut rng);
                5.0 * (f64::from(t) * 0.02).sin() + 0.3 * noise
            })
            .collect();
        for wavelet in [Wavelet::Haar, Wavelet::Daubechies2] {
            let sd = wavelet.noise_sd([&series[..]]).unwrap();
            // The standard error of the median of 20,000 absolute normals is about 0.8%, more by overlap.
            assert!((sd / 0.3 - 1.0).abs() < 0.04, "{wavelet:?} {sd}");
        }
    }

    #[test]
    fn the_median_is_that_of_few_values() {
        // Haar details of 0, 2, 2, 5: |−2|, 0, |−3| over √2, median 2 / √2.
        let sd = Wavelet::Haar.noise_sd([&[0.0, 2.0, 2.0, 5.0][..]]).unwrap();
        assert!((sd - 2.0_f64.sqrt() / MEDIAN_ABSOLUTE_DEVIATION).abs() < 1e-14);
        // Two runs: 2 and 4 over √2, median 3 / √2.
        let sd = Wavelet::Haar.noise_sd([&[0.0, 2.0][..], &[0.0, 4.0][..]]).unwrap();
        assert!((sd - 3.0 / 2.0_f64.sqrt() / MEDIAN_ABSOLUTE_DEVIATION).abs() < 1e-14);
        assert!(Wavelet::Daubechies2.noise_sd([&[0.0, 2.0, 1.0][..]]).is_none());
    }
}
