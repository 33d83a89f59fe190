//! The speed of a piecewise-linear map, brought down exactly within each linear region.

use nalgebra::{DMatrix, DVector, SVD};

use crate::eigen::right_singular;
use crate::piecewise::{Units, dot};
use crate::{Error, Region, Result};

/// A state that the descent has come to.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) z: DVector<f64>,
    pub(super) region: Region,
    /// Units on whose border it is held.
    pub(super) held: Vec<usize>,
}

/// Brings down q(z) = |F(z) − z|² / 2.
pub(super) struct Descent<'a> {
    /// The map F.
    pub(super) units: &'a Units,
    /// Singular values of J − I up to this are taken for 0: the descent does not move along those directions.
    pub(super) slack: f64,
    /// Regions that one descent may enter.
    pub(super) max_regions: usize,
}

impl Descent<'_> {
    /// F(z) − z.
    pub(super) fn velocity(&self, z: &DVector<f64>) -> DVector<f64> {
        let mut next = DVector::zeros(z.len());
        self.units.step(z.as_slice(), next.as_mut_slice());
        next - z
    }

    /// |F(z) − z|.
    pub(super) fn speed(&self, z: &DVector<f64>) -> f64 {
        self.velocity(z).norm()
    }

    /// The local minimum of q that the descent from `z` comes to: within a region the minimum under linear
    /// constraints, region after region as long as q decreases beyond one of the borders that hold it.
    pub(super) fn minimise(&self, z: &DVector<f64>) -> Result<Place> {
        let start = Place { z: z.clone(), region: self.units.region(z.as_slice()), held: Vec::new() };
        let mut place = self.within_region(start)?;
        let mut speed = self.speed(&place.z);
        for _ in 1..self.max_regions {
            let mut beyond: Vec<Vec<usize>> = place.held.iter().map(|&unit| vec![unit]).collect();
            if place.held.len() > 1 {
                beyond.push(place.held.clone());
            }
            let mut better = None;
            for units in beyond {
                let mut next = place.clone();
                for unit in units {
                    next.region.set(unit, !place.region.is_active(unit));
                }
                next.held.clear();
                let next = self.within_region(next)?;
                let reached = self.speed(&next.z);
                if reached < speed * (1.0 - 1e-9) {
                    better = Some((next, reached));
                    break;
                }
            }
            let Some((next, reached)) = better else { break };
            (place, speed) = (next, reached);
        }
        Ok(place)
    }

    /// The minimum of q within the closed region of a place, by the method of active constraints.
    fn within_region(&self, mut place: Place) -> Result<Place> {
        let (matrix, offset) = self.units.piece(&place.region);
        let m = matrix.nrows();
        let difference = matrix - DMatrix::identity(m, m);
        let side = |unit: usize| if place.region.is_active(unit) { 1.0 } else { -1.0 };
        let sides: Vec<f64> = (0..self.units.count()).map(side).collect();
        let size = |z: &DVector<f64>| 1.0 + z.amax();
        // Each pass holds or releases a border; far fewer than these are needed unless it goes round in circles.
        for _ in 0..4 * (m + self.units.count()) + 16 {
            let residual = &difference * &place.z + &offset;
            let free = self.free_directions(&place.held)?;
            let step = if free.ncols() == 0 {
                DVector::zeros(m)
            } else {
                let restricted = &difference * &free;
                &free * least_norm(restricted, &-&residual, self.slack)?
            };
            if step.amax() <= 1e-12 * size(&place.z) {
                if !self.release(&mut place, &(difference.transpose() * residual))? {
                    break;
                }
                continue;
            }
            let mut fraction = 1.0;
            let mut blocking = None;
            for (unit, drive) in self.units.drives(place.z.as_slice()).enumerate() {
                let slope = sides[unit] * dot(self.units.normal(unit), step.as_slice());
                if slope < 0.0 && !place.held.contains(&unit) {
                    let reach = (sides[unit] * drive).max(0.0) / -slope;
                    if reach < fraction {
                        (fraction, blocking) = (reach, Some(unit));
                    }
                }
            }
            place.z += step * fraction;
            place.held.extend(blocking);
        }
        Ok(place)
    }

    /// An orthonormal basis \[M, d\] of the directions along the borders of `held`.
    fn free_directions(&self, held: &[usize]) -> Result<DMatrix<f64>> {
        let m = self.units.dim();
        if held.is_empty() {
            return Ok(DMatrix::identity(m, m));
        }
        let normals = DMatrix::from_fn(held.len(), m, |i, j| self.units.normal(held[i])[j]);
        let (values, vectors) = right_singular(&normals)?;
        let largest = values.last().copied().unwrap_or(0.0);
        let count = values.iter().filter(|&&value| value <= 1e-12 * largest).count();
        Ok(vectors.columns(0, count).into_owned())
    }

    /// Releases the border from which q decreases most steeply inwards; false where it does from none.
    fn release(&self, place: &mut Place, gradient: &DVector<f64>) -> Result<bool> {
        if place.held.is_empty() {
            return Ok(false);
        }
        let m = self.units.dim();
        let inwards = DMatrix::from_fn(m, place.held.len(), |j, i| {
            let unit = place.held[i];
            self.units.normal(unit)[j] * if place.region.is_active(unit) { 1.0 } else { -1.0 }
        });
        let multipliers = least_norm(inwards, gradient, 0.0)?;
        let (index, smallest) = multipliers.argmin();
        if smallest >= -1e-10 * (gradient.amax() + f64::MIN_POSITIVE) {
            return Ok(false);
        }
        place.held.swap_remove(index);
        Ok(true)
    }
}

/// The shortest x that minimises |A x − y|, with singular values up to `slack`, or up to rounding, taken for 0.
fn least_norm(a: DMatrix<f64>, y: &DVector<f64>, slack: f64) -> Result<DVector<f64>> {
    let size = a.nrows();
    let failed = || Error::Decomposition { decomposition: "singular value decomposition", size };
    if a.iter().chain(y.iter()).any(|v| !v.is_finite()) {
        return Err(failed());
    }
    let svd = SVD::try_new(a, true, true, f64::EPSILON, 10_000).ok_or_else(failed)?;
    let rounding = svd.singular_values.amax() * 1e-12;
    svd.solve(y, slack.max(rounding)).map_err(|_| failed())
}
