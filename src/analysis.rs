//! The analysis of a reconstruction: where it rests and repeats itself, how chaotic it is, which regions it visits.

use std::fmt;

use attractor_measures::{
    BlockEntropy, CertificateConfig, CertificateMethod, CycleConfig, Error as MeasureError, Estimate,
    FixedPointCertificate, LyapunovConfig, ManifoldConfig, ManifoldKind, Numbering, PeriodicOrbit, Region,
    SlowPointConfig, SymbolicConfig, TopologicalEntropy, TransitionGraph, all_fixed_points, find_cycles,
    lyapunov_spectrum, manifold, random_regions, slow_points, symbolic_orbit, visited_regions,
};
use attractor_systems::{Map, Trajectory};
use ndarray::{Array1, Array2, Axis};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    Cycle, Error, FixedPoint, FixedPointManifold, Generate, Reconstruction, Result, generate,
    report::format_number,
};

/// Regions that the search for cycles starts from: those of so many states of the free run, in a row, and of as many
/// random ones around it.
const POOL: usize = 2_000;
/// The longest words whose entropy is taken.
const WORDS: usize = 12;
/// Fixed points are the same where they are as close as this, relative to their largest component.
const SAME: f64 = 1e-9;

/// What [`analyse`] does. Each part has the settings of its function in [`measures`](crate::measures); lengths and
/// speeds are in the model's units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnalysisConfig {
    /// Steps that bring the free run to its attractor. Default 1000.
    pub transient: usize,
    /// Steps of the free run whose states the searches start from. Default 20,000.
    pub steps: usize,
    /// The search for all fixed points, and its budget.
    pub certificate: CertificateConfig,
    /// The search for cycles, up to period 10 by default.
    pub cycles: CycleConfig,
    /// The Lyapunov spectrum, along 100,000 steps by default.
    pub lyapunov: LyapunovConfig,
    /// One-dimensional manifolds of fixed points, by default up to a length of 60, 20,000 vertices and a bound of 20.
    pub manifolds: ManifoldConfig,
    /// The sequence of linear regions.
    pub symbols: SymbolicConfig,
    /// The search for slow points.
    pub slow_points: SlowPointConfig,
    /// The constant input u \[K\] under which a model with inputs is analysed, in place of that of each part; zeros where
    /// it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for AnalysisConfig {
    fn default() -> Self {
        Self {
            transient: 1_000,
            steps: 20_000,
            certificate: CertificateConfig::default(),
            cycles: CycleConfig::default(),
            lyapunov: LyapunovConfig::new(1_000, 100_000),
            manifolds: ManifoldConfig {
                max_length: 60.0,
                max_vertices: 20_000,
                bound: 20.0,
                ..ManifoldConfig::default()
            },
            symbols: SymbolicConfig { numbering: Numbering::Frequency, ..SymbolicConfig::default() },
            slow_points: SlowPointConfig::default(),
            input: Vec::new(),
        }
    }
}

impl AnalysisConfig {
    /// An analysis of seconds: short runs, cycles up to period 4, a small budget for the certificate.
    pub fn quick() -> Self {
        let mut config = Self { steps: 5_000, ..Self::default() };
        config.certificate.budget = 200_000;
        (config.cycles.max_period, config.cycles.starts) = (4, 100);
        config.lyapunov.steps = 10_000;
        config.symbols.steps = 20_000;
        config.slow_points.starts = 50;
        config
    }

    /// With the constant input in every part.
    fn with_input_everywhere(&self) -> Self {
        let mut config = self.clone();
        for input in [
            &mut config.certificate.input,
            &mut config.cycles.input,
            &mut config.lyapunov.input,
            &mut config.manifolds.input,
            &mut config.symbols.input,
            &mut config.slow_points.input,
        ] {
            input.clone_from(&self.input);
        }
        config
    }
}

