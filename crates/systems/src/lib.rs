//! Dynamical systems and their trajectories.
//!
//! Plain `f64` [`ndarray`]; nothing here knows of training or tensors. A [`Flow`] is an ordinary differential equation,
//! a [`Map`] a difference equation, a [`DelayFlow`] an equation with delays, an [`Sde`] one with noise; a [`Simulation`]
//! runs any of them, or an [`Ensemble`] of many at once, and finds [`Event`]s on the way. A [`Trajectory`] is what they,
//! or a measurement read with [`read`], leave behind. The [`catalog`] holds well-known systems;
//! [`observation`] makes of their states what an experiment would see of them.
//!
//! Letters: T time, N observed, M latent (state), K inputs. Time is in seconds where the data has it.
//!
//! ```
//! use attractor_systems::{Lorenz63, Simulation, Standardizer};
//! use rand::SeedableRng;
//!
//! let lorenz = Lorenz63::default();
//! let clean = Simulation::of(&lorenz, 2000).transient(1000).run(&lorenz)?;
//! let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
//! let noisy = clean.add_noise(0.05, &mut rng)?;
//! let (train, test) = noisy.split(0.8)?;
//! let standardizer = Standardizer::fit(&train)?;
//! let (train, test) = (standardizer.apply(&train)?, standardizer.apply(&test)?);
//! assert_eq!((train.len(), test.len()), (1600, 400));
//! # Ok::<(), attractor_systems::Error>(())
//! ```

pub mod catalog;
mod delay;
mod embedding;
mod error;
mod flow;
mod io;
mod lanes;
mod map;
mod noise;
pub mod observation;
mod piecewise_linear;
mod scalar;
mod sde;
mod selection;
mod simulation;
mod standardize;
mod system;
mod trajectory;
mod vector_field;

pub use catalog::{BurstingNeuron, Duffing, FitzHughNagumo, Henon, Lorenz63, Lorenz96, Rossler, VanDerPol};
pub use delay::DelayFlow;
pub use error::Error;
pub use flow::Flow;
pub use io::{FloatType, MissingPolicy, ReadOptions, read, read_one, write_csv, write_npy, write_npy_trials};
pub use lanes::Lanes;
pub use map::Map;
pub use piecewise_linear::PiecewiseLinearMap;
pub use scalar::Scalar;
pub use sde::{AdditiveNoise, Calculus, Sde};
pub use simulation::{
    Crossing, Direction, Divergence, Ensemble, Event, EventRun, Method, SdeMethod, Section, Simulation,
};
pub use standardize::Standardizer;
pub use system::{KnownExponents, Property, System};
pub use trajectory::Trajectory;
pub use vector_field::{DelayField, Recurrence, VectorField};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
