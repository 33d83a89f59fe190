//! Preprocessing: trends, filters and scales, each a step that the recording remembers.

use std::sync::Arc;

use attractor_systems::{Standardizer, Trajectory};
use ndarray::{Array2, ArrayViewMut1, Axis, concatenate};
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::confounds::polynomial_drift;
use crate::least_squares::LeastSquares;
use crate::regression::{NOTHING_LEFT, check_something_left, fit_columns, with_values};
use crate::{Error, Recording, Result, Step};

impl Recording {
    /// Subtracts from each region a polynomial of degree `order` (0: the mean), fitted by least squares on the scans that
    /// are there. Nuisance regressors are treated alike, so that x_t ≈ J r_t stays true; those of which nothing is
    /// left, such as drifts, are dropped.
    ///
    /// # Errors
    /// [`Error::TooFewScans`], [`Error::OutOfRange`] when the degree is not below the number of scans,
    /// [`Error::NothingLeft`] when nothing is left of a region.
    pub fn detrend(self, order: usize) -> Result<Self> {
        let scans = self.len();
        let ones = Array2::ones((scans, 1));
        let design =
            if order == 0 { ones } else { concatenate![Axis(1), ones, polynomial_drift(scans, order)?] };
        let fits = fit_columns(&self, design.view(), "a polynomial trend")?;
        let mut data = self.bold().data().to_owned();
        for (column, fit) in fits.iter().enumerate() {
            let trend = design.dot(&fit.beta);
            for &row in &fit.rows {
                data[[row, column]] -= trend[row];
            }
        }
        let bold = with_values(self.bold(), data)?;
        check_something_left(&self, &bold, "detrending")?;
        let solver = LeastSquares::new(design.view());
        let (changed, dropped) = self.change_nuisance(|mut column| {
            if let Some(solver) = &solver {
                let trend = design.dot(&solver.solve(column.view()));
                column -= &trend;
            }
        })?;
        changed.with_bold(bold, Step::Detrended { order, dropped })
    }

    /// Keeps the frequencies above `hz`; the mean goes too. Slower drifts of period above 1 / hz seconds are taken out just
    /// as by regression on [`cosine_drift`](crate::cosine_drift).
    ///
    /// # Errors
    /// As [`Recording::band_pass`].
    pub fn high_pass(self, hz: f64) -> Result<Self> {
        self.filter(Some(hz), None)
    }

    /// Keeps the frequencies up to `hz`, and the mean.
    ///
    /// # Errors
    /// As [`Recording::band_pass`].
    pub fn low_pass(self, hz: f64) -> Result<Self> {
        self.filter(None, Some(hz))
    }

    /// Keeps the frequencies above `low` and up to `high`, in Hz. For resting-state data 0.01 to 0.1 Hz is usual.
    ///
    /// The filter is sharp and has no phase: by FFT of the series and its mirror image, of length 2 T, it keeps or removes
    /// each discrete cosine of frequency k / (2 T TR). So the ends of the run are not joined, and no padding is needed.
    /// Missing values are interpolated by straight lines for the filter, and stay missing. Nuisance regressors are filtered
    /// alike, so that x_t ≈ J r_t stays true (and frequencies that were removed do not come back through them); those of
    /// which nothing is left are dropped. Inputs are not filtered.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when a frequency is not finite and positive, [`Error::EmptyBand`] when no frequency or only
    /// the mean is left, [`Error::NothingLeft`] when nothing is left of a region.
    pub fn band_pass(self, low: f64, high: f64) -> Result<Self> {
        self.filter(Some(low), Some(high))
    }

    fn filter(self, low: Option<f64>, high: Option<f64>) -> Result<Self> {
        for value in [low, high].into_iter().flatten() {
            if !(value.is_finite() && value > 0.0) {
                let what = "edge of a filter";
                return Err(Error::OutOfRange { what, value, requirement: "finite and above 0, in Hz" });
            }
        }
        let (scans, tr) = (self.len(), self.tr());
        let resolution = 1.0 / (2.0 * scans as f64 * tr);
        // The index of the last cosine up to a frequency. One at an edge itself counts, whatever the rounding.
        let last = |hz: f64| ((hz / resolution * (1.0 + 1e-12)).floor() as usize).min(scans - 1);
        let first_kept = low.map_or(0, |hz| last(hz) + 1);
        let last_kept = high.map_or(scans - 1, last);
        if first_kept > last_kept || last_kept == 0 {
            let nyquist = 0.5 / tr;
            let (low, high) = (low.unwrap_or(0.0), high.unwrap_or(nyquist));
            let recording = self.name().into();
            return Err(Error::EmptyBand { recording, low, high, scans, tr, resolution, nyquist });
        }
        let mut filter = CosineFilter::new(scans, first_kept, last_kept);
        let mut data = self.bold().interpolate_missing()?.into_data();
        data.columns_mut().into_iter().for_each(|column| filter.apply(column));
        let bold = with_values(self.bold(), data)?;
        check_something_left(&self, &bold, "the filter")?;
        let interpolated = bold.missing_count();
        let (changed, dropped) = self.change_nuisance(|column| filter.apply(column))?;
        changed.with_bold(bold, Step::Filtered { low, high, interpolated, dropped })
    }