/// How completely the fixed points are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateSummary {
    /// How they were found.
    pub method: CertificateMethod,
    /// How many linear regions the map has at most.
    pub region_bound: f64,
    /// How many boxes or patterns were expected.
    pub estimate: f64,
    /// How many were looked at.
    pub visited: usize,
    /// How many affine pieces were solved.
    pub solved: usize,
    /// By how many times its rounding error the closest decision was made.
    pub safety: Option<f64>,
    /// Continua of fixed points, one for each region that they cross.
    pub continua: usize,
    /// What is observed \[N\] where it is undecided whether there is another fixed point, in the units of the data.
    pub undecided: Vec<Vec<f64>>,
}

impl CertificateSummary {
    fn of(certificate: &FixedPointCertificate, reconstruction: &Reconstruction) -> Result<Self> {
        let undecided = certificate.undecided.iter().map(|state| reconstruction.observation(state));
        Ok(Self {
            method: certificate.method,
            region_bound: certificate.region_bound,
            estimate: certificate.estimate,
            visited: certificate.visited,
            solved: certificate.solved,
            safety: certificate.safety,
            continua: certificate.continua.len(),
            undecided: undecided.collect::<Result<_>>()?,
        })
    }
}

/// Which linear regions the free run visits, in which order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SymbolicDynamics {
    /// Steps that were coded.
    pub steps: usize,
    /// Different regions that were visited.
    pub regions: usize,
    /// Topological entropy of the graph, in nats per step.
    pub topological_entropy: TopologicalEntropy,
    /// The same in nats per unit of time.
    pub topological_entropy_per_time: f64,
    /// Metric entropy by the words of the regions, in nats per step; nothing where there are too few samples.
    pub metric_entropy: Option<BlockEntropy>,
    /// The same in nats per unit of time.
    pub metric_entropy_per_time: Option<f64>,
    /// Which region follows which; the most frequent is number 0.
    pub graph: TransitionGraph,
}

/// A place where the model hardly moves. Fixed points are such places too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlowState {
    /// What is observed there \[N\], in the units of the data.
    pub position: Vec<f64>,
    /// The latent state \[M\], in the model's units.
    pub state: Vec<f64>,
    /// |F(z) − z| in the model's units per step.
    pub speed: f64,
    /// Dimension of the set of slow states around it: 1 on a line attractor.
    pub dimension: usize,
}

/// What [`analyse`] found. Positions are in the units of the data, rates per unit of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Names of the observed variables \[N\].
    pub variables: Vec<String>,
    /// Time of a step.
    pub dt: f64,
    /// Latents M.
    pub latents: usize,
    /// Rectified units U.
    pub units: usize,
    /// The fixed points that are isolated, in the order of their first coordinate.
    pub fixed_points: Vec<FixedPoint>,
    /// Whether these, and the continua of the certificate, are certainly all.
    pub fixed_points_complete: bool,
    /// How that is known; nothing where the budget does not allow for a certificate.
    pub certificate: Option<CertificateSummary>,
    /// The cycles that were found, shortest first.
    pub cycles: Vec<Cycle>,
    /// The longest period that was looked for.
    pub cycles_max_period: usize,
    /// The finite Lyapunov exponents per unit of time, largest first; empty where the free run diverges.
    pub lyapunov_spectrum: Vec<Estimate>,
    /// Exponents of −∞ after them.
    pub lyapunov_collapsed: usize,
    /// Kaplan-Yorke dimension of the attractor.
    pub kaplan_yorke: Option<f64>,
    /// One-dimensional stable and unstable manifolds of the fixed points.
    pub manifolds: Vec<FixedPointManifold>,
    /// The linear regions that the free run visits; nothing where it diverges.
    pub symbolic_dynamics: Option<SymbolicDynamics>,
    /// Slow states, the slowest first.
    pub slow_points: Vec<SlowState>,
    /// Sets of slow states that form a line.
    pub slow_lines: usize,
    /// What was refused or could not be computed, and why.
    pub notes: Vec<String>,
}

