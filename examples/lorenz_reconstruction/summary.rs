//! report.json, and what several seeds come down to.

use std::path::Path;

use attractor::prelude::*;
use serde::Serialize;

use crate::{Result, cli::write_report, data::Data, fit::Run};

/// One seed's report.
#[derive(Serialize)]
struct SeedRun<'a> {
    seed: u64,
    attempts: u64,
    trapped: bool,
    #[serde(flatten)]
    report: &'a Report,
}

/// The report of several seeds.
#[derive(Serialize)]
struct Several<'a> {
    #[serde(flatten)]
    summary: Summary,
    floor_d_stsp: Option<f64>,
    floor_d_h: Option<f64>,
    lambda_max_true: Option<f64>,
    seeds: Vec<SeedRun<'a>>,
}

fn summary(runs: &[Run]) -> Summary {
    Summary::of(runs.iter().map(|run| {
        let report = run.fitted.as_ref().map(|fitted| &fitted.report);
        (run.name.as_str(), report.map_err(Clone::clone))
    }))
}

fn finished(runs: &[Run]) -> Vec<SeedRun<'_>> {
    runs.iter()
        .filter_map(|run| {
            let fitted = run.fitted.as_ref().ok()?;
            let trapped = fitted.report.evaluation.verdict == Verdict::Trapped;
            Some(SeedRun { seed: fitted.seed, attempts: run.attempts, trapped, report: &fitted.report })
        })
        .collect()
}

/// Prints one fit, or the table of several.
pub fn show(runs: &[Run]) {
    match runs {
        [Run { fitted: Ok(fitted), .. }] => println!("\n{}\n", fitted.report),
        [_] => {}
        _ => println!("\n{}\n", summary(runs)),
    }
}

/// Writes every number of the runs: those of one seed alone, or medians, spreads and the runs they come from.
pub fn write(folder: &Path, runs: &[Run], data: &Data) -> Result<()> {
    let seeds = finished(runs);
    if let ([_], [run]) = (runs, seeds.as_slice()) {
        return write_report(folder, run);
    }
    let first = seeds.first().map(|run| &run.report.evaluation);
    let floors = first.map(|evaluation| (evaluation.floor_d_stsp, evaluation.floor_d_h));
    let (floor_d_stsp, floor_d_h) = floors.unwrap_or_default();
    let summary = summary(runs);
    write_report(
        folder,
        &Several { summary, floor_d_stsp, floor_d_h, lambda_max_true: data.true_lambda, seeds },
    )
}
