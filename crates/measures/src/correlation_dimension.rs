//! The correlation dimension: how fast the number of close pairs grows with the radius.

use attractor_systems::Trajectory;
use serde::{Deserialize, Serialize};

use crate::scaling::{Scaling, scaling};
use crate::{CorrelationSum, Error, Result, autocorrelation_time, correlation_sum, input};

/// Points between whose pairs the range of radii is looked for, at most.
const PROBE: usize = 1500;

/// Settings of [`correlation_dimension`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorrelationDimensionConfig {
    /// The least share of pairs C(r) that enters the fit. Default 1e-4.
    pub low: f64,
    /// The largest share of pairs C(r) that enters the fit: beyond, the attractor ends. Default 1e-2.
    pub high: f64,
    /// Radii between the two, evenly spaced on a logarithmic scale. Default 16.
    pub radii: usize,
    /// Least distance in time of a pair, in steps; 1 for a map. By default for a flow: twice the longest time that any
    /// variable takes to forget itself to 1/e.
    pub theiler: Option<usize>,
}

impl Default for CorrelationDimensionConfig {
    fn default() -> Self {
        Self { low: 1e-4, high: 1e-2, radii: 16, theiler: None }
    }
}

impl CorrelationDimensionConfig {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// With a fit over radii that have from `low` to `high` of all pairs within.
    #[must_use]
    pub fn with_range(mut self, low: f64, high: f64) -> Self {
        (self.low, self.high) = (low, high);
        self
    }
    /// With `radii` radii.
    #[must_use]
    pub fn with_radii(mut self, radii: usize) -> Self {
        self.radii = radii;
        self
    }
    /// With pairs at least `theiler` steps apart.
    #[must_use]
    pub fn with_theiler(mut self, theiler: usize) -> Self {
        self.theiler = Some(theiler);
        self
    }
}

/// What [`correlation_dimension`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrelationDimension {
    /// The slope d ln C / d ln r with its error, and the radii of the fit.
    pub scaling: Scaling,
    /// The correlation sum at all radii that were looked at.
    pub sum: CorrelationSum,
    /// Least distance in time of a pair, in steps.
    pub theiler: usize,
}

/// The correlation dimension D₂ \[GP83\]: the slope of ln C(r) over ln r, by least squares over the radii at which C
/// lies between `low` and `high`.
///
/// The radii are found on a thinned copy. No range scales for every attractor: look at the slopes, not at the number
/// alone. With T points no dimension above about 2 log₁₀ T can be seen \[ER92\].
///
/// # Errors
/// [`Error::Setting`], [`Error::TooShort`] when less than 50 samples, or less than 3 radii in the range, are there,
/// [`Error::Constant`] where points coincide so much that the range has no radii (a dead or exactly periodic run),
/// [`Error::Missing`] (interpolate first), [`Error::NonFinite`], [`Error::Overflow`].
pub fn correlation_dimension(
    trajectory: &Trajectory,
    config: &CorrelationDimensionConfig,
) -> Result<CorrelationDimension> {
    for (setting, value) in [("low", config.low), ("high", config.high)] {
        if !(value > 0.0 && value < 1.0) || config.low >= config.high {
            let requirement = "above 0, below 1, and low below high";
            return Err(Error::Setting { setting, value, requirement });
        }
    }
    if !(3..=10_000).contains(&config.radii) {
        let requirement = "from 3 to 10,000";
        return Err(Error::Setting { setting: "radii", value: config.radii as f64, requirement });
    }
    let data = input::without_gaps(trajectory, "trajectory")?;
    let length = data.nrows();
    if length < 50 {
        return Err(Error::TooShort { what: "samples", needed: 50, found: length });
    }
    let theiler = match config.theiler {
        Some(theiler) => theiler,
        None => default_theiler(trajectory)?,
    };
    let (least, most) = probe(trajectory, theiler, config)?;
    let step = (most / least).ln() / (config.radii - 1) as f64;
    let radii: Vec<f64> = (0..config.radii).map(|k| least * (k as f64 * step).exp()).collect();
    let sum = correlation_sum(trajectory, &radii, theiler)?;
    let points: Vec<(f64, f64)> = radii
        .iter()
        .zip(sum.values())
        .filter(|(_, c)| (0.5 * config.low..=2.0 * config.high).contains(c))
        .map(|(r, c)| (*r, c))
        .collect();
    Ok(CorrelationDimension { scaling: scaling(&points, "radii in the range")?, sum, theiler })
}

