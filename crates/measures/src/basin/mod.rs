//! Basins of attraction: which attractor each state of a grid comes to.

mod fate;
mod slice;

use attractor_systems::Map;
use ndarray::{Array2, ArrayView2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::lyapunov::constant_input;
use crate::{Error, LongTermBehaviour, LongTermConfig, Result, input, long_term_behaviour};
use fate::{Fate, Visited, fate, lies_on};
pub use slice::{AxisDirection, GridSlice, SliceAxis};

/// States of a grid whose orbits are computed at once, before they are compared with the attractors.
const CHUNK: usize = 4096;

/// Settings of [`basins`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BasinConfig {
    /// Steps before an orbit is first looked at. Default 500.
    pub transient: usize,
    /// Steps after which an orbit that does not repeat itself is taken to wander: to be chaotic, or quasi-periodic.
    /// Default 5000.
    pub max_steps: usize,
    /// Steps after them along which it is recorded where a wandering orbit goes. Default 2000.
    pub record: usize,
    /// The longest period of a cycle that is looked for. Default 64.
    pub max_period: usize,
    /// The size of the states, such as their standard deviation along a typical orbit. Default 1.
    pub scale: f64,
    /// An orbit repeats itself when it is back within `tolerance · scale` in every variable. Default 1e-6.
    pub tolerance: f64,
    /// Fixed points and cycles within `merge · scale` of each other, in every variable, are the same. Default 1e-3.
    pub merge: f64,
    /// Edge, over `scale`, of the cells by which wandering orbits are compared. Default 0.05.
    pub cell: f64,
    /// Wandering orbits are on the same attractor when this share of the cells of one, in each projection onto two
    /// neighbouring variables, is visited by the other too. Default 0.25.
    pub overlap: f64,
    /// States beyond `bound · scale`, in any variable, have diverged. Default 1e6.
    pub bound: f64,
    /// Most attractors. Default 256.
    pub max_attractors: usize,
    /// Most steps of the map in all, at worst: states of the grid times the steps that each may take. Default 10^10.
    pub max_total_steps: u64,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for BasinConfig {
    fn default() -> Self {
        Self {
            transient: 500,
            max_steps: 5000,
            record: 2000,
            max_period: 64,
            scale: 1.0,
            tolerance: 1e-6,
            merge: 1e-3,
            cell: 0.05,
            overlap: 0.25,
            bound: 1e6,
            max_attractors: 256,
            max_total_steps: 10_000_000_000,
            input: Vec::new(),
        }
    }
}

/// An attractor, or the escape to infinity, and how much of the grid comes to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BasinAttractor {
    /// What a run does there, by [`long_term_behaviour`] from `state`. Where this is an unstable fixed point or
    /// cycle, a state of the grid lay on it, or on its stable manifold.
    pub behaviour: LongTermBehaviour,
    /// A state on it \[M\]; for the escape to infinity, the first state of the grid that escapes.
    pub state: Vec<f64>,
    /// States of the grid that come to it.
    pub points: usize,
    /// Their share of the grid.
    pub share: f64,
}

/// Which attractor each state of a grid comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basins {
    labels: Array2<u32>,
    /// The attractors, the one with the largest share first.
    pub attractors: Vec<BasinAttractor>,
    /// The grid.
    pub slice: GridSlice,
}

impl Basins {
    /// The number of the attractor of each state \[rows, columns\], into `attractors`.
    pub fn labels(&self) -> ArrayView2<'_, u32> {
        self.labels.view()
    }
}

/// An attractor as it is found.
struct Found {
    set: Set,
    state: Vec<f64>,
    points: usize,
}

enum Set {
    Infinity { step: usize },
    Periodic(Vec<Vec<f64>>),
    Wandering(Visited),
}

