//! The best affine map from one trajectory to another, and how much of the other it explains.

use attractor_systems::Trajectory;
use nalgebra::{DMatrix, DVector, SVD};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use crate::power_spectrum::half_range;
use crate::{Error, Result, aligned, input};

/// Iterations of the singular value decomposition per variable.
const ITERATIONS: usize = 200;

/// The ridge penalty λ of [`AffineMap::fit`], relative to the variances of the variables that are mapped from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ridge {
    /// Least squares; of all maps that fit as well, the smallest.
    #[default]
    None,
    /// This penalty: 0 is least squares, 1 halves the weight of a variable that is correlated with no other.
    Penalty(f64),
    /// The one of these penalties under which blocks of consecutive samples are best predicted from the others, in the
    /// sum of squares over the variables in units of their variances.
    CrossValidated {
        /// Blocks, at least 2.
        folds: usize,
        /// Penalties to choose from.
        penalties: Vec<f64>,
    },
}

impl Ridge {
    /// The best in cross-validation by 5 blocks of ten penalties, 10⁻⁶ to 10³.
    pub fn cross_validated() -> Self {
        Self::CrossValidated { folds: 5, penalties: (-6..=3).map(|power| 10_f64.powi(power)).collect() }
    }
}

/// An affine map y = W x + b between the states of two systems.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AffineMap {
    /// W \[N, M\].
    pub weights: Array2<f64>,
    /// b \[N\].
    pub offset: Array1<f64>,
    /// The penalty λ that it was fitted with.
    pub penalty: f64,
}

/// What [`r_squared`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RSquared {
    /// The share of the variance of all variables together that is explained: 1 − (sum of squared errors) / (sum of
    /// squared deviations from the mean of each variable).
    pub total: f64,
    /// The same of each of the N variables.
    pub per_variable: Vec<f64>,
}

impl AffineMap {
    /// The affine map from `from` \[T, M\] to `to` \[T, N\] that minimises
    ///
    /// $$ \frac{1}{T} \sum_t \lVert y_t - b - W x_t \rVert^2 + \lambda \sum_{nm} s_m^2 W_{nm}^2 $$
    ///
    /// with the variances s_m² of the variables of `from`, so that their units do not matter. Samples with a missing value
    /// in either are left out. Variables of `from` that never change, as dead latents, get no weight.
    ///
    /// # Errors
    /// [`Error::Dimension`] when lengths differ, [`Error::SamplingStep`] when dt does, [`Error::TooShort`] for less than 2
    /// samples, or less than 2 in a fold's training data, [`Error::Setting`] for a penalty that is negative or not finite,
    /// for none to choose from or less than 2 folds, [`Error::Decomposition`], [`Error::Overflow`].
    pub fn fit(from: &Trajectory, to: &Trajectory, ridge: &Ridge) -> Result<Self> {
        input::same("samples T of the second trajectory", from.len(), to.len())?;
        aligned::sampling(from, to)?;
        let known = |row: usize| {
            !(0..from.dim()).any(|column| from.is_missing(row, column))
                && !(0..to.dim()).any(|column| to.is_missing(row, column))
        };
        let rows: Vec<usize> = (0..from.len()).filter(|&row| known(row)).collect();
        let (x, y) = (from.data().select(Axis(0), &rows), to.data().select(Axis(0), &rows));
        let (x, y) = (x.view(), y.view());
        let penalty = match ridge {
            Ridge::None => 0.0,
            Ridge::Penalty(penalty) => check_penalty(*penalty)?,
            Ridge::CrossValidated { folds, penalties } => cross_validated(x, y, *folds, penalties)?,
        };
        Decomposed::new(x, y)?.solve(penalty)
    }

