//! How good a reconstructed dynamical system is: invariant measures of trajectories, maps and flows.
//!
//! Plain `f64` [`ndarray`]; nothing here knows of training or tensors. Every measure is a function over a
//! [`Trajectory`](attractor_systems::Trajectory), a [`Map`](attractor_systems::Map) or a
//! [`Flow`](attractor_systems::Flow), and so applies alike to the true system and to its reconstruction.
//!
//! | question | function |
//! |---|---|
//! | Does the free run visit the same states? | [`state_space_divergence`], [`gaussian_mixture_divergence`], [`maximum_mean_discrepancy`], [`sliced_wasserstein_distance`], [`marginal_hellinger_distance`] |
//! | Does it have the same rhythms? | [`power_spectrum_distance`], [`power_spectrum_correlation`], [`autocorrelation_error`], [`cross_correlation_error`] |
//! | Does it predict? | [`prediction_error`], [`valid_prediction_time`], [`mean_absolute_error`], [`root_mean_squared_error`], [`normalised_root_mean_squared_error`], [`mean_absolute_scaled_error`], [`symmetric_mean_absolute_percentage_error`] |
//! | ... counts, ranks and classes? | [`spearman_correlation`], [`ordinal_prediction_error`], [`accuracy`] |
//! | Does the prior visit the states of the posterior? | [`latent_divergence`], [`latent_divergence_variational`], [`mean_latent_divergence`] |
//! | How chaotic is it? | [`lyapunov_spectrum`], [`flow_lyapunov_spectrum`], [`delay_lyapunov_spectrum`], [`lyapunov_spectrum_error`], [`kaplan_yorke_dimension`] |
//! | How many dimensions does the attractor have? | [`correlation_dimension`](correlation_dimension()), [`box_dimension`], [`kaplan_yorke_dimension`] |
//! | For how long does a series remember, and how is it embedded? | [`autocorrelation_time`], [`embedding_lag`], [`embedding_dimension`] |
//! | Does it live at all? | [`long_term_behaviour`] |
//! | Which linear regions does it visit, in which order? | [`symbolic_orbit`], [`SymbolSequence`], [`TransitionGraph`] |
//! | Where do the states come from and go to? | [`manifold()`], [`manifold_cloud`], [`preimages`], [`basins`] |
//! | What changes with a parameter? | [`bifurcation_diagram`] |
//! | Where is it slow? | [`slow_points`] |
//! | Where does it stand still or repeat itself? | [`all_fixed_points`], [`find_cycles`] |
//! | Of which affine maps is it made? | [`linear_regions`], [`Region`], [`AffinePiece`] |
//! | How sure is a score, and how good can it be? | [`bootstrap`], [`bootstrap_pair`], [`floor`](floor()) |
//!
//! No measure returns a number that is not finite: what cannot be measured is a typed [`Error`], and an outcome such
//! as divergence is a variant or a field of the result.
//!
//! Letters: T time, N observed, M latent (state), K inputs, S starts, F frequencies.

mod aligned;
mod autocorrelation_time;
mod basin;
mod bifurcation;
mod block_bootstrap;
mod box_dimension;
mod correlation_dimension;
mod correlation_error;
mod correlation_function;
mod correlation_sum;
mod delay_history;
mod delay_lyapunov;
mod discrete_error;
mod eigen;
mod embedding_dimension;
mod embedding_lag;
mod error;
mod exponential;
mod flow_lyapunov;
mod forecast_error;
mod gaussian_mixture;
mod input;
mod latent_divergence;
mod long_term;
mod lyapunov;
mod lyapunov_error;
mod manifold;
mod marginal_distance;
mod maximum_mean_discrepancy;
mod nearest;
mod piecewise;
mod power_spectrum;
mod prediction_error;
mod scaling;
mod slow_points;
mod state_space;
mod symbolic;
mod tangent;
mod valid_prediction_time;
mod wasserstein;

