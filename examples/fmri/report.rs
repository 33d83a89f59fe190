//! All that is printed and written, put together.

use std::fmt;

use attractor::measures::{CycleConfig, PeriodicOrbit, find_cycles, visited_regions};
use ndarray::Axis;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::Serialize;

use crate::{
    Result,
    decode::{self, Decoded},
    fit::Models,
    judge::{Judged, Score},
    options::Options,
    source::Study,
};

/// Medians over the subjects.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Medians {
    pub d_stsp: Option<f64>,
    pub d_h: Option<f64>,
    pub d_h_fine: Option<f64>,
    pub correlation: Option<f64>,
    pub sd_ratio: Option<f64>,
    pub latents_r_squared: Option<f64>,
}

/// All that is printed and written.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub data: String,
    pub refused: Vec<String>,
    pub steps_of_preprocessing: Vec<String>,
    /// Recordings with a model whose free run stays finite.
    pub scored: usize,
    pub failed: Vec<String>,
    pub medians: Medians,
    pub subjects: Vec<Score>,
    /// Of linear dynamics, where there is a truth.
    pub linear_latents_r_squared: Option<Vec<Option<f64>>>,
    pub features: Option<Vec<Vec<f64>>>,
    pub decoding: Option<Decoded>,
    /// Of the first model, its inputs held at their mean.
    pub fixed_points_and_cycles: Vec<FoundCycle>,
    pub fit_seconds: f64,
}

/// A fixed point (of period 1) or cycle of the first model's dynamics.
#[derive(Clone, Debug, Serialize)]
pub struct FoundCycle {
    pub period: usize,
    pub seconds: f64,
    pub is_stable: bool,
    pub largest_multiplier: f64,
}

/// Puts the report together.
pub fn report(options: &Options, study: &Study, models: &Models) -> Result<Report> {
    let scores: Vec<Score> = models
        .judged
        .iter()
        .filter_map(|judged| judged.as_ref().ok())
        .map(|judged| judged.score.clone())
        .collect();
    let mut failed: Vec<String> = Vec::new();
    for (judged, recording) in models.judged.iter().zip(study.data.recordings()) {
        match judged {
            Err(reason) => failed.push(format!("{}: {reason}", recording.name())),
            Ok(judged) => {
                failed.extend(judged.score.failure().map(|reason| format!("{}: {reason}", recording.name())));
            }
        }
    }
    let whole: Vec<&Score> = scores.iter().filter(|score| score.failure().is_none()).collect();
    let median = |value: &dyn Fn(&Score) -> Option<f64>| {
        let mut values: Vec<f64> = whole.iter().filter_map(|score| value(score)).collect();
        values.sort_by(f64::total_cmp);
        let upper = *values.get(values.len() / 2)?;
        Some(0.5 * (values[(values.len() - 1) / 2] + upper))
    };
    let first = models.judged.iter().find_map(|judged| judged.as_ref().ok());
    Ok(Report {
        data: study.description.clone(),
        refused: study
            .refused
            .iter()
            .map(|refusal| format!("{}: {}", refusal.name, refusal.reason))
            .collect(),
        steps_of_preprocessing: study.data.recordings()[0].steps().iter().map(ToString::to_string).collect(),
        scored: whole.len(),
        failed,
        medians: Medians {
            d_stsp: median(&|score| score.evaluation.d_stsp),
            d_h: median(&|score| score.evaluation.d_h),
            d_h_fine: median(&|score| score.evaluation.d_h_fine),
            correlation: median(&|score| score.evaluation.correlation),
            sd_ratio: median(&|score| score.evaluation.sd_ratio),
            latents_r_squared: median(&|score| score.latents_r_squared),
        },
        linear_latents_r_squared: models.linear.as_ref().map(|linear| {
            linear.iter().map(|judged| judged.as_ref().ok()?.score.latents_r_squared).collect()
        }),
        features: models.features.clone(),
        decoding: decode::task(options, study, models),
        fixed_points_and_cycles: first
            .map_or_else(|| Ok(Vec::new()), |first| cycles(options, study, first))?,
        subjects: scores,
        fit_seconds: models.seconds,
    })
}

/// Fixed points and short cycles of a model whose inputs are held at their mean, from the regions that its free run visits.
fn cycles(options: &Options, study: &Study, judged: &Judged) -> Result<Vec<FoundCycle>> {
    let Some(run) = &judged.run else { return Ok(Vec::new()) };
    let map = &judged.exported.dynamics;
    let mut rng = ChaCha8Rng::seed_from_u64(options.common.seed);
    let mut search = if options.common.quick { CycleConfig::new(1, 20) } else { CycleConfig::new(4, 200) };
    let input = study.data.recordings()[0].inputs().and_then(|inputs| inputs.data().mean_axis(Axis(0)));
    if let Some(input) = input {
        search = search.with_input(input.to_vec());
    }
    let pool = visited_regions(map, run.generated.states.data())?;
    let tr = study.data.response().interval();
    let found = find_cycles(map, &pool, &search, &mut rng)?;
    let cycle = |orbit: &PeriodicOrbit| FoundCycle {
        period: orbit.period(),
        seconds: orbit.period() as f64 * tr,
        is_stable: orbit.unstable_dim == 0,
        largest_multiplier: orbit.eigenvalues.first().map_or(0.0, |value| value.modulus()),
    };
    Ok(found.orbits.iter().map(cycle).collect())
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_string(), |value| format!("{value:.3}"))
}

