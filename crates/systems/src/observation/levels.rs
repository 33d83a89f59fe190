//! Ordered levels and categories: ordinal and categorical read-outs.

use ndarray::{Array2, Axis};
use rand::{Rng, RngExt};

use crate::{Error, Result, Trajectory};

impl Trajectory {
    /// Levels 1, ..., K of an ordinal scale by cumulative logits: with thresholds θ_1 < ... < θ_{K − 1},
    ///
    /// $$ P(y_{ti} \le k) = \frac{1}{1 + e^{-(\theta_k - x_{ti})}} $$
    ///
    /// so a larger x makes higher levels more likely. `thresholds` is one list for all variables, or one for each.
    ///
    /// One number is drawn for every value in the order of rows, for missing ones too.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is neither one list nor one for each variable, or a list is empty;
    /// [`Error::OutOfRange`] when a threshold is not finite or not above the one before.
    pub fn ordinal<L: AsRef<[f64]>>(&self, thresholds: &[L], rng: &mut impl Rng) -> Result<Self> {
        let shape =
            |expected: String, found| Error::Shape { what: "thresholds of the levels", expected, found };
        if thresholds.len() != 1 && thresholds.len() != self.dim() {
            return Err(shape(format!("one list or {}", self.dim()), vec![thresholds.len()]));
        }
        for list in thresholds.iter().map(AsRef::as_ref) {
            if list.is_empty() {
                return Err(shape("[K - 1] with K at least 2".into(), vec![0]));
            }
            let mut last = f64::NEG_INFINITY;
            for &value in list {
                if !value.is_finite() || value <= last {
                    let requirement = "finite and above the one before it";
                    return Err(Error::OutOfRange { what: "threshold of a level", value, requirement });
                }
                last = value;
            }
        }
        // y ≤ k where u ≤ P(y ≤ k), that is, where x + logit u ≤ θ_k.
        let noise: Vec<f64> =
            (0..self.len() * self.dim()).map(|_| rng.random::<f64>()).map(|u| (u / (1.0 - u)).ln()).collect();
        self.map_observed(|row, column, value| {
            let list = thresholds[if thresholds.len() == 1 { 0 } else { column }].as_ref();
            let latent = value + noise[row * self.dim() + column];
            (1 + list.partition_point(|threshold| latent > *threshold)) as f64
        })
    }

