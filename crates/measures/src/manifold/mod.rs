//! Stable and unstable manifolds of the saddles of piecewise-linear maps.

mod cloud;
mod polyline;
mod preimages;
mod saddle;

use attractor_systems::PiecewiseLinearMap;
use nalgebra::DVector;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::piecewise::Units;
use crate::{Error, Region, Result, input};
pub use cloud::{ManifoldCloud, ManifoldCloudConfig, manifold_cloud};
use polyline::{Inverses, Stop, image, preimage};
pub use preimages::preimages;
use saddle::Saddle;

/// Which manifold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManifoldKind {
    /// States that come to the fixed point or cycle.
    Stable,
    /// States that come from it.
    Unstable,
}

impl ManifoldKind {
    fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Unstable => "unstable",
        }
    }
}

/// Settings of [`manifold`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ManifoldConfig {
    /// Arc length at which each of the two branches ends. Default 100.
    pub max_length: f64,
    /// Most vertices of a branch. Default 100,000.
    pub max_vertices: usize,
    /// How often the map, or its inverse, is applied at most. Default 10,000.
    pub max_steps: usize,
    /// A branch ends before the first vertex that is beyond this in any variable. Default 1e6.
    pub bound: f64,
    /// Eigenvalues whose modulus is as close as this to 1 are neither stable nor unstable. Default 1e-9.
    pub hyperbolicity: f64,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for ManifoldConfig {
    fn default() -> Self {
        Self {
            max_length: 100.0,
            max_vertices: 100_000,
            max_steps: 10_000,
            bound: 1e6,
            hyperbolicity: 1e-9,
            input: Vec::new(),
        }
    }
}

/// Why a branch ends where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BranchEnd {
    /// It is all there is: the preimage of a whole polyline.
    Complete,
    /// It has the length that was asked for.
    Length,
    /// It has as many vertices as were allowed.
    Vertices,
    /// The map was applied as often as was allowed.
    Steps,
    /// It leaves the bound.
    Bound,
    /// It comes to a point, such as a stable fixed point.
    Point,
    /// The map folds here, so that it has no inverse beyond. Only of stable manifolds.
    Fold,
    /// The map is singular here: whole lines are mapped to points. Only of stable manifolds.
    Singular,
}

impl From<Stop> for BranchEnd {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fold => Self::Fold,
            Stop::Singular => Self::Singular,
        }
    }
}

/// One of the two branches of a manifold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManifoldBranch {
    vertices: Array2<f64>,
    /// Arc length.
    pub length: f64,
    /// Why it ends.
    pub end: BranchEnd,
}

impl ManifoldBranch {
    /// The vertices \[V, M\], from the saddle outwards: its kinks, and the ends of the images of the first segment.
    pub fn vertices(&self) -> ArrayView2<'_, f64> {
        self.vertices.view()
    }
}

/// A one-dimensional manifold of a fixed point, or of one state of a cycle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifold {
    /// Whether it is the stable or the unstable one.
    pub stability: ManifoldKind,
    /// The fixed point, or the state of the cycle \[M\], solved for exactly in its regions.
    pub state: Vec<f64>,
    /// Period of the cycle; 1 for a fixed point.
    pub period: usize,
    /// The eigenvalue of one period along the manifold; where it is negative the map swaps the branches.
    pub eigenvalue: f64,
    /// The unit eigenvector \[M\]; its largest entry is positive.
    pub direction: Vec<f64>,
    /// The branch along the direction, and that against it.
    pub branches: [ManifoldBranch; 2],
}

