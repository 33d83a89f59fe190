//! Scrubbing: scans with too much head motion are marked as missing.

use serde::{Deserialize, Serialize};

use super::ConfoundTable;
use crate::{Error, Recording, Result};

/// Which scans to mark as missing: those whose framewise displacement is above a threshold, and their neighbours \[P12\].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scrubbing {
    /// Framewise displacement in mm above which a scan is bad. Default: 0.5 mm.
    pub threshold: f64,
    /// Scans before a bad one that go with it. Default: 0.
    pub before: usize,
    /// Scans after a bad one that go with it. Default: 0.
    pub after: usize,
}

impl Default for Scrubbing {
    fn default() -> Self {
        Self { threshold: 0.5, before: 0, after: 0 }
    }
}

impl Scrubbing {
    /// Scrubbing above a threshold in mm.
    pub fn above(threshold: f64) -> Self {
        Self { threshold, ..Self::default() }
    }

    /// With neighbours: so many scans before and after each bad one.
    #[must_use]
    pub fn neighbours(mut self, before: usize, after: usize) -> Self {
        (self.before, self.after) = (before, after);
        self
    }

    /// Which scans are bad \[T\], from the framewise displacement in mm \[T\].
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when the threshold is not finite and positive, or a displacement is NaN or negative.
    pub fn scans(&self, displacement: impl IntoIterator<Item = f64>) -> Result<Vec<bool>> {
        let fail = |what, value, requirement| Err(Error::OutOfRange { what, value, requirement });
        if !(self.threshold.is_finite() && self.threshold > 0.0) {
            let what = "threshold of framewise displacement";
            return fail(what, self.threshold, "finite and above 0, in mm");
        }
        let displacement: Vec<f64> = displacement.into_iter().collect();
        if let Some(&value) = displacement.iter().find(|value| value.is_nan() || **value < 0.0) {
            return fail("framewise displacement", value, "at least 0, in mm");
        }
        let mut scans = vec![false; displacement.len()];
        for (t, _) in displacement.iter().enumerate().filter(|(_, value)| **value > self.threshold) {
            let last = (t + self.after).min(scans.len() - 1);
            scans[t.saturating_sub(self.before)..=last].fill(true);
        }
        Ok(scans)
    }
}

impl Recording {
    /// The recording with the scans of much head motion marked as missing, by the framewise displacement of a table of
    /// confounds.
    ///
    /// # Errors
    /// [`Error::Length`], and as [`ConfoundTable::framewise_displacement`], [`Scrubbing::scans`] and
    /// [`Recording::scrub`].
    pub fn scrub_motion(self, table: &ConfoundTable, scrubbing: &Scrubbing) -> Result<Self> {
        let (expected, found) = (self.len(), table.len());
        if expected != found {
            return Err(Error::Length { recording: self.name().into(), what: "confounds", expected, found });
        }
        let scans = scrubbing.scans(table.framewise_displacement()?)?;
        let Scrubbing { threshold, before, after } = scrubbing;
        let reason =
            format!("framewise displacement above {threshold} mm, {before} scans before and {after} after");
        self.scrub(&scans, reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_go_with_bad_scans() {
        let displacement = [0.0, 0.1, 0.6, 0.1, 0.1, 0.1, 0.1, 0.9];
        let bad = |scrubbing: Scrubbing| {
            let scans = scrubbing.scans(displacement).unwrap();
            (0..scans.len()).filter(|&t| scans[t]).collect::<Vec<_>>()
        };
        assert_eq!(bad(Scrubbing::above(0.5)), [2, 7]);
        assert_eq!(bad(Scrubbing::above(0.5).neighbours(1, 2)), [1, 2, 3, 4, 6, 7]);
        assert_eq!(bad(Scrubbing::above(0.6).neighbours(0, 1)), [7]);
        assert!(Scrubbing::above(0.0).scans(displacement).is_err());
        assert!(Scrubbing::above(0.5).scans([f64::NAN]).is_err());
    }
}
