//! Labels as they could have been: permutations that keep their order within blocks of time.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// How labels are permuted. Neighbours in time are alike, so single labels must not change places: that would make
/// chance look worse than it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LabelPermutation {
    /// The labels of each group are rotated in time by a random number of steps. Of little use where the labels are
    /// periodic.
    #[default]
    Shift,
    /// The runs of equal labels of each group change places.
    Runs,
}

impl LabelPermutation {
    /// Permuted labels; `groups` are the steps of each group, in order of time.
    pub(super) fn draw(self, labels: &[usize], groups: &[Vec<usize>], rng: &mut impl Rng) -> Vec<usize> {
        let mut permuted = labels.to_vec();
        for steps in groups {
            let own: Vec<usize> = steps.iter().map(|&step| labels[step]).collect();
            let new = match self {
                Self::Shift => {
                    let mut own = own;
                    // No shift is one of the possibilities, which makes the test exact.
                    let by = rng.random_range(0..own.len());
                    own.rotate_right(by);
                    own
                }
                Self::Runs => {
                    let mut runs: Vec<&[usize]> = own.chunk_by(|a, b| a == b).collect();
                    runs.shuffle(rng);
                    runs.concat()
                }
            };
            for (&step, label) in steps.iter().zip(new) {
                permuted[step] = label;
            }
        }
        permuted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn blocks_stay_whole_and_groups_apart() {
        let labels = [0, 0, 1, 1, 1, 0, 2, 2, 5, 5, 6, 6, 6, 6];
        let groups = [(0..8).collect::<Vec<_>>(), (8..14).collect()];
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut seen = [Vec::new(), Vec::new()];
        for _ in 0..1000 {
            for (kind, seen) in [LabelPermutation::Shift, LabelPermutation::Runs].into_iter().zip(&mut seen) {
                let permuted = kind.draw(&labels, &groups, &mut rng);
                let mut sorted = permuted[..8].to_vec();
                sorted.sort_unstable();
                assert_eq!(sorted, [0, 0, 0, 1, 1, 1, 2, 2]);
                assert!(permuted[8..].iter().all(|label| *label > 4));
                // A run of three 1 stays one, be it around the end.
                let ones: Vec<_> = (0..8).filter(|&i| permuted[i] == 1).collect();
                assert!(ones.windows(2).filter(|pair| pair[1] != pair[0] + 1).count() <= 1);
                if kind == LabelPermutation::Runs {
                    assert_eq!(ones[2], ones[0] + 2);
                }
                if !seen.contains(&permuted) {
                    seen.push(permuted);
                }
            }
        }
        // 8 shifts times 6. 4! orders of four runs times 2; half of the orders have the two runs of 0 side by side, where
        // their own order does not show: 18 times 2.
        assert_eq!((seen[0].len(), seen[1].len()), (48, 36));
    }
}
