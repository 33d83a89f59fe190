//! Dynamical systems and their trajectories.
//!
//! Plain `f64` [`ndarray`]; nothing here knows of training or tensors. A [`Flow`] is an ordinary differential equation,
//! a [`Map`] a difference equation, a [`Trajectory`] what either of them, or a measurement, leaves behind.
//!
//! Letters: T time, N observed, M latent (state), K inputs. Time is in seconds where the data has it.

mod error;
mod flow;
mod map;
mod piecewise_linear;
mod trajectory;

pub use error::Error;
pub use flow::Flow;
pub use map::Map;
pub use piecewise_linear::PiecewiseLinearMap;
pub use trajectory::Trajectory;

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
