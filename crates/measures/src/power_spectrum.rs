//! Power spectra, and how far the rhythms of a generated trajectory are from those of the true one.

use attractor_systems::Trajectory;
use ndarray::{Array2, ArrayView1};
use realfft::{RealFftPlanner, RealToComplex};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, aligned, input};

/// How a spectrum continues beyond its ends where it is smoothed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Padding {
    /// d c b | a b c d | c b a: around the end values, as in \[H23\]. The default.
    #[default]
    Mirror,
    /// c b a | a b c d | d c b: the end values twice, as scipy's `reflect`, its default.
    Reflect,
}

/// Settings of [`power_spectrum`] and of what is built on it. The defaults are those of \[H23\].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PowerSpectrumConfig {
    /// Standard deviation σ of the Gaussian that smooths the spectrum, in frequency bins; 0 for none. Default 20.
    pub sigma: f64,
    /// How the spectrum continues beyond its ends.
    pub padding: Padding,
}

impl Default for PowerSpectrumConfig {
    fn default() -> Self {
        Self { sigma: 20.0, padding: Padding::default() }
    }
}

impl PowerSpectrumConfig {
    /// The defaults of \[H23\].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// With a Gaussian of standard deviation `sigma` frequency bins.
    #[must_use]
    pub fn with_sigma(mut self, sigma: f64) -> Self {
        self.sigma = sigma;
        self
    }
    /// With another padding.
    #[must_use]
    pub fn with_padding(mut self, padding: Padding) -> Self {
        self.padding = padding;
        self
    }

    /// The half of the kernel on one side, centre included: the radius is 4σ, rounded.
    fn kernel(&self) -> Result<Vec<f64>> {
        if !(0.0..=1e6).contains(&self.sigma) {
            return Err(Error::Setting {
                setting: "sigma",
                value: self.sigma,
                requirement: "from 0 to 1e6 frequency bins",
            });
        }
        if self.sigma == 0.0 {
            return Ok(vec![1.0]);
        }
        let radius = (4.0 * self.sigma + 0.5) as usize;
        let mut kernel: Vec<f64> =
            (0..=radius).map(|i| (-0.5 * (i as f64 / self.sigma).powi(2)).exp()).collect();
        let sum = 2.0 * kernel.iter().sum::<f64>() - kernel[0];
        for k in &mut kernel {
            *k /= sum;
        }
        Ok(kernel)
    }
}

/// The smoothed, normalised power spectrum of a trajectory.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerSpectrum {
    /// The F = ⌊T/2⌋ + 1 frequencies, in Hz where the trajectory's dt is in seconds.
    pub frequency: Vec<f64>,
    /// Power \[F, N\]: sums to 1 over frequencies, or is 0 throughout for a variable that never changes.
    pub power: Array2<f64>,
}

/// The smoothed power spectrum of each variable: standardised, |FFT|², smoothed by a Gaussian over the frequency
/// bins, normalised to sum 1.
///
/// # Errors
/// [`Error::Missing`] (interpolate first), [`Error::NonFinite`], [`Error::TooShort`] when T is below twice the radius
/// 4σ of the kernel, and below 4, [`Error::Setting`].
pub fn power_spectrum(trajectory: &Trajectory, config: &PowerSpectrumConfig) -> Result<PowerSpectrum> {
    let (dt, length) = (trajectory.dt(), trajectory.len());
    let mut estimator = Estimator::new(length, config)?;
    let data = input::without_gaps(trajectory, "trajectory")?;
    let frequencies = length / 2 + 1;
    let mut power = Array2::zeros((frequencies, data.ncols()));
    for (values, mut column) in data.columns().into_iter().zip(power.columns_mut()) {
        if half_range(values) > 0.0 {
            let spectrum = estimator.spectrum(values);
            column.iter_mut().zip(&spectrum).for_each(|(out, p)| *out = *p);
        }
    }
    let frequency = (0..frequencies).map(|f| f as f64 / (length as f64 * dt)).collect();
    Ok(PowerSpectrum { frequency, power })
}

/// What [`power_spectrum_distance`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PowerSpectrumDistance {
    /// D_H: the mean of `per_dimension`, from 0 (same) to 1 (no power in common).
    pub mean: f64,
    /// Hellinger distance of each of the N variables.
    pub per_dimension: Vec<f64>,
    /// Variables that the generated trajectory leaves constant; their distance is 1 by definition.
    pub dead: Vec<usize>,
    /// Samples used of both trajectories: the length of the shorter one.
    pub samples: usize,
}

