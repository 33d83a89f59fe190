//! Causal convolution with a response, and what is assumed of the time before the first sample.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::Response;
use crate::{Error, Result, Trajectory};

/// What a convolution takes the signal to be before its first sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum History {
    /// Unknown: the first S − 1 samples, which need it, are left out.
    Drop,
    /// Zero: nothing happened before, as in a regressor of events.
    Zero,
    /// The first sample of each variable, held: the system was at rest there.
    Hold,
}

impl Trajectory {
    /// Each variable convolved with a response h_0, ..., h_{S − 1}, as BOLD is with the haemodynamic response:
    ///
    /// $$ x_t = \sum_{s = 0}^{S - 1} h_s \\, z_{t - s} $$
    ///
    /// `history` says what z is before the first sample. A value that needs a missing one is missing.
    ///
    /// # Shapes
    /// \[T, N\] stays \[T, N\], and becomes \[T − S + 1, N\] with [`History::Drop`].
    ///
    /// # Errors
    /// [`Error::SamplingInterval`] when the response is sampled at another interval than the trajectory,
    /// [`Error::TooShort`] when nothing is left with [`History::Drop`], [`Error::NonFinite`] when a sum is too large.
    pub fn convolve(&self, response: &Response, history: History) -> Result<Self> {
        let (h, interval) = (response.values(), response.interval());
        if (interval - self.dt()).abs() > 1e-9 * interval {
            return Err(Error::SamplingInterval { what: "response", expected: self.dt(), found: interval });
        }
        let past = if history == History::Drop { h.len() - 1 } else { 0 };
        if past >= self.len() {
            let what = "a convolution without the samples that need an unknown past";
            return Err(Error::TooShort { what, needed: h.len(), found: self.len() });
        }
        let len = self.len();
        let mut data = Array2::zeros((len, self.dim()));
        let mut mask = Array2::from_elem((len, self.dim()), false);
        for (lag, &weight) in h.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
            let unknown = lag.min(len);
            let (mut before, mut after) = data.view_mut().split_at(Axis(0), unknown);
            after.scaled_add(weight, &self.data().split_at(Axis(0), len - unknown).0);
            if history == History::Hold {
                before.scaled_add(weight, &self.initial_row());
            }
            if let Some(missing) = self.missing() {
                let (mut before, mut after) = mask.view_mut().split_at(Axis(0), unknown);
                after.zip_mut_with(&missing.split_at(Axis(0), len - unknown).0, |a, b| *a |= b);
                if history == History::Hold {
                    before.zip_mut_with(&missing.row(0), |a, b| *a |= b);
                }
            }
        }
        Self::new(data, self.dt())?
            .with_names(self.names().iter().cloned())?
            .with_missing(mask)?
            .slice(past..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, array, s};

    fn response(values: &[f64]) -> Response {
        Response::new(values.to_vec(), 2.0).unwrap()
    }

    #[test]
    fn histories_differ_where_the_past_is_needed() {
        let z = Trajectory::new(array![[3.0], [1.0], [4.0], [1.0], [5.0]], 2.0).unwrap();
        let h = response(&[0.5, 2.0, 1.0]);
        let convolved = |history| z.convolve(&h, history).unwrap().into_data().into_raw_vec_and_offset().0;
        // 0.5 z_t + 2 z_{t−1} + z_{t−2} by hand.
        assert_eq!(convolved(History::Drop), [7.0, 9.5, 8.5]);
        assert_eq!(convolved(History::Zero), [1.5, 6.5, 7.0, 9.5, 8.5]);
        assert_eq!(convolved(History::Hold), [10.5, 9.5, 7.0, 9.5, 8.5]);
    }

    #[test]
    fn a_response_of_sum_one_keeps_a_constant() {
        let rest = Trajectory::new(Array2::from_elem((20, 2), 7.0), 2.0).unwrap();
        let bold = rest.convolve(&Response::spm(2.0).unwrap(), History::Hold).unwrap();
        assert!(bold.data().iter().all(|value| (value - 7.0).abs() < 1e-13));
    }

    #[test]
    fn an_impulse_gives_the_response() {
        let h = Response::spm(2.0).unwrap();
        let impulse = Array1::from_shape_fn(30, |t| f64::from(u8::from(t == 4))).insert_axis(Axis(1));
        let bold = Trajectory::new(impulse, 2.0).unwrap().convolve(&h, History::Zero).unwrap();
        assert_eq!(bold.data().slice(s![4..21, 0]), h.values());
        assert!(bold.data().slice(s![..4, 0]).iter().all(|value| *value == 0.0));
    }

    #[test]
    fn a_value_is_missing_where_it_needs_a_missing_one() {
        let nan = f64::NAN;
        let z = Trajectory::from_array_with_missing(array![[nan], [1.0], [4.0], [nan], [5.0]], 2.0).unwrap();
        let h = response(&[0.0, 2.0]);
        let missing = |history| {
            let convolved = z.convolve(&h, history).unwrap();
            (0..convolved.len()).map(|row| convolved.is_missing(row, 0)).collect::<Vec<_>>()
        };
        assert_eq!(missing(History::Zero), [false, true, false, false, true]);
        assert_eq!(missing(History::Hold), [true, true, false, false, true]);
        assert_eq!(missing(History::Drop), [true, false, false, true]);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let z = Trajectory::new(array![[3.0], [1.0]], 2.0).unwrap();
        let long = response(&[1.0, 1.0, 1.0]);
        assert!(matches!(z.convolve(&long, History::Drop), Err(Error::TooShort { needed: 3, found: 2, .. })));
        assert_eq!(z.convolve(&long, History::Zero).unwrap().data(), array![[3.0], [4.0]]);
        let other = Response::new(vec![1.0], 0.72).unwrap();
        assert!(matches!(z.convolve(&other, History::Zero), Err(Error::SamplingInterval { .. })));
        let large = response(&[f64::MAX]);
        assert!(matches!(z.convolve(&large, History::Zero), Err(Error::NonFinite { .. })));
    }
}
