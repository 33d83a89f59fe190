//! Confounds: the table that fMRIPrep writes, and the nuisance regressors made of it.

mod drift;
mod motion;
mod scrubbing;
mod selection;

use std::path::{Path, PathBuf};

use attractor_systems::{MissingPolicy, ReadOptions, Trajectory, read_one};
use ndarray::{Array1, Array2, ArrayView1, Axis};

pub use drift::{cosine_drift, polynomial_drift};
pub use motion::{HEAD_RADIUS, framewise_displacement};
pub use scrubbing::Scrubbing;
pub use selection::{Confound, Motion, Nuisance};

use crate::text::no_column;
use crate::{Error, Recording, Result, Step};

/// A table of confounds, one row for each scan: `*_desc-confounds_timeseries.tsv` of fMRIPrep, or any other with a line
/// of names.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfoundTable {
    path: PathBuf,
    names: Vec<String>,
    /// \[T, C\], NaN where the table has `n/a`.
    values: Array2<f64>,
}

impl ConfoundTable {
    /// Reads a table of tab-separated (`.tsv`) or comma-separated (`.csv`) text with a line of names; `n/a` and empty
    /// cells are missing.
    ///
    /// # Errors
    /// As [`attractor_systems::read`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let options = ReadOptions::default().header(true).missing(MissingPolicy::Mask);
        Ok(Self::from_trajectory(&read_one(path, &options)?, path))
    }

    /// A table from a trajectory \[T, C\] whose missing values are `n/a`; `origin` is named in errors and steps.
    pub fn from_trajectory(table: &Trajectory, origin: impl Into<PathBuf>) -> Self {
        let mut values = table.data().to_owned();
        if let Some(mask) = table.missing() {
            values.zip_mut_with(&mask, |value, &missing| {
                if missing {
                    *value = f64::NAN;
                }
            });
        }
        Self { path: origin.into(), names: table.names().to_vec(), values }
    }

    /// Names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of rows T.
    pub fn len(&self) -> usize {
        self.values.nrows()
    }

    /// Always false: a table has a row.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The file or other origin.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The values of a column \[T\], NaN where missing.
    ///
    /// # Errors
    /// [`Error::NoColumn`], with the names that are nearest.
    pub fn column(&self, name: &str) -> Result<ArrayView1<'_, f64>> {
        let index = self.find(name).ok_or_else(|| no_column(&self.path, name, &self.names))?;
        Ok(self.values.index_axis(Axis(1), index))
    }

    /// The index of a column.
    fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|candidate| candidate == name)
    }

    /// The columns whose names begin with `prefix`, in the order of the names with their numbers as numbers.
    fn numbered(&self, prefix: &str) -> Vec<String> {
        let mut found: Vec<&String> = self.names.iter().filter(|name| name.starts_with(prefix)).collect();
        found.sort_by_key(|name| (name[prefix.len()..].parse::<u64>().unwrap_or(u64::MAX), (*name).clone()));
        found.into_iter().cloned().collect()
    }

    /// The framewise displacement of each scan in mm \[T\], 0 at the first: the column `framewise_displacement`, or
    /// else computed from the six motion parameters in mm and radians (see [`framewise_displacement`]).
    ///
    /// # Errors
    /// [`Error::NoColumn`] when the table has neither, [`Error::MissingRegressor`] when a value after the first is
    /// missing.
    pub fn framewise_displacement(&self) -> Result<Array1<f64>> {
        let name = "framewise_displacement";
        if let Ok(column) = self.column(name) {
            return self.filled(name, column).map(|(values, _)| values);
        }
        let mut parameters = Array2::zeros((self.len(), 6));
        for (name, mut into) in motion::PARAMETERS.iter().zip(parameters.columns_mut()) {
            into.assign(&self.filled(name, self.column(name)?)?.0);
        }
        framewise_displacement(parameters.view(), HEAD_RADIUS)
    }

    /// A column with 0 in place of a missing first value, and whether that was so.
    fn filled(&self, name: &str, column: ArrayView1<'_, f64>) -> Result<(Array1<f64>, bool)> {
        let mut values = column.to_owned();
        let first_missing = values[0].is_nan() && values.len() > 1;
        if first_missing {
            values[0] = 0.0;
        }
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok((values, first_missing)),
            Some(row) => Err(Error::MissingRegressor {
                recording: self.path.display().to_string(),
                what: "confound",
                name: name.into(),
                row,
            }),
        }
    }
}

impl Recording {
    /// The recording with nuisance regressors chosen from a table of confounds, appended to those it has.
    ///
    /// # Errors
    /// [`Error::Length`] when the table is of another length than the recording, and as [`ConfoundTable::select`] and
    /// [`Recording::with_nuisance`].
    pub fn with_confounds(self, table: &ConfoundTable, confounds: &[Confound]) -> Result<Self> {
        let (expected, found) = (self.len(), table.len());
        if expected != found {
            return Err(Error::Length { recording: self.name().into(), what: "confounds", expected, found });
        }
        let Nuisance { regressors, filled, computed } = table.select(confounds, self.tr())?;
        let file = crate::text::file_name(table.path());
        let columns = regressors.as_ref().map(|r| r.names().to_vec()).unwrap_or_default();
        let with = match regressors {
            Some(regressors) => self.with_nuisance(regressors)?,
            None => self,
        };
        Ok(with.with_step(Step::Confounds { file, columns, filled, computed }))
    }
}
