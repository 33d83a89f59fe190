//! The command line.

use std::path::PathBuf;

use attractor::prelude::*;
use clap::Parser;

use crate::{Result, cli::Common, options::Options};

/// Takes a trained model apart and writes the whole analysis: pictures, a page to open in a browser, and numbers.
#[derive(Clone, Debug, Parser)]
#[command(name = "analyse")]
pub struct Arguments {
    /// Model to analyse, a checkpoint of lorenz_reconstruction; one of Lorenz-63 is trained without it.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Observations that the model was or is trained on (.npy, .npz, .csv, .tsv, .txt); Lorenz-63 is simulated without it.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Observations to compare with; the last fifth of the data is held out without it.
    #[arg(long, value_name = "FILE", requires = "data")]
    test: Option<PathBuf>,
    /// Array to read from .npz files.
    #[arg(long, value_name = "NAME", requires = "data")]
    key: Option<String>,
    /// Takes NaN, NA and empty cells as missing values instead of refusing them.
    #[arg(long, requires = "data")]
    allow_missing: bool,
    /// Time between two samples.
    #[arg(long, default_value_t = 0.01)]
    dt: f64,
    /// Epochs of 100 steps, where a model is trained.
    #[arg(long, default_value_t = 500, conflicts_with = "checkpoint")]
    epochs: usize,
    /// The longest period of the cycles that are looked for.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(1..))]
    max_period: Option<u16>,
    /// Boxes or patterns that the search for all fixed points may look at.
    #[arg(long, value_name = "N")]
    budget: Option<usize>,
    #[command(flatten)]
    pub common: Common,
}

impl Arguments {
    /// The same as options of `lorenz_reconstruction`, whose data and recipe are used here.
    pub fn reconstruction(&self) -> Result<Options> {
        let mut line = vec!["lorenz_reconstruction".to_string(), "--objective=gtf".to_string()];
        let files = [("data", &self.data), ("test", &self.test)];
        for (name, path) in files {
            if let Some(path) = path {
                let path = path.to_str().ok_or_else(|| format!("{} is no Unicode path", path.display()))?;
                line.push(format!("--{name}={path}"));
            }
        }
        line.extend(self.key.iter().map(|key| format!("--key={key}")));
        line.push(format!("--dt={}", self.dt));
        line.push(format!("--epochs={}", self.epochs));
        line.push(format!("--seed={}", self.common.seed));
        let switches = [(self.allow_missing, "--allow-missing"), (self.common.quick, "--quick")];
        line.extend(switches.iter().filter(|(on, _)| *on).map(|(_, name)| (*name).to_string()));
        Ok(Options::try_parse_from(line)?)
    }

    /// Settings of the analysis.
    pub fn analysis(&self) -> AnalysisConfig {
        let mut config = if self.common.quick { AnalysisConfig::quick() } else { AnalysisConfig::default() };
        config.cycles.max_period = self.max_period.map_or(config.cycles.max_period, usize::from);
        config.certificate.budget = self.budget.unwrap_or(config.certificate.budget);
        config
    }
}
