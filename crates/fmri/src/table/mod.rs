//! Tables of regions: one subject or many, in text or in arrays.

mod names;

use std::path::{Path, PathBuf};

use attractor_systems::{MissingPolicy, ReadOptions, Trajectory, read};

use crate::recording::check_tr;
use crate::text::file_name;
use crate::{Error, Recording, Recordings, Result, Step};

/// Where the subjects' names come from.
#[derive(Clone, Debug, PartialEq)]
enum Names {
    Numbered,
    Given(Vec<String>),
    Array(String),
}

/// A file, and the array in it where it is an archive.
#[derive(Clone, Debug, PartialEq)]
struct Source {
    path: PathBuf,
    key: Option<String>,
}

/// The tables of a study: the BOLD series of regions, and optionally the inputs and nuisance regressors of the same
/// subjects.
///
/// Each is a `.csv`, `.tsv` or `.txt` file \[T, ·\] of one subject, a `.npy` file \[T, ·\] or \[subjects, T, ·\], or an
/// array of these shapes in a `.npz` archive. NaN, `n/a` and empty cells of the BOLD series are missing scans.
///
/// ```no_run
/// use attractor_fmri::Tables;
///
/// let cohort = Tables::new("alice_bold.npz", 2.0)
///     .key("X")
///     .subjects_from("subjects")
///     .nuisance("alice_bold.npz", Some("motion"))
///     .load()?;
/// println!("{cohort}");
/// # Ok::<(), attractor_fmri::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    bold: Source,
    tr: f64,
    inputs: Option<Source>,
    nuisance: Option<Source>,
    subjects: Names,
    regions: Option<Vec<String>>,
    input_names: Option<Vec<String>>,
    nuisance_names: Option<Vec<String>>,
}

impl Tables {
    /// The BOLD series of a file with scans every `tr` seconds.
    pub fn new(bold: impl Into<PathBuf>, tr: f64) -> Self {
        Self {
            bold: Source { path: bold.into(), key: None },
            tr,
            inputs: None,
            nuisance: None,
            subjects: Names::Numbered,
            regions: None,
            input_names: None,
            nuisance_names: None,
        }
    }