/// The Hellinger distance D_H between the power spectra of two trajectories \[H23, "temporal agreement"\]
///
/// $$ D_H = \frac{1}{N} \sum_{n=1}^N \frac{1}{\sqrt 2} \left\| \sqrt{f_n} - \sqrt{g_n} \right\|_2 $$
///
/// with f, g the spectra of [`power_spectrum`].
///
/// The published protocol compares trajectories of one length; of two lengths, the longer is cut to the shorter,
/// so that the frequency bins agree.
///
/// A generated variable that never changes (its range is at most 1e-9 of the true one, or rounding) has no
/// spectrum: its distance is 1, the largest, and it is listed in `dead`. Published code divides by zero or, by
/// rounding, compares with the flat spectrum of noise, which is where a dead model's score of 0.88 on Lorenz-63
/// comes from; against truly noisy data that convention would call a dead model perfect. The measure has a floor,
/// as [`state_space_divergence`](crate::state_space_divergence) has.
///
/// # Errors
/// [`Error::Dimension`] when N differs, [`Error::SamplingStep`] when dt does, [`Error::Constant`] for a true variable
/// that never changes, and those of [`power_spectrum`].
pub fn power_spectrum_distance(
    truth: &Trajectory,
    generated: &Trajectory,
    config: &PowerSpectrumConfig,
) -> Result<PowerSpectrumDistance> {
    let (pairs, samples) = spectra(truth, generated, config)?;
    let per_dimension: Vec<f64> = pairs
        .iter()
        .map(|(p, q)| {
            let Some(q) = q else { return 1.0 };
            let sum: f64 = p.iter().zip(q).map(|(p, q)| (p.sqrt() - q.sqrt()).powi(2)).sum();
            (sum / 2.0).sqrt().min(1.0)
        })
        .collect();
    let dead = pairs.iter().enumerate().filter(|(_, (_, q))| q.is_none()).map(|(n, _)| n).collect();
    let mean = per_dimension.iter().sum::<f64>() / per_dimension.len() as f64;
    Ok(PowerSpectrumDistance { mean, per_dimension, dead, samples })
}

/// The correlation of the smoothed power spectra of each variable \[N\], from −1 to 1: an older relative of
/// [`power_spectrum_distance`] that the largest peaks dominate.
///
/// A generated variable that never changes correlates with nothing: 0.
///
/// # Errors
/// As [`power_spectrum_distance`].
pub fn power_spectrum_correlation(
    truth: &Trajectory,
    generated: &Trajectory,
    config: &PowerSpectrumConfig,
) -> Result<Vec<f64>> {
    let (pairs, _) = spectra(truth, generated, config)?;
    Ok(pairs.iter().map(|(p, q)| q.as_ref().map_or(0.0, |q| correlation(p, q))).collect())
}

fn correlation(p: &[f64], q: &[f64]) -> f64 {
    let mean = 1.0 / p.len() as f64;
    let (mut pp, mut qq, mut pq) = (0.0, 0.0, 0.0);
    for (p, q) in p.iter().zip(q) {
        pp += (p - mean).powi(2);
        qq += (q - mean).powi(2);
        pq += (p - mean) * (q - mean);
    }
    // A flat spectrum correlates with nothing.
    if pp * qq > 0.0 { (pq / (pp * qq).sqrt()).clamp(-1.0, 1.0) } else { 0.0 }
}

/// Per variable the true spectrum, and the generated one if there is any.
type SpectrumPairs = Vec<(Vec<f64>, Option<Vec<f64>>)>;

fn spectra(
    truth: &Trajectory,
    generated: &Trajectory,
    config: &PowerSpectrumConfig,
) -> Result<(SpectrumPairs, usize)> {
    input::same("variables N of the generated trajectory", truth.dim(), generated.dim())?;
    aligned::sampling(truth, generated)?;
    let samples = truth.len().min(generated.len());
    let mut estimator = Estimator::new(samples, config)?;
    let rows = ndarray::s![..samples, ..];
    let truth = input::without_gaps(truth, "true trajectory")?.slice_move(rows);
    let generated = input::without_gaps(generated, "generated trajectory")?.slice_move(rows);
    let mut pairs = Vec::with_capacity(truth.ncols());
    for (column, (x, y)) in truth.columns().into_iter().zip(generated.columns()).enumerate() {
        let scale = half_range(x);
        if scale == 0.0 {
            return Err(Error::Constant { what: "true trajectory", column });
        }
        let alive = half_range(y) > 1e-9 * scale;
        pairs.push((estimator.spectrum(x), alive.then(|| estimator.spectrum(y))));
    }
    Ok((pairs, samples))
}

