//! Two-dimensional manifolds as clouds of points.

use attractor_systems::PiecewiseLinearMap;
use nalgebra::DVector;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::ManifoldKind;
use super::polyline::{Inverses, preimage};
use super::saddle::Saddle;
use crate::{Eigenvalue, Error, Result, input};

/// Settings of [`manifold_cloud`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManifoldCloudConfig {
    /// Points in the disc around the saddle that the cloud grows from. Default 1000.
    pub seeds: usize,
    /// Radius of the disc; by default nine tenths of the way to the border that is nearest within the eigenspace,
    /// 1 where there is none.
    pub radius: Option<f64>,
    /// How often one period of the map, or of its inverse, is applied. Default 20.
    pub periods: usize,
    /// Most points in all. Default 1,000,000.
    pub max_points: usize,
    /// Points beyond this in any variable are left out, and not followed on. Default 1e6.
    pub bound: f64,
    /// Eigenvalues whose modulus is as close as this to 1 are neither stable nor unstable. Default 1e-9.
    pub hyperbolicity: f64,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for ManifoldCloudConfig {
    fn default() -> Self {
        Self {
            seeds: 1000,
            radius: None,
            periods: 20,
            max_points: 1_000_000,
            bound: 1e6,
            hyperbolicity: 1e-9,
            input: Vec::new(),
        }
    }
}

/// Points of a two-dimensional manifold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManifoldCloud {
    points: Array2<f64>,
    /// How often one period was applied to get to each point \[P\]; 0 for the seeds.
    pub periods: Vec<usize>,
    /// Whether it is the stable or the unstable manifold.
    pub stability: ManifoldKind,
    /// The two eigenvalues of one period.
    pub eigenvalues: [Eigenvalue; 2],
    /// Orthonormal basis \[2, M\] of the eigenspace.
    pub basis: Array2<f64>,
    /// Radius of the disc of seeds.
    pub radius: f64,
    /// Points that were not followed on because they left the bound.
    pub left: usize,
    /// Points that were not followed on because the map folds or is singular before their preimage.
    pub folded: usize,
}

impl ManifoldCloud {
    /// The points \[P, M\], those of fewer periods first.
    pub fn points(&self) -> ArrayView2<'_, f64> {
        self.points.view()
    }
}

/// The two-dimensional stable or unstable manifold of the fixed point `state` \[M\] (`period` 1) of a piecewise-linear
/// map, or of a state of a cycle of `period` steps, as a cloud of points: a disc of seeds in the eigenspace, spread
/// evenly, and their images or preimages after 1, 2, … periods.
///
/// The disc lies within the linear regions of the saddle, where the manifold is flat, so that every point is on the
/// manifold but for rounding, if `radius` is not set larger than that. The cloud thins out as it spreads.
/// A preimage is found by following the preimage of the line from the saddle to the point.
///
/// # Errors
/// As [`manifold`](super::manifold()), for a manifold that is not two-dimensional; [`Error::Limit`] when more than
/// `max_points` points were asked for.
pub fn manifold_cloud(
    map: &PiecewiseLinearMap,
    state: &[f64],
    period: usize,
    stability: ManifoldKind,
    config: &ManifoldCloudConfig,
) -> Result<ManifoldCloud> {
    input::positive("bound", config.bound)?;
    if let Some(radius) = config.radius {
        input::positive("radius", radius)?;
    }
    if config.seeds == 0 {
        return Err(Error::Setting { setting: "seeds", value: 0.0, requirement: "at least 1" });
    }
    let points = config.seeds.saturating_mul(config.periods.saturating_add(1));
    if points > config.max_points {
        return Err(Error::Limit {
            what: "points of a manifold",
            limit: config.max_points,
            needed: points as f64,
        });
    }
    let saddle = Saddle::new(map, state, period, &config.input, stability, config.hyperbolicity)?;
    let basis = saddle.subspace(stability, 2)?;
    let in_plane = |angle: f64| basis.column(0) * angle.cos() + basis.column(1) * angle.sin();
    let radius = config.radius.unwrap_or_else(|| {
        let reach = (0..360).map(|degree| saddle.reach(&in_plane(f64::from(degree).to_radians()), period).0);
        let reach = reach.fold(f64::INFINITY, f64::min);
        if reach.is_finite() { 0.9 * reach } else { 1.0 }
    });
    let golden_angle = std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
    let seeds = config.seeds as f64;
    let mut front: Vec<DVector<f64>> = (0..config.seeds)
        .map(|i| {
            let distance = radius * ((i as f64 + 0.5) / seeds).sqrt();
            &saddle.states[0] + in_plane(golden_angle * i as f64) * distance
        })
        .collect();
    let (mut points, mut periods) = (Vec::new(), Vec::new());
    let (mut left, mut folded) = (0, 0);
    let mut inverses = Inverses::default();
    for applied in 0..=config.periods {
        let before = front.len();
        front.retain(|z| z.iter().all(|v| v.abs() <= config.bound));
        left += before - front.len();
        periods.resize(periods.len() + front.len(), applied);
        points.extend(front.iter().flat_map(|z| z.iter().copied()));
        if applied == config.periods {
            break;
        }
        let moved: Vec<Option<DVector<f64>>> = front
            .iter()
            .map(|z| match stability {
                ManifoldKind::Unstable => Some(forward(&saddle, z)),
                ManifoldKind::Stable => backward(&saddle, z, &mut inverses),
            })
            .collect();
        front = moved.into_iter().flatten().collect();
        folded += periods.iter().filter(|&&p| p == applied).count() - front.len();
    }
    let dim = saddle.units.dim();
    Ok(ManifoldCloud {
        points: Array2::from_shape_fn((periods.len(), dim), |(i, j)| points[i * dim + j]),
        periods,
        stability,
        eigenvalues: [saddle.eigenvalues[0], saddle.eigenvalues[1]],
        basis: Array2::from_shape_fn((2, dim), |(i, j)| basis[(j, i)]),
        radius,
        left,
        folded,
    })
}

/// The image after one period.
fn forward(saddle: &Saddle, z: &DVector<f64>) -> DVector<f64> {
    let (mut z, mut next) = (z.clone(), z.clone());
    for _ in 0..saddle.period() {
        saddle.units.step(z.as_slice(), next.as_mut_slice());
        std::mem::swap(&mut z, &mut next);
    }
    z
}

/// The preimage of one period that is connected to the saddle; nothing where it cannot be followed.
fn backward(saddle: &Saddle, z: &DVector<f64>, inverses: &mut Inverses) -> Option<DVector<f64>> {
    let mut line = vec![saddle.states[0].clone(), z.clone()];
    for index in (0..saddle.period()).rev() {
        let region = saddle.regions[index].clone();
        let back = preimage(&saddle.units, inverses, &line, &saddle.states[index], region);
        if back.stop.is_some() {
            return None;
        }
        line = back.line;
    }
    line.pop()
}
