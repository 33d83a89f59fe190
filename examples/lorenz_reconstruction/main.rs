//! The main job: from noisy observations to a PLRNN that lives as the system does, by a sequential VAE or by teacher forcing.
//!
//! Without an option it simulates 100,000 noisy samples of Lorenz-63, fits, generates, measures and shows the result:
//!
//! ```text
//! cargo run --release --example lorenz_reconstruction
//! ```
//!
//! `--objective gtf` fits by generalized teacher forcing instead of the ELBO, `--data FILE` takes measured series instead, `--help` tells the rest.

#[path = "../cli/mod.rs"]
mod cli;
mod data;
mod fit;
mod options;
mod output;
mod recipe;
mod summary;

use std::process::ExitCode;

use clap::Parser;

use data::Data;
use fit::Run;
use options::Options;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run(&Options::parse()) {
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

    let runs = fit::all(options, &data, &folder)?;
    // Pictures and files are those of the first seed that came to an end.
    match runs.iter().find_map(|run| run.fitted.as_ref().ok()) {
        Some(fitted) => output::write(&folder, options, &data, fitted)?,
        None => println!("No run came to an end."),
    }
    summary::show(&runs);
    summary::write(&folder, &runs, &data)?;
    println!("Written to {}: open report.html", folder.display());
    match runs.as_slice() {
        [Run { fitted: Err(reason), .. }] => Err(reason.clone().into()),
        _ => Ok(()),
    }
}
