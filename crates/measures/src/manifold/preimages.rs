//! All preimages of a state under a piecewise-linear map.

use attractor_systems::PiecewiseLinearMap;
use nalgebra::DVector;
use ndarray::Array2;

use super::polyline::invertible;
use crate::piecewise::Units;
use crate::{Error, Region, Result, input};

/// How far, relative to the numbers that add up to a drive, a state may lie beyond the border of its region.
const ON_BORDER: f64 = 1e-12;

/// All states \[P, M\] that a piecewise-linear map takes to `state` \[M\] in one step, under the constant input
/// \[K\] (zeros where it is empty): none, one, or several where the map cannot be inverted. Each pattern of active
/// units is solved for, and the solution is kept if it lies in that region; a solution on a border is given once.
///
/// Regions on which the map is singular are left out: they take whole lines to one state.
///
/// # Errors
/// [`Error::Limit`] when the 2^U patterns of U units are more than `limit`, [`Error::Dimension`] and
/// [`Error::NonFinite`] for the state and the input, [`Error::System`] for senseless parameters of the map,
/// [`Error::Overflow`].
pub fn preimages(
    map: &PiecewiseLinearMap,
    state: &[f64],
    input: &[f64],
    limit: usize,
) -> Result<Array2<f64>> {
    let units = Units::new(map, input)?;
    input::state(state, units.dim(), "state")?;
    let count = units.count();
    let patterns = u32::try_from(count).ok().and_then(|count| 1_usize.checked_shl(count));
    let patterns = patterns.filter(|&patterns| patterns <= limit).ok_or(Error::Limit {
        what: "patterns of active units",
        limit,
        needed: 2_f64.powf(count as f64).min(f64::MAX),
    })?;
    let target = DVector::from_column_slice(state);
    let mut found: Vec<DVector<f64>> = Vec::new();
    for pattern in 0..patterns {
        let mut region = Region::inactive(count);
        (0..count).for_each(|unit| region.set(unit, pattern >> unit & 1 == 1));
        let (matrix, offset) = units.piece(&region);
        let Some(z) = invertible(matrix).and_then(|lu| lu.solve(&(&target - offset))) else {
            continue;
        };
        if !z.iter().all(|v| v.is_finite()) {
            continue;
        }
        let inside = units.drives(z.as_slice()).enumerate().all(|(unit, drive)| {
            let terms = units.normal(unit).iter().zip(&z).map(|(w, z)| (w * z).abs()).sum::<f64>();
            let slack = ON_BORDER * (terms + units.b()[unit].abs());
            if region.is_active(unit) { drive >= -slack } else { drive <= slack }
        });
        let close = |other: &DVector<f64>| (other - &z).amax() <= 1e-9 * (1.0 + z.amax());
        if inside && !found.iter().any(close) {
            found.push(z);
        }
    }
    Ok(Array2::from_shape_fn((found.len(), state.len()), |(i, j)| found[i][j]))
}
