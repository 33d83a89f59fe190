//! Whether the fixed points of one affine piece lie in its region, decided with bounds on the rounding.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::affine::Flat;
use super::units::{Units, axpy, dot};
use super::{PeriodicOrbit, Region};
use crate::Result;
use crate::eigen::{Eigenvalue, eigenvalues};

/// A continuum of fixed points within one linear region: a piece of a line attractor, of a plane attractor, ...
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixedPointContinuum {
    /// One of the fixed points \[M\]; on a line with two ends the middle.
    pub point: Vec<f64>,
    /// Orthonormal directions \[D, M\] in which the continuum extends.
    pub directions: Vec<Vec<f64>>,
    /// Of a line (D = 1), where it ends at the border of the region: at most two states \[M\]; it is unbounded to the
    /// side that has none. Not computed for D > 1.
    pub ends: Vec<Vec<f64>>,
    /// The linear region.
    pub region: Region,
    /// Eigenvalues of the Jacobian, largest modulus first; D of them are 1. The others tell whether the continuum
    /// attracts.
    pub eigenvalues: Vec<Eigenvalue>,
}

impl FixedPointContinuum {
    /// Whether `z` lies on it, its ends included, to `tolerance` relative to the largest of the components of `z`, its
    /// point, and 1.
    pub(super) fn contains(&self, units: &Units, z: &[f64], tolerance: f64) -> bool {
        let largest = z.iter().chain(&self.point).fold(1.0, |max: f64, x| max.max(x.abs()));
        let mut offset: Vec<f64> = z.iter().zip(&self.point).map(|(z, p)| z - p).collect();
        for direction in &self.directions {
            let along = dot(&offset, direction);
            axpy(-along, direction, &mut offset);
        }
        dot(&offset, &offset).sqrt() <= tolerance * largest
            && (0..units.count()).all(|unit| {
                let (normal, drive) = (units.normal(unit), units.drive(unit, z));
                (drive > 0.0) == self.region.is_active(unit)
                    || drive.abs() <= tolerance * largest * dot(normal, normal).sqrt()
            })
    }
}

/// What is known of the fixed points of one affine piece within its region.
pub(super) enum Verdict {
    /// One, so many times its rounding away from being outside; at a border where nothing is known of that.
    Inside { orbit: PeriodicOrbit, safety: Option<f64> },
    /// None, so many times the rounding away from having one; nothing is known of that for a singular piece.
    Outside { safety: Option<f64> },
    /// A continuum.
    Continuum(FixedPointContinuum),
    /// There may be one near here.
    Undecided { near: Vec<f64> },
}

/// A point, and how far the true fixed point is away at most.
struct Enclosure {
    point: DVector<f64>,
    error: DVector<f64>,
    orientation: f64,
}

pub(super) fn judge(units: &Units, region: &Region) -> Result<Verdict> {
    let (matrix, offset) = units.piece(region);
    let Some(enclosure) = enclose(units, &matrix, &offset) else {
        return judge_singular(units, region, &matrix, &offset);
    };
    let sides = Sides::of(units, region, &enclosure);
    let near = || enclosure.point.as_slice().to_vec();
    let safety = match sides {
        Sides { outside: Some(safety), .. } => return Ok(Verdict::Outside { safety: Some(safety) }),
        Sides { unclear, safety, .. } if unclear.is_empty() => safety,
        // Exactly at a border, F being continuous, it is a fixed point. At one hyperplane to rounding there is one on
        // this side or that, where the map on both sides together is one to one; otherwise none or two.
        Sides { unclear, .. } if unclear.iter().all(|unclear| unclear.exact) => None,
        Sides { unclear, .. } => {
            let mut other = region.clone();
            for unclear in &unclear {
                other.set(unclear.unit, !region.is_active(unclear.unit));
            }
            let one_plane = unclear.iter().all(|u| same_plane(units, unclear[0].unit, u.unit));
            let (matrix, offset) = units.piece(&other);
            let persists = one_plane
                && enclose(units, &matrix, &offset).is_some_and(|opposite| {
                    let sides = Sides::of(units, &other, &opposite);
                    let others = sides.unclear.iter().all(|u| unclear.iter().any(|v| v.unit == u.unit));
                    opposite.orientation == enclosure.orientation && others
                });
            if !persists {
                return Ok(Verdict::Undecided { near: near() });
            }
            None
        }
    };
    let orbit = PeriodicOrbit::new(units, vec![near()], vec![region.clone()])?;
    Ok(Verdict::Inside { orbit, safety })
}

