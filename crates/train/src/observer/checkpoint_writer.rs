//! Writes the state of a run to a file as it goes.

use std::path::PathBuf;

use super::{Control, EpochEvent, Observer};
use crate::Result;

/// Writes a checkpoint to `path` every so many epochs and after the last. Each replaces the one before in one step, so
/// that a killed run leaves the last whole one.
#[derive(Clone, Debug)]
pub struct CheckpointWriter {
    path: PathBuf,
    every: usize,
}

impl CheckpointWriter {
    /// Writes to `path` every `every` epochs (0 means after the last only).
    pub fn new(path: impl Into<PathBuf>, every: usize) -> Self {
        Self { path: path.into(), every }
    }
}

impl Observer for CheckpointWriter {
    fn on_epoch(&mut self, event: &EpochEvent<'_>) -> Result<Control> {
        if event.is_last || (self.every > 0 && event.record.epoch % self.every == 0) {
            (event.checkpoint)()?.write(&self.path)?;
        }
        Ok(Control::Continue)
    }
}
