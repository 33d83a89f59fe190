//! Regression on nuisance regressors: how much they explain, and what is left without them.

use attractor_systems::Trajectory;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice, concatenate};

use crate::least_squares::LeastSquares;
use crate::{Error, Recording, Result, Step};

/// Ordinary least squares x_t ≈ a + J r_t for each region, on the scans that are there.
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    /// Intercepts a \[N\].
    pub intercept: Array1<f64>,
    /// Coefficients J \[N, P\]; of the smallest norm where regressors depend on each other.
    pub coefficients: Array2<f64>,
    /// Share of the variance of each region about its mean that is explained, R² \[N\].
    pub r_squared: Array1<f64>,
}

impl Regression {
    /// The mean of R² over the regions.
    pub fn mean_r_squared(&self) -> f64 {
        self.r_squared.mean().unwrap_or(0.0)
    }
}

impl Recording {
    /// Regresses BOLD on the nuisance regressors, and leaves the recording as it is: what J r_t of an observation model
    /// can be compared with.
    ///
    /// # Errors
    /// [`Error::NoNuisance`]; [`Error::TooFewScans`] when a region has no more scans than there are independent
    /// regressors.
    pub fn nuisance_regression(&self) -> Result<Regression> {
        Ok(self.regress_on_nuisance()?.0)
    }

    /// Subtracts from BOLD what the nuisance regressors explain, J (r_t − r̄), so that the means stay. The regressors are
    /// then no longer part of the recording, and J r_t must not be modelled again.
    ///
    /// # Errors
    /// As [`Recording::nuisance_regression`], and [`Error::NothingLeft`] when nothing is left of a region.
    pub fn regress_out_nuisance(self) -> Result<(Self, Regression)> {
        let (regression, residual) = self.regress_on_nuisance()?;
        let columns = self.nuisance().map(|nuisance| nuisance.names().to_vec()).unwrap_or_default();
        check_something_left(&self, &residual, "regression on the nuisance regressors")?;
        let step = Step::NuisanceRegressed { columns, r_squared: regression.r_squared.to_vec() };
        Ok((self.without_nuisance().with_bold(residual, step)?, regression))
    }

    fn regress_on_nuisance(&self) -> Result<(Regression, Trajectory)> {
        let nuisance = self.nuisance().ok_or_else(|| Error::NoNuisance { recording: self.name().into() })?;
        let r = nuisance.data();
        let (scans, regions, regressors) = (self.len(), self.dim(), nuisance.dim());
        let design = concatenate![Axis(1), Array2::ones((scans, 1)), r];
        let fits = fit_columns(self, design.view(), "a regression on the nuisance regressors")?;
        let mut intercept = Array1::zeros(regions);
        let mut coefficients = Array2::zeros((regions, regressors));
        let mut r_squared = Array1::zeros(regions);
        let mut data = self.bold().data().to_owned();
        for (region, Fit { beta, rows }) in fits.into_iter().enumerate() {
            let x: Array1<f64> = self.bold().data().column(region).select(Axis(0), &rows);
            let r = r.select(Axis(0), &rows);
            let slopes = beta.slice_axis(Axis(0), Slice::from(1..));
            let mean_r = r.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(regressors));
            let mean_x = x.mean().unwrap_or(0.0);
            let explained = (&r - &mean_r).dot(&slopes);
            let total: f64 = x.iter().map(|value| (value - mean_x).powi(2)).sum();
            let rest: f64 = x.iter().zip(&explained).map(|(x, e)| (x - mean_x - e).powi(2)).sum();
            intercept[region] = beta[0];
            coefficients.row_mut(region).assign(&slopes);
            r_squared[region] = (1.0 - rest / total).clamp(0.0, 1.0);
            for (&row, explained) in rows.iter().zip(&explained) {
                data[[row, region]] -= explained;
            }
        }
        let residual = with_values(self.bold(), data)?;
        Ok((Regression { intercept, coefficients, r_squared }, residual))
    }
}

/// The coefficients for one region, and the scans that they were fitted on.
pub(crate) struct Fit {
    pub(crate) beta: Array1<f64>,
    pub(crate) rows: Vec<usize>,
}

/// Fits each region to a design \[T, P\] on the scans that it has. Regions that miss the same scans share one
/// decomposition.
pub(crate) fn fit_columns(
    recording: &Recording,
    design: ArrayView2<'_, f64>,
    what: &'static str,
) -> Result<Vec<Fit>> {
    let bold = recording.bold();
    let mut known: Vec<(Vec<usize>, LeastSquares)> = Vec::new();
    let mut fits = Vec::with_capacity(bold.dim());
    for column in 0..bold.dim() {
        let rows: Vec<usize> = (0..bold.len()).filter(|&row| !bold.is_missing(row, column)).collect();
        let found = known.iter().position(|(other, _)| *other == rows);
        let index = if let Some(index) = found {
            index
        } else {
            known.push((rows.clone(), solver(recording, design, &rows, what)?));
            known.len() - 1
        };
        let x: ArrayView1<'_, f64> = bold.data().index_axis_move(Axis(1), column);
        let beta = known[index].1.solve(x.select(Axis(0), &rows).view());
        fits.push(Fit { beta, rows });
    }
    Ok(fits)
}

/// The decomposition of a design on some of its rows, of which there must be more than independent columns.
fn solver(
    recording: &Recording,
    design: ArrayView2<'_, f64>,
    rows: &[usize],
    what: &'static str,
) -> Result<LeastSquares> {
    let too_few = |needed| Error::TooFewScans {
        recording: recording.name().into(),
        what,
        needed,
        found: rows.len(),
        advice: "take fewer regressors, or scrub fewer scans",
    };
    let solver = LeastSquares::new(design.select(Axis(0), rows).view());
    match solver.ok_or_else(|| too_few(design.ncols() + 1))? {
        solver if solver.rank < rows.len() => Ok(solver),
        solver => Err(too_few(solver.rank + 1)),
    }
}

/// A trajectory with other values, and its names, time step and missing values.
pub(crate) fn with_values(like: &Trajectory, data: Array2<f64>) -> Result<Trajectory> {
    let trajectory = Trajectory::new(data, like.dt())?.with_names(like.names().iter().cloned())?;
    Ok(match like.missing() {
        Some(mask) => trajectory.with_missing(mask.to_owned())?,
        None => trajectory,
    })
}

/// The share of the spread below which a series is rounding error and nothing more.
pub(crate) const NOTHING_LEFT: f64 = 1e-8;

/// Every region must keep some of its spread.
pub(crate) fn check_something_left(
    recording: &Recording,
    after: &Trajectory,
    step: &'static str,
) -> Result<()> {
    let spread = |series: &Trajectory, column: usize| -> Result<f64> {
        let values: Array1<f64> = series.observed(column)?.collect();
        Ok(values.std(0.0))
    };
    for (column, region) in after.names().iter().enumerate() {
        if spread(after, column)? <= NOTHING_LEFT * spread(recording.bold(), column)? {
            let (recording, region) = (recording.name().into(), region.clone());
            return Err(Error::NothingLeft { recording, region, step });
        }
    }
    Ok(())
}
