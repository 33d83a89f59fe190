//! Two trajectories that are compared value by value.

use attractor_systems::Trajectory;

use crate::power_spectrum::half_range;
use crate::{Error, Result, input};

/// Refuses trajectories that are sampled at different steps of time.
pub(crate) fn sampling(truth: &Trajectory, generated: &Trajectory) -> Result<()> {
    if (truth.dt() - generated.dt()).abs() > 1e-9 * truth.dt().abs() {
        return Err(Error::SamplingStep { truth: truth.dt(), generated: generated.dt() });
    }
    Ok(())
}

/// Refuses trajectories that differ in N, T or dt, and true ones that know nothing that the other knows too.
pub(crate) fn check(truth: &Trajectory, other: &Trajectory) -> Result<()> {
    input::same("variables N of the second trajectory", truth.dim(), other.dim())?;
    input::same("samples T of the second trajectory", truth.len(), other.len())?;
    sampling(truth, other)?;
    if known(truth, other).next().is_none() {
        return Err(Error::TooShort { what: "values known in both trajectories", needed: 1, found: 0 });
    }
    Ok(())
}

/// Row, column and both values wherever neither is missing, row after row.
pub(crate) fn known<'a>(
    truth: &'a Trajectory,
    other: &'a Trajectory,
) -> impl Iterator<Item = (usize, usize, f64, f64)> + 'a {
    let gaps = truth.missing().is_some() || other.missing().is_some();
    let values = other.data();
    truth.data().into_iter().enumerate().filter_map(move |(index, x)| {
        let (row, column) = (index / truth.dim(), index % truth.dim());
        let missing = gaps && (truth.is_missing(row, column) || other.is_missing(row, column));
        (!missing).then(|| (row, column, *x, values[[row, column]]))
    })
}

/// The standard deviation of each variable \[N\], with T, over what is not missing.
pub(crate) fn deviations(truth: &Trajectory) -> Result<Vec<f64>> {
    (0..truth.dim())
        .map(|column| {
            let values: Vec<f64> = truth.observed(column)?.collect();
            if values.is_empty() || half_range(values.as_slice().into()) == 0.0 {
                return Err(Error::Constant { what: "true trajectory", column });
            }
            let count = values.len() as f64;
            let mean = values.iter().map(|x| x / count).sum::<f64>();
            let variance = values.iter().map(|x| (x - mean).powi(2) / count).sum::<f64>();
            finite("the variance of the true trajectory", variance.sqrt())
        })
        .collect()
}

/// Refuses a result that overflowed.
pub(crate) fn finite(what: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() { Ok(value) } else { Err(Error::Overflow { what }) }
}
