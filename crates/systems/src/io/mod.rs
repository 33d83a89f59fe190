//! Files: trajectories from and to `.npy`, `.npz` and delimited text.

mod csv;
mod npy;
mod npz;
mod write;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use ndarray::{Array2, ArrayD, Axis, Ix2};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, Trajectory};

pub use write::{FloatType, write_csv, write_npy, write_npy_trials};

/// The extensions that are read.
const SUPPORTED: &[&str] = &["npy", "npz", "csv", "tsv", "txt", "dat"];

/// What to do with NaN in arrays and with `NA`, `n/a`, `nan`, `null` and empty cells in text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingPolicy {
    /// They are an error, with their place.
    #[default]
    Error,
    /// They are missing values, marked in [`Trajectory::missing`].
    Mask,
}

/// How to read a file.
///
/// ```no_run
/// use attractor_systems::{MissingPolicy, ReadOptions, read};
///
/// let options = ReadOptions::new(3.0).key("bold").missing(MissingPolicy::Mask);
/// let subjects = read("study.npz", &options)?;
/// # Ok::<(), attractor_systems::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// Time between samples, which these files do not say; 1 by default.
    pub dt: f64,
    /// The array to read from an npz archive; may be left out where there is one only.
    pub key: Option<String>,
    /// The delimiter of text, `' '` for runs of blanks and tabs; found out if left out.
    pub delimiter: Option<char>,
    /// Whether the first line of text holds names; found out if left out (it does if a cell of it is no number).
    pub header: Option<bool>,
    /// What to do with missing values.
    pub missing: MissingPolicy,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { dt: 1.0, key: None, delimiter: None, header: None, missing: MissingPolicy::Error }
    }
}

impl ReadOptions {
    /// Options for samples `dt` apart, all else at its default.
    pub fn new(dt: f64) -> Self {
        Self { dt, ..Self::default() }
    }

    /// The array to read from an npz archive.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The delimiter of text, `' '` for runs of blanks and tabs.
    #[must_use]
    pub fn delimiter(mut self, delimiter: char) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Whether the first line of text holds names.
    #[must_use]
    pub fn header(mut self, header: bool) -> Self {
        self.header = Some(header);
        self
    }

    /// What to do with missing values.
    #[must_use]
    pub fn missing(mut self, missing: MissingPolicy) -> Self {
        self.missing = missing;
        self
    }
}

/// Reads all trajectories of a file: `.npy`, `.npz`, or `.csv`, `.tsv`, `.txt` and `.dat` text.
///
/// Time is the first axis. Arrays \[T\] and \[T, N\] are one trajectory, arrays \[trials, T, N\] one for each trial; text
/// is one. Arrays may have elements of 16, 32 or 64 bit floating point, integers of 8 to 64 bits (beyond 2^53 rounded)
/// or booleans, of either byte order, in C or Fortran order. Text may have a byte order mark, a line of names, quoted
/// cells, comment lines that begin with `#` and blank lines, which are skipped.
///
/// # Errors
/// What is wrong with the file, with row and column, or line and field, and what to do about it.
pub fn read(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Vec<Trajectory>> {
    let path = path.as_ref();
    crate::trajectory::check_dt(options.dt)?;
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if !SUPPORTED.contains(&extension.as_str()) {
        return Err(Error::UnknownFormat { path: path.into(), extension, supported: SUPPORTED });
    }
    let bytes = fs::read(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => Error::NotFound { path: path.into() },
        _ => Error::Io { path: path.into(), source },
    })?;
    if bytes.is_empty() {
        return Err(Error::Empty { path: path.into(), what: "the file has no bytes".into() });
    }
    match extension.as_str() {
        "npy" => trials(path, npy::decode(path, &bytes)?, options),
        "npz" => trials(path, npz::decode(path, bytes, options.key.as_deref())?, options),
        _ => Ok(vec![csv::decode(path, &extension, &bytes, options)?]),
    }
}

/// Reads the only trajectory of a file; see [`read`].
///
/// # Errors
/// As [`read`]; [`Error::SeveralTrajectories`] when there is not exactly one.
pub fn read_one(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Trajectory> {
    let path = path.as_ref();
    let mut trajectories = read(path, options)?;
    match (trajectories.pop(), trajectories.len()) {
        (Some(only), 0) => Ok(only),
        (_, rest) => Err(Error::SeveralTrajectories { path: path.into(), found: rest + 1 }),
    }
}

/// Trajectories from an array of one to three axes.
fn trials(path: &Path, array: ArrayD<f64>, options: &ReadOptions) -> Result<Vec<Trajectory>> {
    let shape = array.shape().to_vec();
    let axes = || Error::Axes { path: path.into(), found: shape.clone() };
    if shape.is_empty() || shape.len() > 3 {
        return Err(axes());
    }
    if array.is_empty() {
        return Err(Error::Empty { path: path.into(), what: format!("array of shape {shape:?}") });
    }
    let array = match shape.len() {
        1 => array.insert_axis(Axis(1)).insert_axis(Axis(0)),
        2 => array.insert_axis(Axis(0)),
        _ => array,
    };
    array
        .outer_iter()
        .enumerate()
        .map(|(trial, data)| {
            let data: Array2<f64> = data.to_owned().into_dimensionality::<Ix2>().map_err(|_| axes())?;
            let bad = |value: f64| match options.missing {
                MissingPolicy::Error => !value.is_finite(),
                MissingPolicy::Mask => value.is_infinite(),
            };
            if let Some(((row, column), &value)) = data.indexed_iter().find(|(_, value)| bad(**value)) {
                return Err(Error::ArrayValue { path: path.into(), trial, row, column, value });
            }
            Trajectory::from_array_with_missing(data, options.dt)
        })
        .collect()
}
