//! The options that every example has, and where it writes.

use std::path::{Path, PathBuf};

use serde::Serialize;

#[derive(Clone, Debug, clap::Parser)]
pub struct Common {
    /// Seed of everything random: the same seed gives the same weights, files and scores bit for bit on a CPU.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// A run of seconds that only shows that everything works; its numbers mean nothing.
    #[arg(long)]
    pub quick: bool,
    /// Output folder; `target/` and the name of the example without it.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Common {
    /// The output folder of the example `name`, made if it is not there.
    pub fn folder(&self, name: &str) -> Result<PathBuf, String> {
        let out = self.out.clone().unwrap_or_else(|| Path::new("target").join(name));
        std::fs::create_dir_all(&out)
            .map_err(|error| format!("cannot make the output folder {}: {error}", out.display()))?;
        Ok(out)
    }
}

/// Writes `report.json` into a folder.
pub fn write_report(folder: &Path, report: &impl Serialize) -> Result<(), Box<dyn std::error::Error>> {
    let path = folder.join("report.json");
    std::fs::write(&path, serde_json::to_string_pretty(report)?)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(())
}
