//! Sequences of symbols: which linear region, or which part of a partition, an orbit is in.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

use attractor_systems::{Map, PiecewiseLinearMap, Trajectory};
use serde::{Deserialize, Serialize};

use crate::lyapunov::constant_input;
use crate::{Error, Region, Result, input};

/// In which order symbols are numbered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// By their first visit.
    #[default]
    FirstVisit,
    /// The most frequent first, and of equally frequent ones that which was visited first.
    Frequency,
}

/// What one symbol stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Symbol {
    /// Its linear region, as zeros and ones, or the label that was given.
    pub label: String,
    /// How often it is visited.
    pub visits: usize,
    /// Index of its first visit.
    pub first_visit: usize,
}

/// Settings of [`symbolic_orbit`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SymbolicConfig {
    /// Steps that bring the orbit to its attractor and are not coded. Default 1000.
    pub transient: usize,
    /// Symbols, at least 1. Default 100,000.
    pub steps: usize,
    /// In which order symbols are numbered.
    pub numbering: Numbering,
    /// Most distinct symbols. Default 100,000.
    pub max_symbols: usize,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for SymbolicConfig {
    fn default() -> Self {
        Self {
            transient: 1000,
            steps: 100_000,
            numbering: Numbering::default(),
            max_symbols: 100_000,
            input: Vec::new(),
        }
    }
}

/// A sequence of symbols \[T\], numbered from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct SymbolSequence {
    symbols: Vec<u32>,
    alphabet: Vec<Symbol>,
}

/// A sequence as it comes from a file, before its rules are checked.
#[derive(Deserialize)]
struct Unchecked {
    symbols: Vec<u32>,
    alphabet: Vec<Symbol>,
}

impl TryFrom<Unchecked> for SymbolSequence {
    type Error = Error;

    fn try_from(Unchecked { symbols, alphabet }: Unchecked) -> Result<Self> {
        let mut counted: Vec<Symbol> =
            alphabet.into_iter().map(|symbol| Symbol { visits: 0, first_visit: 0, ..symbol }).collect();
        for (time, &symbol) in symbols.iter().enumerate() {
            let found = symbol as usize;
            let expected = counted.len();
            let entry = counted.get_mut(found).ok_or(Error::Dimension {
                what: "symbols",
                expected,
                found: found + 1,
            })?;
            if entry.visits == 0 {
                entry.first_visit = time;
            }
            entry.visits += 1;
        }
        Ok(Self { symbols, alphabet: counted })
    }
}

impl SymbolSequence {
    /// A sequence of labels \[T\] of one's own, such as the cells of a partition.
    ///
    /// # Errors
    /// [`Error::TooShort`] when there are none.
    pub fn from_labels<L: Clone + Eq + Hash + fmt::Display>(
        labels: &[L],
        numbering: Numbering,
    ) -> Result<Self> {
        let mut coder = Coder::default();
        labels.iter().try_for_each(|label| coder.push(label, usize::MAX))?;
        coder.finish(numbering)
    }

    /// Codes a trajectory by the label that `partition` gives each state \[N\].
    ///
    /// # Errors
    /// [`Error::Missing`] where a value is missing.
    pub fn from_partition<L: Clone + Eq + Hash + fmt::Display>(
        trajectory: &Trajectory,
        partition: impl Fn(&[f64]) -> L,
        numbering: Numbering,
    ) -> Result<Self> {
        let data = input::without_gaps(trajectory, "trajectory")?;
        let mut coder = Coder::default();
        for row in data.rows() {
            coder.push(&partition(&row.to_vec()), usize::MAX)?;
        }
        coder.finish(numbering)
    }

    /// Codes a trajectory \[T, M\] by the linear regions of `map` that its states lie in.
    ///
    /// # Errors
    /// [`Error::Dimension`] when the trajectory does not have the dimension of the map, [`Error::Missing`] where a
    /// value is missing, [`Error::System`] for senseless parameters of the map.
    pub fn from_regions(
        map: &PiecewiseLinearMap,
        trajectory: &Trajectory,
        numbering: Numbering,
    ) -> Result<Self> {
        map.validate()?;
        input::same("variables of the trajectory", map.dim(), trajectory.dim())?;
        Self::from_partition(trajectory, |state| Region::new(&map.region(state)), numbering)
    }