    /// The image W x + b \[T, N\] of a trajectory \[T, M\], with the names x1, ..., xN. A sample with a missing value is
    /// missing.
    ///
    /// # Errors
    /// [`Error::Dimension`] when M differs, [`Error::Overflow`] for values too large.
    pub fn apply(&self, from: &Trajectory) -> Result<Trajectory> {
        input::same("variables M of the trajectory", self.weights.ncols(), from.dim())?;
        let data = self.map(from.data());
        if !data.iter().all(|value| value.is_finite()) {
            return Err(Error::Overflow { what: "the image of a trajectory" });
        }
        let image = Trajectory::new(data, from.dt())?;
        let Some(missing) = from.missing() else { return Ok(image) };
        let lost: Vec<bool> = missing.rows().into_iter().map(|row| row.iter().any(|&m| m)).collect();
        let mask = Array2::from_shape_fn((image.len(), image.dim()), |(row, _)| lost[row]);
        Ok(image.with_missing(mask)?)
    }

    fn map(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        x.dot(&self.weights.t()) + &self.offset
    }
}

/// How much of `truth` \[T, N\] is explained by `predicted` \[T, N\]: R² about the mean of the truth. At most 1, and below 0
/// where the mean would have been a better prediction. Values missing in either are left out.
///
/// To say how well latent states are recovered up to an affine map, fit an [`AffineMap`] from the latents to the true
/// states on one part and score its image of another:
///
/// ```
/// # use attractor_measures::{AffineMap, Ridge, r_squared};
/// # use attractor_systems::{Lorenz63, Simulation};
/// # let lorenz = Lorenz63::default();
/// # let truth = Simulation::of(&lorenz, 2000).transient(100).run(&lorenz)?;
/// # let latents = truth.mix(ndarray::array![[1.0, 0.2, 0.0], [0.0, -1.0, 0.5], [0.3, 0.0, 2.0]].view())?;
/// let (latents, unseen_latents) = latents.split(0.7)?;
/// let (truth, unseen_truth) = truth.split(0.7)?;
/// let map = AffineMap::fit(&latents, &truth, &Ridge::None)?;
/// let score = r_squared(&unseen_truth, &map.apply(&unseen_latents)?)?;
/// assert!(score.total > 0.999_999);
/// # Ok::<(), attractor_measures::Error>(())
/// ```
///
/// # Errors
/// [`Error::Dimension`] when shapes differ, [`Error::SamplingStep`] when dt does, [`Error::Constant`] for a true variable
/// that never changes, [`Error::TooShort`] for a variable with less than two pairs, [`Error::Overflow`].
pub fn r_squared(truth: &Trajectory, predicted: &Trajectory) -> Result<RSquared> {
    aligned::check(truth, predicted)?;
    let mut pairs = vec![Vec::new(); truth.dim()];
    for (_, column, x, y) in aligned::known(truth, predicted) {
        pairs[column].push((x, y));
    }
    let (mut errors, mut spreads) = (Vec::new(), Vec::new());
    for (column, pairs) in pairs.iter().enumerate() {
        if pairs.len() < 2 {
            let what = "pairs of known values of a variable";
            return Err(Error::TooShort { what, needed: 2, found: pairs.len() });
        }
        if pairs.iter().all(|(x, _)| *x == pairs[0].0) {
            return Err(Error::Constant { what: "true trajectory", column });
        }
        let mean = pairs.iter().map(|(x, _)| x / pairs.len() as f64).sum::<f64>();
        errors.push(pairs.iter().map(|(x, y)| (x - y).powi(2)).sum::<f64>());
        spreads.push(pairs.iter().map(|(x, _)| (x - mean).powi(2)).sum::<f64>());
    }
    let score = |error: f64, spread: f64| aligned::finite("the explained variance", 1.0 - error / spread);
    let per_variable = errors.iter().zip(&spreads).map(|(e, s)| score(*e, *s)).collect::<Result<_>>()?;
    Ok(RSquared { total: score(errors.iter().sum(), spreads.iter().sum())?, per_variable })
}

fn check_penalty(penalty: f64) -> Result<f64> {
    if penalty.is_finite() && penalty >= 0.0 {
        return Ok(penalty);
    }
    Err(Error::Setting { setting: "penalty", value: penalty, requirement: "finite and at least 0" })
}

