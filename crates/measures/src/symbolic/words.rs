//! Words that can repeat for ever: the periodic orbits of a transition graph.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::TransitionGraph;
use crate::{Error, Result};

/// The periodic words of a graph, shortest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeriodicWords {
    /// Each word once, in that of its rotations which comes first in order.
    pub words: Vec<Vec<u32>>,
    /// All words of up to this length are there; the budget was spent on longer ones where this is less than what
    /// was asked for.
    pub complete_to: usize,
}

impl TransitionGraph {
    /// The words of up to `max_length` symbols that may be repeated without end: closed walks of the graph that are
    /// not repetitions of shorter ones, with rotations of each other counted once. There are about ρ^k / k of length
    /// k, with ρ the exponential of the topological entropy; after `limit` words, or 1000 · `limit` steps of the
    /// search, the list ends.
    ///
    /// Each periodic orbit of a piecewise-linear map has such a word, if the orbit that the graph comes from took all
    /// its transitions; not each word has an orbit, unless the regions are a Markov partition.
    ///
    /// # Errors
    /// [`Error::Setting`] for a length of 0 or above 1000.
    pub fn periodic_words(&self, max_length: usize, limit: usize) -> Result<PeriodicWords> {
        if !(1..=1000).contains(&max_length) {
            let value = max_length as f64;
            return Err(Error::Setting { setting: "max_length", value, requirement: "from 1 to 1000" });
        }
        let count = self.symbols().len();
        let mut successors = vec![Vec::new(); count];
        let mut predecessors = vec![Vec::new(); count];
        for transition in self.transitions() {
            let (from, to) = (transition.from as usize, transition.to as usize);
            successors[from].push(to);
            predecessors[to].push(from);
        }
        let mut found = PeriodicWords { words: Vec::new(), complete_to: 0 };
        let mut steps = limit.saturating_mul(1000);
        let mut back = vec![usize::MAX; count];
        for length in 1..=max_length {
            // The first word of a rotation class starts with its smallest symbol.
            for first in 0..count {
                let reached = steps_back(&predecessors, first, length, &mut back);
                let mut search = Search {
                    successors: &successors,
                    back: &back,
                    length,
                    limit,
                    steps: &mut steps,
                    words: &mut found.words,
                };
                if !search.extend(&mut vec![first], 1) {
                    return Ok(found);
                }
                for symbol in reached {
                    back[symbol] = usize::MAX;
                }
            }
            found.complete_to = length;
        }
        Ok(found)
    }
}

/// Writes the fewest steps from each symbol back to `first`, through symbols that are not smaller, where they are at
/// most `limit`. Returns the symbols that were written.
fn steps_back(predecessors: &[Vec<usize>], first: usize, limit: usize, steps: &mut [usize]) -> Vec<usize> {
    let mut reached = Vec::new();
    let mut queue = VecDeque::from([(first, 0)]);
    while let Some((symbol, distance)) = queue.pop_front() {
        for &before in predecessors[symbol].iter().filter(|&&before| before >= first) {
            if steps[before] == usize::MAX && distance < limit {
                steps[before] = distance + 1;
                reached.push(before);
                queue.push_back((before, distance + 1));
            }
        }
    }
    reached
}

/// The search for the words of one length that begin with one symbol, among those words that are no greater than
/// their own rotations (Fredricksen, Kessler, Maiorana).
struct Search<'a> {
    successors: &'a [Vec<usize>],
    back: &'a [usize],
    length: usize,
    limit: usize,
    steps: &'a mut usize,
    words: &'a mut Vec<Vec<u32>>,
}

impl Search<'_> {
    /// Extends `word`, whose shortest period is `period`; false when the budget is spent.
    fn extend(&mut self, word: &mut Vec<usize>, period: usize) -> bool {
        if *self.steps == 0 {
            return false;
        }
        *self.steps -= 1;
        let (filled, last) = (word.len(), word[word.len() - 1]);
        if filled == self.length {
            if period == filled && self.back[last] == 1 {
                if self.words.len() == self.limit {
                    return false;
                }
                self.words.push(word.iter().map(|&symbol| symbol as u32).collect());
            }
            return true;
        }
        let repeat = word[filled - period];
        let successors = self.successors;
        for &next in &successors[last] {
            if next < repeat || self.back[next] > self.length - filled {
                continue;
            }
            word.push(next);
            let going_on = self.extend(word, if next == repeat { period } else { filled + 1 });
            word.pop();
            if !going_on {
                return false;
            }
        }
        true
    }
}
