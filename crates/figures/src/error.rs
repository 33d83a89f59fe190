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
    /// A file that should be a PNG picture is not one.
    #[error("{} is not a PNG picture", path.display())]
    NotPng {
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

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;
