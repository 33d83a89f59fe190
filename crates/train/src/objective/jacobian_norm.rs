//! Norms of the Jacobians along forcing sequences, from which adaptive teacher forcing takes its strength \[H23\].

use attractor_models::Dynamics;
use burn::tensor::Tensor;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// How the norm 𝒩 of the Jacobians is estimated. All but [`Bound`](Self::Bound) look at the Jacobians J_t along each sequence of
/// a batch; spectral norms throughout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JacobianNorm {
    /// The geometric mean over time of ‖J_t‖, which bounds ‖Π J_t‖^{1/T} from above; the largest over the sequences.
    #[default]
    ProductUpperBound,
    /// ‖Π J_t‖^{1/T}; the largest over the sequences.
    GeometricMean,
    /// ‖(1/T) Σ J_t‖; the largest over the sequences.
    ArithmeticMean,
    /// The largest ‖J_t‖ over all steps of all sequences.
    BatchMaximum,
    /// A bound from the parameters alone: max|A| + ‖W1‖ ‖W2‖ and the like, see
    /// [`jacobian_bound`](attractor_models::Dynamics::jacobian_bound).
    Bound,
}

impl JacobianNorm {
    /// The estimate along `states` \[B, T, M\]; `None` where it is not a finite number, or the dynamics have no bound.
    pub(crate) fn estimate(self, dynamics: &impl Dynamics, states: Tensor<3>) -> Option<f64> {
        if self == Self::Bound {
            return dynamics.jacobian_bound().ok().flatten().filter(|bound| bound.is_finite());
        }
        let [batch, steps, m] = states.dims();
        let jacobians = dynamics.jacobian(states.reshape([batch * steps, m])).into_data();
        let jacobians: Vec<f64> = jacobians.iter::<f64>().collect();
        if !jacobians.iter().all(|entry| entry.is_finite()) {
            return None;
        }
        let sequences = jacobians.chunks_exact(steps * m * m);
        let norm = sequences.map(|sequence| self.of_sequence(sequence, m)).fold(0.0, f64::max);
        norm.is_finite().then_some(norm)
    }

    /// The estimate along one sequence of Jacobians \[T, M, M\].
    fn of_sequence(self, jacobians: &[f64], m: usize) -> f64 {
        let each = jacobians.chunks_exact(m * m);
        let steps = each.len() as f64;
        match self {
            Self::ProductUpperBound => {
                (each.map(|jacobian| spectral_norm(jacobian, m).ln()).sum::<f64>() / steps).exp()
            }
            Self::GeometricMean => {
                // The product over time, scaled to length 1 at each step lest it overflow or vanish.
                let mut product = DMatrix::<f64>::identity(m, m);
                let mut log_scale = 0.0;
                for jacobian in each {
                    product = DMatrix::from_row_slice(m, m, jacobian) * product;
                    let scale = product.norm();
                    if scale == 0.0 {
                        return 0.0;
                    }
                    product /= scale;
                    log_scale += scale.ln();
                }
                ((log_scale + spectral_norm(product.as_slice(), m).ln()) / steps).exp()
            }
            Self::ArithmeticMean => {
                let mut mean = vec![0.0; m * m];
                for jacobian in each {
                    mean.iter_mut().zip(jacobian).for_each(|(mean, entry)| *mean += entry / steps);
                }
                spectral_norm(&mean, m)
            }
            Self::BatchMaximum => each.map(|jacobian| spectral_norm(jacobian, m)).fold(0.0, f64::max),
            Self::Bound => unreachable!("the bound needs no Jacobians"),
        }
    }
}

/// The largest singular value of a matrix \[M, M\], row- or column-major.
fn spectral_norm(matrix: &[f64], m: usize) -> f64 {
    // Its square is the largest eigenvalue of JᵀJ, which is known in closed form for the sizes met most often.
    let gram = |i: usize, j: usize| (0..m).map(|k| matrix[k * m + i] * matrix[k * m + j]).sum::<f64>();
    let largest = match m {
        1 => gram(0, 0),
        2 => {
            let (a, b, d) = (gram(0, 0), gram(0, 1), gram(1, 1));
            0.5 * (a + d) + (0.25 * (a - d).powi(2) + b * b).sqrt()
        }
        3 => {
            // The trigonometric solution of the characteristic cubic (Smith 1961, Communications of the ACM 4, 168).
            let [a, b, c] = [gram(0, 0), gram(1, 1), gram(2, 2)];
            let [d, e, f] = [gram(0, 1), gram(0, 2), gram(1, 2)];
            let off = d * d + e * e + f * f;
            let mean = (a + b + c) / 3.0;
            let spread = (a - mean).powi(2) + (b - mean).powi(2) + (c - mean).powi(2) + 2.0 * off;
            let p = (spread / 6.0).sqrt();
            if p <= f64::EPSILON * mean {
                mean
            } else {
                let [a, b, c] = [a - mean, b - mean, c - mean];
                let determinant = a * (b * c - f * f) - d * (d * c - f * e) + e * (d * f - b * e);
                let cosine = (0.5 * determinant / p.powi(3)).clamp(-1.0, 1.0);
                mean + 2.0 * p * (cosine.acos() / 3.0).cos()
            }
        }
        _ => return DMatrix::from_row_slice(m, m, matrix).singular_values().max(),
    };
    largest.max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn closed_forms_are_the_largest_singular_value(
            m in 1..6_usize,
            entries in prop::collection::vec(-3.0..3.0_f64, 25),
            scale in prop::sample::select(vec![1e-6, 1.0, 1e6]),
        ) {
            let matrix: Vec<f64> = entries[..m * m].iter().map(|entry| entry * scale).collect();
            let expected = DMatrix::from_row_slice(m, m, &matrix).singular_values().max();
            prop_assert!((spectral_norm(&matrix, m) - expected).abs() <= 1e-7 * expected);
        }
    }

    #[test]
    fn multiples_of_rotations_have_their_factor_as_norm() {
        let (sine, cosine) = 0.7_f64.sin_cos();
        let rotation = [cosine, -sine, 0.0, sine, cosine, 0.0, 0.0, 0.0, 1.0].map(|entry| 1.5 * entry);
        assert!((spectral_norm(&rotation, 3) - 1.5).abs() < 1e-12);
        assert_eq!(spectral_norm(&[0.0; 9], 3), 0.0);
    }

    #[test]
    fn sequences_of_one_jacobian_and_of_commuting_ones() {
        // diag(2, 1/2) and diag(1/8, 1): the product is diag(1/4, 1/2), each norm 2 and 1, the mean diag(17/16, 3/4).
        let jacobians = [2.0, 0.0, 0.0, 0.5, 0.125, 0.0, 0.0, 1.0];
        let of = |norm: JacobianNorm| norm.of_sequence(&jacobians, 2);
        assert!((of(JacobianNorm::ProductUpperBound) - 2.0_f64.sqrt()).abs() < 1e-12);
        assert!((of(JacobianNorm::GeometricMean) - 0.5_f64.sqrt()).abs() < 1e-12);
        assert!((of(JacobianNorm::ArithmeticMean) - 17.0 / 16.0).abs() < 1e-12);
        assert!((of(JacobianNorm::BatchMaximum) - 2.0).abs() < 1e-12);
    }
}