fn same_plane(units: &Units, a: usize, b: usize) -> bool {
    let equal = |sign: f64| {
        units.b()[a] == sign * units.b()[b]
            && units.normal(a).iter().zip(units.normal(b)).all(|(a, b)| *a == sign * b)
    };
    equal(1.0) || equal(-1.0)
}

/// The only solution of (I − J) z = r, where the approximate inverse Y proves by ‖I − Y (I − J)‖ < 1/2, rounding of
/// J included, that I − J is regular.
fn enclose(units: &Units, matrix: &DMatrix<f64>, offset: &DVector<f64>) -> Option<Enclosure> {
    let m = units.dim();
    let system = DMatrix::identity(m, m) - matrix;
    let inverse = system.clone().try_inverse()?;
    let (weights, offsets) = units.magnitude();
    let rounding = units.rounding();
    let weights = weights + DMatrix::identity(m, m);
    let modulus = inverse.abs();
    let defect = (DMatrix::identity(m, m) - &inverse * &system).abs() + &modulus * &weights * rounding;
    let sums: Vec<f64> = (0..m).map(|i| defect.row(i).sum()).collect();
    // Not a number where the inverse overflowed.
    if !sums.iter().all(|sum| *sum < 0.5) {
        return None;
    }
    let defect = sums.into_iter().fold(0.0, f64::max);
    let mut point = &inverse * offset;
    point += &inverse * (offset - &system * &point);
    let residual = (offset - &system * &point).abs()
        + (weights * point.abs() + DVector::from_column_slice(offsets)) * rounding;
    let error = modulus * residual;
    let error = error.add_scalar(error.amax() * defect / (1.0 - defect));
    if !error.iter().chain(&point).all(|x| x.is_finite()) {
        return None;
    }
    Some(Enclosure { point, error, orientation: system.determinant().signum() })
}

/// On which sides of the hyperplanes an enclosed point lies, compared with a region.
struct Sides {
    /// Certainly not in the region, by so many times the rounding.
    outside: Option<f64>,
    /// Otherwise the units whose side is not clear,
    unclear: Vec<Unclear>,
    /// and how many times the rounding the other hyperplanes are away; nothing where there is none.
    safety: Option<f64>,
}

struct Unclear {
    unit: usize,
    /// The drive is exactly zero.
    exact: bool,
}

impl Sides {
    fn of(units: &Units, region: &Region, enclosure: &Enclosure) -> Self {
        let mut sides = Self { outside: None, unclear: Vec::new(), safety: None };
        let mut safety = f64::INFINITY;
        for unit in 0..units.count() {
            let point = enclosure.point.as_slice();
            let drive = units.drive(unit, point);
            let spread: f64 =
                units.normal(unit).iter().zip(&enclosure.error).map(|(w, error)| w.abs() * error).sum();
            let rounding = spread + units.drive_rounding(unit, point);
            if drive.abs() <= rounding {
                sides.unclear.push(Unclear { unit, exact: drive == 0.0 && rounding == 0.0 });
            } else if (drive > 0.0) == region.is_active(unit) {
                safety = safety.min(drive.abs() / rounding);
            } else {
                let by = (drive.abs() / rounding).min(f64::MAX);
                sides.outside = Some(sides.outside.map_or(by, |most| most.max(by)));
            }
        }
        sides.safety = safety.is_finite().then_some(safety);
        sides
    }
}

/// Of a piece that is singular to rounding, taken as exactly singular.
fn judge_singular(
    units: &Units,
    region: &Region,
    matrix: &DMatrix<f64>,
    offset: &DVector<f64>,
) -> Result<Verdict> {
    let m = units.dim();
    let (weights, _) = units.magnitude();
    // A larger least singular value would have been proved regular.
    let rounding =
        4.0 * m as f64 * units.rounding() * (1.0 + (0..m).map(|i| weights.row(i).sum()).fold(0.0, f64::max));
    let (point, directions) = match Flat::of(matrix, offset, rounding) {
        Flat::Continuum { point, directions } => (point, directions),
        Flat::None => return Ok(Verdict::Outside { safety: None }),
        Flat::Point { position, .. } => return Ok(Verdict::Undecided { near: position.as_slice().to_vec() }),
    };
    let flat = FlatInRegion::new(units, region, &point, &directions);
    let found = match &flat {
        None => return Ok(Verdict::Outside { safety: None }),
        Some(flat) if directions.ncols() == 1 => flat.segment(),
        Some(flat) => flat.any().map_or(Segment::Unclear, |at| Segment::Between { at, ends: Vec::new() }),
    };
    let state = |t: &DVector<f64>| (&point + &directions * t).as_slice().to_vec();
    Ok(match found {
        Segment::Empty => Verdict::Outside { safety: None },
        Segment::Between { at, ends } => Verdict::Continuum(FixedPointContinuum {
            point: state(&at),
            directions: directions.column_iter().map(|d| d.iter().copied().collect()).collect(),
            ends: ends.into_iter().map(|t| state(&DVector::from_element(1, t))).collect(),
            region: region.clone(),
            eigenvalues: eigenvalues(matrix)?,
        }),
        Segment::Unclear => Verdict::Undecided { near: point.as_slice().to_vec() },
    })
}

