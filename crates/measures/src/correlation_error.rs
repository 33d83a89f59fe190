//! How far the correlation functions of a generated trajectory are from those of the true one.

use attractor_systems::Trajectory;
use ndarray::Axis;
use serde::{Deserialize, Serialize};

use crate::power_spectrum::half_range;
use crate::{Error, Result, aligned, autocorrelation, cross_correlation, input};

/// What [`autocorrelation_error`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AutocorrelationError {
    /// The mean of `per_dimension`.
    pub mean: f64,
    /// Root mean squared difference over the lags, of each of the N variables.
    pub per_dimension: Vec<f64>,
    /// Variables that the generated trajectory leaves constant; their correlation counts as 0 at every lag.
    pub dead: Vec<usize>,
}

/// What [`cross_correlation_error`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossCorrelationError {
    /// The mean of `per_pair`.
    pub mean: f64,
    /// Variables i < j and the root mean squared difference of `r_ij` over the lags.
    pub per_pair: Vec<(usize, usize, f64)>,
    /// Variables that the generated trajectory leaves constant; their correlation counts as 0 at every lag.
    pub dead: Vec<usize>,
}

/// The error of the [`autocorrelation`] at lags 1 to `max_lag`
///
/// $$ \frac{1}{N} \sum_n \sqrt{\frac{1}{K} \sum_{k=1}^{K} (r_n(k) - \hat r_n(k))^2} $$
///
/// The lengths of the trajectories may differ; each estimate has the noise of its own length.
///
/// # Errors
/// [`Error::Dimension`] when N differs, [`Error::SamplingStep`] when dt does, [`Error::Constant`] for a true variable
/// that never changes, [`Error::Setting`] for no lags, and those of [`autocorrelation`].
pub fn autocorrelation_error(
    truth: &Trajectory,
    generated: &Trajectory,
    max_lag: usize,
) -> Result<AutocorrelationError> {
    let dead = check(truth, generated, max_lag)?;
    let (p, q) = (autocorrelation(truth, max_lag)?, autocorrelation(generated, max_lag)?);
    let per_dimension: Vec<f64> = (p.axis_iter(Axis(1)).zip(q.axis_iter(Axis(1))))
        .map(|(p, q)| {
            let squares: f64 = p.iter().zip(q).skip(1).map(|(p, q)| (p - q).powi(2)).sum();
            (squares / max_lag as f64).sqrt()
        })
        .collect();
    let mean = per_dimension.iter().sum::<f64>() / per_dimension.len() as f64;
    Ok(AutocorrelationError { mean, per_dimension, dead })
}

/// The error of the [`cross_correlation`] of all pairs of variables at lags −`max_lag` to `max_lag`, as in
/// [`autocorrelation_error`] with pairs i < j for variables.
///
/// # Errors
/// As [`autocorrelation_error`], and [`Error::TooShort`] for a single variable.
pub fn cross_correlation_error(
    truth: &Trajectory,
    generated: &Trajectory,
    max_lag: usize,
) -> Result<CrossCorrelationError> {
    let dead = check(truth, generated, max_lag)?;
    let dim = truth.dim();
    if dim < 2 {
        return Err(Error::TooShort { what: "variables", needed: 2, found: dim });
    }
    let (p, q) = (cross_correlation(truth, max_lag)?, cross_correlation(generated, max_lag)?);
    let mut per_pair = Vec::with_capacity(dim * (dim - 1) / 2);
    for j in 1..dim {
        for i in 0..j {
            let squares: f64 = (0..=2 * max_lag).map(|k| (p[[k, i, j]] - q[[k, i, j]]).powi(2)).sum();
            per_pair.push((i, j, (squares / (2 * max_lag + 1) as f64).sqrt()));
        }
    }
    let mean = per_pair.iter().map(|(_, _, error)| error).sum::<f64>() / per_pair.len() as f64;
    Ok(CrossCorrelationError { mean, per_pair, dead })
}

