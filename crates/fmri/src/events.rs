//! Events of a task: from onsets and durations in seconds to inputs at the scans.

use std::path::{Path, PathBuf};

use attractor_systems::Trajectory;
use csv::{ReaderBuilder, StringRecord};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::recording::check_tr;
use crate::text::{self, no_column};
use crate::{Error, Recording, Result, Step};

/// One event of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Onset in seconds from the beginning of the first scan.
    pub onset: f64,
    /// Duration in seconds; 0 for an impulse, or where it is not known.
    pub duration: f64,
    /// What kind of event; each kind becomes one input.
    pub trial_type: String,
    /// Height of the input. Default of files: 1.
    pub amplitude: f64,
}

/// The events of a run, in the order of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventTable {
    source: PathBuf,
    events: Vec<Event>,
}

/// What an event becomes. Scan t is taken to last from t TR to (t + 1) TR.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventShape {
    /// At each scan, the share of its TR that the event covers, times the amplitude.
    #[default]
    Boxcar,
    /// The amplitude at the scan whose beginning is nearest to the onset.
    Stick,
    /// The amplitude shared between the two scans whose beginnings surround the onset, the nearer one taking more.
    SharedStick,
}

/// What to do with events that leave the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// They are an error.
    #[default]
    Error,
    /// The part outside of the run is cut off.
    Clip,
}

/// How events become inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InputOptions {
    /// What an event becomes. Default: a boxcar.
    pub shape: EventShape,
    /// What to do with events that leave the run. Default: an error.
    pub outside: Outside,
}

impl InputOptions {
    /// With this shape of events.
    #[must_use]
    pub fn shape(mut self, shape: EventShape) -> Self {
        self.shape = shape;
        self
    }

    /// With this treatment of events that leave the run.
    #[must_use]
    pub fn outside(mut self, outside: Outside) -> Self {
        self.outside = outside;
        self
    }
}

