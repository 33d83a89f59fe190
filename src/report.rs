//! How good a reconstruction is: its scores beside their floor and beside a dead model.

use std::fmt;

use attractor_measures::{
    BootstrapConfig, Estimate, GaussianMixtureConfig, LongTermBehaviour, LongTermConfig, PowerSpectrumConfig,
    PredictionError, StateSpaceConfig, gaussian_mixture_divergence, long_term_behaviour,
    power_spectrum_distance, prediction_error, state_space_divergence,
};
use attractor_systems::{PiecewiseLinearMap, Trajectory};
use attractor_train::{Fit, Outcome};
use ndarray::{Array1, Array2};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Generate, Generated, Intervals, Reconstruction, Result, Score, Scores, StartStates, generate,
    scores::{self, Compared},
};

/// How far ahead prediction errors look, in steps.
const HORIZON: usize = 20;

/// D_stsp by Gaussian mixtures as \[H23\], on standardised data; of long trajectories 10,000 states are drawn.
const MIXTURE: GaussianMixtureConfig =
    GaussianMixtureConfig { variance: 1.0, samples: 1_000, points: Some(10_000) };

/// How far ahead a trajectory of `samples` lets them look.
fn horizon(samples: usize) -> usize {
    HORIZON.min(samples.saturating_sub(1)).max(1)
}

/// What a reconstruction is evaluated against, and how. Trajectories are in the units of the data.
#[derive(Clone, Debug)]
pub struct Protocol<'a> {
    /// The true trajectory \[T, N\] to compare with, which the model was not trained on.
    pub test: &'a Trajectory,
    /// States to start from, one for each sample of `test`.
    pub start: &'a StartStates,
    /// Another trajectory of the same system: its scores against `test` are the floor that no model can be expected to
    /// go below.
    pub floor: Option<&'a Trajectory>,
    /// The largest Lyapunov exponent of the true system per unit of time, where it is known.
    pub true_lambda: Option<f64>,
    /// With intervals of the scores of the free run and their floors by the block bootstrap; none where it is not needed,
    /// as in medians over seeds. A resample of 100,000 samples of 3 variables costs some hundredths of a second.
    pub intervals: Option<BootstrapConfig>,
}

/// Whether the free run lives as the data do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The free run is chaotic.
    Chaotic,
    /// The free run is a cycle or quasi-periodic: λ ≤ 0. Right for a system that oscillates.
    NotChaotic,
    /// The free run does not have the dynamics of the data, however small its prediction errors: it stands still, or the
    /// true system is known to be chaotic and it is not.
    Trapped,
    /// The free run left the finite numbers.
    Diverged,
}

impl Verdict {
    /// Of a free run that stayed finite, where the largest exponent of the true system may be known.
    fn of(behaviour: &LongTermBehaviour, true_lambda: Option<f64>) -> Self {
        match behaviour {
            LongTermBehaviour::Divergent { .. } => Self::Diverged,
            LongTermBehaviour::FixedPoint { .. } => Self::Trapped,
            behaviour if behaviour.is_chaotic() => Self::Chaotic,
            _ if true_lambda.is_some_and(|lambda| lambda > 0.0) => Self::Trapped,
            _ => Self::NotChaotic,
        }
    }
}

/// Scores of a model that predicts no change at all: an excellent one-step error and no dynamics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadModel {
    /// D_stsp of its free run, a point.
    pub d_stsp: Option<f64>,
    /// D_H of its free run: 1 by definition.
    pub d_h: Option<f64>,
    /// Its PE(20).
    pub pe_20: Option<f64>,
    /// Its one-step error.
    pub one_step_mse: Option<f64>,
}

/// How D_stsp was estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DivergenceEstimate {
    /// By a histogram of the visited states \[H23\], for up to about 5 variables.
    Binning,
    /// By mixtures of Gaussians of the data's variance around the visited states, for more variables.
    GaussianMixture,
}

