//! How good a model of BOLD is: its free run beside the measured series, and what it foresees.

use attractor_measures::{
    Error as MeasureError, LongTermBehaviour, LongTermConfig, PowerSpectrumConfig,
    gaussian_mixture_divergence, long_term_behaviour, power_spectrum_distance,
};
use attractor_models::GenerativeModel;
use attractor_systems::{Map, Trajectory};
use ndarray::{Array2, Axis, s};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    BoldData, BoldModel, Error, Generate, Generated, Reconstruction, Result, bold::without_nuisance,
    generate, report::MIXTURE,
};

/// Width of the window that smooths spectra where slow rhythms of short series are to be told apart, in frequency bins.
const FINE: f64 = 2.0;
/// A free run that spreads so many times as far as the data has diverged.
const UNBOUNDED: f64 = 100.0;
/// How far ahead predictions look, in scans.
const HORIZON: usize = 10;
/// Predictions that their errors are the mean over, from evenly spaced scans.
const FORECASTS: usize = 30;

/// Mean squared errors of predictions so many scans ahead, over regions and starts, in squared units of the data.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AheadError {
    /// Scans ahead.
    pub scans: usize,
    /// Of the model; `None` where it leaves the finite numbers.
    pub model: Option<f64>,
    /// Of predicting no change.
    pub no_change: f64,
    /// Of predicting the mean.
    pub mean: f64,
}

/// The scores of a model of BOLD on one recording. The nuisance regressors' share is taken off the measured series first, and
/// missing scans are interpolated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoldEvaluation {
    /// The recording.
    pub name: String,
    /// D_stsp of the free run by mixtures of Gaussians of unit variance, for z-scored data.
    pub d_stsp: Option<f64>,
    /// D_H of its power spectra, smoothed as \[H23\] over 20 bins, mean over the regions.
    pub d_h: Option<f64>,
    /// D_H of spectra smoothed over 2 bins only, which tells slow rhythms of short series apart.
    pub d_h_fine: Option<f64>,
    /// D_stsp and D_H of the second half of the measured series against its first: how much chance and drift do.
    pub halves_d_stsp: Option<f64>,
    /// D_H of the halves, smoothed over 20 bins.
    pub halves_d_h: Option<f64>,
    /// Mean over the regions of the correlation in time between the free run, driven by the inputs, and the measured series.
    /// Chaos decorrelates even a perfect model that no input holds.
    pub correlation: Option<f64>,
    /// Standard deviation of the free run beside that of the measured series, mean over the regions.
    pub sd_ratio: Option<f64>,
    /// Errors of predictions that see no later scan. BOLD is smooth: they say little about the dynamics.
    pub ahead: Vec<AheadError>,
    /// What becomes of the model when its inputs are held at their mean.
    pub behaviour: LongTermBehaviour,
    /// Why a score is missing.
    pub notes: Vec<String>,
}

impl BoldEvaluation {
    /// Why this is no model to count in: its free run leaves the finite numbers or the surroundings of the data, here or with
    /// its inputs held.
    pub fn failure(&self) -> Option<String> {
        match (self.sd_ratio, &self.behaviour) {
            (None, _) => Some(self.notes.first().cloned().unwrap_or_else(|| "no free run".to_string())),
            (Some(ratio), _) if ratio > UNBOUNDED => {
                Some(format!("the free run diverges, to {ratio:.0} times the spread of the data"))
            }
            (_, LongTermBehaviour::Divergent { step }) => {
                Some(format!("with its inputs held at their mean the model diverges after {step} scans"))
            }
            _ => None,
        }
    }
}

/// A free run beside what was measured at the same scans.
#[derive(Clone, Debug)]
pub struct BoldRun {
    /// Scan of the recording that the first row is at.
    pub first_scan: usize,
    /// The free run: BOLD and latent states.
    pub generated: Generated,
    /// What was measured, without the share of the nuisance regressors and without gaps.
    pub measured: Trajectory,
}

