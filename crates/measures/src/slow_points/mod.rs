//! Slow points and line attractors: where a map hardly moves.

mod descent;

use attractor_systems::{PiecewiseLinearMap, Trajectory};
use nalgebra::{DMatrix, DVector};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::eigen::{eigenvalues, right_singular};
use crate::piecewise::Units;
use crate::{Eigenvalue, Error, Region, Result, input};
use descent::Descent;

/// Settings of [`slow_points`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SlowPointConfig {
    /// States of the trajectory that the search starts from, drawn at random. Default 200.
    pub starts: usize,
    /// The size of the states, such as their standard deviation along a typical orbit. Default 1.
    pub scale: f64,
    /// Slow points move by at most `max_speed · scale` per step. Default 1e-3.
    pub max_speed: f64,
    /// A direction is slow if the speed stays below twice `max_speed · scale` up to `extent · scale` along it.
    /// Default 0.5.
    pub extent: f64,
    /// Eigenvalues are near 1 within this distance in the complex plane. Default 0.05.
    pub near: f64,
    /// Slow points within `merge · scale`, in every variable, are the same. Default 1e-3.
    pub merge: f64,
    /// States beyond `bound · scale`, in any variable, are not looked at. Default 1000.
    pub bound: f64,
    /// Linear regions that the search from one state may enter. Default 200.
    pub max_regions: usize,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for SlowPointConfig {
    fn default() -> Self {
        Self {
            starts: 200,
            scale: 1.0,
            max_speed: 1e-3,
            extent: 0.5,
            near: 0.05,
            merge: 1e-3,
            bound: 1000.0,
            max_regions: 200,
            input: Vec::new(),
        }
    }
}

/// A state where the map is slow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlowPoint {
    /// The state \[M\].
    pub state: Vec<f64>,
    /// |F(z) − z|, 0 but for rounding at a fixed point.
    pub speed: f64,
    /// The linear region that it lies in or on the border of.
    pub region: Region,
    /// Units on whose border it lies: there the speed has a minimum with a kink, and other regions meet.
    pub on_border_of: Vec<usize>,
    /// The eigenvalues of the Jacobian in that region that are near 1, nearest first.
    pub eigenvalues_near_one: Vec<Eigenvalue>,
    /// Dimension of the set of slow states around it: 0 for an isolated one, 1 for a line.
    pub dimension: usize,
    /// Orthonormal directions \[dimension, M\] along which it stays slow.
    pub directions: Vec<Vec<f64>>,
    /// How many starts came to it.
    pub starts: usize,
}

/// Slow points that slow states connect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlowSet {
    /// Its points, the slowest first.
    pub points: Vec<usize>,
    /// The dimension that most of its points have: 1 for a line attractor.
    pub dimension: usize,
    /// The largest distance between two of its points.
    pub length: f64,
}

/// The result of [`slow_points`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlowPoints {
    /// The slow points, the slowest first.
    pub points: Vec<SlowPoint>,
    /// The sets that they form, that with the most starts first.
    pub sets: Vec<SlowSet>,
    /// Starts that came to a minimum of the speed that is not slow.
    pub not_slow: usize,
    /// Starts that left the bound.
    pub out_of_bound: usize,
}

impl SlowPoints {
    /// The sets of dimension 1: line attractors, if they attract.
    pub fn lines(&self) -> impl Iterator<Item = &SlowSet> {
        self.sets.iter().filter(|set| set.dimension == 1)
    }
}

