//! What many runs come down to: medians and spreads over all that finished, and those that did not by name.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{Report, Verdict};

/// The scores of one kind over several runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Median.
    pub median: f64,
    /// Median absolute deviation from the median.
    pub mad: f64,
    /// All values, in the order of the runs that have one.
    pub values: Vec<f64>,
}

impl Spread {
    /// Of finite values; `None` where there is none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        let median = median(&values)?;
        let deviations: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
        Some(Self { median, mad: self::median(&deviations)?, values })
    }
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    Some(0.5 * (sorted[(sorted.len() - 1) / 2] + upper))
}

/// A run that has no scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// The run.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Several runs of one kind in one report. Trapped fits count with their bad scores; runs whose training or whose free run
/// diverged, and runs that failed, are listed and not averaged in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Runs in all.
    pub runs: usize,
    /// Runs that the scores are of.
    pub scored: usize,
    /// Of those, fits that do not live as the data do.
    pub trapped: usize,
    /// Runs that the scores are not of.
    pub failed: Vec<Failure>,
    /// By score.
    pub scores: BTreeMap<String, Spread>,
}

impl Summary {
    /// Of named runs: their reports, or why there is none.
    pub fn of<'a>(runs: impl IntoIterator<Item = (&'a str, Result<&'a Report, String>)>) -> Self {
        let (mut reports, mut failed) = (Vec::new(), Vec::new());
        for (name, run) in runs {
            let run = run.and_then(|report| match report.failure() {
                Some(reason) => Err(reason),
                None => Ok(report),
            });
            match run {
                Ok(report) => reports.push(report),
                Err(reason) => failed.push(Failure { name: name.to_string(), reason }),
            }
        }
        let mut scores = BTreeMap::new();
        for (name, score) in SCORES {
            let spread = Spread::of(reports.iter().filter_map(|report| score(report)));
            scores.extend(spread.map(|spread| (name.to_string(), spread)));
        }
        Self {
            runs: reports.len() + failed.len(),
            scored: reports.len(),
            trapped: reports.iter().filter(|r| r.evaluation.verdict == Verdict::Trapped).count(),
            failed,
            scores,
        }
    }

    /// The median of a score.
    pub fn median(&self, score: &str) -> Option<f64> {
        self.scores.get(score).map(|spread| spread.median)
    }
}

/// A score of a report, if it has it.
type Score = fn(&Report) -> Option<f64>;

/// The scores that are summarised, by the names that they have in a report.
const SCORES: [(&str, Score); 8] = [
    ("d_stsp", |report| report.evaluation.d_stsp),
    ("d_h", |report| report.evaluation.d_h),
    ("d_stsp_stochastic", |report| report.evaluation.d_stsp_stochastic),
    ("d_h_stochastic", |report| report.evaluation.d_h_stochastic),
    ("pe_20", |report| report.evaluation.pe_20),
    ("one_step_mse", |report| report.evaluation.one_step_mse),
    ("lambda_max", |report| report.evaluation.lambda_max),
    ("fit_seconds", |report| Some(report.fit_seconds)),
];

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<20}{:>12}{:>12}", "", "median", "MAD")?;
        for (name, _) in SCORES {
            if let Some(Spread { median, mad, values }) = self.scores.get(name) {
                let all: Vec<String> = values.iter().map(|value| format!("{value:.4}")).collect();
                writeln!(f, "{name:<20}{median:>12.5}{mad:>12.5}  of {}", all.join(", "))?;
            }
        }
        write!(f, "{} of {} runs scored, {} of them trapped.", self.scored, self.runs, self.trapped)?;
        for Failure { name, reason } in &self.failed {
            write!(f, "\nNot scored: {name}: {reason}")?;
        }
        Ok(())
    }
}
