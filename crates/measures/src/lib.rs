//! How good a reconstructed dynamical system is: invariant measures of trajectories, maps and flows.
//!
//! Plain `f64` [`ndarray`]; nothing here knows of training or tensors. Every measure is a function over a
//! [`Trajectory`](attractor_systems::Trajectory), a [`Map`](attractor_systems::Map) or a
//! [`Flow`](attractor_systems::Flow), and so applies alike to the true system and to its reconstruction.
//!
//! | question | function |
//! |---|---|
//! | Does the free run visit the same states? | [`state_space_divergence`], [`gaussian_mixture_divergence`] |
//! | Does it have the same rhythms? | [`power_spectrum_distance`], [`power_spectrum_correlation`] |
//! | Does it predict? | [`prediction_error`] |
//! | How chaotic is it? | [`lyapunov_spectrum`], [`flow_lyapunov_spectrum`] |
//! | Does it live at all? | [`long_term_behaviour`] |
//! | Which linear regions does it visit, in which order? | [`symbolic_orbit`], [`SymbolSequence`], [`TransitionGraph`] |
//! | Where do the states come from and go to? | [`manifold()`], [`manifold_cloud`], [`preimages`], [`basins`] |
//! | What changes with a parameter? | [`bifurcation_diagram`] |
//! | Where is it slow? | [`slow_points`] |
//! | Where does it stand still or repeat itself? | [`all_fixed_points`], [`find_cycles`] |
//! | Of which affine maps is it made? | [`linear_regions`], [`AffinePiece`] |
//!
//! No measure returns a number that is not finite: what cannot be measured is a typed [`Error`], and an outcome such
//! as divergence is a variant or a field of the result.
//!
//! Letters: T time, N observed, M latent (state), K inputs, S starts, F frequencies.

mod affine_piece;
mod basin;
mod bifurcation;
mod eigen;
mod error;
mod exponential;
mod flow_lyapunov;
mod gaussian_mixture;
mod input;
mod long_term;
mod lyapunov;
mod manifold;
mod piecewise;
mod power_spectrum;
mod prediction_error;
mod slow_points;
mod state_space;
mod symbolic;
mod tangent;

pub use basin::{AxisDirection, BasinAttractor, BasinConfig, Basins, GridSlice, SliceAxis, basins};
pub use bifurcation::{
    BifurcationConfig, BifurcationDiagram, BifurcationOutcome, BifurcationPoint, Continuation, PeriodChange,
    bifurcation_diagram,
};
pub use error::Error;
pub use flow_lyapunov::{FlowLyapunovConfig, flow_lyapunov_spectrum};
pub use gaussian_mixture::{
    GaussianMixture, GaussianMixtureConfig, GaussianMixtureDivergence, gaussian_mixture_divergence,
};
pub use long_term::{LongTermBehaviour, LongTermConfig, long_term_behaviour};
pub use lyapunov::{Estimate, LyapunovConfig, LyapunovSpectrum, kaplan_yorke_dimension, lyapunov_spectrum};
pub use manifold::{
    BranchEnd, Manifold, ManifoldBranch, ManifoldCloud, ManifoldCloudConfig, ManifoldConfig, Stability,
    manifold, manifold_cloud, preimage_branch, preimages,
pub use piecewise::{
    AffineFixedPoints, AffinePiece, Cell, CertificateConfig, CertificateMethod, CycleConfig, CycleSearch,
    Eigenvalue, FixedPointCertificate, FixedPointContinuum, LinearRegions, PeriodicOrbit, Region, Stability,
    all_fixed_points, find_cycles, linear_regions, random_regions, visited_regions,
};
pub use power_spectrum::{
    Padding, PowerSpectrum, PowerSpectrumConfig, PowerSpectrumDistance, power_spectrum,
    power_spectrum_correlation, power_spectrum_distance,
};
pub use prediction_error::{PredictionDivergence, PredictionError, prediction_error};
pub use slow_points::{SlowPoint, SlowPointConfig, SlowPoints, SlowSet, slow_points};
pub use state_space::{Binning, StateSpaceConfig, StateSpaceDivergence, state_space_divergence};
pub use symbolic::{
    BlockEntropy, GraphBudget, Numbering, PeriodicWords, RecurrentClass, RegionPattern, Symbol,
    SymbolSequence, SymbolicConfig, TopologicalEntropy, Transition, TransitionGraph, symbolic_orbit,
};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
