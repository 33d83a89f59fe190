//! Parts of trajectories: ranges of rows, splits, columns.

use std::ops::{Bound, RangeBounds};

use ndarray::{Axis, Slice};

use crate::{Error, Result, Trajectory};

impl Trajectory {
    /// The samples of a range of rows, such as `100..200` or `..50`.
    ///
    /// # Errors
    /// [`Error::Range`] when the range is empty or leaves the trajectory.
    pub fn slice(&self, rows: impl RangeBounds<usize>) -> Result<Self> {
        let start = match rows.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&start) => start.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match rows.end_bound() {
            Bound::Included(&end) => end.saturating_add(1),
            Bound::Excluded(&end) => end,
            Bound::Unbounded => self.len(),
        };
        if start >= end || end > self.len() {
            return Err(Error::Range { start, end, len: self.len() });
        }
        let rows = Slice::from(start..end);
        let part = Self::new(self.data().slice_axis(Axis(0), rows).to_owned(), self.dt())?
            .with_names(self.names().iter().cloned())?;
        match self.missing() {
            Some(mask) => part.with_missing(mask.slice_axis(Axis(0), rows).to_owned()),
            None => Ok(part),
        }
    }

    /// Cuts the trajectory in two before row `index`: a training part and a test part, in the order of time.
    ///
    /// # Errors
    /// [`Error::Range`] when a part would be empty.
    pub fn split_at(&self, index: usize) -> Result<(Self, Self)> {
        Ok((self.slice(..index)?, self.slice(index..)?))
    }

    /// Cuts the trajectory in two so that the first part has the share `fraction` of the samples, rounded.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `fraction` is not between 0 and 1, [`Error::Range`] when a part would be empty.
    pub fn split(&self, fraction: f64) -> Result<(Self, Self)> {
        if !(fraction > 0.0 && fraction < 1.0) {
            return Err(Error::OutOfRange {
                what: "fraction of the split",
                value: fraction,
                requirement: "above 0 and below 1",
            });
        }
        self.split_at((fraction * self.len() as f64).round() as usize)
    }

    /// The given columns, in the given order.
    ///
    /// # Errors
    /// [`Error::Index`] when there is no such column, [`Error::DuplicateName`] when one is given twice,
    /// [`Error::Shape`] when none is given.
    pub fn select(&self, columns: &[usize]) -> Result<Self> {
        if let Some(&index) = columns.iter().find(|&&column| column >= self.dim()) {
            return Err(Error::Index { what: "column", index, len: self.dim() });
        }
        let chosen = Self::new(self.data().select(Axis(1), columns), self.dt())?
            .with_names(columns.iter().map(|&column| self.names()[column].clone()))?;
        match self.missing() {
            Some(mask) => chosen.with_missing(mask.select(Axis(1), columns)),
            None => Ok(chosen),
        }
    }

    /// The variables of the given names, in the given order.
    ///
    /// # Errors
    /// [`Error::UnknownName`], and as [`Trajectory::select`].
    pub fn select_names(&self, names: &[&str]) -> Result<Self> {
        let columns: Vec<usize> = names.iter().map(|name| self.column_index(name)).collect::<Result<_>>()?;
        self.select(&columns)
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
    fn slices_splits_and_selects_with_the_mask() {
        let gaps = gaps();
        let middle = gaps.slice(1..=2).unwrap();
        assert_eq!((middle.len(), middle.missing_count()), (2, 1));
        assert!(gaps.slice(1..2).unwrap().missing().is_none());
        let (train, test) = gaps.split(0.5).unwrap();
        assert_eq!((train.len(), test.len()), (3, 3));
        let chosen = gaps.select_names(&["x2"]).unwrap();
        assert_eq!(chosen.names(), ["x2"]);
        assert!(chosen.missing().is_none());
        assert_eq!(gaps.select(&[1, 0]).unwrap().missing_count(), 4);
    }

    #[test]
    fn refuses_parts_that_are_not_there() {
        let says = |error: Error, text: &str| assert!(error.to_string().contains(text), "{error}");
        let good = Trajectory::new(array![[1.0, 2.0], [3.0, 4.0]], 1.0).unwrap();
        says(good.slice(1..9).unwrap_err(), "1..9");
        says(good.slice(1..1).unwrap_err(), "at least one row");
        says(good.split(1.0).unwrap_err(), "below 1");
        says(good.split(0.1).unwrap_err(), "0..0");
        says(good.select(&[2]).unwrap_err(), "column 2 is out of range");
        says(good.select(&[]).unwrap_err(), "[2, 0]");
        says(good.select_names(&["x9"]).unwrap_err(), "x1, x2");
    }
}