/// The slow points \[S21\] of a piecewise-linear map near the states of `trajectory` \[T, M\]: local minima of
///
/// $$ q(z) = \tfrac12 |F(z) - z|^2 $$
///
/// (the function of \[SB13\]) that are slow enough, found from states of the trajectory drawn at random.
///
/// Within a linear region q is quadratic, and its minimum under the region's linear constraints is solved for, with
/// no step size; where a border holds it, the search goes on beyond that border as long as q decreases. It first moves
/// only along directions in which the speed changes by more than `max_speed` over `extent`, so that it comes to the
/// nearest point of a line attractor, not to the end of it; if the place is not slow, it moves along all.
///
/// Fixed points are slow points. At corners where three or more regions meet, only the regions beyond each border,
/// and beyond all, are tried. A set is slow; whether it attracts is seen from the eigenvalues and from orbits.
///
/// # Errors
/// [`Error::Dimension`] when the trajectory does not have the dimension of the map, and for the input,
/// [`Error::Missing`], [`Error::NonFinite`], [`Error::Setting`], [`Error::Decomposition`], [`Error::Overflow`],
/// [`Error::System`] for senseless parameters of the map.
pub fn slow_points(
    map: &PiecewiseLinearMap,
    trajectory: &Trajectory,
    config: &SlowPointConfig,
    rng: &mut (impl Rng + ?Sized),
) -> Result<SlowPoints> {
    let units = Units::new(map, &config.input)?;
    input::same("variables of the trajectory", units.dim(), trajectory.dim())?;
    let data = input::without_gaps(trajectory, "trajectory")?;
    for (setting, value) in [
        ("scale", config.scale),
        ("max_speed", config.max_speed),
        ("extent", config.extent),
        ("near", config.near),
        ("merge", config.merge),
        ("bound", config.bound),
    ] {
        input::positive(setting, value)?;
    }
    for (setting, value) in [("starts", config.starts), ("max_regions", config.max_regions)] {
        if value == 0 {
            return Err(Error::Setting { setting, value: 0.0, requirement: "at least 1" });
        }
    }
    let max_speed = config.max_speed * config.scale;
    let cautious =
        Descent { units: &units, slack: config.max_speed / config.extent, max_regions: config.max_regions };
    let full = Descent { slack: 0.0, ..cautious };
    let count = config.starts.min(data.nrows());
    let mut chosen = rand::seq::index::sample(rng, data.nrows(), count).into_vec();
    chosen.sort_unstable();
    let mut found = SlowPoints { points: Vec::new(), sets: Vec::new(), not_slow: 0, out_of_bound: 0 };
    for row in chosen {
        let start = DVector::from_iterator(units.dim(), data.row(row).iter().copied());
        let mut place = cautious.minimise(&start)?;
        if cautious.speed(&place.z) > max_speed {
            place = full.minimise(&place.z)?;
        }
        let speed = full.speed(&place.z);
        if !place.z.iter().all(|v| v.abs() <= config.bound * config.scale) {
            found.out_of_bound += 1;
            continue;
        }
        if speed.is_nan() || speed > max_speed {
            found.not_slow += 1;
            continue;
        }
        let merge = config.merge * config.scale;
        let same =
            |point: &&mut SlowPoint| point.state.iter().zip(&place.z).all(|(a, b)| (a - b).abs() <= merge);
        if let Some(known) = found.points.iter_mut().find(same) {
            known.starts += 1;
            continue;
        }
        found.points.push(describe(&full, place, speed, config)?);
    }
    found.points.sort_by(|a, b| a.speed.total_cmp(&b.speed));
    found.sets = connect(&full, &found.points, max_speed);
    Ok(found)
}

/// What there is to know of a slow point.
fn describe(
    descent: &Descent<'_>,
    place: descent::Place,
    speed: f64,
    config: &SlowPointConfig,
) -> Result<SlowPoint> {
    let (matrix, _) = descent.units.piece(&place.region);
    let mut near = eigenvalues(&matrix)?;
    let distance = |value: &Eigenvalue| (value.re - 1.0).hypot(value.im);
    near.retain(|value| distance(value) <= config.near);
    near.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    let m = matrix.nrows();
    let (values, vectors) = right_singular(&(matrix - DMatrix::identity(m, m)))?;
    let limit = 2.0 * config.max_speed * config.scale;
    let extent = config.extent * config.scale;
    let directions: Vec<Vec<f64>> = values
        .iter()
        .zip(vectors.column_iter())
        .filter(|(value, _)| **value <= config.max_speed / config.extent)
        .map(|(_, direction)| direction.into_owned())
        .filter(|direction| {
            let slow = |sign: f64| {
                (1..=4).all(|i| {
                    descent.speed(&(&place.z + direction * (sign * extent * f64::from(i) / 4.0))) <= limit
                })
            };
            slow(1.0) || slow(-1.0)
        })
        .map(|direction| direction.as_slice().to_vec())
        .collect();
    Ok(SlowPoint {
        state: place.z.as_slice().to_vec(),
        speed,
        region: place.region,
        on_border_of: place.held,
        eigenvalues_near_one: near,
        dimension: directions.len(),
        directions,
        starts: 1,
    })
}

/// The sets of points between which the straight line is slow, directly or by way of others.
fn connect(descent: &Descent<'_>, points: &[SlowPoint], max_speed: f64) -> Vec<SlowSet> {
    let states: Vec<DVector<f64>> =
        points.iter().map(|point| DVector::from_column_slice(&point.state)).collect();
    let slow_between = |a: usize, b: usize| {
        (1..10).all(|i| descent.speed(&states[a].lerp(&states[b], f64::from(i) / 10.0)) <= 2.0 * max_speed)
    };
    let mut left: Vec<usize> = (0..points.len()).collect();
    let mut sets = Vec::new();
    while !left.is_empty() {
        let mut members = vec![left.remove(0)];
        let mut reached = 0;
        while reached < members.len() {
            let from = members[reached];
            let (joined, rest) = left.iter().partition(|&&other| slow_between(from, other));
            members.extend::<Vec<usize>>(joined);
            left = rest;
            reached += 1;
        }
        members.sort_unstable();
        let mut length = 0.0_f64;
        for (i, &a) in members.iter().enumerate() {
            for &b in &members[..i] {
                length = length.max((&states[a] - &states[b]).norm());
            }
        }
        let mut dimensions: Vec<usize> = members.iter().map(|&index| points[index].dimension).collect();
        dimensions.sort_unstable();
        sets.push(SlowSet { dimension: dimensions[dimensions.len() / 2], points: members, length });
    }
    let starts = |set: &SlowSet| set.points.iter().map(|&index| points[index].starts).sum::<usize>();
    sets.sort_by_key(|set| std::cmp::Reverse(starts(set)));
    sets
}
