//! Stops a run whose loss no longer falls.

use super::{Control, EpochEvent, Observer};
use crate::Result;

/// Ends a run when the mean loss of an epoch has not improved by `min_delta` for `patience` epochs.
///
/// The loss says little about dynamics (a trapped fit can have a good one), so this saves time rather than finding the best
/// model. The count starts anew when a run is resumed.
#[derive(Clone, Debug)]
pub struct EarlyStop {
    patience: usize,
    min_delta: f64,
    best: f64,
    since: usize,
}

impl EarlyStop {
    /// Stops after `patience` epochs (at least 1) without an improvement by more than `min_delta`.
    pub fn new(patience: usize, min_delta: f64) -> Self {
        Self { patience: patience.max(1), min_delta, best: f64::INFINITY, since: 0 }
    }
}

impl Observer for EarlyStop {
    fn on_epoch(&mut self, event: &EpochEvent<'_>) -> Result<Control> {
        if event.record.loss < self.best - self.min_delta {
            self.best = event.record.loss;
            self.since = 0;
        } else {
            self.since += 1;
        }
        Ok(if self.since >= self.patience {
            Control::Stop(format!("no loss below {:.4} for {} epochs", self.best, self.since))
        } else {
            Control::Continue
        })
    }
}
