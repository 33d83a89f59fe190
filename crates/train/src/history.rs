//! The course of a run, epoch by epoch.

use serde::{Deserialize, Serialize};

/// Averages over one epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// Steps taken at its end.
    pub step: usize,
    /// Mean loss.
    pub loss: f64,
    /// Mean of each named term.
    pub terms: Vec<(String, f64)>,
    /// Learning rate of its last step.
    pub learning_rate: f64,
}

/// The course of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The epochs, in order.
    pub epochs: Vec<EpochRecord>,
}

impl History {
    /// The loss as (step, loss) points.
    pub fn loss(&self) -> Vec<(f64, f64)> {
        self.epochs.iter().map(|epoch| (epoch.step as f64, epoch.loss)).collect()
    }

    /// One term as (step, value) points; empty for a name that does not occur.
    pub fn term(&self, name: &str) -> Vec<(f64, f64)> {
        let value = |epoch: &EpochRecord| {
            epoch.terms.iter().find(|(term, _)| term == name).map(|(_, value)| (epoch.step as f64, *value))
        };
        self.epochs.iter().filter_map(value).collect()
    }

    /// Names of the terms, in order.
    pub fn term_names(&self) -> Vec<&str> {
        self.epochs
            .first()
            .map_or_else(Vec::new, |epoch| epoch.terms.iter().map(|(name, _)| name.as_str()).collect())
    }
}