/// Runs a model freely over a recording: from the state of the first scan that is known, driven by the inputs, for as long as
/// the recording lasts; compared from where the response has its history. `states` \[T, M\] are those of
/// [`BoldModel::bold_states`].
///
/// # Errors
/// [`Error::Diverged`], and [`Error::Size`] when the recording is shorter than the response.
pub fn bold_free_run(
    data: &BoldData,
    subject: usize,
    model: &GenerativeModel,
    states: &Trajectory,
    rng: &mut impl Rng,
) -> Result<BoldRun> {
    let recording = &data.recordings()[subject];
    let readable = data.readable(subject, model)?;
    let known = |row: &usize| (0..readable.dim()).all(|column| !readable.is_missing(*row, column));
    let start = (0..readable.len()).find(known).unwrap_or(0);
    let first_scan = start + model.history();
    if first_scan >= recording.len() {
        let (expected, found) = (first_scan + 1, recording.len());
        return Err(Error::Size { what: "scans T of a recording", expected, found });
    }
    let measured = without_nuisance(model, recording.bold(), recording.nuisance())?.interpolate_missing()?;
    let measured = rows(&measured, first_scan, recording.len())?;
    let reconstruction = Reconstruction::new(model.clone(), recording.bold(), None)?;
    let options = Generate::new(measured.len(), states.data().row(start).to_vec()).transient(model.history());
    let inputs = recording.inputs().map(|inputs| inputs.data().slice_move(s![start.., ..]));
    let generated = generate(&reconstruction, &options, inputs, rng)?;
    Ok(BoldRun { first_scan, generated, measured })
}

/// Evaluates a model on one of the recordings, and gives its free run where it stays finite. `exported` is `model` in `f64`.
///
/// # Errors
/// When the model does not fit the data or is not finite.
pub fn evaluate_bold(
    data: &BoldData,
    subject: usize,
    model: &impl BoldModel,
    rng: &mut impl Rng,
) -> Result<(BoldEvaluation, Option<BoldRun>)> {
    let recording = &data.recordings()[subject];
    let exported = model.exported()?;
    let states = model.bold_states(&data.readable(subject, &exported)?, recording.inputs())?;
    let mut notes = Vec::new();
    let run = match bold_free_run(data, subject, &exported, &states, rng) {
        Ok(run) => Some(run),
        Err(Error::Diverged { step }) => {
            notes.push(format!("the free run diverged at scan {step}"));
            None
        }
        Err(error) => return Err(error),
    };
    let mut score = |result: Result<f64, MeasureError>| match result {
        Ok(value) => Some(value),
        Err(error) => {
            let text = error.to_string();
            if !notes.contains(&text) {
                notes.push(text);
            }
            None
        }
    };
    let spectra = |sigma| PowerSpectrumConfig::default().with_sigma(sigma);
    let usual = PowerSpectrumConfig::default();
    let mut scores = [None; 5];
    if let Some(run) = &run {
        let (measured, free) = (&run.measured, &run.generated.observations);
        let half = measured.len() / 2;
        let halves = [rows(measured, 0, half)?, rows(measured, measured.len() - half, measured.len())?];
        scores = [
            score(gaussian_mixture_divergence(measured, free, &MIXTURE, rng).map(|d| d.divergence.value)),
            score(power_spectrum_distance(measured, free, &usual).map(|d| d.mean)),
            score(power_spectrum_distance(measured, free, &spectra(FINE)).map(|d| d.mean)),
            score(
                gaussian_mixture_divergence(&halves[0], &halves[1], &MIXTURE, rng)
                    .map(|d| d.divergence.value),
            ),
            score(power_spectrum_distance(&halves[0], &halves[1], &usual).map(|d| d.mean)),
        ];
    }
    let alike = run.as_ref().map(|run| alike(&run.measured, &run.generated.observations));
    let ahead = ahead(data, subject, model, &exported)?;
    let input = recording.inputs().and_then(|inputs| inputs.data().mean_axis(Axis(0)));
    let length = LongTermConfig {
        input: input.map_or_else(Vec::new, |input| input.to_vec()),
        ..LongTermConfig::default()
    };
    let last = states.last_row().to_vec();
    Ok((
        BoldEvaluation {
            name: recording.name().to_string(),
            d_stsp: scores[0],
            d_h: scores[1],
            d_h_fine: scores[2],
            halves_d_stsp: scores[3],
            halves_d_h: scores[4],
            correlation: alike.map(|(correlation, _)| correlation),
            sd_ratio: alike.map(|(_, ratio)| ratio),
            ahead,
            behaviour: long_term_behaviour(&exported.dynamics, &last, &length)?,
            notes,
        },
        run,
    ))
}

