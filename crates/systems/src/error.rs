//! What can go wrong with systems, trajectories and their files.

/// An error of this crate: what happened, where, and what to do about it.
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
}
