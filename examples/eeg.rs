//! A piecewise-linear RNN from human EEG by generalized teacher forcing: 64 channels seen through a linear read-out of 16
//! latents, with the settings of Hess et al. 2023.
//!
//! ```text
//! cargo run --release --example eeg -- --data eeg_train.npy
//! ```
//!
//! The published recordings for training and for testing are one and the same, so that the scores of this example are
//! in-sample, as the published ones are.

mod cli;

use std::{error::Error, path::PathBuf, process::ExitCode};

use attractor::{
    measures::{PowerSpectrumConfig, power_spectrum},
    prelude::*,
    train::observer::{ProgressBar, ProgressBars},
};
use attractor_figures::{
    series,
    spectra::{self, Spectrum},
    training::{self, Curve},
};
use clap::Parser;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde_json::json;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Samples in a window: one to start from and 50 to predict.
const WINDOW: usize = 51;
/// Channels in the pictures.
const SHOWN: usize = 5;

/// Fits a PLRNN to EEG and compares its free run with the recording.
#[derive(Debug, Parser)]
struct Options {
    /// Recording [samples, channels], standardised here.
    #[arg(long, value_name = "FILE", default_value = "../shared/data/eeg_train.npy")]
    data: PathBuf,
    /// Seconds between two samples.
    #[arg(long, default_value_t = 1.0 / 160.0)]
    dt: f64,
    /// Latents M.
    #[arg(long, default_value_t = 16)]
    latent: usize,
    /// Hidden units L.
    #[arg(long, default_value_t = 512)]
    hidden: usize,
    /// Epochs of 50 steps.
    #[arg(long, default_value_t = 1_000)]
    epochs: usize,
    /// Fits from this many seeds, on all cores.
    #[arg(long, default_value_t = 2)]
    seeds: u64,
    #[command(flatten)]
    common: cli::Common,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if !options.data.exists() {
        println!("Skipped: there is no recording at {}; name one with --data.", options.data.display());
        return Ok(());
    }
    let folder = options.common.folder("eeg")?;
    let eeg = read_one(&options.data, &ReadOptions::new(options.dt))?;
    let standardizer = Standardizer::fit(&eeg)?;
    let data = standardizer.apply(&eeg)?;
    println!("EEG: {} samples of {} channels, {:.1} s", eeg.len(), eeg.dim(), eeg.len() as f64 * options.dt);

    let dataset = Dataset::new(std::slice::from_ref(&data))?;
    let bars = ProgressBars::default();
    let (device, seeds) =
        (Backend::default().device()?, if options.common.quick { 1 } else { options.seeds });
    let jobs = (options.common.seed..options.common.seed + seeds)
        .map(|seed| {
            let name = format!("seed {seed}");
            let trainer = Trainer::new(training(options, eeg.dim(), seed), &dataset, &device)?;
            Ok(Job::new(&name, trainer).observed_by(ProgressBar::among(&bars, &name)))
        })
        .collect::<attractor::Result<Vec<_>>>()?;
    let mut reports = Vec::new();
    for (seed, (name, fit)) in (options.common.seed..).zip(fit_many(jobs, None)) {
        let judged = fit.map_err(|error| error.to_string()).and_then(|fit| {
            judge(&eeg, &data, &standardizer, &fit, seed)
                .map(|(report, run)| (report, run, fit))
                .map_err(|error| error.to_string())
        });
        if let (true, Ok((_, Some(run), fit))) = (reports.is_empty(), &judged) {
            pictures(&folder, &eeg, &run.observations, fit)?;
        }
        reports.push((name, judged.map(|(report, ..)| report)));
    }
    let summary = Summary::of(
        reports.iter().map(|(name, report)| (name.as_str(), report.as_ref().map_err(Clone::clone))),
    );
    if let Some((_, Ok(report))) = reports.iter().find(|(_, report)| report.is_ok()) {
        println!("\n{report}\n");
    }
    println!("{summary}");
    println!("In-sample, as published: Hess et al. 2023 report D_stsp 2.1 and D_H 0.11 (medians).");
    let runs: Vec<_> = reports.iter().filter_map(|(_, report)| report.as_ref().ok()).collect();
    cli::write_report(&folder, &json!({ "summary": summary, "runs": runs }))?;
    println!("Written to {}", folder.display());
    if runs.is_empty() { Err("no run came to an end".into()) } else { Ok(()) }
}

/// The settings of \[H23\] for EEG.
fn training(
    options: &Options,
    channels: usize,
    seed: u64,
) -> Run<StateSpaceModelConfig<ClippedShallowPlrnnConfig, LinearObservationConfig>, TeacherForcing> {
    Run {
        model: StateSpaceModelConfig::new(
            ClippedShallowPlrnnConfig::new(options.latent, options.hidden),
            LinearObservationConfig::new(channels, options.latent),
        ),
        objective: TeacherForcing::adaptive().with_weight_penalty(1e-4).with_conditioning_penalty(1e-6),
        trainer: TrainerConfig {
            epochs: if options.common.quick { 2 } else { options.epochs },
            steps_per_epoch: 50,
            batch: 16,
            window: WINDOW,
            optimizer: OptimizerConfig::radam(),
            learning_rate: Schedule::exponential(1e-3, 1e-6),
            clip_norm: None,
            seed,
        },
    }
}

fn judge<M: Generative>(
    eeg: &Trajectory,
    data: &Trajectory,
    standardizer: &Standardizer,
    fit: &Fit<M>,
    seed: u64,
) -> attractor::Result<(Report, Option<Generated>)> {
    let exported = fit.model.exported()?;
    let start = start_states(&fit.model, &exported, data, None)?;
    let reconstruction = Reconstruction::new(exported, eeg, Some(standardizer.clone()))?;
    let protocol = Protocol { test: eeg, start: &start, floor: None, true_lambda: None, intervals: None };
    let (evaluation, [run, _]) = evaluate(&reconstruction, &protocol, &mut ChaCha8Rng::seed_from_u64(seed))?;
    Ok((Report::new(fit, evaluation), run))
}

fn pictures<M>(
    folder: &std::path::Path,
    eeg: &Trajectory,
    generated: &Trajectory,
    fit: &Fit<M>,
) -> Result<(), Box<dyn Error>> {
    let shown: Vec<usize> = (0..eeg.dim().min(SHOWN)).collect();
    let (eeg, generated) = (eeg.select(&shown)?, generated.select(&shown)?);
    let seconds = |trajectory: &Trajectory| trajectory.slice(..trajectory.len().min(800));
    series::draw(&seconds(&eeg)?, &seconds(&generated)?, folder.join("series.png"))?;
    let config = PowerSpectrumConfig::default();
    let [measured, modelled] = [power_spectrum(&eeg, &config)?, power_spectrum(&generated, &config)?];
    let pairs = |spectrum: &attractor::measures::PowerSpectrum, i: usize| {
        spectrum.frequency.iter().copied().zip(spectrum.power.column(i).iter().copied()).collect()
    };
    let spectra: Vec<Spectrum> = eeg
        .names()
        .iter()
        .enumerate()
        .map(|(i, name)| Spectrum::new(name, pairs(&measured, i), pairs(&modelled, i)))
        .collect();
    spectra::draw(&spectra, folder.join("spectra.png"))?;
    let curves = std::iter::once(("loss", fit.history.loss()))
        .chain(fit.history.term_names().into_iter().map(|name| (name, fit.history.term(name))));
    let curves: Vec<Curve> = curves.map(|(name, points)| Curve::new(name, points)).collect();
    training::draw(&curves, folder.join("training.png"))?;
    Ok(())
}
