//! Fixed points and cycles of piecewise-linear maps: where they are and how stable.

use nalgebra::{DMatrix, DVector, Schur};
use serde::{Deserialize, Serialize};

use super::Region;
use super::units::Units;
use crate::{Error, Result};

/// An eigenvalue of the Jacobian along an orbit; those that are not real come in conjugate pairs.
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

/// What the eigenvalues λ of an orbit, and their moduli, say of its neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stability {
    /// Every |λ| < 1, all real.
    StableNode,
    /// Every |λ| < 1, a pair complex: neighbours spiral in.
    StableFocus,
    /// Every |λ| > 1, all real.
    UnstableNode,
    /// Every |λ| > 1, a pair complex: neighbours spiral out.
    UnstableFocus,
    /// Some |λ| < 1, others > 1, all real.
    Saddle,
    /// Some |λ| < 1, others > 1, a pair complex, as at the two foci of Lorenz-63, which are unstable within a plane
    /// and stable across it.
    SaddleFocus,
    /// Some |λ| = 1 to rounding: the linear part alone does not decide.
    NonHyperbolic,
}

impl Stability {
    /// Whether |λ| < 1 for every eigenvalue: neighbours come closer.
    pub fn is_stable(self) -> bool {
        matches!(self, Self::StableNode | Self::StableFocus)
    }
}

/// A fixed point, of period 1, or a cycle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeriodicOrbit {
    /// The states \[period, M\] in the order in which they are visited.
    pub points: Vec<Vec<f64>>,
    /// The linear region of every state.
    pub regions: Vec<Region>,
    /// Eigenvalues \[M\] of the product of the Jacobians over one period, largest modulus first. They are accurate
    /// to rounding times the largest modulus: far smaller ones are not resolved.
    pub eigenvalues: Vec<Eigenvalue>,
    /// What they say of the neighbourhood.
    pub stability: Stability,
    /// Whether the eigenvalue of largest modulus is real and negative: neighbours change sides every period.
    pub flip: bool,
    /// How many |λ| > 1: the dimension of the unstable manifold.
    pub unstable_dim: usize,
    /// The largest |F(z_t) − z_{t+1}| over all states and components.
    pub residual: f64,
    /// The smallest distance of a state to a hyperplane W z + b = 0, where there is one. At 0, to rounding, the
    /// orbit touches a border of its regions, where the map has no Jacobian: the eigenvalues are those of one side.
    pub border_distance: Option<f64>,
}

impl PeriodicOrbit {
    /// The period; 1 for a fixed point.
    pub fn period(&self) -> usize {
        self.points.len()
    }

    /// The orbit through `points`, whose minimal period is their number, with `regions` to linearise in.
    pub(super) fn new(units: &Units, points: Vec<Vec<f64>>, regions: Vec<Region>) -> Result<Self> {
        let m = units.dim();
        let mut product = DMatrix::identity(m, m);
        let mut residual = 0.0_f64;
        let mut border = f64::INFINITY;
        let mut next = vec![0.0; m];
        for (t, (z, region)) in points.iter().zip(&regions).enumerate() {
            product = units.piece(region).0 * product;
            units.step(z, &mut next);
            let target = &points[(t + 1) % points.len()];
            residual = next.iter().zip(target).fold(residual, |max, (a, b)| max.max((a - b).abs()));
            border = border.min(units.border_distance(z));
        }
        let eigenvalues = eigenvalues(product)?;
        let unstable_dim = eigenvalues.iter().filter(|e| e.modulus() > 1.0 + ON_CIRCLE).count();
        let stable_dim = eigenvalues.iter().filter(|e| e.modulus() < 1.0 - ON_CIRCLE).count();
        let spiral = eigenvalues.iter().any(|e| e.im != 0.0);
        let stability = match (stable_dim, unstable_dim, spiral) {
            (s, u, _) if s + u < m => Stability::NonHyperbolic,
            (_, 0, false) => Stability::StableNode,
            (_, 0, true) => Stability::StableFocus,
            (0, _, false) => Stability::UnstableNode,
            (0, _, true) => Stability::UnstableFocus,
            (_, _, false) => Stability::Saddle,
            (_, _, true) => Stability::SaddleFocus,
        };
        let flip = eigenvalues.first().is_some_and(|e| e.im == 0.0 && e.re < 0.0);
        let border_distance = border.is_finite().then_some(border);
        Ok(Self { points, regions, eigenvalues, stability, flip, unstable_dim, residual, border_distance })
    }