    /// One category of 1, ..., N at each time, with the N variables as its logits:
    ///
    /// $$ P(y_t = k) = \frac{e^{x_{tk}}}{\sum_j e^{x_{tj}}} $$
    ///
    /// It is missing where a logit is. One number is drawn for every sample.
    ///
    /// # Shapes
    /// \[T, N\] becomes \[T, 1\], named `category`.
    ///
    /// # Errors
    /// None for a trajectory that keeps its rules.
    pub fn categorical(&self, rng: &mut impl Rng) -> Result<Self> {
        let mut categories = Array2::zeros((self.len(), 1));
        let mut weights = vec![0.0; self.dim()];
        for (logits, category) in self.data().rows().into_iter().zip(&mut categories) {
            let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut total = 0.0;
            for (weight, logit) in weights.iter_mut().zip(logits) {
                total += (logit - largest).exp();
                *weight = total;
            }
            let place = rng.random::<f64>() * total;
            // Rounding can put the place at the total: then it is the last category that has a weight.
            let last = weights.partition_point(|weight| *weight < total);
            *category = (1 + weights.partition_point(|weight| *weight <= place).min(last)) as f64;
        }
        let read = Self::new(categories, self.dt())?.with_names(["category"])?;
        match self.missing() {
            None => Ok(read),
            Some(mask) => {
                let lost = mask.map_axis(Axis(1), |row| row.iter().any(|&missing| missing));
                read.with_missing(lost.insert_axis(Axis(1)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    /// The share of each of K levels, against the probabilities expected of it, to five standard errors.
    fn check_shares(levels: impl Iterator<Item = f64>, expected: &[f64]) {
        let mut counts = vec![0.0; expected.len()];
        let mut total = 0.0;
        for level in levels {
            counts[level as usize - 1] += 1.0;
            total += 1.0;
        }
        for (count, p) in counts.iter().zip(expected) {
            let error = (p * (1.0 - p) / total).sqrt();
            assert!((count / total - p).abs() < 5.0 * error, "{counts:?} of {total} against {expected:?}");
        }
    }

    #[test]
    fn levels_have_the_probabilities_of_cumulative_logits() {
        let x = Array2::from_shape_fn((40_000, 2), |(_, i)| [0.4, -1.2][i]);
        let x = Trajectory::new(x, 1.0).unwrap();
        let thresholds = [vec![-1.0, 0.5, 2.0], vec![-0.5]];
        let levels = x.ordinal(&thresholds, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        // P(y ≤ k) = 1 / (1 + exp(x − θ_k)).
        let below = |x: f64, threshold: f64| 1.0 / (1.0 + (x - threshold).exp());
        let (a, b, c) = (below(0.4, -1.0), below(0.4, 0.5), below(0.4, 2.0));
        check_shares(levels.data().column(0).iter().copied(), &[a, b - a, c - b, 1.0 - c]);
        let d = below(-1.2, -0.5);
        check_shares(levels.data().column(1).iter().copied(), &[d, 1.0 - d]);
    }

    #[test]
    fn categories_have_the_probabilities_of_the_softmax() {
        let x = Array2::from_shape_fn((40_000, 3), |(_, i)| [700.0, 701.0, 699.5][i]);
        let categories =
            Trajectory::new(x, 1.0).unwrap().categorical(&mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        assert_eq!((categories.dim(), categories.names()[0].as_str()), (1, "category"));
        let weights = [1.0, 1.0_f64.exp(), (-0.5_f64).exp()];
        let total: f64 = weights.iter().sum();
        check_shares(categories.data().iter().copied(), &weights.map(|weight| weight / total));
    }

    #[test]
    fn far_logits_decide_alone() {
        let x = Trajectory::new(Array2::from_shape_fn((50, 3), |(_, i)| [0.0, 2e3, -2e3][i]), 1.0).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        assert!(x.categorical(&mut rng).unwrap().data().iter().all(|category| *category == 2.0));
        let levels = x.ordinal(&[[-1.0, 1.0]], &mut rng).unwrap();
        assert!(levels.data().rows().into_iter().all(|row| row[1] == 3.0 && row[2] == 1.0));
    }

    #[test]
    fn masks_are_kept_and_do_not_shift_the_draws() {
        let x = array![[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]];
        let whole = Trajectory::new(x, 1.0).unwrap();
        let mask = array![[false, true], [false, false], [false, false]];
        let holed = whole.clone().with_missing(mask.clone()).unwrap();
        let ordinal = |x: &Trajectory| x.ordinal(&[[0.3]], &mut ChaCha8Rng::seed_from_u64(3)).unwrap();
        assert_eq!(ordinal(&whole).with_missing(mask).unwrap(), ordinal(&holed));
        let categorical = |x: &Trajectory| x.categorical(&mut ChaCha8Rng::seed_from_u64(3)).unwrap();
        assert!(categorical(&holed).is_missing(0, 0));
        assert_eq!(categorical(&holed).missing_count(), 1);
        assert_eq!(categorical(&whole).slice(1..).unwrap(), categorical(&holed).slice(1..).unwrap());
    }

    #[test]
    fn refuses_thresholds_out_of_order() {
        let x = Trajectory::new(array![[0.0, 1.0, 2.0]], 1.0).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for bad in [[1.0, 1.0], [2.0, 1.0], [0.0, f64::NAN], [0.0, f64::INFINITY]] {
            assert!(matches!(x.ordinal(&[bad], &mut rng), Err(Error::OutOfRange { .. })));
        }
        assert!(matches!(x.ordinal(&[[0.0], [1.0]], &mut rng), Err(Error::Shape { .. })));
        assert!(matches!(x.ordinal(&[[0.0; 0]], &mut rng), Err(Error::Shape { .. })));
    }
}
