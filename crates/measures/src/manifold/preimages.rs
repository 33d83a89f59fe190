//! All preimages of a state under a piecewise-linear map.

use attractor_systems::{Map, PiecewiseLinearMap};
use nalgebra::DVector;
use ndarray::Array2;

use super::polyline::invertible;
use crate::affine_piece::{AffinePiece, drives};
use crate::lyapunov::constant_input;
use crate::{Error, Result, input};

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
/// [`Error::NonFinite`] for the state and the input, [`Error::System`] for senseless parameters of the map.
pub fn preimages(
    map: &PiecewiseLinearMap,
    state: &[f64],
    input: &[f64],
    limit: usize,
) -> Result<Array2<f64>> {
    map.validate()?;
    input::state(state, map.dim(), "state")?;
    let input = constant_input(map, input)?;
    let units = map.b().len();
    let patterns = u32::try_from(units).ok().and_then(|units| 1_usize.checked_shl(units));
    let patterns = patterns
        .filter(|&count| count <= limit)
        .ok_or(Error::Limit { what: "patterns of active units", limit })?;
    let target = DVector::from_column_slice(state);
    let mut found: Vec<DVector<f64>> = Vec::new();
    for pattern in 0..patterns {
        let region: Vec<bool> = (0..units).map(|unit| pattern >> unit & 1 == 1).collect();
        let piece = AffinePiece::new(map, &region, &input);
        let Some(z) = invertible(piece.matrix).and_then(|lu| lu.solve(&(&target - piece.offset))) else {
            continue;
        };
        if !z.iter().all(|v| v.is_finite()) {
            continue;
        }
        let inside = drives(map, z.as_slice()).into_iter().enumerate().all(|(unit, drive)| {
            let terms = map.w().row(unit).iter().zip(&z).map(|(w, z)| (w * z).abs()).sum::<f64>();
            let slack = ON_BORDER * (terms + map.b()[unit].abs());
            if region[unit] { drive >= -slack } else { drive <= slack }
        });
        let close = |other: &DVector<f64>| (other - &z).amax() <= 1e-9 * (1.0 + z.amax());
        if inside && !found.iter().any(close) {
            found.push(z);
        }
    }
    Ok(Array2::from_shape_fn((found.len(), state.len()), |(i, j)| found[i][j]))
}