/// Checks both, and finds the variables that only the generated trajectory leaves constant.
fn check(truth: &Trajectory, generated: &Trajectory, max_lag: usize) -> Result<Vec<usize>> {
    input::same("variables N of the generated trajectory", truth.dim(), generated.dim())?;
    aligned::sampling(truth, generated)?;
    if max_lag == 0 {
        return Err(Error::Setting { setting: "max_lag", value: 0.0, requirement: "at least 1" });
    }
    let truth = input::without_gaps(truth, "true trajectory")?;
    let generated = input::without_gaps(generated, "generated trajectory")?;
    if let Some(column) = truth.columns().into_iter().position(|x| half_range(x) == 0.0) {
        return Err(Error::Constant { what: "true trajectory", column });
    }
    Ok((0..generated.ncols()).filter(|&n| half_range(generated.column(n)) == 0.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use std::f64::consts::TAU;

    /// Whole turns of waves at phases 0 and `phase`.
    fn waves(turns: f64, phase: f64) -> Trajectory {
        let data = Array2::from_shape_fn((4000, 2), |(t, n)| {
            (TAU * turns * t as f64 / 4000.0 - n as f64 * phase).sin()
        });
        Trajectory::new(data, 0.1).unwrap()
    }

    #[test]
    fn of_two_waves_is_their_difference() {
        // r(k) is (1 − k/T) cos(ω k), up to O(1/T).
        let (slow, fast) = (waves(40.0, 1.0), waves(80.0, 1.0));
        let found = autocorrelation_error(&slow, &fast, 100).unwrap();
        let r = |omega: f64, k: f64| (1.0 - k / 4000.0) * (omega * k).cos();
        let squares: f64 =
            (1..=100).map(|k| (r(TAU * 0.01, f64::from(k)) - r(TAU * 0.02, f64::from(k))).powi(2)).sum();
        assert!((found.mean - (squares / 100.0).sqrt()).abs() < 2e-3, "{found:?}");
        assert_eq!(autocorrelation_error(&slow, &slow, 100).unwrap().mean, 0.0);
        // The phase shows in the cross-correlation alone.
        let shifted = waves(40.0, 2.0);
        assert!(autocorrelation_error(&slow, &shifted, 100).unwrap().mean < 1e-3);
        // cos(ωk − 1) − cos(ωk − 2) = 2 sin(1/2) sin(ωk − 3/2), whose mean square over whole turns is 2 sin²(1/2).
        let cross = cross_correlation_error(&slow, &shifted, 100).unwrap();
        assert!((cross.mean - 2.0_f64.sqrt() * 0.5_f64.sin()).abs() < 1e-2, "{cross:?}");
        assert_eq!((cross.per_pair[0].0, cross.per_pair[0].1), (0, 1));
    }

    #[test]
    fn a_dead_variable_correlates_with_nothing() {
        let truth = waves(40.0, 1.0);
        let mut data = truth.data().to_owned();
        data.column_mut(1).fill(3.0);
        let dead = Trajectory::new(data, 0.1).unwrap();
        let found = autocorrelation_error(&truth, &dead, 400).unwrap();
        assert_eq!(found.dead, [1]);
        assert!(found.per_dimension[0] == 0.0 && (found.per_dimension[1] - 0.5_f64.sqrt()).abs() < 0.05);
        assert!(matches!(autocorrelation_error(&dead, &truth, 9), Err(Error::Constant { column: 1, .. })));
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let truth = waves(40.0, 1.0);
        assert!(matches!(autocorrelation_error(&truth, &truth, 0), Err(Error::Setting { .. })));
        assert!(matches!(autocorrelation_error(&truth, &truth, 4000), Err(Error::TooShort { .. })));
        let one = Trajectory::new(array![[1.0], [2.0], [4.0]], 0.1).unwrap();
        assert!(matches!(cross_correlation_error(&one, &one, 1), Err(Error::TooShort { .. })));
        assert!(matches!(autocorrelation_error(&truth, &one, 1), Err(Error::Dimension { .. })));
    }
}
