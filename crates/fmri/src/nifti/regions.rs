//! Regions of an image: a label image with one whole number for each region, or a mask.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::nifti::volume::FromSource;
use ::nifti::{InMemNiftiVolume, IntoNdArray};
use csv::ReaderBuilder;

use super::header::{Image, ImageHeader};
use crate::{Error, Result};

/// Which voxels belong to which series.
#[derive(Clone, Debug)]
pub struct Regions {
    pub(super) path: PathBuf,
    pub(super) header: ImageHeader,
    /// For each voxel that is used, in the order of the file: its index and the column of its series.
    pub(super) voxels: Vec<(usize, usize)>,
    names: Vec<String>,
    /// The labels of the columns; empty for a mask.
    labels: Vec<u32>,
}

impl Regions {
    /// The regions of a label image (an atlas or parcellation on the grid of the BOLD image): the series of a region is
    /// the mean over its voxels. Label 0 is background. Columns are in the order of the labels, named `label_7`.
    ///
    /// # Errors
    /// [`Error::Label`] when a voxel is no whole number, [`Error::NoRegion`], [`Error::ImageShape`], and as
    /// [`ImageHeader::read`].
    pub fn labels(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (header, values) = volume(path)?;
        let mut labelled = Vec::new();
        for (index, &value) in values.iter().enumerate() {
            if value.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&value) {
                let (nx, ny) = (header.shape[0], header.shape[1]);
                let voxel = [index % nx, index / nx % ny, index / (nx * ny)];
                return Err(Error::Label { path: path.into(), voxel, value });
            }
            if value != 0.0 {
                labelled.push((index, value as u32));
            }
        }
        let mut labels: Vec<u32> = labelled.iter().map(|(_, label)| *label).collect();
        labels.sort_unstable();
        labels.dedup();
        if labels.is_empty() {
            return Err(Error::NoRegion { path: path.into() });
        }
        let names = labels.iter().map(|label| format!("label_{label}")).collect();
        let column: BTreeMap<u32, usize> =
            labels.iter().enumerate().map(|(column, &label)| (label, column)).collect();
        let voxels = labelled.into_iter().map(|(index, label)| (index, column[&label])).collect();
        Ok(Self { path: path.into(), header, voxels, names, labels })
    }

    /// One series: the mean over the voxels of a mask, those that are neither 0 nor NaN.
    ///
    /// # Errors
    /// [`Error::NoRegion`], [`Error::ImageShape`], and as [`ImageHeader::read`].
    pub fn mask_mean(path: impl AsRef<Path>) -> Result<Self> {
        let mut regions = Self::mask_voxels(path)?;
        for (_, column) in &mut regions.voxels {
            *column = 0;
        }
        regions.names = vec!["mask".into()];
        Ok(regions)
    }

    /// One series for each voxel of a mask, in the order of the file (first axis fastest), named `voxel_3_0_12` by its
    /// indices from 0.
    ///
    /// # Errors
    /// As [`Regions::mask_mean`].
    pub fn mask_voxels(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (header, values) = volume(path)?;
        let (nx, ny) = (header.shape[0], header.shape[1]);
        let inside = |value: f64| value != 0.0 && !value.is_nan();
        let used = values.iter().enumerate().filter(|(_, value)| inside(**value)).map(|(index, _)| index);
        let voxels: Vec<(usize, usize)> = used.enumerate().map(|(column, index)| (index, column)).collect();
        if voxels.is_empty() {
            return Err(Error::NoRegion { path: path.into() });
        }
        let name = |i: usize| format!("voxel_{}_{}_{}", i % nx, i / nx % ny, i / (nx * ny));
        let names = voxels.iter().map(|(index, _)| name(*index)).collect();
        Ok(Self { path: path.into(), header, voxels, names, labels: Vec::new() })
    }

    /// The regions with names by label, as [`read_label_names`] reads them. Labels without a name keep theirs.
    ///
    /// # Errors
    /// [`Error::LabelWithoutVoxel`] when a name belongs to no voxel.
    pub fn with_names(mut self, names: &BTreeMap<u32, String>) -> Result<Self> {
        for (&label, name) in names.iter().filter(|(label, _)| **label != 0) {
            let Ok(column) = self.labels.binary_search(&label) else {
                return Err(Error::LabelWithoutVoxel { path: self.path, label, name: name.clone() });
            };
            self.names[column].clone_from(name);
        }
        Ok(self)
    }

    /// Names of the series.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of series N.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Always false: there is one region at least.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Number of voxels of each series \[N\].
    pub fn voxel_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.len()];
        for (_, column) in &self.voxels {
            counts[*column] += 1;
        }
        counts
    }
}

/// Names of labels from a BIDS table (`*_dseg.tsv`): tab-separated, with the columns `index` and `name`.
///
/// # Errors
/// [`Error::NoColumn`], [`Error::TextCell`] when an index is no whole number, [`Error::NotFound`], [`Error::Io`],
/// [`Error::Csv`].
pub fn read_label_names(path: impl AsRef<Path>) -> Result<BTreeMap<u32, String>> {
    let path = path.as_ref();
    let text = crate::text::read(path)?;
    let csv_error = |source| Error::Csv { path: path.into(), source };
    let mut reader = ReaderBuilder::new().delimiter(b'\t').from_reader(text.as_bytes());
    let columns: Vec<String> =
        reader.headers().map_err(csv_error)?.iter().map(|name| name.trim().to_owned()).collect();
    let find = |name: &str| {
        columns
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| crate::text::no_column(path, name, &columns))
    };
    let (index, name) = (find("index")?, find("name")?);
    let mut names = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(csv_error)?;
        let text = record[index].trim();
        let label = text.parse().map_err(|_| Error::TextCell {
            path: path.into(),
            line: record.position().map_or(0, csv::Position::line),
            column: "index",
            text: text.into(),
            requirement: "a whole number, the label of the region",
        })?;
        names.insert(label, record[name].trim().to_owned());
    }
    Ok(names)
}

/// Header and scaled values of a 3-D image, in the order of the file.
fn volume(path: &Path) -> Result<(ImageHeader, Vec<f64>)> {
    let Image { summary, header, stream, .. } = Image::open(path)?;
    if summary.shape.len() != 3 {
        let expected = "one volume [X, Y, Z]";
        return Err(Error::ImageShape { path: path.into(), found: summary.shape, expected });
    }
    let failed = |source: ::nifti::NiftiError| match source {
        ::nifti::NiftiError::IncompatibleLength(..) => {
            Error::Truncated { path: path.into(), scan: 0, scans: 1 }
        }
        source => Error::Nifti { path: path.into(), source },
    };
    let volume = <InMemNiftiVolume as FromSource<_>>::from_reader(stream, &header, ()).map_err(failed)?;
    let values = volume.into_ndarray::<f64>().map_err(failed)?;
    Ok((summary, values.into_raw_vec_and_offset().0))
}
