//! Training: what is minimised, how, and who watches.
//!
//! A [`Run`] says what is trained and how, as plain serde data. A [`Trainer`] carries it out on a [`Dataset`], tells
//! [`Observer`]s of every step and epoch, and ends with a [`Fit`]. Training computes; printing, stopping early and writing
//! [`Checkpoint`]s is done by observers.
//!
//! Randomness comes from the run's seed alone: the same run on the same data gives the same weights bit for bit on a CPU
//! device, whether it was interrupted and resumed or not.

mod batch;
mod checkpoint;
mod dataset;
mod error;
mod fnv;
mod history;
mod many;
pub mod objective;
pub mod observer;
pub mod optimizer;
mod parameters;
mod schedule;
mod trainer;

pub use batch::Batch;
pub use checkpoint::{Checkpoint, FORMAT_VERSION};
pub use dataset::{Alongside, Dataset, Windows};
pub use error::Error;
pub use history::{EpochRecord, History};
pub use many::{Job, fit_many};
pub use objective::{Loss, Objective};
pub use observer::{Control, EndEvent, EpochEvent, Observer, Plan, StepEvent};
pub use optimizer::OptimizerConfig;
pub use schedule::Schedule;
pub use trainer::{Fit, Outcome, Run, Trainer, TrainerConfig};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