/// The scores of a reconstruction. What could not be computed is `None`, with the reason among the notes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// State-space divergence of the deterministic free run.
    pub d_stsp: Option<f64>,
    /// How it and all others here were estimated.
    pub d_stsp_by: DivergenceEstimate,
    /// Hellinger distance of its power spectra.
    pub d_h: Option<f64>,
    /// D_stsp of the free run with process noise, of models that have some.
    pub d_stsp_stochastic: Option<f64>,
    /// D_H of the free run with process noise.
    pub d_h_stochastic: Option<f64>,
    /// Mean squared error 20 steps ahead, in units of the data's variance (the model's units).
    pub pe_20: Option<f64>,
    /// Mean squared error one step ahead, in the same units. It says nothing about the dynamics.
    pub one_step_mse: Option<f64>,
    /// Later samples that the start states of the predictions were inferred from.
    pub prediction_lookahead: usize,
    /// Largest Lyapunov exponent of the model per unit of time.
    pub lambda_max: Option<f64>,
    /// Its standard error.
    pub lambda_max_standard_error: Option<f64>,
    /// Largest Lyapunov exponent of the true system.
    pub lambda_max_true: Option<f64>,
    /// D_stsp of another true trajectory.
    pub floor_d_stsp: Option<f64>,
    /// D_H of another true trajectory.
    pub floor_d_h: Option<f64>,
    /// The same scores for a model without dynamics.
    pub dead_model: DeadModel,
    /// More scores, each beside its floor and that of a model without dynamics.
    #[serde(default)]
    pub scores: Scores,
    /// How far chance moves the scores of the deterministic free run, where that was asked for.
    #[serde(default)]
    pub intervals: Option<Intervals>,
    /// What becomes of the free run.
    pub behaviour: LongTermBehaviour,
    /// What that means.
    pub verdict: Verdict,
    /// Why a score is missing.
    pub notes: Vec<String>,
}

impl Evaluation {
    /// Rows of measure, this model, floor and dead model, as text. Where the scores have intervals, these are said below
    /// the model's score and its floor.
    pub fn table(&self) -> Vec<[String; 4]> {
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_string(), format_number);
        let row =
            |name: &str, model, floor, dead| [name.to_string(), number(model), number(floor), number(dead)];
        let by = match self.d_stsp_by {
            DivergenceEstimate::Binning => "D_stsp (state space)",
            DivergenceEstimate::GaussianMixture => "D_stsp (mixtures)",
        };
        let mut rows = Vec::new();
        let dead = &self.dead_model;
        rows.push(row(by, self.d_stsp, self.floor_d_stsp, dead.d_stsp));
        rows.extend(self.intervals.as_ref().map(|all| all.d_stsp.row()));
        rows.push(row("D_H (power spectra)", self.d_h, self.floor_d_h, dead.d_h));
        rows.extend(self.intervals.as_ref().map(|all| all.d_h.row()));
        if self.d_stsp_stochastic.is_some() || self.d_h_stochastic.is_some() {
            rows.push(row(
                "D_stsp, with process noise",
                self.d_stsp_stochastic,
                self.floor_d_stsp,
                dead.d_stsp,
            ));
            rows.push(row("D_H, with process noise", self.d_h_stochastic, self.floor_d_h, dead.d_h));
        }
        let scored = |name: &str, score: &Score| row(name, score.value, score.floor, score.dead_model);
        let further = &self.scores;
        rows.push(scored("sliced Wasserstein (sd)", &further.sliced_wasserstein));
        rows.extend(self.intervals.as_ref().map(|all| all.sliced_wasserstein.row()));
        rows.push(scored("autocorrelation error", &further.autocorrelation_error));
        rows.extend([
            row("lambda_max (1/time)", self.lambda_max, self.lambda_max_true, Some(0.0)),
            row("PE(20)", self.pe_20, None, dead.pe_20),
            row("one-step error", self.one_step_mse, None, dead.one_step_mse),
            scored("MAE, 20 steps (sd)", &further.mean_absolute_error),
            scored("MASE, 20 steps", &further.mean_absolute_scaled_error),
            scored("sMAPE, 20 steps (%)", &further.symmetric_mean_absolute_percentage_error),
            scored("valid prediction time", &further.valid_prediction_time),
        ]);
        if further.valid_lyapunov_times.value.is_some() {
            rows.push(scored("... in Lyapunov times", &further.valid_lyapunov_times));
        }
        rows
    }

    /// One sentence on whether the model has the dynamics of the data.
    pub fn verdict_text(&self) -> String {
        let e = self;
        let lambda = e.lambda_max.map_or_else(|| "-".to_string(), format_number);
        match e.verdict {
            Verdict::Chaotic => format!("The free run is chaotic (lambda_max {lambda})."),
            Verdict::NotChaotic => format!(
                "The free run is not chaotic (lambda_max {lambda}): right for a system that oscillates, a trapped fit for a \
                 chaotic one."
            ),
            Verdict::Trapped => format!(
                "TRAPPED FIT: the free run does not live as the data do (lambda_max {lambda}), whatever its prediction \
                 errors say. Train again from another seed."
            ),
            Verdict::Diverged => {
                "DIVERGED: the free run leaves the finite numbers. Regularize or train longer.".to_string()
            }
        }
    }
}

