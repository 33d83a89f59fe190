//! What can go wrong with recordings, their files and their preprocessing.

use std::path::PathBuf;

/// An error of this crate: what happened, where, and what to do about it.
///
/// Scans (rows) and columns count from 0, as the arrays do; lines of text files count from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A trajectory or its file.
    #[error(transparent)]
    Systems(#[from] attractor_systems::Error),

    /// A regressor series has another number of scans than the recording.
    #[error(
        "{recording}: {what} have {found} rows, the BOLD series has {expected} scans; {}",
        if found < expected {
            "use the file of the same run, or cut the series to the scans that have both (Trajectory::slice)"
        } else {
            "if volumes were removed from the BOLD file, remove the same rows (Trajectory::slice); else this is the \
             file of another run"
        }
    )]
    Length {
        /// The recording.
        recording: String,
        /// What has the wrong length.
        what: &'static str,
        /// Scans T of the recording.
        expected: usize,
        /// Rows found.
        found: usize,
    },

    /// Inputs or nuisance regressors are sampled at another interval than the recording.
    #[error(
        "{recording}: {what} are sampled every {found} s, the BOLD series every {expected} s (TR); make them at the \
         recording's TR, in seconds"
    )]
    RepetitionTime {
        /// The recording.
        recording: String,
        /// What has another interval.
        what: &'static str,
        /// TR of the recording in seconds.
        expected: f64,
        /// Interval found, in seconds.
        found: f64,
    },

    /// The TR given is not that of the header.
    #[error(
        "{}: the header says TR = {header} s, {given} s were given; give none to use the header's, or set \
         BoldOptions::ignore_header_tr if the header is known to be wrong", .path.display()
    )]
    HeaderRepetitionTime {
        /// The file.
        path: PathBuf,
        /// TR of the header in seconds.
        header: f64,
        /// TR given in seconds.
        given: f64,
    },

    /// The header has no TR and none was given.
    #[error("{}: the header has no TR (pixdim[4] is {value}); give it in seconds with BoldOptions::tr", .path.display())]
    NoRepetitionTime {
        /// The file.
        path: PathBuf,
        /// What the header has in its place.
        value: f64,
    },

    /// The TR cannot be one of fMRI.
    #[error("{context}: a TR of {value} s is not between 0.02 and 60 s; TR is in seconds, 2000 ms are 2.0")]
    ImplausibleRepetitionTime {
        /// Where it was found.
        context: String,
        /// The TR in seconds.
        value: f64,
    },

    /// A region has no measured value.
    #[error(
        "{recording}: region {region:?} is missing (NaN) at all {scans} scans; drop it with Trajectory::select_names, \
         in every subject alike, or look for a mask that leaves the field of view"
    )]
    EmptyRegion {
        /// The recording.
        recording: String,
        /// The region.
        region: String,
        /// Number of scans T.
        scans: usize,
    },

    /// A region does not change.
    #[error(
        "{recording}: region {region:?} is constant at {value} in all {scans} scans that are there; the recording is \
         corrupt or the region lies outside of the brain: leave the recording out, or the region in every subject"
    )]
    ConstantRegion {
        /// The recording.
        recording: String,
        /// The region.
        region: String,
        /// Its value.
        value: f64,
        /// Scans that are not missing.
        scans: usize,
    },

    /// Too few scans are left for what is asked.
    #[error("{recording}: {what} needs at least {needed} scans, there are {found}; {advice}")]
    TooFewScans {
        /// The recording.
        recording: String,
        /// What needs them.
        what: &'static str,
        /// Scans needed.
        needed: usize,
        /// Scans there are.
        found: usize,
        /// What to do.
        advice: &'static str,
    },

    /// A regressor or input is missing at a scan.
    #[error(
        "{recording}: {what} {name:?} is missing (n/a, NaN) at scan {row}; fill it or leave the column out, and leave \
         out bad scans by scrubbing"
    )]
    MissingRegressor {
        /// The recording or file.
        recording: String,
        /// "input" or "nuisance regressor".
        what: &'static str,
        /// Name of the column.
        name: String,
        /// Scan, from 0.
        row: usize,
    },

    /// Two regressors have one name.
    #[error("{recording}: two {what} are named {name:?}; take each column once")]
    DuplicateRegressor {
        /// The recording or file.
        recording: String,
        /// "inputs" or "nuisance regressors".
        what: &'static str,
        /// The name.
        name: String,
    },

    /// There are more or fewer names than things to name.
    #[error("{found} names for {expected} {what}; give one name for each")]
    Names {
        /// What is named.
        what: &'static str,
        /// How many there are.
        expected: usize,
        /// How many names.
        found: usize,
    },

    /// A setting lies outside of the range that makes sense for it.
    #[error("{what} is {value}; it must be {requirement}")]
    OutOfRange {
        /// Which setting.
        what: &'static str,
        /// The value.
        value: f64,
        /// What is allowed.
        requirement: &'static str,
    },

    /// The operating system could not read a file.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },

    /// A file is not there.
    #[error("{}: no such file", .path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },

    /// A NIfTI-2 image.
    #[error(
        "{}: a NIfTI-2 image (header of 540 bytes), only NIfTI-1 is read; convert it, for example with nibabel: \
         nib.save(nib.Nifti1Image.from_image(nib.load(FILE)), OUT)", .path.display()
    )]
    Nifti2 {
        /// The file.
        path: PathBuf,
    },

    /// A CIFTI file.
    #[error(
        "{}: a CIFTI file (intent code {intent}), which has grayordinates and no grid of voxels; make region means \
         with wb_command -cifti-parcellate, write them as text with wb_command -cifti-convert -to-text, and read that \
         table (transposed: one row for each scan)", .path.display()
    )]
    Cifti {
        /// The file.
        path: PathBuf,
        /// Intent code of its header.
        intent: i32,
    },

    /// The header of a pair of files, or an ANALYZE image.
    #[error(
        "{}: the header of a .hdr/.img pair or of an ANALYZE image; convert it to one .nii or .nii.gz file", .path.display()
    )]
    HeaderPair {
        /// The file.
        path: PathBuf,
    },

    /// Not a NIfTI image at all.
    #[error("{}: not a NIfTI-1 image: {reason}; .nii and .nii.gz are read", .path.display())]
    NotNifti {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },

    /// An image does not have the axes that are needed.
    #[error("{}: an image of shape {found:?} where {expected} is needed", .path.display())]
    ImageShape {
        /// The file.
        path: PathBuf,
        /// Shape found.
        found: Vec<usize>,
        /// What is needed.
        expected: &'static str,
    },

    /// An image has voxels of a type that is no real number.
    #[error("{}: voxels of NIfTI type {code} are not real numbers; save it as float32 or int16", .path.display())]
    VoxelType {
        /// The file.
        path: PathBuf,
        /// NIfTI's code of the type.
        code: i16,
    },

    /// An image is shorter than its header says.
    #[error(
        "{}: ends before scan {scan} of {scans} is complete; the file is cut short: copy or download it again", .path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The scan that is not complete, from 0.
        scan: usize,
        /// Number of scans T that the header tells of.
        scans: usize,
    },

    /// Region image and BOLD image have different grids.
    #[error(
        "{}: the region image {} has {found:?} voxels where the BOLD image has {expected:?}; resample it to the BOLD \
         grid with nearest-neighbour interpolation", .path.display(), .regions.display()
    )]
    GridShape {
        /// The BOLD image.
        path: PathBuf,
        /// The region image.
        regions: PathBuf,
        /// Grid of the BOLD image.
        expected: Vec<usize>,
        /// Grid of the region image.
        found: Vec<usize>,
    },

    /// Region image and BOLD image lie at different places.
    #[error(
        "{}: the region image {} has the same number of voxels but lies {distance:.3} mm away at a corner (tolerance \
         {tolerance} mm): it is of another space or session, or flipped; resample it to the BOLD grid with \
         nearest-neighbour interpolation, or raise BoldOptions::affine_tolerance", .path.display(), .regions.display()
    )]
    GridAffine {
        /// The BOLD image.
        path: PathBuf,
        /// The region image.
        regions: PathBuf,
        /// Largest distance between corresponding corners of the grids in mm.
        distance: f64,
        /// What is allowed, in mm.
        tolerance: f64,
    },

    /// A voxel of a label image is no label.
    #[error(
        "{}: voxel {voxel:?} is {value}, not a whole number from 0 up; a label image has one whole number for each \
         region (threshold probabilistic atlases first; read masks with Regions::mask_mean or mask_voxels)", .path.display()
    )]
    Label {
        /// The file.
        path: PathBuf,
        /// The voxel, from 0.
        voxel: [usize; 3],
        /// Its value.
        value: f64,
    },

    /// A label has a name and no voxel.
    #[error("{}: no voxel has the label {label} ({name:?}); leave its name out, in every subject alike", .path.display())]
    LabelWithoutVoxel {
        /// The file.
        path: PathBuf,
        /// The label.
        label: u32,
        /// Its name.
        name: String,
    },

    /// A region image holds zeros only.
    #[error("{}: no voxel is in a region, all are 0", .path.display())]
    NoRegion {
        /// The file.
        path: PathBuf,
    },

    /// The parser of NIfTI images gave up.
    #[error("{}: {source}", .path.display())]
    Nifti {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: ::nifti::NiftiError,
    },

    /// A text table has no column of this name.
    #[error("{}: no column {name:?}; the nearest of its {columns} names are {}", .path.display(), .nearest.join(", "))]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The name asked for.
        name: String,
        /// Number of columns there are.
        columns: usize,
        /// The names that are most alike, the nearest first.
        nearest: Vec<String>,
    },

    /// A table of confounds has none of the columns that are asked for.
    #[error("{}: has {found} of the {needed} columns {pattern} that are asked for; {advice}", .path.display())]
    NoConfound {
        /// The file.
        path: PathBuf,
        /// How the columns are named.
        pattern: &'static str,
        /// How many are asked for.
        needed: usize,
        /// How many there are.
        found: usize,
        /// What to do.
        advice: &'static str,
    },

    /// A cell of a text file cannot be used.
    #[error("{}:{line}: {column} is {text:?}; it must be {requirement}", .path.display())]
    TextCell {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What stands there.
        text: String,
        /// What is allowed.
        requirement: &'static str,
    },

    /// A text file of the events cannot be parsed.
    #[error("{}: {source}", .path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: csv::Error,
    },

    /// There are no events.
    #[error("{context}: no events; a run without a task has no inputs, so leave them out")]
    NoEvents {
        /// Where.
        context: String,
    },

    /// An event leaves the run.
    #[error(
        "event {index} ({trial_type:?}) lasts from {onset} s to {end} s, the run from 0 to {run} s; check that the \
         onsets are in seconds from the first scan and that the TR is right, or clip events with \
         InputOptions::outside(Outside::Clip)"
    )]
    EventOutside {
        /// The event, from 0.
        index: usize,
        /// Its trial type.
        trial_type: String,
        /// Onset in seconds.
        onset: f64,
        /// End in seconds.
        end: f64,
        /// Length of the run in seconds, T TR.
        run: f64,
    },

    /// An event without duration cannot be a boxcar.
    #[error(
        "event {index} ({trial_type:?}) has no duration, so a boxcar of it is empty; use EventShape::Stick, or give it \
         a duration"
    )]
    NoDuration {
        /// The event, from 0.
        index: usize,
        /// Its trial type.
        trial_type: String,
    },

    /// Files of one study have different numbers of subjects.
    #[error(
        "{what} are of {found} subjects, the BOLD series of {expected}; use the files of the same subjects"
    )]
    Subjects {
        /// What has another number.
        what: &'static str,
        /// Subjects of the BOLD series.
        expected: usize,
        /// Subjects found.
        found: usize,
    },

    /// An array of names cannot be read.
    #[error("{}: array {key:?} holds no names: {reason}; names are a one-axis array of text", .path.display())]
    NameArray {
        /// The file.
        path: PathBuf,
        /// The array.
        key: String,
        /// What is wrong.
        reason: String,
    },

    /// A band of frequencies has nothing in it.
    #[error(
        "{recording}: the band from {low} to {high} Hz holds no frequency of a run of {scans} scans at TR = {tr} s, \
         whose frequencies are multiples of {resolution:.5} Hz up to {nyquist:.4} Hz"
    )]
    EmptyBand {
        /// The recording.
        recording: String,
        /// Lower edge in Hz.
        low: f64,
        /// Upper edge in Hz.
        high: f64,
        /// Scans T.
        scans: usize,
        /// TR in seconds.
        tr: f64,
        /// Distance between frequencies, 1 / (2 T TR), in Hz.
        resolution: f64,
        /// Highest frequency, 1 / (2 TR), in Hz.
        nyquist: f64,
    },

    /// A step of preprocessing left nothing of a region.
    #[error(
        "{recording}: {step} leaves nothing of region {region:?} but rounding errors; the region is made of what was \
         taken out (is it among the nuisance regressors?)"
    )]
    NothingLeft {
        /// The recording.
        recording: String,
        /// The region.
        region: String,
        /// The step.
        step: &'static str,
    },

    /// There are no nuisance regressors to work with.
    #[error("{recording}: has no nuisance regressors; add them with with_nuisance or with_confounds")]
    NoNuisance {
        /// The recording.
        recording: String,
    },

    /// A variable is noise through and through.
    #[error(
        "variable {variable:?}: the noise variance {noise:.3e} is not below the variance {variance:.3e}, so there is no \
         signal to deconvolve; give the noise (Noise::Variance or Noise::Ratio) or leave the variable out"
    )]
    NoSignal {
        /// The variable.
        variable: String,
        /// Noise variance.
        noise: f64,
        /// Variance.
        variance: f64,
    },

    /// A filter fitted for some variables is applied to others.
    #[error(
        "the filter has one noise level for each of {expected} variables and is applied to {found}; fit a common \
         filter (WienerOptions::per_variable(false)), which applies to any"
    )]
    FilterVariables {
        /// Variables of the fit.
        expected: usize,
        /// Variables found.
        found: usize,
    },

    /// Nuisance regressors cannot go through a filter of each variable.
    #[error(
        "{recording}: with one filter for each region, nuisance regressors cannot be filtered alike; use one filter for \
         all (WienerOptions::per_variable(false)), or regress the nuisance out first (regress_out_nuisance)"
    )]
    PerVariableNuisance {
        /// The recording.
        recording: String,
    },
}
