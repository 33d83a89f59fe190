//! The maximum mean discrepancy: do two trajectories visit states with the same probabilities, without any bins?

use attractor_systems::Trajectory;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, exponential, input};

/// Rows, and columns, whose distances are held at once.
const BLOCK: [usize; 2] = [8, 2048];

/// Points of each trajectory that the median of the distances is taken over, at most.
const MEDIAN_POINTS: usize = 500;

/// The width ℓ of the kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Bandwidth {
    /// The median distance between points of both trajectories, over at most 500 evenly spaced points of each. The
    /// default. It depends on the generated trajectory: fix ℓ to compare models.
    #[default]
    MedianDistance,
    /// This ℓ, in units of the data.
    Fixed(f64),
}

/// What [`maximum_mean_discrepancy`] found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaximumMeanDiscrepancy {
    /// The biased estimate of MMD² (V-statistic): 0 for identical samples, from 0 to 2, above 0 by about 2/T for samples
    /// of one distribution.
    pub biased: f64,
    /// The unbiased estimate of MMD² (U-statistic), which can be negative.
    pub unbiased: f64,
    /// The width ℓ of the kernel.
    pub bandwidth: f64,
    /// Points of the true trajectory, rows with missing values left out.
    pub points_true: usize,
    /// Points of the generated trajectory, rows with missing values left out.
    pub points_generated: usize,
}

/// The squared maximum mean discrepancy between the points of two trajectories \[G12\]
///
/// $$ MMD^2 = E[k(x, x')] + E[k(y, y')] - 2 E[k(x, y)], \qquad k(x, y) = e^{-\|x - y\|^2 / 2\ell^2} $$
///
/// with the means over all pairs (biased) or over pairs of different points (unbiased). Points of a trajectory depend
/// on each other: the estimate is fine, but tests of significance for independent samples are not.
///
/// # Shapes
/// `truth`: \[T, N\], `generated`: \[T', N\]; the lengths may differ. The cost is that of (T + T')²/2 exponentials.
///
/// # Errors
/// [`Error::Dimension`] when N differs, [`Error::TooShort`] for less than two complete rows, [`Error::Setting`] for a
/// width outside 1e-100 to 1e100, which a median of 0 is too, [`Error::NonFinite`].
pub fn maximum_mean_discrepancy(
    truth: &Trajectory,
    generated: &Trajectory,
    bandwidth: Bandwidth,
) -> Result<MaximumMeanDiscrepancy> {
    input::same("variables N of the generated trajectory", truth.dim(), generated.dim())?;
    let truth = input::complete_rows(truth, "true trajectory")?;
    let generated = input::complete_rows(generated, "generated trajectory")?;
    for (what, found) in [
        ("complete rows of the true trajectory", truth.nrows()),
        ("complete rows of the generated trajectory", generated.nrows()),
    ] {
        if found < 2 {
            return Err(Error::TooShort { what, needed: 2, found });
        }
    }
    let bandwidth = match bandwidth {
        Bandwidth::Fixed(bandwidth) => bandwidth,
        Bandwidth::MedianDistance => median_distance(truth.view(), generated.view()),
    };
    if !(1e-100..=1e100).contains(&bandwidth) {
        let requirement = "from 1e-100 to 1e100 (the median of the distances may not be: give a width)";
        return Err(Error::Setting { setting: "bandwidth", value: bandwidth, requirement });
    }
    // Distances survive the expansion of the square best around the middle of the points.
    let (x_centre, y_centre) = (centre(truth.view()), centre(generated.view()));
    let points = |rows: ArrayView2<'_, f64>, centre| Points::new((&rows - centre) / bandwidth);
    let (x, y) = (points(truth.view(), &x_centre), points(generated.view(), &y_centre));
    let y_from_x = points(generated.view(), &x_centre);
    let (n, m) = (x.len() as f64, y.len() as f64);
    // Sums over pairs of different points, each counted once.
    let (xx, yy, xy) = (x.kernels_within(), y.kernels_within(), x.kernels(&y_from_x));
    let cross = 2.0 * xy / (n * m);
    let biased = (2.0 * xx + n) / (n * n) + (2.0 * yy + m) / (m * m) - cross;
    let unbiased = 2.0 * xx / (n * (n - 1.0)) + 2.0 * yy / (m * (m - 1.0)) - cross;
    Ok(MaximumMeanDiscrepancy {
        biased: biased.max(0.0),
        unbiased,
        bandwidth,
        points_true: x.len(),
        points_generated: y.len(),
    })
}

