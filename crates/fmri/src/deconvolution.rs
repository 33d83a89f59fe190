//! Wiener deconvolution: an estimate of the activity behind a BOLD series.

use attractor_systems::Trajectory;
use attractor_systems::observation::Response;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::circular_filter::CircularFilter;
use crate::noise_level::Wavelet;
use crate::{Error, Recording, Result};

/// How much noise a series is taken to have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Noise {
    /// Estimated for each variable from its finest wavelet details.
    Wavelet(Wavelet),
    /// The noise variance of each variable \[N\], in squared units of the variable.
    Variance(Vec<f64>),
    /// The ratio λ of noise to signal, for all variables.
    Ratio(f64),
}

/// How to deconvolve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WienerOptions {
    /// Where the noise level comes from. Default: details of Daubechies' wavelet.
    pub noise: Noise,
    /// Whether each variable has a filter of its own. Default: false, one filter for all, which then applies to
    /// nuisance regressors as well.
    pub per_variable: bool,
    /// The smallest ratio λ. Strongly smoothed series have hardly any fine details, so that λ would be near 0 and the
    /// filter an inverse that blows up what is left of the noise. Default: 0.001.
    pub min_ratio: f64,
}

impl Default for WienerOptions {
    fn default() -> Self {
        Self { noise: Noise::Wavelet(Wavelet::default()), per_variable: false, min_ratio: 1e-3 }
    }
}

impl WienerOptions {
    /// With this noise level.
    #[must_use]
    pub fn noise(mut self, noise: Noise) -> Self {
        self.noise = noise;
        self
    }

    /// With a filter for each variable, or one for all.
    #[must_use]
    pub fn per_variable(mut self, per_variable: bool) -> Self {
        self.per_variable = per_variable;
        self
    }

    /// With this smallest ratio of noise to signal.
    #[must_use]
    pub fn min_ratio(mut self, ratio: f64) -> Self {
        self.min_ratio = ratio;
        self
    }
}

/// The Wiener filter that undoes a convolution with a response h as far as the noise allows \[V24\],
///
/// $$ \tilde x = \mathcal F^{-1}\\!\left[\frac{\bar H}{|H|^2 + \lambda} \\, \mathcal F[x - \bar x]\right] + \frac{\bar x}{\sum_s h_s},
///    \qquad \lambda = \frac{\sigma^2_\text{noise}}{\sigma^2_x - \sigma^2_\text{noise}} $$
///
/// The common filter of all variables has λ = ν̄ / (1 − ν̄), with ν̄ the mean over the variables of the share ν of noise in
/// the variance: independent of the units of the variables, and finite even if one of them is all noise.
///
/// - Both ends are padded with as many samples as the response has, mirrored, so that the circular convolution does not
///   join the ends of the series.
/// - x̃ has the first quarter and the last half of the response's length missing, since it would rest on what is not
///   measured: activity of the end shows after it.
/// - Missing samples of x are interpolated for the filter, and are missing in x̃.
/// - The mean x̄ is treated separately, so that λ does not shrink it. Where the response sums to 0 (a derivative), the mean
///   says nothing of the activity, and x̃ has mean 0.
/// - The filter is linear. Where x and the nuisance regressors r go through the same one, x̃ − J r̃ is the filtered x − J r,
///   exactly so where no sample is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct WienerFilter {
    response: Response,
    /// λ of each variable, or one for all.
    ratios: Vec<f64>,
    per_variable: bool,
    noise_variance: Vec<f64>,
    signal_variance: Vec<f64>,
}

impl WienerFilter {
    /// A common filter of a known ratio λ of noise to signal.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when λ is not finite and positive.
    pub fn new(response: Response, ratio: f64) -> Result<Self> {
        check_ratio("ratio of noise to signal", ratio)?;
        let (noise_variance, signal_variance) = (Vec::new(), Vec::new());
        Ok(Self { response, ratios: vec![ratio], per_variable: false, noise_variance, signal_variance })
    }

