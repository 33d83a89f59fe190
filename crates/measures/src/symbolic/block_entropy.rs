//! Entropies of the words of a symbol sequence.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::SymbolSequence;
use crate::{Error, Result};

/// The entropy of the words of one length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockEntropy {
    /// Length k of the words.
    pub length: usize,
    /// Entropy H_k of the words of this length, in nats, as counted.
    pub entropy: f64,
    /// The same with the first-order correction (Miller and Madow) for too few samples.
    pub corrected: f64,
    /// h_k = H_k − H_{k−1} of the corrected entropies: the estimate of the metric entropy, in nats per step.
    pub rate: f64,
    /// Distinct words.
    pub distinct: usize,
    /// Words in all.
    pub samples: usize,
}

impl BlockEntropy {
    /// Whether there are at least 100 samples for each distinct word, so that the correction of the entropy is at
    /// most 0.005. With fewer the rate becomes too low: words that are seen once look as if they had to come.
    pub fn is_well_sampled(&self) -> bool {
        self.samples / 100 >= self.distinct
    }
}

impl SymbolSequence {
    /// The entropies of the words of length 1 to `max_length`.
    ///
    /// $$ H_k = -\sum_{|w| = k} p_w \ln p_w, \qquad h_k = H_k - H_{k-1} $$
    ///
    /// h_k falls with k towards the entropy of the coded process, which is the metric entropy of the map if the
    /// partition generates, and a lower bound of it otherwise. In a finite sequence it falls below it as soon as the
    /// words are too many for the samples: take the last length that
    /// [`is_well_sampled`](BlockEntropy::is_well_sampled), as [`metric_entropy`](Self::metric_entropy) does.
    ///
    /// # Errors
    /// [`Error::Setting`] for a length of 0, [`Error::TooShort`] for a sequence that is not longer than `max_length`.
    pub fn block_entropies(&self, max_length: usize) -> Result<Vec<BlockEntropy>> {
        if max_length == 0 {
            return Err(Error::Setting { setting: "max_length", value: 0.0, requirement: "at least 1" });
        }
        if self.len() <= max_length {
            let needed = max_length.saturating_add(1);
            return Err(Error::TooShort { what: "symbols", needed, found: self.len() });
        }
        // A word of length k is the word of length k - 1 at the same place, by number, and one more symbol.
        let mut numbers = vec![0_u32; self.len()];
        let mut before = 0.0;
        let mut entropies = Vec::with_capacity(max_length);
        for length in 1..=max_length {
            let samples = self.len() + 1 - length;
            let mut words: HashMap<(u32, u32), u32> = HashMap::new();
            let mut counts: Vec<usize> = Vec::new();
            for (number_of, &last) in numbers.iter_mut().zip(&self.symbols()[length - 1..]) {
                let key = (*number_of, last);
                let number = *words.entry(key).or_insert_with(|| {
                    counts.push(0);
                    counts.len() as u32 - 1
                });
                counts[number as usize] += 1;
                *number_of = number;
            }
            let total = samples as f64;
            let plogp = |&count: &usize| count as f64 / total * (total / count as f64).ln();
            let entropy: f64 = counts.iter().map(plogp).sum();
            let distinct = counts.len();
            let corrected = entropy + (distinct - 1) as f64 / (2.0 * total);
            let rate = corrected - before;
            entropies.push(BlockEntropy { length, entropy, corrected, rate, distinct, samples });
            before = corrected;
        }
        Ok(entropies)
    }

    /// The estimate of the metric entropy, in nats per step: that of the longest well-sampled words of up to
    /// `max_length` symbols; nothing where not even single symbols are well sampled.
    ///
    /// # Errors
    /// As [`block_entropies`](Self::block_entropies).
    pub fn metric_entropy(&self, max_length: usize) -> Result<Option<BlockEntropy>> {
        let entropies = self.block_entropies(max_length)?;
        Ok(entropies.into_iter().take_while(BlockEntropy::is_well_sampled).last())
    }
}
