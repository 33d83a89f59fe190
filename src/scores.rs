//! Scores beside D_stsp and D_H: of the points, of the memory, of forecasts; and how far chance moves them.

use attractor_measures::{
    BootstrapConfig, Error as MeasureError, Interval, PowerSpectrumConfig, StateSpaceConfig,
    WassersteinOrder, autocorrelation_error, bootstrap_pair, mean_absolute_error, mean_absolute_scaled_error,
    power_spectrum_distance, random_directions, sliced_wasserstein_distance, state_space_divergence,
    symmetric_mean_absolute_percentage_error, valid_prediction_time,
};
use attractor_systems::{Map, Trajectory};
use ndarray::{Array2, ArrayView2};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    DivergenceEstimate, Reconstruction, Result, StartStates,
    report::{format_number, note},
};

/// Directions of the sliced Wasserstein distance.
const DIRECTIONS: usize = 50;
/// Points of each trajectory that it is taken between, at most.
const POINTS: usize = 5_000;
/// Lags of the autocorrelation error, at most; a tenth of the data where they are short.
const LAGS: usize = 1_000;
/// Steps ahead of the errors of forecasts.
const AHEAD: usize = 20;
/// Forecasts that they are the mean over, from evenly spaced samples.
const FORECASTS: usize = 500;
/// Forecasts that the valid prediction time is the mean over, and their length in Lyapunov times.
const LONG_FORECASTS: (usize, f64) = (20, 12.0);
/// Their length in steps where there is no Lyapunov time, and the most where there is.
const LONG_STEPS: (usize, usize) = (1_000, 20_000);
/// The error at which a forecast stops being valid, in standard deviations.
const VALID: f64 = 0.4;

/// A score beside those of other true data and of a model that predicts no change. What could not be computed, or does not
/// apply, is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Of the reconstruction.
    pub value: Option<f64>,
    /// Of another true trajectory; forecasts have none.
    pub floor: Option<f64>,
    /// Of the model without dynamics.
    pub dead_model: Option<f64>,
}

/// Scores beside D_stsp and D_H. In units of standard deviations means: of data in the model's units.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scores {
    /// Sliced Wasserstein distance of order 1 between the points, in standard deviations; of at most 5,000 points of each
    /// trajectory, along 50 random directions.
    pub sliced_wasserstein: Score,
    /// Root mean squared difference of the autocorrelations at lags up to 1,000 steps, or a tenth of the data.
    pub autocorrelation_error: Score,
    /// Mean absolute error of forecasts of 20 steps, in standard deviations.
    pub mean_absolute_error: Score,
    /// The same over the mean absolute change from one sample to the next.
    pub mean_absolute_scaled_error: Score,
    /// Symmetric mean absolute percentage error of the same forecasts in the units of the data, from 0 to 100. It depends
    /// on where zero lies.
    pub symmetric_mean_absolute_percentage_error: Score,
    /// Mean time, in units of time, until the error of a forecast exceeds 0.4 standard deviations.
    pub valid_prediction_time: Score,
    /// The same in Lyapunov times of the true system, where that is known to be chaotic.
    pub valid_lyapunov_times: Score,
}

/// Intervals of a score and of its floor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreInterval {
    /// Of the reconstruction.
    pub value: Option<Interval>,
    /// Of another true trajectory.
    pub floor: Option<Interval>,
}

impl ScoreInterval {
    /// The row below that of the score in a table.
    pub(crate) fn row(&self) -> [String; 4] {
        let text = |interval: Option<Interval>| {
            interval.map_or_else(
                || "-".to_string(),
                |interval| format!("{}..{}", format_number(interval.lower), format_number(interval.upper)),
            )
        };
        ["    resampled".to_string(), text(self.value), text(self.floor), String::new()]
    }
}

