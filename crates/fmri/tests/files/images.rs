//! NIfTI images. Values of the published images are those that nibabel 5 and NumPy give; small images are written here,
//! byte by byte after the NIfTI-1 standard.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use attractor_fmri::{
    BoldOptions, Error, ImageHeader, Recording, Regions, Step, read_bold, read_label_names,
    recording_from_image,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::{close, data, file, says};

/// A NIfTI-1 image of 16-bit integers, or of 32-bit floats where `float` says so.
#[derive(Clone)]
struct Image {
    shape: Vec<i16>,
    values: Vec<f32>,
    float: bool,
    big_endian: bool,
    pixdim: [f32; 8],
    units: u8,
    scaling: (f32, f32),
    sform: Option<[[f32; 4]; 3]>,
    qform: Option<[f32; 6]>,
    offset: usize,
}

impl Image {
    fn new(shape: &[i16], values: impl IntoIterator<Item = f32>) -> Self {
        Self {
            shape: shape.into(),
            values: values.into_iter().collect(),
            float: false,
            big_endian: false,
            pixdim: [1.0, 3.0, 3.0, 4.0, 2.0, 0.0, 0.0, 0.0],
            units: 2 | 8,
            scaling: (1.0, 0.0),
            sform: Some([[-3.0, 0.0, 0.0, 10.0], [0.0, 3.0, 0.0, -20.0], [0.0, 0.0, 4.0, 5.0]]),
            qform: None,
            offset: 352,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.offset];
        let big = self.big_endian;
        let mut put = |at: usize, little: &[u8]| {
            let mut word = little.to_vec();
            if big {
                word.reverse();
            }
            bytes[at..at + word.len()].copy_from_slice(&word);
        };
        put(0, &348_i32.to_le_bytes());
        put(40, &(self.shape.len() as u16).to_le_bytes());
        for axis in 0..7 {
            put(42 + 2 * axis, &self.shape.get(axis).copied().unwrap_or(1).to_le_bytes());
        }
        let (code, bits) = if self.float { (16_i16, 32_i16) } else { (4, 16) };
        put(70, &code.to_le_bytes());
        put(72, &bits.to_le_bytes());
        for (i, value) in self.pixdim.iter().enumerate() {
            put(76 + 4 * i, &value.to_le_bytes());
        }
        put(108, &(self.offset as f32).to_le_bytes());
        put(112, &self.scaling.0.to_le_bytes());
        put(116, &self.scaling.1.to_le_bytes());
        put(123, &[self.units]);
        put(252, &i16::from(self.qform.is_some()).to_le_bytes());
        put(254, &i16::from(self.sform.is_some()).to_le_bytes());
        for (i, value) in self.qform.unwrap_or_default().iter().enumerate() {
            put(256 + 4 * i, &value.to_le_bytes());
        }
        for (i, value) in self.sform.unwrap_or_default().iter().flatten().enumerate() {
            put(280 + 4 * i, &value.to_le_bytes());
        }
        bytes[344..348].copy_from_slice(b"n+1\0");
        for value in &self.values {
            let mut word = if self.float {
                value.to_le_bytes().to_vec()
            } else {
                (*value as i16).to_le_bytes().to_vec()
            };
            if big {
                word.reverse();
            }
            bytes.extend(word);
        }
        bytes
    }

