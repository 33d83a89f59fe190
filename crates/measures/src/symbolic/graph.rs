//! Which symbol follows which, and how often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Symbol, SymbolSequence};
use crate::{Error, Result};

/// An edge of a [`TransitionGraph`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// The symbol before.
    pub from: u32,
    /// The symbol after.
    pub to: u32,
    /// How often it was taken.
    pub count: usize,
    /// How often, of all transitions from `from`.
    pub probability: f64,
}

/// The graph of the observed transitions between S symbols.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct TransitionGraph {
    symbols: Vec<Symbol>,
    transitions: Vec<Transition>,
}

/// A graph as it comes from a file, before its rules are checked.
#[derive(Deserialize)]
struct Unchecked {
    symbols: Vec<Symbol>,
    transitions: Vec<Transition>,
}

impl TryFrom<Unchecked> for TransitionGraph {
    type Error = Error;

    fn try_from(Unchecked { symbols, transitions }: Unchecked) -> Result<Self> {
        let counts = transitions.iter().map(|t| ((t.from, t.to), t.count));
        Self::from_counts(symbols, counts.filter(|&(_, count)| count > 0).collect())
    }
}

/// Symbols that are left no more once they are entered, with their stationary distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecurrentClass {
    /// The symbols, ascending.
    pub symbols: Vec<u32>,
    /// The stationary probability of each of them.
    pub probabilities: Vec<f64>,
    /// Entropy rate of the Markov chain in this class, in nats per step.
    pub entropy_rate: f64,
}

impl SymbolSequence {
    /// The graph of the transitions of this sequence, from each symbol to the next.
    ///
    /// # Errors
    /// [`Error::TooShort`] for a sequence of less than 2 symbols.
    pub fn transition_graph(&self) -> Result<TransitionGraph> {
        if self.len() < 2 {
            return Err(Error::TooShort { what: "symbols", needed: 2, found: self.len() });
        }
        let mut counts = BTreeMap::new();
        for pair in self.symbols().windows(2) {
            *counts.entry((pair[0], pair[1])).or_insert(0_usize) += 1;
        }
        TransitionGraph::from_counts(self.alphabet().to_vec(), counts)
    }
}

impl TransitionGraph {
    fn from_counts(symbols: Vec<Symbol>, counts: BTreeMap<(u32, u32), usize>) -> Result<Self> {
        let mut leaving = vec![0_usize; symbols.len()];
        for (&(from, to), count) in &counts {
            let (expected, found) = (symbols.len(), from.max(to) as usize + 1);
            if found > expected {
                return Err(Error::Dimension { what: "symbols", expected, found });
            }
            leaving[from as usize] += count;
        }
        let transitions = counts
            .into_iter()
            .map(|((from, to), count)| Transition {
                from,
                to,
                count,
                probability: count as f64 / leaving[from as usize] as f64,
            })
            .collect();
        Ok(Self { symbols, transitions })
    }

    /// The symbols \[S\].
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    /// The transitions that were observed, ordered by `from`, then by `to`.
    pub fn transitions(&self) -> &[Transition] {
        &self.transitions
    }

    /// The symbols that may follow each symbol, with the probability.
    pub(super) fn successors(&self) -> Vec<Vec<(usize, f64)>> {
        let mut next = vec![Vec::new(); self.symbols.len()];
        for transition in &self.transitions {
            next[transition.from as usize].push((transition.to as usize, transition.probability));
        }
        next
    }

    /// The probability that `to` follows `from`.
    pub fn probability(&self, from: u32, to: u32) -> f64 {
        let key = |transition: &Transition| (transition.from, transition.to);
        let found = self.transitions.binary_search_by_key(&(from, to), key);
        found.map_or(0.0, |index| self.transitions[index].probability)
    }

    /// The strongly connected components: groups of symbols of which each can be reached from each other. Each is
    /// ascending, and they are ordered by their first symbol. A symbol that cannot return is a component of its own.
    pub fn components(&self) -> Vec<Vec<u32>> {
        let mut components = strongly_connected(&self.successors(), &vec![true; self.symbols.len()]);
        components.sort();
        components.into_iter().map(|c| c.into_iter().map(|i| i as u32).collect()).collect()
    }