/// How far chance moves the scores of the deterministic free run and their floors: quantiles of each score over resampled
/// blocks of both trajectories. Divergences come out higher on resamples than on the trajectories themselves, so that an
/// interval may lie above its score; compare the interval of the model with that of the floor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Intervals {
    /// Of D_stsp by binning; none where it is estimated by mixtures.
    pub d_stsp: ScoreInterval,
    /// Of D_H.
    pub d_h: ScoreInterval,
    /// Of the sliced Wasserstein distance.
    pub sliced_wasserstein: ScoreInterval,
}

/// What is scored, and against what. Trajectories are in the units of the data.
#[derive(Clone, Copy)]
pub(crate) struct Compared<'a> {
    pub reconstruction: &'a Reconstruction,
    pub test: &'a Trajectory,
    pub start: &'a StartStates,
    pub generated: Option<&'a Trajectory>,
    pub floor: Option<&'a Trajectory>,
    pub dead: &'a Trajectory,
    pub true_lambda: Option<f64>,
}

impl Compared<'_> {
    /// A measure of the test data and each of the three others; notes where it does not apply.
    fn score(
        &self,
        notes: &mut Vec<String>,
        measure: impl Fn(&Trajectory, &Trajectory) -> Result<f64, MeasureError>,
    ) -> Score {
        let mut of = |other: Option<&Trajectory>| -> Option<f64> {
            measure(self.test, other?).map_or_else(|error| note(&error, notes), Some)
        };
        Score { value: of(self.generated), floor: of(self.floor), dead_model: of(Some(self.dead)) }
    }
}

/// All further scores.
pub(crate) fn further(
    compared: &Compared<'_>,
    notes: &mut Vec<String>,
    rng: &mut impl Rng,
) -> Result<Scores> {
    let directions = random_directions(compared.test.dim(), DIRECTIONS, rng);
    let forecasts = Forecasts::new(compared)?;
    let [mae, mase, smape] = forecasts.errors(notes)?;
    let [valid_prediction_time, valid_lyapunov_times] = forecasts.valid(compared.true_lambda, notes)?;
    Ok(Scores {
        sliced_wasserstein: compared
            .score(notes, |test, other| sliced(compared.reconstruction, test, other, directions.view())),
        autocorrelation_error: compared.score(notes, memory),
        mean_absolute_error: mae,
        mean_absolute_scaled_error: mase,
        symmetric_mean_absolute_percentage_error: smape,
        valid_prediction_time,
        valid_lyapunov_times,
    })
}

/// Intervals of the scores that have a floor, but for the autocorrelation: blocks cut the memory that it measures.
pub(crate) fn intervals(
    compared: &Compared<'_>,
    d_stsp_by: DivergenceEstimate,
    config: &BootstrapConfig,
    notes: &mut Vec<String>,
    rng: &mut impl Rng,
) -> Intervals {
    let directions = random_directions(compared.test.dim(), DIRECTIONS, rng);
    let d_stsp = |test: &Trajectory, other: &Trajectory| {
        Ok(state_space_divergence(test, other, &StateSpaceConfig::default())?.value)
    };
    let d_h = |test: &Trajectory, other: &Trajectory| {
        Ok(power_spectrum_distance(test, other, &PowerSpectrumConfig::default())?.mean)
    };
    let wasserstein = |test: &Trajectory, other: &Trajectory| {
        sliced(compared.reconstruction, test, other, directions.view())
    };
    let mut of = |measure: &dyn Fn(&Trajectory, &Trajectory) -> Result<f64, MeasureError>| {
        let mut interval = |other: Option<&Trajectory>| {
            let interval = bootstrap_pair(compared.test, other?, config, rng, measure);
            interval.map_or_else(|error| note(&error, notes), Some)
        };
        ScoreInterval { value: interval(compared.generated), floor: interval(compared.floor) }
    };
    Intervals {
        d_stsp: match d_stsp_by {
            DivergenceEstimate::Binning => of(&d_stsp),
            DivergenceEstimate::GaussianMixture => ScoreInterval::default(),
        },
        d_h: of(&d_h),
        sliced_wasserstein: of(&wasserstein),
    }
}

