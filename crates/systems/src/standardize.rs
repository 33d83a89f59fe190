//! Standardising: mean 0 and standard deviation 1 for each variable.

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, Trajectory};

/// The affine map that gives each variable mean 0 and standard deviation 1, fitted on some trajectories and then
/// applied to any.
///
/// Fit it on the training data alone and apply it to the test data, so that nothing of the test data leaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Standardizer {
    mean: Array1<f64>,
    sd: Array1<f64>,
}

/// A standardizer as it comes from a file, before its rules are checked.
#[derive(Deserialize)]
struct Unchecked {
    mean: Array1<f64>,
    sd: Array1<f64>,
}

impl TryFrom<Unchecked> for Standardizer {
    type Error = Error;

    fn try_from(Unchecked { mean, sd }: Unchecked) -> Result<Self> {
        if mean.len() != sd.len() {
            return Err(Error::Dimension { expected: mean.len(), found: sd.len() });
        }
        if let Some(&value) = mean.iter().find(|value| !value.is_finite()) {
            return Err(Error::OutOfRange { what: "mean", value, requirement: "finite" });
        }
        if let Some(&value) = sd.iter().find(|value| !(value.is_finite() && **value > 0.0)) {
            return Err(Error::OutOfRange {
                what: "standard deviation",
                value,
                requirement: "finite and above 0",
            });
        }
        Ok(Self { mean, sd })
    }
}

impl Standardizer {
    /// Fits means and standard deviations (with T - 1 in the denominator) of the values that are not missing.
    ///
    /// # Errors
    /// [`Error::ConstantColumn`] when a column holds one value only, [`Error::TooFewValues`] when fewer than two of its
    /// values are not missing.
    pub fn fit(trajectory: &Trajectory) -> Result<Self> {
        Self::fit_all([trajectory])
    }

    /// Fits the means and standard deviations of all trajectories pooled into one sample.
    ///
    /// # Errors
    /// As [`Standardizer::fit`]; [`Error::NoTrajectory`] and [`Error::Dimension`] when there is none or they differ in
    /// their number of variables.
    pub fn fit_all<'a>(trajectories: impl IntoIterator<Item = &'a Trajectory>) -> Result<Self> {
        let trajectories: Vec<&Trajectory> = trajectories.into_iter().collect();
        let first = trajectories.first().ok_or(Error::NoTrajectory)?;
        let expected = first.dim();
        if let Some(odd) = trajectories.iter().find(|trajectory| trajectory.dim() != expected) {
            return Err(Error::Dimension { expected, found: odd.dim() });
        }
        let (mut mean, mut sd) = (Array1::zeros(expected), Array1::zeros(expected));
        for column in 0..expected {
            let mut values = Vec::new();
            for trajectory in &trajectories {
                values.extend(trajectory.observed(column)?);
            }
            let name = || first.names()[column].clone();
            if values.len() < 2 {
                return Err(Error::TooFewValues { column, name: name(), observed: values.len(), needed: 2 });
            }
            let (center, spread) = mean_and_sd(&values);
            let (least, most) = values
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &x| (x.min(least), x.max(most)));
            // A range at the level of rounding is no range: dividing by it would blow noise up to order one.
            if most - least <= 4.0 * f64::EPSILON * least.abs().max(most.abs()) {
                return Err(Error::ConstantColumn { column, name: name(), value: values[0] });
            }
            mean[column] = center;
            sd[column] = spread;
        }
        Ok(Self { mean, sd })
    }

    /// Means \[N\].
    pub fn mean(&self) -> &Array1<f64> {
        &self.mean
    }

    /// Standard deviations \[N\].
    pub fn sd(&self) -> &Array1<f64> {
        &self.sd
    }

    /// (x - mean) / sd; missing values stay missing.
    ///
    /// # Errors
    /// [`Error::Dimension`] when the number of variables differs.
    pub fn apply(&self, trajectory: &Trajectory) -> Result<Trajectory> {
        self.check(trajectory)?;
        trajectory.map_observed(|_, column, value| (value - self.mean[column]) / self.sd[column])
    }

    /// mean + sd x: undoes [`Standardizer::apply`]; missing values stay missing.
    ///
    /// # Errors
    /// [`Error::Dimension`] when the number of variables differs.
    pub fn invert(&self, trajectory: &Trajectory) -> Result<Trajectory> {
        self.check(trajectory)?;
        trajectory.map_observed(|_, column, value| self.mean[column] + self.sd[column] * value)
    }

    fn check(&self, trajectory: &Trajectory) -> Result<()> {
        let (expected, found) = (self.mean.len(), trajectory.dim());
        if expected == found { Ok(()) } else { Err(Error::Dimension { expected, found }) }
    }
}

