//! Intervals for measures of trajectories, by resampling blocks of time.

use attractor_systems::Trajectory;
use ndarray::{Array2, s};
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, aligned, autocorrelation_time};

/// Settings of [`bootstrap`] and [`floor`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BootstrapConfig {
    /// Resamples. Default 200.
    pub resamples: usize,
    /// Probability of the interval. Default 0.95.
    pub level: f64,
    /// Samples in a block. By default twice the longest autocorrelation time of any variable, and at least T^(1/3), at
    /// most a quarter of the trajectory.
    pub block: Option<usize>,
}

impl Default for BootstrapConfig {
    fn default() -> Self {
        Self { resamples: 200, level: 0.95, block: None }
    }
}

impl BootstrapConfig {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// With `resamples` resamples.
    #[must_use]
    pub fn with_resamples(mut self, resamples: usize) -> Self {
        self.resamples = resamples;
        self
    }
    /// With an interval of probability `level`.
    #[must_use]
    pub fn with_level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }
    /// With blocks of `block` samples.
    #[must_use]
    pub fn with_block(mut self, block: usize) -> Self {
        self.block = Some(block);
        self
    }

    fn check(&self) -> Result<()> {
        if self.resamples < 2 {
            return Err(Error::TooShort { what: "resamples", needed: 2, found: self.resamples });
        }
        if !(self.level > 0.0 && self.level < 1.0) {
            let requirement = "above 0 and below 1";
            return Err(Error::Setting { setting: "level", value: self.level, requirement });
        }
        Ok(())
    }
}

/// A measure and how far chance moves it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The measure of the data themselves.
    pub value: f64,
    /// Lower end: a quantile of the measure over the resamples.
    pub lower: f64,
    /// Upper end: a quantile of the measure over the resamples.
    pub upper: f64,
    /// Standard deviation of the measure over the resamples.
    pub standard_error: f64,
    /// Samples in a block.
    pub block: usize,
    /// Resamples on which the measure could be taken.
    pub resamples: usize,
}

/// A trajectory of the same length put together from blocks of `block` consecutive samples that start anywhere with equal
/// probability \[K89\].
///
/// # Errors
/// [`Error::Setting`] when `block` is 0 or longer than the trajectory.
pub fn resample(trajectory: &Trajectory, block: usize, rng: &mut impl Rng) -> Result<Trajectory> {
    let length = trajectory.len();
    check_block(block, length)?;
    let mut data = Array2::zeros((length, trajectory.dim()));
    let mut mask = trajectory.missing().map(|_| Array2::from_elem(data.dim(), false));
    for to in (0..length).step_by(block) {
        let size = block.min(length - to);
        let from = rng.random_range(0..=length - block);
        let (source, target) = (s![from..from + size, ..], s![to..to + size, ..]);
        data.slice_mut(target).assign(&trajectory.data().slice(source));
        if let (Some(mask), Some(missing)) = (&mut mask, trajectory.missing()) {
            mask.slice_mut(target).assign(&missing.slice(source));
        }
    }
    let resampled = Trajectory::new(data, trajectory.dt())?.with_names(trajectory.names().to_vec())?;
    Ok(match mask {
        Some(mask) => resampled.with_missing(mask)?,
        None => resampled,
    })
}

fn check_block(block: usize, length: usize) -> Result<()> {
    if (1..=length).contains(&block) {
        return Ok(());
    }
    let requirement = "from 1 to the samples of the trajectory";
    Err(Error::Setting { setting: "block", value: block as f64, requirement })
}

/// The default block: see [`BootstrapConfig::block`]. T^(1/3) where the times cannot be taken: for what never changes or
/// has gaps.
pub fn default_block(trajectory: &Trajectory) -> usize {
    let length = trajectory.len();
    let longest = autocorrelation_time(trajectory)
        .unwrap_or_default()
        .iter()
        .map(|time| time.integrated.max(time.first_crossing.unwrap_or(0.0)) / trajectory.dt())
        .fold((length as f64).cbrt(), |longest, steps| longest.max(2.0 * steps));
    (longest.ceil() as usize).clamp(1, length.div_ceil(4))
}

/// A measure of one trajectory with its interval, by the moving-block bootstrap: quantiles of the measure over
/// trajectories that [`resample`] puts together.
///
/// Blocks keep what happens within them, and break what reaches beyond: a measure of long times (a slow rhythm, a
/// Lyapunov exponent) needs blocks that are much longer. Measures that grow with the number of different points, such
/// as divergences, come out biased on resamples, where points repeat; the interval is then that of the resamples, and may
/// lie beside the value.
///
/// Resamples on which the measure fails are left out, as long as half of them succeed.
///
/// # Errors
/// What `measure` returns for the trajectory itself, [`Error::Setting`] and [`Error::TooShort`] for the settings,
/// [`Error::Resampling`] when the measure fails on more than half of the resamples, [`Error::Overflow`] when it is not
/// finite.
pub fn bootstrap(
    trajectory: &Trajectory,
    config: &BootstrapConfig,
    rng: &mut impl Rng,
    mut measure: impl FnMut(&Trajectory) -> Result<f64>,
) -> Result<Interval> {
    config.check()?;
    let value = measure(trajectory)?;
    let block = config.block.unwrap_or_else(|| default_block(trajectory));
    check_block(block, trajectory.len())?;
    interval(value, block, config, || measure(&resample(trajectory, block, rng)?))
}

