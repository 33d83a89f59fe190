//! Bifurcation diagrams: what a family of maps settles to, parameter by parameter.

use attractor_systems::Map;
use serde::{Deserialize, Serialize};

use crate::lyapunov::constant_input;
use crate::{Error, Estimate, LyapunovConfig, Result, input, lyapunov_spectrum};

/// Where the orbit of each parameter starts, and in which order the parameters are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Continuation {
    /// Each from the initial state.
    Restart,
    /// Each from where the one before ended, in the given order.
    #[default]
    Forward,
    /// Each from where the one after ended, in the reverse order.
    Backward,
    /// One forward and one backward sweep: where they differ, attractors coexist.
    Both,
}

/// Settings of [`bifurcation_diagram`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BifurcationConfig {
    /// The coordinate, from 0, that is sampled. Default 0.
    pub coordinate: usize,
    /// Steps of each parameter that are not sampled. Default 2000.
    pub transient: usize,
    /// Samples of each parameter, one a step. Default 200.
    pub samples: usize,
    /// Steps along which the largest Lyapunov exponent of each parameter is measured, at least 2; 0 for none.
    /// Default 2000.
    pub exponent_steps: usize,
    /// The longest period that is looked for, at most half of `samples`. Default 64.
    pub max_period: usize,
    /// Where each orbit starts.
    pub continuation: Continuation,
    /// What is added to every variable of a continued state, over `scale`, so that it leaves what has become
    /// unstable. Default 1e-6.
    pub perturbation: f64,
    /// The size of the states. Default 1.
    pub scale: f64,
    /// States within `tolerance · scale` of each other, in every variable, are the same. Default 1e-6.
    pub tolerance: f64,
    /// States beyond `bound · scale`, in any variable, have diverged. Default 1e6.
    pub bound: f64,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for BifurcationConfig {
    fn default() -> Self {
        Self {
            coordinate: 0,
            transient: 2000,
            samples: 200,
            exponent_steps: 2000,
            max_period: 64,
            continuation: Continuation::default(),
            perturbation: 1e-6,
            scale: 1.0,
            tolerance: 1e-6,
            bound: 1e6,
            input: Vec::new(),
        }
    }
}

/// What the map of one parameter does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BifurcationOutcome {
    /// It stays within the bound.
    Bounded {
        /// The sampled coordinate after the transient \[samples\].
        samples: Vec<f64>,
        /// The shortest period, 1 for a fixed point; nothing where the samples do not repeat.
        period: Option<usize>,
        /// The largest Lyapunov exponent, per step; nothing where it is −∞ or was not asked for.
        exponent: Option<Estimate>,
    },
    /// It leaves the bound.
    Divergent {
        /// Steps from the state that it started from.
        step: usize,
    },
}

/// One parameter of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BifurcationPoint {
    /// The parameter.
    pub parameter: f64,
    /// What its map does.
    pub outcome: BifurcationOutcome,
}

impl BifurcationPoint {
    /// The period, where there is one.
    pub fn period(&self) -> Option<usize> {
        match &self.outcome {
            BifurcationOutcome::Bounded { period, .. } => *period,
            BifurcationOutcome::Divergent { .. } => None,
        }
    }

    /// The samples; none where the orbit diverged.
    pub fn samples(&self) -> &[f64] {
        match &self.outcome {
            BifurcationOutcome::Bounded { samples, .. } => samples,
            BifurcationOutcome::Divergent { .. } => &[],
        }
    }
}

/// Two neighbouring parameters between which the behaviour changes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeriodChange {
    /// The last parameter before the change.
    pub before: f64,
    /// The first parameter after it.
    pub after: f64,
    /// The period before; nothing for none.
    pub period_before: Option<usize>,
    /// The period after; nothing for none.
    pub period_after: Option<usize>,
}

/// A bifurcation diagram.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BifurcationDiagram {
    /// The coordinate, from 0, that was sampled.
    pub coordinate: usize,
    /// The forward sweep, in the given order of the parameters; also that without continuation. Empty for
    /// [`Continuation::Backward`].
    pub forward: Vec<BifurcationPoint>,
    /// The backward sweep, in the given order of the parameters too. Empty where none was asked for.
    pub backward: Vec<BifurcationPoint>,
}

impl BifurcationDiagram {
    /// Where the period changes along the forward sweep, or along the backward sweep where there is no other.
    pub fn period_changes(&self) -> Vec<PeriodChange> {
        let sweep = if self.forward.is_empty() { &self.backward } else { &self.forward };
        let changes = sweep.windows(2).filter(|pair| {
            let diverges =
                |point: &BifurcationPoint| matches!(point.outcome, BifurcationOutcome::Divergent { .. });
            pair[0].period() != pair[1].period() || diverges(&pair[0]) != diverges(&pair[1])
        });
        let change = |pair: &[BifurcationPoint]| PeriodChange {
            before: pair[0].parameter,
            after: pair[1].parameter,
            period_before: pair[0].period(),
            period_after: pair[1].period(),
        };
        changes.map(change).collect()
    }
}

