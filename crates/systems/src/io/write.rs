//! Writing trajectories, whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::{Array2, Array3, Axis, Dimension};
use ndarray_npy::WriteNpyExt;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, Trajectory};

/// Element type of a written array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloatType {
    /// 32 bits: rounded to seven digits.
    F32,
    /// 64 bits: exact.
    #[default]
    F64,
}

/// Writes a trajectory as a `.npy` array \[T, N\] in C order, little endian; missing values as NaN. Time step and names
/// are not part of that format.
///
/// The file appears under its name when it is complete: an existing one is replaced then, or left as it was.
///
/// # Errors
/// [`Error::Io`] when the file cannot be written, [`Error::Overflow`] when a value does not fit into `float`.
pub fn write_npy(path: impl AsRef<Path>, trajectory: &Trajectory, float: FloatType) -> Result<()> {
    write_array(path.as_ref(), &with_nan(trajectory), float)
}

/// Writes trajectories of one length as a `.npy` array \[trials, T, N\]; otherwise as [`write_npy`].
///
/// # Errors
/// As [`write_npy`]; [`Error::NoTrajectory`], [`Error::Dimension`] and [`Error::Shape`] when there is none, or they differ in
/// their variables or in their length.
pub fn write_npy_trials(path: impl AsRef<Path>, trajectories: &[Trajectory], float: FloatType) -> Result<()> {
    let first = trajectories.first().ok_or(Error::NoTrajectory)?;
    let (t, n) = (first.len(), first.dim());
    let mut stacked = Array3::zeros((trajectories.len(), t, n));
    for (mut trial, trajectory) in stacked.axis_iter_mut(Axis(0)).zip(trajectories) {
        if trajectory.dim() != n {
            return Err(Error::Dimension { expected: n, found: trajectory.dim() });
        }
        if trajectory.len() != t {
            return Err(Error::Shape {
                what: "trajectories of one array",
                expected: format!("[{t}, {n}]"),
                found: trajectory.data().shape().to_vec(),
            });
        }
        trial.assign(&with_nan(trajectory));
    }
    write_array(path.as_ref(), &stacked, float)
}

/// Writes a trajectory as text: a line of names, then a line for each sample, the values with all their digits, missing
/// ones as `nan`. Tabs stand between cells in `.tsv` files, commas in others. The time step is not written. Where all
/// names are numbers, read it with [`ReadOptions::header`](crate::ReadOptions::header) set, or they are taken for data.
///
/// The file appears under its name when it is complete: an existing one is replaced then, or left as it was.
///
/// # Errors
/// [`Error::Io`] when the file cannot be written.
pub fn write_csv(path: impl AsRef<Path>, trajectory: &Trajectory) -> Result<()> {
    let path = path.as_ref();
    let tabs = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv"));
    write_whole(path, |file| {
        // Quotes around names, since one may begin with the comment sign.
        let delimiter = if tabs { b'\t' } else { b',' };
        let mut names = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .quote_style(csv::QuoteStyle::NonNumeric)
            .from_writer(&mut *file);
        names.write_record(trajectory.names())?;
        names.flush()?;
        drop(names);
        for (row, values) in trajectory.data().rows().into_iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                if column > 0 {
                    file.write_all(&[delimiter])?;
                }
                if trajectory.is_missing(row, column) {
                    file.write_all(b"nan")?;
                } else {
                    write!(file, "{value:?}")?;
                }
            }
            file.write_all(b"\n")?;
        }
        Ok(())
    })
}

/// The values, NaN where missing.
fn with_nan(trajectory: &Trajectory) -> Array2<f64> {
    let mut data = trajectory.data().to_owned();
    if let Some(missing) = trajectory.missing() {
        data.zip_mut_with(&missing, |value, &missing| {
            if missing {
                *value = f64::NAN;
            }
        });
    }
    data
}

fn write_array<D: Dimension>(path: &Path, array: &ndarray::Array<f64, D>, float: FloatType) -> Result<()> {
    match float {
        FloatType::F64 => write_whole(path, |file| array.write_npy(file).map_err(io::Error::other)),
        FloatType::F32 => {
            let small = array.mapv(|value| value as f32);
            if let Some(index) = small.iter().position(|value| value.is_infinite()) {
                let n = array.shape().last().copied().unwrap_or(1);
                let t = array.shape()[array.ndim() - 2];
                let value = array.iter().copied().nth(index).unwrap_or(f64::INFINITY);
                return Err(Error::Overflow { row: index / n % t, column: index % n, value });
            }
            write_whole(path, |file| small.write_npy(file).map_err(io::Error::other))
        }
    }
}

/// Writes to a new file beside `path`, and gives it that name when all of it is on disk.
fn write_whole(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
    let temporary = temporary_beside(path);
    let attempt = || {
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        let mut buffered = BufWriter::new(file);
        write(&mut buffered)?;
        buffered.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&temporary, path)
    };
    attempt().map_err(|source| {
        // Whether there is anything to clean up depends on where it failed.
        let _ = fs::remove_file(&temporary);
        Error::Io { path: path.into(), source }
    })
}

/// A name in the folder of `path` that no other process or thread uses.
fn temporary_beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".{name}.{}.{count}.tmp", std::process::id()))
}
