//! Measures the invariants of the catalogue's systems and writes them to `crates/systems/data/invariants.json`.
//!
//! `cargo run --release -p attractor-measures --example invariants` measures the systems that have no row yet;
//! `--only NAME` (any number of times) measures these again, `--all` all; `--jobs N` sets the threads, `--out PATH`
//! another table. The table is written after every system, so
//! that a run that was stopped goes on where it was. The numbers do not depend on the machine's speed nor on `--jobs`.

mod exponents;
mod observe;
mod orbit;
mod report;
mod rounding;
mod row;
mod scales;
mod stroboscope;

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;
use std::{env, fs, io};

use attractor_systems::catalog::{self, Invariants, Kind};
use rayon::prelude::*;

use crate::orbit::Orbit;

/// The rows, by kind and name.
type Table = HashMap<(Kind, String), Invariants>;

/// What the command line asks for.
#[derive(Default)]
struct Arguments {
    /// Measure these systems, whether they have a row or not.
    only: Vec<String>,
    /// Measure every system again.
    all: bool,
    /// Threads; all cores where it is 0.
    jobs: usize,
    /// The table; that of the systems crate by default.
    out: Option<PathBuf>,
}

impl Arguments {
    fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut arguments = Self::default();
        while let Some(option) = given.next() {
            let mut value = || given.next().ok_or_else(|| format!("{option} needs a value"));
            match option.as_str() {
                "--only" => arguments.only.push(value()?),
                "--all" => arguments.all = true,
                "--jobs" => arguments.jobs = value()?.parse()?,
                "--out" => arguments.out = Some(value()?.into()),
                _ => {
                    return Err(
                        format!("{option}: there are --only NAME, --all, --jobs N, --out PATH").into()
                    );
                }
            }
        }
        Ok(arguments)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(env::args().skip(1))?;
    let out = arguments
        .out
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../systems/data/invariants.json"));
    let old: Vec<Invariants> = match fs::read_to_string(&out) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let rows: Table = old.into_iter().map(|row| ((row.kind, row.name.clone()), row)).collect();
    let only = wanted(&arguments.only)?;
    let orbits = catalogue();
    let order: Vec<(Kind, String)> = orbits.iter().map(key).collect();
    let due: Vec<&Orbit> = orbits
        .iter()
        .filter(|orbit| match &only[..] {
            [] => arguments.all || !rows.contains_key(&key(orbit)),
            names => names.contains(&orbit.name()),
        })
        .collect();

    let table = Mutex::new(rows);
    let start = Instant::now();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs).build()?;
    let written: Result<Vec<()>, io::Error> = pool.install(|| {
        due.par_iter()
            .with_max_len(1)
            .map(|orbit| {
                let began = Instant::now();
                let row = row::measure(orbit);
                println!("{:6.1} s  {}", began.elapsed().as_secs_f64(), report::line(&row));
                let mut table =
                    table.lock().map_err(|_| io::Error::other("another system's thread panicked"))?;
                table.insert(key(orbit), row);
                write(&out, &order, &table)
            })
            .collect()
    });
    written?;
    let table = table.into_inner()?;
    println!("\n{} systems in {:.0} s", due.len(), start.elapsed().as_secs_f64());
    report::findings(order.iter().filter_map(|key| table.get(key)));
    Ok(())
}

/// All systems of the catalogue: flows, maps, delay flows.
fn catalogue() -> Vec<Orbit> {
    let flows = catalog::flows().into_iter().map(Orbit::Flow);
    let maps = catalog::maps().into_iter().map(Orbit::Map);
    let delay_flows = catalog::delay_flows().into_iter().map(Orbit::DelayFlow);
    flows.chain(maps).chain(delay_flows).collect()
}

/// The systems that these names or aliases mean.
fn wanted(names: &[String]) -> Result<Vec<&'static str>, attractor_systems::Error> {
    names
        .iter()
        .map(|name| {
            catalog::flow(name)
                .map(|system| system.name())
                .or_else(|error| catalog::map(name).map(|system| system.name()).map_err(|_| error))
                .or_else(|error| catalog::delay_flow(name).map(|system| system.name()).map_err(|_| error))
        })
        .collect()
}

/// Writes the rows in the order of the catalogue, one a line; rows of systems that are no longer there are dropped.
fn write(out: &Path, order: &[(Kind, String)], table: &Table) -> io::Result<()> {
    let rows: Vec<String> =
        order.iter().filter_map(|key| table.get(key)).map(serde_json::to_string).collect::<Result<_, _>>()?;
    let next = out.with_extension("json.part");
    fs::write(&next, format!("[\n{}\n]\n", rows.join(",\n")))?;
    fs::rename(next, out)
}

/// Kind and name of a system: a flow and a map may share a name.
fn key(orbit: &Orbit) -> (Kind, String) {
    (kind(orbit), orbit.name().to_string())
}

/// The kind of a system of the catalogue.
fn kind(orbit: &Orbit) -> Kind {
    match orbit {
        Orbit::Flow(_) => Kind::Flow,
        Orbit::Map(_) => Kind::Map,
        Orbit::DelayFlow(_) => Kind::DelayFlow,
    }
}
