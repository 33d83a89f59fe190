//! Missing data, made: single values or stretches of them, at random.

use ndarray::Array2;
use rand::{Rng, RngExt, seq::index};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, Trajectory};

/// How much goes missing, and in what pieces: see [`Trajectory::drop_values`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gaps {
    share: f64,
    #[serde(default = "one")]
    length: usize,
    #[serde(default)]
    all_variables: bool,
}

fn one() -> usize {
    1
}

impl Gaps {
    /// Single values of each variable go missing, the share `share` of its samples, each variable's on its own.
    pub fn new(share: f64) -> Self {
        Self { share, length: 1, all_variables: false }
    }

    /// Stretches of `length` samples go missing instead of single ones: the share stays.
    #[must_use]
    pub fn length(mut self, length: usize) -> Self {
        self.length = length;
        self
    }

    /// All variables go missing at the same times, as in a scan that is lost.
    #[must_use]
    pub fn all_variables(mut self) -> Self {
        self.all_variables = true;
        self
    }

    /// Which of T = `len` samples go missing.
    fn draw(self, len: usize, rng: &mut impl Rng) -> Vec<bool> {
        let missing = (self.share * len as f64).round() as usize;
        let mut lost = vec![false; len];
        if missing == 0 {
            return lost;
        }
        let blocks = missing.div_ceil(self.length);
        // Without their inner samples, blocks are single places among those that stay: all arrangements alike.
        let mut places = index::sample(rng, len - missing + blocks, blocks).into_vec();
        places.sort_unstable();
        // One block is shorter, so that the share is met.
        let short = rng.random_range(0..blocks);
        let mut shift = 0;
        for (block, place) in places.into_iter().enumerate() {
            let length = if block == short { missing - (blocks - 1) * self.length } else { self.length };
            lost[place + shift..place + shift + length].fill(true);
            shift += length - 1;
        }
        lost
    }
}

impl Trajectory {
    /// The trajectory with values lost at random, whatever they are: as many of each variable as `gaps` says, to the
    /// nearest whole sample. Gaps do not overlap but may touch. What was missing before stays missing and does not count.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when the share is not from 0 to below 1, or the length of gaps is 0.
    pub fn drop_values(&self, gaps: &Gaps, rng: &mut impl Rng) -> Result<Self> {
        if !(0.0..1.0).contains(&gaps.share) {
            let (what, requirement) = ("share of missing values", "from 0 to below 1");
            return Err(Error::OutOfRange { what, value: gaps.share, requirement });
        }
        if gaps.length == 0 {
            return Err(Error::OutOfRange { what: "length of gaps", value: 0.0, requirement: "at least 1" });
        }
        let mut mask = match self.missing() {
            Some(mask) => mask.to_owned(),
            None => Array2::from_elem((self.len(), self.dim()), false),
        };
        let mut lost = gaps.draw(self.len(), rng);
        for (column, mut marks) in mask.columns_mut().into_iter().enumerate() {
            if column > 0 && !gaps.all_variables {
                lost = gaps.draw(self.len(), rng);
            }
            marks.iter_mut().zip(&lost).for_each(|(mark, lost)| *mark |= *lost);
        }
        self.clone().with_missing(mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn lost(gaps: Gaps, rows: usize, seed: u64) -> Array2<bool> {
        let data = Array2::from_shape_fn((rows, 3), |(t, i)| (t + i) as f64);
        let whole = Trajectory::new(data, 1.0).unwrap();
        let holed = whole.drop_values(&gaps, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap();
        holed.missing().map_or(Array2::from_elem((rows, 3), false), |mask| mask.to_owned())
    }

    /// Lengths of the runs of missing samples.
    fn runs(mask: &[bool]) -> Vec<usize> {
        mask.split(|lost| !lost).map(<[bool]>::len).filter(|length| *length > 0).collect()
    }

    #[test]
    fn the_share_is_met_in_each_variable() {
        for (share, length, rows, expected) in
            [(0.25, 1, 100, 25), (0.3, 7, 101, 30), (0.5, 1000, 40, 20), (0.0, 3, 10, 0), (0.99, 2, 10, 10)]
        {
            for seed in 0..20 {
                let mask = lost(Gaps::new(share).length(length), rows, seed);
                for column in mask.columns() {
                    assert_eq!(column.iter().filter(|lost| **lost).count(), expected, "{share}, {length}");
                }
            }
        }
    }

    #[test]
    fn gaps_have_the_length_that_was_asked_for() {
        for seed in 0..20 {
            let mask = lost(Gaps::new(0.2).length(10), 1000, seed);
            let all = runs(&mask.column(0).to_vec());
            // 200 samples in 20 blocks; blocks that touch are runs of several.
            assert!(all.iter().all(|run| run % 10 == 0) && all.iter().sum::<usize>() == 200, "{all:?}");
            assert!(all.len() > 10);
            assert_ne!(mask.column(0), mask.column(1));
            let together = lost(Gaps::new(0.2).length(10).all_variables(), 1000, seed);
            assert_eq!(together.column(0), together.column(2));
        }
    }

    #[test]
    fn every_arrangement_is_alike() {
        // Two gaps of two in seven samples: C(5, 2) = 10 arrangements, each 1 in 10 of 6,000 draws.
        let mut seen = std::collections::HashMap::new();
        let gaps = Gaps::new(4.0 / 7.0).length(2);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..6000 {
            *seen.entry(gaps.draw(7, &mut rng)).or_insert(0) += 1;
        }
        // Where gaps touch, no other arrangement looks the same.
        assert_eq!(seen.len(), 10);
        for (mask, count) in seen {
            let error = (6000.0 * 0.1 * 0.9_f64).sqrt();
            assert!((f64::from(count) - 600.0).abs() < 5.0 * error, "{mask:?}: {count}");
        }
    }

    #[test]
    fn earlier_gaps_stay_and_nonsense_is_refused() {
        let mut mask = Array2::from_elem((50, 1), false);
        mask[[3, 0]] = true;
        let holed = Trajectory::new(Array2::ones((50, 1)), 1.0).unwrap().with_missing(mask).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        assert!(holed.drop_values(&Gaps::new(0.1), &mut rng).unwrap().is_missing(3, 0));
        for bad in [Gaps::new(1.0), Gaps::new(-0.1), Gaps::new(f64::NAN), Gaps::new(0.1).length(0)] {
            assert!(matches!(holed.drop_values(&bad, &mut rng), Err(Error::OutOfRange { .. })));
        }
    }
}
