//! fMRI recordings: files, confounds, events, preprocessing, deconvolution.
//!
//! A [`Recording`] is one run of one subject: the BOLD series of its regions, the inputs of its task, its nuisance
//! regressors, and what was done to it. A [`Recordings`] is many, beside those that were refused with their reasons.
//!
//! | from | to | with |
//! |---|---|---|
//! | a 4-D NIfTI-1 image, and a label image or mask | BOLD of regions or voxels | [`Regions`], [`recording_from_image`] |
//! | `.csv`, `.tsv`, `.npy`, `.npz` of one subject or many | recordings with inputs and nuisance regressors | [`Tables`] |
//! | fMRIPrep's `confounds_timeseries.tsv` | nuisance regressors, scrubbed scans | [`ConfoundTable`], [`Confound`], [`Scrubbing`] |
//! | BIDS `events.tsv` | inputs at the scans, not convolved | [`EventTable`], [`InputOptions`] |
//! | BOLD | without trends, slow or fast frequencies, nuisance; z-scored | [`Recording::detrend`], [`Recording::high_pass`], [`Recording::regress_out_nuisance`], [`Recording::z_score`] |
//! | BOLD and a haemodynamic response | an estimate of the activity behind it | [`Recording::deconvolve`], [`WienerFilter`] |
//!
//! Letters: T scans, N regions, K inputs, P nuisance regressors. Times are in seconds (so is TR), frequencies in Hz, head
//! motion in mm and radians. What is wrong with a file is a typed [`Error`] that says what to do.
//!
//! # One subject, from the files of fMRIPrep
//!
//! ```no_run
//! use attractor_fmri::{
//!     BoldOptions, Confound, ConfoundTable, EventTable, InputOptions, Motion, Regions, Scrubbing, WienerOptions,
//!     read_label_names, recording_from_image,
//! };
//! use attractor_systems::observation::Response;
//!
//! let regions = Regions::labels("atlas_dseg.nii.gz")?.with_names(&read_label_names("atlas_dseg.tsv")?)?;
//! let confounds = ConfoundTable::read("sub-01_desc-confounds_timeseries.tsv")?;
//! let events = EventTable::read("sub-01_events.tsv")?;
//! let nuisance = [Confound::Motion(Motion::TwentyFour), Confound::Csf, Confound::WhiteMatter];
//!
//! let recording = recording_from_image("sub-01", "sub-01_desc-preproc_bold.nii.gz", &regions, &BoldOptions::default())?
//!     .with_events(&events, InputOptions::default())?
//!     .with_confounds(&confounds, &nuisance)?
//!     .scrub_motion(&confounds, &Scrubbing::above(0.5).neighbours(1, 2))?
//!     .high_pass(1.0 / 128.0)?
//!     .z_score()?
//!     .z_score_nuisance()?;
//! for step in recording.steps() {
//!     println!("{step}");
//! }
//!
//! let response = Response::spm(recording.tr())?;
//! let deconvolved = recording.deconvolve(&response, &WienerOptions::default())?;
//! println!("noise to signal {:?}", deconvolved.filter.ratios());
//! # Ok::<(), attractor_fmri::Error>(())
//! ```
//!
//! # Many subjects, of which some are corrupt
//!
//! ```
//! use attractor_fmri::{Recordings, Recording};
//! use attractor_systems::Trajectory;
//! use ndarray::Array2;
//!
//! let scans = Array2::from_shape_fn((60, 2), |(t, n)| (0.3 * t as f64).sin() + 0.1 * (t * n) as f64);
//! let load = |name: &str, data: Array2<f64>| Recording::new(name, Trajectory::new(data, 2.0)?);
//! let cohort = Recordings::partition([
//!     ("sub-01", load("sub-01", scans.clone())),
//!     ("sub-02", load("sub-02", Array2::zeros((60, 2)))),
//! ])
//! .and_then(|recording| recording.high_pass(0.01)?.z_score());
//! assert_eq!((cohort.len(), cohort.refused()[0].name.as_str()), (1, "sub-02"));
//! assert!(cohort.refused()[0].reason.to_string().contains("region \"x1\" is constant at 0"));
//! # Ok::<(), attractor_fmri::Error>(())
//! ```

mod circular_filter;

mod confounds;
mod deconvolution;
mod error;
mod events;
mod least_squares;
mod nifti;
mod noise_level;
mod preprocess;
mod recording;
mod recordings;
mod regression;
mod step;
mod table;
mod text;

pub use confounds::{
    Confound, ConfoundTable, HEAD_RADIUS, Motion, Nuisance, Scrubbing, cosine_drift, framewise_displacement,
    polynomial_drift,
};
pub use deconvolution::{Deconvolved, Noise, WienerFilter, WienerOptions};
pub use error::Error;
pub use events::{Event, EventShape, EventTable, InputOptions, Outside};
pub use nifti::{BoldOptions, ImageHeader, Regions, read_bold, read_label_names, recording_from_image};
pub use noise_level::Wavelet;
pub use recording::Recording;
pub use recordings::{Recordings, Refusal};
pub use regression::Regression;
pub use step::Step;
pub use table::Tables;

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