/// The sliced Wasserstein distance of thinned trajectories in the model's units.
fn sliced(
    reconstruction: &Reconstruction,
    test: &Trajectory,
    other: &Trajectory,
    directions: ArrayView2<'_, f64>,
) -> Result<f64, MeasureError> {
    let thin = |trajectory: &Trajectory| -> Result<Trajectory, MeasureError> {
        let rows = thinned(trajectory, POINTS)?;
        Ok(reconstruction.standardized(&rows)?)
    };
    Ok(sliced_wasserstein_distance(&thin(test)?, &thin(other)?, directions, WassersteinOrder::First)?.value)
}

/// At most `most` evenly spaced samples.
fn thinned(trajectory: &Trajectory, most: usize) -> Result<Trajectory, MeasureError> {
    let count = trajectory.len().min(most);
    Ok(rows(trajectory, &(0..count).map(|i| i * trajectory.len() / count).collect::<Vec<_>>())?)
}

/// The samples at `indices`, with what is missing of them.
fn rows(trajectory: &Trajectory, indices: &[usize]) -> Result<Trajectory, attractor_systems::Error> {
    let data = trajectory.data().select(ndarray::Axis(0), indices);
    let chosen = Trajectory::new(data, trajectory.dt())?;
    match trajectory.missing() {
        Some(missing) => chosen.with_missing(missing.select(ndarray::Axis(0), indices)),
        None => Ok(chosen),
    }
}

/// The autocorrelation error.
fn memory(test: &Trajectory, other: &Trajectory) -> Result<f64, MeasureError> {
    let lags = LAGS.min(test.len().min(other.len()) / 10).max(1);
    Ok(autocorrelation_error(test, other, lags)?.mean)
}

/// Forecasts from samples of the test data.
struct Forecasts<'a> {
    compared: &'a Compared<'a>,
    /// What the model sees, without gaps: where a model that predicts no change stays.
    seen: Trajectory,
    targets: Trajectory,
}

impl<'a> Forecasts<'a> {
    fn new(compared: &'a Compared<'a>) -> Result<Self> {
        let targets = compared.reconstruction.to_model_units(compared.test)?;
        Ok(Self { compared, seen: targets.interpolate_missing()?, targets })
    }

    /// `count` forecasts at most, of the rows `first..=ahead` after evenly spaced samples: indices of the rows that they
    /// predict, and in the model's units what the model and the dead model say \[count · rows, N\]. The model says nothing
    /// where it leaves the finite numbers.
    fn make(&self, count: usize, first: usize, ahead: usize) -> Option<Made> {
        let model = self.compared.reconstruction.model();
        let starts = self.compared.start.states.len().min(self.targets.len()).saturating_sub(ahead);
        let count = count.min(starts);
        if count == 0 {
            return None;
        }
        let (m, n) = (model.dynamics.dim(), self.targets.dim());
        let input = vec![0.0; model.dynamics.input_dim()];
        let mut made = Made { indices: Vec::new(), model: Some(Vec::new()), dead: Vec::new() };
        let (mut z, mut next, mut x) = (vec![0.0; m], vec![0.0; m], vec![0.0; n]);
        for start in (0..count).map(|i| i * starts / count) {
            z.iter_mut().zip(self.compared.start.states.data().row(start)).for_each(|(z, s)| *z = *s);
            for step in 0..=ahead {
                if step > 0 {
                    model.dynamics.step(&z, &input, &mut next);
                    std::mem::swap(&mut z, &mut next);
                }
                if step < first {
                    continue;
                }
                model.readout.apply(&z, &mut x);
                made.indices.push(start + step);
                made.dead.extend(self.seen.data().row(start));
                match &mut made.model {
                    Some(said) if x.iter().all(|x| x.is_finite()) => said.extend(&x),
                    said => *said = None,
                }
            }
        }
        Some(made)
    }