impl EventTable {
    /// Reads a BIDS `*_events.tsv`: tab-separated, with the columns `onset` and `duration` in seconds, `trial_type` (without
    /// it all events are of the type `event`), and optionally `amplitude` or `modulation`. A duration of `n/a` is 0.
    ///
    /// # Errors
    /// [`Error::NoColumn`], [`Error::TextCell`], [`Error::NoEvents`], [`Error::NotFound`], [`Error::Io`], [`Error::Csv`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = text::read(path)?;
        let csv_error = |source| Error::Csv { path: path.into(), source };
        let mut reader = ReaderBuilder::new().delimiter(b'\t').from_reader(text.as_bytes());
        let columns: Vec<String> =
            reader.headers().map_err(csv_error)?.iter().map(|name| name.trim().to_owned()).collect();
        let find = |name: &str| columns.iter().position(|column| column == name);
        let need = |name: &str| find(name).ok_or_else(|| no_column(path, name, &columns));
        let (onset, duration, trial_type) = (need("onset")?, need("duration")?, find("trial_type"));
        let amplitude = find("amplitude")
            .map(|index| (index, "amplitude"))
            .or(find("modulation").map(|index| (index, "modulation")));
        let mut events = Vec::new();
        for record in reader.records() {
            let record = record.map_err(csv_error)?;
            let cells = Cells { path, record: &record };
            let duration =
                if cells.is_missing(duration) { 0.0 } else { cells.number(duration, "duration")? };
            if duration < 0.0 {
                return Err(cells.error(need("duration")?, "duration", "at least 0, in seconds"));
            }
            let trial_type = match trial_type {
                None => "event".to_owned(),
                Some(index) if cells.is_missing(index) => {
                    let requirement = "a name: give the event one, or delete its line";
                    return Err(cells.error(index, "trial_type", requirement));
                }
                Some(index) => record[index].trim().to_owned(),
            };
            let amplitude = match amplitude {
                None => 1.0,
                Some((index, name)) => cells.number(index, name)?,
            };
            events.push(Event { onset: cells.number(onset, "onset")?, duration, trial_type, amplitude });
        }
        Self::new(events, path)
    }

    /// Events that were made elsewhere; `source` is named in errors and steps.
    ///
    /// # Errors
    /// [`Error::NoEvents`]; [`Error::OutOfRange`] when a number is not finite or a duration is negative.
    pub fn new(events: Vec<Event>, source: impl Into<PathBuf>) -> Result<Self> {
        let source = source.into();
        if events.is_empty() {
            return Err(Error::NoEvents { context: source.display().to_string() });
        }
        for event in &events {
            let numbers = [("onset of an event", event.onset), ("amplitude of an event", event.amplitude)];
            if let Some((what, value)) = numbers.into_iter().find(|(_, value)| !value.is_finite()) {
                return Err(Error::OutOfRange { what, value, requirement: "finite" });
            }
            if !(event.duration.is_finite() && event.duration >= 0.0) {
                let (what, value) = ("duration of an event", event.duration);
                return Err(Error::OutOfRange {
                    what,
                    value,
                    requirement: "finite and at least 0, in seconds",
                });
            }
        }
        Ok(Self { source, events })
    }

    /// The events, in the order of the file.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The kinds of events in the order of their first appearance: the names of the inputs.
    pub fn trial_types(&self) -> Vec<String> {
        let mut types: Vec<String> = Vec::new();
        for event in &self.events {
            if !types.contains(&event.trial_type) {
                types.push(event.trial_type.clone());
            }
        }
        types
    }

    /// Inputs \[T, K\] for a run of `scans` scans every `tr` seconds, one for each kind of event. They are not convolved
    /// with a haemodynamic response. Where events of one kind overlap, they add up.
    ///
    /// # Errors
    /// [`Error::EventOutside`], [`Error::NoDuration`] when a boxcar has none, [`Error::NoEvents`] when all are dropped,
    /// [`Error::ImplausibleRepetitionTime`].
    pub fn inputs(&self, scans: usize, tr: f64, options: InputOptions) -> Result<Trajectory> {
        Ok(self.counted_inputs(scans, tr, options)?.inputs)
    }

    fn counted_inputs(&self, scans: usize, tr: f64, options: InputOptions) -> Result<Counted> {
        let context = self.source.display().to_string();
        check_tr(&context, tr)?;
        let types = self.trial_types();
        let run = scans as f64 * tr;
        // Times are written with few digits, so an end at the end of the run may seem to lie a little behind it.
        let slack = 1e-6 * tr;
        let mut data = Array2::zeros((scans, types.len()));
        let (mut clipped, mut dropped) = (0, 0);
        for (index, event) in self.events.iter().enumerate() {
            let boxcar = options.shape == EventShape::Boxcar;
            let (onset, end) = (event.onset, event.onset + if boxcar { event.duration } else { 0.0 });
            let trial_type = event.trial_type.clone();
            if boxcar && event.duration == 0.0 {
                return Err(Error::NoDuration { index, trial_type });
            }
            let gone = onset >= run || end < 0.0 || (boxcar && end <= 0.0);
            if gone || onset < 0.0 || end > run + slack {
                if options.outside == Outside::Error {
                    return Err(Error::EventOutside { index, trial_type, onset, end, run });
                }
                if gone {
                    dropped += 1;
                    continue;
                }
                clipped += 1;
            }
            let column = types.iter().position(|name| *name == trial_type).unwrap_or_default();
            let mut input = data.column_mut(column);
            let (onset, end) = (onset.max(0.0) / tr, end.min(run) / tr);
            let first = (onset.floor() as usize).min(scans - 1);
            match options.shape {
                EventShape::Boxcar => {
                    for t in first..(end.ceil() as usize).min(scans) {
                        let share = end.min((t + 1) as f64) - onset.max(t as f64);
                        input[t] += event.amplitude * share.max(0.0);
                    }
                }
                EventShape::Stick => {
                    input[(onset.round() as usize).min(scans - 1)] += event.amplitude;
                }
                EventShape::SharedStick => {
                    let share = onset - first as f64;
                    input[first] += event.amplitude * (1.0 - share);
                    // Behind the last scan there is none to share with.
                    input[(first + 1).min(scans - 1)] += event.amplitude * share;
                }
            }
        }
        if dropped == self.events.len() {
            return Err(Error::NoEvents { context: format!("{context}: none lies in the run of {run} s") });
        }
        Ok(Counted { inputs: Trajectory::new(data, tr)?.with_names(types)?, clipped, dropped })
    }
}

/// Inputs, and how many events were cut off or left out.
struct Counted {
    inputs: Trajectory,
    clipped: usize,
    dropped: usize,
}

/// The cells of one line.
struct Cells<'a> {
    path: &'a Path,
    record: &'a StringRecord,
}

impl Cells<'_> {
    fn is_missing(&self, index: usize) -> bool {
        let cell = self.record[index].trim();
        cell.is_empty() || cell.eq_ignore_ascii_case("n/a") || cell.eq_ignore_ascii_case("nan")
    }

    fn number(&self, index: usize, column: &'static str) -> Result<f64> {
        match self.record[index].trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(self.error(index, column, "a finite number, with a decimal point")),
        }
    }

    fn error(&self, index: usize, column: &'static str, requirement: &'static str) -> Error {
        Error::TextCell {
            path: self.path.into(),
            line: self.record.position().map_or(0, csv::Position::line),
            column,
            text: self.record[index].into(),
            requirement,
        }
    }
}

impl Recording {
    /// The recording with the events of its task as inputs.
    ///
    /// # Errors
    /// As [`EventTable::inputs`].
    pub fn with_events(self, events: &EventTable, options: InputOptions) -> Result<Self> {
        let Counted { inputs, clipped, dropped } = events.counted_inputs(self.len(), self.tr(), options)?;
        let shape = match options.shape {
            EventShape::Boxcar => "boxcar",
            EventShape::Stick => "stick",
            EventShape::SharedStick => "shared stick",
        };
        let step = Step::Events {
            source: text::file_name(&events.source),
            trial_types: inputs.names().to_vec(),
            shape: shape.into(),
            clipped,
            dropped,
        };
        Ok(self.with_inputs(inputs)?.with_step(step))
    }
}
