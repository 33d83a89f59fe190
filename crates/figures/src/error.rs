//! What can go wrong when a picture is made.

use std::{io, path::PathBuf};

/// Why a picture or a page was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to draw.
    #[error("{what} is empty: there is nothing to draw")]
    Empty {
        /// The input that has no values.
        what: String,
    },
    /// A value is NaN or infinite.
    #[error(
        "{what}: the value at index {index} is {value}; remove or interpolate such values before drawing"
    )]
    NonFinite {
        /// The input that holds the value.
        what: String,
        /// Its first non-finite sample.
        index: usize,
        /// The value.
        value: f64,
    },
    /// The measured and the generated trajectory have different numbers of variables.
    #[error(
        "the measured trajectory has {measured} variables and the generated one {generated}: pass the observations of \
         the model, not its latent states"
    )]
    Dimension {
        /// Variables of the measured trajectory.
        measured: usize,
        /// Variables of the generated trajectory.
        generated: usize,
    },
    /// A window of time holds fewer than two samples of a trajectory.
    #[error("no samples of the {what} trajectory lie between {start} s and {end} s; it lasts {duration} s")]
    Window {
        /// Which trajectory.
        what: String,
        /// Start of the window in seconds.
        start: f64,
        /// End of the window in seconds.
        end: f64,
        /// Duration of the trajectory in seconds.
        duration: f64,
    },
    /// Two inputs that belong together have different lengths.
    #[error("{what}: expected {expected} of them and got {found}")]
    Length {
        /// The input of the wrong length.
        what: String,
        /// The length that it has to have.
        expected: usize,
        /// Its length.
        found: usize,
    },
    /// Points have more or fewer coordinates than the picture.
    #[error("{what} has {found} coordinates and the picture {expected}")]
    Coordinates {
        /// The points.
        what: String,
        /// Coordinates of the picture.
        expected: usize,
        /// Coordinates of the points.
        found: usize,
    },
    /// Values that have to increase do not.
    #[error(
        "{what}: the value at index {index} is not larger than the one before; sort them and leave out doubles"
    )]
    Order {
        /// The values.
        what: String,
        /// The first that is not larger.
        index: usize,
    },
    /// A number is outside the range that makes sense.
    #[error("{what} is {value}; it has to be {allowed}")]
    OutOfRange {
        /// The number.
        what: String,
        /// Its value.
        value: f64,
        /// What it has to be.
        allowed: String,
    },
    /// An index points at nothing.
    #[error("{what} is {index}, and there are only {count}; indices count from 0")]
    Index {
        /// What the index says.
        what: String,
        /// The index.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// The name of a picture's file says neither PNG nor SVG.
    #[error("pictures are written as .png or .svg, which {} does not end in", path.display())]
    Extension {
        /// The file.
        path: PathBuf,
    },
    /// A row of a table has another number of cells than its header.
    #[error("row {row} of the table has {found} cells and its header {expected}")]
    Table {
        /// The row, counted from 0.
        row: usize,
        /// Cells in the header.
        expected: usize,
        /// Cells in the row.
        found: usize,
    },
    /// A file that should be a PNG or SVG picture is neither.
    #[error("{} is neither a PNG nor an SVG picture", path.display())]
    NotAPicture {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file could not be written; nothing was left at its path, or what was there before.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The picture could not be drawn or encoded.
    #[error("cannot draw the picture: {reason}")]
    Drawing {
        /// Why.
        reason: String,
    },
}

impl Error {
    /// The same error about an input of another name, where it names one.
    pub(crate) fn about(self, what: &str) -> Self {
        match self {
            Self::Empty { .. } => Self::Empty { what: what.to_owned() },
            Self::NonFinite { index, value, .. } => Self::NonFinite { what: what.to_owned(), index, value },
            other => other,
        }
    }
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;
