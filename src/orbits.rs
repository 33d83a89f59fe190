//! Fixed points, cycles and manifolds of a reconstruction in the units of its data.

use attractor_measures::{BranchEnd, Manifold, ManifoldBranch, ManifoldKind, PeriodicOrbit, Stability};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::{Reconstruction, Result};

/// An eigenvalue λ of the Jacobian along one period of a fixed point or cycle, and the rates of the flow that would grow
/// and turn disturbances as much in the time Δt of that period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Multiplier {
    /// Real part of λ.
    pub re: f64,
    /// Imaginary part of λ.
    pub im: f64,
    /// ln|λ| / Δt, per unit of time; nothing for λ = 0.
    pub growth_rate: Option<f64>,
    /// arg λ / Δt, in radians per unit of time.
    pub angular_frequency: f64,
}

impl Multiplier {
    fn new(re: f64, im: f64, time: f64) -> Self {
        let modulus = re.hypot(im);
        Self {
            re,
            im,
            growth_rate: (modulus > 0.0).then(|| modulus.ln() / time),
            angular_frequency: im.atan2(re) / time,
        }
    }

    fn all(orbit: &PeriodicOrbit, dt: f64) -> Vec<Self> {
        let time = orbit.period() as f64 * dt;
        orbit.eigenvalues.iter().map(|value| Self::new(value.re, value.im, time)).collect()
    }
}

/// A fixed point of a reconstruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixedPoint {
    /// What is observed there \[N\], in the units of the data.
    pub position: Vec<f64>,
    /// The latent state \[M\], in the model's units.
    pub state: Vec<f64>,
    /// Eigenvalues \[M\] of the Jacobian of one step, largest modulus first.
    pub eigenvalues: Vec<Multiplier>,
    /// What they say of the neighbourhood.
    pub stability: Stability,
    /// Dimension of the unstable manifold.
    pub unstable_dim: usize,
    /// |F(z) − z| of the component that is farthest off, in the model's units.
    pub residual: f64,
    /// Distance to the nearest border between linear regions, in the model's units, where there is one.
    pub border_distance: Option<f64>,
}

impl FixedPoint {
    pub(crate) fn of(orbit: &PeriodicOrbit, reconstruction: &Reconstruction) -> Result<Self> {
        let state = orbit.points[0].clone();
        Ok(Self {
            position: reconstruction.observation(&state)?,
            state,
            eigenvalues: Multiplier::all(orbit, reconstruction.dt()),
            stability: orbit.stability,
            unstable_dim: orbit.unstable_dim,
            residual: orbit.residual,
            border_distance: orbit.border_distance,
        })
    }
}

/// A cycle of a reconstruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cycle {
    /// Steps, at least 2.
    pub period: usize,
    /// The same in units of time.
    pub duration: f64,
    /// What is observed along it \[period, N\], in the units of the data.
    pub positions: Vec<Vec<f64>>,
    /// The latent states \[period, M\], in the model's units.
    pub states: Vec<Vec<f64>>,
    /// Eigenvalues \[M\] of the Jacobian of one period, largest modulus first.
    pub eigenvalues: Vec<Multiplier>,
    /// What they say of the neighbourhood.
    pub stability: Stability,
    /// Dimension of the unstable manifold.
    pub unstable_dim: usize,
    /// The largest |F(z_t) − z_{t+1}| of a component, in the model's units.
    pub residual: f64,
}

impl Cycle {
    pub(crate) fn of(orbit: &PeriodicOrbit, reconstruction: &Reconstruction) -> Result<Self> {
        let observed = orbit.points.iter().map(|state| reconstruction.observation(state));
        Ok(Self {
            period: orbit.period(),
            duration: orbit.period() as f64 * reconstruction.dt(),
            positions: observed.collect::<Result<_>>()?,
            states: orbit.points.clone(),
            eigenvalues: Multiplier::all(orbit, reconstruction.dt()),
            stability: orbit.stability,
            unstable_dim: orbit.unstable_dim,
            residual: orbit.residual,
        })
    }
}

/// One of the two branches of a manifold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// What is observed at its vertices \[V, N\], from the fixed point outwards, in the units of the data.
    pub positions: Array2<f64>,
    /// Arc length in the model's units.
    pub length: f64,
    /// Why it ends.
    pub end: BranchEnd,
}

/// The stable or unstable manifold of a fixed point, where it is one-dimensional.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixedPointManifold {
    /// Index of the fixed point.
    pub fixed_point: usize,
    /// Whether it is the stable or the unstable one.
    pub kind: ManifoldKind,
    /// The eigenvalue along it.
    pub eigenvalue: f64,
    /// Its branches.
    pub branches: [Branch; 2],
}

impl FixedPointManifold {
    pub(crate) fn of(
        manifold: &Manifold,
        fixed_point: usize,
        reconstruction: &Reconstruction,
    ) -> Result<Self> {
        let branch = |branch: &ManifoldBranch| -> Result<Branch> {
            let positions = reconstruction.observations(branch.vertices())?;
            Ok(Branch { positions, length: branch.length, end: branch.end })
        };
        let [first, second] = &manifold.branches;
        Ok(Self {
            fixed_point,
            kind: manifold.stability,
            eigenvalue: manifold.eigenvalue,
            branches: [branch(first)?, branch(second)?],
        })
    }
}