/// Rows of a complete trajectory.
fn rows(trajectory: &Trajectory, from: usize, to: usize) -> Result<Trajectory> {
    let rows = trajectory.data().slice(s![from..to, ..]).to_owned();
    Ok(Trajectory::new(rows, trajectory.dt())?.with_names(trajectory.names().to_vec())?)
}

/// Means over the regions of correlation and of the ratio of standard deviations; a region that stands still correlates with
/// nothing.
fn alike(measured: &Trajectory, free: &Trajectory) -> (f64, f64) {
    let n = measured.dim() as f64;
    let (mut correlation, mut ratio) = (0.0, 0.0);
    for (x, y) in measured.data().columns().into_iter().zip(free.data().columns()) {
        let centred = |values: ndarray::ArrayView1<'_, f64>| &values - values.mean().unwrap_or(0.0);
        let (x, y) = (centred(x), centred(y));
        let (xx, yy) = (x.dot(&x), y.dot(&y));
        ratio += (yy / xx).sqrt() / n;
        if yy > 1e-12 * xx {
            correlation += x.dot(&y) / (xx * yy).sqrt() / n;
        }
    }
    (correlation, ratio)
}

/// Predictions from evenly spaced scans of the second half, each from the scans up to there alone: these are deconvolved and
/// give the states, from which the model runs on with the inputs to come.
fn ahead(
    data: &BoldData,
    subject: usize,
    model: &impl BoldModel,
    exported: &GenerativeModel,
) -> Result<Vec<AheadError>> {
    let recording = &data.recordings()[subject];
    let series = without_nuisance(exported, recording.bold(), recording.nuisance())?;
    let (scans, n, history) = (series.len(), series.dim(), exported.history());
    let first = (scans / 2).max(2 * history + 2);
    let room = (scans.saturating_sub(HORIZON)).saturating_sub(first);
    let count = FORECASTS.min(room);
    let filled = series.interpolate_missing()?;
    let mut sums = vec![[0.0; 4]; HORIZON];
    for start in (0..count).map(|i| first + i * room / count) {
        let cut = |part: &Trajectory| head(part, start + 1);
        let until = data.readable_until(subject, exported, start + 1)?;
        let inputs = recording.inputs().map(cut).transpose()?;
        let states = model.bold_states(&until, inputs.as_ref())?;
        let known = states.len().saturating_sub(history);
        let mut path = Array2::zeros((history + HORIZON, states.dim()));
        path.slice_mut(s![..history, ..]).assign(&states.data().slice(s![known.., ..]));
        let (mut z, mut next) = (states.last_row().to_vec(), vec![0.0; states.dim()]);
        let mut u = vec![0.0; exported.dynamics.input_dim()];
        for step in 0..HORIZON {
            if let Some(inputs) = recording.inputs() {
                u.iter_mut().zip(inputs.data().row(start + 1 + step)).for_each(|(u, value)| *u = *value);
            }
            exported.dynamics.step(&z, &u, &mut next);
            std::mem::swap(&mut z, &mut next);
            path.row_mut(history + step).iter_mut().zip(&z).for_each(|(out, value)| *out = *value);
        }
        let predicted = exported.observe(path.view());
        for (step, sums) in sums.iter_mut().enumerate() {
            for region in (0..n).filter(|region| !series.is_missing(start + 1 + step, *region)) {
                let truth = series.data()[[start + 1 + step, region]];
                sums[0] += 1.0;
                sums[1] += (predicted[[step, region]] - truth).powi(2);
                sums[2] += (filled.data()[[start, region]] - truth).powi(2);
                sums[3] += truth.powi(2);
            }
        }
    }
    Ok(sums
        .into_iter()
        .enumerate()
        .filter(|(_, [count, ..])| *count > 0.0)
        .map(|(step, [count, model, no_change, mean])| AheadError {
            scans: step + 1,
            model: Some(model / count).filter(|model| model.is_finite()),
            no_change: no_change / count,
            mean: mean / count,
        })
        .collect())
}

/// The first scans.
fn head(trajectory: &Trajectory, scans: usize) -> Result<Trajectory> {
    rows(trajectory, 0, scans)
}
