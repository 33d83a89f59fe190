//! Observers: all effects of training besides its numbers. The trait, and one observer a file.

mod checkpoint_writer;
mod early_stop;
#[cfg(feature = "progress")]
mod progress_bar;

pub use checkpoint_writer::CheckpointWriter;
pub use early_stop::EarlyStop;
#[cfg(feature = "progress")]
pub use progress_bar::{ProgressBar, ProgressBars};

use crate::{Checkpoint, EpochRecord, Outcome, Result};

/// What a run is going to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Epochs of the whole run.
    pub epochs: usize,
    /// Steps of each epoch.
    pub steps_per_epoch: usize,
    /// Steps already taken, when the run is resumed.
    pub first_step: usize,
}

/// One step taken.
#[derive(Clone, Debug)]
pub struct StepEvent<'a> {
    /// Number of the step, from 1.
    pub step: usize,
    /// Loss of its batch before the step.
    pub loss: f64,
    /// Named terms of the loss.
    pub terms: &'a [(&'static str, f64)],
    /// Learning rate.
    pub learning_rate: f64,
}

/// One epoch finished.
pub struct EpochEvent<'a> {
    /// Its averages.
    pub record: &'a EpochRecord,
    /// Whether it is the last of the run.
    pub is_last: bool,
    /// The whole state of the run at its end, made on request.
    pub checkpoint: &'a dyn Fn() -> Result<Checkpoint>,
}

/// The run over.
pub struct EndEvent<'a> {
    /// How it ended.
    pub outcome: &'a Outcome,
    /// The whole state of the run at the end of its last good epoch, made on request.
    pub checkpoint: &'a dyn Fn() -> Result<Checkpoint>,
}

/// What an observer wants of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// End here, with a reason to tell.
    Stop(String),
}

/// Watches a run, and may end it.
pub trait Observer {
    /// The run begins, or goes on after it was resumed.
    fn on_start(&mut self, plan: &Plan) {
        let _ = plan;
    }

    /// A step was taken.
    fn on_step(&mut self, event: &StepEvent<'_>) {
        let _ = event;
    }

    /// An epoch was finished.
    ///
    /// # Errors
    /// What the observer's own work meets; it ends the run.
    fn on_epoch(&mut self, event: &EpochEvent<'_>) -> Result<Control> {
        let _ = event;
        Ok(Control::Continue)
    }

    /// The run is over: completed, stopped or diverged.
    ///
    /// # Errors
    /// What the observer's own work meets.
    fn on_end(&mut self, event: &EndEvent<'_>) -> Result<()> {
        let _ = event;
        Ok(())
    }
}
