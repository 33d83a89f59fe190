//! Fixed points and cycles of piecewise-linear maps: where they are and how stable.

use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

use super::Region;
use super::units::Units;
use crate::Result;
use crate::eigen::{Eigenvalue, eigenvalues};

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
        let eigenvalues = eigenvalues(&product)?;
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