    /// The array of a `.npz` archive that holds the BOLD series.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.bold.key = Some(key.into());
        self
    }

    /// The file of the external inputs, which must not be convolved with a haemodynamic response, and the array in it if
    /// it is an archive.
    #[must_use]
    pub fn inputs(mut self, path: impl Into<PathBuf>, key: Option<&str>) -> Self {
        self.inputs = Some(Source { path: path.into(), key: key.map(str::to_owned) });
        self
    }

    /// The file of the nuisance regressors, and the array in it if it is an archive.
    #[must_use]
    pub fn nuisance(mut self, path: impl Into<PathBuf>, key: Option<&str>) -> Self {
        self.nuisance = Some(Source { path: path.into(), key: key.map(str::to_owned) });
        self
    }

    /// Names of the subjects. Without, they are the file's name and a number from 1.
    #[must_use]
    pub fn subjects<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.subjects = Names::Given(names.into_iter().map(Into::into).collect());
        self
    }

    /// Names of the subjects from an array of text in the `.npz` archive of the BOLD series.
    #[must_use]
    pub fn subjects_from(mut self, key: impl Into<String>) -> Self {
        self.subjects = Names::Array(key.into());
        self
    }

    /// Names of the regions. Without, they are those of the file, or x1 to xN.
    #[must_use]
    pub fn regions<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.regions = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Names of the inputs. Without, they are those of the file, or u1 to uK.
    #[must_use]
    pub fn input_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.input_names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Names of the nuisance regressors. Without, they are those of the file, or r1 to rP.
    #[must_use]
    pub fn nuisance_names<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.nuisance_names = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Reads the files. Subjects whose series cannot be used are refused, each with its reason, and the others go on.
    ///
    /// # Errors
    /// What concerns all: files that cannot be read, [`Error::Subjects`] and [`Error::Names`] when numbers differ,
    /// [`Error::ImplausibleRepetitionTime`].
    pub fn load(&self) -> Result<Recordings> {
        check_tr(&self.bold.path.display().to_string(), self.tr)?;
        let bold = self.read(&self.bold)?;
        let count = bold.len();
        let side = |source: &Option<Source>, what: &'static str| -> Result<Vec<Option<Trajectory>>> {
            let Some(source) = source else { return Ok(vec![None; count]) };
            let trajectories = self.read(source)?;
            match trajectories.len() {
                found if found == count => Ok(trajectories.into_iter().map(Some).collect()),
                found => Err(Error::Subjects { what, expected: count, found }),
            }
        };
        let inputs = side(&self.inputs, "inputs")?;
        let nuisance = side(&self.nuisance, "nuisance regressors")?;
        let names = self.subject_names(count)?;
        for (names, expected, what) in [
            (&self.regions, bold.first().map(Trajectory::dim), "regions"),
            (&self.input_names, inputs.first().and_then(Option::as_ref).map(Trajectory::dim), "inputs"),
            (
                &self.nuisance_names,
                nuisance.first().and_then(Option::as_ref).map(Trajectory::dim),
                "nuisance regressors",
            ),
        ] {
            let (Some(names), Some(expected)) = (names, expected) else { continue };
            if names.len() != expected {
                return Err(Error::Names { what, expected, found: names.len() });
            }
        }
        let parts = names.into_iter().zip(bold).zip(inputs).zip(nuisance).enumerate();
        Ok(Recordings::partition(parts.map(|(subject, (((name, bold), inputs), nuisance))| {
            (name.clone(), self.recording(name, subject, bold, inputs, nuisance))
        })))
    }

    fn recording(
        &self,
        name: String,
        subject: usize,
        bold: Trajectory,
        inputs: Option<Trajectory>,
        nuisance: Option<Trajectory>,
    ) -> Result<Recording> {
        let step = |what: &str, source: &Source| Step::ReadTable {
            what: what.into(),
            file: file_name(&source.path),
            key: source.key.clone(),
            subject,
        };
        let bold = named(bold, self.regions.as_deref(), "x")?;
        let mut recording = Recording::new(name, bold)?.with_step(step("BOLD", &self.bold));
        if let (Some(inputs), Some(source)) = (inputs, &self.inputs) {
            let inputs = named(inputs, self.input_names.as_deref(), "u")?;
            recording = recording.with_inputs(inputs)?.with_step(step("inputs", source));
        }
        if let (Some(nuisance), Some(source)) = (nuisance, &self.nuisance) {
            let nuisance = named(nuisance, self.nuisance_names.as_deref(), "r")?;
            recording = recording.with_nuisance(nuisance)?.with_step(step("nuisance regressors", source));
        }
        Ok(recording)
    }

    fn read(&self, source: &Source) -> Result<Vec<Trajectory>> {
        let missing = MissingPolicy::Mask;
        let options = ReadOptions { key: source.key.clone(), missing, ..ReadOptions::new(self.tr) };
        Ok(read(&source.path, &options)?)
    }

    fn subject_names(&self, count: usize) -> Result<Vec<String>> {
        let names = match &self.subjects {
            Names::Numbered => {
                let stem = self.bold.path.file_stem().unwrap_or_default().to_string_lossy();
                return Ok(if count == 1 {
                    vec![stem.into_owned()]
                } else {
                    (1..=count).map(|number| format!("{stem} {number}")).collect()
                });
            }
            Names::Given(names) => names.clone(),
            Names::Array(key) => names::read(Path::new(&self.bold.path), key)?,
        };
        if names.len() == count {
            return Ok(names);
        }
        Err(Error::Names { what: "subjects", expected: count, found: names.len() })
    }
}

/// The trajectory with the given names; names that the reader made up, x1 to xN, get another letter.
fn named(trajectory: Trajectory, names: Option<&[String]>, letter: &str) -> Result<Trajectory> {
    if let Some(names) = names {
        return Ok(trajectory.with_names(names.iter().cloned())?);
    }
    let made_up = trajectory.names().iter().enumerate().all(|(i, name)| *name == format!("x{}", i + 1));
    if !made_up {
        return Ok(trajectory);
    }
    let names: Vec<String> = (1..=trajectory.dim()).map(|i| format!("{letter}{i}")).collect();
    Ok(trajectory.with_names(names)?)
}
