//! What the models are inferred from: recordings, and what else is known of them.

use attractor::{
    fmri::{
        BoldOptions, Confound, ConfoundTable, EventTable, InputOptions, Motion, Noise, Recordings, Refusal,
        Regions, Scrubbing, Tables, recording_from_image,
    },
    prelude::*,
    systems::observation::Response,
};

use crate::{
    Result,
    options::{Inference, Options, ResponseName},
    simulation,
    truth::Truth,
};

/// All that models are inferred from and compared with.
pub struct Study {
    pub data: BoldData,
    pub refused: Vec<Refusal>,
    /// What is known of the activity behind BOLD.
    pub truth: Option<Truth>,
    /// A class of each scan of each recording, and how many classes there are.
    pub labels: Option<Vec<Vec<usize>>>,
    /// Latents M that the models get.
    pub latent: usize,
    pub description: String,
}

impl Study {
    pub fn load(options: &Options) -> Result<Self> {
        let (recordings, refused, mut truth) = match &options.data {
            None => {
                let (recording, truth) = simulation::simulate(options)?;
                (vec![recording], Vec::new(), Some(truth))
            }
            Some(path) => {
                let name = path.to_string_lossy();
                let loaded = if name.ends_with(".nii") || name.ends_with(".nii.gz") {
                    image(options)?
                } else {
                    tables(options)?
                };
                let (mut recordings, refused) = prepared(options, loaded).into_parts();
                recordings.truncate(options.take.unwrap_or(usize::MAX));
                (recordings, refused, None)
            }
        };
        let Some(first) = recordings.first() else {
            let reasons: Vec<String> = refused.iter().map(|refusal| refusal.reason.to_string()).collect();
            return Err(format!("no recording is left: {}", reasons.join("; ")).into());
        };
        if let Some(path) = &options.truth {
            let latents = read(path, &ReadOptions::new(first.tr()))?;
            truth = Some(Truth::of_latents(pick(path, latents, &recordings, &refused)?));
        }
        let labels = match &options.labels {
            Some(path) => {
                let one_hot = read(path, &ReadOptions::new(first.tr()))?;
                Some(classes(&pick(path, one_hot, &recordings, &refused)?))
            }
            None => None,
        };
        let (n, tr, count) = (first.dim(), first.tr(), recordings.len());
        let description = format!(
            "{count} recording{}, the first of {} scans of {n} regions at a TR of {tr} s, {} inputs, {} nuisance regressors.",
            if count == 1 { "" } else { "s" },
            first.len(),
            first.inputs().map_or(0, Trajectory::dim),
            first.nuisance().map_or(0, Trajectory::dim),
        );
        let simulated = truth.as_ref().and_then(Truth::latent);
        let latent = options.latent.or(simulated).unwrap_or((n / 2).max(3));
        let response = response(options.response, tr)?;
        let data = if options.objective == Inference::Svae {
            BoldData::without_deconvolution(recordings, response)?
        } else {
            let mut wiener = WienerOptions::default();
            if let Some(ratio) = options.noise_ratio {
                wiener = wiener.noise(Noise::Ratio(ratio));
            }
            BoldData::new(recordings, response, &wiener)?
        };
        Ok(Self { data, refused, truth, labels, latent, description })
    }
}

/// The response at the TR of the data.
fn response(name: ResponseName, tr: f64) -> Result<Response> {
    Ok(match name {
        ResponseName::Spm | ResponseName::Learned | ResponseName::Fir => Response::spm(tr)?,
        ResponseName::Glover => Response::glover(tr)?,
        ResponseName::None => Response::new(vec![1.0], tr)?,
    })
}

/// Tables of regions.
fn tables(options: &Options) -> Result<Recordings> {
    let path = options.data.as_ref().ok_or("no data")?;
    let tr = options.tr.ok_or("a table does not say its repetition time; give it in seconds with --tr")?;
    let mut tables = Tables::new(path, tr);
    if let Some(key) = &options.key {
        tables = tables.key(key);
    }
    if let Some(key) = &options.subjects_key {
        tables = tables.subjects_from(key);
    }
    if let Some(path) = &options.inputs {
        tables = tables.inputs(path, options.inputs_key.as_deref());
    }
    if let Some(path) = &options.nuisance {
        tables = tables.nuisance(path, options.nuisance_key.as_deref());
    }
    let loaded = tables.load()?;
    let events = options.events.as_ref().map(EventTable::read).transpose()?;
    let confounds = options.confounds.as_ref().map(ConfoundTable::read).transpose()?;
    Ok(loaded.and_then(|recording| with_tables(options, recording, events.as_ref(), confounds.as_ref())))
}