/// Takes a reconstruction apart: fixed points with a certificate where the budget allows for one, cycles, Lyapunov spectrum,
/// manifolds, symbolic dynamics and slow points, all along or around the free run from the latent state `start` \[M\].
///
/// Where a part is refused or fails, it is left out and the notes say why.
///
/// # Errors
/// [`Error::Size`] when `start` or the input do not fit, and errors of senseless settings.
pub fn analyse(
    reconstruction: &Reconstruction,
    start: &[f64],
    config: &AnalysisConfig,
    rng: &mut impl Rng,
) -> Result<Analysis> {
    let config = config.with_input_everywhere();
    let map = &reconstruction.model().dynamics;
    let mut notes = Vec::new();
    let run = free_run(reconstruction, start, &config, &mut notes)?;
    let certificate = attempt("all fixed points", all_fixed_points(map, &config.certificate), &mut notes)?;
    let pool = pool(reconstruction, start, run.as_ref(), rng)?;
    let search = attempt("cycles", find_cycles(map, &pool, &config.cycles, rng), &mut notes)?;

    let mut orbits = certificate.as_ref().map(|found| found.fixed_points.clone()).unwrap_or_default();
    let complete = certificate.as_ref().is_some_and(|found| found.complete);
    if !complete {
        let found = search.iter().flat_map(|search| search.of_period(1));
        let new: Vec<PeriodicOrbit> =
            found.filter(|orbit| !orbits.iter().any(|o| same(o, orbit))).cloned().collect();
        orbits.extend(new);
    }
    let mut fixed_points: Vec<FixedPoint> =
        orbits.iter().map(|orbit| FixedPoint::of(orbit, reconstruction)).collect::<Result<_>>()?;
    fixed_points.sort_by(|a, b| a.position[0].total_cmp(&b.position[0]));
    let longer = search.iter().flat_map(|search| &search.orbits).filter(|orbit| orbit.period() > 1);
    let cycles = longer.map(|orbit| Cycle::of(orbit, reconstruction)).collect::<Result<_>>()?;

    let spectrum = match &run {
        Some(_) => {
            attempt("Lyapunov exponents", lyapunov_spectrum(map, start, &config.lyapunov), &mut notes)?
        }
        None => None,
    };
    let spectrum = spectrum.map(|spectrum| spectrum.per_time(reconstruction.dt())).transpose()?;
    let symbolic_dynamics = match &run {
        Some(_) => symbols(reconstruction, start, &config.symbols, &mut notes)?,
        None => None,
    };
    let (slow, slow_lines) = match &run {
        Some(run) => slow_states(reconstruction, run, &config.slow_points, &mut notes, rng)?,
        None => (Vec::new(), 0),
    };
    Ok(Analysis {
        variables: reconstruction.names().to_vec(),
        dt: reconstruction.dt(),
        latents: map.dim(),
        units: map.b().len(),
        manifolds: manifolds(reconstruction, &fixed_points, &config.manifolds, &mut notes)?,
        fixed_points,
        fixed_points_complete: complete,
        certificate: certificate.map(|found| CertificateSummary::of(&found, reconstruction)).transpose()?,
        cycles,
        cycles_max_period: config.cycles.max_period,
        kaplan_yorke: spectrum
            .as_ref()
            .and_then(attractor_measures::LyapunovSpectrum::kaplan_yorke_dimension),
        lyapunov_collapsed: spectrum.as_ref().map_or(0, |spectrum| spectrum.collapsed),
        lyapunov_spectrum: spectrum.map(|spectrum| spectrum.exponents).unwrap_or_default(),
        symbolic_dynamics,
        slow_points: slow,
        slow_lines,
        notes,
    })
}

