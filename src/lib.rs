//! attractor turns measured time series into dynamical systems that you can run, measure and take apart.
//!
//! From noisy observations it infers a piecewise-linear recurrent neural network whose freely running trajectories have
//! the geometry, the rhythm and the chaos of the system that made the data. This crate is the front door: it re-exports
//! the members of the workspace and adds what needs all of them: the [`Reconstruction`] in the units of the data,
//! [`generate`], the [`Report`] and the exact [`analyse`](analyse()).
//!
//! | member | what it holds |
//! |---|---|
//! | [`systems`] | trajectories and their files, flows, maps, simulation, a catalogue of systems |
//! | [`models`] | PLRNN variants, encoders, observation models, the sequential VAE, on Burn tensors |
//! | [`train`] | datasets, objectives, optimisers, the training loop, checkpoints |
//! | [`measures`] | D_stsp, D_H, prediction errors, Lyapunov exponents |
//!
//! ```
//! use attractor::prelude::*;
//! use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//!
//! // Noisy observations of a system, standardised.
//! let mut rng = ChaCha8Rng::seed_from_u64(1);
//! let lorenz = Lorenz63::default();
//! let noisy = Simulation::of(&lorenz, 2000).dt(0.01).transient(500).run(&lorenz)?.add_noise(0.05, &mut rng)?;
//! let standardizer = Standardizer::fit(&noisy)?;
//! let data = standardizer.apply(&noisy)?;
//!
//! // A sequential VAE with a clipped shallow PLRNN of 3 latents and 20 hidden units, trained by the ELBO.
//! let model = SequentialVaeConfig::new(
//!     LinearEncoderConfig::new(3, 3).with_past(12).with_future(12),
//!     ClippedShallowPlrnnConfig::new(3, 20),
//!     IdentityObservationConfig::new(3, 3),
//! );
//! let trainer = TrainerConfig { epochs: 1, steps_per_epoch: 10, ..TrainerConfig::default() };
//! let run = Run { model, objective: Elbo::default(), trainer };
//! let dataset = Dataset::new(&[data.clone()])?;
//! let fit = Trainer::new(run, &dataset, &Backend::Flex.device()?)?.fit(&mut [])?;
//!
//! // The trained model as a plain system in the units of the data, running freely.
//! let reconstruction = Reconstruction::new(fit.model.export()?, &noisy, Some(standardizer))?;
//! let start = posterior_mean(&fit.model, &data, None)?.initial_row().to_vec();
//! let free = generate(&reconstruction, &Generate::new(1000, start), None, &mut rng)?;
//! assert_eq!(free.observations.len(), 1000);
//! # Ok::<(), attractor::Error>(())
//! ```

mod analysis;
mod error;
mod forcing_interval;
mod generate;
mod infer;
mod orbits;
mod reconstruction;
mod report;
mod scores;
mod summary;
mod true_fixed_points;

pub use attractor_measures as measures;
pub use attractor_models as models;
pub use attractor_systems as systems;
pub use attractor_train as train;

pub use analysis::{Analysis, AnalysisConfig, CertificateSummary, SlowState, SymbolicDynamics, analyse};
pub use error::Error;
pub use forcing_interval::{ForcingInterval, forcing_interval, predictability_interval};
pub use generate::{Generate, Generated, generate};
pub use infer::{Generative, StartStates, posterior_mean, start_states};
pub use orbits::{Branch, Cycle, FixedPoint, FixedPointManifold, Multiplier};
pub use reconstruction::Reconstruction;
pub use report::{DeadModel, DivergenceEstimate, Evaluation, Protocol, Report, Verdict, evaluate};
pub use scores::{Intervals, Score, ScoreInterval, Scores};
pub use summary::{Failure, Spread, Summary};
pub use true_fixed_points::{
    FixedPointComparison, NEAR, NearestFixedPoint, Rate, TrueFixedPoint, compare_fixed_points,
};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What most programs need, in one `use`.
pub mod prelude {
    pub use crate::{
        Analysis, AnalysisConfig, DeadModel, Evaluation, Generate, Generated, Generative, Protocol,
        Reconstruction, Report, StartStates, Summary, TrueFixedPoint, Verdict, analyse, compare_fixed_points,
        evaluate, forcing_interval, generate, posterior_mean, predictability_interval, start_states,
    };
    pub use attractor_measures::{
        LongTermBehaviour, LongTermConfig, LyapunovConfig, long_term_behaviour, lyapunov_spectrum,
        power_spectrum_distance, state_space_divergence,
    };
    pub use attractor_models::{
        Backend, Dynamics, Encoder, Forcing, GenerativeModel, Initialize, Observation, Posterior,
        SequentialVae, SequentialVaeConfig, StateSpaceModel, StateSpaceModelConfig,
        dynamics::{
            AlmostLinearRnnConfig, ClippedDendriticPlrnnConfig, ClippedShallowPlrnnConfig,
            DendriticPlrnnConfig, MeanCentredPlrnnConfig, PlrnnConfig, RectifiedRnnConfig,
            ShallowPlrnnConfig,
        },
        encoder::{ConvolutionalEncoderConfig, LinearEncoderConfig, MlpEncoderConfig},
        observation::{IdentityObservationConfig, LinearObservationConfig},
    };
    pub use attractor_systems::{
        Flow, Lorenz63, Map, PiecewiseLinearMap, ReadOptions, Simulation, Standardizer, System, Trajectory,
        read, read_one,
    };
    pub use attractor_train::{
        Checkpoint, Dataset, Fit, Job, Objective, Observer, OptimizerConfig, Outcome, Run, Schedule, Trainer,
        TrainerConfig, fit_many,
        objective::{Elbo, JacobianNorm, NoiseOn, Strength, TeacherForcing},
        observer::{CheckpointWriter, EarlyStop},
    };
}
