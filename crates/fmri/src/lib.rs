//! fMRI recordings: files, confounds, events, preprocessing, deconvolution.

mod circular_filter;
mod cohort;
mod confounds;
mod deconvolution;
mod error;
mod events;
mod least_squares;
mod nifti;
mod noise_level;
mod preprocess;
mod recording;
mod regression;
mod step;
mod table;
mod text;

pub use cohort::{Cohort, Refusal};
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
pub use regression::Regression;
pub use step::Step;
pub use table::Tables;

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
