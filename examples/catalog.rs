//! The catalogue of systems, with the exponents and dimensions that this project measured, as a table in the terminal.
//!
//! ```text
//! cargo run --release --example catalog -- --kind flow --property hyperchaotic --dim 4
//! ```

mod cli;

use std::{collections::BTreeMap, process::ExitCode};

use attractor::systems::catalog::{Behaviour, Invariants, Measured};
use attractor::systems::{Property, System, catalog};
use clap::{Parser, ValueEnum};
use serde::Serialize;

/// Lists the systems of the catalogue, all of them or those that fit. Nothing in it is random or slow: --seed and --quick change
/// nothing.
#[derive(Clone, Debug, Parser)]
struct Options {
    /// Only systems of this kind.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Only systems with this property; given several times, with all of them.
    #[arg(long, value_enum)]
    property: Vec<Feature>,
    /// Only systems of this many state variables.
    #[arg(long, value_name = "N")]
    dim: Option<usize>,
    /// Only systems with this text in their name or in an alias. Case, spaces, signs and accents do not count.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    #[command(flatten)]
    common: cli::Common,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// An ordinary differential equation.
    Flow,
    /// A difference equation.
    Map,
    /// A delay differential equation.
    Delay,
}

impl Kind {
    fn of_the_table(self) -> catalog::Kind {
        match self {
            Self::Flow => catalog::Kind::Flow,
            Self::Map => catalog::Kind::Map,
            Self::Delay => catalog::Kind::DelayFlow,
        }
    }
}

/// The properties of the catalogue, and `chaotic` for what is not regular.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Feature {
    /// Not marked as regular at its default parameters.
    Chaotic,
    /// Two or more positive Lyapunov exponents.
    Hyperchaotic,
    /// No positive Lyapunov exponent: it comes to rest, or runs on a cycle or a torus.
    Regular,
    /// Driven by a periodic force.
    Forced,
    /// Has time scales far apart.
    Stiff,
    /// Its right-hand side or a derivative of it jumps.
    NonSmooth,
    /// Conserves an energy.
    Hamiltonian,
    /// A state variable is an angle or a phase.
    Angular,
}

impl Feature {
    fn is_of(self, properties: &[Property]) -> bool {
        let has = |property| properties.contains(&property);
        match self {
            Self::Chaotic => !has(Property::Regular),
            Self::Hyperchaotic => has(Property::Hyperchaotic),
            Self::Regular => has(Property::Regular),
            Self::Forced => has(Property::Forced),
            Self::Stiff => has(Property::Stiff),
            Self::NonSmooth => has(Property::NonSmooth),
            Self::Hamiltonian => has(Property::Hamiltonian),
            Self::Angular => has(Property::Angular),
        }
    }
}

/// What the catalogue says of a system at its default parameters.
#[derive(Serialize)]
struct Entry {
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    dimension: usize,
    variables: Vec<String>,
    parameters: BTreeMap<&'static str, f64>,
    period: Option<f64>,
    default_dt: f64,
    time_unit: &'static str,
    properties: &'static [Property],
    /// As measured, with errors and the values of the literature.
    invariants: Option<&'static Invariants>,
}

#[derive(Serialize)]
struct Report {
    flows: usize,
    maps: usize,
    delay_flows: usize,
    systems: Vec<Entry>,
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
    let mut systems = all();
    systems.retain(|entry| {
        options.kind.is_none_or(|kind| kind == entry.kind)
            && options.dim.is_none_or(|dim| dim == entry.dimension)
            && options.property.iter().all(|feature| feature.is_of(entry.properties))
    });
    if let Some(text) = &options.name {
        let found =
            |entry: &Entry| entry.aliases.iter().chain([&entry.name]).any(|name| contains(name, text));
        if !all().iter().any(found) {
            let nearest = nearest(text).join(", ");
            return Err(format!("no system has {text:?} in its name; the nearest names are {nearest}").into());
        }
        systems.retain(found);
    }
    print_table(&systems);
    let count = |kind| systems.iter().filter(|entry| entry.kind == kind).count();
    let (flows, maps, delay_flows) = (count(Kind::Flow), count(Kind::Map), count(Kind::Delay));
    println!("{} systems: {flows} flows, {maps} maps, {delay_flows} delay flows", systems.len());
    let folder = options.common.folder("catalog")?;
    cli::write_report(&folder, &Report { flows, maps, delay_flows, systems })?;
    println!("Written to {}: report.json has all of each", folder.display());
    Ok(())
}

