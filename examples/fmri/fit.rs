//! The fits: each subject alone, or all as one cohort.

use attractor::{
    models::{Cohort, observation::HrfObservationConfig},
    prelude::*,
    systems::observation::ResponseBasis,
    train::{
        History,
        objective::Individual,
        observer::{ProgressBar, ProgressBars},
    },
};

use crate::{
    Result,
    judge::{self, Judged},
    options::{Inference, Options, ResponseName},
    source::Study,
};

/// The encoder's filter reaches this many scans to each side of deconvolved series.
const REACH: usize = 6;
/// Values at which the process variance is held, for equal shares of the first half of the steps.
const PROCESS_VARIANCE: [f64; 3] = [1e-1, 1e-2, 1e-3];
/// Strength of forcing where none is asked for \[V24\]. An adaptive one is better for strong chaos and little noise, as of
/// Lorenz-63; real BOLD it forces too much: on n-back data D_stsp was 1.4 with it and 0.4 without.
const ALPHA: f64 = 0.15;
/// Steps of one subject's training alone, of Lorenz-63, and at least and per subject of a cohort's.
const ALONE: usize = 10_000;
const LORENZ: usize = 20_000;
const TOGETHER: (usize, usize) = (10_000, 2_000);

/// The models of all subjects.
pub struct Models {
    /// A model of each recording, or why there is none.
    pub judged: Vec<std::result::Result<Judged, String>>,
    /// Linear dynamics inferred in the same way, where there is a truth to compare them with.
    pub linear: Option<Vec<std::result::Result<Judged, String>>>,
    /// Course of the first training.
    pub history: Option<History>,
    /// Features of the subjects, where there are some.
    pub features: Option<Vec<Vec<f64>>>,
    /// Seconds of all trainings.
    pub seconds: f64,
}

/// Fits all.
pub fn all(options: &Options, study: &Study) -> Result<Models> {
    let (m, k) = (study.latent, study.data.dataset().input_dim());
    let dynamics = ClippedShallowPlrnnConfig::new(m, options.hidden).with_inputs(k);
    let mut models = with(options, study, &dynamics)?;
    if study.truth.is_some() {
        // No unit is rectified: z_t = (A + W) z_{t−1} + h + C u_t.
        let linear = AlmostLinearRnnConfig::new(m, 0).with_inputs(k);
        models.linear = Some(with(options, study, &linear)?.judged);
    }
    Ok(models)
}

fn with<D: Initialize<Module: Dynamics + Send> + Send>(
    options: &Options,
    study: &Study,
    dynamics: &D,
) -> Result<Models> {
    let (n, m) = (study.data.recordings()[0].dim(), study.latent);
    let observation = observation(options, study)?;
    match options.objective {
        Inference::Gtf => {
            let model = StateSpaceModelConfig::new(dynamics.clone(), observation);
            let strength = match options.alpha {
                None if options.is_lorenz() => Strength::adaptive(),
                alpha => Strength::Constant { alpha: alpha.unwrap_or(ALPHA) },
            };
            let objective = TeacherForcing::new(strength)
                .with_weight_penalty(1e-5)
                .with_observation_penalty(1e-5)
                .with_conditioning_penalty(1e-3);
            models(options, study, &model, &objective)
        }
        Inference::Svae => {
            // What a latent does shows in BOLD for as long as the response lasts.
            let future = study.data.response().values().len();
            let encoder = LinearEncoderConfig::new(n, m).with_past(REACH).with_future(future);
            let objective = Elbo::default()
                .with_process_variance(process_variance())
                .with_weight_penalty(1e-4)
                .with_observation_penalty(1e-5);
            models(
                options,
                study,
                &SequentialVaeConfig::new(encoder, dynamics.clone(), observation),
                &objective,
            )
        }
        Inference::Mtf => {
            let encoder = LinearEncoderConfig::new(n, m).with_past(REACH).with_future(REACH);
            let strength = Strength::Constant { alpha: options.alpha.unwrap_or(ALPHA) };
            let objective = MultimodalTeacherForcing::new(strength)
                .with_process_variance(process_variance())
                .with_weight_penalty(1e-4)
                .with_observation_penalty(1e-5);
            models(
                options,
                study,
                &SequentialVaeConfig::new(encoder, dynamics.clone(), observation),
                &objective,
            )
        }
    }
}