    /// Values \[rows · N\] in the model's units as a trajectory.
    fn trajectory(&self, values: &[f64]) -> Result<Trajectory> {
        let n = self.targets.dim();
        let data = Array2::from_shape_fn((values.len() / n, n), |(row, column)| values[row * n + column]);
        Ok(Trajectory::new(data, self.targets.dt())?)
    }

    /// MAE, MASE and sMAPE.
    fn errors(&self, notes: &mut Vec<String>) -> Result<[Score; 3]> {
        let ahead = AHEAD.min(self.targets.len().saturating_sub(1)).max(1);
        let mut scores = [Score::default(); 3];
        let Some(made) = self.make(FORECASTS, 1, ahead) else { return Ok(scores) };
        if made.model.is_none() {
            notes.push(format!("a forecast diverged within {ahead} steps"));
        }
        let truth = rows(&self.targets, &made.indices)?;
        let truth_in_data_units = rows(self.compared.test, &made.indices)?;
        let said = [made.model.as_deref(), Some(&made.dead)];
        for (said, is_model) in said.into_iter().zip([true, false]) {
            let Some(said) = said else { continue };
            let forecast = self.trajectory(said)?;
            let in_data_units = self.compared.reconstruction.to_data_units(forecast.data().to_owned())?;
            let errors = [
                mean_absolute_error(&truth, &forecast),
                mean_absolute_scaled_error(&truth, &forecast, Some(&self.targets), 1),
                symmetric_mean_absolute_percentage_error(&truth_in_data_units, &in_data_units),
            ];
            for (score, error) in scores.iter_mut().zip(errors) {
                let error = error.map_or_else(|error| note(&error, notes), Some);
                *if is_model { &mut score.value } else { &mut score.dead_model } = error;
            }
        }
        Ok(scores)
    }

    /// The valid prediction time, in units of time and in Lyapunov times.
    fn valid(&self, lambda: Option<f64>, notes: &mut Vec<String>) -> Result<[Score; 2]> {
        let lambda = lambda.filter(|lambda| *lambda > 0.0);
        let (count, lyapunov_times) = LONG_FORECASTS;
        let steps = lambda.map_or(LONG_STEPS.0, |lambda| {
            ((lyapunov_times / lambda / self.targets.dt()) as usize).clamp(1, LONG_STEPS.1)
        });
        let steps = steps.min(self.targets.len() / 2);
        let mut scores = [Score::default(); 2];
        let Some(made) = self.make(count, 0, steps) else { return Ok(scores) };
        let width = (steps + 1) * self.targets.dim();
        let said = [made.model.as_deref(), Some(&made.dead)];
        for (said, is_model) in said.into_iter().zip([true, false]) {
            let Some(said) = said else { continue };
            let mut times = Vec::new();
            for (said, indices) in said.chunks_exact(width).zip(made.indices.chunks_exact(steps + 1)) {
                let truth = rows(&self.targets, indices)?;
                match valid_prediction_time(&truth, &self.trajectory(said)?, VALID) {
                    Ok(valid) => times.push(valid.time),
                    Err(error) => times.extend(note::<f64>(&error, notes)),
                }
            }
            let mean = (!times.is_empty()).then(|| times.iter().sum::<f64>() / times.len() as f64);
            let in_lyapunov_times = mean.zip(lambda).map(|(time, lambda)| time * lambda);
            for (score, value) in scores.iter_mut().zip([mean, in_lyapunov_times]) {
                *if is_model { &mut score.value } else { &mut score.dead_model } = value;
            }
        }
        Ok(scores)
    }
}

/// Forecasts, all one after the other.
struct Made {
    indices: Vec<usize>,
    model: Option<Vec<f64>>,
    dead: Vec<f64>,
}