/// A measure of two trajectories, such as a score of a model against data, with its interval: both are resampled, each by
/// itself. See [`bootstrap`].
///
/// # Errors
/// As [`bootstrap`].
pub fn bootstrap_pair(
    first: &Trajectory,
    second: &Trajectory,
    config: &BootstrapConfig,
    rng: &mut impl Rng,
    mut measure: impl FnMut(&Trajectory, &Trajectory) -> Result<f64>,
) -> Result<Interval> {
    config.check()?;
    let value = measure(first, second)?;
    let shortest = first.len().min(second.len());
    let default = || default_block(first).max(default_block(second)).min(shortest);
    let block = config.block.unwrap_or_else(default);
    check_block(block, shortest)?;
    interval(value, block, config, || measure(&resample(first, block, rng)?, &resample(second, block, rng)?))
}

/// The floor of a measure of two trajectories: what data score against data, the first half against the second, or
/// against another recording `second` of the same system. No model can be expected to score better.
///
/// Halves are half as long as the data: most floors are lower for longer data, so compare with scores of generated
/// trajectories of that length, or give a second recording.
///
/// # Errors
/// As [`bootstrap`], and [`Error::TooShort`] for less than 4 samples to halve.
pub fn floor(
    truth: &Trajectory,
    second: Option<&Trajectory>,
    config: &BootstrapConfig,
    rng: &mut impl Rng,
    measure: impl FnMut(&Trajectory, &Trajectory) -> Result<f64>,
) -> Result<Interval> {
    if let Some(second) = second {
        return bootstrap_pair(truth, second, config, rng, measure);
    }
    let half = truth.len() / 2;
    if half < 2 {
        return Err(Error::TooShort { what: "samples to halve", needed: 4, found: truth.len() });
    }
    let (first, second) = (truth.slice(..half)?, truth.slice(truth.len() - half..)?);
    bootstrap_pair(&first, &second, config, rng, measure)
}

