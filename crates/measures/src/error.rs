//! What can go wrong when something is measured.

/// An error of this crate: what happened, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two things that must agree in a dimension do not.
    #[error("{what}: expected {expected}, found {found}")]
    Dimension {
        /// Which dimension of which argument.
        what: &'static str,
        /// What it must be.
        expected: usize,
        /// What it is.
        found: usize,
    },
    /// Too few samples.
    #[error("{what}: {found} are too few, at least {needed} are needed")]
    TooShort {
        /// What is too short.
        what: &'static str,
        /// How many are needed.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// A value is infinite or not a number.
    #[error("{what}: the value at row {row}, column {column} is not finite; mark it as missing or remove it")]
    NonFinite {
        /// Which argument.
        what: &'static str,
        /// Row, usually the time step.
        row: usize,
        /// Column, usually the variable.
        column: usize,
    },
    /// A value is missing where the measure needs them all.
    #[error("{what}: the value at row {row}, column {column} is missing; interpolate it first")]
    Missing {
        /// Which argument.
        what: &'static str,
        /// Time step.
        row: usize,
        /// Variable.
        column: usize,
    },
    /// A variable of the true data never changes, so that nothing can be measured against it.
    #[error("{what}: variable {column} is constant; remove it from both trajectories")]
    Constant {
        /// Which argument.
        what: &'static str,
        /// Variable.
        column: usize,
    },
    /// Two trajectories are sampled at different steps of time.
    #[error("the trajectories are sampled every {truth} and every {generated}; resample one of them")]
    SamplingStep {
        /// Time step of the true trajectory.
        truth: f64,
        /// Time step of the generated trajectory.
        generated: f64,
    },
    /// A histogram of this size would mostly be smoothing.
    #[error(
        "{bins} bins in each of {dim} dimensions are more than {limit} in all; take fewer bins, \
         or the estimate by Gaussian mixtures"
    )]
    TooManyBins {
        /// Bins per dimension.
        bins: usize,
        /// Dimensions.
        dim: usize,
        /// The largest number of bins in all.
        limit: u32,
    },
    /// No point of the true trajectory lies in the binned range.
    #[error(
        "no point of the true trajectory lies in the binned range; standardise the data or take another range"
    )]
    OutOfRange,
    /// No target is known at some horizon.
    #[error("no target value is known {horizon} steps ahead; predict fewer steps or give more data")]
    NoTarget {
        /// Steps ahead.
        horizon: usize,
    },
    /// A setting is out of its range.
    #[error("setting {setting} is {value}; it must be {requirement}")]
    Setting {
        /// Name of the setting.
        setting: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        requirement: &'static str,
    },
    /// The orbit, or the Jacobian along it, left the finite numbers.
    #[error("the orbit diverged at step {step}; start elsewhere, or the map is unbounded")]
    Diverged {
        /// Steps from the initial state, the transient included.
        step: usize,
    },
    /// The differential equation could not be integrated.
    #[error("the flow could not be integrated beyond time {time}: {reason}")]
    Integration {
        /// Time that was reached.
        time: f64,
        /// What the integrator reports.
        reason: String,
    },
    /// A result is too large for a number.
    #[error("{what} overflows: the values are too large; the run diverged, compare what comes before")]
    Overflow {
        /// What was computed.
        what: &'static str,
    },
    /// A count, rank or label is not a whole number.
    #[error(
        "{what}: the value {value} at row {row}, column {column} is not a whole number; round it or decode it first"
    )]
    NotWhole {
        /// Which argument.
        what: &'static str,
        /// Time step.
        row: usize,
        /// Variable.
        column: usize,
        /// The value.
        value: f64,
    },
    /// A measure failed on too many resamples.
    #[error("the measure failed on {failed} of {resamples} resamples, first because: {first}")]
    Resampling {
        /// Resamples on which it failed.
        failed: usize,
        /// Resamples in all.
        resamples: usize,
        /// What the first failure says.
        first: Box<Error>,
    },
    /// The parameters of a system make no sense.
    #[error(transparent)]
    System(#[from] attractor_systems::Error),
}
