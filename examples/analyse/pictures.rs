//! The pictures, each as PNG and SVG.

use std::path::{Path, PathBuf};

use attractor::{
    FixedPoint, FixedPointManifold,
    measures::{ManifoldKind, PowerSpectrum, PowerSpectrumConfig, Stability, power_spectrum},
    prelude::*,
};
use attractor_figures::{
    self as figures, basin, bifurcation, fixed_points, lyapunov, return_map, series, spectra, state_space,
    symbol_graph,
};
use indicatif::ProgressBar;
use ndarray::Array2;

use crate::{Findings, Result, arguments::Arguments, sweep};

/// Points of a trajectory that a picture in space can show.
pub const DRAWN: usize = 20_000;
/// Points of the attractor behind fixed points and manifolds.
const BEHIND: usize = 8_000;
/// Regions in the graph of symbols: those visited most.
const SYMBOLS: usize = 40;
/// Pictures in all.
const COUNT: u64 = 9;

/// A picture on the page.
pub struct Picture {
    pub path: PathBuf,
    pub heading: &'static str,
    pub caption: String,
}

/// Draws them all. Those of the free run are left out where there is none.
pub fn draw(folder: &Path, arguments: &Arguments, findings: &Findings<'_>) -> Result<Vec<Picture>> {
    let mut sheet =
        Sheet { folder, bar: ProgressBar::new(COUNT).with_style(sweep::style()), pictures: Vec::new() };
    let quick = arguments.common.quick;
    if let Some(run) = &findings.run {
        around(&mut sheet, findings, run)?;
        attractors(&mut sheet, findings, run)?;
        returns(&mut sheet, findings, run)?;
        exponents(&mut sheet, findings, quick)?;
        bias(&mut sheet, findings, quick)?;
        plane(&mut sheet, findings, run, quick)?;
        symbols(&mut sheet, findings)?;
        rhythms(&mut sheet, findings, run)?;
    }
    sheet.bar.finish_and_clear();
    Ok(sheet.pictures)
}

/// Where pictures are collected.
struct Sheet<'a> {
    folder: &'a Path,
    bar: ProgressBar,
    pictures: Vec<Picture>,
}

impl Sheet<'_> {
    /// Draws one picture in both formats.
    fn add(
        &mut self,
        name: &str,
        heading: &'static str,
        caption: impl Into<String>,
        draw: impl Fn(&Path) -> figures::Result<()>,
    ) -> Result<()> {
        self.bar.set_message(name.to_string());
        let path = self.folder.join(format!("{name}.png"));
        draw(&path)?;
        draw(&path.with_extension("svg"))?;
        self.pictures.push(Picture { path, heading, caption: caption.into() });
        self.bar.inc(1);
        Ok(())
    }
}

/// The kind of a fixed point in pictures.
fn kind(stability: Stability, unstable_dim: usize) -> figures::Stability {
    match stability {
        Stability::StableNode | Stability::StableFocus => figures::Stability::Stable,
        Stability::UnstableNode | Stability::UnstableFocus => figures::Stability::Unstable,
        Stability::Saddle | Stability::SaddleFocus => figures::Stability::Saddle,
        Stability::NonHyperbolic if unstable_dim > 0 => figures::Stability::Unstable,
        Stability::NonHyperbolic => figures::Stability::Neutral,
    }
}

/// Fixed points as pictures take them.
pub fn marks(points: &[FixedPoint]) -> Vec<figures::FixedPoint> {
    let mark = |point: &FixedPoint| {
        let eigenvalues: Vec<_> = point.eigenvalues.iter().map(|value| (value.re, value.im)).collect();
        figures::FixedPoint::new(point.position.clone(), kind(point.stability, point.unstable_dim))
            .with_eigenvalues(eigenvalues)
    };
    points.iter().map(mark).collect()
}

/// Cycles as pictures take them.
pub fn cycles(analysis: &Analysis) -> Vec<figures::Cycle> {
    let cycle = |cycle: &attractor::Cycle| {
        let n = analysis.variables.len();
        let points = Array2::from_shape_fn((cycle.period, n), |(row, column)| cycle.positions[row][column]);
        let eigenvalues: Vec<_> = cycle.eigenvalues.iter().map(|value| (value.re, value.im)).collect();
        figures::Cycle::new(points, kind(cycle.stability, cycle.unstable_dim)).with_eigenvalues(eigenvalues)
    };
    analysis.cycles.iter().map(cycle).collect()
}

