//! Which nuisance regressors to take from a table of confounds.

use attractor_systems::Trajectory;
use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use super::motion::{PARAMETERS, backward_difference};
use super::{ConfoundTable, cosine_drift, polynomial_drift};
use crate::{Error, Result};

/// How much of head motion is taken into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    /// The three translations and three rotations.
    Six,
    /// The six, their changes from scan to scan, and the squares of both.
    TwentyFour,
}

/// One kind of nuisance regressors. The names of columns are those of fMRIPrep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Confound {
    /// Head motion, `trans_x` to `rot_z` with `_derivative1`, `_power2`, `_derivative1_power2`. Changes and squares that
    /// the table does not have are computed.
    Motion(Motion),
    /// The first n components of anatomical CompCor, `a_comp_cor_00` on. fMRIPrep computes them after a high-pass filter:
    /// take its cosines as well.
    ACompCor(usize),
    /// The first n components of temporal CompCor, `t_comp_cor_00` on; the same holds.
    TCompCor(usize),
    /// The mean of white matter, `white_matter`.
    WhiteMatter,
    /// The mean of cerebrospinal fluid, `csf`.
    Csf,
    /// The mean of the brain, `global_signal`.
    GlobalSignal,
    /// The table's high-pass regressors, `cosine00` on.
    Cosines,
    /// High-pass regressors computed here: cosines of periods above a cutoff in seconds, see [`cosine_drift`].
    CosineDrift {
        /// Longest period that is kept, in seconds. 128 s is usual.
        cutoff: f64,
    },
    /// Drifts computed here: polynomials of degree 1 to n, see [`polynomial_drift`].
    PolynomialDrift(usize),
    /// One regressor for each scan that the table marks as an outlier, `motion_outlier00` on and
    /// `non_steady_state_outlier00` on. There may be none. Scrubbing takes such scans out altogether, and makes them
    /// needless.
    Spikes,
    /// The column of this name.
    Column(String),
}

/// Nuisance regressors from a table, and what was done to make them.
#[derive(Clone, Debug, PartialEq)]
pub struct Nuisance {
    /// The regressors \[T, P\]; `None` if there is none to take, as when no scan is an outlier.
    pub regressors: Option<Trajectory>,
    /// Regressors whose first value was `n/a` and is 0.
    pub filled: Vec<String>,
    /// Regressors that the table does not have and that were computed.
    pub computed: Vec<String>,
}

impl ConfoundTable {
    /// The nuisance regressors of these kinds, in this order, for scans every `tr` seconds.
    ///
    /// A first value of `n/a`, as derivatives have it, becomes 0.
    ///
    /// # Errors
    /// [`Error::NoColumn`], [`Error::NoConfound`] when there are too few components or no cosines,
    /// [`Error::MissingRegressor`] when a value after the first is missing, [`Error::DuplicateRegressor`] when a column is
    /// taken twice, [`Error::OutOfRange`] for drifts that make no sense.
    pub fn select(&self, confounds: &[Confound], tr: f64) -> Result<Nuisance> {
        let mut chosen =
            Chosen { table: self, columns: Vec::new(), filled: Vec::new(), computed: Vec::new() };
        for confound in confounds {
            match confound {
                Confound::Motion(motion) => chosen.motion(*motion)?,
                Confound::ACompCor(count) => chosen.components("a_comp_cor_", "a_comp_cor_00 ...", *count)?,
                Confound::TCompCor(count) => chosen.components("t_comp_cor_", "t_comp_cor_00 ...", *count)?,
                Confound::WhiteMatter => chosen.take("white_matter")?,
                Confound::Csf => chosen.take("csf")?,
                Confound::GlobalSignal => chosen.take("global_signal")?,
                Confound::Cosines => {
                    let names = self.numbered("cosine");
                    if names.is_empty() {
                        let (path, pattern) = (self.path.clone(), "cosine00 ...");
                        let advice = "compute them with Confound::CosineDrift { cutoff: 128.0 }";
                        return Err(Error::NoConfound { path, pattern, needed: 1, found: 0, advice });
                    }
                    names.iter().try_for_each(|name| chosen.take(name))?;
                }
                Confound::CosineDrift { cutoff } => {
                    chosen.compute("drift_cosine", cosine_drift(self.len(), tr, *cutoff)?);
                }
                Confound::PolynomialDrift(order) => {
                    chosen.compute("drift_polynomial", polynomial_drift(self.len(), *order)?);
                }
                Confound::Spikes => {
                    for prefix in ["motion_outlier", "non_steady_state_outlier"] {
                        self.numbered(prefix).iter().try_for_each(|name| chosen.take(name))?;
                    }
                }
                Confound::Column(name) => chosen.take(name)?,
            }
        }
        chosen.finish(tr)
    }
}

