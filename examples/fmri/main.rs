//! fMRI: PLRNNs from BOLD series, of one subject or many, seen through the haemodynamic response.
//!
//! Without an option it simulates BOLD of a known PLRNN with a task, head motion and noise, infers a model from it and compares
//! it with what is known:
//!
//! ```text
//! cargo run --release --example fmri
//! ```
//!
//! With files it takes region tables, or a NIfTI image with a label image:
//!
//! ```text
//! cargo run --release --example fmri -- --data bold.npy --tr 3 --inputs inputs.npy --labels task.npy
//! cargo run --release --example fmri -- --data bold.nii.gz --regions atlas.nii.gz --confounds confounds.tsv --events events.tsv
//! ```
//!
//! `--help` tells the rest.

#[path = "../cli/mod.rs"]
mod cli;
mod decode;
mod fit;
mod judge;
mod options;
mod output;
mod report;
mod simulation;
mod source;
mod truth;

use std::process::ExitCode;

use clap::Parser;

use options::Options;
use source::Study;

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
    let study = Study::load(options)?;
    println!("{}", study.description);
    for step in study.data.recordings()[0].steps() {
        println!("  {step}");
    }
    for refusal in &study.refused {
        println!("Refused {}: {}", refusal.name, refusal.reason);
    }
    let folder = options.common.folder("fmri")?;
    let models = fit::all(options, &study)?;
    let report = report::report(options, &study, &models)?;
    print!("{report}");
    output::write(&folder, &study, &models, &report)?;
    println!("Written to {}: open report.html", folder.display());
    if report.scored == 0 {
        return Err("no model came to an end with a finite free run".into());
    }
    Ok(())
}
