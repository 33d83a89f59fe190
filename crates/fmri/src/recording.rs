//! A recording: the BOLD series of one run of one subject with its inputs, its nuisance regressors, and what was done to it.

use attractor_systems::Trajectory;
use ndarray::{Array2, Axis, concatenate};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, Step};

/// One run of one subject: BOLD x_t, external inputs u_t and nuisance regressors r_t of the observation model
///
/// $$ x_t \mid z \sim \mathcal N\bigl(B \\, (h * z)_t + J r_t, \Gamma\bigr), \qquad z_t = F(z_{t-1}, u_t) $$
///
/// with all three at the same scans. The time step of the trajectories is TR in seconds.
///
/// # Shapes
/// BOLD \[T, N\], inputs \[T, K\], nuisance regressors \[T, P\]. Scans of the BOLD series may be missing (scrubbed);
/// inputs and nuisance regressors are complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Recording {
    name: String,
    bold: Trajectory,
    inputs: Option<Trajectory>,
    nuisance: Option<Trajectory>,
    steps: Vec<Step>,
}

/// A recording as it comes from a file, before its rules are checked.
#[derive(Deserialize)]
struct Unchecked {
    name: String,
    bold: Trajectory,
    inputs: Option<Trajectory>,
    nuisance: Option<Trajectory>,
    steps: Vec<Step>,
}

impl TryFrom<Unchecked> for Recording {
    type Error = Error;

    fn try_from(raw: Unchecked) -> Result<Self> {
        let mut recording = Self::new(raw.name, raw.bold)?;
        if let Some(inputs) = raw.inputs {
            recording = recording.with_inputs(inputs)?;
        }
        if let Some(nuisance) = raw.nuisance {
            recording = recording.with_nuisance(nuisance)?;
        }
        recording.steps = raw.steps;
        Ok(recording)
    }
}

impl Recording {
    /// A recording of a BOLD series \[T, N\] whose time step is TR in seconds; `name` tells subject and run.
    ///
    /// # Errors
    /// [`Error::ImplausibleRepetitionTime`], [`Error::EmptyRegion`] when a region has no value,
    /// [`Error::ConstantRegion`] when one does not change.
    pub fn new(name: impl Into<String>, bold: Trajectory) -> Result<Self> {
        let name = name.into();
        check_tr(&name, bold.dt())?;
        if let Some(&column) = bold.constant_columns().first() {
            let region = bold.names()[column].clone();
            let mut observed = bold.observed(column)?;
            return Err(match observed.next() {
                None => Error::EmptyRegion { recording: name, region, scans: bold.len() },
                Some(value) => {
                    Error::ConstantRegion { recording: name, region, value, scans: 1 + observed.count() }
                }
            });
        }
        Ok(Self { name, bold, inputs: None, nuisance: None, steps: Vec::new() })
    }

    /// The recording with external inputs \[T, K\], in place of those it had. They must not be convolved with a
    /// haemodynamic response: the observation model does that.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::RepetitionTime`], [`Error::MissingRegressor`].
    pub fn with_inputs(mut self, inputs: Trajectory) -> Result<Self> {
        self.check_regressors("inputs", "input", &inputs)?;
        self.inputs = Some(inputs);
        Ok(self)
    }

    /// The recording with more nuisance regressors \[T, P\], appended to those it has.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::RepetitionTime`], [`Error::MissingRegressor`], [`Error::DuplicateRegressor`].
    pub fn with_nuisance(mut self, nuisance: Trajectory) -> Result<Self> {
        self.check_regressors("nuisance regressors", "nuisance regressor", &nuisance)?;
        self.nuisance = Some(match self.nuisance.take() {
            None => nuisance,
            Some(old) => {
                if let Some(name) = nuisance.names().iter().find(|name| old.names().contains(name)) {
                    let (recording, what) = (self.name, "nuisance regressors");
                    return Err(Error::DuplicateRegressor { recording, what, name: name.clone() });
                }
                columns([&old, &nuisance])?
            }
        });
        Ok(self)
    }

    /// The recording with the BOLD series missing at the scans \[T\] where `scans` is true, beside what is missing
    /// already. `reason` is kept in the steps.
    ///
    /// # Errors
    /// [`Error::Length`], and as [`Recording::new`] when nothing that changes is left.
    pub fn scrub(self, scans: &[bool], reason: impl Into<String>) -> Result<Self> {
        let (expected, found) = (self.len(), scans.len());
        if expected != found {
            return Err(Error::Length { recording: self.name, what: "scrubbed scans", expected, found });
        }
        let mask = Array2::from_shape_fn(self.bold.data().raw_dim(), |(row, column)| {
            scans[row] || self.bold.is_missing(row, column)
        });
        let scrubbed = scans.iter().filter(|&&scan| scan).count();
        let bold = self.bold.clone().with_missing(mask)?;
        self.with_bold(bold, Step::Scrubbed { scans: scrubbed, of: expected, reason: reason.into() })
    }

