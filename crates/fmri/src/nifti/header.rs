//! The header of a NIfTI-1 image: grid, position, TR and scaling, and the refusal of what is no NIfTI-1.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use ::nifti::NiftiHeader;
use flate2::bufread::MultiGzDecoder;

use crate::{Error, Result};

/// What the header of an image says.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageHeader {
    /// Voxels along each axis, time last; axes of length 1 at the end are left out beyond the third.
    pub shape: Vec<usize>,
    /// Edges of a voxel in mm.
    pub voxel_size: [f64; 3],
    /// TR in seconds (pixdim\[4\] by xyzt_units); `None` where the header has none.
    pub tr: Option<f64>,
    /// Whether the header tells the unit of time. Without it seconds are assumed.
    pub time_unit_known: bool,
    /// Slope and intercept of the stored values: value = slope · stored + intercept. A slope of 0 or one that is not
    /// finite is 1, with intercept 0, as neuroimaging tools have it.
    pub scaling: (f64, f64),
    /// Rows of the affine map from voxel indices to mm: the sform, else the qform; `None` where the header has neither.
    pub affine: Option<[[f64; 4]; 3]>,
}

impl ImageHeader {
    /// Reads the header of a `.nii` or `.nii.gz` file.
    ///
    /// # Errors
    /// [`Error::Nifti2`], [`Error::Cifti`], [`Error::HeaderPair`], [`Error::NotNifti`], [`Error::VoxelType`], and
    /// [`Error::NotFound`] or [`Error::Io`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Image::open(path.as_ref())?.summary)
    }

    /// Largest distance in mm between corresponding corners of two grids of this shape; `None` where one has no
    /// position.
    pub fn distance(&self, other: &Self) -> Option<f64> {
        let (a, b) = (self.affine?, other.affine?);
        let mut largest: f64 = 0.0;
        for corner in 0..8_usize {
            let index = |axis: usize| {
                if corner >> axis & 1 == 0 {
                    0.0
                } else {
                    self.shape.get(axis).map_or(0.0, |&n| n.saturating_sub(1) as f64)
                }
            };
            let square: f64 = (0..3)
                .map(|row| {
                    let shift: f64 = (0..3).map(|axis| (a[row][axis] - b[row][axis]) * index(axis)).sum();
                    (shift + a[row][3] - b[row][3]).powi(2)
                })
                .sum();
            largest = largest.max(square.sqrt());
        }
        Some(largest)
    }
}

/// An open image whose stream stands at the first voxel.
pub(super) struct Image {
    pub(super) path: PathBuf,
    pub(super) summary: ImageHeader,
    /// The header as the parser of volumes needs it: with the scaling set right and as many axes as `shape`.
    pub(super) header: NiftiHeader,
    pub(super) stream: Box<dyn Read>,
}

impl Image {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let io = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => Error::NotFound { path: path.into() },
            _ => Error::Io { path: path.into(), source },
        };
        let file = File::open(path).map_err(io)?;
        let bytes_on_disk = file.metadata().map_err(io)?.len();
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let zipped = reader.fill_buf().map_err(io)?.starts_with(&[0x1f, 0x8b]);
        let mut stream: Box<dyn Read> =
            if zipped { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) };
        let not_nifti = |reason: String| Error::NotNifti { path: path.into(), reason };

        let mut bytes = Vec::new();
        stream.by_ref().take(348).read_to_end(&mut bytes).map_err(io)?;
        check_kind(path, &mut bytes, &mut stream)?;
        let mut header = NiftiHeader::from_reader(&bytes[..])
            .map_err(|source| Error::Nifti { path: path.into(), source })?;
        let summary = summarise(path, &header)?;
        if !matches!(header.datatype, 2 | 4 | 8 | 16 | 64 | 256 | 512 | 768 | 1024 | 1280) {
            return Err(Error::VoxelType { path: path.into(), code: header.datatype });
        }

        // A header that promises more than the file can hold is refused before memory is asked for. Gzip shrinks by a
        // factor of 1032 at most.
        let size = match header.datatype {
            2 | 256 => 1,
            4 | 512 => 2,
            8 | 16 | 768 => 4,
            _ => 8,
        };
        let expected = summary.shape.iter().try_fold(size, |product: u64, &n| product.checked_mul(n as u64));
        let capacity = if zipped { bytes_on_disk.saturating_mul(1032) } else { bytes_on_disk };
        if expected.is_none_or(|expected| expected > capacity) {
            let scans = summary.shape.get(3).copied().unwrap_or(1);
            let volume = expected.unwrap_or(u64::MAX) / scans.max(1) as u64;
            let scan = if zipped { 0 } else { (capacity.saturating_sub(352) / volume.max(1)) as usize };
            return Err(Error::Truncated { path: path.into(), scan, scans });
        }

        let offset =
            if header.vox_offset.is_finite() { f64::from(header.vox_offset).max(352.0) } else { 352.0 };
        let skip = offset as u64 - 348;
        let skipped = std::io::copy(&mut stream.by_ref().take(skip), &mut std::io::sink()).map_err(io)?;
        if skipped < skip {
            return Err(not_nifti(format!("it ends before its first voxel at byte {offset}")));
        }
        header.scl_slope = summary.scaling.0 as f32;
        header.scl_inter = summary.scaling.1 as f32;
        header.dim[0] = summary.shape.len() as u16;
        Ok(Self { path: path.into(), summary, header, stream })
    }
}