    /// Gives each region mean 0 and standard deviation 1 (with T − 1 in the denominator), over the scans that are there.
    /// Nuisance regressors are left as they are.
    ///
    /// # Errors
    /// As [`Standardizer::fit`].
    pub fn z_score(self) -> Result<Self> {
        let standardizer = Standardizer::fit(self.bold())?;
        let bold = standardizer.apply(self.bold())?;
        let step = Step::ZScored { mean: standardizer.mean().to_vec(), sd: standardizer.sd().to_vec() };
        self.with_bold(bold, step)
    }

    /// Gives each nuisance regressor mean 0 and standard deviation 1, so that the columns of J are alike in scale and can be
    /// regularized alike. Constant ones are dropped.
    ///
    /// # Errors
    /// [`Error::NoNuisance`].
    pub fn z_score_nuisance(self) -> Result<Self> {
        if self.nuisance().is_none() {
            return Err(Error::NoNuisance { recording: self.name().into() });
        }
        let (changed, dropped) = self.change_nuisance(|mut column| {
            let mean = column.mean().unwrap_or(0.0);
            column -= mean;
            let count = column.len().saturating_sub(1).max(1) as f64;
            let sd = (column.dot(&column) / count).sqrt();
            // Rounding alone is no spread.
            if sd > 4.0 * f64::EPSILON * mean.abs() {
                column /= sd;
            } else {
                column.fill(0.0);
            }
        })?;
        Ok(changed.with_step(Step::NuisanceZScored { dropped }))
    }

    /// Changes each nuisance regressor, and drops those of which nothing is left. Returns their names.
    fn change_nuisance(self, mut change: impl FnMut(ArrayViewMut1<'_, f64>)) -> Result<(Self, Vec<String>)> {
        let Some(nuisance) = self.nuisance() else { return Ok((self, Vec::new())) };
        let mut data = nuisance.data().to_owned();
        let (mut kept, mut dropped) = (Vec::new(), Vec::new());
        for (index, mut column) in data.columns_mut().into_iter().enumerate() {
            let (norm, spread) = (column.dot(&column).sqrt(), column.std(0.0) * (column.len() as f64).sqrt());
            change(column.view_mut());
            // The mean of a column may be large beside its spread, and is then known to 16 digits only.
            if column.dot(&column).sqrt() > f64::max(NOTHING_LEFT * spread, 1e-13 * norm) {
                kept.push(index);
            } else {
                dropped.push(nuisance.names()[index].clone());
            }
        }
        let changed = Trajectory::new(data, nuisance.dt())?.with_names(nuisance.names().iter().cloned())?;
        let rest = if kept.is_empty() { None } else { Some(changed.select(&kept)?) };
        let bare = self.without_nuisance();
        Ok((
            match rest {
                Some(rest) => bare.with_nuisance(rest)?,
                None => bare,
            },
            dropped,
        ))
    }
}

/// The filter that keeps the discrete cosines (type II) of index `first` to `last` and removes all others.
struct CosineFilter {
    first: usize,
    last: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    backward: Arc<dyn ComplexToReal<f64>>,
    series: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
}

impl CosineFilter {
    fn new(scans: usize, first: usize, last: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(2 * scans);
        let backward = planner.plan_fft_inverse(2 * scans);
        let (series, spectrum) = (forward.make_input_vec(), forward.make_output_vec());
        Self { first, last, forward, backward, series, spectrum }
    }

    /// Filters a column in place.
    fn apply(&mut self, mut column: ArrayViewMut1<'_, f64>) {
        let scans = column.len();
        for (t, &value) in column.iter().enumerate() {
            self.series[t] = value;
            self.series[2 * scans - 1 - t] = value;
        }
        // The buffers are those that the plans made, so their lengths fit.
        let done = self.forward.process(&mut self.series, &mut self.spectrum);
        debug_assert!(done.is_ok());
        for (k, bin) in self.spectrum.iter_mut().enumerate() {
            // The bin at the Nyquist frequency of a series and its mirror image is 0, but for rounding.
            if k < self.first || k > self.last {
                *bin = Complex::new(0.0, 0.0);
            }
        }
        if let Some(bin) = self.spectrum.first_mut() {
            bin.im = 0.0;
        }
        let done = self.backward.process(&mut self.spectrum, &mut self.series);
        debug_assert!(done.is_ok());
        let scale = 1.0 / (2 * scans) as f64;
        column.iter_mut().zip(&self.series).for_each(|(value, filtered)| *value = filtered * scale);
    }
}