/// The penalty that predicts left-out blocks of rows best; the largest of those that do it equally well.
fn cross_validated(
    x: ArrayView2<'_, f64>,
    y: ArrayView2<'_, f64>,
    folds: usize,
    penalties: &[f64],
) -> Result<f64> {
    let setting = |setting, value, requirement| Err(Error::Setting { setting, value, requirement });
    if folds < 2 {
        return setting("folds", folds as f64, "at least 2");
    }
    if penalties.is_empty() {
        return setting("number of penalties", 0.0, "at least 1");
    }
    let total = x.nrows();
    if total < 2 * folds {
        let what = "samples without missing values";
        return Err(Error::TooShort { what, needed: 2 * folds, found: total });
    }
    let weights =
        y.var_axis(Axis(0), 0.0).mapv(|variance| if variance > 0.0 { variance.recip() } else { 0.0 });
    let mut losses = vec![0.0; penalties.len()];
    for fold in 0..folds {
        let block = fold * total / folds..(fold + 1) * total / folds;
        let train: Vec<usize> = (0..total).filter(|row| !block.contains(row)).collect();
        let test: Vec<usize> = block.collect();
        let decomposed = Decomposed::new(x.select(Axis(0), &train).view(), y.select(Axis(0), &train).view())?;
        let (x, y) = (x.select(Axis(0), &test), y.select(Axis(0), &test));
        for (loss, &penalty) in losses.iter_mut().zip(penalties) {
            let mut errors = decomposed.solve(check_penalty(penalty)?)?.map(x.view()) - &y;
            errors.mapv_inplace(|error| error * error);
            *loss += errors.sum_axis(Axis(0)).dot(&weights);
        }
    }
    let best = losses.iter().zip(penalties).min_by(|a, b| a.0.total_cmp(b.0).then(b.1.total_cmp(a.1)));
    best.map(|(_, penalty)| *penalty)
        .filter(|_| losses.iter().all(|loss| loss.is_finite()))
        .ok_or(Error::Overflow { what: "the error of cross-validation" })
}

/// Standardised regressors as singular vectors, so that all penalties are solved for at once.
struct Decomposed {
    /// Mean and standard deviation of each x \[M\], infinite for those that never change.
    mean: Array1<f64>,
    deviation: Array1<f64>,
    /// Mean of each y \[N\].
    target: Array1<f64>,
    /// Singular values \[R\] of the standardised x / √T, right vectors \[R, M\], and Uᵀ y / √T \[R, N\].
    values: DVector<f64>,
    right: DMatrix<f64>,
    projected: DMatrix<f64>,
}

impl Decomposed {
    fn new(x: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Result<Self> {
        let (rows, columns) = x.dim();
        if rows < 2 {
            let what = "samples without missing values";
            return Err(Error::TooShort { what, needed: 2, found: rows });
        }
        let root = (rows as f64).sqrt();
        let mean_of = |column: ArrayView1<'_, f64>| column.iter().map(|x| x / rows as f64).sum::<f64>();
        let mean = Array1::from_iter(x.columns().into_iter().map(mean_of));
        let target = Array1::from_iter(y.columns().into_iter().map(mean_of));
        let deviation = Array1::from_iter(x.columns().into_iter().zip(&mean).map(|(column, mean)| {
            if half_range(column) == 0.0 {
                return f64::INFINITY;
            }
            column.iter().map(|x| ((x - mean) / root).powi(2)).sum::<f64>().sqrt()
        }));
        let is_usable = |(column, deviation): (ArrayView1<'_, f64>, &f64)| {
            *deviation > 0.0 && (deviation.is_finite() || half_range(column) == 0.0)
        };
        if !x.columns().into_iter().zip(&deviation).all(is_usable) || !target.iter().all(|t| t.is_finite()) {
            return Err(Error::Overflow { what: "the mean or variance of a trajectory" });
        }
        let standard = DMatrix::from_fn(rows, columns, |t, m| (x[[t, m]] - mean[m]) / deviation[m] / root);
        let centred = DMatrix::from_fn(rows, y.ncols(), |t, n| (y[[t, n]] - target[n]) / root);
        let failed =
            Error::Decomposition { decomposition: "singular value decomposition", size: rows.max(columns) };
        let svd = SVD::try_new(standard, true, true, f64::EPSILON, ITERATIONS * columns).ok_or(failed)?;
        let (Some(left), Some(right)) = (svd.u, svd.v_t) else {
            return Err(Error::Overflow { what: "the singular vectors of a trajectory" });
        };
        let projected = left.tr_mul(&centred);
        Ok(Self { mean, deviation, target, values: svd.singular_values, right, projected })
    }

    fn solve(&self, penalty: f64) -> Result<AffineMap> {
        let least = f64::EPSILON * self.values.max() * self.values.len().max(16) as f64;
        let mut scaled = self.projected.clone();
        for (mut row, &value) in scaled.row_iter_mut().zip(&self.values) {
            row *= if value > least { value / (value * value + penalty) } else { 0.0 };
        }
        let solved = self.right.tr_mul(&scaled);
        let weights = Array2::from_shape_fn((self.target.len(), self.mean.len()), |(n, m)| {
            solved[(m, n)] / self.deviation[m]
        });
        let offset = &self.target - &weights.dot(&self.mean);
        if !weights.iter().chain(&offset).all(|value| value.is_finite()) {
            return Err(Error::Overflow { what: "the weights of an affine map" });
        }
        Ok(AffineMap { weights, offset, penalty })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{array, s};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    fn trajectory(data: Array2<f64>) -> Trajectory {
        Trajectory::from_array_with_missing(data, 1.0).unwrap()
    }

    fn noise(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut rng))
    }

