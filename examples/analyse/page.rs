//! The page: everything in one file that opens in a browser.

use std::path::Path;

use attractor::{FixedPointComparison, NEAR, Rate, measures::Stability, prelude::*};
use attractor_figures::html::HtmlReport;

use crate::{
    Findings, Result,
    pictures::{self, DRAWN, Picture},
};

/// Head of the table of [`comparison_rows`].
const COMPARISON: [&str; 9] = [
    "true fixed point",
    "stability",
    "rates (1/time)",
    "near",
    "nearest of the model",
    "distance",
    "in sd",
    "stability",
    "rates (1/time)",
];

/// Writes `report.html`.
pub fn write(folder: &Path, findings: &Findings<'_>, pictures: &[Picture]) -> Result<()> {
    let analysis = &findings.analysis;
    let mut page = HtmlReport::new("Analysis of a trained model")
        .paragraph(&findings.data.description)
        .paragraph(&findings.source.description);
    for warning in &findings.source.warnings {
        page = page.paragraph(&format!("Warning: {warning}."));
    }
    page = page
        .heading("Comparison with data")
        .paragraph(&findings.evaluation.verdict_text())
        .table(["", "this model", "true system", "dead model"], findings.evaluation.table())?
        .paragraph(
            "The dead model predicts no change: its one-step error is small, its dynamics are none. Resampled: 95% of the \
             scores of resampled blocks; divergences come out higher on these than on the trajectories, so compare the two \
             columns.",
        );

    page = page.heading("Fixed points").paragraph(&completeness(analysis));
    if !analysis.fixed_points.is_empty() {
        page = page.fixed_points(analysis.variables.clone(), &pictures::marks(&analysis.fixed_points))?;
        let rates = analysis.fixed_points.iter().map(|point| {
            let rates: Vec<String> = point.eigenvalues.iter().map(multiplier).collect();
            [
                place(&point.position),
                name(point.stability),
                rates.join(", "),
                format!("{:.1e}", point.residual),
            ]
        });
        page = page
            .paragraph("The same with their eigenvalues as rates of a flow, ln λ over the time of a step.")
            .table(["position", "stability", "rates (1/time)", "residual"], rates.collect::<Vec<_>>())?;
    }
    if let Some(comparisons) = &findings.true_fixed_points {
        page = page
            .heading("Fixed points of the true system")
            .table(COMPARISON, comparison_rows(comparisons))?
            .paragraph(&format!(
                "Near: no variable is off by more than {NEAR} standard deviations of the data. Distances are Euclidean, and \
                 those of the variable that is farthest off in standard deviations. In words for maps, foci that repel in a \
                 plane and attract across it are saddle foci."
            ));
    }
    page = page.heading("Cycles");
    page = if analysis.cycles.is_empty() {
        page.paragraph(&format!(
            "None of period 2 to {} was found. A map that follows a flow in small steps hardly has short cycles: they last \
             for many steps.",
            analysis.cycles_max_period
        ))
    } else {
        page.cycles(analysis.variables.clone(), &pictures::cycles(analysis))?
    };
    page = page.heading("Chaos").table(["measure", "value"], chaos(analysis))?;
    for note in &analysis.notes {
        page = page.paragraph(&format!("Note: {note}."));
    }

    for picture in pictures {
        page = page.heading(picture.heading).picture(&picture.path, &picture.caption)?;
        if let Some(run) = &findings.run {
            let file = picture.path.file_stem().and_then(|name| name.to_str());
            let part = |trajectory: &Trajectory| trajectory.slice(..trajectory.len().min(DRAWN));
            page = match file {
                Some("state_space") => page.state_space(&pictures::surroundings(analysis, run))?,
                Some("attractor") => {
                    page.interactive(&part(&findings.data.test)?, &part(&run.observations)?)?
                }
                _ => page,
            };
        }
    }
    page.write(folder.join("report.html"))?;
    Ok(())
}

