//! Writes the state of a run to a file as it goes.

use std::path::PathBuf;

use super::{Control, EndEvent, EpochEvent, Observer};
use crate::{Checkpoint, Result};

/// Writes a checkpoint to `path` every so many epochs and at the end, however the run ends: the last state, or the last
/// good one of a run that diverged. Each replaces the one before in one step, so that a killed run leaves the last whole one.
#[derive(Clone, Debug)]
pub struct CheckpointWriter {
    path: PathBuf,
    every: usize,
    written: Option<usize>,
}

impl CheckpointWriter {
    /// Writes to `path` every `every` epochs (0 means at the end only).
    pub fn new(path: impl Into<PathBuf>, every: usize) -> Self {
        Self { path: path.into(), every, written: None }
    }

    fn write(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        if self.written != Some(checkpoint.step()) {
            checkpoint.write(&self.path)?;
            self.written = Some(checkpoint.step());
        }
        Ok(())
    }
}

impl Observer for CheckpointWriter {
    fn on_epoch(&mut self, event: &EpochEvent<'_>) -> Result<Control> {
        if event.record.epoch.is_multiple_of(self.every) {
            self.write(&(event.checkpoint)()?)?;
        }
        Ok(Control::Continue)
    }

    fn on_end(&mut self, event: &EndEvent<'_>) -> Result<()> {
        self.write(&(event.checkpoint)()?)
    }
}