    /// The recording with another BOLD series of as many scans, and the step that made it.
    ///
    /// # Errors
    /// As [`Recording::new`]; [`Error::Length`] and [`Error::RepetitionTime`] when it does not fit to the regressors.
    pub fn with_bold(self, bold: Trajectory, step: Step) -> Result<Self> {
        let mut changed = Self::new(self.name, bold)?;
        if let Some(inputs) = self.inputs {
            changed = changed.with_inputs(inputs)?;
        }
        if let Some(nuisance) = self.nuisance {
            changed = changed.with_nuisance(nuisance)?;
        }
        changed.steps = self.steps;
        changed.steps.push(step);
        Ok(changed)
    }

    /// The recording with one more step in its history; for steps that are done outside of this crate, see
    /// [`Step::Other`].
    #[must_use]
    pub fn with_step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The recording without nuisance regressors.
    #[must_use]
    pub(crate) fn without_nuisance(mut self) -> Self {
        self.nuisance = None;
        self
    }

    /// Subject and run.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The BOLD series x_t \[T, N\].
    pub fn bold(&self) -> &Trajectory {
        &self.bold
    }

    /// The external inputs u_t \[T, K\].
    pub fn inputs(&self) -> Option<&Trajectory> {
        self.inputs.as_ref()
    }

    /// The nuisance regressors r_t \[T, P\].
    pub fn nuisance(&self) -> Option<&Trajectory> {
        self.nuisance.as_ref()
    }

    /// What was done to the recording, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// BOLD, inputs and nuisance regressors without a copy.
    pub fn into_parts(self) -> (Trajectory, Option<Trajectory>, Option<Trajectory>) {
        (self.bold, self.inputs, self.nuisance)
    }

    /// Repetition time in seconds.
    pub fn tr(&self) -> f64 {
        self.bold.dt()
    }

    /// Number of scans T.
    pub fn len(&self) -> usize {
        self.bold.len()
    }

    /// Always false: a recording has scans.
    pub fn is_empty(&self) -> bool {
        self.bold.is_empty()
    }

    /// Number of regions N.
    pub fn dim(&self) -> usize {
        self.bold.dim()
    }

    /// Regressors must be complete and at the scans of the recording.
    fn check_regressors(&self, what: &'static str, one: &'static str, regressors: &Trajectory) -> Result<()> {
        let recording = || self.name.clone();
        let (expected, found) = (self.len(), regressors.len());
        if expected != found {
            return Err(Error::Length { recording: recording(), what, expected, found });
        }
        let (expected, found) = (self.tr(), regressors.dt());
        if (expected - found).abs() > 1e-6 * expected {
            return Err(Error::RepetitionTime { recording: recording(), what, expected, found });
        }
        let missing = regressors.missing().into_iter().flat_map(|mask| mask.into_owned().into_iter());
        if let Some(index) = missing.enumerate().find_map(|(index, missing)| missing.then_some(index)) {
            let (row, column) = (index / regressors.dim(), index % regressors.dim());
            let name = regressors.names()[column].clone();
            return Err(Error::MissingRegressor { recording: recording(), what: one, name, row });
        }
        Ok(())
    }
}

/// One line: name, BOLD, inputs, nuisance regressors.
impl std::fmt::Display for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} scans x {} regions, TR = {} s", self.name, self.len(), self.dim(), self.tr())?;
        if let Some(inputs) = &self.inputs {
            write!(f, ", {} inputs", inputs.dim())?;
        }
        if let Some(nuisance) = &self.nuisance {
            write!(f, ", {} nuisance regressors", nuisance.dim())?;
        }
        match self.bold.missing_count() {
            0 => Ok(()),
            missing => write!(f, ", {missing} of {} values missing", self.len() * self.dim()),
        }
    }
}

/// The columns of complete trajectories of one length, side by side.
pub(crate) fn columns<'a>(parts: impl IntoIterator<Item = &'a Trajectory> + Clone) -> Result<Trajectory> {
    let views: Vec<_> = parts.clone().into_iter().map(Trajectory::data).collect();
    let names: Vec<String> = parts.clone().into_iter().flat_map(|part| part.names().to_vec()).collect();
    let dt = parts.into_iter().next().map_or(1.0, Trajectory::dt);
    let data = concatenate(Axis(1), &views).map_err(|_| attractor_systems::Error::Shape {
        what: "regressors",
        expected: "[T, P] with one T".into(),
        found: views.iter().map(ndarray::ArrayBase::nrows).collect(),
    })?;
    Ok(Trajectory::new(data, dt)?.with_names(names)?)
}

/// TR must be one that scanners can have, so that milliseconds are noticed.
pub(crate) fn check_tr(context: &str, tr: f64) -> Result<()> {
    if (0.02..=60.0).contains(&tr) {
        return Ok(());
    }
    Err(Error::ImplausibleRepetitionTime { context: context.into(), value: tr })
}