fn all() -> Vec<Entry> {
    let flows = catalog::flows().into_iter().map(|system| entry(&*system, Kind::Flow));
    let maps = catalog::maps().into_iter().map(|system| entry(&*system, Kind::Map));
    let delay_flows = catalog::delay_flows().into_iter().map(|system| entry(&*system, Kind::Delay));
    flows.chain(maps).chain(delay_flows).collect()
}

fn entry(system: &(impl System + ?Sized), kind: Kind) -> Entry {
    let variables = system.variables();
    Entry {
        name: system.name(),
        aliases: system.aliases(),
        kind,
        dimension: variables.len(),
        variables,
        parameters: system.parameters().into_iter().collect(),
        period: system.period(),
        default_dt: system.default_dt(),
        time_unit: system.time_unit(),
        properties: system.properties(),
        invariants: catalog::invariants_of(kind.of_the_table(), system.name()),
    }
}

/// Whether a name contains a text, letters and digits alone; a letter with an accent stands for any.
fn contains(name: &str, text: &str) -> bool {
    let plain = |text: &str| -> Vec<char> {
        text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
    };
    let (name, text) = (plain(name), plain(text));
    let alike = |(a, b): (&char, &char)| a == b || !a.is_ascii() || !b.is_ascii();
    text.is_empty() || name.windows(text.len()).any(|part| part.iter().zip(&text).all(alike))
}

/// The names that are most like a text.
fn nearest(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    let names = all().into_iter().flat_map(|entry| entry.aliases.iter().copied().chain([entry.name]));
    let mut names: Vec<_> =
        names.map(|name| (strsim::osa_distance(&text, &name.to_lowercase()), name)).collect();
    names.sort_unstable();
    names.into_iter().take(5).map(|(_, name)| name).collect()
}

/// Prints the systems, each column as wide as it needs to be.
fn print_table(systems: &[Entry]) {
    let header = ["name", "kind", "M", "period", "λ1", "D_KY", "behaviour", "properties", "parameters"];
    let rows: Vec<[String; 9]> =
        [header.map(String::from)].into_iter().chain(systems.iter().map(cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 9] = std::array::from_fn(width);
    for row in &rows {
        let line: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        println!("{}", line.join("  ").trim_end());
    }
}

fn cells(entry: &Entry) -> [String; 9] {
    let kind = match entry.kind {
        Kind::Flow => "flow",
        Kind::Map => "map",
        Kind::Delay => "delay",
    };
    let period = entry.period.map_or(String::new(), |period| match entry.time_unit {
        "1" => short(period),
        unit => format!("{} {unit}", short(period)),
    });
    let largest = entry.invariants.and_then(|row| row.exponents.first()).copied();
    let dimension = entry.invariants.and_then(|row| row.kaplan_yorke_dimension);
    let behaviour = match entry.invariants.and_then(|row| row.behaviour) {
        Some(Behaviour::Hyperchaotic) => "hyperchaotic",
        Some(Behaviour::Chaotic) => "chaotic",
        Some(Behaviour::Regular) => "regular",
        Some(Behaviour::Undecided) => "undecided",
        _ => "",
    };
    let properties: Vec<String> =
        entry.properties.iter().map(|property| format!("{property:?}").to_lowercase()).collect();
    let parameters = entry.parameters.iter().map(|(name, value)| format!("{name} {value}"));
    [
        entry.name.to_string(),
        kind.to_string(),
        entry.dimension.to_string(),
        period,
        with_error(largest),
        with_error(dimension),
        behaviour.to_string(),
        properties.join(", "),
        shortened(parameters, 6),
    ]
}

/// A measured number to the first digit of its error, five decimals at most.
fn with_error(measured: Option<Measured>) -> String {
    measured.map_or(String::new(), |Measured { value, error }| {
        let decimals = (-error.max(1e-12).log10().floor()).clamp(0.0, 5.0) as usize;
        format!("{value:.decimals$} ± {error:.decimals$}")
    })
}

/// Four digits.
fn short(value: f64) -> String {
    let digits = (3.0 - value.abs().max(1e-12).log10().floor()).clamp(0.0, 12.0) as usize;
    format!("{value:.digits$}")
}

/// The first of many, and how many more there are.
fn shortened(items: impl Iterator<Item = String>, most: usize) -> String {
    let items: Vec<String> = items.collect();
    let shown = items.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if items.len() > most { format!("{shown}, and {} more", items.len() - most) } else { shown }
}