/// Half the range of the values, exactly 0 where they differ by no more than rounding. Unlike a standard deviation it
/// has no rounding errors of its own.
pub(crate) fn half_range(values: ArrayView1<'_, f64>) -> f64 {
    let (min, max) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), &x| (x.min(min), x.max(max)));
    let half = 0.5 * max - 0.5 * min;
    if half > 8.0 * f64::EPSILON * min.abs().max(max.abs()) { half } else { 0.0 }
}

/// Spectra of series of one length.
struct Estimator {
    fft: std::sync::Arc<dyn RealToComplex<f64>>,
    kernel: Vec<f64>,
    padding: Padding,
    length: usize,
}

impl Estimator {
    fn new(length: usize, config: &PowerSpectrumConfig) -> Result<Self> {
        let kernel = config.kernel()?;
        let needed = 4.max(2 * (kernel.len() - 1));
        if length < needed {
            return Err(Error::TooShort {
                what: "samples for this smoothing of the spectrum (a smaller sigma needs fewer)",
                needed,
                found: length,
            });
        }
        Ok(Self {
            fft: RealFftPlanner::new().plan_fft_forward(length),
            kernel,
            padding: config.padding,
            length,
        })
    }

    /// The smoothed, normalised spectrum of values that change.
    fn spectrum(&mut self, values: ArrayView1<'_, f64>) -> Vec<f64> {
        // Scaled by their size first, so that no square overflows or vanishes.
        let (scale, first) = (half_range(values), values[0]);
        let mut series: Vec<f64> = values.iter().map(|x| (0.5 * x - 0.5 * first) / scale).collect();
        let mean = series.iter().sum::<f64>() / self.length as f64;
        for x in &mut series {
            *x -= mean;
        }
        let mut transformed = self.fft.make_output_vec();
        // The buffers have the planned lengths, the only thing that the transform checks.
        if self.fft.process(&mut series, &mut transformed).is_err() {
            return vec![0.0; transformed.len()];
        }
        let power: Vec<f64> = transformed.iter().map(realfft::num_complex::Complex::norm_sqr).collect();
        let mut smooth = self.smooth(&power);
        let sum: f64 = smooth.iter().sum();
        for p in &mut smooth {
            *p /= sum;
        }
        smooth
    }

