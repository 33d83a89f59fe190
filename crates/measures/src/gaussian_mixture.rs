//! State-space divergence by Gaussian mixtures: for more variables than a histogram can bin.

use attractor_systems::Trajectory;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::{Error, Estimate, Result, exponential, input};

/// Largest |s − x|²/2σ² that is told apart from a larger one, so that the sums below stay finite.
const FARTHEST: f64 = 1e100;

/// Rows whose distances to all points are held at once.
const ROWS: usize = 8;

/// A mixture of equal isotropic Gaussians, one around each of T points \[N\]
///
/// $$ p(s) = \frac{1}{T} \sum_{t=1}^{T} N(s;\\, x_t, \sigma^2 I) $$
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianMixture {
    /// The points \[T, N\], less `centre`.
    points: Array2<f64>,
    centre: Array1<f64>,
    /// |x_t − c|².
    squares: Vec<f64>,
    variance: f64,
}

impl GaussianMixture {
    /// A Gaussian of variance `variance` around every row of the trajectory in which nothing is missing.
    ///
    /// # Errors
    /// [`Error::Setting`] for a variance outside 1e-100 to 1e100, [`Error::TooShort`] without a complete row,
    /// [`Error::NonFinite`].
    pub fn new(trajectory: &Trajectory, variance: f64) -> Result<Self> {
        let rows = input::complete_rows(trajectory, "trajectory of the mixture")?;
        Self::around(rows.view(), variance, None)
    }

    fn around(points: ArrayView2<'_, f64>, variance: f64, centre: Option<&Array1<f64>>) -> Result<Self> {
        if !(1e-100..=1e100).contains(&variance) {
            let requirement = "from 1e-100 to 1e100";
            return Err(Error::Setting { setting: "variance", value: variance, requirement });
        }
        if points.is_empty() {
            return Err(Error::TooShort { what: "complete rows of the mixture", needed: 1, found: 0 });
        }
        // Distances survive the expansion of the square best around the middle of the points.
        let count = points.nrows() as f64;
        let centre =
            centre.cloned().unwrap_or_else(|| points.map_axis(Axis(0), |x| (x.to_owned() / count).sum()));
        let points = &points - &centre;
        let squares = squares(&points);
        Ok(Self { points, centre, squares, variance })
    }

    /// Number of Gaussians T.
    pub fn len(&self) -> usize {
        self.points.nrows()
    }

    /// Always false: a mixture has at least one Gaussian.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Number of variables N.
    pub fn dim(&self) -> usize {
        self.points.ncols()
    }

    /// `count` points \[count, N\] from the mixture: a Gaussian at random, then a point from it.
    pub fn sample(&self, count: usize, rng: &mut impl Rng) -> Array2<f64> {
        let sd = self.variance.sqrt();
        let mut samples = Array2::zeros((count, self.dim()));
        for mut sample in samples.rows_mut() {
            let point = self.points.row(rng.random_range(0..self.len()));
            for ((out, x), c) in sample.iter_mut().zip(point).zip(&self.centre) {
                let noise: f64 = StandardNormal.sample(rng);
                *out = x + sd * noise + c;
            }
        }
        samples
    }

    /// ln p at each of `samples` \[S, N\], by log-sum-exp: finite however far away a sample is. A sample farther than
    /// √2 · 10⁵⁰ σ from every point counts as that far.
    ///
    /// The squared distances come from a matrix product, |s|² + |x|² − 2 s·x around the mean of the points, and are
    /// good to 1e-16 of the largest of the three.
    ///
    /// # Errors
    /// [`Error::Dimension`] when N differs, [`Error::NonFinite`].
    pub fn log_density(&self, samples: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
        input::same("variables N of the samples", self.dim(), samples.ncols())?;
        input::finite(samples, "samples")?;
        let (n, scale) = (self.dim() as f64, -0.5 / self.variance);
        let constant = -0.5 * n * (std::f64::consts::TAU * self.variance).ln() - (self.len() as f64).ln();
        let samples = &samples - &self.centre;
        let sample_squares = squares(&samples);
        let mut products = Array2::zeros((ROWS.min(samples.nrows()), self.len()));
        let mut densities = Vec::with_capacity(samples.nrows());
        for (block, squares) in samples.axis_chunks_iter(Axis(0), ROWS).zip(sample_squares.chunks(ROWS)) {
            let mut products = products.slice_mut(ndarray::s![..block.nrows(), ..]);
            general_mat_mul(1.0, &block, &self.points.t(), 0.0, &mut products);
            for (mut row, square) in products.rows_mut().into_iter().zip(squares) {
                // Rows of the block are contiguous.
                let exponents = row.as_slice_mut().unwrap_or_default();
                exponential::exponents(exponents, *square, &self.squares, scale, FARTHEST);
                let shift = exponential::largest(exponents);
                densities.push(constant + shift + exponential::sum_exp(exponents, shift).ln());
            }
        }
        Ok(densities)
    }
}

