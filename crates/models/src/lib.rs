//! Piecewise-linear RNNs, encoders, observation models and the sequential VAE, on Burn tensors.
//!
//! A sequential VAE has a generative model, latent [`Dynamics`] p(z_t | z_{t−1}) seen through an [`Observation`] model
//! p(x_t | z_t), and an [`Encoder`] that gives the approximate [`Posterior`] q(z_{1:T} | x_{1:T}). The recurrent
//! operation is one: the forced [`rollout`]. A trained model leaves as plain `f64` through [`GenerativeModel`].
//!
//! Since Burn 0.22 neither tensors nor modules have a backend type parameter: the [`Device`](burn::tensor::Device) that
//! a model is initialised on picks the backend at run time. Initialise on `device.autodiff()` to train, and use
//! [`valid`](burn::module::Module::valid) before inference.
//!
//! Letters in shapes: B batch, T time, N observed, M latent, K inputs, L hidden.

mod backend;
mod cohort;
pub mod dynamics;
pub mod encoder;
mod error;
mod export;
mod initialize;
pub mod observation;
pub mod posterior;
pub mod rollout;
mod sequential_vae;
mod state_space_model;

pub use backend::Backend;
pub use cohort::{Cohort, CohortConfig, Sharing};
pub use dynamics::Dynamics;
pub use encoder::{Context, Encoder};
pub use error::Error;
pub use export::{GenerativeModel, LinearReadout, matrix, vector};
pub use initialize::{Initialize, normal, standard_normal, uniform};
pub use observation::Observation;
pub use posterior::{DiagonalGaussian, Posterior};
pub use rollout::Forcing;
pub use sequential_vae::{LatentPrior, LogJoint, SequentialVae, SequentialVaeConfig};
pub use state_space_model::{StateSpaceModel, StateSpaceModelConfig};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
