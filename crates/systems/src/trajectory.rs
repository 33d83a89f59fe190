//! A trajectory: states or observations along time.

use std::collections::HashMap;
use std::fmt;

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Slice, Zip};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// States or observations \[T, N\] at equal steps of time, with named variables and a mask of missing values.
///
/// Every stored number is finite. Where a value is missing, 0 is stored and the mask says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Trajectory {
    data: Array2<f64>,
    dt: f64,
    names: Vec<String>,
    missing: Option<Array2<bool>>,
}

/// A trajectory as it comes from a file, before its rules are checked.
#[derive(Deserialize)]
struct Unchecked {
    data: Array2<f64>,
    dt: f64,
    names: Vec<String>,
    missing: Option<Array2<bool>>,
}

impl TryFrom<Unchecked> for Trajectory {
    type Error = Error;

    fn try_from(raw: Unchecked) -> Result<Self> {
        let trajectory = Self::new(raw.data, raw.dt)?.with_names(raw.names)?;
        match raw.missing {
            Some(mask) => trajectory.with_missing(mask),
            None => Ok(trajectory),
        }
    }
}

impl Trajectory {
    /// A trajectory of `data` \[T, N\] sampled every `dt` (seconds where the data has them), its variables named
    /// x1 to xN.
    ///
    /// # Errors
    /// [`Error::Shape`] when `data` is empty, [`Error::NonFinite`] when a value is NaN or infinite,
    /// [`Error::OutOfRange`] when `dt` is not finite and positive.
    pub fn new(data: Array2<f64>, dt: f64) -> Result<Self> {
        if data.is_empty() {
            return Err(Error::Shape {
                what: "data",
                expected: "[T, N] with T and N at least 1".into(),
                found: data.shape().to_vec(),
            });
        }
        if let Some(((row, column), &value)) = data.indexed_iter().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NonFinite { row, column, value });
        }
        check_dt(dt)?;
        let names = (1..=data.ncols()).map(|i| format!("x{i}")).collect();
        Ok(Self { data: data.as_standard_layout().into_owned(), dt, names, missing: None })
    }

    /// A trajectory of `data` \[T, N\] in which NaN stands for a missing value.
    ///
    /// # Errors
    /// As [`Trajectory::new`]; infinite values are refused.
    pub fn from_array_with_missing(mut data: Array2<f64>, dt: f64) -> Result<Self> {
        let mask = data.mapv(f64::is_nan);
        data.mapv_inplace(|value| if value.is_nan() { 0.0 } else { value });
        Self::new(data, dt)?.with_missing(mask)
    }

    /// The same trajectory with other names of its variables.
    ///
    /// # Errors
    /// [`Error::NameCount`] when there is not one name per column, [`Error::DuplicateName`] when two are the same.
    pub fn with_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.len() != self.dim() {
            return Err(Error::NameCount { expected: self.dim(), found: names.len() });
        }
        let mut seen = HashMap::new();
        for (second, name) in names.iter().enumerate() {
            if let Some(first) = seen.insert(name.as_str(), second) {
                return Err(Error::DuplicateName { name: name.clone(), first, second });
            }
        }
        self.names = names;
        Ok(self)
    }

    /// The same trajectory with another time between samples.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `dt` is not finite and positive.
    pub fn with_dt(mut self, dt: f64) -> Result<Self> {
        check_dt(dt)?;
        self.dt = dt;
        Ok(self)
    }

    /// The same trajectory with the values where `mask` \[T, N\] is true missing, and only those. Their stored value
    /// becomes 0; what was stored at places that were missing before stays 0.
    ///
    /// # Errors
    /// [`Error::Shape`] when `mask` does not have the shape of the data.
    pub fn with_missing(mut self, mask: Array2<bool>) -> Result<Self> {
        if mask.dim() != self.data.dim() {
            return Err(Error::Shape {
                what: "mask of missing values",
                expected: format!("[{}, {}]", self.len(), self.dim()),
                found: mask.shape().to_vec(),
            });
        }
        Zip::from(&mut self.data).and(&mask).for_each(|value, &missing| {
            if missing {
                *value = 0.0;
            }
        });
        self.missing = mask.iter().any(|&missing| missing).then_some(mask);
        Ok(self)
    }

    /// The values \[T, N\]; 0 where missing.
    pub fn data(&self) -> ArrayView2<'_, f64> {
        self.data.view()
    }

    /// The values \[T, N\], 0 where missing, without a copy.
    pub fn into_data(self) -> Array2<f64> {
        self.data
    }

    /// Time between samples.
    pub fn dt(&self) -> f64 {
        self.dt
    }

    /// Names of the N variables.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Which values are missing \[T, N\]; `None` if none is.
    pub fn missing(&self) -> Option<ArrayView2<'_, bool>> {
        self.missing.as_ref().map(|mask| mask.view())
    }

    /// Whether the value at `row` and `column` is missing; false outside of the trajectory.
    pub fn is_missing(&self, row: usize, column: usize) -> bool {
        self.missing.as_ref().and_then(|mask| mask.get((row, column))).copied().unwrap_or(false)
    }

    /// Number of missing values.
    pub fn missing_count(&self) -> usize {
        self.missing.as_ref().map_or(0, |mask| mask.iter().filter(|&&missing| missing).count())
    }

    /// Number of samples T.
    pub fn len(&self) -> usize {
        self.data.nrows()
    }

    /// Always false: a trajectory has at least one sample.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Number of variables N.
    pub fn dim(&self) -> usize {
        self.data.ncols()
    }

    /// Time from the first to the last sample, (T - 1) dt.
    pub fn duration(&self) -> f64 {
        (self.len() - 1) as f64 * self.dt
    }

    /// The first sample \[N\]: where to start a model from.
    pub fn initial_row(&self) -> ArrayView1<'_, f64> {
        self.data.row(0)
    }

    /// The last sample \[N\]: where to go on from.
    pub fn last_row(&self) -> ArrayView1<'_, f64> {
        self.data.row(self.len() - 1)
    }

    /// The column of the variable `name`, from 0.
    ///
    /// # Errors
    /// [`Error::UnknownName`], with the names that there are.
    pub fn column_index(&self, name: &str) -> Result<usize> {
        self.names
            .iter()
            .position(|candidate| candidate == name)
            .ok_or_else(|| Error::UnknownName { name: name.into(), available: self.names.clone() })
    }

    /// The values of one column that are not missing, in the order of time.
    ///
    /// # Errors
    /// [`Error::Index`] when there is no such column.
    pub fn observed(&self, column: usize) -> Result<impl Iterator<Item = f64> + '_> {
        if column >= self.dim() {
            return Err(Error::Index { what: "column", index: column, len: self.dim() });
        }
        let values = self.data.column(column);
        Ok((0..self.len()).filter(move |&row| !self.is_missing(row, column)).map(move |row| values[row]))
    }

    /// The columns whose observed values are all the same (or that have none): nothing can be learned from them, and
    /// they cannot be standardised. Corrupt recordings show up here.
    pub fn constant_columns(&self) -> Vec<usize> {
        (0..self.dim())
            .filter(|&column| {
                let values = self.data.column(column);
                let mut observed =
                    (0..self.len()).filter(|&row| !self.is_missing(row, column)).map(|row| values[row]);
                observed.next().is_none_or(|first| observed.all(|value| value == first))
            })
            .collect()
    }

    /// Fills missing values by straight lines between their neighbours in time; before the first and after the last
    /// observed value of a column, that value is held. The result has no missing values.
    ///
    /// # Errors
    /// [`Error::TooFewValues`] when a column has no observed value.
    pub fn interpolate_missing(&self) -> Result<Self> {
        let Some(mask) = &self.missing else { return Ok(self.clone()) };
        let mut filled = self.clone();
        filled.missing = None;
        for (column, (mut values, missing)) in
            filled.data.columns_mut().into_iter().zip(mask.columns()).enumerate()
        {
            let observed: Vec<usize> = (0..values.len()).filter(|&row| !missing[row]).collect();
            let (Some(&first), Some(&last)) = (observed.first(), observed.last()) else {
                return Err(Error::TooFewValues {
                    column,
                    name: self.names[column].clone(),
                    observed: 0,
                    needed: 1,
                });
            };
            let (before, after) = (values[first], values[last]);
            values.slice_axis_mut(Axis(0), Slice::from(..first)).fill(before);
            values.slice_axis_mut(Axis(0), Slice::from(last + 1..)).fill(after);
            for gap in observed.windows(2) {
                let (left, right) = (values[gap[0]], values[gap[1]]);
                for row in gap[0] + 1..gap[1] {
                    let weight = (row - gap[0]) as f64 / (gap[1] - gap[0]) as f64;
                    values[row] = (1.0 - weight) * left + weight * right;
                }
            }
        }
        Ok(filled)
    }

    /// The same variables with other values: `change` sees row, column and value of what is not missing.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a new value is not finite.
    pub(crate) fn map_observed(&self, mut change: impl FnMut(usize, usize, f64) -> f64) -> Result<Self> {
        let mut changed = self.clone();
        for ((row, column), value) in changed.data.indexed_iter_mut() {
            if !self.is_missing(row, column) {
                let new = change(row, column, *value);
                if !new.is_finite() {
                    return Err(Error::NonFinite { row, column, value: new });
                }
                *value = new;
            }
        }
        Ok(changed)
    }
}