fn squares(points: &Array2<f64>) -> Vec<f64> {
    points.rows().into_iter().map(|row| row.dot(&row)).collect()
}

/// Settings of [`gaussian_mixture_divergence`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GaussianMixtureConfig {
    /// Variance σ² of the Gaussian around each point. Default 1, for standardised data.
    pub variance: f64,
    /// Monte Carlo samples. Default 1000.
    pub samples: usize,
    /// The most points of each trajectory that enter its mixture, drawn without replacement; all by default.
    pub points: Option<usize>,
}

impl Default for GaussianMixtureConfig {
    fn default() -> Self {
        Self { variance: 1.0, samples: 1000, points: None }
    }
}

impl GaussianMixtureConfig {
    /// The defaults of \[B22\].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// With Gaussians of variance `variance`.
    #[must_use]
    pub fn with_variance(mut self, variance: f64) -> Self {
        self.variance = variance;
        self
    }
    /// With `samples` Monte Carlo samples.
    #[must_use]
    pub fn with_samples(mut self, samples: usize) -> Self {
        self.samples = samples;
        self
    }
    /// With at most `points` points of each trajectory.
    #[must_use]
    pub fn with_points(mut self, points: usize) -> Self {
        self.points = Some(points);
        self
    }
}

/// What [`gaussian_mixture_divergence`] found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GaussianMixtureDivergence {
    /// D_stsp in nats, with the standard error of the Monte Carlo mean. The divergence is never negative; the
    /// estimate of a small one can be.
    pub divergence: Estimate,
    /// Points of the true trajectory in its mixture.
    pub points_true: usize,
    /// Points of the generated trajectory in its mixture.
    pub points_generated: usize,
}

/// The state-space divergence D_stsp by Gaussian mixtures \[B22\]
///
/// $$ D_{stsp} \approx \frac{1}{S} \sum_{s=1}^{S} \ln \frac{\hat p(x_s)}{\hat q(x_s)}, \qquad x_s \sim \hat p $$
///
/// with one Gaussian of variance σ² around each point of the true trajectory for p̂ and of the generated one for q̂.
/// One-sided as published: it is large where the truth goes and the model does not. All is done on logarithms and no
/// sample is left out, so that a model that went far away scores far away: as |x|²/2σ², up to 10¹⁰⁰.
///
/// The value depends on σ²: the Gaussians blur what is smaller than σ, so compare at one σ² alone, on data of one
/// scale. Rows with a missing value are skipped.
///
/// # Shapes
/// `truth`: \[T, N\], `generated`: \[T', N\]; the lengths may differ. The cost is that of S (T + T') exponentials.
///
/// # Errors
/// [`Error::Dimension`] when N differs, [`Error::TooShort`] when a trajectory has no complete row, less than 2
/// samples or no points are asked for, [`Error::NonFinite`], [`Error::Setting`].
pub fn gaussian_mixture_divergence(
    truth: &Trajectory,
    generated: &Trajectory,
    config: &GaussianMixtureConfig,
    rng: &mut impl Rng,
) -> Result<GaussianMixtureDivergence> {
    input::same("variables N of the generated trajectory", truth.dim(), generated.dim())?;
    if config.samples < 2 {
        return Err(Error::TooShort { what: "Monte Carlo samples", needed: 2, found: config.samples });
    }
    if config.points == Some(0) {
        return Err(Error::TooShort { what: "points of the mixtures", needed: 1, found: 0 });
    }
    let truth = input::complete_rows(truth, "true trajectory")?;
    let generated = input::complete_rows(generated, "generated trajectory")?;
    let truth = subset(truth.view(), config.points, rng);
    let generated = subset(generated.view(), config.points, rng);
    let p = GaussianMixture::around(truth.view(), config.variance, None)?;
    let q = GaussianMixture::around(generated.view(), config.variance, Some(&p.centre))?;
    let samples = p.sample(config.samples, rng);
    let ratios: Vec<f64> = p
        .log_density(samples.view())?
        .into_iter()
        .zip(q.log_density(samples.view())?)
        .map(|(p, q)| p - q)
        .collect();
    Ok(GaussianMixtureDivergence {
        divergence: Estimate::of_mean(&ratios),
        points_true: p.len(),
        points_generated: q.len(),
    })
}

