//! Eigenvalues of Jacobians and the subspaces that belong to them.

use nalgebra::{Complex, DMatrix, SVD, Schur};

use crate::{Error, Result};

/// Iterations per row that a decomposition may take; it converges within a few, or not at all.
const ITERATIONS: usize = 1000;

/// The eigenvalues of a square matrix, largest modulus first.
pub(crate) fn eigenvalues(matrix: &DMatrix<f64>) -> Result<Vec<Complex<f64>>> {
    let size = matrix.nrows();
    let failed = || Error::Decomposition { decomposition: "Schur decomposition", size };
    if matrix.iter().any(|v| !v.is_finite()) {
        return Err(failed());
    }
    let schur = Schur::try_new(matrix.clone(), f64::EPSILON, ITERATIONS * size.max(1)).ok_or_else(failed)?;
    let mut values: Vec<_> = schur.complex_eigenvalues().iter().copied().collect();
    if values.iter().any(|v| !v.re.is_finite() || !v.im.is_finite()) {
        return Err(failed());
    }
    values.sort_by(|a, b| {
        b.norm().total_cmp(&a.norm()).then(b.re.total_cmp(&a.re)).then(b.im.total_cmp(&a.im))
    });
    Ok(values)
}

/// Singular values, smallest first, with the right singular vector of each as a column \[M, M\].
pub(crate) fn right_singular(matrix: &DMatrix<f64>) -> Result<(Vec<f64>, DMatrix<f64>)> {
    // Rows of zeros give a wide matrix all its right singular vectors.
    let (rows, columns) = matrix.shape();
    let padded = matrix.clone().resize_vertically(rows.max(columns), 0.0);
    let failed = || Error::Decomposition { decomposition: "singular value decomposition", size: rows };
    if padded.iter().any(|v| !v.is_finite()) {
        return Err(failed());
    }
    let svd =
        SVD::try_new(padded, false, true, f64::EPSILON, ITERATIONS * columns.max(1)).ok_or_else(failed)?;
    let v_t = svd.v_t.ok_or_else(failed)?;
    let mut order: Vec<usize> = (0..columns).collect();
    order.sort_by(|&i, &j| svd.singular_values[i].total_cmp(&svd.singular_values[j]));
    let vectors = DMatrix::from_fn(columns, columns, |i, j| v_t[(order[j], i)]);
    Ok((order.iter().map(|&i| svd.singular_values[i]).collect(), vectors))
}

/// An orthonormal basis \[M, d\] of the invariant subspace of d eigenvalues, complex ones in pairs: the null space of
/// the product of (A − λ I) over them.
pub(crate) fn invariant_subspace(
    matrix: &DMatrix<f64>,
    eigenvalues: &[Complex<f64>],
) -> Result<DMatrix<f64>> {
    let identity = DMatrix::identity(matrix.nrows(), matrix.ncols());
    let mut product = identity.clone();
    for value in eigenvalues.iter().filter(|value| value.im >= 0.0) {
        let factor = if value.im == 0.0 {
            matrix - &identity * value.re
        } else {
            matrix * matrix - matrix * (2.0 * value.re) + &identity * value.norm_sqr()
        };
        product = factor * product;
        let size = product.amax();
        if size > 0.0 {
            product /= size;
        }
    }
    let (_, vectors) = right_singular(&product)?;
    Ok(vectors.columns(0, eigenvalues.len()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subspaces_are_invariant() {
        // Eigenvalues 3, ±i, 0.5 in a basis that is not orthogonal.
        let block = DMatrix::from_row_slice(
            4,
            4,
            &[3.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5],
        );
        let basis = DMatrix::from_fn(4, 4, |i, j| if i == j { 2.0 } else { 0.3 + 0.1 * (i * 3 + j) as f64 });
        let matrix = &basis * block * basis.clone().try_inverse().unwrap();
        let values = eigenvalues(&matrix).unwrap();
        assert!((values[0].re - 3.0).abs() < 1e-12 && values[0].im == 0.0);
        assert!((values[1] - Complex::i()).norm() < 1e-12 && (values[2] + Complex::i()).norm() < 1e-12);
        assert!((values[3].re - 0.5).abs() < 1e-12);
        for (range, d) in [(0..1, 1), (1..3, 2), (3..4, 1)] {
            let space = invariant_subspace(&matrix, &values[range]).unwrap();
            assert_eq!(space.shape(), (4, d));
            let image = &matrix * &space;
            let rest = &image - &space * (space.transpose() * &image);
            assert!(rest.norm() < 1e-12, "{rest}");
        }
    }

    #[test]
    fn of_a_wide_matrix_has_a_null_space() {
        let (values, vectors) = right_singular(&DMatrix::from_row_slice(1, 3, &[0.0, 2.0, 0.0])).unwrap();
        assert_eq!(values.len(), 3);
        assert!(values[1] < 1e-15 && (values[2] - 2.0).abs() < 1e-15);
        assert!((vectors[(1, 2)].abs() - 1.0).abs() < 1e-15);
    }
}
