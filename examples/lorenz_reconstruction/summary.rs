//! report.json, and the line that several seeds come down to.

use std::path::Path;

use attractor::prelude::*;
use serde::Serialize;

use crate::{Result, cli::write_report, fit::Fitted};

/// One seed's report.
#[derive(Serialize)]
pub struct SeedRun {
    seed: u64,
    attempts: u64,
    trapped: bool,
    #[serde(flatten)]
    report: Report,
}

impl Fitted {
    /// What the report keeps of the fit.
    pub fn into_run(self) -> SeedRun {
        let trapped = self.report.evaluation.verdict == Verdict::Trapped;
        SeedRun { seed: self.seed, attempts: self.attempts, trapped, report: self.report }
    }
}

/// Medians over all seeds, none left out.
#[derive(Serialize)]
struct Medians {
    d_stsp: Option<f64>,
    d_h: Option<f64>,
    d_stsp_stochastic: Option<f64>,
    d_h_stochastic: Option<f64>,
    pe_20: Option<f64>,
    one_step_mse: Option<f64>,
    lambda_max: Option<f64>,
    fit_seconds: Option<f64>,
    trapped: usize,
    seeds: usize,
}

impl Medians {
    /// A score that a diverged run does not have counts as worse than any other, so that it is not averaged away.
    fn of(runs: &[SeedRun]) -> Self {
        let median = |score: &dyn Fn(&Report) -> Option<f64>| {
            let mut values: Vec<f64> =
                runs.iter().map(|run| score(&run.report).unwrap_or(f64::INFINITY)).collect();
            values.sort_by(f64::total_cmp);
            let middle = 0.5 * (values[(values.len() - 1) / 2] + values[values.len() / 2]);
            middle.is_finite().then_some(middle)
        };
        Self {
            d_stsp: median(&|r| r.evaluation.d_stsp),
            d_h: median(&|r| r.evaluation.d_h),
            d_stsp_stochastic: median(&|r| r.evaluation.d_stsp_stochastic),
            d_h_stochastic: median(&|r| r.evaluation.d_h_stochastic),
            pe_20: median(&|r| r.evaluation.pe_20),
            one_step_mse: median(&|r| r.evaluation.one_step_mse),
            lambda_max: median(&|r| r.evaluation.lambda_max),
            fit_seconds: median(&|r| Some(r.fit_seconds)),
            trapped: runs.iter().filter(|run| run.trapped).count(),
            seeds: runs.len(),
        }
    }
}

/// The report of several seeds.
#[derive(Serialize)]
struct Several<'a> {
    #[serde(flatten)]
    medians: Medians,
    floor_d_stsp: Option<f64>,
    floor_d_h: Option<f64>,
    runs: &'a [SeedRun],
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_string(), |value| format!("{value:.3}"))
}

/// One seed in one line.
pub fn line(fitted: &Fitted) -> String {
    let e = &fitted.report.evaluation;
    format!(
        "seed {:>4}: D_stsp {} D_H {} lambda_max {}; with process noise D_stsp {} D_H {}; {:.1} s{}",
        fitted.seed,
        number(e.d_stsp),
        number(e.d_h),
        number(e.lambda_max),
        number(e.d_stsp_stochastic),
        number(e.d_h_stochastic),
        fitted.report.fit_seconds,
        if e.verdict == Verdict::Trapped { "; TRAPPED" } else { "" },
    )
}

/// The medians in one line.
pub fn medians(runs: &[SeedRun]) -> String {
    let m = Medians::of(runs);
    format!(
        "median of {}: D_stsp {} D_H {} lambda_max {}; with process noise D_stsp {} D_H {}; {} s; {} trapped",
        m.seeds,
        number(m.d_stsp),
        number(m.d_h),
        number(m.lambda_max),
        number(m.d_stsp_stochastic),
        number(m.d_h_stochastic),
        number(m.fit_seconds),
        m.trapped,
    )
}

/// Writes every number of the runs: those of one seed alone, or the medians and the runs they come from.
pub fn write(folder: &Path, runs: &[SeedRun]) -> Result<()> {
    if let [run] = runs {
        return write_report(folder, run);
    }
    let evaluation = &runs[0].report.evaluation;
    let (floor_d_stsp, floor_d_h) = (evaluation.floor_d_stsp, evaluation.floor_d_h);
    write_report(folder, &Several { medians: Medians::of(runs), floor_d_stsp, floor_d_h, runs })
}
