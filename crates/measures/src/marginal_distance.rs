//! The Hellinger distance between the distributions of single variables.

use attractor_systems::Trajectory;
use serde::{Deserialize, Serialize};

use crate::power_spectrum::half_range;
use crate::{Error, Result, input};

/// What [`marginal_hellinger_distance`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarginalDistance {
    /// The mean of `per_dimension`, from 0 (same) to 1 (no bin in common).
    pub mean: f64,
    /// Hellinger distance of each of the N variables.
    pub per_dimension: Vec<f64>,
}

/// The Hellinger distance between the histograms of each variable, and their mean
///
/// $$ H_n = \sqrt{1 - \sum_i \sqrt{p_{ni} q_{ni}}} $$
///
/// over `bins` bins from the least to the largest true value, and one more to each side for what lies outside, so that
/// no point is lost. Unlike [`state_space_divergence`](crate::state_space_divergence) it works for any number of
/// variables, and does not see how they go together. Missing values are left out.
///
/// # Errors
/// [`Error::Dimension`] when N differs, [`Error::Constant`] for a true variable that never changes,
/// [`Error::TooShort`] for a variable that is missing throughout, [`Error::Setting`] for no bins or more than 10^8.
pub fn marginal_hellinger_distance(
    truth: &Trajectory,
    generated: &Trajectory,
    bins: usize,
) -> Result<MarginalDistance> {
    input::same("variables N of the generated trajectory", truth.dim(), generated.dim())?;
    if !(1..=100_000_000).contains(&bins) {
        return Err(Error::Setting { setting: "bins", value: bins as f64, requirement: "from 1 to 1e8" });
    }
    let mut per_dimension = Vec::with_capacity(truth.dim());
    for column in 0..truth.dim() {
        let x: Vec<f64> = truth.observed(column)?.collect();
        let y: Vec<f64> = generated.observed(column)?.collect();
        for (what, values) in
            [("known values of a true variable", &x), ("known values of a generated variable", &y)]
        {
            if values.is_empty() {
                return Err(Error::TooShort { what, needed: 1, found: 0 });
            }
        }
        let half = half_range(x.as_slice().into());
        if half == 0.0 {
            return Err(Error::Constant { what: "true trajectory", column });
        }
        let low = x.iter().copied().fold(f64::INFINITY, f64::min);
        let high = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let histogram = |values: &[f64]| {
            let mut counts = vec![0_u64; bins + 2];
            for &value in values {
                let bin = match value {
                    v if v < low => 0,
                    v if v > high => bins + 1,
                    // Halved, no difference overflows.
                    v => 1 + (((0.5 * v - 0.5 * low) / half * bins as f64) as usize).min(bins - 1),
                };
                counts[bin] += 1;
            }
            counts
        };
        let total = (x.len() as f64 * y.len() as f64).sqrt();
        let overlap: f64 = histogram(&x)
            .into_iter()
            .zip(histogram(&y))
            .map(|(p, q)| (p as f64 * q as f64).sqrt() / total)
            .sum();
        per_dimension.push((1.0 - overlap).max(0.0).sqrt());
    }
    let mean = per_dimension.iter().sum::<f64>() / per_dimension.len() as f64;
    Ok(MarginalDistance { mean, per_dimension })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn trajectory(data: Array2<f64>) -> Trajectory {
        Trajectory::from_array_with_missing(data, 1.0).unwrap()
    }

    #[test]
    fn of_two_bins_by_hand() {
        // Bins [0, 1) and [1, 2]: 3/4 and 1/4 against 1/5 and 2/5, and 2/5 outside.
        let truth = trajectory(array![[0.0], [0.1], [0.9], [2.0], [f64::NAN]]);
        let generated = trajectory(array![[0.5], [1.0], [1.9], [-0.1], [1e300]]);
        let found = marginal_hellinger_distance(&truth, &generated, 2).unwrap();
        let expected = (1.0 - (0.75_f64 * 0.2).sqrt() - (0.25_f64 * 0.4).sqrt()).sqrt();
        assert!((found.mean - expected).abs() < 1e-15, "{found:?} {expected}");
        let far = trajectory(array![[-1e300]]);
        assert_eq!(marginal_hellinger_distance(&truth, &far, 2).unwrap().mean, 1.0);
        assert!(marginal_hellinger_distance(&truth, &truth, 2).unwrap().mean < 1e-7);
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let truth = trajectory(array![[0.0, 1.0], [1.0, 1.0]]);
        let error = marginal_hellinger_distance(&truth, &truth, 10).unwrap_err();
        assert!(matches!(error, Error::Constant { column: 1, .. }));
        let error = marginal_hellinger_distance(&truth, &truth, 0).unwrap_err();
        assert!(matches!(error, Error::Setting { .. }));
        let gaps = trajectory(array![[f64::NAN], [f64::NAN]]);
        let line = trajectory(array![[0.0], [1.0]]);
        assert!(matches!(marginal_hellinger_distance(&line, &gaps, 10), Err(Error::TooShort { .. })));
    }
}
