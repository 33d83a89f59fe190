//! Errors of a forecast, value by value: MAE, RMSE, NRMSE, MASE, sMAPE.
//!
//! They judge a forecast up to the time for which the system can be predicted. Deep in time, two orbits of one chaotic
//! system are as far apart as two random points of its attractor: there these errors are those of a good model or worse
//! than those of a constant, and only measures of invariants tell models apart.

use attractor_systems::Trajectory;

use crate::{Error, Result, aligned};

/// The mean absolute error over all T·N values, in units of the data; what is missing in either is left out.
///
/// # Errors
/// [`Error::Dimension`] when shapes differ, [`Error::SamplingStep`] when dt does, [`Error::TooShort`] when no value is
/// known in both, [`Error::Overflow`].
pub fn mean_absolute_error(truth: &Trajectory, forecast: &Trajectory) -> Result<f64> {
    mean_of(truth, forecast, |_, x, y| (x - y).abs())
}

/// The root mean squared error over all T·N values, in units of the data; what is missing in either is left out.
///
/// # Errors
/// As [`mean_absolute_error`].
pub fn root_mean_squared_error(truth: &Trajectory, forecast: &Trajectory) -> Result<f64> {
    Ok(mean_of(truth, forecast, |_, x, y| (x - y).powi(2))?.sqrt())
}

/// The root mean squared error with each variable in units of its own true standard deviation σ (with T)
///
/// $$ NRMSE = \sqrt{\frac{1}{TN} \sum_{t,n} \frac{(x_{tn} - y_{tn})^2}{\sigma_n^2}} $$
///
/// A forecast by the mean scores 1.
///
/// # Errors
/// As [`mean_absolute_error`], and [`Error::Constant`] for a true variable that never changes.
pub fn normalised_root_mean_squared_error(truth: &Trajectory, forecast: &Trajectory) -> Result<f64> {
    aligned::check(truth, forecast)?;
    let deviations = aligned::deviations(truth)?;
    Ok(mean_of(truth, forecast, |n, x, y| ((x - y) / deviations[n]).powi(2))?.sqrt())
}

/// The mean absolute scaled error \[HK06\]: the mean absolute error over that of the forecast that repeats what was
/// `season` steps before, on `training`, or on the truth itself where there is none
///
/// $$ MASE = \frac{\frac{1}{TN} \sum_{t,n} |x_{tn} - y_{tn}|}{\frac{1}{(T'-m)N} \sum_{t>m,n} |x'_{tn} - x'_{t-m,n}|} $$
///
/// Both means run over all variables. Below 1 the forecast beats the repetition one season ahead.
///
/// # Errors
/// As [`mean_absolute_error`], [`Error::Setting`] for a season of 0, [`Error::TooShort`] when no two training values
/// are a season apart, [`Error::Constant`] where the training data repeat exactly.
pub fn mean_absolute_scaled_error(
    truth: &Trajectory,
    forecast: &Trajectory,
    training: Option<&Trajectory>,
    season: usize,
) -> Result<f64> {
    if season == 0 {
        return Err(Error::Setting { setting: "season", value: 0.0, requirement: "at least 1" });
    }
    let error = mean_absolute_error(truth, forecast)?;
    let training = training.unwrap_or(truth);
    crate::input::same("variables N of the training data", truth.dim(), training.dim())?;
    if training.len() <= season {
        let what = "samples of the training data";
        return Err(Error::TooShort { what, needed: season + 1, found: training.len() });
    }
    let data = training.data();
    let (mut sum, mut count) = (0.0, 0_u64);
    for (before, now) in (season..training.len()).enumerate() {
        for n in 0..training.dim() {
            if !training.is_missing(before, n) && !training.is_missing(now, n) {
                sum += (data[[now, n]] - data[[before, n]]).abs();
                count += 1;
            }
        }
    }
    if count == 0 {
        return Err(Error::TooShort { what: "training values a season apart", needed: 1, found: 0 });
    }
    let scale = aligned::finite("the error of the repeating forecast", sum / count as f64)?;
    if scale == 0.0 {
        return Err(Error::Constant { what: "training data, from season to season", column: 0 });
    }
    aligned::finite("the mean absolute scaled error", error / scale)
}