    /// A filter for a trajectory \[T, N\] that was convolved with `response`, sampled at its time step.
    ///
    /// # Errors
    /// [`attractor_systems::Error::SamplingInterval`] when the response is sampled at another interval,
    /// [`Error::TooFewScans`] when no noise can be estimated, [`Error::NoSignal`] when a variable that has a filter of
    /// its own, or all together, are noise, [`Error::Names`] when there is not one noise variance per variable,
    /// [`Error::OutOfRange`] when a setting makes no sense.
    pub fn fit(trajectory: &Trajectory, response: &Response, options: &WienerOptions) -> Result<Self> {
        check_interval(trajectory, response)?;
        check_ratio("smallest ratio of noise to signal", options.min_ratio)?;
        if let Noise::Ratio(ratio) = options.noise {
            let per_variable = options.per_variable;
            let count = if per_variable { trajectory.dim() } else { 1 };
            let mut filter = Self::new(response.clone(), ratio)?;
            (filter.ratios, filter.per_variable) = (vec![ratio; count], per_variable);
            return Ok(filter);
        }
        let variance = variances(trajectory)?;
        let noise_variance = match &options.noise {
            Noise::Variance(given) => {
                if given.len() != trajectory.dim() {
                    let (expected, found) = (trajectory.dim(), given.len());
                    return Err(Error::Names { what: "noise variances of variables", expected, found });
                }
                for &value in given {
                    if !(value.is_finite() && value >= 0.0) {
                        let requirement = "finite and at least 0";
                        return Err(Error::OutOfRange { what: "noise variance", value, requirement });
                    }
                }
                given.clone()
            }
            Noise::Wavelet(wavelet) => wavelet_variances(trajectory, *wavelet)?,
            Noise::Ratio(_) => Vec::new(),
        };
        let signal = |variable: String, noise: f64, variance: f64| {
            if noise < variance { Ok(()) } else { Err(Error::NoSignal { variable, noise, variance }) }
        };
        let pairs = || noise_variance.iter().zip(&variance);
        let ratios = if options.per_variable {
            for (name, (&noise, &variance)) in trajectory.names().iter().zip(pairs()) {
                signal(name.clone(), noise, variance)?;
            }
            pairs().map(|(noise, variance)| noise / (variance - noise)).collect()
        } else {
            // A constant variable has no variance, and no say.
            let shares: Vec<f64> = pairs()
                .filter(|(_, variance)| **variance > 0.0)
                .map(|(noise, variance)| (noise / variance).min(1.0))
                .collect();
            let share = shares.iter().sum::<f64>() / shares.len().max(1) as f64;
            let (noise, variance) = (noise_variance.iter().sum(), variance.iter().sum());
            if shares.is_empty() || share >= 1.0 {
                return Err(Error::NoSignal { variable: "all together".into(), noise, variance });
            }
            vec![share / (1.0 - share)]
        };
        let ratios = ratios.into_iter().map(|ratio: f64| ratio.max(options.min_ratio)).collect();
        let signal_variance = pairs().map(|(noise, variance)| (variance - noise).max(0.0)).collect();
        let (response, per_variable) = (response.clone(), options.per_variable);
        Ok(Self { response, ratios, per_variable, noise_variance, signal_variance })
    }

    /// Deconvolves a trajectory \[T, N\]: the one that was fitted, its nuisance regressors, or any other with as many
    /// variables or a common filter.
    ///
    /// # Errors
    /// [`attractor_systems::Error::SamplingInterval`]; [`Error::TooFewScans`] when the trajectory is not longer than the
    /// response; [`Error::FilterVariables`] when a filter for each of other variables is applied.
    pub fn apply(&self, trajectory: &Trajectory) -> Result<Trajectory> {
        check_interval(trajectory, &self.response)?;
        let (scans, variables) = (trajectory.len(), trajectory.dim());
        if self.per_variable && self.ratios.len() != variables {
            return Err(Error::FilterVariables { expected: self.ratios.len(), found: variables });
        }
        let samples = self.response.values().len();
        if scans <= samples {
            return Err(Error::TooFewScans {
                recording: "deconvolution".into(),
                what: "a response of that length",
                needed: samples + 1,
                found: scans,
                advice: "use a longer series, or a response that is cut off earlier",
            });
        }
        let means = means(trajectory)?;
        let sum = self.response.values().sum();
        let weight: f64 = self.response.values().iter().map(|value| value.abs()).sum();
        let gain = if sum.abs() > 1e-9 * weight { sum.recip() } else { 0.0 };
        let mut data = trajectory.interpolate_missing()?.into_data();
        let mut circular = CircularFilter::new(&self.response, scans + 2 * samples);
        for (variable, mut column) in data.columns_mut().into_iter().enumerate() {
            let ratio = self.ratios[if self.per_variable { variable } else { 0 }];
            column -= means[variable];
            circular.apply_mirrored(column.view_mut(), samples, ratio);
            column += means[variable] * gain;
        }
        let (first, last) = self.edges();
        let mask = Array2::from_shape_fn(data.raw_dim(), |(row, column)| {
            row < first || row + last >= scans || trajectory.is_missing(row, column)
        });
        Ok(Trajectory::new(data, trajectory.dt())?
            .with_names(trajectory.names().iter().cloned())?
            .with_missing(mask)?)
    }

