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
    /// Two trajectories are sampled at different steps of time.
    #[error("the trajectories are sampled every {truth} and every {generated}; resample one of them")]
    SamplingStep {
        /// Time step of the true trajectory.
        truth: f64,
        /// Time step of the generated trajectory.
        generated: f64,
    },
    /// A text that names no linear region.
    #[error(
        "{text:?} names no linear region; it must be one digit per unit, 1 where the unit is active and 0 elsewhere"
    )]
    Region {
        /// The text.
        text: String,
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
    /// A computation would take more than it may.
    #[error(
        "{what}: {} or more would be needed, {limit} are allowed; raise the limit or ask for less",
        number(*needed)
    )]
    Limit {
        /// What there would be too many of.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
        /// How many it would take: an estimate, or what is known when the limit is met.
        needed: f64,
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
    /// A state that should belong to a fixed point or a cycle does not come back to itself.
    #[error(
        "after {period} steps the state is {distance} away from itself; pass a fixed point or a cycle with its period"
    )]
    NotPeriodic {
        /// Steps after which it should be back.
        period: usize,
        /// How far off it is then, in the variable that is farthest off.
        distance: f64,
    },
    /// A state that should be mapped to another one is not.
    #[error(
        "the state is mapped to a distance of {distance} from where it should be; take one of the preimages"
    )]
    NotPreimage {
        /// How far off, in the variable that is farthest off.
        distance: f64,
    },
    /// A fixed point or cycle has an eigenvalue too close to the unit circle for a manifold.
    #[error(
        "an eigenvalue has modulus {modulus}, too close to 1 to tell the stable from the unstable manifold"
    )]
    NotHyperbolic {
        /// Modulus of the eigenvalue.
        modulus: f64,
    },
    /// A manifold has another dimension than the function that was called can follow.
    #[error("the {manifold} manifold has dimension {found}, not {expected}")]
    ManifoldDimension {
        /// "stable" or "unstable".
        manifold: &'static str,
        /// The dimension that the function follows.
        expected: usize,
        /// How many eigenvalues there are.
        found: usize,
    },
    /// A fixed point or cycle touches the border of two linear regions, where the map has no Jacobian.
    #[error("the state at step {step} lies on the border of unit {unit}, where the map has no Jacobian")]
    OnBorder {
        /// Step along the cycle.
        step: usize,
        /// Rectified unit whose drive vanishes there.
        unit: usize,
    },
    /// An iterative decomposition of a matrix did not converge.
    #[error("the {decomposition} of a matrix with {size} rows did not converge; look at its entries")]
    Decomposition {
        /// Which one.
        decomposition: &'static str,
        /// Rows of the matrix.
        size: usize,
    },
    /// A result is too large for a number.
    #[error("{what} overflows: the values are too large; the run diverged, compare what comes before")]
    Overflow {
        /// What was computed.
        what: &'static str,
    },
    /// The parameters of a system make no sense.
    #[error(transparent)]
    System(#[from] attractor_systems::Error),
}

/// A count that may be an estimate, large ones in powers of ten.
fn number(count: f64) -> String {
    if count < 1e9 { count.ceil().to_string() } else { format!("{count:.1e}") }
}
