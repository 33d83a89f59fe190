//! The BOLD image: four axes of voxels to a series for each region.

use std::io::ErrorKind;
use std::path::Path;

use ::nifti::{IntoNdArray, NiftiError, StreamedNiftiVolume};
use attractor_systems::Trajectory;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::header::{Image, ImageHeader};
use super::regions::Regions;
use crate::recording::check_tr;
use crate::text::file_name;
use crate::{Error, Recording, Result, Step};

/// How to read a BOLD image.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoldOptions {
    /// TR in seconds. It must be that of the header, if the header has one. Default: the header's.
    pub tr: Option<f64>,
    /// Whether `tr` holds though the header says otherwise. Default: false.
    pub ignore_header_tr: bool,
    /// Largest distance in mm between corresponding corners of the grids of BOLD and region image. Default: 0.1 mm.
    pub affine_tolerance: f64,
}

impl Default for BoldOptions {
    fn default() -> Self {
        Self { tr: None, ignore_header_tr: false, affine_tolerance: 0.1 }
    }
}

impl BoldOptions {
    /// With TR in seconds.
    #[must_use]
    pub fn tr(mut self, seconds: f64) -> Self {
        self.tr = Some(seconds);
        self
    }

    /// With the given TR even if the header says otherwise.
    #[must_use]
    pub fn ignore_header_tr(mut self, ignore: bool) -> Self {
        self.ignore_header_tr = ignore;
        self
    }

    /// With another tolerance in mm for the position of the region image.
    #[must_use]
    pub fn affine_tolerance(mut self, mm: f64) -> Self {
        self.affine_tolerance = mm;
        self
    }
}

/// Reads a 4-D NIfTI-1 image (`.nii`, `.nii.gz`) and gives the mean over the voxels of each region at each scan \[T, N\].
/// One scan is held in memory at a time.
///
/// Voxels that are not finite are left out of the mean of that scan; where no voxel of a region is finite, its value is
/// missing. Stored values are scaled as [`ImageHeader::scaling`] says.
///
/// # Errors
/// [`Error::Nifti2`], [`Error::Cifti`], [`Error::HeaderPair`], [`Error::NotNifti`], [`Error::VoxelType`];
/// [`Error::ImageShape`] when the image is no series; [`Error::NoRepetitionTime`], [`Error::HeaderRepetitionTime`],
/// [`Error::ImplausibleRepetitionTime`]; [`Error::GridShape`], [`Error::GridAffine`]; [`Error::Truncated`].
pub fn read_bold(path: impl AsRef<Path>, regions: &Regions, options: &BoldOptions) -> Result<Trajectory> {
    Ok(extract(path.as_ref(), regions, options)?.0)
}

/// As [`read_bold`], as a recording that remembers how it was read.
///
/// # Errors
/// As [`read_bold`] and [`Recording::new`].
pub fn recording_from_image(
    name: impl Into<String>,
    path: impl AsRef<Path>,
    regions: &Regions,
    options: &BoldOptions,
) -> Result<Recording> {
    let path = path.as_ref();
    let (bold, header) = extract(path, regions, options)?;
    Ok(Recording::new(name, bold)?.with_step(Step::ReadImage {
        file: file_name(path),
        regions: file_name(&regions.path),
        scaling: header.scaling,
        voxels: regions.voxel_counts(),
        distance: header.distance(&regions.header),
    }))
}

fn extract(path: &Path, regions: &Regions, options: &BoldOptions) -> Result<(Trajectory, ImageHeader)> {
    let Image { path, summary, header, stream } = Image::open(path)?;
    let &[x, y, z, scans] = summary.shape.as_slice() else {
        let expected = "a series of volumes [X, Y, Z, T]";
        return Err(Error::ImageShape { path, found: summary.shape, expected });
    };
    let tr = repetition_time(&path, &summary, options)?;
    if regions.header.shape != [x, y, z] {
        let (regions, found) = (regions.path.clone(), regions.header.shape.clone());
        return Err(Error::GridShape { path, regions, expected: vec![x, y, z], found });
    }
    if let Some(distance) = summary.distance(&regions.header).filter(|d| *d > options.affine_tolerance) {
        let (regions, tolerance) = (regions.path.clone(), options.affine_tolerance);
        return Err(Error::GridAffine { path, regions, distance, tolerance });
    }

    let failed = |scan: usize, source: NiftiError| match source {
        NiftiError::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Error::Truncated { path: path.clone(), scan, scans }
        }
        NiftiError::Io(source) => Error::Io { path: path.clone(), source },
        source => Error::Nifti { path: path.clone(), source },
    };
    let mut volumes =
        StreamedNiftiVolume::from_reader_rank(stream, &header, 3).map_err(|error| failed(0, error))?;
    let mut data = Array2::zeros((scans, regions.len()));
    let mut counts = vec![0.0; regions.len()];
    for (scan, mut means) in data.rows_mut().into_iter().enumerate() {
        let volume = volumes.read_slice().map_err(|error| failed(scan, error))?;
        let values = volume.into_ndarray::<f64>().map_err(|error| failed(scan, error))?;
        let values = values.into_raw_vec_and_offset().0;
        counts.fill(0.0);
        for &(voxel, column) in &regions.voxels {
            let value = values[voxel];
            if value.is_finite() {
                means[column] += value;
                counts[column] += 1.0;
            }
        }
        // 0 / 0 where no voxel is finite: NaN is missing.
        means.iter_mut().zip(&counts).for_each(|(mean, count)| *mean /= count);
    }
    let bold = Trajectory::from_array_with_missing(data, tr)?.with_names(regions.names().iter().cloned())?;
    Ok((bold, summary))
}

/// TR from the header and from the options, which must agree.
fn repetition_time(path: &Path, header: &ImageHeader, options: &BoldOptions) -> Result<f64> {
    let context = path.display().to_string();
    let Some(given) = options.tr else {
        let tr = header.tr.ok_or(Error::NoRepetitionTime { path: path.into(), value: 0.0 })?;
        check_tr(&context, tr)?;
        return Ok(tr);
    };
    check_tr(&context, given)?;
    match header.tr {
        Some(tr) if !options.ignore_header_tr => {
            // Without a unit, the number may be of seconds, milliseconds or microseconds.
            let units: &[f64] = if header.time_unit_known { &[1.0] } else { &[1.0, 1e-3, 1e-6] };
            if units.iter().any(|unit| (tr * unit - given).abs() <= 1e-3 * given) {
                Ok(given)
            } else {
                Err(Error::HeaderRepetitionTime { path: path.into(), header: tr, given })
            }
        }
        _ => Ok(given),
    }
}
