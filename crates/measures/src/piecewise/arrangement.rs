//! The linear regions that exist: the cells of the arrangement of all hyperplanes.

use std::collections::HashSet;

use attractor_systems::PiecewiseLinearMap;
use serde::{Deserialize, Serialize};

use super::Region;
use super::classes::region_bound;
use super::units::{Units, axpy, dot};
use crate::{Error, Result};

/// A linear region, and a state in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The region.
    pub region: Region,
    /// A state \[M\] inside it.
    pub state: Vec<f64>,
}

/// The linear regions of a map. Made by [`linear_regions`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearRegions {
    /// The regions, each once.
    pub cells: Vec<Cell>,
    /// How many there can be at most, as [`FixedPointCertificate::region_bound`](super::FixedPointCertificate); in
    /// general position there are as many.
    pub bound: f64,
    /// States that came to lie on a border to rounding, and were left out: a region as thin as that may be missing.
    pub unclear: usize,
}

/// Enumerates the linear regions of `map` that exist, each with a state in it.
///
/// The hyperplanes are inserted one after the other. Those regions that the next one cuts are the regions within it,
/// an arrangement of one dimension less; on a line they are intervals. The work is about that of listing the
/// regions, M + U operations for each. Regions that are as thin as rounding can be missed.
///
/// # Errors
/// [`Error::Limit`] when the bound on their number is above `budget`, [`Error::System`] for senseless parameters of
/// the map, [`Error::Overflow`].
pub fn linear_regions(map: &PiecewiseLinearMap, budget: usize) -> Result<LinearRegions> {
    let units = Units::new(map, &[])?;
    let bound = region_bound(&units);
    if bound > budget as f64 {
        return Err(Error::Limit { what: "linear regions", limit: budget, needed: bound });
    }
    let mut planes = Vec::new();
    for unit in 0..units.count() {
        planes.extend(Plane::new(units.normal(unit).to_vec(), units.b()[unit]));
    }
    distinct(&mut planes);
    let mut seen = HashSet::new();
    let mut cells = Vec::new();
    let mut unclear = 0;
    for state in states(&planes, units.dim()) {
        let constant = |unit: usize| units.normal(unit).iter().all(|w| *w == 0.0);
        let on_border = |unit: usize| {
            !constant(unit) && units.drive(unit, &state).abs() <= units.drive_rounding(unit, &state)
        };
        if (0..units.count()).any(on_border) {
            unclear += 1;
            continue;
        }
        let region = units.region(&state);
        if seen.insert(region.clone()) {
            cells.push(Cell { region, state });
        }
    }
    Ok(LinearRegions { cells, bound, unclear })
}

/// The hyperplane n·x + b = 0 with |n| = 1.
#[derive(Clone)]
struct Plane {
    normal: Vec<f64>,
    b: f64,
}

impl Plane {
    /// Nothing where there is none, the normal being zero.
    fn new(mut normal: Vec<f64>, b: f64) -> Option<Self> {
        let length = dot(&normal, &normal).sqrt();
        let sign = normal.iter().find(|w| **w != 0.0)?.signum();
        for w in &mut normal {
            *w *= sign / length;
        }
        Some(Self { normal, b: b * sign / length })
    }

    fn at(&self, x: &[f64]) -> f64 {
        dot(&self.normal, x) + self.b
    }

    /// Whether it is `other` to rounding, up to the sign of the normal.
    fn is(&self, other: &Self) -> bool {
        let near = |sign: f64| {
            (self.b - sign * other.b).abs() <= SAME * (1.0 + self.b.abs())
                && self.normal.iter().zip(&other.normal).all(|(a, b)| (a - sign * b).abs() <= SAME)
        };
        near(1.0) || near(-1.0)
    }
}

/// Hyperplanes that differ by less are one, parallel ones do not meet.
const SAME: f64 = 1e-13;

fn distinct(planes: &mut Vec<Plane>) {
    let mut kept: Vec<Plane> = Vec::with_capacity(planes.len());
    for plane in planes.drain(..) {
        if !kept.iter().any(|other| other.is(&plane)) {
            kept.push(plane);
        }
    }
    *planes = kept;
}

/// States, one at least in every cell of the arrangement of `planes`, no two alike, and at most one in each but for
/// rounding.
fn states(planes: &[Plane], dim: usize) -> Vec<Vec<f64>> {
    if planes.is_empty() {
        return vec![vec![0.0; dim]];
    }
    if dim == 1 {
        return on_line(planes);
    }
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |x: Vec<f64>| {
        let sides: Vec<bool> = planes.iter().map(|plane| plane.at(&x) > 0.0).collect();
        if seen.insert(Region::new(&sides)) {
            found.push(x);
        }
    };
    for (index, plane) in planes.iter().enumerate() {
        let foot: Vec<f64> = plane.normal.iter().map(|n| -plane.b * n).collect();
        let basis = complement(&plane.normal);
        let restricted = |other: &Plane| {
            let normal: Vec<f64> = basis.iter().map(|direction| dot(direction, &other.normal)).collect();
            let parallel = normal.iter().all(|w| w.abs() <= SAME);
            if parallel { None } else { Plane::new(normal, other.at(&foot)) }
        };
        let mut within: Vec<Plane> = planes[..index].iter().filter_map(restricted).collect();
        distinct(&mut within);
        for y in states(&within, dim - 1) {
            let mut x = foot.clone();
            basis.iter().zip(&y).for_each(|(direction, y)| axpy(*y, direction, &mut x));
            // To both sides, half as far as to the next of the hyperplanes so far.
            let reach = planes[..index]
                .iter()
                .map(|other| (other.at(&x) / dot(&other.normal, &plane.normal)).abs())
                .filter(|reach| reach.is_finite())
                .fold(f64::INFINITY, f64::min);
            let reach = if reach.is_finite() { 0.5 * reach } else { 1.0 };
            for side in [reach, -reach] {
                let mut x = x.clone();
                axpy(side, &plane.normal, &mut x);
                add(x);
            }
        }
    }
    found
}

/// The middles of the intervals between points on a line.
fn on_line(points: &[Plane]) -> Vec<Vec<f64>> {
    let mut roots: Vec<f64> = points.iter().map(|point| -point.b / point.normal[0]).collect();
    roots.sort_by(f64::total_cmp);
    let (first, last) = (roots[0], roots[roots.len() - 1]);
    let beyond = |x: f64| 1.0 + x.abs();
    let mut states = vec![vec![first - beyond(first)], vec![last + beyond(last)]];
    states.extend(roots.windows(2).map(|pair| vec![pair[0].midpoint(pair[1])]));
    states
}

/// Orthonormal directions that span what is orthogonal to the unit vector `normal`: the other columns of the
/// reflection that takes the first axis to it.
fn complement(normal: &[f64]) -> Vec<Vec<f64>> {
    let dim = normal.len();
    let mut mirror = normal.to_vec();
    mirror[0] += if normal[0] < 0.0 { -1.0 } else { 1.0 };
    let factor = 2.0 / dot(&mirror, &mirror);
    (1..dim)
        .map(|j| (0..dim).map(|i| f64::from(u8::from(i == j)) - factor * mirror[i] * mirror[j]).collect())
        .collect()
}