/// At most `count` rows, in their order.
fn subset<'a>(
    rows: ArrayView2<'a, f64>,
    count: Option<usize>,
    rng: &mut impl Rng,
) -> ndarray::CowArray<'a, f64, ndarray::Ix2> {
    match count {
        Some(count) if count < rows.nrows() => {
            let mut chosen = rand::seq::index::sample(rng, rows.nrows(), count).into_vec();
            chosen.sort_unstable();
            rows.select(Axis(0), &chosen).into()
        }
        _ => rows.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn trajectory(data: Array2<f64>) -> Trajectory {
        Trajectory::new(data, 1.0).unwrap()
    }

    fn rng() -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(7)
    }

    #[test]
    fn density_of_two_gaussians_is_their_formula() {
        let mixture = GaussianMixture::new(&trajectory(array![[1e6, 0.0], [1e6 + 2.0, 1.0]]), 0.3).unwrap();
        let sample = [1e6 + 0.5, -0.2];
        let normal = |x: f64, y: f64| {
            let square = (sample[0] - x).powi(2) + (sample[1] - y).powi(2);
            (-square / 0.6).exp() / (std::f64::consts::TAU * 0.3)
        };
        let expected = (0.5 * (normal(1e6, 0.0) + normal(1e6 + 2.0, 1.0))).ln();
        let found = mixture.log_density(array![sample].view()).unwrap()[0];
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }

    #[test]
    fn of_two_gaussians_is_their_divergence() {
        // One point each, a distance d apart: KL = d²/2σ².
        for (distance, variance) in [(1.0, 1.0), (3.0, 0.5)] {
            let config = GaussianMixtureConfig::new().with_variance(variance).with_samples(10_000);
            let (p, q) = (
                trajectory(Array2::zeros((1, 8))),
                trajectory(array![[distance, 0., 0., 0., 0., 0., 0., 0.]]),
            );
            let found = gaussian_mixture_divergence(&p, &q, &config, &mut rng()).unwrap().divergence;
            let expected = distance * distance / (2.0 * variance);
            assert!((found.value - expected).abs() < 4.0 * found.standard_error, "{found:?} {expected}");
            // Each sample scatters by d/σ.
            let sd = distance / variance.sqrt() / 10_000_f64.sqrt();
            assert!((found.standard_error / sd - 1.0).abs() < 0.05, "{found:?} {sd}");
        }
    }

    #[test]
    fn the_farther_the_worse_and_always_finite() {
        let truth = trajectory(Array2::from_shape_fn((200, 6), |(t, i)| (0.3 * t as f64 + i as f64).sin()));
        let at = |x: f64| {
            let run = trajectory(Array2::from_elem((50, 6), x));
            gaussian_mixture_divergence(&truth, &run, &GaussianMixtureConfig::new(), &mut rng())
                .unwrap()
                .divergence
        };
        let scores: Vec<f64> = [0.0, 10.0, 1e3, 1e20, 1e300].iter().map(|&x| at(x).value).collect();
        assert!(scores.is_sorted() && scores[0] > 0.5, "{scores:?}");
        assert!((scores[2] / 3e6 - 1.0).abs() < 1e-2, "{scores:?}");
        assert!((scores[4] / 1e100 - 1.0).abs() < 1e-12, "{scores:?}");
        assert!(at(1e300).standard_error.is_finite());
        let same =
            gaussian_mixture_divergence(&truth, &truth, &GaussianMixtureConfig::new(), &mut rng()).unwrap();
        assert_eq!(same.divergence.value, 0.0);
    }

    #[test]
    fn fewer_points_estimate_the_same() {
        let truth = trajectory(Array2::from_shape_fn((2000, 6), |(t, i)| (0.37 * t as f64 + i as f64).sin()));
        let other = trajectory(truth.data().mapv(|x| 1.5 * x));
        let measure = |config| gaussian_mixture_divergence(&truth, &other, &config, &mut rng()).unwrap();
        let config = GaussianMixtureConfig::new().with_samples(1500);
        let (all, some) = (measure(config), measure(config.with_points(700)));
        assert_eq!((all.points_true, some.points_true, some.points_generated), (2000, 700, 700));
        let spread = all.divergence.standard_error.hypot(some.divergence.standard_error);
        assert!((all.divergence.value - some.divergence.value).abs() < 4.0 * spread, "{all:?} {some:?}");
        assert_eq!(measure(config), all);
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let truth = trajectory(Array2::zeros((3, 2)));
        let gaps = Trajectory::from_array_with_missing(Array2::from_elem((3, 2), f64::NAN), 1.0).unwrap();
        let refuse = |generated: &Trajectory, config: GaussianMixtureConfig| {
            gaussian_mixture_divergence(&truth, generated, &config, &mut rng()).unwrap_err()
        };
        let config = GaussianMixtureConfig::new();
        assert!(matches!(refuse(&gaps, config), Error::TooShort { .. }));
        assert!(matches!(refuse(&trajectory(Array2::zeros((3, 3))), config), Error::Dimension { .. }));
        assert!(matches!(refuse(&truth, config.with_samples(1)), Error::TooShort { .. }));
        assert!(matches!(refuse(&truth, config.with_points(0)), Error::TooShort { .. }));
        for variance in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(matches!(refuse(&truth, config.with_variance(variance)), Error::Setting { .. }));
        }
    }
}