/// Evaluates a reconstruction by the protocol of \[H23\]: one free run of 1.25 T steps from the first start state, of which
/// the first T/4 are dropped, is compared with the T samples of the test trajectory. Gives the scores and the deterministic
/// and the stochastic run, where they stayed finite.
///
/// # Errors
/// When the test trajectory has a single sample or a constant variable or does not fit the reconstruction; [`Error::Size`] for
/// a model with external inputs, whose free run is one of [`generate`] and not of this protocol.
pub fn evaluate(
    reconstruction: &Reconstruction,
    protocol: &Protocol<'_>,
    rng: &mut impl Rng,
) -> Result<(Evaluation, [Option<Generated>; 2])> {
    let Protocol { test, start, floor, true_lambda, intervals } = *protocol;
    let dynamics = &reconstruction.model().dynamics;
    let from = start.states.initial_row().to_vec();
    let mut notes = Vec::new();

    let free = Generate::new(test.len(), from.clone()).transient(test.len() / 4);
    let mut run = |name: &str, options: &Generate| match generate(reconstruction, options, None, rng) {
        Ok(run) => Ok(Some(run)),
        Err(Error::Diverged { step }) => {
            notes.push(format!("the {name} free run diverged at step {step}"));
            Ok(None)
        }
        Err(error) => Err(error),
    };
    let deterministic = run("deterministic", &free)?;
    // A model without process noise has no stochastic run of its own.
    let noisy = reconstruction.model().process_sd.iter().any(|sd| *sd > 0.0);
    let stochastic = if noisy { run("stochastic", &free.clone().process_noise(true))? } else { None };

    let d_stsp_by = match state_space_divergence(test, test, &StateSpaceConfig::default()) {
        Err(attractor_measures::Error::TooManyBins { .. }) => DivergenceEstimate::GaussianMixture,
        _ => DivergenceEstimate::Binning,
    };
    let mut scores = |generated: Option<&Trajectory>| -> Result<[Option<f64>; 2]> {
        match generated {
            Some(generated) => {
                let d_stsp = match d_stsp_by {
                    DivergenceEstimate::Binning => {
                        state_space_divergence(test, generated, &StateSpaceConfig::default())?.value
                    }
                    DivergenceEstimate::GaussianMixture => {
                        let [test, generated] =
                            [reconstruction.to_model_units(test)?, reconstruction.to_model_units(generated)?];
                        gaussian_mixture_divergence(&test, &generated, &MIXTURE, rng)?.divergence.value
                    }
                };
                Ok([Some(d_stsp), d_h(test, generated, &mut notes)?])
            }
            None => Ok([None, None]),
        }
    };
    let [d_stsp, d_h] = scores(deterministic.as_ref().map(|run| &run.observations))?;
    let [d_stsp_stochastic, d_h_stochastic] = scores(stochastic.as_ref().map(|run| &run.observations))?;
    let [floor_d_stsp, floor_d_h] = scores(floor)?;
    let still = Array2::from_shape_fn(test.data().dim(), |(_, column)| test.data()[[0, column]]);
    let still = Trajectory::new(still, test.dt())?;
    let [dead_d_stsp, dead_d_h] = scores(Some(&still))?;

    let targets = reconstruction.to_model_units(test)?;
    let readout = &reconstruction.model().readout;
    let errors = prediction_error(dynamics, &start.states, &targets, None, horizon(test.len()), |z, x| {
        readout.apply(z, x);
    })?;
    if let Some(diverged) = errors.diverged {
        notes.push(format!("predictions diverged {} steps ahead", diverged.horizon));
    }
    let dead = no_change(&targets)?;

    // One run of the length of the test data tells both, so that they cannot contradict each other: a chaotic transient
    // may end in a cycle long after a short look at it.
    let length = LongTermConfig {
        transient: (test.len() / 4).max(1_000),
        steps: test.len().max(10_000),
        ..LongTermConfig::default()
    };
    let behaviour = long_term_behaviour(dynamics, &from, &length)?;
    let per_time = 1.0 / reconstruction.dt();
    let lambda = behaviour.exponent().map(|per_step| Estimate {
        value: per_step.value * per_time,
        standard_error: per_step.standard_error * per_time,
    });
    let verdict =
        if deterministic.is_none() { Verdict::Diverged } else { Verdict::of(&behaviour, true_lambda) };
    let generated = deterministic.as_ref().map(|run| &run.observations);
    let compared = Compared { reconstruction, test, start, generated, floor, dead: &still, true_lambda };
    let further = scores::further(&compared, &mut notes, rng)?;
    let intervals = intervals.map(|config| scores::intervals(&compared, d_stsp_by, &config, &mut notes, rng));
    let evaluation = Evaluation {
        d_stsp,
        d_stsp_by,
        d_h,
        d_stsp_stochastic,
        d_h_stochastic,
        pe_20: errors.at(HORIZON),
        one_step_mse: errors.at(1),
        prediction_lookahead: start.lookahead,
        lambda_max: lambda.map(|lambda| lambda.value),
        lambda_max_standard_error: lambda.map(|lambda| lambda.standard_error),
        lambda_max_true: true_lambda,
        floor_d_stsp,
        floor_d_h,
        dead_model: DeadModel {
            d_stsp: dead_d_stsp,
            d_h: dead_d_h,
            pe_20: dead.at(HORIZON),
            one_step_mse: dead.at(1),
        },
        scores: further,
        intervals,
        behaviour,
        verdict,
        notes,
    };
    Ok((evaluation, [deterministic, stochastic]))
}