/// Regressors that are chosen so far.
struct Chosen<'a> {
    table: &'a ConfoundTable,
    columns: Vec<(String, Array1<f64>)>,
    filled: Vec<String>,
    computed: Vec<String>,
}

impl Chosen<'_> {
    /// A column of the table.
    fn take(&mut self, name: &str) -> Result<()> {
        let (values, filled) = self.table.filled(name, self.table.column(name)?)?;
        if filled {
            self.filled.push(name.into());
        }
        self.columns.push((name.into(), values));
        Ok(())
    }

    /// A column of the table, or else its computed values.
    fn take_or(&mut self, name: String, compute: impl FnOnce() -> Array1<f64>) -> Result<()> {
        if self.table.find(&name).is_some() {
            return self.take(&name);
        }
        self.columns.push((name.clone(), compute()));
        self.computed.push(name);
        Ok(())
    }

    fn motion(&mut self, motion: Motion) -> Result<()> {
        for name in PARAMETERS {
            self.take(name)?;
        }
        if motion == Motion::TwentyFour {
            for name in PARAMETERS {
                let values = self.table.filled(name, self.table.column(name)?)?.0;
                let change = backward_difference(values.view());
                self.take_or(format!("{name}_derivative1"), || change.clone())?;
                self.take_or(format!("{name}_power2"), || values.mapv(|value| value * value))?;
                self.take_or(format!("{name}_derivative1_power2"), || change.mapv(|value| value * value))?;
            }
        }
        Ok(())
    }

    fn components(&mut self, prefix: &str, pattern: &'static str, count: usize) -> Result<()> {
        let names = self.table.numbered(prefix);
        if names.len() < count {
            let (path, needed, found) = (self.table.path.clone(), count, names.len());
            let advice = "take fewer, or name other columns with Confound::Column";
            return Err(Error::NoConfound { path, pattern, needed, found, advice });
        }
        names.iter().take(count).try_for_each(|name| self.take(name))
    }

    /// Columns that are computed, numbered from 1.
    fn compute(&mut self, prefix: &str, drift: Array2<f64>) {
        for (index, values) in drift.axis_iter(Axis(1)).enumerate() {
            let name = format!("{prefix}_{}", index + 1);
            self.columns.push((name.clone(), values.to_owned()));
            self.computed.push(name);
        }
    }

    fn finish(self, tr: f64) -> Result<Nuisance> {
        let Self { table, columns, filled, computed } = self;
        for (index, (name, _)) in columns.iter().enumerate() {
            if columns[..index].iter().any(|(earlier, _)| earlier == name) {
                let recording = table.path.display().to_string();
                return Err(Error::DuplicateRegressor { recording, what: "confounds", name: name.clone() });
            }
        }
        if columns.is_empty() {
            return Ok(Nuisance { regressors: None, filled, computed });
        }
        let mut data = Array2::zeros((table.len(), columns.len()));
        for ((_, values), mut into) in columns.iter().zip(data.columns_mut()) {
            into.assign(values);
        }
        let names = columns.into_iter().map(|(name, _)| name);
        let regressors = Some(Trajectory::new(data, tr)?.with_names(names)?);
        Ok(Nuisance { regressors, filled, computed })
    }
}