/// Twice the longest first crossing of 1/e, in steps; a tenth of the series at most.
fn default_theiler(trajectory: &Trajectory) -> Result<usize> {
    let longest = autocorrelation_time(trajectory)?
        .iter()
        .map(|time| time.first_crossing.unwrap_or(f64::INFINITY))
        .fold(0.0, f64::max);
    Ok(((2.0 * longest / trajectory.dt()).ceil() as usize).clamp(1, trajectory.len() / 10))
}

/// The radii at which the shares of pairs are `low` and `high`, on evenly spaced points.
fn probe(trajectory: &Trajectory, theiler: usize, config: &CorrelationDimensionConfig) -> Result<(f64, f64)> {
    let (data, length) = (trajectory.data(), trajectory.len());
    let kept = length.min(PROBE);
    let times: Vec<usize> = (0..kept).map(|i| i * length / kept).collect();
    let mut distances = Vec::new();
    for (i, &a) in times.iter().enumerate() {
        for &b in &times[..i] {
            if a - b >= theiler {
                let pairs = data.row(a).into_iter().zip(data.row(b));
                distances.push(pairs.fold(0.0, |sum: f64, (x, y)| sum.hypot(x - y)));
            }
        }
    }
    if distances.is_empty() {
        return Err(Error::TooShort { what: "samples", needed: theiler + 1, found: length });
    }
    let mut quantile = |share: f64| {
        let index = ((share * distances.len() as f64) as usize).min(distances.len() - 1);
        *distances.select_nth_unstable_by(index, f64::total_cmp).1
    };
    let (least, most) = (quantile(config.low), quantile(config.high));
    if most.is_nan() || most > 1e150 {
        return Err(Error::Overflow { what: "the squared distance of two points" });
    }
    if least <= 1e-12 * most || least < 1e-150 || least >= most {
        return Err(Error::Constant {
            what: "distances of the trajectory, in the range of the fit",
            column: 0,
        });
    }
    Ok((least, most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn of_sets_of_known_dimension() {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        for dim in [1, 2, 3] {
            // A cube of `dim` dimensions in 4.
            let data =
                Array2::from_shape_fn(
                    (6000, 4),
                    |(_, n)| {
                        if n < dim { rng.random_range(0.0..1.0) } else { 0.5 }
                    },
                );
            let cube = Trajectory::new(data, 1.0).unwrap();
            let config = CorrelationDimensionConfig::new().with_theiler(1);
            let found = correlation_dimension(&cube, &config).unwrap().scaling;
            // Its surface lowers the slope by up to a few percent at these radii.
            assert!((found.slope - dim as f64).abs() < 0.05 * dim as f64, "{dim}: {found:?}");
            assert!(found.standard_error < 0.05 && found.spread < 0.3, "{dim}: {found:?}");
        }
    }

    #[test]
    fn of_the_henon_map() {
        // 1.21 ± 0.01, or 1.25 ± 0.02 with convergence corrected: Grassberger & Procaccia (1983), table I.
        let (mut x, mut y) = (0.1, 0.1);
        let data = Array2::from_shape_fn((20_000, 2), |(_, n)| {
            if n == 0 {
                (x, y) = (1.0 - 1.4 * x * x + y, 0.3 * x);
                x
            } else {
                y
            }
        });
        let henon = Trajectory::new(data, 1.0).unwrap();
        let config = CorrelationDimensionConfig::new().with_theiler(1).with_range(1e-5, 1e-2);
        let found = correlation_dimension(&henon, &config).unwrap();
        assert!((found.scaling.slope - 1.22).abs() < 0.03, "{:?}", found.scaling);
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let line = |length, f: &dyn Fn(usize) -> f64| {
            Trajectory::new(Array2::from_shape_fn((length, 1), |(t, _)| f(t)), 1.0).unwrap()
        };
        let config = CorrelationDimensionConfig::new();
        let refuse = |t: &Trajectory, config| correlation_dimension(t, &config).unwrap_err();
        assert!(matches!(refuse(&line(20, &|t| t as f64), config), Error::TooShort { needed: 50, .. }));
        assert!(matches!(refuse(&line(200, &|_| 1.0), config), Error::Constant { .. }));
        assert!(matches!(
            refuse(&line(200, &|t| (t % 4) as f64), config.with_theiler(1)),
            Error::Constant { .. }
        ));
        let wave = line(200, &|t| (t as f64).sin());
        assert!(matches!(refuse(&wave, config.with_range(0.1, 0.1)), Error::Setting { .. }));
        assert!(matches!(refuse(&wave, config.with_radii(2)), Error::Setting { .. }));
        assert!(matches!(refuse(&wave, config.with_theiler(200)), Error::TooShort { .. }));
        let far = line(200, &|t| 1e300 * (t as f64).sin());
        assert!(matches!(refuse(&far, config.with_theiler(1)), Error::Overflow { .. }));
    }
}
