//! Errors of predicted counts, ranks and classes: Spearman correlation, ordinal prediction error, accuracy.

use attractor_systems::Trajectory;

use crate::power_spectrum::half_range;
use crate::{Error, Result, aligned};

/// Spearman's rank correlation of each variable \[N\], from −1 to 1: the correlation of the ranks, ties sharing their mean
/// rank. For counts and ordinal data, and for anything whose scale is arbitrary.
///
/// A predicted variable that never changes correlates with nothing: 0. Values missing in either trajectory are left out
/// with their partner.
///
/// # Errors
/// [`Error::Dimension`] when shapes differ, [`Error::SamplingStep`] when dt does, [`Error::Constant`] for a true variable
/// that never changes, [`Error::TooShort`] for a variable with less than two pairs.
pub fn spearman_correlation(truth: &Trajectory, predicted: &Trajectory) -> Result<Vec<f64>> {
    aligned::check(truth, predicted)?;
    let mut pairs = vec![(Vec::new(), Vec::new()); truth.dim()];
    for (_, column, x, y) in aligned::known(truth, predicted) {
        pairs[column].0.push(x);
        pairs[column].1.push(y);
    }
    (pairs.iter().enumerate())
        .map(|(column, (x, y))| {
            if x.len() < 2 {
                let what = "pairs of known values of a variable";
                return Err(Error::TooShort { what, needed: 2, found: x.len() });
            }
            if half_range(x.as_slice().into()) == 0.0 {
                return Err(Error::Constant { what: "true trajectory", column });
            }
            let (x, y) = (centred_ranks(x), centred_ranks(y));
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let scale = (product(&x, &x) * product(&y, &y)).sqrt();
            Ok(if scale > 0.0 { (product(&x, &y) / scale).clamp(-1.0, 1.0) } else { 0.0 })
        })
        .collect()
}

/// Ranks less their mean, equal values sharing the mean of their ranks.
fn centred_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let middle = 0.5 * (values.len() - 1) as f64;
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    // +0 and −0 are equal, as chunk_by sees them.
    for ties in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = first as f64 + 0.5 * (ties.len() - 1) as f64 - middle;
        for &i in ties {
            ranks[i] = rank;
        }
        first += ties.len();
    }
    ranks
}

/// The ordinal prediction error of each variable \[N\]: the mean number of levels by which whole numbers are missed
/// \[B24a\].
///
/// # Errors
/// [`Error::Dimension`] when shapes differ, [`Error::SamplingStep`] when dt does, [`Error::NotWhole`],
/// [`Error::TooShort`] for a variable without pairs.
pub fn ordinal_prediction_error(truth: &Trajectory, predicted: &Trajectory) -> Result<Vec<f64>> {
    mean_per_variable(truth, predicted, |x, y| (x - y).abs())
}

/// The accuracy of each variable \[N\]: the share of class labels, whole numbers, that are predicted exactly.
///
/// # Errors
/// As [`ordinal_prediction_error`].
pub fn accuracy(truth: &Trajectory, predicted: &Trajectory) -> Result<Vec<f64>> {
    mean_per_variable(truth, predicted, |x, y| if x == y { 1.0 } else { 0.0 })
}

fn mean_per_variable(
    truth: &Trajectory,
    predicted: &Trajectory,
    term: impl Fn(f64, f64) -> f64,
) -> Result<Vec<f64>> {
    aligned::check(truth, predicted)?;
    let mut sums = vec![(0.0, 0_u64); truth.dim()];
    for (row, column, x, y) in aligned::known(truth, predicted) {
        for (what, value) in [("true trajectory", x), ("predicted trajectory", y)] {
            if value.fract() != 0.0 {
                return Err(Error::NotWhole { what, row, column, value });
            }
        }
        sums[column].0 += term(x, y);
        sums[column].1 += 1;
    }
    (sums.into_iter())
        .map(|(sum, count)| match count {
            0 => Err(Error::TooShort { what: "pairs of known values of a variable", needed: 1, found: 0 }),
            _ => aligned::finite("the error of the prediction", sum / count as f64),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn trajectory(data: Array2<f64>) -> Trajectory {
        Trajectory::from_array_with_missing(data, 1.0).unwrap()
    }

    #[test]
    fn ranks_share_ties() {
        // scipy.stats.spearmanr (SciPy 1.17.1) of the same values.
        let truth = trajectory(array![[1.0], [2.0], [2.0], [5.0], [0.0], [9.0], [7.0]]);
        let predicted = trajectory(array![[3.0], [3.0], [1.0], [4.0], [-2.0], [0.0], [f64::NAN]]);
        let found = spearman_correlation(&truth, &predicted).unwrap()[0];
        assert!((found - 0.279_411_764_705_882_36).abs() < 1e-15, "{found}");
        let flat = trajectory(Array2::from_elem((7, 1), 3.0));
        assert_eq!(spearman_correlation(&truth, &flat).unwrap(), [0.0]);
        assert!(matches!(spearman_correlation(&flat, &truth), Err(Error::Constant { .. })));
    }

    #[test]
    fn levels_and_classes() {
        let truth = trajectory(array![[1.0, 0.0], [2.0, 0.0], [5.0, 1.0], [f64::NAN, 1.0]]);
        let predicted = trajectory(array![[1.0, 0.0], [4.0, 1.0], [4.0, 1.0], [2.0, 1.0]]);
        assert_eq!(ordinal_prediction_error(&truth, &predicted).unwrap(), [1.0, 0.25]);
        assert_eq!(accuracy(&truth, &predicted).unwrap(), [1.0 / 3.0, 0.75]);
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let truth = trajectory(array![[1.0], [2.0]]);
        let half = trajectory(array![[1.0], [2.5]]);
        let error = accuracy(&truth, &half).unwrap_err();
        assert!(matches!(error, Error::NotWhole { row: 1, column: 0, value: 2.5, .. }), "{error}");
        let gaps = trajectory(array![[1.0, f64::NAN], [2.0, f64::NAN]]);
        let full = trajectory(array![[1.0, 2.0], [2.0, 3.0]]);
        assert!(matches!(ordinal_prediction_error(&gaps, &full), Err(Error::TooShort { .. })));
        assert!(matches!(spearman_correlation(&gaps, &full), Err(Error::TooShort { .. })));
        assert!(matches!(accuracy(&truth, &full), Err(Error::Dimension { .. })));
        let far = trajectory(array![[1e308], [-1e308]]);
        let near = trajectory(array![[-1e308], [1e308]]);
        assert!(matches!(ordinal_prediction_error(&far, &near), Err(Error::Overflow { .. })));
    }
}
