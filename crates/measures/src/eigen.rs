//! Eigenvalues of Jacobians and the subspaces that belong to them.

use nalgebra::{DMatrix, DVector, SVD, Schur};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Iterations per row that a singular value decomposition may take; it converges within a few, or not at all.
const ITERATIONS: usize = 1000;

/// An eigenvalue of a Jacobian, of one step or along an orbit; those that are not real come in conjugate pairs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Eigenvalue {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Eigenvalue {
    /// The modulus, the factor by which a disturbance grows in one period.
    pub fn modulus(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// The argument in (−π, π], the angle by which a disturbance turns in one period.
    pub fn argument(self) -> f64 {
        self.im.atan2(self.re)
    }
}

/// The eigenvalues of a square matrix, largest modulus first.
pub(crate) fn eigenvalues(matrix: &DMatrix<f64>) -> Result<Vec<Eigenvalue>> {
    let m = matrix.nrows();
    let scale = matrix.amax();
    if scale == 0.0 {
        return Ok(vec![Eigenvalue { re: 0.0, im: 0.0 }; m]);
    }
    let overflow = Error::Overflow { what: "a product of the parameters of the map" };
    if !scale.is_finite() {
        return Err(overflow);
    }
    let matrix = matrix / scale;
    // Francis steps stand still at cyclic permutations: another basis breaks the symmetry. At multiple eigenvalues
    // they do not come down to the rounding of one number.
    let axis = DVector::from_fn(m, |i, _| 1.0 / (1.0 + i as f64).sqrt());
    let mirror = DMatrix::identity(m, m) - &axis * axis.transpose() * (2.0 / axis.norm_squared());
    let turned = &mirror * &matrix * &mirror;
    let schur = [4.0, 64.0, 1024.0]
        .into_iter()
        .flat_map(|times| [(&matrix, times), (&turned, times)])
        .find_map(|(matrix, times)| Schur::try_new(matrix.clone(), times * f64::EPSILON, 100 * (m + 5)))
        .ok_or(Error::Decomposition { decomposition: "Schur decomposition", size: m })?;
    let mut values: Vec<_> = schur
        .complex_eigenvalues()
        .iter()
        .map(|e| Eigenvalue { re: e.re * scale, im: e.im * scale })
        .collect();
    if !values.iter().all(|e| e.modulus().is_finite()) {
        return Err(overflow);
    }
    // Of a conjugate pair the positive imaginary part first.
    values.sort_by(|a, b| {
        b.modulus().total_cmp(&a.modulus()).then(b.re.total_cmp(&a.re)).then(b.im.total_cmp(&a.im))
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
pub(crate) fn invariant_subspace(matrix: &DMatrix<f64>, eigenvalues: &[Eigenvalue]) -> Result<DMatrix<f64>> {
    let identity = DMatrix::identity(matrix.nrows(), matrix.ncols());
    let mut product = identity.clone();
    for value in eigenvalues.iter().filter(|value| value.im >= 0.0) {
        let factor = if value.im == 0.0 {
            matrix - &identity * value.re
        } else {
            matrix * matrix - matrix * (2.0 * value.re) + &identity * value.modulus().powi(2)
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
    use nalgebra::dmatrix;

    #[test]
    fn of_cyclic_permutations_are_roots_of_unity() {
        for n in 1..9 {
            let cycle = DMatrix::from_fn(n, n, |i, j| if (j + 1) % n == i { 3.0 } else { 0.0 });
            let found = eigenvalues(&cycle).unwrap();
            for k in 0..n {
                let (im, re) = (std::f64::consts::TAU * k as f64 / n as f64).sin_cos();
                let near = |e: &Eigenvalue| (e.re - 3.0 * re).hypot(e.im - 3.0 * im) < 1e-13;
                assert!(found.iter().any(near), "{n}: {found:?}");
            }
        }
    }

    #[test]
    fn are_sorted_and_of_any_scale() {
        let found = eigenvalues(&dmatrix![0.5, 3.0, -1.0; 0.0, -2.0, 4.0; 0.0, 0.0, 0.1]).unwrap();
        let expected = [-2.0, 0.5, 0.1];
        assert!(
            found.iter().zip(expected).all(|(e, x)| (e.re - x).abs() < 1e-14 && e.im == 0.0),
            "{found:?}"
        );
        let found = eigenvalues(&dmatrix![0.0, -1e-200; 4e-200, 0.0]).unwrap();
        assert!((found[0].im / 2e-200 - 1.0).abs() < 1e-14 && found[0].re.abs() < 1e-214, "{found:?}");
        assert_eq!(eigenvalues(&DMatrix::zeros(2, 2)).unwrap()[1].modulus(), 0.0);
        assert!(eigenvalues(&DMatrix::zeros(0, 0)).unwrap().is_empty());
    }

    #[test]
    fn of_defective_matrices() {
        // Half the identity, and outputs of a few units on top, as almost-linear networks have: many eigenvalues 1/2.
        let mut state = 1_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31) - 0.5
        };
        for m in [5, 20, 40] {
            for _ in 0..20 {
                let mut matrix = DMatrix::identity(m, m) * 0.5;
                for j in 0..m {
                    if draw() > 0.0 {
                        (0..m).for_each(|i| matrix[(i, j)] += draw());
                    }
                }
                let (trace, size) = (matrix.trace(), matrix.norm());
                let found = eigenvalues(&matrix).unwrap();
                let sum: f64 = found.iter().map(|e| e.re).sum();
                assert!((sum - trace).abs() < 1e-13 * size * m as f64, "{sum} {trace}");
            }
        }
    }
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
        for (value, im) in [(values[1], 1.0), (values[2], -1.0)] {
            assert!(value.re.hypot(value.im - im) < 1e-12, "{value:?}");
        }
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
