//! Several haemodynamic responses that together span the shapes which a region may have.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::response::positive;
use super::{DoubleGamma, Response};
use crate::{Error, Result};

/// K causal responses of one length L and one sampling interval. A region's response is a weighted sum of them.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseBasis {
    values: Array2<f64>,
    interval: f64,
}

impl ResponseBasis {
    /// Responses `values` \[K, L\], a row each, sampled every `interval` (seconds for fMRI: TR). They are taken as they are.
    ///
    /// # Errors
    /// [`Error::Shape`] when there are no values, [`Error::NonFinite`] when one is NaN or infinite,
    /// [`Error::OutOfRange`] when `interval` is not finite and positive.
    pub fn new(values: impl Into<Array2<f64>>, interval: f64) -> Result<Self> {
        let (values, what) = (values.into(), "basis of responses");
        if values.is_empty() {
            let expected = "[K, L] with K and L at least 1".into();
            return Err(Error::Shape { what, expected, found: values.shape().to_vec() });
        }
        if let Some(((row, column), &value)) = values.indexed_iter().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NonFinite { row, column, value });
        }
        positive("sampling interval TR of a response", interval)?;
        Ok(Self { values, interval })
    }

    /// A basis of one response.
    pub fn single(response: &Response) -> Self {
        Self { values: response.values().to_owned().insert_axis(Axis(0)), interval: response.interval() }
    }

    /// A response of any shape with its [time](DoubleGamma::time_derivative) and
    /// [dispersion](DoubleGamma::dispersion_derivative) derivatives, in this order, at TR = `interval` seconds: K = 3,
    /// L = ⌊length / TR⌋ + 1. The response sums to 1, the derivatives to 0.
    ///
    /// # Errors
    /// As [`DoubleGamma::sample`].
    pub fn with_derivatives(shape: &DoubleGamma, interval: f64) -> Result<Self> {
        let rows = [
            shape.sample(interval)?,
            shape.time_derivative(interval)?,
            shape.dispersion_derivative(interval)?,
        ];
        let len = rows[0].values().len();
        Self::new(Array2::from_shape_fn((3, len), |(k, s)| rows[k].values()[s]), interval)
    }

    /// SPM's canonical response with its derivatives \[F98\]: [`ResponseBasis::with_derivatives`] of
    /// [`DoubleGamma::default`]. The derivatives are not made orthogonal to it.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `interval` is not finite and positive, or longer than the response.
    pub fn spm_with_derivatives(interval: f64) -> Result<Self> {
        Self::with_derivatives(&DoubleGamma::default(), interval)
    }

    /// Glover's response \[G99\] with its derivatives: [`ResponseBasis::with_derivatives`] of [`DoubleGamma::glover`].
    ///
    /// The differences are over 1 s and 0.01 s, as for SPM's. nilearn takes 0.1 s for the onset, and changes the dispersion
    /// of the undershoot from 0.9 to 1 s in its dispersion derivative alone.
    ///
    /// # Errors
    /// As [`ResponseBasis::spm_with_derivatives`].
    pub fn glover_with_derivatives(interval: f64) -> Result<Self> {
        Self::with_derivatives(&DoubleGamma::glover(), interval)
    }

    /// A finite impulse response: unit impulses at lags 0, ..., `len` − 1, so that any response of that length is in the
    /// span. K = L = `len`.
    ///
    /// # Errors
    /// [`Error::Shape`] when `len` is 0, [`Error::OutOfRange`] when `interval` is not finite and positive.
    pub fn fir(len: usize, interval: f64) -> Result<Self> {
        Self::new(Array2::eye(len), interval)
    }

    /// The response that is the sum of those of the basis with `weights` \[K\].
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one weight for each response, [`Error::NonFiniteState`] when the sum is not
    /// finite.
    pub fn response<'a>(&self, weights: impl Into<ArrayView1<'a, f64>>) -> Result<Response> {
        let weights: ArrayView1<'_, f64> = weights.into();
        if weights.len() != self.values.nrows() {
            return Err(Error::Shape {
                what: "weights of a basis of responses",
                expected: format!("[{}]", self.values.nrows()),
                found: vec![weights.len()],
            });
        }
        let sum: Array1<f64> = weights.dot(&self.values);
        Response::new(sum, self.interval)
    }

    /// The responses \[K, L\], a row each.
    pub fn values(&self) -> ArrayView2<'_, f64> {
        self.values.view()
    }

    /// Time between the samples of a response.
    pub fn interval(&self) -> f64 {
        self.interval
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn weights_of_the_derivatives_move_and_widen_the_response() {
        let basis = ResponseBasis::spm_with_derivatives(0.5).unwrap();
        assert_eq!((basis.values().dim(), basis.interval()), ((3, 65), 0.5));
        let sums = basis.values().sum_axis(Axis(1));
        assert!((sums[0] - 1.0).abs() < 1e-14 && sums[1].abs() < 1e-14 && sums[2].abs() < 1e-12, "{sums}");
        // h − w dh/do is to first order the response w seconds later; its centre of mass is exact, as that of h(o + 1 s)
        // is 1 s later than that of h(o).
        let centre = |weights: [f64; 3]| -> f64 {
            let response = basis.response(&weights).unwrap();
            response.values().iter().enumerate().map(|(s, h)| 0.5 * s as f64 * h).sum()
        };
        assert!((centre([1.0, -0.4, 0.0]) - centre([1.0, 0.0, 0.0]) - 0.4).abs() < 1e-3);
        let plain = basis.response(&[1.0, 0.0, 0.0]).unwrap();
        assert_eq!(plain, Response::spm(0.5).unwrap());
        assert_eq!(ResponseBasis::single(&plain).values(), basis.values().slice(ndarray::s![..1, ..]));
    }

    #[test]
    fn impulses_make_any_response() {
        let basis = ResponseBasis::fir(4, 2.0).unwrap();
        let response = basis.response(&[0.0, 0.5, 0.7, -0.2]).unwrap();
        assert_eq!(response, Response::new(vec![0.0, 0.5, 0.7, -0.2], 2.0).unwrap());
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(matches!(ResponseBasis::fir(0, 2.0), Err(Error::Shape { .. })));
        for interval in [0.0, f64::NAN] {
            assert!(matches!(ResponseBasis::fir(3, interval), Err(Error::OutOfRange { .. })));
            assert!(matches!(
                ResponseBasis::glover_with_derivatives(interval),
                Err(Error::OutOfRange { .. })
            ));
        }
        assert!(matches!(ResponseBasis::new(array![[f64::NAN]], 1.0), Err(Error::NonFinite { .. })));
        let basis = ResponseBasis::spm_with_derivatives(1.0).unwrap();
        assert!(matches!(basis.response(&[1.0]), Err(Error::Shape { .. })));
        assert!(matches!(basis.response(&[f64::NAN, 0.0, 0.0]), Err(Error::NonFiniteState { .. })));
    }
}
