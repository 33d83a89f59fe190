//! The command line.

use std::{ops::Range, path::PathBuf};

use attractor::models::Backend;
use clap::{Parser, ValueEnum};

use crate::cli::Common;

/// What is minimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ObjectiveName {
    /// The reparameterized evidence lower bound of a sequential VAE.
    Elbo,
    /// The mean squared error under generalized teacher forcing of adaptive strength.
    Gtf,
    /// The mean squared error under sparse teacher forcing.
    Stf,
}

/// Infers a piecewise-linear RNN from noisy observations, runs it freely and measures how well it lives as the system does.
#[derive(Clone, Debug, Parser)]
#[command(name = "lorenz_reconstruction")]
pub struct Options {
    /// Observations to train on (.npy, .npz, .csv, .tsv, .txt); Lorenz-63 is simulated without it.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Observations to compare with; the last fifth of the data is held out without it.
    #[arg(long, value_name = "FILE", requires = "data")]
    pub test: Option<PathBuf>,
    /// Array to read from .npz files.
    #[arg(long, value_name = "NAME", requires = "data")]
    pub key: Option<String>,
    /// Takes NaN, NA and empty cells as missing values instead of refusing them.
    #[arg(long, requires = "data")]
    pub allow_missing: bool,
    /// Time between two samples.
    #[arg(long, default_value_t = 0.01)]
    pub dt: f64,
    /// Largest Lyapunov exponent of the true system, to compare with; 0.906 where Lorenz-63 is simulated.
    #[arg(long, value_name = "LAMBDA", allow_negative_numbers = true)]
    pub true_lambda: Option<f64>,
    /// What is minimised.
    #[arg(long, value_enum, default_value_t = ObjectiveName::Elbo)]
    pub objective: ObjectiveName,
    /// Backend: flex, ndarray or wgpu (the latter two with `--features` of that name).
    #[arg(long, default_value_t = Backend::Flex)]
    pub device: Backend,
    /// Latents M; as many as observed variables without it.
    #[arg(long, value_name = "M")]
    pub latent: Option<usize>,
    /// Hidden units L; 100 for the ELBO and 50 for teacher forcing without it.
    #[arg(long, value_name = "L")]
    pub hidden: Option<usize>,
    /// Epochs of 100 steps; what the objective needs without it.
    #[arg(long)]
    pub epochs: Option<usize>,
    /// Samples in a window; what suits the objective without it.
    #[arg(long, value_name = "T")]
    pub window: Option<usize>,
    /// Windows in a batch.
    #[arg(long, value_name = "B", default_value_t = 16)]
    pub batch: usize,
    /// Learning rate at the start; it falls exponentially.
    #[arg(long)]
    pub learning_rate: Option<f64>,
    /// Learning rate at the end.
    #[arg(long)]
    pub final_learning_rate: Option<f64>,
    /// Weight regularization of the dynamics.
    #[arg(long)]
    pub weight_penalty: Option<f64>,
    /// Noise added to what a teacher-forced model starts from and is forced by, in standard deviations of the data.
    #[arg(long)]
    pub noise: Option<f64>,
    /// Constant strength of generalized teacher forcing, instead of the adaptive one.
    #[arg(long)]
    pub alpha: Option<f64>,
    /// Steps from one forcing to the next of sparse teacher forcing; without it, the time over which the data forget
    /// themselves.
    #[arg(long, value_name = "STEPS")]
    pub interval: Option<usize>,
    /// Fits from this many seeds, on all cores, and reports medians; trapped fits count, diverged ones are listed.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub seeds: u64,
    /// How often a trapped or diverged fit may start again from another seed.
    #[arg(long, default_value_t = 0)]
    pub restarts: u64,
    /// Goes on from the checkpoint in the output folder.
    #[arg(long)]
    pub resume: bool,
    #[command(flatten)]
    pub common: Common,
}

impl Options {
    /// Seeds of the fits.
    pub fn all_seeds(&self) -> Range<u64> {
        self.common.seed..self.common.seed.saturating_add(self.seeds)
    }

    /// Epochs of a fit that needs `enough` of them: 3 where it has to be quick.
    pub fn epochs(&self, enough: usize) -> usize {
        let epochs = self.epochs.unwrap_or(enough);
        if self.common.quick { epochs.min(3) } else { epochs }
    }

    /// Samples to simulate.
    pub fn samples(&self) -> usize {
        if self.common.quick { 5_000 } else { 100_000 }
    }
}