    /// The symbols \[T\], numbers into the [`alphabet`](Self::alphabet).
    pub fn symbols(&self) -> &[u32] {
        &self.symbols
    }

    /// What the symbols stand for.
    pub fn alphabet(&self) -> &[Symbol] {
        &self.alphabet
    }

    /// Length T.
    pub fn len(&self) -> usize {
        self.symbols.len()
    }

    /// Whether there is no symbol.
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }
}

/// The linear regions \[B24b\] that a piecewise-linear map visits on the orbit of `x0` \[M\]; the first symbol is that
/// of the state after the transient. A state on a border belongs to the region where that unit is inactive.
///
/// # Errors
/// [`Error::Dimension`] and [`Error::NonFinite`] for `x0` and the input, [`Error::TooShort`] for no steps,
/// [`Error::Diverged`] when the orbit overflows, [`Error::Limit`] when there are more than `max_symbols` regions,
/// [`Error::System`] for senseless parameters of the map.
pub fn symbolic_orbit(
    map: &PiecewiseLinearMap,
    x0: &[f64],
    config: &SymbolicConfig,
) -> Result<SymbolSequence> {
    map.validate()?;
    input::state(x0, map.dim(), "initial state")?;
    let input = constant_input(map, &config.input)?;
    let mut coder = Coder { symbols: Vec::with_capacity(config.steps), ..Coder::default() };
    let (mut x, mut next) = (x0.to_vec(), vec![0.0; map.dim()]);
    let length = config.transient.saturating_add(config.steps);
    for step in 0..length {
        if step >= config.transient {
            coder.push(&Region::new(&map.region(&x)), config.max_symbols)?;
        }
        if step + 1 < length {
            map.step(&x, &input, &mut next);
            std::mem::swap(&mut x, &mut next);
            if !x.iter().all(|v| v.is_finite()) {
                return Err(Error::Diverged { step: step + 1 });
            }
        }
    }
    coder.finish(config.numbering)
}

/// Gives labels their numbers as they come.
struct Coder<L> {
    numbers: HashMap<L, u32>,
    alphabet: Vec<Symbol>,
    symbols: Vec<u32>,
    last: Option<(L, u32)>,
}

impl<L> Default for Coder<L> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), alphabet: Vec::new(), symbols: Vec::new(), last: None }
    }
}

impl<L: Clone + Eq + Hash + fmt::Display> Coder<L> {
    fn push(&mut self, label: &L, limit: usize) -> Result<()> {
        let number = match &self.last {
            Some((last, number)) if last == label => *number,
            _ => {
                let known = self.numbers.get(label).copied();
                let number = known.map_or_else(|| self.enter(label, limit), Ok)?;
                self.last = Some((label.clone(), number));
                number
            }
        };
        self.alphabet[number as usize].visits += 1;
        self.symbols.push(number);
        Ok(())
    }

    /// Gives a new label its number.
    fn enter(&mut self, label: &L, limit: usize) -> Result<u32> {
        let limit = limit.min(u32::MAX as usize);
        if self.alphabet.len() >= limit {
            return Err(Error::Limit { what: "symbols", limit, needed: limit as f64 + 1.0 });
        }
        let number = self.alphabet.len() as u32;
        let first_visit = self.symbols.len();
        self.alphabet.push(Symbol { label: label.to_string(), visits: 0, first_visit });
        self.numbers.insert(label.clone(), number);
        Ok(number)
    }

    fn finish(self, numbering: Numbering) -> Result<SymbolSequence> {
        let Self { mut alphabet, mut symbols, .. } = self;
        if symbols.is_empty() {
            return Err(Error::TooShort { what: "symbols", needed: 1, found: 0 });
        }
        if numbering == Numbering::Frequency {
            let mut order: Vec<usize> = (0..alphabet.len()).collect();
            order.sort_by_key(|&old| std::cmp::Reverse(alphabet[old].visits));
            let mut new = vec![0; order.len()];
            for (number, &old) in order.iter().enumerate() {
                new[old] = number as u32;
            }
            for symbol in &mut symbols {
                *symbol = new[*symbol as usize];
            }
            alphabet = order.iter().map(|&old| alphabet[old].clone()).collect();
        }
        Ok(SymbolSequence { symbols, alphabet })
    }
}