fn process_variance() -> Schedule {
    Schedule::Steps { values: PROCESS_VARIANCE.to_vec(), share: 0.5 }
}

/// The observation model of the study with the response that was asked for.
fn observation(options: &Options, study: &Study) -> Result<HrfObservationConfig> {
    let observation = study.data.observation(study.latent).with_initial_sd(0.3);
    let response = study.data.response();
    let tr = response.interval();
    Ok(match options.response {
        ResponseName::Learned => {
            observation.with_learned_response(&ResponseBasis::spm_with_derivatives(tr)?, &[1.0, 0.0, 0.0])
        }
        ResponseName::Fir => {
            let samples = response.values().to_vec();
            observation.with_learned_response(&ResponseBasis::fir(samples.len(), tr)?, &samples)
        }
        _ => observation,
    })
}

fn models<C, O>(options: &Options, study: &Study, model: &C, objective: &O) -> Result<Models>
where
    C: Initialize<Module: BoldModel + Individual + Send> + Send,
    O: Objective<C::Module> + Send,
{
    let started = std::time::Instant::now();
    let subjects = study.data.recordings().len();
    let device = Backend::Flex.device()?;
    let mut history = None;
    let mut features = None;
    let judged = if options.is_shared() {
        let sharing =
            if options.features > 0 { Sharing::features(options.features) } else { Sharing::dynamics() };
        let run = Run {
            model: CohortConfig::new(model.clone(), subjects, sharing),
            objective: PerSubject(objective.clone()),
            trainer: trainer(options, study, TOGETHER.0.max(TOGETHER.1 * subjects)),
        };
        let fit =
            Trainer::new(run, study.data.dataset(), &device)?.fit(&mut [&mut ProgressBar::default()])?;
        let cohort: &Cohort<C::Module> = &fit.model;
        features = cohort.features()?;
        let judged = (0..subjects)
            .map(|subject| judge::model(options, study, subject, &cohort.subject(subject), &fit.outcome));
        let judged = judged.map(|judged| judged.map_err(|error| error.to_string())).collect();
        history = Some(fit.history);
        judged
    } else {
        let alone = (0..subjects)
            .map(|subject| study.data.subject(subject))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let bars = ProgressBars::default();
        let jobs = alone
            .iter()
            .zip(study.data.recordings())
            .enumerate()
            .map(|(subject, (data, recording))| {
                let mut trainer = trainer(options, study, if options.is_lorenz() { LORENZ } else { ALONE });
                trainer.seed += subject as u64;
                let run = Run { model: model.clone(), objective: objective.clone(), trainer };
                let bar = ProgressBar::among(&bars, recording.name());
                Ok(Job::new(recording.name(), Trainer::new(run, data, &device)?).observed_by(bar))
            })
            .collect::<Result<Vec<_>>>()?;
        let fits = fit_many(jobs, None).into_iter().enumerate();
        fits.map(|(subject, (_, fit))| {
            let fit = fit.map_err(|error| error.to_string())?;
            history.get_or_insert(fit.history);
            judge::model(options, study, subject, &fit.model, &fit.outcome).map_err(|error| error.to_string())
        })
        .collect()
    };
    Ok(Models { judged, linear: None, history, features, seconds: started.elapsed().as_secs_f64() })
}

fn trainer(options: &Options, study: &Study, steps: usize) -> TrainerConfig {
    let history = study.data.response().values().len();
    let shortest = study.data.recordings().iter().map(Recording::len).min().unwrap_or(0);
    let usual = (100 + history).min(shortest * 2 / 3);
    let window = options.window.map_or(usual, |window| window + history);
    TrainerConfig {
        epochs: options.steps(steps).div_ceil(100),
        steps_per_epoch: 100,
        batch: 16,
        window,
        optimizer: OptimizerConfig::radam(),
        learning_rate: Schedule::exponential(options.learning_rate, 1e-5),
        clip_norm: Some(10.0),
        seed: options.common.seed,
    }
}
