//! The dimension of a delay embedding, by false nearest neighbours.

use attractor_systems::Trajectory;
use serde::{Deserialize, Serialize};

use crate::embedding_lag::series;
use crate::nearest::Tree;
use crate::{Error, Result, input};

/// Settings of [`embedding_dimension`]. The defaults are those of \[KBA92\].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmbeddingDimensionConfig {
    /// The largest dimension that is looked at. Default 10.
    pub max_dimension: usize,
    /// A neighbour is false when the next coordinate parts it by more than this multiple of its distance. Default 15.
    pub ratio: f64,
    /// A neighbour is false when it lies, with the next coordinate, farther than this multiple of the standard
    /// deviation: it never was near. Default 2.
    pub size: f64,
    /// The share of false neighbours at which the dimension is enough. Default 0.01.
    pub share: f64,
    /// Least distance in time of neighbours, in steps. Default 1.
    pub theiler: usize,
}

impl Default for EmbeddingDimensionConfig {
    fn default() -> Self {
        Self { max_dimension: 10, ratio: 15.0, size: 2.0, share: 0.01, theiler: 1 }
    }
}

impl EmbeddingDimensionConfig {
    /// The defaults of \[KBA92\].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Up to `max_dimension` dimensions.
    #[must_use]
    pub fn with_max_dimension(mut self, max_dimension: usize) -> Self {
        self.max_dimension = max_dimension;
        self
    }
    /// With the two criteria of a false neighbour.
    #[must_use]
    pub fn with_criteria(mut self, ratio: f64, size: f64) -> Self {
        (self.ratio, self.size) = (ratio, size);
        self
    }
    /// With the dimension enough when no more than this share of neighbours is false.
    #[must_use]
    pub fn with_share(mut self, share: f64) -> Self {
        self.share = share;
        self
    }
    /// With neighbours at least `theiler` steps apart.
    #[must_use]
    pub fn with_theiler(mut self, theiler: usize) -> Self {
        self.theiler = theiler;
        self
    }
}

/// What [`embedding_dimension`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingDimension {
    /// The least dimension with few enough false neighbours; nothing where none has, as for noise.
    pub dimension: Option<usize>,
    /// Share of false neighbours in dimensions 1, 2, ..
    pub false_neighbours: Vec<f64>,
}

/// The least dimension in which a delay embedding of one variable with `lag` steps unfolds the attractor, by the share of
/// nearest neighbours that the next coordinate exposes as false \[KBA92\].
///
/// Noise makes neighbours false in every dimension: with much of it no dimension is enough.
///
/// # Errors
/// [`Error::Dimension`] for a column that is not there, [`Error::Setting`], [`Error::TooShort`] when less than 20 points
/// can be embedded, or none of them has a neighbour far enough in time, [`Error::Constant`], [`Error::Missing`]
/// (interpolate first), [`Error::NonFinite`].
pub fn embedding_dimension(
    trajectory: &Trajectory,
    column: usize,
    lag: usize,
    config: &EmbeddingDimensionConfig,
) -> Result<EmbeddingDimension> {
    let mut x = series(trajectory, column)?;
    for (setting, value) in [("lag", lag as f64), ("max_dimension", config.max_dimension as f64)] {
        if value < 1.0 {
            return Err(Error::Setting { setting, value, requirement: "at least 1" });
        }
    }
    input::positive("ratio", config.ratio)?;
    input::positive("size", config.size)?;
    if !(0.0..1.0).contains(&config.share) {
        let requirement = "from 0 to below 1";
        return Err(Error::Setting { setting: "share", value: config.share, requirement });
    }
    let needed = config.max_dimension.saturating_mul(lag).saturating_add(20);
    if x.len() < needed {
        let what = "samples for this lag and so many dimensions";
        return Err(Error::TooShort { what, needed, found: x.len() });
    }
    standardise(&mut x);
    let mut found = EmbeddingDimension { dimension: None, false_neighbours: Vec::new() };
    for dim in 1..=config.max_dimension {
        let count = x.len() - dim * lag;
        let points: Vec<f64> =
            (0..count).flat_map(|t| (0..dim).map(move |i| t + i * lag)).map(|t| x[t]).collect();
        let tree = Tree::new(&points, dim);
        let (mut neighbours, mut exposed) = (0_u64, 0_u64);
        for t in 0..count {
            if let Some((other, distance)) = tree.nearest(t, config.theiler) {
                let next = (x[t + dim * lag] - x[other + dim * lag]).abs();
                neighbours += 1;
                exposed += u64::from(next > config.ratio * distance || next.hypot(distance) > config.size);
            }
        }
        if neighbours == 0 {
            let what = "samples for neighbours so far apart in time";
            return Err(Error::TooShort { what, needed: config.theiler.saturating_add(1), found: count });
        }
        let share = exposed as f64 / neighbours as f64;
        found.false_neighbours.push(share);
        if share <= config.share {
            found.dimension = Some(dim);
            break;
        }
    }
    Ok(found)
}

