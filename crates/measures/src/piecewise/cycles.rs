//! Heuristic search for fixed points and cycles, by guessing and correcting sequences of linear regions.

use std::collections::{HashMap, HashSet};

use attractor_systems::PiecewiseLinearMap;
use nalgebra::{DMatrix, DVector};
use ndarray::ArrayView2;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::affine::Flat;
use super::units::Units;
use super::{PeriodicOrbit, Region};
use crate::{Error, Result, input};

/// Settings of [`find_cycles`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CycleConfig {
    /// The longest period that is looked for. Default 10.
    pub max_period: usize,
    /// Guessed sequences per period. Default 1000.
    pub starts: usize,
    /// How often a guess is corrected before it is given up. Default 50.
    pub corrections: usize,
    /// Orbits that touch a border between regions are one orbit where all their states agree to this, relative to
    /// their largest component; all others are told apart exactly, by their regions. Default 1e-8.
    pub tolerance: f64,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for CycleConfig {
    fn default() -> Self {
        Self { max_period: 10, starts: 1000, corrections: 50, tolerance: 1e-8, input: Vec::new() }
    }
}

impl CycleConfig {
    /// Periods up to `max_period`, from `starts` guesses each.
    #[must_use]
    pub fn new(max_period: usize, starts: usize) -> Self {
        Self { max_period, starts, ..Self::default() }
    }
    /// With up to `corrections` corrections of a guess.
    #[must_use]
    pub fn with_corrections(mut self, corrections: usize) -> Self {
        self.corrections = corrections;
        self
    }
    /// With another tolerance between orbits that touch a border.
    #[must_use]
    pub fn with_tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }
    /// Under the constant input `input` \[K\].
    #[must_use]
    pub fn with_input(mut self, input: Vec<f64>) -> Self {
        self.input = input;
        self
    }
}

/// What [`find_cycles`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CycleSearch {
    /// The orbits, shortest first; each once, at its minimal period.
    pub orbits: Vec<PeriodicOrbit>,
    /// Sequences of regions that were solved.
    pub solved: usize,
    /// How many of them were singular to rounding: they hold no cycle or a continuum of them, which this search does
    /// not look into.
    pub singular: usize,
}

impl CycleSearch {
    /// The orbits of minimal period `period`.
    pub fn of_period(&self, period: usize) -> impl Iterator<Item = &PeriodicOrbit> {
        self.orbits.iter().filter(move |orbit| orbit.period() == period)
    }
}

/// The regions that the rows of `states` \[T, M\] lie in, in order of time.
///
/// # Errors
/// [`Error::Dimension`] and [`Error::NonFinite`] for the states.
pub fn visited_regions(map: &PiecewiseLinearMap, states: ArrayView2<'_, f64>) -> Result<Vec<Region>> {
    input::same("columns of the states", map.h().len(), states.ncols())?;
    input::finite(states, "states")?;
    states.rows().into_iter().map(|row| Region::of(map, &row.to_vec())).collect()
}

/// The regions of `count` points drawn uniformly between `low` and `high` \[M\].
///
/// # Errors
/// [`Error::Dimension`] and [`Error::NonFinite`] for the bounds, [`Error::Setting`] where one is not above the other.
pub fn random_regions(
    map: &PiecewiseLinearMap,
    low: &[f64],
    high: &[f64],
    count: usize,
    rng: &mut impl Rng,
) -> Result<Vec<Region>> {
    input::state(low, map.h().len(), "lower bounds")?;
    input::state(high, map.h().len(), "upper bounds")?;
    if let Some((_, &value)) = low.iter().zip(high).find(|(low, high)| low >= high) {
        return Err(Error::Setting { setting: "high", value, requirement: "above the lower bound" });
    }
    let mut draw =
        || low.iter().zip(high).map(|(&low, &high)| rng.random_range(low..high)).collect::<Vec<_>>();
    (0..count).map(|_| Region::of(map, &draw())).collect()
}