/// The symmetric mean absolute percentage error, from 0 to 100
///
/// $$ sMAPE = \frac{100}{TN} \sum_{t,n} \frac{|x_{tn} - y_{tn}|}{|x_{tn}| + |y_{tn}|} $$
///
/// with 0 for a term of two zeros. The other convention in use is twice that. It depends on where zero lies: for data
/// that change sign it is near 100 whenever the sign is wrong.
///
/// # Errors
/// As [`mean_absolute_error`].
pub fn symmetric_mean_absolute_percentage_error(truth: &Trajectory, forecast: &Trajectory) -> Result<f64> {
    // Halved, the sums cannot overflow.
    let term = |_, x: f64, y: f64| match 0.5 * x.abs() + 0.5 * y.abs() {
        0.0 => 0.0,
        size => (0.5 * x - 0.5 * y).abs() / size,
    };
    Ok(100.0 * mean_of(truth, forecast, term)?)
}

/// The mean of a term over the values known in both.
fn mean_of(truth: &Trajectory, forecast: &Trajectory, term: impl Fn(usize, f64, f64) -> f64) -> Result<f64> {
    aligned::check(truth, forecast)?;
    let (mut sum, mut count) = (0.0, 0_u64);
    for (_, n, x, y) in aligned::known(truth, forecast) {
        sum += term(n, x, y);
        count += 1;
    }
    aligned::finite("the error of the forecast", sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn trajectory(data: Array2<f64>) -> Trajectory {
        Trajectory::from_array_with_missing(data, 0.5).unwrap()
    }

    #[test]
    fn of_a_few_values_by_hand() {
        let truth = trajectory(array![[0.0, 2.0], [4.0, 2.0], [8.0, 8.0]]);
        let forecast = trajectory(array![[1.0, 2.0], [4.0, -2.0], [6.0, f64::NAN]]);
        // Differences 1, 0, 0, 4, 2 and one unknown.
        assert_eq!(mean_absolute_error(&truth, &forecast).unwrap(), 7.0 / 5.0);
        assert_eq!(root_mean_squared_error(&truth, &forecast).unwrap(), (21.0_f64 / 5.0).sqrt());
        // Variances 32/3 and 8.
        let expected = ((5.0 / (32.0 / 3.0) + 16.0 / 8.0) / 5.0_f64).sqrt();
        assert!((normalised_root_mean_squared_error(&truth, &forecast).unwrap() - expected).abs() < 1e-15);
        // One step apart the truth moves by 4, 0, 4, 6 on average 3.5; two steps apart by 8 and 6.
        let scaled = |season| mean_absolute_scaled_error(&truth, &forecast, None, season).unwrap();
        assert_eq!((scaled(1), scaled(2)), (1.4 / 3.5, 1.4 / 7.0));
        // 1/1, 0/4, 0/8, 4/4, 2/14.
        let percentage = symmetric_mean_absolute_percentage_error(&truth, &forecast).unwrap();
        assert!((percentage - 20.0 * (2.0 + 1.0 / 7.0)).abs() < 1e-13);
    }

    #[test]
    fn the_mean_scores_one() {
        let truth = trajectory(Array2::from_shape_fn((50, 2), |(t, n)| (t as f64 * 0.3).sin() + n as f64));
        let mean = truth.data().mean_axis(ndarray::Axis(0)).unwrap();
        let forecast = trajectory(Array2::from_shape_fn((50, 2), |(_, n)| mean[n]));
        assert!((normalised_root_mean_squared_error(&truth, &forecast).unwrap() - 1.0).abs() < 1e-14);
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let truth = trajectory(array![[0.0], [1.0], [0.0]]);
        let short = trajectory(array![[0.0], [1.0]]);
        let far = trajectory(array![[1e200], [1e200], [1e200]]);
        let gaps = trajectory(Array2::from_elem((3, 1), f64::NAN));
        let flat = trajectory(array![[2.0], [2.0], [2.0]]);
        assert!(matches!(mean_absolute_error(&truth, &short), Err(Error::Dimension { found: 2, .. })));
        assert!(matches!(mean_absolute_error(&truth, &gaps), Err(Error::TooShort { .. })));
        assert!(matches!(root_mean_squared_error(&truth, &far), Err(Error::Overflow { .. })));
        assert!(matches!(
            normalised_root_mean_squared_error(&flat, &truth),
            Err(Error::Constant { column: 0, .. })
        ));
        let scaled = |truth, season| mean_absolute_scaled_error(truth, &far, None, season);
        assert!(matches!(scaled(&flat, 1), Err(Error::Constant { .. })));
        assert!(matches!(scaled(&truth, 3), Err(Error::TooShort { needed: 4, found: 3, .. })));
        assert!(matches!(scaled(&truth, 0), Err(Error::Setting { .. })));
        let slow = truth.clone().with_dt(1.0).unwrap();
        assert!(matches!(mean_absolute_error(&truth, &slow), Err(Error::SamplingStep { .. })));
    }
}