impl Report {
    /// One row a subject.
    pub fn table(&self) -> (Vec<&'static str>, Vec<Vec<String>>) {
        let head = vec![
            "recording",
            "D_stsp",
            "(halves)",
            "D_H",
            "(halves)",
            "D_H fine",
            "correlation",
            "sd ratio",
            "error 5 ahead",
            "(no change)",
            "R2 latents",
        ];
        let rows = self.subjects.iter().map(|score| {
            let e = &score.evaluation;
            let ahead = e.ahead.iter().find(|ahead| ahead.scans == 5);
            let mut row = vec![e.name.clone()];
            row.extend(
                [
                    e.d_stsp,
                    e.halves_d_stsp,
                    e.d_h,
                    e.halves_d_h,
                    e.d_h_fine,
                    e.correlation,
                    e.sd_ratio,
                    ahead.and_then(|ahead| ahead.model),
                    ahead.map(|ahead| ahead.no_change),
                    score.latents_r_squared,
                ]
                .map(number),
            );
            row
        });
        (head, rows.collect())
    }

    /// Sentences on what is known beside what was found.
    pub fn sentences(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{} of {} models have a finite free run; medians: D_stsp {}, D_H {}, D_H fine {}, correlation {}, sd ratio {}.",
            self.scored,
            self.scored + self.failed.len(),
            number(self.medians.d_stsp),
            number(self.medians.d_h),
            number(self.medians.d_h_fine),
            number(self.medians.correlation),
            number(self.medians.sd_ratio),
        )];
        for (score, index) in self.subjects.iter().zip(0..) {
            if let (Some(own), Some(ridge)) = (score.latents_r_squared, score.deconvolved_r_squared) {
                let linear =
                    self.linear_latents_r_squared.as_ref().and_then(|all: &Vec<Option<f64>>| all[index]);
                lines.push(format!(
                    "{}: true latents explained by the model's, R2 {own:.3}; by those of linear dynamics {}; by ridge regression on \
                     what they are read off {ridge:.3}.",
                    score.evaluation.name,
                    number(linear),
                ));
            }
            if let Some(s) = &score.simulated {
                lines.push(format!(
                    "Activity before the response, of a long free run: D_stsp {:.3} (another true run {:.3}), D_H {:.3} ({:.3}); \
                     lambda {} per scan (true {:.4}); error of J {} of its size.",
                    s.activity_d_stsp,
                    s.activity_d_stsp_floor,
                    s.activity_d_h,
                    s.activity_d_h_floor,
                    s.lambda_per_scan.map_or_else(|| "-".into(), |lambda| format!("{lambda:.4}")),
                    s.lambda_per_scan_true,
                    number(s.nuisance_error),
                ));
            }
        }
        if let Some(decoded) = &self.decoding {
            lines.push(decoded.sentence());
        }
        let fixed = self.fixed_points_and_cycles.iter().filter(|cycle| cycle.period == 1).count();
        let stable = self.fixed_points_and_cycles.iter().filter(|cycle| cycle.is_stable).count();
        lines.push(format!(
            "The first model, its inputs held at their mean: {fixed} fixed points and {} cycles of up to 4 scans found, {stable} of \
             them stable.",
            self.fixed_points_and_cycles.len() - fixed,
        ));
        lines.push(
            "BOLD is smooth: a prediction of no change has a small error some scans ahead and no dynamics. Judge by D_stsp \
             and D_H of the free run."
                .to_string(),
        );
        lines
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, rows) = self.table();
        let name = rows.iter().map(|row| row[0].len()).max().unwrap_or(0).max(9) + 2;
        let line = |cells: Vec<&str>| {
            let mut line = format!("{:<name$}", cells[0]);
            line.extend(cells[1..].iter().map(|cell| format!("{cell:>14}")));
            line
        };
        writeln!(f, "{}", line(head))?;
        for row in &rows {
            writeln!(f, "{}", line(row.iter().map(String::as_str).collect()))?;
        }
        for sentence in self.sentences() {
            writeln!(f, "{sentence}")?;
        }
        for failure in &self.failed {
            writeln!(f, "Not counted in: {failure}.")?;
        }
        writeln!(f, "Fitted in {:.1} s.", self.fit_seconds)
    }
}