fn d_h(test: &Trajectory, generated: &Trajectory, notes: &mut Vec<String>) -> Result<Option<f64>> {
    match power_spectrum_distance(test, generated, &PowerSpectrumConfig::default()) {
        Ok(distance) => Ok(Some(distance.mean)),
        Err(
            error @ (attractor_measures::Error::TooShort { .. } | attractor_measures::Error::Missing { .. }),
        ) => Ok(note(&error, notes)),
        Err(error) => Err(error.into()),
    }
}

/// A score that does not apply to these data is missing, with its reason told once.
pub(crate) fn note<T>(error: &attractor_measures::Error, notes: &mut Vec<String>) -> Option<T> {
    let text = error.to_string();
    if !notes.contains(&text) {
        notes.push(text);
    }
    None
}

/// Prediction errors of the model that predicts no change.
fn no_change(targets: &Trajectory) -> Result<PredictionError> {
    let n = targets.dim();
    let identity = PiecewiseLinearMap::new(
        Array2::eye(n),
        Array2::zeros((n, 0)),
        Array2::zeros((0, n)),
        Array1::zeros(0),
        Array1::zeros(n),
        Array2::zeros((n, 0)),
    )?;
    Ok(prediction_error(&identity, targets, targets, None, horizon(targets.len()), |z, x| {
        x.copy_from_slice(z);
    })?)
}

/// A fit and what it is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The scores.
    #[serde(flatten)]
    pub evaluation: Evaluation,
    /// How training ended.
    pub outcome: Outcome,
    /// Mean loss of the last epoch, in the units of the objective.
    pub loss: Option<f64>,
    /// Steps of training.
    pub steps: usize,
    /// Wall-clock seconds of training.
    pub fit_seconds: f64,
}

impl Report {
    /// Joins a fit and its evaluation.
    pub fn new<M>(fit: &Fit<M>, evaluation: Evaluation) -> Self {
        let last = fit.history.epochs.last();
        Self {
            evaluation,
            outcome: fit.outcome.clone(),
            loss: last.map(|epoch| epoch.loss),
            steps: last.map_or(0, |epoch| epoch.step),
            fit_seconds: fit.seconds,
        }
    }

    /// Why the scores say nothing: training stopped at values that are not finite, or the free run leaves the finite numbers.
    pub fn failure(&self) -> Option<String> {
        match (&self.outcome, &self.evaluation.verdict) {
            (outcome @ Outcome::Diverged { .. }, _) => Some(format!("training {outcome}")),
            (_, Verdict::Diverged) => Some("the free run leaves the finite numbers".to_string()),
            _ => None,
        }
    }

    /// Rows of measure, this model, floor and dead model, as text.
    pub fn table(&self) -> Vec<[String; 4]> {
        self.evaluation.table()
    }

    /// One sentence on whether the model has the dynamics of the data.
    pub fn verdict(&self) -> String {
        self.evaluation.verdict_text()
    }
}

/// Four significant digits.
pub(crate) fn format_number(value: f64) -> String {
    if value == 0.0 || (0.001..10_000.0).contains(&value.abs()) {
        let digits = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
        let places = (3 - digits).clamp(0, 6) as usize;
        format!("{value:.places$}")
    } else {
        format!("{value:.3e}")
    }
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width =
            self.table().iter().flat_map(|row| &row[1..]).map(String::len).max().unwrap_or(0).max(10) + 2;
        writeln!(f, "{:<28}{:>width$}{:>width$}{:>width$}", "", "this model", "true system", "dead model")?;
        for [name, model, floor, dead] in self.table() {
            writeln!(f, "{name:<28}{model:>width$}{floor:>width$}{dead:>width$}")?;
        }
        writeln!(f)?;
        writeln!(f, "{}", self.verdict_text())?;
        write!(
            f,
            "The dead model predicts no change: its one-step error is small and its dynamics are none. Judge by D_stsp, D_H \
             and lambda_max."
        )?;
        for note in &self.notes {
            write!(f, "\nNote: {note}.")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.evaluation)?;
        write!(f, "Training {} after {} steps, {:.1} s.", self.outcome, self.steps, self.fit_seconds)
    }
}