/// One NIfTI image.
fn image(options: &Options) -> Result<Recordings> {
    let path = options.data.as_ref().ok_or("no data")?;
    let regions =
        options.regions.as_ref().ok_or("a NIfTI image needs a label image of its regions, --regions FILE")?;
    let regions = Regions::labels(regions)?;
    let mut bold = BoldOptions::default();
    if let Some(tr) = options.tr {
        bold = bold.tr(tr);
    }
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut recording = recording_from_image(name.clone(), path, &regions, &bold)?;
    let at_scans = ReadOptions::new(recording.tr());
    if let Some(path) = &options.inputs {
        recording = recording.with_inputs(read_one(path, &at_scans)?)?;
    }
    if let Some(path) = &options.nuisance {
        recording = recording.with_nuisance(read_one(path, &at_scans)?)?;
    }
    let events = options.events.as_ref().map(EventTable::read).transpose()?;
    let confounds = options.confounds.as_ref().map(ConfoundTable::read).transpose()?;
    let recording = with_tables(options, recording, events.as_ref(), confounds.as_ref())?;
    Ok(Recordings::partition([(name, Ok(recording))]))
}

fn with_tables(
    options: &Options,
    mut recording: Recording,
    events: Option<&EventTable>,
    confounds: Option<&ConfoundTable>,
) -> attractor::fmri::Result<Recording> {
    if let Some(events) = events {
        recording = recording.with_events(events, InputOptions::default())?;
    }
    if let Some(confounds) = confounds {
        let chosen = [Confound::Motion(Motion::Six), Confound::Csf, Confound::WhiteMatter];
        recording = recording.with_confounds(confounds, &chosen)?;
        if let Some(mm) = options.scrub {
            recording = recording.scrub_motion(confounds, &Scrubbing::above(mm))?;
        }
    }
    Ok(recording)
}

/// Filtered and z-scored.
fn prepared(options: &Options, loaded: Recordings) -> Recordings {
    loaded.and_then(|mut recording| {
        if let Some(hz) = options.high_pass {
            recording = recording.high_pass(hz)?;
        }
        let recording = recording.z_score()?;
        if recording.nuisance().is_some() { recording.z_score_nuisance() } else { Ok(recording) }
    })
}

/// Where each recording stood in its file: the refused are no longer among them. Names of subjects end with their number
/// where the file has no names.
fn places(recordings: &[Recording], refused: &[Refusal]) -> Result<Vec<usize>> {
    let total = recordings.len() + refused.len();
    if refused.is_empty() {
        return Ok((0..total).collect());
    }
    let number = |name: &str| name.rsplit([' ', '-', '_']).next().and_then(|end| end.parse::<usize>().ok());
    let places: Option<Vec<usize>> =
        recordings.iter().map(|recording| number(recording.name())?.checked_sub(1)).collect();
    places.ok_or_else(|| {
        "cannot tell which recordings were refused, so their truth and labels cannot be told".into()
    })
}

/// The series of a file that go with the recordings.
fn pick(
    path: &std::path::Path,
    all: Vec<Trajectory>,
    recordings: &[Recording],
    refused: &[Refusal],
) -> Result<Vec<Trajectory>> {
    let places = places(recordings, refused)?;
    let picked: Option<Vec<Trajectory>> = places.iter().map(|place| all.get(*place).cloned()).collect();
    let picked = picked.ok_or_else(|| {
        format!(
            "{} has {} series, which are less than recordings; give one for each",
            path.display(),
            all.len()
        )
    })?;
    for (series, recording) in picked.iter().zip(recordings) {
        if series.len() != recording.len() {
            let (found, expected, name) = (series.len(), recording.len(), recording.name());
            return Err(
                format!("{} has {found} scans for {name}, which has {expected}", path.display()).into()
            );
        }
    }
    Ok(picked)
}

/// The class of each scan, where its label is the largest.
fn classes(one_hot: &[Trajectory]) -> Vec<Vec<usize>> {
    let largest = |row: ndarray::ArrayView1<'_, f64>| {
        (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap_or(0)
    };
    one_hot.iter().map(|labels| labels.data().rows().into_iter().map(largest).collect()).collect()
}