pub use autocorrelation_time::{AutocorrelationTime, autocorrelation_time};
pub use basin::{AxisDirection, BasinAttractor, BasinConfig, Basins, GridSlice, SliceAxis, basins};
pub use bifurcation::{
    BifurcationConfig, BifurcationDiagram, BifurcationOutcome, BifurcationPoint, Continuation, PeriodChange,
    bifurcation_diagram,
};
pub use block_bootstrap::{
    BootstrapConfig, Interval, bootstrap, bootstrap_pair, default_block, floor, resample,
};
pub use box_dimension::{BoxDimension, box_dimension};
pub use correlation_dimension::{CorrelationDimension, CorrelationDimensionConfig, correlation_dimension};
pub use correlation_error::{
    AutocorrelationError, CrossCorrelationError, autocorrelation_error, cross_correlation_error,
};
pub use correlation_function::{autocorrelation, cross_correlation};
pub use correlation_sum::{CorrelationSum, correlation_sum};
pub use delay_lyapunov::{DelayLyapunovConfig, delay_lyapunov_spectrum};
pub use discrete_error::{accuracy, ordinal_prediction_error, spearman_correlation};
pub use eigen::Eigenvalue;
pub use embedding_dimension::{EmbeddingDimension, EmbeddingDimensionConfig, embedding_dimension};
pub use embedding_lag::{EmbeddingLag, embedding_lag};
pub use error::Error;
pub use flow_lyapunov::{FlowLyapunovConfig, flow_lyapunov_spectrum};
pub use forecast_error::{
    mean_absolute_error, mean_absolute_scaled_error, normalised_root_mean_squared_error,
    root_mean_squared_error, symmetric_mean_absolute_percentage_error,
};
pub use gaussian_mixture::{
    GaussianMixture, GaussianMixtureConfig, GaussianMixtureDivergence, gaussian_mixture_divergence,
};
pub use latent_divergence::{
    DiagonalGaussians, latent_divergence, latent_divergence_variational, mean_latent_divergence,
};
pub use long_term::{LongTermBehaviour, LongTermConfig, long_term_behaviour};
pub use lyapunov::{Estimate, LyapunovConfig, LyapunovSpectrum, kaplan_yorke_dimension, lyapunov_spectrum};
pub use lyapunov_error::{LyapunovSpectrumError, lyapunov_spectrum_error};
pub use manifold::{
    BranchEnd, Manifold, ManifoldBranch, ManifoldCloud, ManifoldCloudConfig, ManifoldConfig, ManifoldKind,
    manifold, manifold_cloud, preimage_branch, preimages,
};
pub use marginal_distance::{MarginalDistance, marginal_hellinger_distance};
pub use maximum_mean_discrepancy::{Bandwidth, MaximumMeanDiscrepancy, maximum_mean_discrepancy};
pub use piecewise::{
    AffineFixedPoints, AffinePiece, Cell, CertificateConfig, CertificateMethod, CycleConfig, CycleSearch,
    FixedPointCertificate, FixedPointContinuum, LinearRegions, PeriodicOrbit, Region, Stability,
    all_fixed_points, find_cycles, linear_regions, random_regions, visited_regions,
};
pub use power_spectrum::{
    Padding, PowerSpectrum, PowerSpectrumConfig, PowerSpectrumDistance, power_spectrum,
    power_spectrum_correlation, power_spectrum_distance,
};
pub use prediction_error::{PredictionDivergence, PredictionError, prediction_error};
pub use scaling::Scaling;
pub use slow_points::{SlowPoint, SlowPointConfig, SlowPoints, SlowSet, slow_points};
pub use state_space::{Binning, StateSpaceConfig, StateSpaceDivergence, state_space_divergence};
pub use symbolic::{
    BlockEntropy, GraphBudget, Numbering, PeriodicWords, RecurrentClass, Symbol, SymbolSequence,
    SymbolicConfig, TopologicalEntropy, Transition, TransitionGraph, symbolic_orbit,
};
pub use valid_prediction_time::{ValidPredictionTime, valid_prediction_time};
pub use wasserstein::{
    SlicedWasserstein, WassersteinOrder, random_directions, sliced_wasserstein_distance, wasserstein_distance,
};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