/// Whether the fixed points are all.
fn completeness(analysis: &Analysis) -> String {
    let count = analysis.fixed_points.len();
    match (&analysis.certificate, analysis.fixed_points_complete) {
        (Some(certificate), true) => format!(
            "The model has {count} fixed points, and certainly no other: {} boxes or patterns were looked at, and {} affine \
             pieces solved.",
            certificate.visited, certificate.solved
        ),
        (Some(certificate), false) => format!(
            "{count} fixed points were found. Whether these are all is undecided near {} states.",
            certificate.undecided.len()
        ),
        (None, _) => format!(
            "{count} fixed points were found by a search that may miss some; the certificate would have exceeded its budget."
        ),
    }
}

fn chaos(analysis: &Analysis) -> Vec<[String; 2]> {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_string(), |value| format!("{value:.4}"));
    let mut rows: Vec<[String; 2]> = analysis
        .lyapunov_spectrum
        .iter()
        .enumerate()
        .map(|(i, estimate)| {
            let value = format!("{:.4} ± {:.4}", estimate.value, estimate.standard_error);
            [format!("Lyapunov exponent {} (1/time)", i + 1), value]
        })
        .collect();
    rows.push(["Kaplan-Yorke dimension".to_string(), number(analysis.kaplan_yorke)]);
    if let Some(symbols) = &analysis.symbolic_dynamics {
        rows.extend([
            ["linear regions visited".to_string(), symbols.regions.to_string()],
            [
                "topological entropy of their graph, an upper bound (1/time)".to_string(),
                number(Some(symbols.topological_entropy_per_time)),
            ],
            ["metric entropy by their words (1/time)".to_string(), number(symbols.metric_entropy_per_time)],
        ]);
    }
    rows.push(["slow points".to_string(), analysis.slow_points.len().to_string()]);
    rows.push(["lines of slow points".to_string(), analysis.slow_lines.to_string()]);
    rows
}

/// Rows under [`COMPARISON`].
pub fn comparison_rows(comparisons: &[FixedPointComparison]) -> Vec<[String; 9]> {
    let row = |comparison: &FixedPointComparison| {
        let truth = &comparison.truth;
        let rates: Vec<String> = truth.rates.iter().map(|Rate { re, im }| complex(*re, *im)).collect();
        let near = if comparison.near { "yes" } else { "no" };
        let mut cells = [const { String::new() }; 9];
        cells[..4].clone_from_slice(&[
            place(&truth.position),
            name(truth.stability),
            rates.join(", "),
            near.to_string(),
        ]);
        if let Some(nearest) = &comparison.nearest {
            let rates: Vec<String> = nearest.eigenvalues.iter().map(multiplier).collect();
            cells[4..].clone_from_slice(&[
                place(&nearest.position),
                format!("{:.3}", nearest.distance),
                format!("{:.3}", nearest.distance_sd),
                name(nearest.stability),
                rates.join(", "),
            ]);
        }
        cells
    };
    comparisons.iter().map(row).collect()
}

fn place(position: &[f64]) -> String {
    let numbers: Vec<String> = position.iter().map(|x| format!("{x:.3}")).collect();
    format!("({})", numbers.join(", "))
}

fn name(stability: Stability) -> String {
    match stability {
        Stability::StableNode => "stable node",
        Stability::StableFocus => "stable focus",
        Stability::UnstableNode => "unstable node",
        Stability::UnstableFocus => "unstable focus",
        Stability::Saddle => "saddle",
        Stability::SaddleFocus => "saddle focus",
        Stability::NonHyperbolic => "not hyperbolic",
    }
    .to_string()
}

fn multiplier(value: &attractor::Multiplier) -> String {
    value.growth_rate.map_or_else(|| "−∞".to_string(), |growth| complex(growth, value.angular_frequency))
}

fn complex(re: f64, im: f64) -> String {
    match im {
        0.0 => format!("{re:.3}"),
        im if im < 0.0 => format!("{re:.3} − {:.3}i", -im),
        im => format!("{re:.3} + {im:.3}i"),
    }
}