fn centre(points: ArrayView2<'_, f64>) -> Array1<f64> {
    let count = points.nrows() as f64;
    points.map_axis(Axis(0), |x| x.iter().map(|x| x / count).sum())
}

/// The median distance between points of both, evenly thinned.
fn median_distance(truth: ArrayView2<'_, f64>, generated: ArrayView2<'_, f64>) -> f64 {
    let mut points = Vec::new();
    for rows in [truth, generated] {
        let kept = rows.nrows().min(MEDIAN_POINTS);
        points.extend((0..kept).map(|i| rows.row(i * rows.nrows() / kept).to_owned()));
    }
    let mut distances = Vec::with_capacity(points.len() * (points.len() - 1) / 2);
    for (i, a) in points.iter().enumerate() {
        for b in &points[..i] {
            distances.push(a.iter().zip(b).fold(0.0, |sum: f64, (a, b)| sum.hypot(a - b)));
        }
    }
    let middle = distances.len() / 2;
    *distances.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Points \[T, N\] in units of the width, and their squares.
struct Points {
    rows: Array2<f64>,
    squares: Vec<f64>,
}

impl Points {
    fn new(rows: Array2<f64>) -> Self {
        let squares = rows.rows().into_iter().map(|row| row.dot(&row)).collect();
        Self { rows, squares }
    }

    fn len(&self) -> usize {
        self.rows.nrows()
    }

    /// Σ k over all pairs of a point here and one there.
    fn kernels(&self, other: &Self) -> f64 {
        self.sum(other, |_| 0)
    }

    /// Σ k over all pairs of two points here, each pair once.
    fn kernels_within(&self) -> f64 {
        self.sum(self, |row| row + 1)
    }

    /// Σ k over each row here and the rows there from `first(row)` on.
    fn sum(&self, other: &Self, first: impl Fn(usize) -> usize) -> f64 {
        let [height, width] = BLOCK;
        let mut products = Array2::zeros((height.min(self.len()), width.min(other.len())));
        let mut total = 0.0;
        for top in (0..self.len()).step_by(height) {
            let bottom = self.len().min(top + height);
            for left in (first(top)..other.len()).step_by(width) {
                let right = other.len().min(left + width);
                let mut products = products.slice_mut(s![..bottom - top, ..right - left]);
                let (a, b) = (self.rows.slice(s![top..bottom, ..]), other.rows.slice(s![left..right, ..]));
                general_mat_mul(1.0, &a, &b.t(), 0.0, &mut products);
                for (row, mut values) in (top..bottom).zip(products.rows_mut()) {
                    let square = self.squares[row];
                    let values = values.as_slice_mut().unwrap_or_default();
                    exponential::exponents(values, square, &other.squares[left..right], -0.5, 700.0);
                    let skipped = first(row).saturating_sub(left).min(values.len());
                    total += exponential::sum_exp(&values[skipped..], 0.0);
                }
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn trajectory(data: Array2<f64>) -> Trajectory {
        Trajectory::from_array_with_missing(data, 1.0).unwrap()
    }

    #[test]
    fn of_a_few_points_by_hand() {
        let x = trajectory(array![[0.0, 0.0], [3.0, 4.0], [f64::NAN, 1.0]]);
        let y = trajectory(array![[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]);
        let k = |square: f64| (-square / 8.0_f64).exp();
        let within = [k(25.0), k(1.0) + k(2.0) + k(1.0)];
        let between = k(1.0) + k(0.0) + k(1.0) + k(18.0) + k(25.0) + k(20.0);
        let found = maximum_mean_discrepancy(&x, &y, Bandwidth::Fixed(2.0)).unwrap();
        let biased = (2.0 + 2.0 * within[0]) / 4.0 + (3.0 + 2.0 * within[1]) / 9.0 - between / 3.0;
        let unbiased = within[0] + within[1] / 3.0 - between / 3.0;
        assert!((found.biased - biased).abs() < 1e-15, "{found:?} {biased}");
        assert!((found.unbiased - unbiased).abs() < 1e-15, "{found:?} {unbiased}");
        assert_eq!((found.points_true, found.points_generated), (2, 3));
    }

    #[test]
    fn blocks_leave_nothing_out() {
        let wave = |rows, phase: f64| {
            trajectory(Array2::from_shape_fn((rows, 2), |(t, n)| (0.37 * t as f64 + n as f64 + phase).sin()))
        };
        for (n, m) in [(2, 2), (9, 2049), (2100, 37)] {
            let (x, y) = (wave(n, 0.0), wave(m, 0.4));
            let found = maximum_mean_discrepancy(&x, &y, Bandwidth::Fixed(0.7)).unwrap();
            let mean = |a: &Trajectory, b: &Trajectory| {
                let mut sum = 0.0;
                for a in a.data().rows() {
                    for b in b.data().rows() {
                        sum += (-(&a - &b).mapv(|d| d * d).sum() / 0.98).exp();
                    }
                }
                sum / (a.len() * b.len()) as f64
            };
            let expected = mean(&x, &x) + mean(&y, &y) - 2.0 * mean(&x, &y);
            assert!((found.biased - expected).abs() < 1e-12, "{n} {m}: {found:?} {expected}");
        }
        let x = wave(100, 0.0);
        assert!(maximum_mean_discrepancy(&x, &x, Bandwidth::MedianDistance).unwrap().biased < 1e-13);
    }

    #[test]
    fn the_median_is_that_of_all_distances_of_few_points() {
        // Distances 1, 4, 9, 3, 8, 5: the upper of the two in the middle.
        let found = maximum_mean_discrepancy(
            &trajectory(array![[0.0], [1.0]]),
            &trajectory(array![[4.0], [9.0]]),
            Bandwidth::MedianDistance,
        );
        assert_eq!(found.unwrap().bandwidth, 5.0);
    }

    #[test]
    fn far_away_is_two() {
        let x = trajectory(array![[0.0], [1e-9]]);
        for y in [1e3, 1e200, 1e308] {
            let y = trajectory(array![[y], [y]]);
            let found = maximum_mean_discrepancy(&x, &y, Bandwidth::Fixed(1.0)).unwrap();
            assert!((found.biased - 2.0).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let x = trajectory(array![[0.0], [1.0]]);
        let refuse = |y: Array2<f64>, width| maximum_mean_discrepancy(&x, &trajectory(y), width).unwrap_err();
        assert!(matches!(refuse(array![[0.0]], Bandwidth::Fixed(1.0)), Error::TooShort { found: 1, .. }));
        assert!(matches!(refuse(array![[0.0, 1.0]], Bandwidth::Fixed(1.0)), Error::Dimension { .. }));
        for width in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = refuse(array![[0.0], [1.0]], Bandwidth::Fixed(width));
            assert!(matches!(error, Error::Setting { .. }));
        }
        let dead = trajectory(Array2::zeros((5, 1)));
        let error = maximum_mean_discrepancy(&dead, &dead, Bandwidth::MedianDistance).unwrap_err();
        assert!(matches!(error, Error::Setting { value: 0.0, .. }));
    }
}
