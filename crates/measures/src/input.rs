//! Checks of the trajectories, states and settings that a measure is given.

use attractor_systems::Trajectory;
use ndarray::{Array2, ArrayView2, CowArray, Ix2};

use crate::{Error, Result};

/// The rows of a trajectory in which nothing is missing \[T', N\].
pub(crate) fn complete_rows<'a>(
    trajectory: &'a Trajectory,
    what: &'static str,
) -> Result<CowArray<'a, f64, Ix2>> {
    let data = trajectory.data();
    let Some(missing) = trajectory.missing().filter(|mask| mask.iter().any(|&m| m)) else {
        finite(data, what)?;
        return Ok(CowArray::from(data));
    };
    let mut kept = Vec::with_capacity(data.len());
    for (row, (values, mask)) in data.rows().into_iter().zip(missing.rows()).enumerate() {
        if mask.iter().any(|&m| m) {
            continue;
        }
        if let Some(column) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::NonFinite { what, row, column });
        }
        kept.extend(values);
    }
    let rows = kept.len() / data.ncols().max(1);
    Array2::from_shape_vec((rows, data.ncols()), kept).map(CowArray::from).map_err(|_| Error::TooShort {
        what,
        needed: 1,
        found: 0,
    })
}

/// The values \[T, N\] of a trajectory in which nothing is missing.
pub(crate) fn without_gaps<'a>(
    trajectory: &'a Trajectory,
    what: &'static str,
) -> Result<ArrayView2<'a, f64>> {
    if let Some(mask) = trajectory.missing()
        && let Some(((row, column), _)) = mask.indexed_iter().find(|(_, missing)| **missing)
    {
        return Err(Error::Missing { what, row, column });
    }
    finite(trajectory.data(), what)?;
    Ok(trajectory.data())
}

/// Refuses values that are not finite.
pub(crate) fn finite(data: ArrayView2<'_, f64>, what: &'static str) -> Result<()> {
    // The plain pass is fast; the place is looked for only where it is needed.
    if data.iter().all(|value| value.is_finite()) {
        return Ok(());
    }
    match data.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), _)) => Err(Error::NonFinite { what, row, column }),
        None => Ok(()),
    }
}

/// Refuses a state whose length is not `dim` or that is not finite.
pub(crate) fn state(x: &[f64], dim: usize, what: &'static str) -> Result<()> {
    same(what, dim, x.len())?;
    match x.iter().position(|v| !v.is_finite()) {
        Some(column) => Err(Error::NonFinite { what, row: 0, column }),
        None => Ok(()),
    }
}

/// Refuses two numbers that must agree and do not.
pub(crate) fn same(what: &'static str, expected: usize, found: usize) -> Result<()> {
    if expected == found { Ok(()) } else { Err(Error::Dimension { what, expected, found }) }
}

/// Refuses a setting that is not finite and positive.
pub(crate) fn positive(setting: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        Ok(())
    } else {
        Err(Error::Setting { setting, value, requirement: "finite and positive" })
    }
}
