//! Takes a trained model apart: fixed points, cycles, chaos, manifolds, basins and symbols, as pictures, a page and numbers.
//!
//! Without an option it trains a clipped shallow PLRNN on Lorenz-63 first:
//!
//! ```text
//! cargo run --release --example analyse
//! ```
//!
//! `--checkpoint FILE` takes a model of `lorenz_reconstruction` instead, of either objective; `--help` tells the rest.

mod arguments;
#[path = "../cli/mod.rs"]
mod cli;
#[path = "../lorenz_reconstruction/data.rs"]
mod data;
#[path = "../lorenz_reconstruction/options.rs"]
#[allow(dead_code, reason = "the options of several seeds are of no use here")]
mod options;
mod page;
mod pictures;
#[path = "../lorenz_reconstruction/recipe.rs"]
#[allow(dead_code, reason = "this program trains by one of the recipes")]
mod recipe;
mod source;
mod sweep;

use std::{path::Path, process::ExitCode, time::Duration};

use attractor::{FixedPointComparison, NEAR, measures::BootstrapConfig, prelude::*};
use clap::Parser;
use indicatif::ProgressBar;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::Serialize;

use arguments::Arguments;
use data::Data;
use source::Source;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// All that is known of the model.
pub struct Findings<'a> {
    /// What it was trained on and is compared with.
    pub data: &'a Data,
    /// The model.
    pub source: &'a Source,
    /// Its scores.
    pub evaluation: Evaluation,
    /// The deterministic free run, where it stays finite.
    pub run: Option<Generated>,
    /// A short free run that starts where the test trajectory does.
    pub opening: Option<Generated>,
    /// The model taken apart.
    pub analysis: Analysis,
    /// Where the true system is known: whether the model has its fixed points.
    pub true_fixed_points: Option<Vec<FixedPointComparison>>,
    /// Lyapunov exponents of the true system, where they are known.
    pub known_exponents: Vec<f64>,
}

/// report.json.
#[derive(Serialize)]
struct Record<'a> {
    model: &'a str,
    data: &'a str,
    #[serde(flatten)]
    analysis: &'a Analysis,
    true_fixed_points: &'a Option<Vec<FixedPointComparison>>,
    near_in_standard_deviations: f64,
    evaluation: &'a Evaluation,
    warnings: &'a [String],
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let options = arguments.reconstruction()?;
    let data = Data::load(&options)?;
    println!("Data: {}", data.description);
    let folder = arguments.common.folder("analyse")?;
    let source = Source::load(arguments, &options, &data, &folder)?;
    println!("Model: {}", source.description);
    for warning in &source.warnings {
        println!("Warning: {warning}");
    }

    let findings = findings(arguments, &data, &source)?;
    let pictures = pictures::draw(&folder, arguments, &findings)?;
    page::write(&folder, &findings, &pictures)?;
    write_files(&folder, &findings)?;
    show(&findings);
    println!("\nWritten to {}: open report.html", folder.display());
    match &findings.run {
        Some(_) => Ok(()),
        None => Err("the free run of the model leaves the finite numbers; its pictures are left out".into()),
    }
}

fn findings<'a>(arguments: &Arguments, data: &'a Data, source: &'a Source) -> Result<Findings<'a>> {
    let mut rng = ChaCha8Rng::seed_from_u64(arguments.common.seed);
    let reconstruction = &source.reconstruction;
    let resamples = if arguments.common.quick { 10 } else { 40 };
    let protocol = Protocol {
        test: &data.test,
        start: &source.start,
        floor: Some(&data.floor),
        true_lambda: data.true_lambda,
        intervals: Some(BootstrapConfig::new().with_resamples(resamples)),
    };
    let (evaluation, [run, _]) =
        waiting("Comparing with data", || Ok(evaluate(reconstruction, &protocol, &mut rng)?))?;
    let first = source.start.states.initial_row().to_vec();
    let config = arguments.analysis();
    let analysis =
        waiting("Analysing the model", || Ok(analyse(reconstruction, &first, &config, &mut rng)?))?;

    let lorenz = Lorenz63::default();
    let is_lorenz = arguments.data.is_none();
    let true_fixed_points = if is_lorenz {
        let c = (lorenz.beta * (lorenz.rho - 1.0)).sqrt();
        let places = [[-c, -c, lorenz.rho - 1.0], [0.0, 0.0, 0.0], [c, c, lorenz.rho - 1.0]];
        let truth = places.map(|place| TrueFixedPoint::of(&lorenz, place.to_vec()));
        let truth = truth.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
        Some(compare_fixed_points(&analysis.fixed_points, &truth, &data.test)?)
    } else {
        None
    };
    let known = lorenz.known_exponents().filter(|_| is_lorenz);
    let opening = Generate::new(data.test.len().min(2_000), first);
    Ok(Findings {
        data,
        source,
        evaluation,
        run,
        opening: generate(reconstruction, &opening, None, &mut rng).ok(),
        analysis,
        true_fixed_points,
        known_exponents: known.map(|known| known.exponents).unwrap_or_default(),
    })
}

/// Shows that a long piece of work goes on.
fn waiting<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let spinner = ProgressBar::new_spinner();
    spinner.set_message(what.to_string());
    spinner.enable_steady_tick(Duration::from_millis(100));
    let result = work();
    spinner.finish_and_clear();
    result
}

/// Numbers and the graph of symbols.
fn write_files(folder: &Path, findings: &Findings<'_>) -> Result<()> {
    let record = Record {
        model: &findings.source.description,
        data: &findings.data.description,
        analysis: &findings.analysis,
        true_fixed_points: &findings.true_fixed_points,
        near_in_standard_deviations: NEAR,
        evaluation: &findings.evaluation,
        warnings: &findings.source.warnings,
    };
    cli::write_report(folder, &record)?;
    if let Some(symbols) = &findings.analysis.symbolic_dynamics {
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
        };
        write("symbols.dot", symbols.graph.to_dot())?;
        write("symbols.json", serde_json::to_string_pretty(&symbols.graph)?)?;
    }
    Ok(())
}

/// Prints what was found.
fn show(findings: &Findings<'_>) {
    println!("\n{}\n\n{}", findings.evaluation, findings.analysis);
    if let Some(comparisons) = &findings.true_fixed_points {
        println!("\nFixed points of the true system, and the nearest of the model:");
        for row in page::comparison_rows(comparisons) {
            println!("  {}", row.join(" | "));
        }
    }
}
