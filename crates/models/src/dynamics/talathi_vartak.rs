//! The starting point of \[TV16\]: a random matrix with largest eigenvalue 1, split into A and W.

use nalgebra::DMatrix;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// K = RᵀR/M + I with R standard normal, divided by its largest eigenvalue: \[M, M\], row-major \[TV16, H23\].
///
/// Its diagonal starts A, its off-diagonal part W.
pub(crate) fn matrix(m: usize, rng: &mut dyn Rng) -> Vec<f32> {
    let r = DMatrix::<f64>::from_fn(m, m, |_, _| StandardNormal.sample(rng));
    let k = r.transpose() * &r / m as f64 + DMatrix::identity(m, m);
    let largest = k.symmetric_eigenvalues().max();
    // K is symmetric, so nalgebra's column-major order is row-major too.
    k.iter().map(|entry| (entry / largest) as f32).collect()
}

/// The diagonal of [`matrix`], \[M\].
pub(crate) fn diagonal(m: usize, rng: &mut dyn Rng) -> Vec<f32> {
    matrix(m, rng).into_iter().step_by(m + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    #[test]
    fn largest_eigenvalue_is_one() {
        for m in [1, 2, 7, 20] {
            let k = matrix(m, &mut ChaCha8Rng::seed_from_u64(5));
            let k = DMatrix::from_row_slice(m, m, &k.iter().map(|x| f64::from(*x)).collect::<Vec<_>>());
            assert!((k.symmetric_eigenvalues().max() - 1.0).abs() < 1e-6);
            assert!(k.symmetric_eigenvalues().min() > 0.0);
        }
    }
}
