//! The main job: from noisy observations to a PLRNN that lives as the system does, by a sequential VAE.
//!
//! Without an option it simulates 100,000 noisy samples of Lorenz-63, fits, generates, measures and shows the result:
//!
//! ```text
//! cargo run --release --example lorenz_reconstruction
//! ```
//!
//! `--data FILE` takes measured series instead, `--help` tells the rest.

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
    std::fs::create_dir_all(&options.out)
        .map_err(|error| format!("cannot make the output folder {}: {error}", options.out.display()))?;

    let mut runs = Vec::new();
    for seed in options.seed..options.seed + options.seeds {
        let fitted = fit::with_restarts(options, &data, seed)?;
        if options.seeds > 1 {
            println!("{}", summary::line(&fitted));
        } else {
            println!("\n{}\n", fitted.report);
        }
        // Pictures and files are those of the first seed.
        if runs.is_empty() {
            output::write(options, &data, &fitted)?;
        }
        runs.push(fitted.into_run());
    }
    if options.seeds > 1 {
        println!("{}", summary::medians(&runs));
    }
    summary::write(&options.out.join("report.json"), options, &runs)?;
    println!("Written to {}: open report.html", options.out.display());
    Ok(())
}
