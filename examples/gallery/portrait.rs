//! One system's picture: it is brought onto its attractor, measured there, and run for a path of a set length.

use std::collections::HashSet;

use attractor::systems::{
    Error, Method, Property, Simulation, System, Trajectory,
    catalog::{CatalogDelayFlow, CatalogFlow, CatalogMap},
};
use attractor_figures::gallery::Portrait;
use ndarray::{Array2, Axis};
use serde::Serialize;

use crate::chart::{Chart, Frame};

/// Length of a path, in widths of its picture.
const LENGTH: f64 = 100.0;
/// Samples in a period of a flow, until its speed is known.
const PER_PERIOD: usize = 100;
/// Samples of a flow for each that is drawn: fast stretches take more of them than slow ones.
const FINE: usize = 10;

/// How a system was run for its picture.
#[derive(Serialize)]
pub struct Run {
    name: &'static str,
    pub kind: &'static str,
    dimension: usize,
    /// Times before the picture and in it, in the system's unit; steps of a map.
    transient: f64,
    duration: f64,
    time_unit: &'static str,
    points: usize,
    coordinates: Vec<String>,
}

pub struct Drawn {
    pub portrait: Portrait,
    pub run: Run,
}

/// Whether a flow without a period stands still after 10,000 of its sampling intervals.
pub fn comes_to_rest(flow: &dyn CatalogFlow) -> bool {
    if flow.period().is_some() {
        return false;
    }
    let run = Simulation::of(flow, 2).dt(10_000.0 * flow.default_dt()).run(flow);
    run.is_ok_and(|run| {
        let x = run.last_row().to_vec();
        let mut slope = vec![0.0; x.len()];
        flow.rhs(run.duration(), &x, &mut slope);
        slope.iter().zip(&x).all(|(slope, x)| slope.abs() * flow.default_dt() < 1e-6 * (1.0 + x.abs()))
    })
}

/// A flow as a line: points at equal distances along a path of [`LENGTH`], after a transient. Some chaotic sets are left
/// again after a while; then the transient is as short as it takes.
pub fn of_flow(flow: &dyn CatalogFlow, points: usize) -> Result<Drawn, String> {
    let attempt = |periods: usize| on_attractor(flow, points, periods * PER_PERIOD);
    let long = attempt(60).or_else(|_| attempt(20)).or_else(|_| attempt(3));
    long.map_err(|error| format!("{}: {error}", flow.name()))
}

fn on_attractor(
    flow: &dyn CatalogFlow,
    points: usize,
    transient: usize,
) -> Result<Drawn, Box<dyn std::error::Error>> {
    let dt = flow.period().map_or(flow.default_dt(), |period| period / PER_PERIOD as f64);
    let method = if flow.properties().contains(&Property::Stiff) { Method::Radau5 } else { Method::Dop853 };
    let measured = transient.max(10 * PER_PERIOD);
    let simulation =
        Simulation::of(flow, measured).dt(dt).tolerances(1e-8, 1e-8).method(method).max_steps(10_000);
    // How large the attractor is, and how fast the path on it.
    let first = simulation.clone().transient(transient).run(flow)?;
    let chart = Chart::of_flow(flow, &first);
    let seen = chart.apply(&first)?;
    let frame = chart.frame(&seen);
    Frame::check_alive(&seen)?;
    let path: f64 = (1..seen.len()).filter_map(|t| frame.step(&seen, t - 1, t)).sum();
    let duration = first.duration() * LENGTH / path;
    let run = simulation
        .dt(duration / (FINE * points) as f64)
        .steps(FINE * points)
        .initial_state(first.last_row().to_vec())
        .start_time((transient + measured - 1) as f64 * dt)
        .run(flow)?;
    let seen = chart.apply(&run)?;
    Frame::check_alive(&seen)?;
    let line = frame.thinned(&seen, LENGTH / points as f64);
    Ok(drawn(flow, "flow", transient as f64 * dt, &seen, line))
}

/// A map as dots; of a map of the line x_t over x_{t − 1}.
pub fn of_map(map: &dyn CatalogMap, points: usize) -> Result<Drawn, String> {
    let failed = |error: Error| format!("{}: {error}", map.name());
    let states = Simulation::of(map, points).transient(points).run_map(map).map_err(failed)?;
    let mut seen = Chart::of_map(map, &states).apply(&states).map_err(failed)?;
    if seen.dim() == 1 {
        seen = seen.embed(1, 2).and_then(|pairs| pairs.select(&[1, 0])).map_err(failed)?;
    }
    let dots = distinct(&seen);
    Ok(drawn(map, "map", points as f64, &seen, dots))
}

/// A delay flow as a line, x(t − τ) over x(t).
pub fn of_delay_flow(flow: &dyn CatalogDelayFlow, points: usize) -> Result<Drawn, String> {
    /// Samples in a delay.
    const PER_DELAY: usize = 50;
    let failed = |error: Error| format!("{}: {error}", flow.name());
    let delay = flow.delays().first().copied().unwrap_or(1.0);
    let dt = delay / PER_DELAY as f64;
    let states = Simulation::of(flow, points).dt(dt).transient(points).run_delay(flow).map_err(failed)?;
    let seen = states.select(&[0]).and_then(|x| x.embed(PER_DELAY, 2)).map_err(failed)?;
    Ok(drawn(flow, "delay flow", points as f64 * dt, &seen, seen.data().to_owned()))
}

fn drawn(
    system: &(impl System + ?Sized),
    kind: &'static str,
    transient: f64,
    seen: &Trajectory,
    points: Array2<f64>,
) -> Drawn {
    let run = Run {
        name: system.name(),
        kind,
        dimension: system.variables().len(),
        transient,
        duration: seen.duration(),
        time_unit: system.time_unit(),
        points: points.nrows(),
        coordinates: seen.names().to_vec(),
    };
    let portrait = Portrait::new(system.name(), points);
    Drawn { portrait: if kind == "map" { portrait.as_dots() } else { portrait }, run }
}

/// The points of a trajectory, each once: on a cycle there are few.
fn distinct(seen: &Trajectory) -> Array2<f64> {
    let largest = seen.data().iter().fold(f64::MIN_POSITIVE, |largest, x| largest.max(x.abs()));
    let mut met = HashSet::new();
    let place = |t: &usize| seen.data().row(*t).mapv(|x| (1e9 * x / largest).round() as i64);
    let rows: Vec<usize> = (0..seen.len()).filter(|t| met.insert(place(t))).collect();
    seen.data().select(Axis(0), &rows)
}