fn interval(
    value: f64,
    block: usize,
    config: &BootstrapConfig,
    mut again: impl FnMut() -> Result<f64>,
) -> Result<Interval> {
    let value = aligned::finite("the measure", value)?;
    let mut values = Vec::with_capacity(config.resamples);
    let mut first = None;
    for _ in 0..config.resamples {
        match again() {
            Ok(value) if value.is_finite() => values.push(value),
            Ok(_) => first = first.or(Some(Error::Overflow { what: "the measure of a resample" })),
            Err(error) => first = first.or(Some(error)),
        }
    }
    let failed = config.resamples - values.len();
    if let Some(first) = first
        && (2 * failed > config.resamples || values.len() < 2)
    {
        return Err(Error::Resampling { failed, resamples: config.resamples, first: Box::new(first) });
    }
    values.sort_unstable_by(f64::total_cmp);
    let quantile = |share: f64| {
        let place = share * (values.len() - 1) as f64;
        let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
        below + (above - below) * place.fract()
    };
    let count = values.len() as f64;
    let mean = values.iter().map(|v| v / count).sum::<f64>();
    let variance = values.iter().map(|v| (v - mean).powi(2) / (count - 1.0)).sum::<f64>();
    Ok(Interval {
        value,
        lower: quantile(0.5 - 0.5 * config.level),
        upper: quantile(0.5 + 0.5 * config.level),
        standard_error: aligned::finite("the standard error of the measure", variance.sqrt())?,
        block,
        resamples: values.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    fn autoregressive(factor: f64, length: usize, seed: u64) -> Trajectory {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut x = 0.0;
        let data = Array2::from_shape_fn((length, 1), |_| {
            let noise: f64 = StandardNormal.sample(&mut rng);
            x = factor * x + noise;
            x
        });
        Trajectory::new(data, 0.1).unwrap()
    }

    fn mean(trajectory: &Trajectory) -> f64 {
        trajectory.data().iter().sum::<f64>() / trajectory.len() as f64
    }

    #[test]
    fn the_error_of_the_mean_knows_of_correlations() {
        // sd of the mean: σ_noise/(1 − φ)/√T, which independent samples would put √((1 + φ)/(1 − φ)) = 3 times lower.
        let data = autoregressive(0.8, 20_000, 1);
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let expected = 5.0 / 20_000_f64.sqrt();
        let found =
            bootstrap(&data, &BootstrapConfig::new().with_resamples(600), &mut rng, |t| Ok(mean(t))).unwrap();
        // Blocks lose about τ/block of the variance, and 600 resamples know it to 3%.
        assert!((0.75..1.1).contains(&(found.standard_error / expected)), "{found:?} {expected}");
        assert!(found.lower < found.value && found.value < found.upper);
        let width = (found.upper - found.lower) / (2.0 * 1.96 * found.standard_error);
        assert!((width - 1.0).abs() < 0.15, "{found:?}");
        let config = BootstrapConfig::new().with_block(1);
        let single = bootstrap(&data, &config, &mut rng, |t| Ok(mean(t))).unwrap();
        assert!((single.standard_error / expected - 1.0 / 3.0).abs() < 0.06, "{single:?}");
    }

    #[test]
    fn intervals_cover_the_truth_as_often_as_they_say() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let config = BootstrapConfig::new().with_resamples(100).with_level(0.8);
        let covered = (0..100)
            .filter(|&seed| {
                let found =
                    bootstrap(&autoregressive(0.6, 1000, 100 + seed), &config, &mut rng, |t| Ok(mean(t)))
                        .unwrap();
                (found.lower..=found.upper).contains(&0.0)
            })
            .count();
        // 80 ± 4 by chance; the bootstrap is known to cover a few percent less.
        assert!((64..=92).contains(&covered), "{covered}");
    }

    #[test]
    fn a_resample_is_made_of_blocks_and_keeps_gaps() {
        let data = Array2::from_shape_fn((50, 1), |(t, _)| if t == 30 { f64::NAN } else { t as f64 });
        let trajectory = Trajectory::from_array_with_missing(data, 0.1).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let mut gaps = 0;
        for _ in 0..40 {
            let found = resample(&trajectory, 7, &mut rng).unwrap();
            assert_eq!((found.len(), found.dt()), (50, 0.1));
            gaps += found.missing_count();
            let rows: Vec<usize> = (0..50).filter(|&t| !found.is_missing(t, 0)).collect();
            for pair in rows.windows(2).filter(|pair| pair[1] == pair[0] + 1 && pair[1] % 7 != 0) {
                assert_eq!(found.data()[[pair[1], 0]] - found.data()[[pair[0], 0]], 1.0);
            }
        }
        assert!(gaps > 0);
        for block in [0, 51] {
            assert!(matches!(resample(&trajectory, block, &mut rng), Err(Error::Setting { .. })));
        }
    }

    #[test]
    fn the_floor_is_data_against_data() {
        let data = autoregressive(0.5, 4000, 5);
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let distance = |x: &Trajectory, y: &Trajectory| {
            crate::marginal_hellinger_distance(x, y, 20).map(|distance| distance.mean)
        };
        let config = BootstrapConfig::new().with_resamples(50);
        let halves = floor(&data, None, &config, &mut rng, distance).unwrap();
        let (first, second) = (data.slice(..2000).unwrap(), data.slice(2000..).unwrap());
        assert_eq!(halves.value, distance(&first, &second).unwrap());
        let other = autoregressive(0.5, 3000, 7);
        let two = floor(&data, Some(&other), &config, &mut rng, distance).unwrap();
        assert_eq!(two.value, distance(&data, &other).unwrap());
        assert!(two.upper < 0.2 && two.lower > 0.0, "{two:?}");
        let same = |config| {
            let mut rng = ChaCha8Rng::seed_from_u64(8);
            floor(&data, None, &config, &mut rng, distance).unwrap()
        };
        assert_eq!(same(config), same(config));
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let data = autoregressive(0.5, 100, 5);
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let mut refuse = |config: BootstrapConfig, fails: usize| {
            let mut calls = 0;
            let measure = |_: &Trajectory| {
                calls += 1;
                if calls > fails { Ok(1.0) } else { Err(Error::OutOfRange) }
            };
            bootstrap(&data, &config, &mut rng, measure)
        };
        let config = BootstrapConfig::new().with_resamples(10);
        assert!(matches!(refuse(config, 1), Err(Error::OutOfRange)));
        assert!(matches!(refuse(config.with_resamples(1), 0), Err(Error::TooShort { .. })));
        assert!(matches!(refuse(config.with_level(1.0), 0), Err(Error::Setting { .. })));
        assert!(matches!(refuse(config.with_block(101), 0), Err(Error::Setting { .. })));
        assert_eq!(refuse(config, 0).unwrap().resamples, 10);
        let infinite = bootstrap(&data, &config, &mut rng, |_| Ok(f64::INFINITY));
        assert!(matches!(infinite, Err(Error::Overflow { .. })));
        let short = data.slice(..3).unwrap();
        assert!(matches!(
            floor(&short, None, &config, &mut rng, |_, _| Ok(0.0)),
            Err(Error::TooShort { needed: 4, found: 3, .. })
        ));
        // From the second resample on the measure fails.
        let mut calls = 0;
        let failing = bootstrap(&data, &config, &mut rng, |_| {
            calls += 1;
            if calls < 4 { Ok(1.0) } else { Err(Error::OutOfRange) }
        });
        assert!(matches!(failing, Err(Error::Resampling { failed: 8, resamples: 10, .. })));
    }
}
