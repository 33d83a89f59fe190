//! The main job: from noisy observations to a PLRNN that lives as the system does, by a sequential VAE.
//!
//! Without an option it simulates 100,000 noisy samples of Lorenz-63, fits, generates, measures and shows the result:
//!
//! ```text
//! cargo run --release --example lorenz_reconstruction
//! ```
//!
//! `--data FILE` takes measured series instead, `--help` tells the rest.

#[path = "../cli/mod.rs"]
mod cli;
mod data;
mod fit;
mod options;
mod output;
mod summary;

use std::process::ExitCode;

use clap::Parser;

use data::Data;
use options::Options;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run(&Options::parse().with_quick()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let data = Data::load(options)?;
    println!("Data: {}", data.description);
    let folder = options.common.folder("lorenz_reconstruction")?;

    let mut runs = Vec::new();
    for seed in options.all_seeds() {
        let fitted = fit::with_restarts(options, &data, &folder, seed)?;
        if options.seeds > 1 {
            println!("{}", summary::line(&fitted));
        } else {
            println!("\n{}\n", fitted.report);
        }
        // Pictures and files are those of the first seed.
        if runs.is_empty() {
            output::write(&folder, &data, &fitted)?;
        }
        runs.push(fitted.into_run());
    }
    if options.seeds > 1 {
        println!("{}", summary::medians(&runs));
    }
    summary::write(&folder, &runs)?;
    println!("Written to {}: open report.html", folder.display());
    Ok(())
}