/// Refuses what is no NIfTI-1 single file. `bytes` are the first 348, and `stream` what follows.
fn check_kind(path: &Path, bytes: &mut Vec<u8>, stream: &mut dyn Read) -> Result<()> {
    let not_nifti = |reason: String| Err(Error::NotNifti { path: path.into(), reason });
    let Some(size) = bytes.first_chunk::<4>().map(|first| i32::from_le_bytes(*first)) else {
        return not_nifti(format!("it has {} bytes", bytes.len()));
    };
    if size == 540 || size.swap_bytes() == 540 {
        // The intent code of NIfTI-2 stands at byte 504; 3000 to 3099 are those of CIFTI.
        let _ = stream.take(540 - 348).read_to_end(bytes);
        let intent = bytes.get(504..508).and_then(|word| word.first_chunk::<4>()).map_or(0, |word| {
            if size == 540 { i32::from_le_bytes(*word) } else { i32::from_be_bytes(*word) }
        });
        return Err(if (3000..3100).contains(&intent) {
            Error::Cifti { path: path.into(), intent }
        } else {
            Error::Nifti2 { path: path.into() }
        });
    }
    if size != 348 && size.swap_bytes() != 348 {
        return not_nifti(format!("its header says to have {size} bytes instead of 348"));
    }
    match bytes.get(344..348) {
        Some(b"n+1\0") => Ok(()),
        Some(b"ni1\0" | [0, 0, 0, 0]) => Err(Error::HeaderPair { path: path.into() }),
        Some(other) => not_nifti(format!("its magic bytes are {other:?} instead of \"n+1\"")),
        None => not_nifti(format!("its header ends after {} of 348 bytes", bytes.len())),
    }
}

/// The parts of a header that matter here.
fn summarise(path: &Path, header: &NiftiHeader) -> Result<ImageHeader> {
    let axes = usize::from(header.dim[0]);
    if !(1..=7).contains(&axes) {
        let reason = format!("it says to have {axes} axes (1 to 7 are possible)");
        return Err(Error::NotNifti { path: path.into(), reason });
    }
    let mut shape: Vec<usize> = header.dim[1..=axes].iter().map(|&n| usize::from(n)).collect();
    if shape.iter().any(|&n| n == 0 || n > i16::MAX as usize) {
        let reason = format!("its axes have lengths {shape:?} (1 to {} are possible)", i16::MAX);
        return Err(Error::NotNifti { path: path.into(), reason });
    }
    while shape.len() > 3 && shape.last() == Some(&1) {
        shape.pop();
    }
    let (slope, intercept) = (f64::from(header.scl_slope), f64::from(header.scl_inter));
    let scaling = match (slope.is_finite() && slope != 0.0, intercept.is_finite()) {
        (true, true) => (slope, intercept),
        (true, false) => (slope, 0.0),
        (false, _) => (1.0, 0.0),
    };
    let (seconds, time_unit_known) = match header.xyzt_units & 0x38 {
        8 => (1.0, true),
        16 => (1e-3, true),
        24 => (1e-6, true),
        _ => (1.0, false),
    };
    // From the decimal digits of the stored f32, so that 1.35 is 1.35.
    let stored: f64 = header.pixdim[4].to_string().parse().unwrap_or(0.0);
    let tr = (axes >= 4 && stored.is_finite() && stored > 0.0).then_some(stored * seconds);
    let voxel_size = [1, 2, 3].map(|axis| f64::from(header.pixdim[axis]).abs());
    Ok(ImageHeader { shape, voxel_size, tr, time_unit_known, scaling, affine: affine(header) })
}

/// The sform where there is one, else the qform.
fn affine(header: &NiftiHeader) -> Option<[[f64; 4]; 3]> {
    let rows = if header.sform_code > 0 {
        [header.srow_x, header.srow_y, header.srow_z].map(|row| row.map(f64::from))
    } else if header.qform_code > 0 {
        let [b, c, d] = [header.quatern_b, header.quatern_c, header.quatern_d].map(f64::from);
        let a = (1.0 - b * b - c * c - d * d).max(0.0).sqrt();
        let flip = if header.pixdim[0] < 0.0 { -1.0 } else { 1.0 };
        let size = [1, 2, 3].map(|axis| f64::from(header.pixdim[axis]).abs());
        let scale = [size[0], size[1], size[2] * flip];
        let rotation = [
            [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
            [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
            [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ];
        let shift = [header.quatern_x, header.quatern_y, header.quatern_z].map(f64::from);
        std::array::from_fn(|row| {
            let [x, y, z]: [f64; 3] = std::array::from_fn(|axis| rotation[row][axis] * scale[axis]);
            [x, y, z, shift[row]]
        })
    } else {
        return None;
    };
    rows.iter().flatten().all(|value| value.is_finite()).then_some(rows)
}