/// Mean and standard deviation (n - 1) of at least two values, in two passes for accuracy.
pub(crate) fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().map(|value| value / n).sum::<f64>();
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn gives_mean_zero_and_unit_variance_with_n_minus_one() {
        let trajectory = Trajectory::new(array![[1.0, 10.0], [2.0, 30.0], [3.0, 50.0]], 1.0).unwrap();
        let standardizer = Standardizer::fit(&trajectory).unwrap();
        assert_eq!(standardizer.mean(), array![2.0, 30.0]);
        assert_eq!(standardizer.sd(), array![1.0, 20.0]);
        let standard = standardizer.apply(&trajectory).unwrap();
        assert_eq!(standard.data(), array![[-1.0, -1.0], [0.0, 0.0], [1.0, 1.0]]);
        assert_eq!(standardizer.invert(&standard).unwrap(), trajectory);
        let text = serde_json::to_string(&standardizer).unwrap();
        assert_eq!(serde_json::from_str::<Standardizer>(&text).unwrap(), standardizer);
        for broken in [text.replace("20.0", "0.0"), text.replace("[2.0,30.0]", "[2.0]").replace("[2]", "[1]")]
        {
            assert_ne!(broken, text);
            assert!(serde_json::from_str::<Standardizer>(&broken).is_err());
        }
    }

    #[test]
    fn a_constant_column_is_refused_however_long_it_is() {
        for (rows, value) in [(2, 0.0), (400, 2.0), (100_000, 0.1), (1_000, -1e9 / 3.0)] {
            let data = Array2::from_shape_fn((rows, 2), |(t, n)| if n == 1 { value } else { t as f64 });
            let error = Standardizer::fit(&Trajectory::new(data, 1.0).unwrap()).unwrap_err();
            assert!(matches!(error, Error::ConstantColumn { column: 1, .. }), "{rows} of {value}: {error}");
        }
    }

    #[test]
    fn does_not_see_missing_values() {
        let nan = f64::NAN;
        let trajectory = Trajectory::from_array_with_missing(array![[1.0], [nan], [3.0]], 1.0).unwrap();
        let standardizer = Standardizer::fit(&trajectory).unwrap();
        assert_eq!(standardizer.mean()[0], 2.0);
        let standard = standardizer.apply(&trajectory).unwrap();
        assert_eq!((standard.data()[[1, 0]], standard.missing_count()), (0.0, 1));
    }

    #[test]
    fn pools_trajectories() {
        let a = Trajectory::new(array![[0.0], [1.0]], 1.0).unwrap();
        let b = Trajectory::new(array![[2.0], [3.0], [4.0]], 1.0).unwrap();
        let pooled = Standardizer::fit_all([&a, &b]).unwrap();
        assert_eq!(pooled.mean()[0], 2.0);
        assert!((pooled.sd()[0] - 2.5_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn names_the_constant_column() {
        let mut data = Array2::from_elem((50, 2), 0.1);
        data.column_mut(0).assign(&Array1::linspace(0.0, 1.0, 50));
        let flat = Trajectory::new(data, 1.0).unwrap().with_names(["fine", "dead"]).unwrap();
        let error = Standardizer::fit(&flat).unwrap_err();
        assert!(error.to_string().contains("column 1 (\"dead\") is constant at 0.1"), "{error}");
        let short = Trajectory::new(array![[1.0]], 1.0).unwrap();
        assert!(matches!(Standardizer::fit(&short), Err(Error::TooFewValues { observed: 1, .. })));
        let other = Trajectory::new(array![[1.0], [2.0]], 1.0).unwrap();
        assert!(matches!(Standardizer::fit_all([&other, &flat]), Err(Error::Dimension { .. })));
        assert!(matches!(Standardizer::fit_all([]), Err(Error::NoTrajectory)));
    }
}