/// The basins of attraction of a map on a line or plane of its state space.
///
/// Each state of the grid runs until it diverges, repeats itself, or has spent its steps; then its fate is compared
/// with the attractors found so far, in the order of the grid. Orbits run in parallel; the result does not depend on
/// the number of threads.
///
/// What is not checked: an orbit that has not come to its attractor after several times `max_steps` may be taken for
/// one of its own; a continuum of fixed points counts as one attractor per `merge · scale`; attractors whose projections onto
/// each two neighbouring variables share cells are taken for one.
///
/// # Errors
/// [`Error::Dimension`] and [`Error::NonFinite`] for the slice and the input, [`Error::Setting`],
/// [`Error::Limit`] when the grid could take more steps than `max_total_steps`, or has more attractors than
/// `max_attractors`, [`Error::System`] for senseless parameters of the map.
pub fn basins(map: &(impl Map + Sync + ?Sized), slice: &GridSlice, config: &BasinConfig) -> Result<Basins> {
    map.validate()?;
    slice.validate(map.dim())?;
    let input = constant_input(map, &config.input)?;
    check(config)?;
    let (rows, columns) = slice.shape();
    let points = rows.checked_mul(columns);
    let each = (config.max_steps.max(config.transient.max(1)) as u64)
        .saturating_add(config.transient.max(1) as u64)
        .saturating_add(config.max_period as u64 * 2)
        .saturating_add(config.record as u64);
    let points = points.filter(|&points| each.saturating_mul(points as u64) <= config.max_total_steps);
    let points = points.ok_or(Error::Limit {
        what: "steps of the map for this grid",
        limit: usize::try_from(config.max_total_steps).unwrap_or(usize::MAX),
        needed: each as f64 * rows as f64 * columns as f64,
    })?;
    let mut found: Vec<Found> = Vec::new();
    let mut labels = Vec::with_capacity(points);
    for start in (0..points).step_by(CHUNK) {
        let places = start..points.min(start + CHUNK);
        let fates: Vec<Fate> = places
            .clone()
            .into_par_iter()
            .map(|place| fate(map, &input, slice.state(place / columns, place % columns), config))
            .collect();
        for (place, fate) in places.zip(fates) {
            let label = match recognise(&mut found, &fate, config) {
                Some(label) => label,
                None if found.len() >= config.max_attractors => {
                    let (limit, needed) = (config.max_attractors, config.max_attractors as f64 + 1.0);
                    return Err(Error::Limit { what: "attractors", limit, needed });
                }
                None => {
                    let first = || slice.state(place / columns, place % columns);
                    let (set, state) = match fate {
                        Fate::Diverged(step) => (Set::Infinity { step }, first()),
                        Fate::Periodic(states) => {
                            let state = states[0].clone();
                            (Set::Periodic(states), state)
                        }
                        Fate::Wandering { state, visited } => (Set::Wandering(visited), state),
                    };
                    found.push(Found { set, state, points: 0 });
                    found.len() - 1
                }
            };
            found[label].points += 1;
            labels.push(label);
        }
    }
    finish(map, slice, config, found, &labels)
}

fn check(config: &BasinConfig) -> Result<()> {
    for (setting, value) in [
        ("scale", config.scale),
        ("tolerance", config.tolerance),
        ("merge", config.merge),
        ("cell", config.cell),
        ("bound", config.bound),
    ] {
        input::positive(setting, value)?;
    }
    if !(config.overlap > 0.0 && config.overlap <= 1.0) {
        let value = config.overlap;
        return Err(Error::Setting { setting: "overlap", value, requirement: "above 0, at most 1" });
    }
    for (setting, value) in [
        ("record", config.record),
        ("max_period", config.max_period),
        ("max_attractors", config.max_attractors),
    ] {
        if value == 0 {
            return Err(Error::Setting { setting, value: 0.0, requirement: "at least 1" });
        }
    }
    Ok(())
}

/// The known attractor that a fate belongs to.
fn recognise(found: &mut [Found], fate: &Fate, config: &BasinConfig) -> Option<usize> {
    let merge = config.merge * config.scale;
    match fate {
        Fate::Diverged(step) => {
            let index = found.iter().position(|known| matches!(known.set, Set::Infinity { .. }))?;
            if let Set::Infinity { step: earliest } = &mut found[index].set {
                *earliest = (*earliest).min(*step);
            }
            Some(index)
        }
        Fate::Periodic(states) => found
            .iter()
            .position(|known| matches!(&known.set, Set::Periodic(known) if lies_on(states, known, merge))),
        Fate::Wandering { visited, .. } => {
            let index = found.iter().position(
                |known| matches!(&known.set, Set::Wandering(known) if known.share_of(visited) >= config.overlap),
            )?;
            if let Set::Wandering(known) = &mut found[index].set {
                known.join(visited);
            }
            Some(index)
        }
    }
}

