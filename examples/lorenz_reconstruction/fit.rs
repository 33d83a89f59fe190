//! The fits: configuration, training of all seeds at once, evaluation.

use std::path::{Path, PathBuf};

use attractor::{
    prelude::*,
    train::{
        History,
        observer::{ProgressBar, ProgressBars},
    },
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::{
    Result,
    data::Data,
    options::{ObjectiveName, Options},
    recipe,
};

/// Seeds of the attempts of one fit lie this far apart.
const NEXT_ATTEMPT: u64 = 1_000;

/// One seed's fit, of the last attempt, or why there is none.
pub struct Run {
    /// The seed that was asked for.
    pub name: String,
    /// Attempts made.
    pub attempts: u64,
    /// The fit.
    pub fitted: std::result::Result<Fitted, String>,
}

/// A fit with all that is shown of it.
pub struct Fitted {
    /// Of the attempt that is shown.
    pub seed: u64,
    pub report: Report,
    pub history: History,
    /// Free runs, deterministic and with process noise, where there are such and they stayed finite.
    pub runs: [Option<Generated>; 2],
    /// A short free run that starts where the test trajectory does.
    pub opening: Option<Generated>,
}

/// Fits from all seeds. The observation model follows from the sizes: the first latents are the data where there are enough
/// of them, else the data are linear in the latents.
pub fn all(options: &Options, data: &Data, folder: &Path) -> Result<Vec<Run>> {
    let n = data.test.dim();
    let m = options.latent.unwrap_or(n);
    let identity = IdentityObservationConfig::new(n, m);
    let linear = LinearObservationConfig::new(n, m);
    match (options.objective, m >= n) {
        (ObjectiveName::Elbo, true) => seeds(options, data, folder, &recipe::elbo(options, n, m, identity)),
        (ObjectiveName::Elbo, false) => seeds(options, data, folder, &recipe::elbo(options, n, m, linear)),
        (_, true) => {
            let forcing = recipe::forcing(options, data)?;
            seeds(options, data, folder, &recipe::teacher_forcing(options, forcing, m, identity))
        }
        (_, false) => {
            let forcing = recipe::forcing(options, data)?;
            seeds(options, data, folder, &recipe::teacher_forcing(options, forcing, m, linear))
        }
    }
}

/// Fits from all seeds at once, and from other seeds those that are trapped or diverged while restarts are left.
fn seeds<C, O>(
    options: &Options,
    data: &Data,
    folder: &Path,
    run: &attractor::train::Run<C, O>,
) -> Result<Vec<Run>>
where
    C: Initialize<Module: Generative + Send> + Send,
    O: Objective<C::Module> + Send,
{
    let standardized: Vec<Trajectory> = data
        .train
        .iter()
        .map(|train| data.standardizer.apply(train))
        .collect::<std::result::Result<_, _>>()?;
    let dataset = Dataset::new(&standardized)?;
    let mut runs: Vec<Run> = options
        .all_seeds()
        .map(|seed| Run { name: format!("seed {seed}"), attempts: 0, fitted: Err(String::new()) })
        .collect();
    let mut waiting: Vec<usize> = (0..runs.len()).collect();
    for attempt in 0..=options.restarts {
        let bars = ProgressBars::default();
        let jobs = waiting
            .iter()
            .map(|index| {
                let seed = options.common.seed + *index as u64 + attempt * NEXT_ATTEMPT;
                job(options, folder, run, &dataset, seed, &runs[*index].name, &bars)
            })
            .collect::<Result<Vec<_>>>()?;
        let mut failed = Vec::new();
        for (index, (_, fit)) in waiting.iter().copied().zip(fit_many(jobs, None)) {
            let seed = options.common.seed + index as u64 + attempt * NEXT_ATTEMPT;
            let fitted = match fit {
                Ok(fit) => Ok(judge(data, fit, seed)?),
                Err(error) => Err(error.to_string()),
            };
            let living = fitted.as_ref().is_ok_and(|fitted| {
                !matches!(fitted.report.evaluation.verdict, Verdict::Trapped | Verdict::Diverged)
            });
            runs[index] = Run { attempts: attempt + 1, fitted, ..std::mem::take(&mut runs[index]) };
            if !living {
                failed.push(index);
            }
        }
        waiting = failed;
        if waiting.is_empty() {
            break;
        }
    }
    Ok(runs)
}

impl Default for Run {
    fn default() -> Self {
        Self { name: String::new(), attempts: 0, fitted: Err(String::new()) }
    }
}

/// The training of one seed, from its checkpoint where there is one to go on from.
fn job<'a, C, O>(
    options: &Options,
    folder: &Path,
    run: &attractor::train::Run<C, O>,
    dataset: &'a Dataset,
    seed: u64,
    name: &str,
    bars: &ProgressBars,
) -> Result<Job<'a, C, O>>
where
    C: Initialize<Module: Generative + Send> + Send,
    O: Objective<C::Module> + Send,
{
    let mut run = run.clone();
    run.trainer.seed = seed;
    let device = options.device.device()?;
    let checkpoint = checkpoint_path(folder, options, seed);
    let trainer = if options.resume && checkpoint.exists() {
        let checkpoint = Checkpoint::read(&checkpoint)?;
        checkpoint.check(&run)?;
        println!("Going on from step {}", checkpoint.step());
        Trainer::resume(&checkpoint, dataset, &device)?
    } else {
        Trainer::new(run, dataset, &device)?
    };
    let bar = if options.seeds > 1 { ProgressBar::among(bars, name) } else { ProgressBar::default() };
    Ok(Job::new(name, trainer).observed_by(bar).observed_by(CheckpointWriter::new(checkpoint, 10)))
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

/// Runs a fit freely and compares it with the test trajectory.
fn judge<M: Generative>(data: &Data, fit: Fit<M>, seed: u64) -> Result<Fitted> {
    let exported = fit.model.exported()?;
    let reconstruction = Reconstruction::new(exported.clone(), &data.test, Some(data.standardizer.clone()))?;
    let test = data.standardizer.apply(&data.test)?;
    let start = start_states(&fit.model, &exported, &test, None)?;
    let protocol = Protocol {
        test: &data.test,
        start: &start,
        floor: Some(&data.floor),
        true_lambda: data.true_lambda,
        intervals: None,
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (evaluation, runs) = evaluate(&reconstruction, &protocol, &mut rng)?;
    let opening = Generate::new(data.test.len().min(2_000), start.states.initial_row().to_vec());
    Ok(Fitted {
        seed,
        report: Report::new(&fit, evaluation),
        history: fit.history,
        runs,
        opening: generate(&reconstruction, &opening, None, &mut rng).ok(),
    })
}
