//! One fit: configuration, training, evaluation.

use std::path::{Path, PathBuf};

use attractor::{
    prelude::*,
    train::{History, observer::ProgressBar},
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::{
    Result,
    data::Data,
    options::{ObjectiveName, Options},
};

/// The encoder's filter reaches this many samples to each side: wide enough to smooth the noise away.
const REACH: usize = 12;
/// Values at which the process variance is held, for equal shares of the first 30% of the steps. Were it learned, the
/// posterior, whose samples are independent in time, would explain dynamics as noise, and the free run would be wrong.
const PROCESS_VARIANCE: [f64; 3] = [1e-2, 1e-3, 1e-4];
/// Weight regularization, which draws A towards 1: it lowered the median D_stsp on the published series from 0.35 to 0.28.
const WEIGHT_PENALTY: f64 = 1e-4;
/// Samples in a window.
const WINDOW: usize = 51;
/// Windows in a batch.
const BATCH: usize = 16;
/// Seeds of the attempts of one fit lie this far apart.
const NEXT_ATTEMPT: u64 = 1_000;

/// A fit with all that is shown of it.
pub struct Fitted {
    /// Of the attempt that is shown, the last.
    pub seed: u64,
    /// Attempts made.
    pub attempts: u64,
    pub report: Report,
    pub history: History,
    /// Free runs, deterministic and with process noise, where they stayed finite.
    pub runs: [Option<Generated>; 2],
    /// A short free run that starts where the test trajectory does.
    pub opening: Option<Generated>,
}

/// Fits from `seed`, and from other seeds while the fit is trapped or diverged and restarts are left.
pub fn with_restarts(options: &Options, data: &Data, folder: &Path, seed: u64) -> Result<Fitted> {
    let mut attempts = 0;
    loop {
        let fitted = from_seed(options, data, folder, seed.wrapping_add(attempts * NEXT_ATTEMPT))?;
        attempts += 1;
        let failed = matches!(fitted.report.evaluation.verdict, Verdict::Trapped | Verdict::Diverged);
        if !failed || attempts > options.restarts {
            return Ok(Fitted { attempts, ..fitted });
        }
        println!("{} Restarting.", fitted.report.verdict());
    }
}

/// Where the checkpoint of a seed lies.
fn checkpoint_path(folder: &Path, options: &Options, seed: u64) -> PathBuf {
    let name = if seed == options.common.seed {
        "checkpoint.safetensors".to_string()
    } else {
        format!("checkpoint_seed_{seed}.safetensors")
    };
    folder.join(name)
}

/// The observation model follows from the sizes: the first latents are the data where there are enough of them, else the
/// data are linear in the latents.
fn from_seed(options: &Options, data: &Data, folder: &Path, seed: u64) -> Result<Fitted> {
    let n = data.test.dim();
    let m = options.latent.unwrap_or(n);
    if m >= n {
        fit(options, data, folder, seed, m, IdentityObservationConfig::new(n, m))
    } else {
        fit(options, data, folder, seed, m, LinearObservationConfig::new(n, m))
    }
}

fn fit<O: Initialize<Module: Observation>>(
    options: &Options,
    data: &Data,
    folder: &Path,
    seed: u64,
    latent: usize,
    observation: O,
) -> Result<Fitted> {
    let n = data.test.dim();
    let ObjectiveName::Elbo = options.objective;
    let objective = Elbo::default()
        .with_process_variance(Schedule::Steps { values: PROCESS_VARIANCE.to_vec(), share: 0.3 })
        .with_weight_penalty(WEIGHT_PENALTY);
    let model = SequentialVaeConfig::new(
        LinearEncoderConfig::new(n, latent).with_past(REACH).with_future(REACH),
        ClippedShallowPlrnnConfig::new(latent, options.hidden),
        observation,
    );
    let trainer = TrainerConfig {
        epochs: options.epochs,
        steps_per_epoch: 100,
        batch: BATCH,
        window: WINDOW,
        optimizer: OptimizerConfig::adam(),
        learning_rate: Schedule::exponential(5e-3, 1e-5),
        clip_norm: None,
        seed,
    };

    let standardized: Vec<Trajectory> = data
        .train
        .iter()
        .map(|train| data.standardizer.apply(train))
        .collect::<std::result::Result<_, _>>()?;
    let dataset = Dataset::new(&standardized)?;
    let device = options.device.device()?;
    let checkpoint = checkpoint_path(folder, options, seed);
    let run = Run { model, objective, trainer };
    let trainer = if options.resume && checkpoint.exists() {
        let checkpoint = Checkpoint::read(&checkpoint)?;
        checkpoint.check(&run)?;
        println!("Going on from step {}", checkpoint.step());
        Trainer::resume(&checkpoint, &dataset, &device)?
    } else {
        Trainer::new(run, &dataset, &device)?
    };
    let mut writer = CheckpointWriter::new(checkpoint, 10);
    let fit = trainer.fit(&mut [&mut ProgressBar::default(), &mut writer])?;

    let exported = fit.model.export()?;
    let reconstruction = Reconstruction::new(exported.clone(), &data.test, Some(data.standardizer.clone()))?;
    let test = data.standardizer.apply(&data.test)?;
    let start = start_states(&fit.model, &exported, &test, None)?;
    let protocol =
        Protocol { test: &data.test, start: &start, floor: Some(&data.floor), true_lambda: data.true_lambda };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (evaluation, runs) = evaluate(&reconstruction, &protocol, &mut rng)?;
    let opening = Generate::new(data.test.len().min(2_000), start.states.initial_row().to_vec());
    Ok(Fitted {
        seed,
        attempts: 1,
        report: Report::new(&fit, evaluation),
        history: fit.history,
        runs,
        opening: generate(&reconstruction, &opening, None, &mut rng).ok(),
    })
}
