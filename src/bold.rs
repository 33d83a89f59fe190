//! BOLD recordings ready to train on: what a model of fMRI sees of one subject or of many.

use attractor_fmri::{Deconvolved, Recording, WienerOptions};
use attractor_models::{GenerativeModel, observation::HrfObservationConfig};
use attractor_systems::{Trajectory, observation::Response};
use attractor_train::Dataset;
use ndarray::{Array2, s};

use crate::{Error, Result};

/// Recordings of one subject or many, seen through one haemodynamic response, with their deconvolution.
///
/// They are used as they are: [`Recording::z_score`] and [`Recording::z_score_nuisance`] come before.
///
/// # Example
///
/// ```
/// use attractor::{prelude::*, systems::observation::Response};
/// # use ndarray::Array2;
/// # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
/// # let scans = Array2::from_shape_fn((120, 3), |(t, n)| (0.3 * t as f64 + n as f64).sin() + 0.1 * ((7 * t + n) % 5) as f64);
/// # let bold = Trajectory::new(scans, 2.0)?;
/// // BOLD [T, N] at a TR of 2 s; `Recording` also takes inputs [T, K] and nuisance regressors [T, P].
/// let recording = Recording::new("sub-01", bold)?.z_score()?;
/// let data = BoldData::new(vec![recording], Response::spm(2.0)?, &WienerOptions::default())?;
///
/// let run = Run {
///     model: StateSpaceModelConfig::new(ClippedShallowPlrnnConfig::new(2, 20), data.observation(2)),
///     objective: TeacherForcing::generalized(0.15),
///     trainer: TrainerConfig { epochs: 1, steps_per_epoch: 20, window: 40, ..TrainerConfig::default() },
/// };
/// let fit = Trainer::new(run, data.dataset(), &Backend::Flex.device()?)?.fit(&mut [])?;
///
/// // Free-running BOLD beside the measured one, and what becomes of the model in the long run.
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let (evaluation, free) = evaluate_bold(&data, 0, &fit.model, &mut rng)?;
/// assert_eq!(evaluation.name, "sub-01");
/// assert!(free.is_some_and(|free| free.generated.observations.dim() == 3));
/// # Ok::<(), attractor::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoldData {
    recordings: Vec<Recording>,
    deconvolved: Option<Vec<Deconvolved>>,
    response: Response,
    dataset: Dataset,
}

impl BoldData {
    /// Deconvolves recordings \[T, N\] of any lengths with the same regions, inputs and nuisance regressors, of which
    /// `response` is sampled at their TR.
    ///
    /// # Errors
    /// [`Error::OtherRecording`] when one has other sizes or another TR than the first; those of
    /// [`Recording::deconvolve`] and [`Dataset`].
    pub fn new(recordings: Vec<Recording>, response: Response, options: &WienerOptions) -> Result<Self> {
        alike(&recordings)?;
        let deconvolved: Vec<Deconvolved> = recordings
            .iter()
            .map(|recording| recording.deconvolve(&response, options))
            .collect::<Result<_, _>>()?;
        let dataset = dataset(&recordings, Some(&deconvolved))?;
        Ok(Self { recordings, deconvolved: Some(deconvolved), response, dataset })
    }

    /// Without deconvolution: latents are read off BOLD itself, by an encoder whose context reaches as many scans into the
    /// future as the response lasts. Teacher forcing by the read-out's inverse needs a deconvolution.
    ///
    /// # Errors
    /// [`Error::OtherRecording`] and those of [`Dataset`].
    pub fn without_deconvolution(recordings: Vec<Recording>, response: Response) -> Result<Self> {
        alike(&recordings)?;
        let dataset = dataset(&recordings, None)?;
        Ok(Self { recordings, deconvolved: None, response, dataset })
    }

    /// All subjects, in order.
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// One subject alone.
    ///
    /// # Errors
    /// Those of [`Dataset`].
    ///
    /// # Panics
    /// When there are fewer subjects.
    pub fn subject(&self, subject: usize) -> Result<Dataset> {
        let deconvolved = self.deconvolved.as_ref().map(|deconvolved| &deconvolved[subject..=subject]);
        dataset(&self.recordings[subject..=subject], deconvolved)
    }

    /// The recordings.
    pub fn recordings(&self) -> &[Recording] {
        &self.recordings
    }

    /// Their deconvolution, where it was asked for.
    pub fn deconvolved(&self) -> Option<&[Deconvolved]> {
        self.deconvolved.as_deref()
    }

    /// What a model reads latents off: the deconvolved recording, or BOLD itself, without what nuisance regressors explain.
    ///
    /// # Errors
    /// [`Error::Size`] when the model has other nuisance regressors.
    pub fn readable(&self, subject: usize, model: &GenerativeModel) -> Result<Trajectory> {
        let recording = &self.recordings[subject];
        match self.deconvolved.as_ref().map(|deconvolved| &deconvolved[subject]) {
            Some(deconvolved) => without_nuisance(model, &deconvolved.bold, deconvolved.nuisance.as_ref()),
            None => without_nuisance(model, recording.bold(), recording.nuisance()),
        }
    }

