//! Many recordings: those that are good, and those that were refused with their reasons.

use crate::{Error, Recording, Result};

/// A recording that was refused.
#[derive(Debug)]
pub struct Refusal {
    /// Subject and run.
    pub name: String,
    /// Why.
    pub reason: Error,
}

/// The recordings of a study. One corrupt subject does not stop the others: it is among the refused, with the reason.
#[derive(Debug, Default)]
pub struct Recordings {
    recordings: Vec<Recording>,
    refused: Vec<Refusal>,
}

impl Recordings {
    /// Parts loaded recordings, each with its name, into good and refused ones.
    pub fn partition<S: Into<String>>(loaded: impl IntoIterator<Item = (S, Result<Recording>)>) -> Self {
        let mut all = Self::default();
        for (name, result) in loaded {
            match result {
                Ok(recording) => all.recordings.push(recording),
                Err(reason) => all.refused.push(Refusal { name: name.into(), reason }),
            }
        }
        all
    }

    /// The recordings after one more step for each recording, such as a filter; where it fails, the recording is refused.
    #[must_use]
    pub fn and_then(self, mut step: impl FnMut(Recording) -> Result<Recording>) -> Self {
        let Self { recordings, mut refused } = self;
        let after = Self::partition(recordings.into_iter().map(|recording| {
            let name = recording.name().to_owned();
            (name, step(recording))
        }));
        refused.extend(after.refused);
        Self { recordings: after.recordings, refused }
    }

    /// The good recordings.
    pub fn recordings(&self) -> &[Recording] {
        &self.recordings
    }

    /// The refused ones, with their reasons.
    pub fn refused(&self) -> &[Refusal] {
        &self.refused
    }

    /// Both without a copy.
    pub fn into_parts(self) -> (Vec<Recording>, Vec<Refusal>) {
        (self.recordings, self.refused)
    }

    /// The good recording of this name.
    pub fn get(&self, name: &str) -> Option<&Recording> {
        self.recordings.iter().find(|recording| recording.name() == name)
    }

    /// Number of good recordings.
    pub fn len(&self) -> usize {
        self.recordings.len()
    }

    /// Whether no recording is good.
    pub fn is_empty(&self) -> bool {
        self.recordings.is_empty()
    }
}

/// One line for each recording: the good, then the refused with their reasons.
impl std::fmt::Display for Recordings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} recordings, {} refused", self.recordings.len(), self.refused.len())?;
        for recording in &self.recordings {
            write!(f, "\n  {recording}")?;
        }
        for refusal in &self.refused {
            write!(f, "\n  refused {}: {}", refusal.name, refusal.reason)?;
        }
        Ok(())
    }
}