    /// Convolution with the kernel.
    fn smooth(&self, power: &[f64]) -> Vec<f64> {
        let (n, radius) = (power.len(), self.kernel.len() - 1);
        // The continuation has period 2n − 2 or, with the end values twice, 2n.
        let twice = usize::from(self.padding == Padding::Reflect);
        let period = 2 * (n - 1 + twice);
        let padded: Vec<f64> = (0..n + 2 * radius)
            .map(|i| {
                let i = (i + period - radius % period) % period;
                power[if i < n { i } else { period - i - twice }]
            })
            .collect();
        let mut out: Vec<f64> = power.iter().map(|p| p * self.kernel[0]).collect();
        for (offset, weight) in self.kernel.iter().enumerate().skip(1) {
            let (below, above) = (&padded[radius - offset..], &padded[radius + offset..]);
            for ((out, below), above) in out.iter_mut().zip(below).zip(above) {
                *out += weight * (below + above);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use std::f64::consts::TAU;

    fn series(length: usize, f: impl Fn(f64) -> f64) -> Trajectory {
        Trajectory::new(Array2::from_shape_fn((length, 1), |(t, _)| f(t as f64)), 0.01).unwrap()
    }

    #[test]
    fn a_sine_has_one_line_at_its_frequency() {
        // 12.5 Hz sampled every 10 ms for 8 s: bin 100 of 401.
        let sine = series(800, |t| 3.0 + (TAU * 12.5 * 0.01 * t).sin());
        let spectrum = power_spectrum(&sine, &PowerSpectrumConfig::new().with_sigma(0.0)).unwrap();
        assert_eq!(spectrum.power.dim(), (401, 1));
        assert!((spectrum.frequency[100] - 12.5).abs() < 1e-12);
        assert!((spectrum.power[[100, 0]] - 1.0).abs() < 1e-12);
        let smooth = power_spectrum(&sine, &PowerSpectrumConfig::new()).unwrap();
        assert!((smooth.power.sum() - 1.0).abs() < 1e-12);
        let ratio = smooth.power[[120, 0]] / smooth.power[[100, 0]];
        assert!((ratio - (-0.5_f64).exp()).abs() < 1e-9, "{ratio}");
    }

    #[test]
    fn sines_of_two_frequencies_have_nothing_in_common() {
        let config = PowerSpectrumConfig::new().with_sigma(0.0);
        let slow = series(1000, |t| (TAU * 0.01 * t).sin());
        let fast = series(1000, |t| 1e-3 * (TAU * 0.2 * t).sin() + 5.0);
        let distance = power_spectrum_distance(&slow, &fast, &config).unwrap();
        assert!((distance.mean - 1.0).abs() < 1e-9);
        assert!(power_spectrum_distance(&slow, &slow, &config).unwrap().mean < 1e-12);
        // Smoothed to Gaussians, two lines d bins apart overlap by exp(-d²/8σ²).
        let near = series(1000, |t| (TAU * 0.1 * t).sin());
        let next = series(1000, |t| (TAU * 0.12 * t).sin());
        let smooth = PowerSpectrumConfig::new().with_sigma(10.0);
        let distance = power_spectrum_distance(&near, &next, &smooth).unwrap().mean;
        let expected = (1.0 - (-400.0_f64 / 800.0).exp()).sqrt();
        // Less what the kernel lacks beyond 4σ.
        assert!((distance - expected).abs() < 2e-3, "{distance} {expected}");
        assert!((power_spectrum_correlation(&near, &near, &smooth).unwrap()[0] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_dead_series_is_as_far_as_can_be() {
        let config = PowerSpectrumConfig::new();
        let truth = series(2000, |t| (0.1 * t).sin());
        for dead in [
            series(2000, |_| 0.0),
            series(2000, |_| 0.123_456_7),
            series(2000, |t| 1e-12 * (0.3 * t).sin()),
            series(2000, |t| 0.1 + 1e-17 * t),
        ] {
            let distance = power_spectrum_distance(&truth, &dead, &config).unwrap();
            assert_eq!((distance.mean, distance.dead.as_slice()), (1.0, [0].as_slice()));
            assert_eq!(power_spectrum_correlation(&truth, &dead, &config).unwrap(), [0.0]);
        }
        let flat = power_spectrum(&series(2000, |_| 7.0), &config).unwrap();
        assert!(flat.power.iter().all(|&p| p == 0.0));
    }

    #[test]
    fn cuts_the_longer_trajectory() {
        let config = PowerSpectrumConfig::new();
        let (long, short) = (series(3000, |t| (0.1 * t).sin()), series(1001, |t| (0.1 * t).sin()));
        let distance = power_spectrum_distance(&long, &short, &config).unwrap();
        assert_eq!(distance.samples, 1001);
        assert!(distance.mean < 1e-12);
    }

    #[test]
    fn padding_folds_back_more_than_once() {
        // Seven values of 1 2 4, continued by hand, around each bin.
        for (padding, sums) in [(Padding::Mirror, [17.0, 16.0, 14.0]), (Padding::Reflect, [18.0, 16.0, 15.0])]
        {
            let fft = RealFftPlanner::new().plan_fft_forward(4);
            let estimator = Estimator { fft, kernel: vec![1.0; 4], padding, length: 4 };
            assert_eq!(estimator.smooth(&[1.0, 2.0, 4.0]), sums);
        }
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let config = PowerSpectrumConfig::new();
        let truth = series(500, |t| (0.1 * t).sin());
        let other_step = Trajectory::new(truth.data().to_owned(), 0.02).unwrap();
        let refuse = |x: &Trajectory, y: &Trajectory| power_spectrum_distance(x, y, &config).unwrap_err();
        assert!(matches!(refuse(&truth, &other_step), Error::SamplingStep { .. }));
        assert!(matches!(refuse(&series(500, |_| 1.0), &truth), Error::Constant { column: 0, .. }));
        let short = series(150, |t| (0.1 * t).sin());
        assert!(matches!(refuse(&truth, &short), Error::TooShort { needed: 160, found: 150, .. }));
        let two = Trajectory::new(Array2::from_elem((500, 2), 1.0), 0.01).unwrap();
        assert!(matches!(refuse(&truth, &two), Error::Dimension { .. }));
        let mut gap = truth.data().to_owned();
        gap[[7, 0]] = f64::NAN;
        let gap = Trajectory::from_array_with_missing(gap, 0.01).unwrap();
        assert!(matches!(refuse(&truth, &gap), Error::Missing { row: 7, column: 0, .. }));
        let negative = config.with_sigma(-1.0);
        assert!(matches!(power_spectrum(&truth, &negative), Err(Error::Setting { .. })));
    }
}
