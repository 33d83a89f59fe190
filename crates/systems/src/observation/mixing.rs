//! Mixtures of variables.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::{Error, Result, Trajectory};

impl Trajectory {
    /// Linear mixtures x_t = B z_t of the variables z, named x1 to xN.
    ///
    /// With [`Trajectory::transform`] before or after it, it is a nonlinear mixture: B φ(z) or φ(B z).
    ///
    /// # Shapes
    /// `matrix` B: \[N, M\]; \[T, M\] becomes \[T, N\].
    ///
    /// # Errors
    /// [`Error::Shape`] when B has not a column for each variable, or no row; [`Error::NonFiniteState`] when an entry of B
    /// is NaN or infinite; [`Error::NonFinite`] when a mixture is so large.
    pub fn mix(&self, matrix: ArrayView2<'_, f64>) -> Result<Self> {
        self.mix_affine(matrix, Array1::zeros(matrix.nrows()).view())
    }

    /// Mixtures x_t = B z_t + b, as [`Trajectory::mix`].
    ///
    /// # Shapes
    /// `matrix` B: \[N, M\], `offset` b: \[N\]; \[T, M\] becomes \[T, N\].
    ///
    /// # Errors
    /// As [`Trajectory::mix`]; [`Error::Shape`] when b has not an entry for each mixture.
    pub fn mix_affine(&self, matrix: ArrayView2<'_, f64>, offset: ArrayView1<'_, f64>) -> Result<Self> {
        if matrix.nrows() == 0 || matrix.ncols() != self.dim() {
            let expected = format!("[N, {}] with N at least 1", self.dim());
            return Err(Error::Shape { what: "mixing matrix", expected, found: matrix.shape().to_vec() });
        }
        if offset.len() != matrix.nrows() {
            let expected = format!("[{}]", matrix.nrows());
            return Err(Error::Shape {
                what: "offset of a mixture",
                expected,
                found: offset.shape().to_vec(),
            });
        }
        for (what, entries) in [
            ("mixing matrix", matrix.iter().collect::<Vec<_>>()),
            ("offset of a mixture", offset.iter().collect()),
        ] {
            if let Some(index) = entries.iter().position(|entry| !entry.is_finite()) {
                return Err(Error::NonFiniteState { what, index, value: *entries[index] });
            }
        }
        let mixed = Self::new(self.data().dot(&matrix.t()) + offset, self.dt())?;
        match self.missing() {
            None => Ok(mixed),
            Some(missing) => {
                // A count of missing values that go into each mixture.
                let weighs = matrix.mapv(|weight| f64::from(u8::from(weight != 0.0)));
                let needed = missing.mapv(|missing| f64::from(u8::from(missing))).dot(&weighs.t());
                mixed.with_missing(needed.mapv(|count| count > 0.0))
            }
        }
    }

    /// The function `change` of every value that is not missing, such as `f64::tanh`.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a new value is NaN or infinite.
    pub fn transform(&self, change: impl Fn(f64) -> f64) -> Result<Self> {
        self.map_observed(|_, _, value| change(value))
    }
}

/// A mixing matrix B \[`observed`, `latent`\] with entries drawn from N(0, 1 / `latent`): mixtures of independent variables
/// of variance 1 have variance 1 on average.
pub fn random_mixing(observed: usize, latent: usize, rng: &mut impl Rng) -> Array2<f64> {
    let sd = (latent.max(1) as f64).sqrt().recip();
    Array2::from_shape_simple_fn((observed, latent), || {
        let draw: f64 = StandardNormal.sample(rng);
        sd * draw
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn mixes_by_the_rows_of_the_matrix() {
        let states = Trajectory::new(array![[1.0, 2.0], [3.0, -4.0]], 0.1).unwrap();
        let matrix = array![[1.0, 0.0], [0.5, 1.0], [0.0, -2.0]];
        let mixed = states.mix(matrix.view()).unwrap();
        assert_eq!(mixed.data(), array![[1.0, 2.5, -4.0], [3.0, -2.5, 8.0]]);
        assert_eq!((mixed.dt(), mixed.names()), (0.1, ["x1", "x2", "x3"].map(String::from).as_slice()));
        let shifted = states.mix_affine(matrix.view(), array![1.0, 0.0, -1.0].view()).unwrap();
        assert_eq!(shifted.data(), array![[2.0, 2.5, -5.0], [4.0, -2.5, 7.0]]);
        let after = mixed.transform(|x| x.max(0.0)).unwrap();
        assert_eq!(after.data(), array![[1.0, 2.5, 0.0], [3.0, 0.0, 8.0]]);
    }

    #[test]
    fn a_mixture_is_missing_where_it_needs_a_missing_value() {
        let states = Trajectory::from_array_with_missing(array![[1.0, f64::NAN], [3.0, 4.0]], 1.0).unwrap();
        let mixed = states.mix(array![[1.0, 0.0], [0.5, 1.0]].view()).unwrap();
        assert_eq!(mixed.missing().unwrap(), array![[false, true], [false, false]]);
        assert_eq!(mixed.data(), array![[1.0, 0.0], [3.0, 5.5]]);
    }

    #[test]
    fn refuses_matrices_that_do_not_fit() {
        let states = Trajectory::new(array![[1.0, 2.0]], 1.0).unwrap();
        assert!(matches!(states.mix(array![[1.0]].view()), Err(Error::Shape { .. })));
        assert!(matches!(states.mix(Array2::zeros((0, 2)).view()), Err(Error::Shape { .. })));
        let nan = array![[1.0, f64::NAN]];
        assert!(matches!(states.mix(nan.view()), Err(Error::NonFiniteState { index: 1, .. })));
        let offset = states.mix_affine(array![[1.0, 1.0]].view(), array![1.0, 2.0].view());
        assert!(matches!(offset, Err(Error::Shape { .. })));
        assert!(matches!(states.mix(array![[f64::MAX, f64::MAX]].view()), Err(Error::NonFinite { .. })));
        assert!(matches!(states.transform(|x| (1.0 - x).ln()), Err(Error::NonFinite { .. })));
    }

    #[test]
    fn random_matrices_keep_the_variance() {
        let matrix = random_mixing(4000, 5, &mut ChaCha8Rng::seed_from_u64(1));
        let variance = matrix.iter().map(|entry| entry * entry).sum::<f64>() / 4000.0;
        // A mean of 20,000 squares of N(0, 1): standard error √(2 / 20,000); five of them.
        assert!((variance - 1.0).abs() < 5.0 * (2.0 / 20_000_f64).sqrt(), "{variance}");
    }
}
