//! Pictures, the page and the generated series of one fit.

use attractor::prelude::*;
use std::path::Path;

use attractor::{
    measures::{PowerSpectrumConfig, power_spectrum},
    systems::{FloatType, write_npy},
    train::History,
};
use attractor_figures::{
    html::HtmlReport,
    series,
    spectra::{self, Spectrum},
    state_space,
    training::{self, Curve},
};

use crate::{
    Result,
    data::Data,
    fit::Fitted,
    options::{ObjectiveName, Options},
};

/// Points of a trajectory that a picture in space can show.
const DRAWN: usize = 20_000;

/// Writes everything but the report into the output folder. A run that diverged leaves its pictures out.
pub fn write(out: &Path, options: &Options, data: &Data, fitted: &Fitted) -> Result<()> {
    let forced = "Loss and its terms: the mean squared error of the forced rollout, in variances of the data, and the \
                  strength of the forcing.";
    let (title, course) = match options.objective {
        ObjectiveName::Elbo => (
            "Reconstruction by a sequential VAE",
            "Negative ELBO and its terms, in nats per time step. The steps early on are the held process variance going down.",
        ),
        ObjectiveName::Gtf => ("Reconstruction by generalized teacher forcing", forced),
        ObjectiveName::Stf => ("Reconstruction by sparse teacher forcing", forced),
    };
    let mut page = HtmlReport::new(title)
        .paragraph(&data.description)
        .paragraph(&format!("{} Seed {}.", fitted.report.verdict(), fitted.seed))
        .table(["", "this model", "true system", "dead model"], fitted.report.table())?
        .paragraph(
            "The dead model predicts no change: its one-step error is small, its dynamics are none. Judge a \
             reconstruction by its attractor (D_stsp), its rhythm (D_H) and its chaos (lambda_max).",
        );

    for (run, name) in fitted.runs.iter().zip(["generated.npy", "generated_stochastic.npy"]) {
        if let Some(run) = run {
            write_npy(out.join(name), &run.observations, FloatType::F64)?;
        }
    }
    if let [Some(deterministic), _] = &fitted.runs {
        let part = |trajectory: &Trajectory| trajectory.slice(..trajectory.len().min(DRAWN));
        let (measured, generated) = (part(&data.test)?, part(&deterministic.observations)?);
        let path = out.join("attractor.png");
        state_space::draw(&measured, &generated, &path)?;
        page = page.heading("Attractor").picture(path, "The test trajectory and the free run.")?;
        page = page.interactive(&measured, &generated)?;

        let config = PowerSpectrumConfig::default();
        if let (Ok(measured), Ok(generated)) =
            (power_spectrum(&data.test, &config), power_spectrum(&deterministic.observations, &config))
        {
            let pairs = |spectrum: &attractor::measures::PowerSpectrum, column: usize| {
                spectrum
                    .frequency
                    .iter()
                    .copied()
                    .zip(spectrum.power.column(column).iter().copied())
                    .collect()
            };
            let spectra: Vec<Spectrum> = data
                .test
                .names()
                .iter()
                .enumerate()
                .map(|(i, name)| Spectrum::new(name, pairs(&measured, i), pairs(&generated, i)))
                .collect();
            let path = out.join("spectra.png");
            spectra::draw(&spectra, &path)?;
            page = page.heading("Power spectra").picture(path, "Smoothed as D_H compares them.")?;
        }
    }
    if let Some(opening) = &fitted.opening {
        let path = out.join("series.png");
        series::draw(&data.test, &opening.observations, &path)?;
        page = page.heading("Time series").picture(
            path,
            "The test trajectory and a free run from its first point. Chaos parts them; their character stays the same.",
        )?;
    }
    let path = out.join("training.png");
    training::draw(&curves(&fitted.history), &path)?;
    page = page.heading("Training").picture(path, course)?;
    page.write(out.join("report.html"))?;
    Ok(())
}

fn curves(history: &History) -> Vec<Curve> {
    let terms = history.term_names().into_iter().map(|name| (name, history.term(name)));
    // A term that is switched off needs no panel.
    let terms = terms.filter(|(_, points)| points.iter().any(|(_, value)| *value != 0.0));
    std::iter::once(("loss", history.loss()))
        .chain(terms)
        .map(|(name, points)| Curve::new(name, points))
        .collect()
}
