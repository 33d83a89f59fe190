//! Schedules: numbers that change over a run.

use serde::{Deserialize, Serialize};

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

    /// Whether every value on the way is finite and passes `allowed`, so that a bad schedule is refused before training.
    pub(crate) fn all(&self, allowed: impl Fn(f64) -> bool) -> Result<(), f64> {
        let fits = |value: f64| if value.is_finite() && allowed(value) { Ok(()) } else { Err(value) };
        match self {
            Self::Constant { value } => fits(*value),
            Self::Linear { from, to, share }
            | Self::Quadratic { from, to, share }
            | Self::Cosine { from, to, share } => {
                fits(*from).and(fits(*to)).and(if *share > 0.0 { Ok(()) } else { Err(*share) })
            }
            Self::Exponential { from, to, share } => {
                fits(*from).and(fits(*to)).and(if *share > 0.0 && *from > 0.0 && *to > 0.0 {
                    Ok(())
                } else {
                    Err(from.min(*to).min(*share))
                })
            }
            Self::Steps { values, share } => {
                if values.is_empty() || *share <= 0.0 {
                    return Err(*share);
                }
                values.iter().try_for_each(|value| fits(*value))
            }
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
        assert_eq!(Schedule::constant(-1.0).all(|v| v > 0.0), Err(-1.0));
        assert!(Schedule::exponential(0.0, 1.0).all(|v| v >= 0.0).is_err());
        assert!(Schedule::Steps { values: vec![], share: 1.0 }.all(|_| true).is_err());
        assert!(Schedule::exponential(1e-3, 1e-6).all(|v| v > 0.0).is_ok());
    }
}
