//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::cli::Common;

/// How a model is inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Inference {
    /// Generalized teacher forcing by the deconvolved series.
    Gtf,
    /// A sequential VAE whose encoder sees BOLD, as far into the future as the response lasts.
    Svae,
    /// Both: the encoder of a sequential VAE, which sees the deconvolved series, forces the dynamics.
    Mtf,
}

/// The haemodynamic response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ResponseName {
    /// SPM's canonical response.
    Spm,
    /// Glover's response.
    Glover,
    /// SPM's response, with weights of its derivatives that each region learns.
    Learned,
    /// A finite impulse response that each region learns, from SPM's on.
    Fir,
    /// None: BOLD is taken for activity, to see what that does.
    None,
}

/// What is simulated where there are no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Simulated {
    /// A random chaotic PLRNN with a task.
    Plrnn,
    /// Lorenz-63.
    Lorenz,
}

/// Infers piecewise-linear RNNs from BOLD series seen through the haemodynamic response, runs them freely and compares.
#[derive(Clone, Debug, Parser)]
#[command(name = "fmri")]
pub struct Options {
    /// BOLD: a table of regions (.npy, .npz, .csv, .tsv; scans by regions, or subjects by scans by regions) or a NIfTI-1 image
    /// (.nii, .nii.gz, with `--regions`). BOLD is simulated without it.
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// Repetition time in seconds; that of the header for NIfTI images without it.
    #[arg(long, value_name = "SECONDS")]
    pub tr: Option<f64>,
    /// Array of BOLD in an .npz file.
    #[arg(long, value_name = "NAME", requires = "data")]
    pub key: Option<String>,
    /// Array of the subjects' names in an .npz file.
    #[arg(long, value_name = "NAME", requires = "data")]
    pub subjects_key: Option<String>,
    /// Label image of the regions of a NIfTI image.
    #[arg(long, value_name = "FILE", requires = "data")]
    pub regions: Option<PathBuf>,
    /// External inputs at the scans, such as the task; not convolved.
    #[arg(long, value_name = "FILE", requires = "data")]
    pub inputs: Option<PathBuf>,
    /// Array of the inputs in an .npz file.
    #[arg(long, value_name = "NAME", requires = "inputs")]
    pub inputs_key: Option<String>,
    /// BIDS events.tsv to make inputs of.
    #[arg(long, value_name = "FILE", requires = "data", conflicts_with = "inputs")]
    pub events: Option<PathBuf>,
    /// Nuisance regressors at the scans.
    #[arg(long, value_name = "FILE", requires = "data")]
    pub nuisance: Option<PathBuf>,
    /// Array of the nuisance regressors in an .npz file.
    #[arg(long, value_name = "NAME", requires = "nuisance")]
    pub nuisance_key: Option<String>,
    /// fMRIPrep's confounds_timeseries.tsv, of which six motion parameters, CSF and white matter become nuisance regressors.
    #[arg(long, value_name = "FILE", requires = "data")]
    pub confounds: Option<PathBuf>,
    /// Takes scans whose framewise displacement is above this for missing.
    #[arg(long, value_name = "MM", requires = "confounds")]
    pub scrub: Option<f64>,
    /// Removes what is slower than this.
    #[arg(long, value_name = "HZ")]
    pub high_pass: Option<f64>,
    /// One-hot labels of the scans (subjects by scans by classes) to decode from freely generated latents.
    #[arg(long, value_name = "FILE", requires = "data")]
    pub labels: Option<PathBuf>,
    /// True latents (subjects by scans by latents) to compare the inferred ones with.
    #[arg(long, value_name = "FILE", requires = "data")]
    pub truth: Option<PathBuf>,
    /// Takes the first so many subjects only.
    #[arg(long, value_name = "N", requires = "data")]
    pub take: Option<usize>,
    /// What is simulated without data.
    #[arg(long, value_enum, default_value_t = Simulated::Plrnn, conflicts_with = "data")]
    pub simulate: Simulated,
    /// Standard deviation of the noise on simulated BOLD, beside that of BOLD.
    #[arg(long, default_value_t = 0.1, conflicts_with = "data")]
    pub noise: f64,
    /// Simulated scans; 1,000 of a PLRNN and 10,000 of Lorenz-63 without it.
    #[arg(long, value_name = "T", conflicts_with = "data")]
    pub scans: Option<usize>,
    /// The haemodynamic response that the model has.
    #[arg(long, value_enum, default_value_t = ResponseName::Spm)]
    pub response: ResponseName,
    /// How the model is inferred.
    #[arg(long, value_enum, default_value_t = Inference::Gtf)]
    pub objective: Inference,
    /// One model of all subjects: shared dynamics, with each subject's own observation model.
    #[arg(long)]
    pub shared: bool,
    /// One model of all subjects whose dynamics so many features of each subject tell apart.
    #[arg(long, value_name = "F", default_value_t = 0)]
    pub features: usize,
    /// Latents M; as many as simulated, half as many as regions (at least 3) of data without it.
    #[arg(long, value_name = "M")]
    pub latent: Option<usize>,
    /// Hidden units L of the clipped shallow PLRNN.
    #[arg(long, value_name = "L", default_value_t = 50)]
    pub hidden: usize,
    /// Strength of teacher forcing; without it 0.15, and adaptive for simulated Lorenz-63.
    #[arg(long)]
    pub alpha: Option<f64>,
    /// Ratio of noise to signal of the deconvolution; estimated by wavelets without it.
    #[arg(long, value_name = "RATIO")]
    pub noise_ratio: Option<f64>,
    /// Scans of a training window beyond the length of the response.
    #[arg(long, value_name = "T")]
    pub window: Option<usize>,
    /// Steps of training, of each subject where it is fitted alone.
    #[arg(long)]
    pub steps: Option<usize>,
    /// Learning rate at the start; it falls exponentially to 1e-5.
    #[arg(long, default_value_t = 5e-3)]
    pub learning_rate: f64,
    #[command(flatten)]
    pub common: Common,
}

impl Options {
    /// Steps of training where the default is `usual`.
    pub fn steps(&self, usual: usize) -> usize {
        if self.common.quick { 100 } else { self.steps.unwrap_or(usual) }
    }

    /// Whether Lorenz-63 is simulated.
    pub fn is_lorenz(&self) -> bool {
        self.data.is_none() && self.simulate == Simulated::Lorenz
    }

    /// Whether all subjects share one model.
    pub fn is_shared(&self) -> bool {
        self.shared || self.features > 0
    }
}
