//! Every attractor of the catalogue on one sheet: flows as lines, maps as dots, delay flows over their delay, as PNG and SVG.
//!
//! ```text
//! cargo run --release --example gallery
//! ```

mod chart;
#[path = "../cli/mod.rs"]
mod cli;
mod portrait;

use std::process::ExitCode;

use attractor::systems::catalog::{self, CatalogFlow};
use attractor_figures::gallery;
use clap::Parser;
use rayon::prelude::*;
use serde::Serialize;

use portrait::{Drawn, Run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Draws every attractor of the catalogue on one sheet. Nothing in it is random.
#[derive(Clone, Debug, Parser)]
struct Options {
    #[command(flatten)]
    common: cli::Common,
}

#[derive(Serialize)]
struct Report {
    drawn: usize,
    flows: usize,
    maps: usize,
    delay_flows: usize,
    /// Flows that come to rest at their defaults: there is nothing to draw.
    at_rest: Vec<&'static str>,
    systems: Vec<Run>,
    failed: Vec<String>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let folder = options.common.folder("gallery")?;
    let points = if options.common.quick { 1_000 } else { 6_000 };
    let (flows, resting): (Vec<_>, Vec<_>) =
        catalog::flows().into_iter().partition(|flow| !portrait::comes_to_rest(&**flow));
    let at_rest: Vec<_> = resting.iter().map(|flow| flow.name()).collect();
    let (drawn, failed): (Vec<_>, Vec<_>) = all(&flows, points).into_iter().partition(Result::is_ok);
    let failed: Vec<String> = failed.into_iter().filter_map(Result::err).collect();
    let (portraits, systems): (Vec<_>, Vec<_>) =
        drawn.into_iter().flatten().map(|drawn| (drawn.portrait, drawn.run)).unzip();
    for file in ["gallery.png", "gallery.svg"] {
        gallery::draw(&portraits, folder.join(file))?;
    }
    let count = |kind| systems.iter().filter(|run| run.kind == kind).count();
    let report = Report {
        drawn: systems.len(),
        flows: count("flow"),
        maps: count("map"),
        delay_flows: count("delay flow"),
        at_rest,
        systems,
        failed,
    };
    cli::write_report(&folder, &report)?;
    println!(
        "{} systems drawn: {} flows, {} maps, {} delay flows; at rest and not drawn: {}",
        report.drawn,
        report.flows,
        report.maps,
        report.delay_flows,
        report.at_rest.join(", ")
    );
    println!("Written to {}: open gallery.png", folder.display());
    if report.failed.is_empty() { Ok(()) } else { Err(report.failed.join("; ").into()) }
}

/// The flows, and all maps and delay flows of the catalogue, one after the other, on all cores.
fn all(flows: &[Box<dyn CatalogFlow>], points: usize) -> Vec<Result<Drawn, String>> {
    let (maps, delay_flows) = (catalog::maps(), catalog::delay_flows());
    let flows = flows.par_iter().map(|flow| portrait::of_flow(&**flow, points));
    let maps = maps.par_iter().map(|map| portrait::of_map(&**map, points));
    let delay_flows = delay_flows.par_iter().map(|flow| portrait::of_delay_flow(&**flow, points));
    flows.chain(maps).chain(delay_flows).collect()
}
