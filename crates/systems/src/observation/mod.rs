//! Observation: what an experiment sees of a system, as steps from [`Trajectory`](crate::Trajectory) to `Trajectory`.
//!
//! | step | method |
//! |---|---|
//! | every k-th sample | [`Trajectory::subsample`](crate::Trajectory::subsample) |
//! | some of the variables | [`Trajectory::select`](crate::Trajectory::select), [`Trajectory::select_names`](crate::Trajectory::select_names) |
//! | linear and nonlinear mixtures | [`Trajectory::mix`](crate::Trajectory::mix), [`Trajectory::mix_affine`](crate::Trajectory::mix_affine), [`Trajectory::transform`](crate::Trajectory::transform) |
//! | delay embedding | [`Trajectory::embed`](crate::Trajectory::embed) |
//! | noise, as a share of the spread or in decibels | [`Trajectory::add_noise`](crate::Trajectory::add_noise), [`Trajectory::add_noise_snr`](crate::Trajectory::add_noise_snr) |
//! | counts | [`Trajectory::poisson`](crate::Trajectory::poisson) |
//! | ordered levels | [`Trajectory::ordinal`](crate::Trajectory::ordinal) |
//! | categories | [`Trajectory::categorical`](crate::Trajectory::categorical) |
//! | the sluggish BOLD signal of fMRI | [`Trajectory::convolve`](crate::Trajectory::convolve) with a [`Response`] |
//! | missing data | [`Trajectory::drop_values`](crate::Trajectory::drop_values) |
//!
//! Steps that draw random numbers take the generator, so one seed gives one recording. A value that needs a missing value
//! is missing.
//!
//! A scan every 2 s of five voxels that mix the Lorenz system's variables, with noise and lost scans:
//!
//! ```
//! use attractor_systems::observation::{Gaps, History, Response, random_mixing};
//! use attractor_systems::{Lorenz63, Simulation, Standardizer};
//! use rand::SeedableRng;
//!
//! let lorenz = Lorenz63::default();
//! let states = Simulation::of(&lorenz, 20_000).transient(1000).run(&lorenz)?;
//! let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
//! let bold = Standardizer::fit(&states)?
//!     .apply(&states)?
//!     .with_dt(0.25)? // the time scale of the experiment, in seconds
//!     .convolve(&Response::spm(0.25)?, History::Drop)?
//!     .subsample(8)?
//!     .mix(random_mixing(5, 3, &mut rng).view())?
//!     .add_noise_snr(20.0, &mut rng)?
//!     .drop_values(&Gaps::new(0.05).length(4).all_variables(), &mut rng)?;
//! assert_eq!((bold.len(), bold.dim(), bold.dt()), (2484, 5, 2.0));
//! # Ok::<(), attractor_systems::Error>(())
//! ```
//!
//! Spike counts and ratings of the same system, embedded:
//!
//! ```
//! # use attractor_systems::observation::CountLink;
//! # use attractor_systems::{Lorenz63, Simulation, Standardizer};
//! # use rand::SeedableRng;
//! # let lorenz = Lorenz63::default();
//! # let states = Simulation::of(&lorenz, 2000).transient(1000).run(&lorenz)?;
//! # let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
//! let x = Standardizer::fit(&states)?.apply(&states)?.subsample(5)?;
//! let spikes = x.transform(|x| x + 1.0)?.poisson(CountLink::Log, &mut rng)?;
//! let ratings = x.ordinal(&[[-1.0, 0.0, 1.0]], &mut rng)?;
//! let embedded = x.select(&[0])?.add_noise_snr(20.0, &mut rng)?.embed(3, 7)?;
//! assert_eq!((spikes.dim(), ratings.dim(), embedded.dim()), (3, 3, 7));
//! # Ok::<(), attractor_systems::Error>(())
//! ```

mod convolution;
mod counts;
mod gaps;
mod levels;
mod mixing;
mod response;
mod subsampling;

pub use convolution::History;
pub use counts::CountLink;
pub use gaps::Gaps;
pub use mixing::random_mixing;
pub use response::{DoubleGamma, Response};
