//! Delay embedding: one vector of the present and the past for each sample.

use ndarray::{Array2, Axis, Slice};

use crate::{Error, Result, Trajectory};

impl Trajectory {
    /// The delay embedding of all N variables in `dimension` copies, `lag` samples apart:
    ///
    /// $$ y_t = (x_t, \\, x_{t - \ell}, \\, \dots, \\, x_{t - (d - 1) \ell}) $$
    ///
    /// with ℓ = `lag` and d = `dimension`. Row 0 belongs to sample (d − 1) ℓ, the first that has all of its past; dt stays.
    /// A value that is missing is missing in each of its copies. Columns are named `x1`, ..., `x1[t-5]`, with the delay in
    /// samples. [`Trajectory::select`] first embeds some of the variables only.
    ///
    /// # Shapes
    /// \[T, N\] becomes \[T − (d − 1) ℓ, N d\], the N variables of the present first.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `lag` or `dimension` is 0, [`Error::TooShort`] when no sample has all of its past,
    /// [`Error::DuplicateName`] when a variable has the name of another's copy, as when an embedding is embedded again.
    pub fn embed(&self, lag: usize, dimension: usize) -> Result<Self> {
        for (what, value) in [("lag of the embedding", lag), ("dimension of the embedding", dimension)] {
            if value == 0 {
                return Err(Error::OutOfRange { what, value: 0.0, requirement: "at least 1" });
            }
        }
        let past = lag.saturating_mul(dimension - 1);
        if past >= self.len() {
            let needed = past.saturating_add(1);
            return Err(Error::TooShort { what: "a delay embedding", needed, found: self.len() });
        }
        let (rows, n) = (self.len() - past, self.dim());
        let mut data = Array2::zeros((rows, n * dimension));
        let mut mask = Array2::from_elem((rows, n * dimension), false);
        for copy in 0..dimension {
            let start = past - copy * lag;
            let (rows, columns) = (Slice::from(start..start + rows), Slice::from(copy * n..(copy + 1) * n));
            data.slice_axis_mut(Axis(1), columns).assign(&self.data().slice_axis(Axis(0), rows));
            if let Some(missing) = self.missing() {
                mask.slice_axis_mut(Axis(1), columns).assign(&missing.slice_axis(Axis(0), rows));
            }
        }
        let names = (0..dimension).flat_map(|copy| {
            self.names().iter().map(move |name| match copy {
                0 => name.clone(),
                _ => format!("{name}[t-{}]", copy * lag),
            })
        });
        Self::new(data, self.dt())?.with_names(names)?.with_missing(mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn rows_hold_the_present_and_the_past() {
        let data = Array2::from_shape_fn((6, 2), |(t, i)| (10 * t + i) as f64);
        let trajectory = Trajectory::new(data, 0.5).unwrap();
        let embedded = trajectory.embed(2, 3).unwrap();
        let expected = array![[40.0, 41.0, 20.0, 21.0, 0.0, 1.0], [50.0, 51.0, 30.0, 31.0, 10.0, 11.0]];
        assert_eq!(embedded.data(), expected);
        assert_eq!(embedded.names(), ["x1", "x2", "x1[t-2]", "x2[t-2]", "x1[t-4]", "x2[t-4]"]);
        assert_eq!(embedded.dt(), 0.5);
        assert_eq!(trajectory.embed(3, 1).unwrap(), trajectory);
    }

    #[test]
    fn a_missing_value_is_missing_in_each_copy() {
        let column = array![[0.0], [f64::NAN], [2.0], [3.0]];
        let embedded = Trajectory::from_array_with_missing(column, 1.0).unwrap().embed(1, 2).unwrap();
        let expected = array![[true, false], [false, true], [false, false]];
        assert_eq!(embedded.missing().unwrap(), expected);
        assert_eq!(embedded.data(), array![[0.0, 0.0], [2.0, 0.0], [3.0, 2.0]]);
    }

    #[test]
    fn refuses_what_has_no_rows() {
        let four = Trajectory::new(array![[0.0], [1.0], [2.0], [3.0]], 1.0).unwrap();
        assert!(matches!(four.embed(2, 3), Err(Error::TooShort { needed: 5, found: 4, .. })));
        assert!(matches!(four.embed(usize::MAX, 3), Err(Error::TooShort { .. })));
        for (lag, dimension) in [(0, 2), (1, 0)] {
            assert!(matches!(four.embed(lag, dimension), Err(Error::OutOfRange { .. })));
        }
        let twice = four.embed(1, 2).unwrap().embed(1, 2);
        assert!(matches!(twice, Err(Error::DuplicateName { .. })));
    }
}
