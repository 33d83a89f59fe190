//! What can go wrong before, during and after training.

use std::path::PathBuf;

use crate::Alongside;

/// An error of this crate: what happened, with its numbers, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A dataset without a single trajectory.
    #[error("the dataset is empty; give at least one trajectory")]
    EmptyDataset,
    /// Trajectories of one dataset have different numbers of variables.
    #[error("trajectory {index} has {found} variables, but the first has {expected}; all must have the same")]
    DifferentDimensions {
        /// Which trajectory, from 0.
        index: usize,
        /// Variables of the first.
        expected: usize,
        /// Variables of this one.
        found: usize,
    },
    /// Inputs or the like do not run alongside the trajectories.
    #[error(
        "the {what} of trajectory {index} have {found} samples, but the trajectory has {expected}; give one row for each sample"
    )]
    InputLength {
        /// What has the wrong length.
        what: Alongside,
        /// Which trajectory, from 0.
        index: usize,
        /// Samples of the trajectory.
        expected: usize,
        /// Samples of its inputs.
        found: usize,
    },
    /// There are inputs or the like for some trajectories only.
    #[error("{found} series of {what} were given for {expected} trajectories; give one for each")]
    InputCount {
        /// What was given.
        what: Alongside,
        /// Trajectories.
        expected: usize,
        /// Series of inputs.
        found: usize,
    },
    /// Inputs or nuisance regressors have missing values.
    #[error(
        "the {what} of trajectory {index} have {missing} missing values; fill them first, such as with `interpolate_missing`"
    )]
    MissingInputs {
        /// What has gaps.
        what: Alongside,
        /// Which trajectory, from 0.
        index: usize,
        /// How many values.
        missing: usize,
    },
    /// No trajectory is long enough for one training window.
    #[error(
        "the longest trajectory has {longest} samples, but a window needs {needed} ({window} and {context} around it for the encoder); shorten the window to at most {at_most} or the encoder's context"
    )]
    TooShort {
        /// Samples of the longest trajectory.
        longest: usize,
        /// Samples that a window needs with its context.
        needed: usize,
        /// Samples of the window.
        window: usize,
        /// Samples of the encoder's context.
        context: usize,
        /// The longest window that would fit.
        at_most: usize,
    },
    /// The model and the data have different numbers of variables or inputs.
    #[error(
        "the model is for {name} = {model}, but the data have {name} = {data}; configure the model with {data}"
    )]
    ModelAndData {
        /// The dimension with its letter.
        name: &'static str,
        /// In the model.
        model: usize,
        /// In the data.
        data: usize,
    },
    /// The observation model looks back over a response, and the data were not deconvolved.
    #[error(
        "the observation model convolves {history} earlier states with its response, so latents cannot be read off the \
         observations; give the dataset deconvolved ones with `with_deconvolved`"
    )]
    NotDeconvolved {
        /// Earlier states that a sample depends on.
        history: usize,
    },
    /// A number in the training configuration is outside its range.
    #[error("training configuration: `{field}` is {value}; it must be {range}")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// The value found.
        value: f64,
        /// The range in words.
        range: &'static str,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not a whole checkpoint.
    #[error(
        "{path} is not a whole checkpoint ({reason}); it was cut short or is another kind of file. Use the last whole one"
    )]
    NotACheckpoint {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// A checkpoint has another format version than this library reads.
    #[error(
        "{path} has checkpoint format {found}, but this library reads format {expected}; use the version of attractor that wrote it"
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: u32,
        /// The version that is read.
        expected: u32,
    },
    /// A checkpoint holds another kind of model or run than is asked for.
    #[error("{path} holds another model or run than the one asked for: {reason}")]
    AnotherModel {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// A run is resumed on other data than it was started on.
    #[error(
        "the checkpoint was trained on data with fingerprint {expected:016x}, but these have {found:016x}; resume with the same data"
    )]
    OtherData {
        /// Of the data in the checkpoint.
        expected: u64,
        /// Of the data given.
        found: u64,
    },
    /// One of many runs came to an unexpected end.
    #[error("the run panicked: {message}; this is a defect of the model, the objective or an observer")]
    Panicked {
        /// What the panic said.
        message: String,
    },
    /// The model could not be built or applied.
    #[error(transparent)]
    Model(#[from] attractor_models::Error),
    /// A trajectory could not be used.
    #[error(transparent)]
    Trajectory(#[from] attractor_systems::Error),
}