/// The one-dimensional stable or unstable manifold of a saddle of a piecewise-linear map: of the fixed point
/// `state` \[M\] (`period` 1), or of a state of a cycle of `period` steps.
///
/// Within the linear regions of the saddle the manifold is a segment along the eigenvector, up to the first border.
/// The rest are its images, or preimages: the part of it that one period has not yet mapped into the segment is mapped
/// on and on. It is cut wherever it crosses a border, and the image of a piece within one region is a segment again,
/// so that the polyline *is* the manifold, but for rounding: it has exactly the kinks that it must have, and no
/// step size has to be chosen. Preimages are followed from region to region in the same way.
///
/// The stable manifold is followed as far as the map can be inverted along it. Where the map folds, or is singular,
/// the branch ends and says so; other parts of the stable set, which then may exist, are found by [`preimages`] and
/// [`preimage_branch`].
///
/// # Errors
/// [`Error::NotPeriodic`] for a state that does not come back, [`Error::ManifoldDimension`] when the manifold is not
/// one-dimensional, [`Error::NotHyperbolic`], [`Error::OnBorder`], [`Error::Dimension`] and [`Error::NonFinite`] for
/// the state and the input, [`Error::Setting`], [`Error::System`], [`Error::Decomposition`], [`Error::Overflow`].
pub fn manifold(
    map: &PiecewiseLinearMap,
    state: &[f64],
    period: usize,
    stability: ManifoldKind,
    config: &ManifoldConfig,
) -> Result<Manifold> {
    for (setting, value) in [("max_length", config.max_length), ("bound", config.bound)] {
        input::positive(setting, value)?;
    }
    for (setting, value) in [("max_vertices", config.max_vertices), ("max_steps", config.max_steps)] {
        if value < 2 {
            return Err(Error::Setting { setting, value: value as f64, requirement: "at least 2" });
        }
    }
    let saddle = Saddle::new(map, state, period, &config.input, stability, config.hyperbolicity)?;
    let mut direction = saddle.subspace(stability, 1)?.column(0).into_owned();
    let largest = direction[direction.icamax()];
    direction *= largest.signum() / direction.norm();
    let eigenvalue = saddle.eigenvalues[0].re;
    let branch = |direction: &DVector<f64>| grow(&saddle, stability, direction, eigenvalue, config);
    Ok(Manifold {
        stability,
        state: saddle.states[0].as_slice().to_vec(),
        period,
        eigenvalue,
        direction: direction.as_slice().to_vec(),
        branches: [branch(&direction), branch(&-&direction)],
    })
}

/// One preimage of a polyline `vertices` \[V, M\] under one step of a piecewise-linear map, with its kinks: that which
/// starts at `start` \[M\], one of the [`preimages`] of the first vertex. Under a map that folds, a stable manifold has
/// several, which all belong to the stable set.
///
/// # Errors
/// [`Error::NotPreimage`] when `start` is not mapped to the first vertex, [`Error::TooShort`] for less than 2 vertices,
/// [`Error::Dimension`] and [`Error::NonFinite`] for the vertices, the start and the input, [`Error::System`],
/// [`Error::Overflow`].
pub fn preimage_branch(
    map: &PiecewiseLinearMap,
    vertices: ArrayView2<'_, f64>,
    start: &[f64],
    input: &[f64],
) -> Result<ManifoldBranch> {
    let units = Units::new(map, input)?;
    input::same("columns of the vertices", units.dim(), vertices.ncols())?;
    input::finite(vertices, "vertices")?;
    input::state(start, units.dim(), "start")?;
    if vertices.nrows() < 2 {
        return Err(Error::TooShort { what: "vertices", needed: 2, found: vertices.nrows() });
    }
    let line: Vec<DVector<f64>> = vertices
        .rows()
        .into_iter()
        .map(|row| DVector::from_iterator(row.len(), row.iter().copied()))
        .collect();
    let start = DVector::from_column_slice(start);
    let reached = image(&units, std::slice::from_ref(&start));
    let distance = (&reached[0] - &line[0]).amax();
    if distance.is_nan() || distance > 1e-6 * (1.0 + line[0].amax()) {
        let distance = if distance.is_finite() { distance } else { f64::MAX };
        return Err(Error::NotPreimage { distance });
    }
    let region = units.region(start.as_slice());
    let back = preimage(&units, &mut Inverses::default(), &line, &start, region);
    let length = back.line.windows(2).map(|pair| (&pair[1] - &pair[0]).norm()).sum();
    let end = back.stop.map_or(BranchEnd::Complete, BranchEnd::from);
    Ok(ManifoldBranch { vertices: rows(&back.line), length, end })
}

