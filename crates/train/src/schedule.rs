//! Schedules: numbers that change over a run.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A number as a function of the progress of a run, from 0 at its start to 1 at its end.
///
/// `share` is the part of the run over which the number changes, in (0, 1\]; from there on it stays at its last value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Schedule {
    /// One value throughout.
    Constant {
        /// The value.
        value: f64,
    },
    /// A straight line.
    Linear {
        /// First value.
        from: f64,
        /// Last value.
        to: f64,
        /// Part of the run in which it changes.
        share: f64,
    },
    /// A parabola that starts flat: from + (to − from) p².
    Quadratic {
        /// First value.
        from: f64,
        /// Last value.
        to: f64,
        /// Part of the run in which it changes.
        share: f64,
    },
    /// A constant ratio from step to step; both ends are above 0.
    Exponential {
        /// First value.
        from: f64,
        /// Last value.
        to: f64,
        /// Part of the run in which it changes.
        share: f64,
    },
    /// Half a period of a cosine: flat at both ends.
    Cosine {
        /// First value.
        from: f64,
        /// Last value.
        to: f64,
        /// Part of the run in which it changes.
        share: f64,
    },
    /// Values for equal shares of the run.
    Steps {
        /// The values, in order.
        values: Vec<f64>,
        /// Part of the run that they divide.
        share: f64,
    },
}

impl Schedule {
    /// The same value throughout.
    pub fn constant(value: f64) -> Self {
        Self::Constant { value }
    }

    /// From one value to another over the whole run, by a constant ratio.
    pub fn exponential(from: f64, to: f64) -> Self {
        Self::Exponential { from, to, share: 1.0 }
    }

    /// The value at `progress` in \[0, 1\].
    pub fn at(&self, progress: f64) -> f64 {
        let part = |share: &f64| (progress / share).clamp(0.0, 1.0);
        match self {
            Self::Constant { value } => *value,
            Self::Linear { from, to, share } => from + (to - from) * part(share),
            Self::Quadratic { from, to, share } => from + (to - from) * part(share).powi(2),
            Self::Exponential { from, to, share } => from * (to / from).powf(part(share)),
            Self::Cosine { from, to, share } => {
                to + (from - to) * 0.5 * (1.0 + (std::f64::consts::PI * part(share)).cos())
            }
            Self::Steps { values, share } => {
                let index = (part(share) * values.len() as f64) as usize;
                values[index.min(values.len() - 1)]
            }
        }
    }

    /// Refuses a schedule that leaves its definition, is not finite or has a value that is not `allowed` (`range` says
    /// which are), before training.
    pub(crate) fn check(
        &self,
        field: &'static str,
        range: &'static str,
        allowed: impl Fn(f64) -> bool,
    ) -> Result<()> {
        let refuse = |value, range| Err(Error::OutOfRange { field, value, range });
        let (values, share) = match self {
            Self::Constant { value } => (vec![*value], 1.0),
            Self::Linear { from, to, share }
            | Self::Quadratic { from, to, share }
            | Self::Exponential { from, to, share }
            | Self::Cosine { from, to, share } => (vec![*from, *to], *share),
            Self::Steps { values, share } => (values.clone(), *share),
        };
        if values.is_empty() {
            return refuse(0.0, "a schedule of at least one step");
        }
        if !(share > 0.0 && share <= 1.0) {
            return refuse(share, "a schedule over a share of the run above 0 and at most 1");
        }
        if let Some(value) = values.iter().find(|value| !(value.is_finite() && allowed(**value))) {
            return refuse(*value, range);
        }
        match values.iter().find(|value| **value <= 0.0) {
            Some(value) if matches!(self, Self::Exponential { .. }) => {
                refuse(*value, "an exponential schedule between two values above 0")
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reach_both_ends_and_stay() {
        let (from, to, share) = (2.0, 0.5, 0.4);
        for schedule in [
            Schedule::Linear { from, to, share },
            Schedule::Quadratic { from, to, share },
            Schedule::Exponential { from, to, share },
            Schedule::Cosine { from, to, share },
        ] {
            assert!((schedule.at(0.0) - from).abs() < 1e-12, "{schedule:?}");
            assert!((schedule.at(0.4) - to).abs() < 1e-12, "{schedule:?}");
            assert!((schedule.at(1.0) - to).abs() < 1e-12, "{schedule:?}");
            let middle = schedule.at(0.2);
            assert!(middle < from && middle > to, "{schedule:?} {middle}");
        }
        assert!((Schedule::Exponential { from, to, share }.at(0.2) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn steps_divide_their_share() {
        let schedule = Schedule::Steps { values: vec![1.0, 2.0, 3.0], share: 0.3 };
        let at = [0.0, 0.09, 0.11, 0.19, 0.21, 0.5, 1.0].map(|p| schedule.at(p));
        assert_eq!(at, [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0]);
    }

    #[test]
    fn bad_schedules_are_found() {
        let refused = |schedule: Schedule| match schedule.check("x", "above 0", |value| value > 0.0) {
            Err(Error::OutOfRange { field: "x", value, .. }) => Some(value),
            Err(other) => panic!("{other}"),
            Ok(()) => None,
        };
        assert_eq!(refused(Schedule::constant(-1.0)), Some(-1.0));
        assert_eq!(refused(Schedule::constant(f64::INFINITY)), Some(f64::INFINITY));
        assert!(refused(Schedule::constant(f64::NAN)).is_some_and(f64::is_nan));
        assert_eq!(refused(Schedule::Linear { from: 1.0, to: 1.0, share: 0.0 }), Some(0.0));
        assert_eq!(refused(Schedule::Linear { from: 1.0, to: 1.0, share: 1.5 }), Some(1.5));
        assert_eq!(refused(Schedule::Steps { values: vec![], share: 1.0 }), Some(0.0));
        let steps = Schedule::Steps { values: vec![1.0], share: f64::NAN };
        assert!(refused(steps).is_some_and(f64::is_nan));
        assert_eq!(refused(Schedule::Steps { values: vec![1.0, -2.0], share: 1.0 }), Some(-2.0));
        assert!(Schedule::exponential(0.0, 1.0).check("x", "any", |_| true).is_err());
        assert!(Schedule::Linear { from: 0.0, to: 1.0, share: 1.0 }.check("x", "any", |_| true).is_ok());
        assert_eq!(refused(Schedule::exponential(1e-3, 1e-6)), None);
    }
}