    fn near(found: &Array2<f64>, expected: &Array2<f64>, tolerance: f64) -> bool {
        found.dim() == expected.dim() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < tolerance)
    }

    #[test]
    fn a_line_through_three_points_is_that_of_the_closed_form() {
        // Means 1 and 7/3; Sxy = 3, Sxx = 2, so y = 1.5 x + 5/6; errors 1/6, −1/3, 1/6 with squares 1/6; Syy = 14/3.
        let (x, y) = (trajectory(array![[0.0], [1.0], [2.0]]), trajectory(array![[1.0], [2.0], [4.0]]));
        let map = AffineMap::fit(&x, &y, &Ridge::None).unwrap();
        assert!(near(&map.weights, &array![[1.5]], 1e-14) && (map.offset[0] - 5.0 / 6.0).abs() < 1e-14);
        let score = r_squared(&y, &map.apply(&x).unwrap()).unwrap();
        assert!((score.total - 27.0 / 28.0).abs() < 1e-14 && score.per_variable == [score.total]);
        // In units of the variance 2/3 of x the penalty 1 doubles the denominator.
        let map = AffineMap::fit(&x, &y, &Ridge::Penalty(1.0)).unwrap();
        assert!(near(&map.weights, &array![[0.75]], 1e-14));
    }

    #[test]
    fn an_affine_map_is_found_through_gaps_and_dead_variables() {
        let (w, b) = (array![[2.0, -1.0, 0.0, 0.5], [0.0, 3.0, 0.0, -100.0]], array![10.0, -3.0]);
        let mut x = noise(200, 4, 1);
        x.column_mut(2).fill(0.1);
        x.column_mut(3).mapv_inplace(|x| 1e-3 * x);
        let y = x.dot(&w.t()) + &b;
        x[[17, 0]] = f64::NAN;
        let (x, y) = (trajectory(x), trajectory(y));
        for ridge in [Ridge::None, Ridge::cross_validated()] {
            let map = AffineMap::fit(&x, &y, &ridge).unwrap();
            // The smallest penalty takes a few millionths of weights of up to 100.
            let tolerance = if ridge == Ridge::None { 1e-11 } else { 1e-3 };
            assert!(near(&map.weights, &w, tolerance) && map.penalty <= 1e-6, "{map:?}");
            let image = map.apply(&x).unwrap();
            assert!(image.is_missing(17, 1) && image.missing_count() == 2);
            let score = r_squared(&y, &image).unwrap();
            assert!(score.per_variable.iter().all(|r| 1.0 - r < 1e-9), "{score:?}");
        }
    }

    #[test]
    fn the_total_weighs_variables_by_their_variance() {
        let truth = trajectory(array![[1.0, 30.0], [-1.0, -30.0], [1.0, 30.0], [-1.0, -30.0]]);
        let predicted = trajectory(array![[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [-1.0, 0.0]]);
        let score = r_squared(&truth, &predicted).unwrap();
        assert_eq!(score.per_variable, [1.0, 0.0]);
        // 1 − 3600 / 3604.
        assert!((score.total - 4.0 / 3604.0).abs() < 1e-15);
        let wrong = r_squared(&truth, &trajectory(-truth.data().to_owned())).unwrap();
        assert_eq!(wrong.per_variable, [-3.0, -3.0]);
    }

    #[test]
    fn minimises_the_penalised_sum_of_squares() {
        let (x, y) = (noise(60, 3, 2), noise(60, 2, 3));
        let x = x.dot(&array![[1.0, 0.9, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 20.0]]);
        let lambda = 0.3;
        let map =
            AffineMap::fit(&trajectory(x.clone()), &trajectory(y.clone()), &Ridge::Penalty(lambda)).unwrap();
        let variances = x.var_axis(Axis(0), 0.0);
        // The gradients: −2/T Σ e x + 2 λ s² W and −2/T Σ e.
        let errors = &y - &map.map(x.view());
        let gradient = errors.t().dot(&x) / 60.0 - &map.weights * &variances * lambda;
        assert!(gradient.iter().all(|g| g.abs() < 1e-12), "{gradient}");
        assert!(errors.sum_axis(Axis(0)).iter().all(|g| g.abs() < 1e-12));
    }

    #[test]
    fn cross_validation_finds_that_there_is_nothing_to_find() {
        // 40 regressors of noise, 60 samples.
        let (x, y) = (noise(120, 40, 4), noise(120, 1, 5));
        let part = |data: &Array2<f64>, rows: std::ops::Range<usize>| {
            trajectory(data.slice(s![rows, ..]).to_owned())
        };
        let (fit, test) = ((part(&x, 0..60), part(&y, 0..60)), (part(&x, 60..120), part(&y, 60..120)));
        let score = |ridge: &Ridge| {
            let map = AffineMap::fit(&fit.0, &fit.1, ridge).unwrap();
            (map.penalty, r_squared(&test.1, &map.apply(&test.0).unwrap()).unwrap().total)
        };
        let (least_squares, ridge) = (score(&Ridge::None), score(&Ridge::cross_validated()));
        assert!(least_squares.1 < -0.5, "{least_squares:?}");
        assert!(ridge.0 >= 10.0 && ridge.1.abs() < 0.2, "{ridge:?}");
    }

    #[test]
    fn nonsense_is_refused() {
        let (x, y) = (trajectory(noise(10, 2, 6)), trajectory(noise(10, 1, 7)));
        let fit = |ridge| AffineMap::fit(&x, &y, &ridge).unwrap_err();
        assert!(matches!(fit(Ridge::Penalty(-1.0)), Error::Setting { .. }));
        let folds = |folds, penalties| Ridge::CrossValidated { folds, penalties };
        assert!(matches!(fit(folds(1, vec![1.0])), Error::Setting { setting: "folds", .. }));
        assert!(matches!(fit(folds(2, vec![])), Error::Setting { .. }));
        assert!(matches!(fit(folds(2, vec![f64::NAN])), Error::Setting { .. }));
        assert!(matches!(fit(folds(6, vec![1.0])), Error::TooShort { .. }));
        let short = x.slice(..9).unwrap();
        assert!(matches!(AffineMap::fit(&short, &y, &Ridge::None), Err(Error::Dimension { .. })));
        let one = (x.slice(..1).unwrap(), y.slice(..1).unwrap());
        assert!(matches!(AffineMap::fit(&one.0, &one.1, &Ridge::None), Err(Error::TooShort { .. })));
        let large = trajectory(x.data().mapv(|x| x * 1e300));
        assert!(AffineMap::fit(&large, &y, &Ridge::None).is_err());
        let map = AffineMap::fit(&x, &y, &Ridge::None).unwrap();
        assert!(matches!(map.apply(&y), Err(Error::Dimension { .. })));
        let flat = trajectory(array![[1.0], [1.0]]);
        assert!(matches!(r_squared(&flat, &flat), Err(Error::Constant { column: 0, .. })));
    }
}