/// Manifolds as pictures take them.
fn manifolds(all: &[FixedPointManifold]) -> Vec<figures::Manifold> {
    let line = |manifold: &FixedPointManifold| {
        let kind = manifold.kind;
        manifold.branches.clone().map(|branch| match kind {
            ManifoldKind::Stable => figures::Manifold::stable(branch.positions),
            ManifoldKind::Unstable => figures::Manifold::unstable(branch.positions),
        })
    };
    all.iter().flat_map(line).collect()
}

/// The attractor with the sets around it.
pub fn surroundings<'a>(analysis: &Analysis, run: &'a Generated) -> fixed_points::StateSpace<'a> {
    let shown = run.observations.len().min(BEHIND);
    let attractor = run.observations.data().slice_move(ndarray::s![..shown, ..]);
    fixed_points::StateSpace::new(attractor, analysis.variables.clone())
        .with_fixed_points(marks(&analysis.fixed_points))
        .with_cycles(cycles(analysis))
        .with_manifolds(manifolds(&analysis.manifolds))
}

fn around(sheet: &mut Sheet<'_>, findings: &Findings<'_>, run: &Generated) -> Result<()> {
    let space = surroundings(&findings.analysis, run);
    sheet.add(
        "state_space",
        "Fixed points, cycles and manifolds",
        "The free run of the model with its fixed points, cycles and the one-dimensional manifolds of its saddles.",
        |path| fixed_points::draw(&space, path),
    )
}

fn attractors(sheet: &mut Sheet<'_>, findings: &Findings<'_>, run: &Generated) -> Result<()> {
    let part = |trajectory: &Trajectory| trajectory.slice(..trajectory.len().min(DRAWN));
    let (measured, generated) = (part(&findings.data.test)?, part(&run.observations)?);
    sheet.add("attractor", "Attractor", "The test trajectory and the free run.", |path| {
        state_space::draw(&measured, &generated, path)
    })
}

fn returns(sheet: &mut Sheet<'_>, findings: &Findings<'_>, run: &Generated) -> Result<()> {
    let test = &findings.data.test.interpolate_missing()?;
    let last = test.dim() - 1;
    let maxima =
        |trajectory: &Trajectory| return_map::successive_maxima(&trajectory.data().column(last).to_vec());
    let (measured, generated) = (maxima(test), maxima(&run.observations));
    if measured.len() < 2 {
        return Ok(());
    }
    let name = format!("max {}", test.names()[last]);
    let mut returns = return_map::Returns::new(&measured).with_name(&name);
    let mut caption =
        format!("Each maximum of {} over the one before, of the test trajectory", test.names()[last]);
    if generated.len() > 1 {
        returns = returns.with_generated(&generated);
        caption.push_str(" and of the free run.");
    } else {
        caption.push_str("; the free run has none.");
    }
    sheet.add("return_map", "Return map", caption, |path| return_map::draw(&returns, path))
}

fn exponents(sheet: &mut Sheet<'_>, findings: &Findings<'_>, quick: bool) -> Result<()> {
    let reconstruction = &findings.source.reconstruction;
    let start = findings.source.start.states.initial_row().to_vec();
    let points = if quick { 10 } else { 40 };
    let Some((times, values, errors)) =
        sweep::running_exponents(reconstruction, &findings.analysis, &start, points)?
    else {
        return Ok(());
    };
    let convergence = lyapunov::Convergence::new(&times, values.view())
        .with_errors(errors.view())
        .with_reference(&findings.known_exponents);
    let caption = if findings.known_exponents.is_empty() {
        "Running estimates with their standard errors."
    } else {
        "Running estimates with their standard errors; dashed, the exponents of the true system."
    };
    sheet.add("lyapunov", "Lyapunov exponents", caption, |path| lyapunov::draw(&convergence, path))
}

fn bias(sheet: &mut Sheet<'_>, findings: &Findings<'_>, quick: bool) -> Result<()> {
    let reconstruction = &findings.source.reconstruction;
    let start = findings.source.start.states.initial_row().to_vec();
    let count = if quick { 31 } else { 241 };
    let scales: Vec<f64> = (0..count).map(|i| 2.0 * f64::from(i) / f64::from(count - 1)).collect();
    let (maxima, exponents) = sweep::over_bias(reconstruction, &start, &scales, sweep::shown(quick))?;
    let name = findings.analysis.variables.last().map_or_else(String::new, |name| format!("max {name}"));
    let diagram =
        bifurcation::Bifurcation::new(&scales, &maxima).with_exponent(&exponents).with_names("s", &name);
    if maxima.iter().all(Vec::is_empty) {
        return Ok(());
    }
    let caption = "Maxima of the last variable, or where it rests, and the largest Lyapunov exponent per unit of time, of the \
                   model with its bias h multiplied by s. At s = 1 it is the model itself.";
    sheet.add("bifurcation", "Bifurcation diagram", caption, |path| bifurcation::draw(&diagram, path))
}