    /// Samples that are missing at the beginning and at the end of a deconvolved series: a quarter and a half of the
    /// length of the response, rounded up.
    pub fn edges(&self) -> (usize, usize) {
        let samples = self.response.values().len();
        (samples.div_ceil(4), samples.div_ceil(2))
    }

    /// The ratio λ of noise to signal: one for all variables, or one for each.
    pub fn ratios(&self) -> &[f64] {
        &self.ratios
    }

    /// Noise variance of each variable \[N\]; empty where the ratio was given.
    pub fn noise_variance(&self) -> &[f64] {
        &self.noise_variance
    }

    /// Variance without noise of each variable \[N\], 0 where it is all noise; empty where the ratio was given.
    pub fn signal_variance(&self) -> &[f64] {
        &self.signal_variance
    }

    /// The response that is undone.
    pub fn response(&self) -> &Response {
        &self.response
    }
}

/// A recording after deconvolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Deconvolved {
    /// The deconvolved BOLD series x̃ \[T, N\], its ends missing.
    pub bold: Trajectory,
    /// The nuisance regressors r̃ \[T, P\] after the same filter, their ends missing.
    pub nuisance: Option<Trajectory>,
    /// The filter, with its noise estimates.
    pub filter: WienerFilter,
}

impl Recording {
    /// Deconvolves BOLD and nuisance regressors with one filter, so that x̃ − J r̃ is the deconvolved x − J r.
    ///
    /// # Errors
    /// As [`WienerFilter::fit`] and [`WienerFilter::apply`]; [`Error::PerVariableNuisance`] when each variable is to have
    /// its own filter and there are nuisance regressors.
    pub fn deconvolve(&self, response: &Response, options: &WienerOptions) -> Result<Deconvolved> {
        if options.per_variable && self.nuisance().is_some() {
            return Err(Error::PerVariableNuisance { recording: self.name().into() });
        }
        let filter = WienerFilter::fit(self.bold(), response, options)?;
        let bold = filter.apply(self.bold())?;
        let nuisance = self.nuisance().map(|nuisance| filter.apply(nuisance)).transpose()?;
        Ok(Deconvolved { bold, nuisance, filter })
    }
}

fn check_ratio(what: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Error::OutOfRange { what, value, requirement: "finite and above 0" })
}

fn check_interval(trajectory: &Trajectory, response: &Response) -> Result<()> {
    let (expected, found) = (trajectory.dt(), response.interval());
    if (expected - found).abs() <= 1e-9 * found {
        return Ok(());
    }
    Err(attractor_systems::Error::SamplingInterval { what: "response", expected, found }.into())
}

/// Means over what is observed.
fn means(trajectory: &Trajectory) -> Result<Vec<f64>> {
    (0..trajectory.dim())
        .map(|column| {
            let (sum, count) =
                trajectory.observed(column)?.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
            Ok(sum / f64::from(count.max(1)))
        })
        .collect()
}

/// Variances (T − 1 in the denominator) over what is observed.
fn variances(trajectory: &Trajectory) -> Result<Vec<f64>> {
    means(trajectory)?
        .into_iter()
        .enumerate()
        .map(|(column, mean)| {
            let (sum, count) = trajectory
                .observed(column)?
                .fold((0.0, 0), |(sum, count), value| (sum + (value - mean).powi(2), count + 1));
            Ok(sum / f64::from((count - 1).max(1)))
        })
        .collect()
}

fn wavelet_variances(trajectory: &Trajectory, wavelet: Wavelet) -> Result<Vec<f64>> {
    (0..trajectory.dim())
        .map(|column| {
            let values = trajectory.data().column(column).to_vec();
            let present: Vec<bool> =
                (0..values.len()).map(|row| !trajectory.is_missing(row, column)).collect();
            let mut start = 0;
            let runs: Vec<&[f64]> = present
                .chunk_by(|a, b| a == b)
                .filter_map(|chunk| {
                    let run = &values[start..start + chunk.len()];
                    start += chunk.len();
                    chunk[0].then_some(run)
                })
                .collect();
            wavelet.noise_sd(runs).map(|sd| sd * sd).ok_or_else(|| Error::TooFewScans {
                recording: trajectory.names()[column].clone(),
                what: "a wavelet estimate of the noise, without a gap,",
                needed: wavelet.support(),
                found: present.iter().filter(|&&there| there).count(),
                advice: "give the noise (Noise::Variance or Noise::Ratio)",
            })
        })
        .collect()
}