/// Says what each attractor is, joins those that turn out to be the same, and numbers them by their share.
fn finish(
    map: &(impl Map + Sync + ?Sized),
    slice: &GridSlice,
    config: &BasinConfig,
    mut found: Vec<Found>,
    labels: &[usize],
) -> Result<Basins> {
    let max_period = config.max_period.max(1000);
    let long_term = LongTermConfig {
        transient: config.transient,
        steps: max_period.saturating_mul(10),
        scale: config.scale,
        tolerance: config.tolerance,
        bound: config.bound,
        max_period,
        input: config.input.clone(),
    };
    let behaviours: Result<Vec<LongTermBehaviour>> = found
        .par_iter_mut()
        .map(|known| {
            if let Set::Infinity { step } = known.set {
                return Ok(LongTermBehaviour::Divergent { step });
            }
            let behaviour = long_term_behaviour(map, &known.state, &long_term)?;
            // What had not settled yet on the grid may have by now.
            if let (Set::Wandering(_), Some(period)) = (&known.set, period(&behaviour)) {
                let states = late_states(map, &known.state, period, &long_term)?;
                known.state.clone_from(&states[0]);
                known.set = Set::Periodic(states);
            }
            Ok(behaviour)
        })
        .collect();
    let behaviours = behaviours?;
    let mut joined: Vec<usize> = (0..found.len()).collect();
    for later in 1..found.len() {
        let Set::Periodic(states) = &found[later].set else { continue };
        let same = |known: &Found| {
            matches!(&known.set, Set::Periodic(known) if known.len() == states.len()
                && lies_on(states, known, config.merge * config.scale))
        };
        if let Some(earlier) = found[..later].iter().position(same) {
            joined[later] = joined[earlier];
            let points = std::mem::take(&mut found[later].points);
            found[joined[earlier]].points += points;
        }
    }
    let mut order: Vec<usize> = (0..found.len()).filter(|&index| joined[index] == index).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(found[index].points));
    let mut number = vec![0; found.len()];
    for (new, &old) in order.iter().enumerate() {
        number[old] = new as u32;
    }
    let attractors = order
        .iter()
        .map(|&index| BasinAttractor {
            behaviour: behaviours[index].clone(),
            state: found[index].state.clone(),
            points: found[index].points,
            share: found[index].points as f64 / labels.len() as f64,
        })
        .collect();
    let (_, columns) = slice.shape();
    let labels = Array2::from_shape_fn(slice.shape(), |(i, j)| number[joined[labels[i * columns + j]]]);
    Ok(Basins { labels, attractors, slice: slice.clone() })
}

fn period(behaviour: &LongTermBehaviour) -> Option<usize> {
    match behaviour {
        LongTermBehaviour::FixedPoint { .. } => Some(1),
        LongTermBehaviour::Cycle { period, .. } => Some(*period),
        _ => None,
    }
}

/// The states of one period at the end of the run that [`long_term_behaviour`] judged.
fn late_states(
    map: &(impl Map + ?Sized),
    x0: &[f64],
    period: usize,
    config: &LongTermConfig,
) -> Result<Vec<Vec<f64>>> {
    let input = constant_input(map, &config.input)?;
    let (mut x, mut next) = (x0.to_vec(), vec![0.0; x0.len()]);
    let mut states = Vec::with_capacity(period);
    let length = config.transient.saturating_add(config.steps);
    for step in 0..length {
        map.step(&x, &input, &mut next);
        std::mem::swap(&mut x, &mut next);
        if step + period >= length {
            states.push(x.clone());
        }
    }
    Ok(states)
}
