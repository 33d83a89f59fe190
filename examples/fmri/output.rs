//! Pictures, the page and the report.

use std::path::Path;

use attractor::{
    measures::{PowerSpectrum, PowerSpectrumConfig, power_spectrum},
    prelude::*,
    systems::{FloatType, observation::Response, write_npy},
};
use attractor_figures::{
    carpet, decoding,
    html::HtmlReport,
    responses::draw as draw_responses,
    series,
    spectra::{self, Spectrum},
    state_space,
    training::{self, Curve},
};

use crate::{Result, cli, fit::Models, judge::Judged, report::Report, source::Study};

/// Regions whose traces and spectra are shown.
const SHOWN: usize = 6;
/// Scans that traces show.
const TRACED: usize = 600;

/// Writes everything into the output folder. Pictures are those of the first recording with a finite free run.
pub fn write(out: &Path, study: &Study, models: &Models, report: &Report) -> Result<()> {
    let (head, rows) = report.table();
    let mut page = HtmlReport::new("PLRNNs from BOLD").paragraph(&report.data).table(head, rows)?;
    for sentence in report.sentences() {
        page = page.paragraph(&sentence);
    }
    let finite =
        models.judged.iter().filter_map(|judged| judged.as_ref().ok()).find(|judged| judged.run.is_some());
    if let Some(judged) = finite {
        page = free_run(out, page, judged)?;
        page = response(out, page, study, judged)?;
    }
    if let Some(decoded) = &report.decoding {
        let classes = (1..=decoded.confusion.nrows()).map(|class| format!("{class}"));
        let shown = decoding::Decoded::new(
            decoded.balanced_accuracy,
            &decoded.permuted,
            decoded.confusion.view(),
            classes,
        )
        .with_p_value(decoded.p_value);
        let path = out.join("decoding.png");
        decoding::draw(&shown, &path)?;
        page = page.heading("Task").picture(path, &decoded.sentence())?;
    }
    if let Some(history) = &models.history {
        let terms = history.term_names().into_iter().map(|name| (name, history.term(name)));
        let curves: Vec<Curve> = std::iter::once(("loss", history.loss()))
            .chain(terms.filter(|(_, points)| points.iter().any(|(_, value)| *value != 0.0)))
            .map(|(name, points)| Curve::new(name, points))
            .collect();
        let path = out.join("training.png");
        training::draw(&curves, &path)?;
        page = page.heading("Training").picture(path, "Loss and its terms, of the first training.")?;
    }
    page = page.heading("What was done to the data");
    for step in &report.steps_of_preprocessing {
        page = page.paragraph(step);
    }
    for refused in &report.refused {
        page = page.paragraph(&format!("Refused: {refused}"));
    }
    page.write(out.join("report.html"))?;
    for (judged, recording) in models.judged.iter().zip(study.data.recordings()) {
        if let Ok(Judged { run: Some(run), .. }) = judged {
            let name: String =
                recording.name().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            write_npy(
                out.join(format!("generated_{name}.npy")),
                &run.generated.observations,
                FloatType::F64,
            )?;
        }
    }
    cli::write_report(out, report)
}

/// The free run beside what was measured.
fn free_run(out: &Path, mut page: HtmlReport, judged: &Judged) -> Result<HtmlReport> {
    let Some(run) = &judged.run else { return Ok(page) };
    let name = &judged.score.evaluation.name;
    let (measured, free) = (&run.measured, &run.generated.observations);
    let regions: Vec<usize> = (0..measured.dim().min(SHOWN)).collect();
    let path = out.join("carpet.png");
    carpet::draw(measured, free, &path)?;
    page = page.heading("Free run").picture(
        path,
        &format!(
            "All regions of {name}, measured above freely generated, from scan {} on. The free run is driven by the inputs alone: \
             its rhythms and its coordination should be alike, not its every scan.",
            run.first_scan
        ),
    )?;
    let traced = measured.len().min(TRACED);
    let part = |trajectory: &Trajectory| trajectory.select(&regions)?.slice(..traced);
    let path = out.join("series.png");
    series::draw(&part(measured)?, &part(free)?, &path)?;
    page = page.picture(path, "Some regions, in standard deviations.")?;
    let config = PowerSpectrumConfig::default().with_sigma(2.0);
    if let (Ok(a), Ok(b)) = (power_spectrum(measured, &config), power_spectrum(free, &config)) {
        let pairs = |spectrum: &PowerSpectrum, column: usize| {
            spectrum.frequency.iter().copied().zip(spectrum.power.column(column).iter().copied()).collect()
        };
        let spectra: Vec<Spectrum> = regions
            .iter()
            .map(|&i| Spectrum::new(&measured.names()[i], pairs(&a, i), pairs(&b, i)))
            .collect();
        let path = out.join("spectra.png");
        spectra::draw(&spectra, &path)?;
        page = page.heading("Power spectra").picture(path, "Smoothed over 2 bins.")?;
    }
    let path = out.join("latents.png");
    state_space::draw(&judged.states, &run.generated.states, &path)?;
    page = page.heading("Latents").picture(path, "Inferred from the recording, and freely generated.")?;
    Ok(page)
}

/// The haemodynamic responses of the model.
fn response(out: &Path, page: HtmlReport, study: &Study, judged: &Judged) -> Result<HtmlReport> {
    let Some(responses) = &judged.exported.response else { return Ok(page) };
    if responses.ncols() < 2 {
        return Ok(page);
    }
    let tr = study.data.response().interval();
    let rows = responses.rows();
    let same = rows.into_iter().all(|row| row == responses.row(0));
    let names = study.data.recordings()[0].bold().names();
    let shown = if same { 1 } else { responses.nrows().min(SHOWN) };
    let shown: Vec<(String, Response)> = (0..shown)
        .map(|i| {
            let name = if same { "all regions".to_string() } else { names[i].clone() };
            Ok((name, Response::new(responses.row(i).to_vec(), tr)?))
        })
        .collect::<Result<_>>()?;
    let path = out.join("response.png");
    draw_responses(&shown, &path)?;
    Ok(page.heading("Haemodynamic response").picture(path, "As the model has it, sampled at TR.")?)
}