    /// The largest distance, over states and components, to `other` at the rotation that brings them closest.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let n = self.period();
        let apart = |shift: usize| {
            (0..n)
                .flat_map(|t| self.points[t].iter().zip(&other.points[(t + shift) % n]))
                .fold(0.0, |max: f64, (a, b)| max.max((a - b).abs()))
        };
        (0..n).map(apart).fold(f64::INFINITY, f64::min)
    }

    /// The largest component of a state, in modulus.
    pub(super) fn size(&self) -> f64 {
        self.points.iter().flatten().fold(0.0, |max, x| max.max(x.abs()))
    }
}

/// |λ| this close to 1 counts as 1: rounding of the product over a period, generously.
const ON_CIRCLE: f64 = 1e-10;

/// Eigenvalues, largest modulus first.
pub(super) fn eigenvalues(matrix: DMatrix<f64>) -> Result<Vec<Eigenvalue>> {
    let m = matrix.nrows();
    let scale = matrix.amax();
    if scale == 0.0 {
        return Ok(vec![Eigenvalue { re: 0.0, im: 0.0 }; m]);
    }
    if !scale.is_finite() {
        return Err(Error::Overflow { what: "a product of the parameters of the map" });
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
        .ok_or(Error::Eigenvalues)?;
    let mut values: Vec<_> = schur
        .complex_eigenvalues()
        .iter()
        .map(|e| Eigenvalue { re: e.re * scale, im: e.im * scale })
        .collect();
    // Of a conjugate pair the positive imaginary part first.
    values.sort_by(|a, b| {
        b.modulus().total_cmp(&a.modulus()).then(b.re.total_cmp(&a.re)).then(b.im.total_cmp(&a.im))
    });
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::dmatrix;

    #[test]
    fn eigenvalues_of_cyclic_permutations_are_roots_of_unity() {
        for n in 1..9 {
            let cycle = DMatrix::from_fn(n, n, |i, j| if (j + 1) % n == i { 3.0 } else { 0.0 });
            let found = eigenvalues(cycle).unwrap();
            for k in 0..n {
                let (im, re) = (std::f64::consts::TAU * k as f64 / n as f64).sin_cos();
                let near = |e: &Eigenvalue| (e.re - 3.0 * re).hypot(e.im - 3.0 * im) < 1e-13;
                assert!(found.iter().any(near), "{n}: {found:?}");
            }
        }
    }

    #[test]
    fn eigenvalues_are_sorted_and_of_any_scale() {
        let found = eigenvalues(dmatrix![0.5, 3.0, -1.0; 0.0, -2.0, 4.0; 0.0, 0.0, 0.1]).unwrap();
        let expected = [-2.0, 0.5, 0.1];
        assert!(
            found.iter().zip(expected).all(|(e, x)| (e.re - x).abs() < 1e-14 && e.im == 0.0),
            "{found:?}"
        );
        let found = eigenvalues(dmatrix![0.0, -1e-200; 4e-200, 0.0]).unwrap();
        assert!((found[0].im / 2e-200 - 1.0).abs() < 1e-14 && found[0].re.abs() < 1e-214, "{found:?}");
        assert_eq!(eigenvalues(DMatrix::zeros(2, 2)).unwrap()[1].modulus(), 0.0);
        assert!(eigenvalues(DMatrix::zeros(0, 0)).unwrap().is_empty());
    }

    #[test]
    fn eigenvalues_of_defective_matrices() {
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
                let found = eigenvalues(matrix).unwrap();
                let sum: f64 = found.iter().map(|e| e.re).sum();
                assert!((sum - trace).abs() < 1e-13 * size * m as f64, "{sum} {trace}");
            }
        }
    }
}