    fn written(&self, name: &str) -> (TempDir, PathBuf) {
        file(name, self.bytes())
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Two volumes of 2 × 2 × 1 voxels, first axis fastest.
fn series() -> Image {
    Image::new(&[2, 2, 1, 3], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, -1.0, 0.0, 9.0, 0.0])
}

/// Label 5 on the first two voxels, label 2 on the last, the third is background.
fn labels() -> Image {
    Image::new(&[2, 2, 1], [5.0, 5.0, 0.0, 2.0])
}

/// The series \[T, N\] of an image with the regions above, row by row.
fn means(image: &Image, name: &str) -> Result<Vec<f64>, Error> {
    let (_a, bold) = file(name, if name.ends_with("gz") { gzip(&image.bytes()) } else { image.bytes() });
    let (_b, regions) = labels().written("atlas.nii");
    let regions = Regions::labels(regions).unwrap();
    read_bold(bold, &regions, &BoldOptions::default()).map(|t| t.into_data().iter().copied().collect())
}

/// Columns are labels 2 and 5, by hand.
const MEANS: [f64; 6] = [4.0, 1.5, 8.0, 5.5, 0.0, -0.5];

#[test]
fn means_of_labels_in_both_byte_orders_and_zipped() {
    assert_eq!(means(&series(), "bold.nii").unwrap(), MEANS);
    assert_eq!(means(&series(), "bold.nii.gz").unwrap(), MEANS);
    let big_endian = Image { big_endian: true, ..series() };
    assert_eq!(means(&big_endian, "bold.nii").unwrap(), MEANS);
    assert_eq!(means(&big_endian, "bold.nii.gz").unwrap(), MEANS);
    // Zipped though the name does not say so, in two members, and with an extension before the data.
    let bytes = Image { offset: 400, ..series() }.bytes();
    let (_a, bold) = file("bold.nii", [gzip(&bytes[..300]), gzip(&bytes[300..])].concat());
    let (_b, regions) = labels().written("atlas.nii");
    let regions = Regions::labels(regions).unwrap();
    let bold = read_bold(bold, &regions, &BoldOptions::default()).unwrap();
    assert_eq!(bold.data().iter().copied().collect::<Vec<_>>(), MEANS);
    assert_eq!((bold.names(), bold.dt()), (&["label_2".to_owned(), "label_5".to_owned()][..], 2.0));
}

#[test]
fn scaling_that_is_none_leaves_the_values() {
    let nan = f32::NAN;
    for (scaling, expected) in [
        ((2.0, 10.0), MEANS.map(|x| 2.0 * x + 10.0)),
        ((0.0, 10.0), MEANS),
        ((nan, nan), MEANS),
        ((nan, 3.0), MEANS),
        ((f32::INFINITY, 0.0), MEANS),
        ((2.0, nan), MEANS.map(|x| 2.0 * x)),
    ] {
        assert_eq!(means(&Image { scaling, ..series() }, "bold.nii").unwrap(), expected, "{scaling:?}");
    }
}

#[test]
fn masks_give_a_mean_or_their_voxels_and_nan_voxels_are_left_out() {
    let nan = f32::NAN;
    let mut image = Image { float: true, ..series() };
    image.values[0] = nan;
    image.values[4] = nan;
    image.values[5] = nan;
    let (_a, bold) = image.written("bold.nii");
    let (_b, mask) =
        Image { float: true, ..Image::new(&[2, 2, 1], [1.0, 0.5, 0.0, nan]) }.written("mask.nii");
    let mean = read_bold(&bold, &Regions::mask_mean(&mask).unwrap(), &BoldOptions::default()).unwrap();
    assert_eq!(
        (mean.data().column(0).to_vec(), mean.names()),
        (vec![2.0, 0.0, -0.5], &["mask".to_owned()][..])
    );
    assert!(!mean.is_missing(0, 0) && mean.is_missing(1, 0) && !mean.is_missing(2, 0));
    let voxels = read_bold(&bold, &Regions::mask_voxels(&mask).unwrap(), &BoldOptions::default()).unwrap();
    assert_eq!(voxels.names(), ["voxel_0_0_0", "voxel_1_0_0"]);
    assert_eq!(voxels.data().column(1).to_vec(), [2.0, 0.0, 0.0]);
    assert_eq!(voxels.missing_count(), 3);
}

#[test]
fn tr_has_its_unit_and_contradictions_are_refused() {
    let (_b, regions) = labels().written("atlas.nii");
    let regions = Regions::labels(regions).unwrap();
    let tr = |stored: f32, units: u8, options: BoldOptions| {
        let mut image = Image { units, ..series() };
        image.pixdim[4] = stored;
        let (_a, path) = image.written("bold.nii");
        read_bold(path, &regions, &options).map(|bold| bold.dt())
    };
    let none = BoldOptions::default();
    assert_eq!(tr(1.35, 8, none).unwrap(), 1.35);
    assert_eq!(tr(720.0, 2 | 16, none).unwrap(), 0.72);
    close(tr(2.5e6, 24, none).unwrap(), 2.5, 1e-15);
    assert_eq!(tr(2.0, 0, none).unwrap(), 2.0);
    assert_eq!(tr(2000.0, 0, none.tr(2.0)).unwrap(), 2.0);
    assert_eq!(tr(0.0, 8, none.tr(2.0)).unwrap(), 2.0);
    assert_eq!(tr(1.0, 8, none.tr(2.0).ignore_header_tr(true)).unwrap(), 2.0);
    assert_eq!(tr(2.0, 8, none.tr(2.0)).unwrap(), 2.0);

    let error = tr(2.0, 8, none.tr(3.0)).unwrap_err();
    assert!(matches!(error, Error::HeaderRepetitionTime { header: 2.0, given: 3.0, .. }));
    says(&error, "the header says TR = 2 s, 3 s were given");
    says(&tr(0.0, 8, none).unwrap_err(), "has no TR");
    says(&tr(2000.0, 8, none).unwrap_err(), "2000 ms are 2.0");
    says(&tr(2000.0, 0, none).unwrap_err(), "2000 ms are 2.0");
    says(&tr(2.0, 8, none.tr(2000.0)).unwrap_err(), "2000 ms are 2.0");
}

#[test]
fn grids_must_agree() {
    let (_a, bold) = series().written("bold.nii");
    let read = |labels: Image, options: BoldOptions| {
        let (_b, path) = labels.written("atlas.nii");
        read_bold(&bold, &Regions::labels(path).unwrap(), &options)
    };
    let none = BoldOptions::default();
    let error = read(Image::new(&[2, 1, 2], [5.0, 5.0, 0.0, 2.0]), none).unwrap_err();
    says(&error, "[2, 1, 2] voxels where the BOLD image has [2, 2, 1]");
    // Flipped: the first axis runs the other way.
    let mut flipped = labels();
    flipped.sform = Some([[3.0, 0.0, 0.0, 10.0], [0.0, 3.0, 0.0, -20.0], [0.0, 0.0, 4.0, 5.0]]);
    let error = read(flipped, none).unwrap_err();
    assert!(matches!(error, Error::GridAffine { distance, .. } if (distance - 6.0).abs() < 1e-6), "{error}");
    let mut near = labels();
    near.sform = Some([[-3.0, 0.0, 0.0, 10.5], [0.0, 3.0, 0.0, -20.0], [0.0, 0.0, 4.0, 5.0]]);
    says(&read(near.clone(), none).unwrap_err(), "0.500 mm away");
    assert!(read(near.clone(), none.affine_tolerance(1.0)).is_ok());
    // The same position, told by a quaternion: half a turn about the second axis, and a flipped third.
    near.sform = None;
    near.qform = Some([0.0, 1.0, 0.0, 10.0, -20.0, 5.0]);
    near.pixdim[0] = -1.0;
    assert!(read(near.clone(), none).is_ok());
    // No position at all: shapes are all there is to compare.
    near.qform = None;
    assert!(read(near, none).is_ok());
}

#[test]
fn the_quaternion_gives_the_matrix_of_nibabel() {
    let mut image = labels();
    (image.sform, image.pixdim) = (None, [-1.0, 2.083_333_3, 2.083_333_3, 2.3, 1.35, 0.0, 0.0, 0.0]);
    image.qform = Some([-0.000_549_382_65, 0.775_837_4, 0.630_931_9, 96.995_514, -30.810_713, -71.397_15]);
    let (_a, path) = image.written("q.nii");
    let affine = ImageHeader::read(path).unwrap().affine.unwrap();
    // get_qform() of nibabel for the image of nitime whose header this is.
    let expected = [
        [
            -2.083_328_188_815_528,
            -0.004_288_975_645_827_81,
            -0.001_817_083_216_727_520_8,
            96.995_513_916_015_62,
        ],
        [
            0.000_737_045_648_949_968_5,
            0.424_685_893_219_882_1,
            -2.251_705_079_102_319_7,
            -30.810_712_814_331_055,
        ],
        [
            -0.004_534_433_943_924_380_5,
            2.039_583_522_052_678_3,
            0.468_850_419_225_907_17,
            -71.397_148_132_324_22,
        ],
    ];
    for (found, expected) in affine.iter().flatten().zip(expected.iter().flatten()) {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
}

#[test]
fn what_is_no_nifti_1_series_is_refused_with_advice() {
    let refused = |name: &str, bytes: &[u8]| {
        let (_a, path) = file(name, bytes);
        let error = ImageHeader::read(&path).unwrap_err();
        says(&error, name);
        error
    };
    let mut nifti2 = vec![0; 544];
    nifti2[..4].copy_from_slice(&540_i32.to_le_bytes());
    assert!(matches!(refused("a.nii", &nifti2), Error::Nifti2 { .. }));
    assert!(matches!(refused("a.nii.gz", &gzip(&nifti2)), Error::Nifti2 { .. }));
    says(&refused("a.nii", &nifti2), "Nifti1Image");
    nifti2[504..508].copy_from_slice(&3002_i32.to_le_bytes());
    says(&refused("a.dtseries.nii", &nifti2), "wb_command");
    nifti2[..4].copy_from_slice(&540_i32.to_be_bytes());
    nifti2[504..508].copy_from_slice(&3006_i32.to_be_bytes());
    assert!(matches!(refused("a.dscalar.nii", &nifti2), Error::Cifti { intent: 3006, .. }));

    let good = series().bytes();
    let mut pair = good.clone();
    pair[345] = b'i';
    says(&refused("a.hdr", &pair), ".hdr/.img");
    let mut complex = good.clone();
    complex[70..72].copy_from_slice(&32_i16.to_le_bytes());
    assert!(matches!(refused("a.nii", &complex), Error::VoxelType { code: 32, .. }));
    for (at, value) in [(40, 0_i16), (40, 9), (42, 0), (42, -2)] {
        let mut broken = good.clone();
        broken[at..at + 2].copy_from_slice(&value.to_le_bytes());
        let error = refused("a.nii", &broken);
        assert!(matches!(error, Error::NotNifti { .. } | Error::Nifti { .. }), "{error}");
    }
    let mut huge = good.clone();
    for axis in 0..4 {
        huge[42 + 2 * axis..44 + 2 * axis].copy_from_slice(&i16::MAX.to_le_bytes());
    }
    assert!(matches!(refused("a.nii", &huge), Error::Truncated { .. }));
    assert!(matches!(refused("a.nii.gz", &gzip(&huge)), Error::Truncated { .. }));
    for cut in [0, 3, 200, 347] {
        assert!(matches!(refused("a.nii", &good[..cut]), Error::NotNifti { .. }), "{cut}");
    }
    says(&refused("a.nii", b"\x93NUMPY and more bytes than four"), "not a NIfTI-1 image");
    assert!(matches!(ImageHeader::read("nowhere.nii").unwrap_err(), Error::NotFound { .. }));

    // A whole volume and a half, plain and zipped.
    let cut = &good[..352 + 12];
    let (_b, regions) = labels().written("atlas.nii");
    let regions = Regions::labels(regions).unwrap();
    for (name, bytes) in [("a.nii", cut.to_vec()), ("a.nii.gz", gzip(cut))] {
        let (_a, path) = file(name, bytes);
        let error = read_bold(path, &regions, &BoldOptions::default()).unwrap_err();
        assert!(matches!(error, Error::Truncated { scan: 1, scans: 3, .. }), "{error}");
    }
    let (_a, one) = labels().written("one.nii");
    says(&read_bold(one, &regions, &BoldOptions::default()).unwrap_err(), "a series of volumes");
}

#[test]
fn label_images_hold_labels() {
    let read = |image: Image| {
        let (_a, path) = image.written("atlas.nii");
        Regions::labels(path)
    };
    let float = |values: [f32; 4]| read(Image { float: true, ..Image::new(&[2, 2, 1], values) }).unwrap_err();
    let error = float([0.0, 0.0, 0.3, 0.0]);
    assert!(matches!(error, Error::Label { voxel: [0, 1, 0], .. }), "{error}");
    says(&float([0.0, f32::NAN, 0.3, 0.0]), "[1, 0, 0] is NaN");
    says(&float([0.0, -1.0, 0.0, 0.0]), "whole number");
    says(&float([0.0; 4]), "all are 0");
    says(&read(series()).unwrap_err(), "one volume");

    // One volume with a fourth axis of length 1, as many tools write it.
    let regions = read(Image { shape: vec![2, 2, 1, 1], ..labels() }).unwrap();
    assert_eq!(regions.voxel_counts(), [1, 2]);
    let (_a, table) = file("dseg.tsv", "index\tname\tcolor\n5\tLeft V1\t#fff\n0\tbackground\tn/a\n");
    let named = regions.clone().with_names(&read_label_names(table).unwrap()).unwrap();
    assert_eq!(named.names(), ["label_2", "Left V1"]);
    let error = regions.with_names(&BTreeMap::from([(7, "gone".to_owned())])).unwrap_err();
    says(&error, "no voxel has the label 7 (\"gone\")");
    let (_a, table) = file("dseg.tsv", "label\tname\n5\tLeft V1\n");
    says(&read_label_names(table).unwrap_err(), "no column \"index\"");
    let (_a, table) = file("dseg.tsv", "index\tname\nfive\tLeft V1\n");
    says(&read_label_names(table).unwrap_err(), ":2: index is \"five\"");
}

#[test]
fn the_published_image_has_the_values_of_nibabel() {
    let Some(path) = data("functional_17x21x3x20_tr2.nii") else { return };
    let header = ImageHeader::read(&path).unwrap();
    assert_eq!(
        (&header.shape[..], header.tr, header.time_unit_known),
        (&[17, 21, 3, 20][..], Some(2.0), true)
    );
    assert_eq!(
        header.affine.unwrap(),
        [[-4.0, 0.0, 0.0, 32.0], [0.0, 4.0, 0.0, -40.0], [0.0, 0.0, 8.0, 0.0]]
    );

    let place = |value: fn(usize, usize) -> f32| {
        let grid = (0..3).flat_map(|_| (0..21).flat_map(move |y| (0..17).map(move |x| value(x, y))));
        let mut image = Image::new(&[17, 21, 3], grid);
        image.sform = Some([[-4.0, 0.0, 0.0, 32.0], [0.0, 4.0, 0.0, -40.0], [0.0, 0.0, 8.0, 0.0]]);
        image.written("atlas.nii")
    };
    let (_a, everything) = place(|_, _| 1.0);
    let mask = Regions::mask_mean(everything).unwrap();
    let whole = read_bold(&path, &mask, &BoldOptions::default()).unwrap();
    close(whole.data().mean().unwrap(), 3_637.408_513_675_239, 1e-14);
    close(whole.data()[[1, 0]], 3_626.695_612_514_108_2, 1e-14);

    let (_b, atlas) = place(|x, y| {
        if x < 5 {
            1.0
        } else if y < 10 {
            7.0
        } else {
            0.0
        }
    });
    let regions = Regions::labels(atlas).unwrap();
    let recording = recording_from_image("sub-01", &path, &regions, &BoldOptions::default().tr(2.0)).unwrap();
    assert_eq!(regions.voxel_counts(), [315, 360]);
    for (scan, means) in [
        (0, [3_583.539_634_083_187_6, 3_730.769_346_390_168]),
        (1, [3_581.737_287_840_199_8, 3_734.537_181_254_228]),
        (19, [3_580.184_143_674_373_4, 3_745.080_332_246_422_6]),
    ] {
        for (column, expected) in means.into_iter().enumerate() {
            close(recording.bold().data()[[scan, column]], expected, 1e-14);
        }
    }
    let [Step::ReadImage { scaling, distance, .. }] = recording.steps() else { panic!("{recording}") };
    close(scaling.0, 0.075_406_968_593_597_41, 1e-15);
    assert_eq!(*distance, Some(0.0));

    let error = read_bold(&path, &regions, &BoldOptions::default().tr(3.0)).unwrap_err();
    assert!(matches!(error, Error::HeaderRepetitionTime { .. }));
}

#[test]
fn the_published_zipped_image_is_read_and_the_nifti_2_image_refused() {
    if let Some(path) = data("crop_10x10x18x40_tr1.35.nii.gz") {
        let header = ImageHeader::read(&path).unwrap();
        assert_eq!((header.tr, header.scaling), (Some(1.35), (1.0, 0.0)));
        let mut image = Image::new(&[10, 10, 18], [1.0; 1800]);
        image.sform = header.affine.map(|rows| rows.map(|row| row.map(|value| value as f32)));
        let (_a, mask) = image.written("mask.nii");
        let bold = read_bold(&path, &Regions::mask_mean(mask).unwrap(), &BoldOptions::default()).unwrap();
        close(bold.data().mean().unwrap(), 692.067_416_666_666_6, 1e-13);
        close(bold.data()[[39, 0]], 691.1, 1e-13);
        assert!(Recording::new("crop", bold).is_ok());
    }
    if let Some(path) = data("nifti2_32x20x12x2.nii.gz") {
        let error = ImageHeader::read(path).unwrap_err();
        assert!(matches!(error, Error::Nifti2 { .. }));
        says(&error, "convert it");
    }
}