/// Searches for the fixed points and cycles of `map` up to a period, by the heuristic SCYFI \[E23\]: a sequence of k
/// regions is guessed, the one k-cycle of its affine pieces is solved for, and where it really visits other regions,
/// those are the next guess. Where that was tried before, a shorter step towards the cycle is taken, which \[E23\] does
/// not do. The guesses are drawn from `pool`, in turn region by region and as k regions in a row;
/// a pool comes from a trajectory ([`visited_regions`]), from random points ([`random_regions`]) or holds all
/// regions that exist ([`linear_regions`](super::linear_regions)). Where the different regions of the pool have no
/// more than [`CycleConfig::starts`] sequences, all these are tried instead.
///
/// Every orbit found is one to rounding, as [`PeriodicOrbit::residual`] tells; that none is missing is not
/// certain. For fixed points there is a certificate: [`all_fixed_points`](super::all_fixed_points).
///
/// # Errors
/// [`Error::Dimension`] for regions or an input that do not fit, [`Error::NonFinite`], [`Error::TooShort`] for an
/// empty pool, [`Error::Setting`], [`Error::System`] for senseless parameters of the map, [`Error::Overflow`], [`Error::Decomposition`].
pub fn find_cycles(
    map: &PiecewiseLinearMap,
    pool: &[Region],
    config: &CycleConfig,
    rng: &mut impl Rng,
) -> Result<CycleSearch> {
    let units = Units::new(map, &config.input)?;
    pool.iter().try_for_each(|region| units.check(region))?;
    if pool.is_empty() {
        return Err(Error::TooShort { what: "regions to start from", needed: 1, found: 0 });
    }
    for (setting, value) in [("max_period", config.max_period), ("starts", config.starts)] {
        if value == 0 {
            return Err(Error::Setting { setting, value: 0.0, requirement: "at least 1" });
        }
    }
    input::positive("tolerance", config.tolerance)?;
    let mut different = pool.to_vec();
    different.sort_unstable();
    different.dedup();
    let mut search = Search::new(&units, config);
    for period in 1..=config.max_period {
        let sequences = u32::try_from(period).ok().and_then(|k| different.len().checked_pow(k));
        if let Some(sequences) = sequences.filter(|&count| count <= config.starts) {
            for index in 0..sequences {
                let digit = |t: u32| index / different.len().pow(t) % different.len();
                search.start((0..period as u32).map(|t| different[digit(t)].clone()).collect())?;
            }
            continue;
        }
        for start in 0..config.starts {
            let guess: Vec<Region> = if start % 2 == 0 {
                (0..period).map(|_| pool[rng.random_range(0..pool.len())].clone()).collect()
            } else {
                let first = rng.random_range(0..pool.len());
                (first..first + period).map(|t| pool[t % pool.len()].clone()).collect()
            };
            search.start(guess)?;
        }
    }
    let Search { mut orbits, solved, singular, .. } = search;
    orbits.sort_by_key(PeriodicOrbit::period);
    Ok(CycleSearch { orbits, solved, singular })
}

/// The state of a search. What follows a guess depends on nothing else, so no sequence is solved twice.
struct Search<'a> {
    units: &'a Units,
    config: &'a CycleConfig,
    tried: HashSet<Vec<Region>>,
    orbits: Vec<PeriodicOrbit>,
    /// The orbits by their regions, rotated to come first in order.
    known: HashMap<Vec<Region>, usize>,
    solved: usize,
    singular: usize,
}

impl<'a> Search<'a> {
    fn new(units: &'a Units, config: &'a CycleConfig) -> Self {
        Self {
            units,
            config,
            tried: HashSet::new(),
            orbits: Vec::new(),
            known: HashMap::new(),
            solved: 0,
            singular: 0,
        }
    }

    /// Follows one guess to a cycle, to where all that comes next was tried before, or to its end.
    fn start(&mut self, mut guess: Vec<Region>) -> Result<()> {
        if self.tried.contains(&guess) {
            return Ok(());
        }
        let mut from: Option<Vec<f64>> = None;
        for _ in 0..=self.config.corrections {
            self.tried.insert(guess.clone());
            self.solved += 1;
            let Some(points) = solve(self.units, &guess) else {
                self.singular += 1;
                return Ok(());
            };
            if points.iter().flatten().any(|x| !x.is_finite()) {
                return Ok(());
            }
            if self.inside(&points, &guess) {
                return self.add(points, guess);
            }
            // This is Newton's method, which often runs in circles. Shorter steps then lead out of them.
            let target = &points[0];
            let lengths = if from.is_some() { &STEP_LENGTHS[..] } else { &STEP_LENGTHS[..1] };
            let next = lengths.iter().find_map(|length| {
                let z = match &from {
                    Some(from) => {
                        from.iter().zip(target).map(|(from, to)| from + length * (to - from)).collect()
                    }
                    None => target.clone(),
                };
                let visited = self.visited(&z, guess.len());
                (!self.tried.contains(&visited)).then_some((visited, z))
            });
            let Some((visited, z)) = next else { return Ok(()) };
            guess = visited;
            from = Some(z);
        }
        Ok(())
    }

    /// Whether the points lie in their regions. A unit within rounding of its threshold is on either side.
    fn inside(&self, points: &[Vec<f64>], regions: &[Region]) -> bool {
        points.iter().zip(regions).all(|(z, region)| {
            (0..self.units.count()).all(|unit| {
                let drive = self.units.drive(unit, z);
                (drive > 0.0) == region.is_active(unit)
                    || drive.abs() <= ON_BORDER * self.units.drive_rounding(unit, z)
            })
        })
    }

