//! The valid prediction time: for how long a forecast stays near the truth.

use attractor_systems::Trajectory;
use serde::{Deserialize, Serialize};

use crate::{Result, aligned, input};

/// What [`valid_prediction_time`] found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidPredictionTime {
    /// Row of the first sample whose error exceeds the threshold; T where none does.
    pub steps: usize,
    /// The same in time units, `steps` · dt.
    pub time: f64,
    /// Whether no error exceeds the threshold: the forecast may be valid for longer than the data.
    pub to_the_end: bool,
}

impl ValidPredictionTime {
    /// The time in Lyapunov times 1/λ, with `exponent` λ the largest Lyapunov exponent per time unit.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) when λ is not finite and positive: then the system has no Lyapunov time.
    pub fn lyapunov_times(&self, exponent: f64) -> Result<f64> {
        input::positive("exponent", exponent)?;
        Ok(self.time * exponent)
    }
}

/// The time at which the normalised error of a forecast first exceeds a threshold ε
///
/// $$ \min \left\\{ t : \sqrt{\frac{1}{N} \sum_n \frac{(x_{tn} - y_{tn})^2}{\sigma_n^2}} > \varepsilon \right\\} $$
///
/// with σ the standard deviation of each true variable over the trajectory (with T). Thresholds in use run from 0.3 to
/// 0.5; 0.4 is common. Row 0 is time 0, where a forecast starts. Values missing in either trajectory are left out; a
/// row without any says nothing. Give a truth that is long enough for σ to be that of the attractor.
///
/// # Errors
/// [`Error::Dimension`](crate::Error::Dimension) when shapes differ, [`Error::SamplingStep`](crate::Error::SamplingStep) when dt does, [`Error::Constant`](crate::Error::Constant) for a true
/// variable that never changes, [`Error::TooShort`](crate::Error::TooShort) when no value is known in both, [`Error::Setting`](crate::Error::Setting) for a threshold
/// that is not finite and positive, [`Error::Overflow`](crate::Error::Overflow).
pub fn valid_prediction_time(
    truth: &Trajectory,
    forecast: &Trajectory,
    threshold: f64,
) -> Result<ValidPredictionTime> {
    input::positive("threshold", threshold)?;
    aligned::check(truth, forecast)?;
    let deviations = aligned::deviations(truth)?;
    let mut steps = truth.len();
    let (mut row, mut sum, mut count) = (0, 0.0, 0_u64);
    let exceeds = |sum: f64, count: u64| count > 0 && (sum / count as f64).sqrt() > threshold;
    for (t, n, x, y) in aligned::known(truth, forecast) {
        if t != row {
            if exceeds(sum, count) {
                break;
            }
            (row, sum, count) = (t, 0.0, 0);
        }
        // An infinite error exceeds every threshold.
        sum += ((x - y) / deviations[n]).powi(2);
        count += 1;
    }
    if exceeds(sum, count) {
        steps = row;
    }
    let to_the_end = steps == truth.len();
    Ok(ValidPredictionTime { steps, time: steps as f64 * truth.dt(), to_the_end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use ndarray::Array2;

    fn line(values: impl IntoIterator<Item = f64>) -> Trajectory {
        let values: Vec<f64> = values.into_iter().collect();
        Trajectory::from_array_with_missing(
            Array2::from_shape_vec((values.len() / 2, 2), values).unwrap(),
            0.1,
        )
        .unwrap()
    }

    #[test]
    fn is_the_first_row_over_the_threshold() {
        // Both variables have variance 1.
        let truth = line((0..20).map(|i| if i / 2 % 2 == 0 { 1.0 } else { -1.0 }));
        // The error grows by 0.1 a row in one of two variables: 0.1 t / √2.
        let forecast = line((0..20).map(|i| {
            let x = if i / 2 % 2 == 0 { 1.0 } else { -1.0 };
            if i % 2 == 0 { x + 0.1 * f64::from(i / 2) } else { x }
        }));
        let found = valid_prediction_time(&truth, &forecast, 0.4).unwrap();
        assert_eq!((found.steps, found.to_the_end), (6, false));
        assert!((found.time - 0.6).abs() < 1e-15);
        assert!((found.lyapunov_times(0.9).unwrap() - 0.54).abs() < 1e-15);
        let all = valid_prediction_time(&truth, &forecast, 1.0).unwrap();
        assert_eq!((all.steps, all.to_the_end), (10, true));
        assert!(matches!(found.lyapunov_times(-0.1), Err(Error::Setting { .. })));
        assert!(matches!(valid_prediction_time(&truth, &forecast, 0.0), Err(Error::Setting { .. })));
    }

    #[test]
    fn sees_the_last_row_and_skips_gaps() {
        let truth = line([1.0, 1.0, -1.0, -1.0, 1.0, 1.0]);
        let last = line([1.0, 1.0, -1.0, -1.0, 9.0, 1.0]);
        assert_eq!(valid_prediction_time(&truth, &last, 0.4).unwrap().steps, 2);
        let gap = line([1.0, 1.0, f64::NAN, f64::NAN, 1.0, 1e200]);
        assert_eq!(valid_prediction_time(&truth, &gap, 0.4).unwrap().steps, 2);
        let first = line([1e300, 1.0, -1.0, -1.0, 1.0, 1.0]);
        assert_eq!(valid_prediction_time(&truth, &first, 0.4).unwrap().steps, 0);
    }
}
