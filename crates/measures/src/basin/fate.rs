//! What becomes of one starting state, and whether two states share their fate.

use attractor_systems::Map;

use super::BasinConfig;

/// What becomes of one starting state.
pub(super) enum Fate {
    /// It left the bound at this step.
    Diverged(usize),
    /// It repeats itself: the states of one period.
    Periodic(Vec<Vec<f64>>),
    /// It does not: a late state, and the cells that it visits.
    Wandering { state: Vec<f64>, visited: Visited },
}

/// The cells that an orbit visits, in each projection onto two neighbouring variables, sorted.
#[derive(Clone)]
pub(super) struct Visited(Vec<Vec<u64>>);

impl Visited {
    /// The smallest share, over the projections, of the cells of `other` that are in this set too.
    pub(super) fn share_of(&self, other: &Self) -> f64 {
        let share = |(mine, other): (&Vec<u64>, &Vec<u64>)| {
            other.iter().filter(|cell| mine.binary_search(cell).is_ok()).count() as f64
                / other.len().max(1) as f64
        };
        self.0.iter().zip(&other.0).map(share).fold(1.0, f64::min)
    }

    /// Takes the cells of another set in.
    pub(super) fn join(&mut self, other: &Self) {
        for (mine, other) in self.0.iter_mut().zip(&other.0) {
            mine.extend(other);
            mine.sort_unstable();
            mine.dedup();
        }
    }
}

/// Runs one state until it diverges, repeats itself, or the steps are spent.
pub(super) fn fate(map: &(impl Map + ?Sized), input: &[f64], x0: Vec<f64>, config: &BasinConfig) -> Fate {
    let dim = x0.len();
    let bound = config.bound * config.scale;
    let same = config.tolerance * config.scale;
    let within = |x: &[f64]| x.iter().all(|v| v.abs() <= bound);
    let (mut x, mut next) = (x0, vec![0.0; dim]);
    if !within(&x) {
        return Fate::Diverged(0);
    }
    let mut done = 0;
    let mut advance = |x: &mut Vec<f64>| {
        map.step(x, input, &mut next);
        std::mem::swap(x, &mut next);
        done += 1;
        if within(x) { Ok(done) } else { Err(Fate::Diverged(done)) }
    };
    // Orbits that have not settled after the transient get as much time again, until the steps are spent.
    loop {
        for _ in 0..config.transient.max(1) {
            if let Err(fate) = advance(&mut x) {
                return fate;
            }
        }
        let mut orbit = vec![x.clone()];
        let mut steps = 0;
        for _ in 0..2 * config.max_period {
            match advance(&mut x) {
                Err(fate) => return fate,
                Ok(done) => steps = done,
            }
            orbit.push(x.clone());
        }
        // A chaotic orbit may come close to itself once, but then parts again.
        let back = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= same);
        let repeats = |period: usize| (0..=config.max_period).all(|i| back(&orbit[i + period], &orbit[i]));
        if let Some(period) = (1..=config.max_period).find(|&period| repeats(period)) {
            orbit.truncate(period);
            return Fate::Periodic(orbit);
        }
        if steps >= config.max_steps {
            break;
        }
    }
    let pairs = if dim > 2 { dim } else { 1 };
    let mut cells = vec![Vec::with_capacity(config.record); pairs];
    let size = config.cell * config.scale;
    for _ in 0..config.record {
        for (first, cells) in cells.iter_mut().enumerate() {
            let second = (first + 1) % dim;
            cells.push(mix(
                mix((x[first] / size).floor() as i64 as u64) ^ (x[second] / size).floor() as i64 as u64
            ));
        }
        if let Err(fate) = advance(&mut x) {
            return fate;
        }
    }
    for cells in &mut cells {
        cells.sort_unstable();
        cells.dedup();
    }
    Fate::Wandering { state: x, visited: Visited(cells) }
}

/// A bijection that scatters numbers (the finalizer of SplitMix64).
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Whether each of `states` is within `distance`, in each variable, of one of `attractor`.
pub(super) fn lies_on(states: &[Vec<f64>], attractor: &[Vec<f64>], distance: f64) -> bool {
    let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= distance);
    states.iter().all(|state| attractor.iter().any(|other| close(state, other)))
}