/// What the maps of a family settle to, from `x0` \[M\], at each of `parameters`: samples of one coordinate after a
/// transient, the period where they repeat, the largest Lyapunov exponent.
///
/// With continuation each parameter starts where its neighbour ended, and so follows an attractor as far as it exists;
/// after a divergence it starts from `x0` again. Close to a bifurcation orbits settle slowly: a `transient` that is
/// too short shows there as a missing or too long period.
///
/// # Errors
/// Those of `family`; [`Error::TooShort`] for no parameters, fewer samples than 2 · `max_period`, or 1 step for the
/// exponent; [`Error::Dimension`] and [`Error::NonFinite`] for the parameters, `x0`, the coordinate and the input;
/// [`Error::Setting`]; [`Error::System`] for senseless parameters of a map.
pub fn bifurcation_diagram<M: Map>(
    family: impl Fn(f64) -> Result<M>,
    parameters: &[f64],
    x0: &[f64],
    config: &BifurcationConfig,
) -> Result<BifurcationDiagram> {
    if parameters.is_empty() {
        return Err(Error::TooShort { what: "parameters", needed: 1, found: 0 });
    }
    if let Some(row) = parameters.iter().position(|p| !p.is_finite()) {
        return Err(Error::NonFinite { what: "parameters", row, column: 0 });
    }
    for (setting, value) in
        [("scale", config.scale), ("tolerance", config.tolerance), ("bound", config.bound)]
    {
        input::positive(setting, value)?;
    }
    if !(config.perturbation >= 0.0 && config.perturbation.is_finite()) {
        let value = config.perturbation;
        return Err(Error::Setting {
            setting: "perturbation",
            value,
            requirement: "finite and not negative",
        });
    }
    let needed = config.max_period.saturating_mul(2).max(1);
    if config.samples < needed {
        return Err(Error::TooShort { what: "samples", needed, found: config.samples });
    }
    if config.exponent_steps == 1 {
        return Err(Error::TooShort { what: "steps for the exponent", needed: 2, found: 1 });
    }
    let sweep = |order: &mut dyn Iterator<Item = f64>, continued: bool| -> Result<Vec<BifurcationPoint>> {
        let mut last: Option<Vec<f64>> = None;
        let mut points = Vec::new();
        for parameter in order {
            let map = family(parameter)?;
            let mut start = last.take().unwrap_or_else(|| x0.to_vec());
            let outcome = settle(&map, &mut start, config)?;
            if continued && matches!(outcome, BifurcationOutcome::Bounded { .. }) {
                for v in &mut start {
                    *v += config.perturbation * config.scale;
                }
                last = Some(start);
            }
            points.push(BifurcationPoint { parameter, outcome });
        }
        Ok(points)
    };
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    if config.continuation != Continuation::Backward {
        let continued = config.continuation != Continuation::Restart;
        forward = sweep(&mut parameters.iter().copied(), continued)?;
    }
    if matches!(config.continuation, Continuation::Backward | Continuation::Both) {
        backward = sweep(&mut parameters.iter().rev().copied(), true)?;
        backward.reverse();
    }
    Ok(BifurcationDiagram { coordinate: config.coordinate, forward, backward })
}

/// What one map does from `x`, which becomes the last sampled state.
fn settle(map: &impl Map, x: &mut Vec<f64>, config: &BifurcationConfig) -> Result<BifurcationOutcome> {
    map.validate()?;
    let dim = map.dim();
    input::state(x, dim, "initial state")?;
    if config.coordinate >= dim {
        let (expected, found) = (dim.saturating_sub(1), config.coordinate);
        return Err(Error::Dimension { what: "sampled coordinate, at most", expected, found });
    }
    let input = constant_input(map, &config.input)?;
    let mut next = vec![0.0; dim];
    let mut states = Vec::with_capacity(config.samples * dim);
    for step in 0..config.transient.saturating_add(config.samples) {
        map.step(x, &input, &mut next);
        std::mem::swap(x, &mut next);
        if !x.iter().all(|v| v.abs() <= config.bound * config.scale) {
            return Ok(BifurcationOutcome::Divergent { step: step + 1 });
        }
        if step >= config.transient {
            states.extend_from_slice(x);
        }
    }
    let same = config.tolerance * config.scale;
    let repeats =
        |period: usize| states.iter().zip(&states[period * dim..]).all(|(a, b)| (a - b).abs() <= same);
    let period = (1..=config.max_period).find(|&period| repeats(period));
    let exponent = if config.exponent_steps == 0 {
        None
    } else {
        let lyapunov = LyapunovConfig::new(0, config.exponent_steps).with_exponents(1).with_input(input);
        match lyapunov_spectrum(map, x, &lyapunov) {
            Ok(spectrum) => spectrum.largest(),
            Err(Error::Diverged { step }) => {
                let step = config.transient.saturating_add(config.samples).saturating_add(step);
                return Ok(BifurcationOutcome::Divergent { step });
            }
            Err(error) => return Err(error),
        }
    };
    let samples = states.chunks_exact(dim).map(|state| state[config.coordinate]).collect();
    Ok(BifurcationOutcome::Bounded { samples, period, exponent })
}
