//! NIfTI-1 images: from voxels to series of regions.

mod bold;
mod header;
mod regions;

pub use bold::{BoldOptions, read_bold, recording_from_image};
pub use header::ImageHeader;
pub use regions::{Regions, read_label_names};