    /// The regions that the orbit of `z` visits in `steps` steps.
    fn visited(&self, z: &[f64], steps: usize) -> Vec<Region> {
        let mut z = z.to_vec();
        let mut next = z.clone();
        let visit = |_| {
            let region = self.units.region(&z);
            self.units.step(&z, &mut next);
            z.copy_from_slice(&next);
            region
        };
        (0..steps).map(visit).collect()
    }

    fn add(&mut self, mut points: Vec<Vec<f64>>, mut regions: Vec<Region>) -> Result<()> {
        // Its points are unique in their regions, so that a shorter period shows in these. Where the orbit touches a
        // border, one state may be in regions of different names.
        let close = |a: &[f64], b: &[f64], size: f64| {
            a.iter().zip(b).all(|(a, b)| (a - b).abs() <= self.config.tolerance * size)
        };
        let size = points.iter().flatten().fold(0.0, |max: f64, x| max.max(x.abs()));
        let border = points.iter().map(|z| self.units.border_distance(z)).fold(f64::INFINITY, f64::min);
        let touches = border <= self.config.tolerance * size;
        let k = points.len();
        let repeats = |d: usize| {
            (0..k).all(|t| {
                let later = (t + d) % k;
                regions[t] == regions[later] || (touches && close(&points[t], &points[later], size))
            })
        };
        let period = (1..=k).find(|&d| k.is_multiple_of(d) && repeats(d)).unwrap_or(k);
        points.truncate(period);
        regions.truncate(period);

        let first = (0..period)
            .min_by(|&a, &b| {
                let rotated = |start: usize| (0..period).map(move |t| (start + t) % period);
                rotated(a).map(|t| &regions[t]).cmp(rotated(b).map(|t| &regions[t]))
            })
            .unwrap_or(0);
        points.rotate_left(first);
        regions.rotate_left(first);
        if self.known.contains_key(&regions) {
            return Ok(());
        }
        let orbit = PeriodicOrbit::new(self.units, points, regions.clone())?;
        if touches {
            let same = |known: &&PeriodicOrbit| {
                known.period() == period && orbit.distance(known) <= self.config.tolerance * orbit.size()
            };
            if self.orbits.iter().any(|known| same(&known)) {
                return Ok(());
            }
        }
        self.known.insert(regions, self.orbits.len());
        self.orbits.push(orbit);
        Ok(())
    }
}

/// Lengths of steps that are tried in turn, relative to Newton's.
const STEP_LENGTHS: [f64; 5] = [1.0, 0.5, 0.25, 0.125, 0.0625];

/// A drive is zero where it is below so many times the rounding of its own sum, which allows for that of the state.
const ON_BORDER: f64 = 1e3;

/// The one cycle of the affine pieces of `regions`; nothing where they are singular to rounding.
fn solve(units: &Units, regions: &[Region]) -> Option<Vec<Vec<f64>>> {
    let m = units.dim();
    let pieces: Vec<_> = regions.iter().map(|region| units.piece(region)).collect();
    let mut product = DMatrix::identity(m, m);
    let mut offset = DVector::zeros(m);
    for (matrix, r) in &pieces {
        product = matrix * product;
        offset = matrix * offset + r;
    }
    let system = DMatrix::identity(m, m) - &product;
    let rounding = (m + regions.len()) as f64 * f64::EPSILON * (1.0 + product.amax());
    let inverse = match system.clone().try_inverse() {
        Some(inverse) if system.amax() * inverse.amax() < 1e10 => inverse,
        _ => match Flat::of(&product, &offset, rounding) {
            Flat::Point { .. } => system.try_inverse()?,
            Flat::Continuum { .. } | Flat::None => return None,
        },
    };
    let mut points = Vec::with_capacity(regions.len());
    let mut z = &inverse * offset;
    for (matrix, r) in &pieces {
        points.push(z.as_slice().to_vec());
        z = matrix * z + r;
    }
    // Newton's steps on all states at once keep every defect at rounding, however unstable the orbit.
    for _ in 0..2 {
        let defect = |t: usize| {
            let (matrix, r) = &pieces[t];
            let target = &points[(t + 1) % points.len()];
            matrix * DVector::from_column_slice(&points[t]) + r - DVector::from_column_slice(target)
        };
        let defects: Vec<_> = (0..pieces.len()).map(defect).collect();
        let carried = defects.iter().zip(&pieces).fold(DVector::zeros(m), |sum, (d, (j, _))| j * sum + d);
        let mut correction = &inverse * carried;
        for (t, point) in points.iter_mut().enumerate() {
            point.iter_mut().zip(correction.iter()).for_each(|(x, c)| *x += c);
            correction = &pieces[t].0 * &correction + &defects[t];
        }
    }
    Some(points)
}