/// A time step must be finite and positive.
pub(crate) fn check_dt(dt: f64) -> Result<()> {
    if dt.is_finite() && dt > 0.0 {
        return Ok(());
    }
    Err(Error::OutOfRange { what: "time step dt", value: dt, requirement: "finite and above 0" })
}

/// One line: samples, variables, time step, missing values.
impl fmt::Display for Trajectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.names.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if self.dim() > 8 { ", ..." } else { "" };
        write!(f, "{} samples x {} variables ({shown}{more}), dt = {}", self.len(), self.dim(), self.dt)?;
        match self.missing_count() {
            0 => Ok(()),
            missing => write!(f, ", {missing} of {} values missing", self.data.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn gaps() -> Trajectory {
        let nan = f64::NAN;
        Trajectory::from_array_with_missing(
            array![[nan, 1.0], [2.0, 2.0], [nan, 3.0], [nan, 4.0], [8.0, 5.0], [nan, 6.0]],
            0.5,
        )
        .unwrap()
    }

    #[test]
    fn missing_values_are_zero_and_marked() {
        let gaps = gaps();
        assert_eq!(gaps.missing_count(), 4);
        assert_eq!(gaps.data()[[2, 0]], 0.0);
        assert!(gaps.is_missing(2, 0) && !gaps.is_missing(2, 1) && !gaps.is_missing(99, 0));
        assert_eq!(gaps.observed(0).unwrap().collect::<Vec<_>>(), [2.0, 8.0]);
        assert_eq!(gaps.to_string(), "6 samples x 2 variables (x1, x2), dt = 0.5, 4 of 12 values missing");
    }

    #[test]
    fn interpolates_between_and_holds_at_the_ends() {
        let filled = gaps().interpolate_missing().unwrap();
        assert_eq!(filled.data().column(0).to_vec(), [2.0, 2.0, 4.0, 6.0, 8.0, 8.0]);
        assert_eq!(filled.data().column(1), gaps().data().column(1));
        assert!(filled.missing().is_none());

        let nothing = Trajectory::new(array![[1.0], [2.0]], 1.0)
            .unwrap()
            .with_missing(Array2::from_elem((2, 1), true))
            .unwrap();
        assert!(matches!(nothing.interpolate_missing(), Err(Error::TooFewValues { column: 0, .. })));
    }

    #[test]
    fn refuses_what_makes_no_sense_with_advice() {
        let says = |error: Error, text: &str| assert!(error.to_string().contains(text), "{error}");
        let data = array![[1.0, 2.0], [3.0, 4.0]];
        says(Trajectory::new(Array2::zeros((0, 3)), 1.0).unwrap_err(), "found [0, 3]");
        says(Trajectory::new(array![[1.0, f64::NAN]], 1.0).unwrap_err(), "row 0, column 1 is NaN");
        says(Trajectory::new(array![[f64::INFINITY]], 1.0).unwrap_err(), "with_missing");
        says(Trajectory::from_array_with_missing(array![[f64::INFINITY]], 1.0).unwrap_err(), "inf");
        for dt in [0.0, -0.1, f64::NAN, f64::INFINITY] {
            says(Trajectory::new(data.clone(), dt).unwrap_err(), "finite and above 0");
        }
        let good = Trajectory::new(data, 1.0).unwrap();
        says(good.clone().with_names(["a"]).unwrap_err(), "1 names for 2");
        says(good.clone().with_names(["a", "a"]).unwrap_err(), "both named \"a\"");
        says(good.clone().with_missing(Array2::from_elem((1, 2), true)).unwrap_err(), "[2, 2]");
    }

    #[test]
    fn survives_serde_and_is_checked_on_the_way_in() {
        let gaps = gaps();
        let text = serde_json::to_string(&gaps).unwrap();
        assert_eq!(serde_json::from_str::<Trajectory>(&text).unwrap(), gaps);
        let broken = text.replace("\"dt\":0.5", "\"dt\":-1.0");
        assert!(serde_json::from_str::<Trajectory>(&broken).is_err());
    }

    #[test]
    fn finds_constant_columns() {
        let data = array![[1.0, 2.0], [1.0, 3.0], [7.0, 3.0]];
        let mask = array![[false, false], [false, false], [true, false]];
        let trajectory = Trajectory::new(data, 1.0).unwrap().with_missing(mask).unwrap();
        assert_eq!(trajectory.constant_columns(), [0]);
    }
}
