//! One error for all that this crate does.

/// An error of any part of attractor.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Of systems, trajectories and their files.
    #[error(transparent)]
    Systems(#[from] attractor_systems::Error),
    /// Of models and their configurations.
    #[error(transparent)]
    Models(#[from] attractor_models::Error),
    /// Of training and checkpoints.
    #[error(transparent)]
    Train(#[from] attractor_train::Error),
    /// Of a measure.
    #[error(transparent)]
    Measures(#[from] attractor_measures::Error),
    /// A free run left the finite numbers.
    #[error(
        "the free run diverged at step {step}; the model is unbounded there: train longer or with regularization"
    )]
    Diverged {
        /// Steps from the start state.
        step: usize,
    },
    /// Two things that belong together have different sizes.
    #[error("{what}: expected {expected}, found {found}")]
    Size {
        /// Which size of which argument.
        what: &'static str,
        /// The size needed.
        expected: usize,
        /// The size found.
        found: usize,
    },
    /// The data do not say over which time they forget themselves.
    #[error(
        "no variable forgets itself within a tenth of the {samples} samples; remove trends, give more data, or set the \
         interval by hand"
    )]
    NoTimeScale {
        /// Samples there are.
        samples: usize,
    },
    /// The posterior mean is not finite: the encoder has diverged.
    #[error("the posterior mean at step {step} is not finite; go back to the last good checkpoint")]
    NotFinite {
        /// The step, from 0.
        step: usize,
    },
    /// A state that should be a fixed point of a flow is not.
    #[error("the flow moves at a speed of {speed} at this state; pass one where it stands still")]
    NotFixed {
        /// Speed of the fastest variable.
        speed: f64,
    },
}