/// To mean 0 and standard deviation 1, whatever the size of values that change.
fn standardise(x: &mut [f64]) {
    let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (x.min(l), x.max(h)));
    let half = 0.5 * high - 0.5 * low;
    for x in &mut *x {
        *x = (0.5 * *x - 0.5 * low) / half;
    }
    let count = x.len() as f64;
    let mean = x.iter().sum::<f64>() / count;
    let sd = (x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count).sqrt();
    for x in x {
        *x = (*x - mean) / sd;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attractor_systems::{Lorenz63, Simulation};
    use ndarray::Array2;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn line(length: usize, mut f: impl FnMut(usize) -> f64) -> Trajectory {
        Trajectory::new(Array2::from_shape_fn((length, 1), |(t, _)| f(t)), 1.0).unwrap()
    }

    #[test]
    fn of_systems_that_are_known() {
        let config = EmbeddingDimensionConfig::new();
        let dimension = |t: &Trajectory, lag, config| embedding_dimension(t, 0, lag, &config).unwrap();
        // The logistic map is a function of one value, Hénon's x of two, a wave of two.
        let mut x = 0.3;
        let logistic = line(3000, |_| {
            x = 4.0 * x * (1.0 - x);
            x
        });
        assert_eq!(dimension(&logistic, 1, config).dimension, Some(1));
        let (mut x, mut y) = (0.1, 0.1);
        let henon = line(3000, |_| {
            (x, y) = (1.0 - 1.4 * x * x + y, 0.3 * x);
            x
        });
        assert_eq!(dimension(&henon, 1, config).dimension, Some(2));
        assert_eq!(dimension(&line(2000, |t| (0.1 * t as f64).sin() * 1e200), 15, config).dimension, Some(2));
        // Lorenz-63 by its x: 3, as Kennel et al. (1992) find.
        let system = Lorenz63::default();
        let lorenz = Simulation::of(&system, 8000).dt(0.02).transient(500).run(&system).unwrap();
        assert_eq!(dimension(&lorenz, 5, config.with_theiler(20)).dimension, Some(3));
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let noise = line(2000, |_| rng.random_range(-1.0..1.0));
        assert_eq!(dimension(&noise, 1, config).dimension, None);
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let config = EmbeddingDimensionConfig::new();
        let wave = line(200, |t| (t as f64).sin());
        let refuse = |t: &Trajectory, lag, config| embedding_dimension(t, 0, lag, &config).unwrap_err();
        assert!(matches!(refuse(&line(99, |_| 1.0), 1, config), Error::Constant { .. }));
        assert!(matches!(refuse(&wave, 0, config), Error::Setting { .. }));
        assert!(matches!(refuse(&wave, 1, config.with_max_dimension(0)), Error::Setting { .. }));
        assert!(matches!(refuse(&wave, 1, config.with_criteria(0.0, 2.0)), Error::Setting { .. }));
        assert!(matches!(refuse(&wave, 1, config.with_share(1.0)), Error::Setting { .. }));
        assert!(matches!(refuse(&wave, 20, config), Error::TooShort { needed: 220, .. }));
        assert!(matches!(refuse(&wave, 1, config.with_theiler(300)), Error::TooShort { .. }));
    }
}
