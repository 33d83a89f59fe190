//! Images and preimages of polylines under piecewise-linear maps, exact but for rounding.

use std::collections::HashMap;

use nalgebra::{DMatrix, DVector, Dyn, LU};

use crate::Region;
use crate::piecewise::{Units, dot};

/// Crossings closer than this to a vertex, relative to the segment, are the vertex.
const AT_VERTEX: f64 = 1e-12;

/// The image of a polyline. Segments are cut where they cross a border, so that the image of each piece is a segment.
pub(super) fn image(units: &Units, line: &[DVector<f64>]) -> Vec<DVector<f64>> {
    let step = |z: &DVector<f64>| {
        let mut next = DVector::zeros(z.len());
        units.step(z.as_slice(), next.as_mut_slice());
        next
    };
    let mut result = Vec::with_capacity(line.len());
    let Some(first) = line.first() else { return result };
    result.push(step(first));
    let drives = |z: &DVector<f64>| units.drives(z.as_slice()).collect::<Vec<_>>();
    let mut before = drives(first);
    for pair in line.windows(2) {
        let after = drives(&pair[1]);
        let mut cuts: Vec<f64> = before
            .iter()
            .zip(&after)
            .filter(|(a, b)| (**a > 0.0) != (**b > 0.0))
            .map(|(a, b)| a / (a - b))
            .filter(|t| (AT_VERTEX..=1.0 - AT_VERTEX).contains(t))
            .collect();
        cuts.sort_by(f64::total_cmp);
        cuts.dedup_by(|a, b| *a - *b < AT_VERTEX);
        result.extend(cuts.into_iter().map(|t| step(&pair[0].lerp(&pair[1], t))));
        result.push(step(&pair[1]));
        before = after;
    }
    result
}

/// Why a preimage ends before its polyline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The map folds at a border: what lies beyond has no preimage on this side.
    Fold,
    /// The map is singular in a region.
    Singular,
}

/// A preimage, as far as it goes, and the region that its last point lies in or on the border of.
pub(super) struct Preimage {
    pub(super) line: Vec<DVector<f64>>,
    pub(super) region: Region,
    pub(super) stop: Option<Stop>,
}

/// An affine piece that can be solved for where it came from.
struct Inverse {
    lu: LU<f64, Dyn, Dyn>,
    offset: DVector<f64>,
}

/// The inverses of the regions that were met.
#[derive(Default)]
pub(super) struct Inverses(HashMap<Region, Option<Inverse>>);

impl Inverses {
    /// The point that the affine piece of `region`, continued beyond it, maps to `target`.
    fn solve(&mut self, units: &Units, region: &Region, target: &DVector<f64>) -> Option<DVector<f64>> {
        if !self.0.contains_key(region) {
            let (matrix, offset) = units.piece(region);
            let inverse = invertible(matrix).map(|lu| Inverse { lu, offset });
            self.0.insert(region.clone(), inverse);
        }
        let inverse = self.0.get(region)?.as_ref()?;
        inverse.lu.solve(&(target - &inverse.offset)).filter(|z| z.iter().all(|v| v.is_finite()))
    }
}

/// The LU decomposition of a matrix whose pivots are not rounding alone.
pub(super) fn invertible(matrix: DMatrix<f64>) -> Option<LU<f64, Dyn, Dyn>> {
    let tiny = matrix.amax() * matrix.nrows() as f64 * f64::EPSILON;
    let lu = matrix.lu();
    let regular = lu.u().diagonal().iter().all(|pivot| pivot.abs() > tiny);
    regular.then_some(lu)
}

/// The preimage of a polyline that starts at `start`, a preimage of the first vertex in or on the border of `region`.
///
/// The preimage of a segment is followed through the regions: within one it is a segment, at a border it goes on in
/// the neighbour. Where the neighbour maps back to the side that the preimage came from, the map folds and it ends.
pub(super) fn preimage(
    units: &Units,
    inverses: &mut Inverses,
    line: &[DVector<f64>],
    start: &DVector<f64>,
    mut region: Region,
) -> Preimage {
    let mut z = start.clone();
    let mut result = vec![z.clone()];
    for target in line.iter().skip(1) {
        let mut entered = None;
        let mut crossings = 0;
        loop {
            let Some(end) = inverses.solve(units, &region, target) else {
                return Preimage { line: result, region, stop: Some(Stop::Singular) };
            };
            let direction = &end - &z;
            let mut exit: Option<(f64, usize)> = None;
            for (unit, drive) in units.drives(z.as_slice()).enumerate() {
                let slope = dot(units.normal(unit), direction.as_slice());
                let outwards = if region.is_active(unit) { slope < 0.0 } else { slope > 0.0 };
                // A vertex just beyond the border, by rounding, is on it.
                let time = if outwards { (-drive / slope).max(0.0) } else { f64::INFINITY };
                let folds = entered == Some(unit) && outwards;
                if folds {
                    return Preimage { line: result, region, stop: Some(Stop::Fold) };
                }
                if time < 1.0 - AT_VERTEX && exit.is_none_or(|(earliest, _)| time < earliest) {
                    exit = Some((time, unit));
                }
            }
            let Some((time, unit)) = exit else {
                result.push(end.clone());
                z = end;
                break;
            };
            // Each border is crossed once per segment, but for corners met in an unlucky order.
            crossings += 1;
            if crossings > 4 * units.count() + 64 {
                return Preimage { line: result, region, stop: Some(Stop::Fold) };
            }
            if time > AT_VERTEX {
                z += direction * time;
                result.push(z.clone());
            }
            region.set(unit, !region.is_active(unit));
            entered = Some(unit);
        }
    }
    Preimage { line: result, region, stop: None }
}