/// The result, or a note why there is none where the work or the numbers, not the settings, are the reason.
fn attempt<T>(what: &str, result: Result<T, MeasureError>, notes: &mut Vec<String>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(
            error @ (MeasureError::Limit { .. }
            | MeasureError::Diverged { .. }
            | MeasureError::Decomposition { .. }
            | MeasureError::Overflow { .. }
            | MeasureError::NotHyperbolic { .. }
            | MeasureError::NotPeriodic { .. }
            | MeasureError::OnBorder { .. }),
        ) => {
            notes.push(format!("{what}: {error}"));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether two fixed points are one, found twice.
fn same(a: &PeriodicOrbit, b: &PeriodicOrbit) -> bool {
    let (a, b) = (&a.points[0], &b.points[0]);
    let size = a.iter().chain(b).fold(0.0, |size: f64, z| size.max(z.abs()));
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= SAME * size)
}

/// Latent states \[T, M\] of the free run; nothing where it diverges.
fn free_run(
    reconstruction: &Reconstruction,
    start: &[f64],
    config: &AnalysisConfig,
    notes: &mut Vec<String>,
) -> Result<Option<Trajectory>> {
    let k = reconstruction.model().dynamics.input_dim();
    let input = if config.input.is_empty() { Array1::zeros(k) } else { Array1::from(config.input.clone()) };
    let inputs = input.broadcast((config.transient + config.steps, input.len()));
    let inputs = inputs.filter(|_| !input.is_empty());
    let options = Generate::new(config.steps, start.to_vec()).transient(config.transient);
    // Without noise nothing is drawn.
    let mut rng = <rand_chacha::ChaCha8Rng as rand_chacha::rand_core::SeedableRng>::seed_from_u64(0);
    match generate(reconstruction, &options, inputs, &mut rng) {
        Ok(run) => Ok(Some(run.states)),
        Err(error @ Error::Diverged { .. }) => {
            notes.push(error.to_string());
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Regions along the free run and around it.
fn pool(
    reconstruction: &Reconstruction,
    start: &[f64],
    run: Option<&Trajectory>,
    rng: &mut impl Rng,
) -> Result<Vec<Region>> {
    let map = &reconstruction.model().dynamics;
    let at_start = Array2::from_shape_fn((1, start.len()), |(_, latent)| start[latent]);
    let states = match run {
        Some(run) => run.slice(..run.len().min(POOL))?.into_data(),
        None => at_start,
    };
    let (mut low, mut high) = (states.row(0).to_vec(), states.row(0).to_vec());
    for row in states.axis_iter(Axis(0)) {
        for (latent, &z) in row.iter().enumerate() {
            low[latent] = low[latent].min(z);
            high[latent] = high[latent].max(z);
        }
    }
    for (low, high) in low.iter_mut().zip(&mut high) {
        // Half as much again as the run spans on each side, and at least the range of standardised data.
        let room = 0.5 * (*high - *low);
        (*low, *high) = ((*low - room).min(-4.0), (*high + room).max(4.0));
    }
    let mut pool = visited_regions(map, states.view())?;
    pool.extend(random_regions(map, &low, &high, POOL, rng)?);
    Ok(pool)
}

/// The one-dimensional manifolds of saddles.
fn manifolds(
    reconstruction: &Reconstruction,
    fixed_points: &[FixedPoint],
    config: &ManifoldConfig,
    notes: &mut Vec<String>,
) -> Result<Vec<FixedPointManifold>> {
    let map = &reconstruction.model().dynamics;
    let mut found = Vec::new();
    for (index, point) in fixed_points.iter().enumerate() {
        let stable_dim = point.eigenvalues.iter().filter(|value| value.re.hypot(value.im) < 1.0).count();
        // Of a stable node in one dimension the manifold is its basin.
        if point.unstable_dim == 0 || stable_dim == 0 {
            continue;
        }
        for (kind, dim, name) in [
            (ManifoldKind::Unstable, point.unstable_dim, "unstable"),
            (ManifoldKind::Stable, stable_dim, "stable"),
        ] {
            if dim == 1 {
                let what = format!("{name} manifold of fixed point {index}");
                let line = attempt(&what, manifold(map, &point.state, 1, kind, config), notes)?;
                if let Some(line) = line {
                    found.push(FixedPointManifold::of(&line, index, reconstruction)?);
                }
            }
        }
    }
    Ok(found)
}

fn symbols(
    reconstruction: &Reconstruction,
    start: &[f64],
    config: &SymbolicConfig,
    notes: &mut Vec<String>,
) -> Result<Option<SymbolicDynamics>> {
    let map = &reconstruction.model().dynamics;
    let Some(sequence) = attempt("symbolic dynamics", symbolic_orbit(map, start, config), notes)? else {
        return Ok(None);
    };
    let graph = sequence.transition_graph()?;
    let topological_entropy = graph.topological_entropy(&attractor_measures::GraphBudget::default())?;
    let longest = WORDS.min(sequence.len().saturating_sub(1));
    let metric_entropy = sequence.metric_entropy(longest)?;
    let per_time = 1.0 / reconstruction.dt();
    Ok(Some(SymbolicDynamics {
        steps: sequence.len(),
        regions: graph.symbols().len(),
        topological_entropy_per_time: topological_entropy.value * per_time,
        topological_entropy,
        metric_entropy_per_time: metric_entropy.as_ref().map(|entropy| entropy.rate * per_time),
        metric_entropy,
        graph,
    }))
}

/// Slow states, and how many sets of them are lines.
fn slow_states(
    reconstruction: &Reconstruction,
    run: &Trajectory,
    config: &SlowPointConfig,
    notes: &mut Vec<String>,
    rng: &mut impl Rng,
) -> Result<(Vec<SlowState>, usize)> {
    let map = &reconstruction.model().dynamics;
    let Some(found) = attempt("slow points", slow_points(map, run, config, rng), notes)? else {
        return Ok((Vec::new(), 0));
    };
    let lines = found.lines().count();
    let states = found.points.into_iter().map(|point| -> Result<SlowState> {
        let position = reconstruction.observation(&point.state)?;
        Ok(SlowState { position, state: point.state, speed: point.speed, dimension: point.dimension })
    });
    Ok((states.collect::<Result<_>>()?, lines))
}

impl fmt::Display for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certain = match (&self.certificate, self.fixed_points_complete) {
            (_, true) => "certainly all",
            (Some(_), false) => "perhaps not all: the certificate is incomplete",
            (None, false) => "perhaps not all: no certificate",
        };
        writeln!(f, "Fixed points: {}, {certain}", self.fixed_points.len())?;
        for point in &self.fixed_points {
            let position: Vec<String> = point.position.iter().map(|x| format!("{x:.3}")).collect();
            let rates: Vec<String> = point.eigenvalues.iter().map(rate).collect();
            let stability = format!("{:?}", point.stability);
            writeln!(f, "  ({})  {stability}, rates {}", position.join(", "), rates.join(", "))?;
        }
        writeln!(f, "Cycles of period 2 to {}: {}", self.cycles_max_period, self.cycles.len())?;
        let exponents = self.lyapunov_spectrum.iter();
        let exponents: Vec<String> =
            exponents.map(|e| format!("{:.4} ± {:.4}", e.value, e.standard_error)).collect();
        writeln!(f, "Lyapunov exponents per unit of time: {}", exponents.join(", "))?;
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_string(), format_number);
        writeln!(f, "Kaplan-Yorke dimension: {}", number(self.kaplan_yorke))?;
        if let Some(symbols) = &self.symbolic_dynamics {
            writeln!(
                f,
                "Linear regions visited: {}; topological entropy at most {} and metric entropy {} per unit of time",
                symbols.regions,
                format_number(symbols.topological_entropy_per_time),
                number(symbols.metric_entropy_per_time)
            )?;
        }
        write!(f, "Slow points: {}, lines of them: {}", self.slow_points.len(), self.slow_lines)?;
        for note in &self.notes {
            write!(f, "\nNote: {note}")?;
        }
        Ok(())
    }
}

/// A growth rate and, of a pair, the frequency.
fn rate(value: &crate::Multiplier) -> String {
    let growth = value.growth_rate.map_or_else(|| "-inf".to_string(), |rate| format!("{rate:.3}"));
    match value.angular_frequency {
        0.0 => growth,
        frequency => format!("{growth} {} {:.3}i", if frequency < 0.0 { '-' } else { '+' }, frequency.abs()),
    }
}
