//! Least squares by singular values, so that regressors that depend on each other do no harm.

use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

/// The least-squares solution of smallest norm for one design matrix and many right-hand sides.
pub(crate) struct LeastSquares {
    /// The pseudo-inverse \[P, T\] for columns of norm 1, and the norms.
    inverse: Array2<f64>,
    /// Independent columns.
    pub(crate) rank: usize,
}

impl LeastSquares {
    /// For a design \[T, P\]. Directions whose singular value, with columns of norm 1, is below 1e-10 of the largest are
    /// taken to be dependent. `None` when the decomposition does not converge.
    pub(crate) fn new(design: ArrayView2<'_, f64>) -> Option<Self> {
        let (rows, columns) = design.dim();
        let norms: Array1<f64> =
            design.columns().into_iter().map(|column| column.dot(&column).sqrt()).collect();
        let scale = norms.mapv(|norm| if norm > 0.0 { norm.recip() } else { 0.0 });
        let matrix = DMatrix::from_fn(rows, columns, |t, p| design[[t, p]] * scale[p]);
        let svd = matrix.try_svd(true, true, f64::EPSILON, 0)?;
        let (u, v_t) = (svd.u?, svd.v_t?);
        let cut = 1e-10 * svd.singular_values.max();
        let rank = svd.singular_values.iter().filter(|value| **value > cut).count();
        let weights: DVector<f64> =
            svd.singular_values.map(|value| if value > cut { value.recip() } else { 0.0 });
        let pseudo = v_t.transpose() * DMatrix::from_diagonal(&weights) * u.transpose();
        let inverse = Array2::from_shape_fn((columns, rows), |(p, t)| pseudo[(p, t)] * scale[p]);
        Some(Self { inverse, rank })
    }

    /// The coefficients \[P\] for a right-hand side \[T\].
    pub(crate) fn solve(&self, rhs: ArrayView1<'_, f64>) -> Array1<f64> {
        self.inverse.dot(&rhs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{array, s};

    #[test]
    fn solves_and_survives_dependent_columns() {
        // y = 1 + 2 t exactly, on 1, t, and t again.
        let design = array![[1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 2.0, 2.0], [1.0, 3.0, 3.0]];
        let rhs = array![1.0, 3.0, 5.0, 7.0];
        let full = LeastSquares::new(design.view()).unwrap();
        assert_eq!(full.rank, 2);
        let found = full.solve(rhs.view());
        for (found, expected) in found.iter().zip([1.0, 1.0, 1.0]) {
            assert!((found - expected).abs() < 1e-12);
        }
        let plain = LeastSquares::new(design.slice(s![.., ..2])).unwrap();
        assert!((plain.solve(rhs.view())[1] - 2.0).abs() < 1e-12);
        // Columns of very different scale are not taken to be dependent.
        let scaled = array![[1.0, 0.0], [1.0, 1e-14], [1.0, 2e-14], [1.0, 3e-14]];
        assert_eq!(LeastSquares::new(scaled.view()).unwrap().rank, 2);
        assert_eq!(LeastSquares::new(Array2::zeros((3, 1)).view()).unwrap().rank, 0);
    }
}
