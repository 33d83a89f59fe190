//! What the models are worth: their free runs beside the measured series, and what is known beside what was found.

use attractor::{
    BoldRun,
    measures::{
        AffineMap, GaussianMixtureConfig, PowerSpectrumConfig, Ridge, StateSpaceConfig,
        gaussian_mixture_divergence, power_spectrum_distance, r_squared,
    },
    prelude::*,
    train::Outcome,
};
use ndarray::{Axis, s};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::Serialize;

use crate::{Result, options::Options, source::Study};

/// A model of one recording.
pub struct Judged {
    pub exported: GenerativeModel,
    pub states: Trajectory,
    pub run: Option<BoldRun>,
    pub score: Score,
}

/// What it is worth.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    #[serde(flatten)]
    pub evaluation: BoldEvaluation,
    pub outcome: Outcome,
    /// Share of the variance of the true latents that the best affine map of the inferred ones explains.
    pub latents_r_squared: Option<f64>,
    /// The same of ridge regression on what latents are read off, the deconvolved series.
    pub deconvolved_r_squared: Option<f64>,
    pub simulated: Option<AgainstSimulation>,
}

/// A model beside the system that was simulated.
#[derive(Clone, Debug, Serialize)]
pub struct AgainstSimulation {
    /// D_stsp of activity, what BOLD is the response to, of a long free run, and of another true run.
    pub activity_d_stsp: f64,
    pub activity_d_stsp_floor: f64,
    pub activity_d_h: f64,
    pub activity_d_h_floor: f64,
    /// Largest Lyapunov exponent per scan.
    pub lambda_per_scan: Option<f64>,
    pub lambda_per_scan_true: f64,
    /// Root mean square of the difference between found and true J, beside that of the true one.
    pub nuisance_error: Option<f64>,
}

/// Evaluates the model of one recording.
pub fn model(
    options: &Options,
    study: &Study,
    subject: usize,
    model: &impl BoldModel,
    outcome: &Outcome,
) -> Result<Judged> {
    let mut rng = ChaCha8Rng::seed_from_u64(options.common.seed);
    let (evaluation, run) = evaluate_bold(&study.data, subject, model, &mut rng)?;
    let exported = model.exported()?;
    let readable = study.data.readable(subject, &exported)?;
    let recording = &study.data.recordings()[subject];
    let states = model.bold_states(&readable, recording.inputs())?;
    let mut score = Score {
        evaluation,
        outcome: outcome.clone(),
        latents_r_squared: None,
        deconvolved_r_squared: None,
        simulated: None,
    };
    if let Some(truth) = &study.truth {
        let latents = &truth.latents[subject];
        // What is known at both ends of the series alike.
        let edge = exported.history().max(study.data.response().values().len() - 1).min(latents.len() / 4);
        let inner = |part: &Trajectory| -> Result<Trajectory> {
            let rows = part.data().slice(s![edge..part.len() - edge, ..]).to_owned();
            Ok(Trajectory::new(rows, part.dt())?)
        };
        let explained = |from: &Trajectory, ridge: &Ridge| -> Result<f64> {
            let (from, to) = (inner(&from.interpolate_missing()?)?, inner(latents)?);
            Ok(r_squared(&to, &AffineMap::fit(&from, &to, ridge)?.apply(&from)?)?.total)
        };
        score.latents_r_squared = Some(explained(&states, &Ridge::None)?);
        score.deconvolved_r_squared = Some(explained(&readable, &Ridge::cross_validated())?);
        if let Some(simulated) = &truth.simulated {
            score.simulated =
                against(study, subject, &exported, &states, simulated, &score.evaluation, &mut rng).ok();
        }
    }
    Ok(Judged { exported, states, run, score })
}

/// A long free run beside a long run of the truth, both before the response.
fn against(
    study: &Study,
    subject: usize,
    exported: &GenerativeModel,
    states: &Trajectory,
    simulated: &crate::truth::Simulated,
    evaluation: &BoldEvaluation,
    rng: &mut ChaCha8Rng,
) -> Result<AgainstSimulation> {
    let recording = &study.data.recordings()[subject];
    let truth = &simulated.activity;
    let half = truth.len() / 2;
    let part =
        |from: usize, to: usize| Trajectory::new(truth.data().slice(s![from..to, ..]).to_owned(), truth.dt());
    let (first, second) = (part(0, half)?, part(half, 2 * half)?);
    let bare = GenerativeModel { response: None, nuisance: None, ..exported.clone() };
    let reconstruction = Reconstruction::new(bare, recording.bold(), None)?;
    let transient = 1_000;
    // The task goes on as it was.
    let inputs = recording.inputs().map(|inputs| {
        let rows: Vec<usize> = (0..transient + half).map(|row| row % inputs.len()).collect();
        inputs.data().select(Axis(0), &rows)
    });
    let options = Generate::new(half, states.last_row().to_vec()).transient(transient);
    let free =
        generate(&reconstruction, &options, inputs.as_ref().map(|inputs| inputs.view()), rng)?.observations;
    let divergence = |other: &Trajectory, rng: &mut ChaCha8Rng| -> Result<f64> {
        if first.dim() <= 5 {
            return Ok(state_space_divergence(&first, other, &StateSpaceConfig::default())?.value);
        }
        Ok(gaussian_mixture_divergence(&first, other, &GaussianMixtureConfig::default(), rng)?
            .divergence
            .value)
    };
    let spectra =
        |other: &Trajectory| power_spectrum_distance(&first, other, &PowerSpectrumConfig::default());
    let nuisance_error = exported.nuisance.as_ref().zip(simulated.nuisance.as_ref()).map(|(found, truth)| {
        let rms = |values: &ndarray::Array2<f64>| values.mapv(|v| v * v).mean().unwrap_or(0.0).sqrt();
        rms(&(found - truth)) / rms(truth)
    });
    Ok(AgainstSimulation {
        activity_d_stsp: divergence(&free, rng)?,
        activity_d_stsp_floor: divergence(&second, rng)?,
        activity_d_h: spectra(&free)?.mean,
        activity_d_h_floor: spectra(&second)?.mean,
        lambda_per_scan: evaluation.behaviour.exponent().map(|exponent| exponent.value),
        lambda_per_scan_true: simulated.lambda,
        nuisance_error,
    })
}

impl Score {
    /// Why the model is not counted in.
    pub fn failure(&self) -> Option<String> {
        match &self.outcome {
            outcome @ Outcome::Diverged { .. } => Some(format!("training {outcome}")),
            _ => self.evaluation.failure(),
        }
    }
}