    /// As [`readable`](Self::readable), with nothing known beyond the first `scans`; the filter's ratio of noise to signal is
    /// that of the whole recording.
    ///
    /// # Errors
    /// As [`readable`](Self::readable), and when there are fewer scans than the response has samples.
    pub fn readable_until(
        &self,
        subject: usize,
        model: &GenerativeModel,
        scans: usize,
    ) -> Result<Trajectory> {
        let recording = &self.recordings[subject];
        let head = |part: &Trajectory| -> Result<Trajectory> {
            let rows = part.data().slice(s![..scans, ..]).to_owned();
            let head = Trajectory::from_array_with_missing(rows, part.dt())?;
            Ok(match part.missing() {
                Some(missing) => head.with_missing(missing.slice(s![..scans, ..]).to_owned())?,
                None => head,
            })
        };
        let (mut bold, mut nuisance) = (head(recording.bold())?, recording.nuisance().map(head).transpose()?);
        if let Some(deconvolved) = self.deconvolved.as_ref().map(|deconvolved| &deconvolved[subject]) {
            bold = deconvolved.filter.apply(&bold)?;
            nuisance = nuisance.map(|nuisance| deconvolved.filter.apply(&nuisance)).transpose()?;
        }
        without_nuisance(model, &bold, nuisance.as_ref())
    }

    /// The haemodynamic response.
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// The observation model of M latents that fits these data.
    pub fn observation(&self, latents: usize) -> HrfObservationConfig {
        let first = &self.recordings[0];
        HrfObservationConfig::new(first.dim(), latents, &self.response)
            .with_nuisance(first.nuisance().map_or(0, Trajectory::dim))
    }
}

/// Refuses recordings that cannot be of one study.
fn alike(recordings: &[Recording]) -> Result<()> {
    let first = recordings.first().ok_or(attractor_train::Error::EmptyDataset)?;
    for recording in recordings {
        let columns = |part: Option<&Trajectory>| part.map_or(0, Trajectory::dim);
        for (what, expected, found) in [
            ("regions", first.dim() as f64, recording.dim() as f64),
            ("inputs", columns(first.inputs()) as f64, columns(recording.inputs()) as f64),
            ("nuisance regressors", columns(first.nuisance()) as f64, columns(recording.nuisance()) as f64),
            ("seconds between scans (TR)", first.tr(), recording.tr()),
        ] {
            if (expected - found).abs() > 1e-6 * expected {
                let (name, first) = (recording.name().to_string(), first.name().to_string());
                return Err(Error::OtherRecording { name, what, found, first, expected });
            }
        }
    }
    Ok(())
}

fn dataset(recordings: &[Recording], deconvolved: Option<&[Deconvolved]>) -> Result<Dataset> {
    let collect = |part: &dyn Fn(&Recording) -> Option<Trajectory>| -> Option<Vec<Trajectory>> {
        recordings.iter().map(part).collect()
    };
    let bold: Vec<Trajectory> = recordings.iter().map(|recording| recording.bold().clone()).collect();
    let mut dataset = Dataset::new(&bold)?;
    if let Some(inputs) = collect(&|recording| recording.inputs().cloned()) {
        dataset = dataset.with_inputs(&inputs)?;
    }
    if let Some(nuisance) = collect(&|recording| recording.nuisance().cloned()) {
        dataset = dataset.with_nuisance(&nuisance)?;
    }
    let Some(deconvolved) = deconvolved else { return Ok(dataset) };
    let x: Vec<Trajectory> = deconvolved.iter().map(|deconvolved| deconvolved.bold.clone()).collect();
    let r: Option<Vec<Trajectory>> =
        deconvolved.iter().map(|deconvolved| deconvolved.nuisance.clone()).collect();
    Ok(dataset.with_deconvolved(&x, r.as_deref())?)
}

/// A trajectory \[T, N\] without what a model's nuisance regressors \[T, P\] explain of it, x − J r. What is missing stays
/// missing.
///
/// # Errors
/// [`Error::Size`] when the model has nuisance regressors and there are none, or others.
pub fn without_nuisance(
    model: &GenerativeModel,
    x: &Trajectory,
    nuisance: Option<&Trajectory>,
) -> Result<Trajectory> {
    let expected = model.nuisance.as_ref().map_or(0, Array2::ncols);
    let found = nuisance.map_or(0, Trajectory::dim);
    if expected != found {
        return Err(Error::Size { what: "nuisance regressors P", expected, found });
    }
    let (Some(j), Some(r)) = (&model.nuisance, nuisance) else { return Ok(x.clone()) };
    if r.len() != x.len() {
        return Err(Error::Size {
            what: "samples T of the nuisance regressors",
            expected: x.len(),
            found: r.len(),
        });
    }
    let r = r.interpolate_missing()?;
    let explained = &x.data() - &r.data().dot(&j.t());
    let explained = Trajectory::from_array_with_missing(explained, x.dt())?.with_names(x.names().to_vec())?;
    Ok(match x.missing() {
        Some(missing) => explained.with_missing(missing.to_owned())?,
        None => explained,
    })
}