    /// The stationary distribution of the Markov chain of the observed probabilities: one for each recurrent class,
    /// that is each strongly connected component that no transition leaves. An orbit visits one of them in the end,
    /// so that the graph of one sequence has one.
    ///
    /// A symbol after which the sequence was never observed, such as its last one may be, has no known way on; it
    /// is left out, with the symbols that only lead to such. There may be no class left.
    ///
    /// # Errors
    /// [`Error::Limit`] when a class has more than `limit` symbols: the time grows with its cube.
    pub fn recurrent_classes(&self, limit: usize) -> Result<Vec<RecurrentClass>> {
        let mut successors = self.successors();
        let mut alive = vec![true; successors.len()];
        loop {
            for next in &mut successors {
                next.retain(|&(to, _)| alive[to]);
            }
            let ended: Vec<usize> =
                (0..successors.len()).filter(|&i| alive[i] && successors[i].is_empty()).collect();
            if ended.is_empty() {
                break;
            }
            for i in ended {
                alive[i] = false;
            }
        }
        let mut classes = Vec::new();
        for mut class in strongly_connected(&successors, &alive) {
            class.sort_unstable();
            let inside = |symbol: usize| class.binary_search(&symbol).ok();
            if !class.iter().all(|&i| successors[i].iter().all(|&(to, _)| inside(to).is_some())) {
                continue;
            }
            if class.len() > limit {
                let needed = class.len() as f64;
                return Err(Error::Limit { what: "symbols of a recurrent class", limit, needed });
            }
            let mut matrix = vec![vec![0.0; class.len()]; class.len()];
            for (row, &symbol) in matrix.iter_mut().zip(&class) {
                let total: f64 = successors[symbol].iter().map(|&(_, p)| p).sum();
                successors[symbol].iter().for_each(|&(to, p)| {
                    if let Some(column) = inside(to) {
                        row[column] = p / total;
                    }
                });
            }
            let probabilities = stationary(matrix.clone());
            let surprise =
                |row: &Vec<f64>| -> f64 { row.iter().filter(|&&p| p > 0.0).map(|p| -p * p.ln()).sum() };
            let entropy_rate = matrix.iter().zip(&probabilities).map(|(row, pi)| pi * surprise(row)).sum();
            let symbols = class.into_iter().map(|i| i as u32).collect();
            classes.push(RecurrentClass { symbols, probabilities, entropy_rate });
        }
        classes.sort_by(|a, b| a.symbols.cmp(&b.symbols));
        Ok(classes)
    }
}

/// The stationary distribution of an irreducible chain by elimination \[GTH85\], which
/// never subtracts and so keeps the relative precision of every entry.
fn stationary(mut p: Vec<Vec<f64>>) -> Vec<f64> {
    let count = p.len();
    for last in (1..count).rev() {
        let (above, below) = p.split_at_mut(last);
        let pivot = &below[0];
        let leaving: f64 = pivot[..last].iter().sum();
        for row in above {
            let factor = row[last] / leaving;
            row[last] = factor;
            if factor > 0.0 {
                row[..last].iter_mut().zip(pivot).for_each(|(entry, q)| *entry += factor * q);
            }
        }
    }
    let mut pi = vec![1.0];
    for column in 1..count {
        let value = pi.iter().zip(&p).map(|(pi, row)| pi * row[column]).sum();
        pi.push(value);
    }
    let total: f64 = pi.iter().sum();
    pi.iter().map(|value| value / total).collect()
}

/// Tarjan's strongly connected components of the vertices in `alive`, without recursion.
pub(super) fn strongly_connected(successors: &[Vec<(usize, f64)>], alive: &[bool]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let n = successors.len();
    let (mut index, mut low) = (vec![UNSEEN; n], vec![0; n]);
    let (mut on_stack, mut stack, mut count) = (vec![false; n], Vec::new(), 0);
    let mut components = Vec::new();
    for root in (0..n).filter(|&i| alive[i]) {
        if index[root] != UNSEEN {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((vertex, edge)) = calls.pop() {
            if edge == 0 {
                index[vertex] = count;
                low[vertex] = count;
                count += 1;
                stack.push(vertex);
                on_stack[vertex] = true;
            } else {
                let child = successors[vertex][edge - 1].0;
                if on_stack[child] {
                    low[vertex] = low[vertex].min(low[child]);
                }
            }
            let fresh = (edge..successors[vertex].len()).find(|&e| {
                let to = successors[vertex][e].0;
                if alive[to] && index[to] != UNSEEN && on_stack[to] {
                    low[vertex] = low[vertex].min(index[to]);
                }
                alive[to] && index[to] == UNSEEN
            });
            if let Some(edge) = fresh {
                calls.push((vertex, edge + 1));
                calls.push((successors[vertex][edge].0, 0));
            } else if low[vertex] == index[vertex] {
                let start = stack.iter().rposition(|&v| v == vertex).unwrap_or(0);
                let component = stack.split_off(start);
                for &v in &component {
                    on_stack[v] = false;
                }
                components.push(component);
            }
        }
    }
    components
}
