//! What can go wrong with systems, trajectories and their files.

use std::path::PathBuf;

use crate::Method;

/// An error of this crate: what happened, where, and what to do about it.
///
/// Rows, columns and trials of arrays count from 0, as the arrays do; lines and fields of text files count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An array does not have the shape that is needed.
    #[error("{what}: expected shape {expected}, found {found:?}")]
    Shape {
        /// Which array.
        what: &'static str,
        /// The shape needed, in the library's letters.
        expected: String,
        /// The shape found.
        found: Vec<usize>,
    },

    /// A value of a trajectory is NaN or infinite.
    #[error(
        "row {row}, column {column} is {value}; a trajectory holds finite values only: mark missing values with \
         Trajectory::with_missing, or turn NaN into missing with Trajectory::from_array_with_missing"
    )]
    NonFinite {
        /// Row (time), from 0.
        row: usize,
        /// Column (variable), from 0.
        column: usize,
        /// The value found.
        value: f64,
    },

    /// A number lies outside the range that makes sense for it.
    #[error("{what} is {value}; it must be {requirement}")]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// The value found.
        value: f64,
        /// What is allowed.
        requirement: &'static str,
    },

    /// Names of variables do not fit.
    #[error("{found} names for {expected} variables; give one name per column")]
    NameCount {
        /// Number of variables.
        expected: usize,
        /// Number of names.
        found: usize,
    },

    /// Two variables have one name.
    #[error("columns {first} and {second} are both named {name:?}; give each variable its own name")]
    DuplicateName {
        /// The name.
        name: String,
        /// First column with it, from 0.
        first: usize,
        /// Second column with it, from 0.
        second: usize,
    },

    /// No variable has this name.
    #[error("no variable is named {name:?}; there are {}", .available.join(", "))]
    UnknownName {
        /// The name asked for.
        name: String,
        /// The names there are.
        available: Vec<String>,
    },

    /// An index lies outside of the trajectory.
    #[error("{what} {index} is out of range: there are {len}")]
    Index {
        /// What is counted: "row" or "column".
        what: &'static str,
        /// The index asked for.
        index: usize,
        /// How many there are.
        len: usize,
    },

    /// A range of rows is empty or leaves the trajectory.
    #[error("rows {start}..{end} of a trajectory of {len}; a slice needs at least one row inside 0..{len}")]
    Range {
        /// First row.
        start: usize,
        /// One past the last row.
        end: usize,
        /// Length of the trajectory.
        len: usize,
    },

    /// A column holds one value only, so it cannot be standardised.
    #[error(
        "column {column} ({name:?}) is constant at {value}, so it has no standard deviation to divide by; \
         drop it with Trajectory::select, or leave out the trajectory that it comes from"
    )]
    ConstantColumn {
        /// Column, from 0.
        column: usize,
        /// Its name.
        name: String,
        /// The value that it holds.
        value: f64,
    },

    /// A column has too few values that are not missing.
    #[error(
        "column {column} ({name:?}) has {observed} values that are not missing; at least {needed} are needed"
    )]
    TooFewValues {
        /// Column, from 0.
        column: usize,
        /// Its name.
        name: String,
        /// Values that are not missing.
        observed: usize,
        /// Values needed.
        needed: usize,
    },

    /// A trajectory has too few samples.
    #[error("{what} needs at least {needed} samples; there are {found}")]
    TooShort {
        /// What needs them.
        what: &'static str,
        /// Samples needed.
        needed: usize,
        /// Samples found.
        found: usize,
    },

    /// Two things that go together are sampled at different intervals.
    #[error(
        "the {what} is sampled every {found}, the trajectory every {expected}; sample both alike (Trajectory::subsample, \
         Trajectory::with_dt)"
    )]
    SamplingInterval {
        /// What goes with the trajectory.
        what: &'static str,
        /// Sampling interval of the trajectory.
        expected: f64,
        /// Its sampling interval.
        found: f64,
    },

    /// An expected count is too large to draw a count from.
    #[error(
        "row {row}, column {column}: an expected count of {rate}; counts are exact up to 1e15: shift or scale the \
         variable first, or use CountLink::Softplus"
    )]
    Rate {
        /// Row (time), from 0.
        row: usize,
        /// Column (variable), from 0.
        column: usize,
        /// The expected count.
        rate: f64,
    },

    /// Nothing to work on.
    #[error("no trajectory was given; at least one is needed")]
    NoTrajectory,

    /// Trajectories that should be alike differ in number of variables.
    #[error("expected {expected} variables, found {found}; all trajectories must have the same columns")]
    Dimension {
        /// Number of variables needed.
        expected: usize,
        /// Number of variables found.
        found: usize,
    },

    /// A parameter of a system is not usable.
    #[error("{system}: parameter {parameter} is {value}; it must be {requirement}")]
    Parameter {
        /// Name of the system.
        system: &'static str,
        /// Name of the parameter.
        parameter: &'static str,
        /// The value found.
        value: f64,
        /// What is allowed.
        requirement: &'static str,
    },

    /// A system has no parameter of this name.
    #[error("{system} has no parameter {parameter:?} to set; there are {}", .available.join(", "))]
    UnknownParameter {
        /// Name of the system.
        system: &'static str,
        /// The name asked for.
        parameter: String,
        /// The names there are.
        available: Vec<&'static str>,
    },

    /// The catalogue has no system of this name.
    #[error("there is no {kind} named {name:?}; the nearest names are {}", .nearest.join(", "))]
    UnknownSystem {
        /// What was asked for: "flow", "map" or "delay flow".
        kind: &'static str,
        /// The name asked for.
        name: String,
        /// The names that are most alike, the nearest first.
        nearest: Vec<&'static str>,
    },

    /// A simulation was started without an initial state.
    #[error("the simulation has no initial state; set {dim} numbers with Simulation::initial_state")]
    NoInitialState {
        /// Number of state variables M.
        dim: usize,
    },

    /// A vector has one entry per state variable, or should have.
    #[error("{what} has length {found}, the system has {expected} state variables")]
    StateLength {
        /// Which vector.
        what: &'static str,
        /// Number of state variables M.
        expected: usize,
        /// Length found.
        found: usize,
    },

    /// A vector that comes with a trajectory or a simulation holds NaN or infinity.
    #[error("{what}[{index}] is {value}; it must be finite")]
    NonFiniteState {
        /// Which vector.
        what: &'static str,
        /// Index, from 0.
        index: usize,
        /// The value found.
        value: f64,
    },

    /// The right-hand side is not finite at the initial state.
    #[error(
        "the time derivative of variable {index} is {value} at the initial state {state:?}; check the parameters of \
         the system and the initial state"
    )]
    NonFiniteDerivative {
        /// Variable, from 0.
        index: usize,
        /// The derivative found.
        value: f64,
        /// The initial state.
        state: Vec<f64>,
    },

    /// The function of an event is not finite.
    #[error(
        "the function of an event is {value} at t = {time}, state {state:?}; it must be finite along the trajectory"
    )]
    NonFiniteEvent {
        /// The value found.
        value: f64,
        /// Time, in the system's unit.
        time: f64,
        /// State at that time.
        state: Vec<f64>,
    },

    /// A method cannot do what is asked.
    #[error("{method:?} is no method for {task}; use {advice}")]
    Method {
        /// The method.
        method: Method,
        /// What was asked for.
        task: &'static str,
        /// The method to use.
        advice: &'static str,
    },

    /// Nothing to run.
    #[error(
        "an ensemble of {systems} systems and {starts} initial states is empty; it needs one of each at least"
    )]
    EmptyEnsemble {
        /// Number of systems P.
        systems: usize,
        /// Number of initial states N.
        starts: usize,
    },

    /// A system has no period to sample by.
    #[error("{system} has no dominant oscillation, so no points per period; set Simulation::dt")]
    NoPeriod {
        /// Name of the system.
        system: &'static str,
    },

    /// Process noise needs random numbers, and the run was given no generator.
    #[error("the simulation has process noise; use Simulation::run_with_rng or run_map_with_rng")]
    NoGenerator,

    /// The state left every bound.
    #[error(
        "diverged at t = {time} (sample {sample}): state {state:?}; check the parameters and the initial state, or \
         take smaller steps"
    )]
    Diverged {
        /// Time of divergence, in the system's unit.
        time: f64,
        /// The sample that was being computed; the transient counts negative.
        sample: isize,
        /// State at that time, possibly not finite.
        state: Vec<f64>,
    },

    /// The solver needs too many steps between two samples.
    #[error(
        "stopped at t = {time}, state {state:?}: {steps} solver steps within one sampling interval; the system is \
         stiff here (try Method::Radau5), or dt is long (raise Simulation::max_steps)"
    )]
    TooManySteps {
        /// Time reached, in the system's unit.
        time: f64,
        /// Steps taken since the last sample.
        steps: usize,
        /// State at that time.
        state: Vec<f64>,
    },

    /// The solver cannot go on with steps that still change the time.
    #[error(
        "step size {step} is too small to go on at t = {time}, state {state:?}; the solution has a singularity or a \
         jump here, or the tolerances are too tight"
    )]
    StepTooSmall {
        /// Time reached, in the system's unit.
        time: f64,
        /// The step that would have been next.
        step: f64,
        /// State at that time.
        state: Vec<f64>,
    },

    /// A file could not be opened, read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },

    /// A file is not there.
    #[error("{}: no such file", .path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },

    /// The extension of a file names no format that is read.
    #[error("{}: unknown extension {extension:?}; readable are {}", .path.display(), .supported.join(", "))]
    UnknownFormat {
        /// The file.
        path: PathBuf,
        /// Its extension, without the dot; empty if there is none.
        extension: String,
        /// The extensions that are read.
        supported: &'static [&'static str],
    },

    /// A file holds no data.
    #[error("{}: no data ({what})", .path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What is empty.
        what: String,
    },

    /// A file holds several trajectories where one is wanted.
    #[error("{}: holds {found} trajectories where one is wanted; use read and choose one", .path.display())]
    SeveralTrajectories {
        /// The file.
        path: PathBuf,
        /// How many there are.
        found: usize,
    },

    /// The header of an array file cannot be understood.
    #[error("{}: not a NumPy array: {reason}", .path.display())]
    NpyHeader {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// An array file holds elements that are not real numbers.
    #[error("{}: elements of type {dtype}; {advice}", .path.display())]
    Dtype {
        /// The file.
        path: PathBuf,
        /// `NumPy`'s name of the element type.
        dtype: String,
        /// What to do about it.
        advice: &'static str,
    },

    /// An array file has a number of axes that is not that of trajectories.
    #[error(
        "{}: array of shape {found:?}; one trajectory is [T] or [T, N], many are [trials, T, N]: reshape it before \
         saving", .path.display()
    )]
    Axes {
        /// The file.
        path: PathBuf,
        /// Shape found.
        found: Vec<usize>,
    },

    /// An array file is shorter or longer than its header says.
    #[error(
        "{}: {found} bytes of data where its header tells of {expected}; the file is {}: write or copy it again",
        .path.display(), if found < expected { "cut short" } else { "longer than one array" }
    )]
    PayloadSize {
        /// The file.
        path: PathBuf,
        /// Bytes that the header tells of.
        expected: u64,
        /// Bytes found.
        found: u64,
    },

    /// A value of an array file is NaN or infinite.
    #[error(
        "{}: trial {trial}, row {row}, column {column} is {value}; {}", .path.display(),
        if value.is_nan() { "to read NaN as missing, set ReadOptions::missing to MissingPolicy::Mask" }
        else { "infinity is no measurement: clip it or mark it as NaN" }
    )]
    ArrayValue {
        /// The file.
        path: PathBuf,
        /// Trial, from 0; 0 where the array has no such axis.
        trial: usize,
        /// Row (time), from 0.
        row: usize,
        /// Column (variable), from 0.
        column: usize,
        /// The value found.
        value: f64,
    },

    /// An archive cannot be read.
    #[error("{}: not a readable npz archive: {reason}", .path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// An archive has no array of this name.
    #[error("{}: no array named {key:?}; there are {}", .path.display(), .available.join(", "))]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The name asked for.
        key: String,
        /// The names there are.
        available: Vec<String>,
    },

    /// An archive has several arrays and none was named.
    #[error(
        "{}: holds the arrays {}; name one with ReadOptions::key", .path.display(), .available.join(", ")
    )]
    SeveralKeys {
        /// The file.
        path: PathBuf,
        /// The names there are.
        available: Vec<String>,
    },

    /// A line of a text file has more or fewer fields than the first.
    #[error(
        "{}:{line}: {found} fields where the first line has {expected}; every line needs the same number (delimiter \
         {delimiter:?}; set ReadOptions::delimiter if that is wrong)", .path.display()
    )]
    Ragged {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Fields of the first line.
        expected: usize,
        /// Fields of this line.
        found: usize,
        /// The delimiter in use.
        delimiter: char,
    },

    /// A cell of a text file is not a number.
    #[error(
        "{}:{line}: field {column} is {text:?}, not a number; use a decimal point, and NA, nan or an empty field for \
         missing values (set ReadOptions::delimiter or header if the file is cut up wrongly)", .path.display()
    )]
    NotANumber {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Field, from 1.
        column: usize,
        /// What stands there.
        text: String,
    },

    /// A cell of a text file is infinite.
    #[error("{}:{line}: field {column} is {value}; infinity is no measurement: clip it or write NA", .path.display())]
    InfiniteCell {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Field, from 1.
        column: usize,
        /// The value found.
        value: f64,
    },

    /// A cell of a text file is missing.
    #[error(
        "{}:{line}: field {column} is missing ({text:?}); to read missing values, set ReadOptions::missing to \
         MissingPolicy::Mask", .path.display()
    )]
    MissingCell {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// Field, from 1.
        column: usize,
        /// What stands there.
        text: String,
    },

    /// A text file is not encoded in UTF-8.
    #[error("{}: not UTF-8 text (byte {offset}); save it as UTF-8", .path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// First byte that does not fit, from 0.
        offset: usize,
    },

    /// The parser of text files gave up.
    #[error("{}: {source}", .path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: csv::Error,
    },

    /// A value is too large for the element type of the file to be written.
    #[error("row {row}, column {column}: {value} does not fit into f32; write f64 instead")]
    Overflow {
        /// Row (time), from 0.
        row: usize,
        /// Column (variable), from 0.
        column: usize,
        /// The value.
        value: f64,
    },
}