/// Grows one branch.
fn grow(
    saddle: &Saddle,
    stability: ManifoldKind,
    direction: &DVector<f64>,
    eigenvalue: f64,
    config: &ManifoldConfig,
) -> ManifoldBranch {
    // After this many steps a branch is back on its own side.
    let steps = saddle.period() * if eigenvalue < 0.0 { 2 } else { 1 };
    let multiplier = if eigenvalue < 0.0 { eigenvalue * eigenvalue } else { eigenvalue };
    let (reach, directions) = saddle.reach(direction, steps);
    let saddle_state = &saddle.states[0];
    let mut branch = Growing { vertices: vec![saddle_state.clone()], length: 0.0, config };
    let reach_end = saddle_state + direction * reach.min(config.max_length);
    if let Some(end) = branch.push(&reach_end) {
        return branch.finish(end);
    }
    let inner = match stability {
        ManifoldKind::Unstable => reach / multiplier,
        ManifoldKind::Stable => reach * multiplier,
    };
    // The part of the segment that the map, or its inverse, carries beyond it.
    let mut domain = vec![saddle_state + direction * inner, reach_end];
    // For each step back: where the preimage starts, and in which region.
    let mut starts: Vec<(DVector<f64>, Region)> = (0..steps)
        .rev()
        .map(|step| {
            let index = step % saddle.period();
            (&saddle.states[index] + &directions[step] * reach, saddle.regions[index].clone())
        })
        .collect();
    let mut inverses = Inverses::default();
    let mut applied = 0;
    loop {
        let mut stop = None;
        for start in &mut starts {
            applied += 1;
            if stability == ManifoldKind::Unstable {
                domain = image(&saddle.units, &domain);
                continue;
            }
            let (at, region) = (&start.0, start.1.clone());
            let back = preimage(&saddle.units, &mut inverses, &domain, at, region);
            domain = back.line;
            stop = stop.or(back.stop);
            start.1 = back.region;
            start.0.clone_from(&domain[domain.len() - 1]);
            if domain.len() > config.max_vertices {
                break;
            }
        }
        let before = branch.length;
        for vertex in domain.iter().skip(1) {
            if let Some(end) = branch.push(vertex) {
                return branch.finish(end);
            }
        }
        if let Some(stop) = stop {
            return branch.finish(stop.into());
        }
        if branch.length - before <= 1e-14 * branch.length {
            return branch.finish(BranchEnd::Point);
        }
        if applied >= config.max_steps {
            return branch.finish(BranchEnd::Steps);
        }
    }
}

/// Points as the rows of an array.
fn rows(points: &[DVector<f64>]) -> Array2<f64> {
    let dim = points.first().map_or(0, DVector::len);
    Array2::from_shape_fn((points.len(), dim), |(i, j)| points[i][j])
}

/// A branch as it grows.
struct Growing<'a> {
    vertices: Vec<DVector<f64>>,
    length: f64,
    config: &'a ManifoldConfig,
}

impl Growing<'_> {
    /// Adds a vertex, or as much of the segment to it as the settings allow; says why it ends.
    fn push(&mut self, vertex: &DVector<f64>) -> Option<BranchEnd> {
        if !vertex.iter().all(|v| v.abs() <= self.config.bound) {
            return Some(BranchEnd::Bound);
        }
        let last = &self.vertices[self.vertices.len() - 1];
        let segment = (vertex - last).norm();
        let room = self.config.max_length - self.length;
        if segment >= room {
            let cut = last.lerp(vertex, room / segment);
            self.vertices.push(cut);
            self.length = self.config.max_length;
            return Some(BranchEnd::Length);
        }
        if segment > 0.0 {
            self.vertices.push(vertex.clone());
            self.length += segment;
        }
        (self.vertices.len() >= self.config.max_vertices).then_some(BranchEnd::Vertices)
    }

    fn finish(self, end: BranchEnd) -> ManifoldBranch {
        ManifoldBranch { vertices: rows(&self.vertices), length: self.length, end }
    }
}
