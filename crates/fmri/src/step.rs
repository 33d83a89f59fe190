//! What was done to a recording, step by step.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that was done to a recording, with its parameters. Frequencies are in Hz, times in seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// A series was read from a table.
    ReadTable {
        /// "BOLD", "inputs" or "nuisance regressors".
        what: String,
        /// The file.
        file: String,
        /// The array in it, if it holds several.
        key: Option<String>,
        /// The subject in it, from 0.
        subject: usize,
    },
    /// The BOLD series was extracted from an image.
    ReadImage {
        /// The BOLD image.
        file: String,
        /// The label image or mask.
        regions: String,
        /// Slope and intercept that the stored voxel values were scaled with.
        scaling: (f64, f64),
        /// Voxels in each region.
        voxels: Vec<usize>,
        /// Largest distance in mm between corresponding corners of both grids; `None` where an image tells no position.
        distance: Option<f64>,
    },
    /// Nuisance regressors were added.
    Confounds {
        /// The file.
        file: String,
        /// Names of the regressors.
        columns: Vec<String>,
        /// Those of them that were `n/a` in the first row, where 0 was put.
        filled: Vec<String>,
        /// Those of them that the file did not have and that were computed.
        computed: Vec<String>,
    },
    /// Inputs were made of events.
    Events {
        /// The file or other origin.
        source: String,
        /// Trial types, one for each input.
        trial_types: Vec<String>,
        /// "boxcar", "stick" or "shared stick".
        shape: String,
        /// Events that were cut off at the ends of the run.
        clipped: usize,
        /// Events that lay outside of the run.
        dropped: usize,
    },
    /// Scans were marked as missing.
    Scrubbed {
        /// How many.
        scans: usize,
        /// Scans T of the run.
        of: usize,
        /// Why.
        reason: String,
    },
    /// A polynomial was subtracted from BOLD and nuisance regressors.
    Detrended {
        /// Its degree.
        order: usize,
        /// Nuisance regressors of which nothing was left and which were dropped.
        dropped: Vec<String>,
    },
    /// BOLD and nuisance regressors were filtered in the cosine domain.
    Filtered {
        /// Lower edge, above which frequencies stay; `None` for a low-pass.
        low: Option<f64>,
        /// Upper edge, up to which frequencies stay; `None` for a high-pass.
        high: Option<f64>,
        /// Missing values that were interpolated for the filter. They are still marked as missing.
        interpolated: usize,
        /// Nuisance regressors of which nothing was left and which were dropped.
        dropped: Vec<String>,
    },
    /// Each region was given mean 0 and standard deviation 1.
    ZScored {
        /// Means before \[N\].
        mean: Vec<f64>,
        /// Standard deviations before \[N\].
        sd: Vec<f64>,
    },
    /// Each nuisance regressor was given mean 0 and standard deviation 1.
    NuisanceZScored {
        /// Regressors that were constant and were dropped.
        dropped: Vec<String>,
    },
    /// Nuisance regressors were regressed out, and are no longer part of the recording.
    NuisanceRegressed {
        /// Their names.
        columns: Vec<String>,
        /// Share of the variance of each region that they explained \[N\].
        r_squared: Vec<f64>,
    },
    /// Something else, done elsewhere.
    Other {
        /// What.
        what: String,
    },
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadTable { what, file, key, subject } => match key {
                Some(key) => write!(f, "read {what} of subject {subject} from array {key} of {file}"),
                None => write!(f, "read {what} of subject {subject} from {file}"),
            },
            Self::ReadImage { file, regions, scaling: (slope, intercept), voxels, distance } => {
                let total: usize = voxels.iter().sum();
                let count = voxels.len();
                write!(
                    f,
                    "extracted {count} series from {total} voxels of {file} by {regions}, voxels scaled by {slope} x + \
                     {intercept}"
                )?;
                match distance {
                    Some(distance) => write!(f, ", grids {distance:.4} mm apart"),
                    None => write!(f, ", grids compared by shape only"),
                }
            }
            Self::Confounds { file, columns, filled, computed } => {
                write!(f, "{} nuisance regressors from {file}: {}", columns.len(), columns.join(", "))?;
                if !filled.is_empty() {
                    write!(f, "; n/a of the first row set to 0 in {}", filled.join(", "))?;
                }
                if !computed.is_empty() {
                    write!(f, "; computed: {}", computed.join(", "))?;
                }
                Ok(())
            }
            Self::Events { source, trial_types, shape, clipped, dropped } => write!(
                f,
                "{} {shape} inputs from {source}: {}; {clipped} events clipped, {dropped} dropped",
                trial_types.len(),
                trial_types.join(", ")
            ),
            Self::Scrubbed { scans, of, reason } => write!(f, "scrubbed {scans} of {of} scans: {reason}"),
            Self::Detrended { order, dropped } => {
                write!(f, "subtracted a polynomial of degree {order}")?;
                write_dropped(f, dropped)
            }
            Self::Filtered { low, high, interpolated, dropped } => {
                match (low, high) {
                    (Some(low), Some(high)) => write!(f, "band-pass from {low} to {high} Hz")?,
                    (Some(low), None) => write!(f, "high-pass above {low} Hz")?,
                    (None, Some(high)) => write!(f, "low-pass up to {high} Hz")?,
                    (None, None) => write!(f, "no filter")?,
                }
                write!(f, " in the cosine domain, of BOLD and nuisance regressors")?;
                if *interpolated > 0 {
                    write!(f, "; {interpolated} missing values interpolated for it")?;
                }
                write_dropped(f, dropped)
            }
            Self::ZScored { mean, .. } => write!(f, "z-scored {} regions", mean.len()),
            Self::NuisanceZScored { dropped } => {
                write!(f, "z-scored the nuisance regressors")?;
                write_dropped(f, dropped)
            }
            Self::NuisanceRegressed { columns, r_squared } => {
                let mean = r_squared.iter().sum::<f64>() / r_squared.len().max(1) as f64;
                write!(f, "regressed out {} nuisance regressors, mean R² {mean:.3}", columns.len())
            }
            Self::Other { what } => f.write_str(what),
        }
    }
}

fn write_dropped(f: &mut fmt::Formatter<'_>, dropped: &[String]) -> fmt::Result {
    if dropped.is_empty() {
        return Ok(());
    }
    write!(f, "; nuisance regressors dropped, of which nothing was left: {}", dropped.join(", "))
}