/// The part of a flat of solutions that lies in a region, by the half-spaces α + β·t ≥ 0 of its coordinates t.
struct FlatInRegion {
    dim: usize,
    /// α, β \[D\] and the rounding of α.
    half_spaces: Vec<(f64, Vec<f64>, f64)>,
}

enum Segment {
    Empty,
    Between { at: DVector<f64>, ends: Vec<f64> },
    Unclear,
}

impl FlatInRegion {
    /// Nothing where a hyperplane that is parallel to the flat keeps it out of the region.
    fn new(units: &Units, region: &Region, point: &DVector<f64>, directions: &DMatrix<f64>) -> Option<Self> {
        let dim = directions.ncols();
        let mut half_spaces = Vec::new();
        for unit in 0..units.count() {
            let normal = units.normal(unit);
            let sign = if region.is_active(unit) { 1.0 } else { -1.0 };
            let alpha = sign * units.drive(unit, point.as_slice());
            let beta: Vec<f64> = directions
                .column_iter()
                .map(|d| sign * normal.iter().zip(&d).map(|(w, d)| w * d).sum::<f64>())
                .collect();
            // Solutions of a singular system are less accurate than the sums.
            let rounding = SINGULAR_ROUNDING * units.drive_rounding(unit, point.as_slice());
            let length = dot(normal, normal).sqrt();
            if beta.iter().all(|b| b.abs() <= SINGULAR_ROUNDING * f64::EPSILON * length) {
                if alpha < -rounding {
                    return None;
                }
            } else {
                half_spaces.push((alpha, beta, rounding));
            }
        }
        Some(Self { dim, half_spaces })
    }

    /// On a line.
    fn segment(&self) -> Segment {
        let (mut low, mut high) = ((f64::NEG_INFINITY, 0.0), (f64::INFINITY, 0.0));
        for (alpha, beta, rounding) in &self.half_spaces {
            let bound = (-alpha / beta[0], rounding / beta[0].abs());
            if beta[0] > 0.0 && bound.0 > low.0 {
                low = bound;
            } else if beta[0] < 0.0 && bound.0 < high.0 {
                high = bound;
            }
        }
        let slack = low.1 + high.1;
        if low.0 > high.0 + slack {
            return Segment::Empty;
        }
        if low.0 > high.0 - slack {
            return Segment::Unclear;
        }
        let at = match (low.0.is_finite(), high.0.is_finite()) {
            (true, true) => low.0.midpoint(high.0),
            (true, false) => low.0 + 1.0,
            (false, true) => high.0 - 1.0,
            (false, false) => 0.0,
        };
        let ends = [low.0, high.0].into_iter().filter(|end| end.is_finite()).collect();
        Segment::Between { at: DVector::from_element(1, at), ends }
    }

    /// Some point in all half-spaces, by projections on the one that is violated most; nothing where none is found.
    fn any(&self) -> Option<DVector<f64>> {
        let mut t = vec![0.0; self.dim];
        for _ in 0..10_000 {
            let violation = |(alpha, beta, rounding): &(f64, Vec<f64>, f64)| {
                (2.0 * rounding - alpha - dot(beta, &t)) / dot(beta, beta).sqrt()
            };
            let worst = self.half_spaces.iter().max_by(|a, b| violation(a).total_cmp(&violation(b)));
            let Some(worst) = worst.filter(|worst| violation(worst) > 0.0) else {
                return Some(DVector::from_vec(t));
            };
            // Beyond the border, so that a point inside is reached in finitely many steps.
            let by = 1.5 * violation(worst) / dot(&worst.1, &worst.1).sqrt();
            axpy(by, &worst.1, &mut t);
        }
        None
    }
}

/// How many times less accurate than a sum a solution of a singular system is taken to be.
const SINGULAR_ROUNDING: f64 = 1e3;