fn plane(sheet: &mut Sheet<'_>, findings: &Findings<'_>, run: &Generated, quick: bool) -> Result<()> {
    let reconstruction = &findings.source.reconstruction;
    let side = if quick { 30 } else { 120 };
    sheet.bar.set_message("basins");
    let Some(plane) = sweep::plane(reconstruction, &run.states, side)? else { return Ok(()) };
    let slice = &plane.basins.slice;
    let ends = |axis: &attractor::measures::SliceAxis| (axis.from, axis.to);
    let rows = slice.rows.as_ref().ok_or("the slice is a line")?;
    let names = plane.latents.map(|latent| format!("latent {}", latent + 1));
    let points = findings.analysis.fixed_points.iter().map(|point| {
        let position: Vec<f64> = plane.latents.iter().map(|latent| point.state[*latent]).collect();
        figures::FixedPoint::new(position, kind(point.stability, point.unstable_dim))
    });
    let inside = |point: &figures::FixedPoint| {
        let within = |(low, high): (f64, f64), value: f64| (low..=high).contains(&value);
        within(ends(&slice.columns), point.position[0]) && within(ends(rows), point.position[1])
    };
    let [x, y] = names;
    let basins = basin::Basins::new(ends(&slice.columns), ends(rows), plane.labels.view(), plane.names)
        .with_names(x, y)
        .with_fixed_points(points.filter(inside));
    let caption = "Where the states of a plane of latents end, in the model's units; the other latents have their mean along \
                   the free run. Fixed points are projected onto the plane.";
    sheet.add("basins", "Basins of attraction", caption, |path| basin::draw(&basins, path))
}

fn symbols(sheet: &mut Sheet<'_>, findings: &Findings<'_>) -> Result<()> {
    let Some(dynamics) = &findings.analysis.symbolic_dynamics else { return Ok(()) };
    // The most frequent come first.
    let shown = dynamics.regions.min(SYMBOLS);
    let total: usize = dynamics.graph.symbols().iter().map(|symbol| symbol.visits).sum();
    let symbols: Vec<_> = dynamics.graph.symbols()[..shown]
        .iter()
        .enumerate()
        .map(|(i, symbol)| symbol_graph::Symbol::new(i.to_string(), symbol.visits as f64 / total as f64))
        .collect();
    let inside = dynamics
        .graph
        .transitions()
        .iter()
        .map(|edge| (edge.from as usize, edge.to as usize, edge.probability));
    let edges: Vec<_> = inside
        .filter(|(from, to, _)| from.max(to) < &shown)
        .map(|(from, to, probability)| symbol_graph::Transition::new(from, to, probability))
        .collect();
    let caption = format!(
        "The {shown} most visited of the {} linear regions that the free run visits, by number; symbols.dot has them all.",
        dynamics.regions
    );
    sheet.add("symbols", "Symbolic dynamics", caption, |path| symbol_graph::draw(&symbols, &edges, path))
}

fn rhythms(sheet: &mut Sheet<'_>, findings: &Findings<'_>, run: &Generated) -> Result<()> {
    let test = &findings.data.test;
    if let Some(opening) = &findings.opening {
        sheet.add(
            "series",
            "Time series",
            "The test trajectory and a free run from its first point. Chaos parts them; their character stays the same.",
            |path| series::draw(test, &opening.observations, path),
        )?;
    }
    let config = PowerSpectrumConfig::default();
    let (Ok(measured), Ok(generated)) =
        (power_spectrum(test, &config), power_spectrum(&run.observations, &config))
    else {
        return Ok(());
    };
    let pairs = |spectrum: &PowerSpectrum, column: usize| {
        let power = spectrum.power.column(column);
        spectrum.frequency.iter().copied().zip(power.iter().copied()).collect()
    };
    let spectra: Vec<spectra::Spectrum> = test
        .names()
        .iter()
        .enumerate()
        .map(|(i, name)| spectra::Spectrum::new(name, pairs(&measured, i), pairs(&generated, i)))
        .collect();
    sheet.add("spectra", "Power spectra", "Smoothed as D_H compares them.", |path| {
        spectra::draw(&spectra, path)
    })
}
