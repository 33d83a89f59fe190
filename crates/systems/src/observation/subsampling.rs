//! Slower sampling.

use ndarray::{Axis, Slice};

use crate::{Error, Result, Trajectory};

impl Trajectory {
    /// Samples 0, k, 2k, ... with k = `every`; dt becomes k dt. What happens faster than that folds over: nothing is
    /// filtered.
    ///
    /// # Shapes
    /// \[T, N\] becomes \[⌈T / k⌉, N\].
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `every` is 0, or so large that dt is not finite.
    pub fn subsample(&self, every: usize) -> Result<Self> {
        if every == 0 {
            let what = "interval of the subsampling";
            return Err(Error::OutOfRange { what, value: 0.0, requirement: "at least 1" });
        }
        // The first row is always there, and a step of ndarray is signed.
        let rows = Slice::new(0, None, every.min(self.len()).cast_signed());
        let part = Self::new(self.data().slice_axis(Axis(0), rows).to_owned(), every as f64 * self.dt())?
            .with_names(self.names().iter().cloned())?;
        match self.missing() {
            Some(mask) => part.with_missing(mask.slice_axis(Axis(0), rows).to_owned()),
            None => Ok(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn takes_every_kth_sample_and_stretches_dt() {
        let column = array![[0.0], [1.0], [2.0], [f64::NAN], [4.0], [5.0], [6.0]];
        let all = Trajectory::from_array_with_missing(column, 0.25).unwrap().with_names(["v"]).unwrap();
        let third = all.subsample(3).unwrap();
        assert_eq!((third.data(), third.dt()), (array![[0.0], [0.0], [6.0]].view(), 0.75));
        assert_eq!(third.missing().unwrap(), array![[false], [true], [false]]);
        assert_eq!(third.names(), ["v"]);
        assert_eq!(all.subsample(1).unwrap(), all);
        let first = all.subsample(usize::MAX).unwrap();
        assert_eq!((first.len(), first.data()[[0, 0]]), (1, 0.0));
        assert!(matches!(all.subsample(0), Err(Error::OutOfRange { .. })));
    }
}
