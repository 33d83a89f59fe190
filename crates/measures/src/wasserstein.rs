//! Wasserstein distances: how far the points of one trajectory must be moved to lie as those of another do.

use attractor_systems::Trajectory;
use ndarray::{Array2, ArrayView2, Axis};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, aligned, input};

/// The order p of a Wasserstein distance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WassersteinOrder {
    /// p = 1: the mean distance moved. The default.
    #[default]
    First,
    /// p = 2: the root of the mean squared distance moved.
    Second,
}

impl WassersteinOrder {
    fn power(self, distance: f64) -> f64 {
        match self {
            Self::First => distance.abs(),
            Self::Second => distance * distance,
        }
    }

    fn root(self, mean: f64) -> f64 {
        match self {
            Self::First => mean,
            Self::Second => mean.sqrt(),
        }
    }
}

/// The exact Wasserstein distance between two samples of numbers, of any sizes, in their units
///
/// $$ W_p = \left( \int_0^1 |F^{-1}(u) - G^{-1}(u)|^p \\, du \right)^{1/p} $$
///
/// with F and G the empirical distribution functions: the sorted samples moved onto each other.
///
/// # Errors
/// [`Error::TooShort`] for an empty sample, [`Error::NonFinite`], [`Error::Overflow`].
pub fn wasserstein_distance(x: &[f64], y: &[f64], order: WassersteinOrder) -> Result<f64> {
    for (what, sample) in [("first sample", x), ("second sample", y)] {
        if sample.is_empty() {
            return Err(Error::TooShort { what, needed: 1, found: 0 });
        }
        input::finite(ArrayView2::from(sample.as_chunks::<1>().0), what)?;
    }
    let mean = mean_power(&mut x.to_vec(), &mut y.to_vec(), order);
    aligned::finite("the Wasserstein distance", order.root(mean))
}

/// ∫ |F⁻¹ − G⁻¹|^p over the samples, which it sorts.
fn mean_power(x: &mut [f64], y: &mut [f64], order: WassersteinOrder) -> f64 {
    x.sort_unstable_by(f64::total_cmp);
    y.sort_unstable_by(f64::total_cmp);
    if x.len() == y.len() {
        return x.iter().zip(&*y).map(|(x, y)| order.power(x - y)).sum::<f64>() / x.len() as f64;
    }
    // Probabilities in units of 1/(n m), exactly.
    let (n, m) = (x.len() as u128, y.len() as u128);
    let (mut i, mut j, mut from, mut sum) = (0, 0, 0, 0.0);
    while i < x.len() && j < y.len() {
        let (next_x, next_y) = ((i as u128 + 1) * m, (j as u128 + 1) * n);
        let to = next_x.min(next_y);
        sum += (to - from) as f64 * order.power(x[i] - y[j]);
        from = to;
        i += usize::from(next_x == to);
        j += usize::from(next_y == to);
    }
    sum / (n * m) as f64
}

/// `count` directions \[count, N\] of length 1, uniformly at random.
pub fn random_directions(dim: usize, count: usize, rng: &mut impl Rng) -> Array2<f64> {
    let mut directions = Array2::zeros((count, dim));
    for mut direction in directions.rows_mut() {
        let mut square: f64 = 0.0;
        while square < 1e-12 && dim > 0 {
            direction.mapv_inplace(|_| StandardNormal.sample(rng));
            square = direction.dot(&direction);
        }
        direction /= square.sqrt();
    }
    directions
}

/// What [`sliced_wasserstein_distance`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlicedWasserstein {
    /// The sliced distance, in units of the data.
    pub value: f64,
    /// The distance along each direction.
    pub per_direction: Vec<f64>,
}

/// The sliced Wasserstein distance between the points of two trajectories \[B15\]
///
/// $$ SW_p = \left( \frac{1}{D} \sum_{d=1}^{D} W_p^p(\theta_d \cdot x, \theta_d \cdot y) \right)^{1/p} $$
///
/// with exact distances [`wasserstein_distance`] along directions θ; [`random_directions`] draws some, the unit
/// vectors give the marginals. Rows with a missing value are skipped.
///
/// # Shapes
/// `truth`: \[T, N\], `generated`: \[T', N\]; the lengths may differ. `directions`: \[D, N\], scaled to length 1 here.
///
/// # Errors
/// [`Error::Dimension`] when N differs, [`Error::TooShort`] when a trajectory has no complete row or there is no
/// direction, [`Error::Setting`] for a direction of length 0, [`Error::NonFinite`], [`Error::Overflow`].
pub fn sliced_wasserstein_distance(
    truth: &Trajectory,
    generated: &Trajectory,
    directions: ArrayView2<'_, f64>,
    order: WassersteinOrder,
) -> Result<SlicedWasserstein> {
    input::same("variables N of the generated trajectory", truth.dim(), generated.dim())?;
    input::same("variables N of the directions", truth.dim(), directions.ncols())?;
    input::finite(directions, "directions")?;
    let truth = input::complete_rows(truth, "true trajectory")?;
    let generated = input::complete_rows(generated, "generated trajectory")?;
    for (what, found) in [
        ("complete rows of the true trajectory", truth.nrows()),
        ("complete rows of the generated trajectory", generated.nrows()),
        ("directions", directions.nrows()),
    ] {
        if found == 0 {
            return Err(Error::TooShort { what, needed: 1, found });
        }
    }
    let mut powers = Vec::with_capacity(directions.nrows());
    for direction in directions.axis_iter(Axis(0)) {
        let length = direction.fold(0.0, |length: f64, x| length.hypot(*x));
        if length == 0.0 {
            let requirement = "a length above 0";
            return Err(Error::Setting { setting: "direction", value: 0.0, requirement });
        }
        let direction = direction.mapv(|x| x / length);
        let (mut x, mut y) = (truth.dot(&direction).to_vec(), generated.dot(&direction).to_vec());
        powers.push(aligned::finite("a Wasserstein distance", mean_power(&mut x, &mut y, order))?);
    }
    let mean = powers.iter().sum::<f64>() / powers.len() as f64;
    let value = aligned::finite("the sliced Wasserstein distance", order.root(mean))?;
    Ok(SlicedWasserstein {
        value,
        per_direction: powers.into_iter().map(|power| order.root(power)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn trajectory(data: Array2<f64>) -> Trajectory {
        Trajectory::from_array_with_missing(data, 1.0).unwrap()
    }

    #[test]
    fn of_samples_of_two_sizes() {
        // scipy.stats.wasserstein_distance (SciPy 1.17.1) of the same samples: 3.3; order 2 by hand.
        let (x, y) = ([3.0, 0.0, 1.0, 4.0], [5.0, 8.0, 3.0, 6.0, 4.5]);
        let found = wasserstein_distance(&x, &y, WassersteinOrder::First).unwrap();
        assert!((found - 3.3).abs() < 1e-15, "{found}");
        // Steps of 1/20: 4 of |0−3|, 1 of |0−4.5|, 3 of |1−4.5|, 2 of |1−5|, 2 of |3−5|, 3 of |3−6|, 1 of |4−6|, 4 of |4−8|.
        let second: f64 = 4. * 9. + 20.25 + 3. * 12.25 + 2. * 16. + 2. * 4. + 3. * 9. + 4. + 4. * 16.;
        let found = wasserstein_distance(&x, &y, WassersteinOrder::Second).unwrap();
        assert!((found - (second / 20.0).sqrt()).abs() < 1e-14, "{found}");
        // Each point twice is the same distribution.
        let twice: Vec<f64> = x.iter().chain(&x).copied().collect();
        assert_eq!(wasserstein_distance(&x, &twice, WassersteinOrder::Second).unwrap(), 0.0);
    }

    #[test]
    fn of_a_shift_is_its_projection() {
        let x = trajectory(Array2::from_shape_fn((300, 3), |(t, n)| (0.3 * t as f64 + n as f64).sin()));
        let y = trajectory(&x.data() + &array![3.0, 0.0, 4.0]);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let directions = random_directions(3, 4000, &mut rng);
        // E|θ·s| = |s|/2 and E(θ·s)² = |s|²/3 in three dimensions.
        for (order, expected, spread) in [
            (WassersteinOrder::First, 2.5, 5.0 / 12.0_f64.sqrt()),
            (WassersteinOrder::Second, 5.0 / 3.0_f64.sqrt(), 5.0 * 3.0_f64.sqrt() / 45.0_f64.sqrt()),
        ] {
            let found = sliced_wasserstein_distance(&x, &y, directions.view(), order).unwrap();
            assert!((found.value - expected).abs() < 4.0 * spread / 4000.0_f64.sqrt(), "{}", found.value);
            assert_eq!(found.per_direction.len(), 4000);
        }
        let axes = array![[2.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.5]];
        let found = sliced_wasserstein_distance(&x, &y, axes.view(), WassersteinOrder::First).unwrap();
        for (found, expected) in found.per_direction.iter().zip([3.0, 0.0, 4.0]) {
            assert!((found - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let first = WassersteinOrder::First;
        assert!(matches!(wasserstein_distance(&[], &[1.0], first), Err(Error::TooShort { .. })));
        assert!(matches!(wasserstein_distance(&[f64::NAN], &[1.0], first), Err(Error::NonFinite { .. })));
        let overflow = wasserstein_distance(&[-1e308], &[1e308], first);
        assert!(matches!(overflow, Err(Error::Overflow { .. })));
        let x = trajectory(array![[0.0, 1.0]]);
        let refuse = |directions: Array2<f64>| {
            sliced_wasserstein_distance(&x, &x, directions.view(), first).unwrap_err()
        };
        assert!(matches!(refuse(Array2::zeros((0, 2))), Error::TooShort { .. }));
        assert!(matches!(refuse(array![[0.0, 0.0]]), Error::Setting { .. }));
        assert!(matches!(refuse(array![[1.0]]), Error::Dimension { .. }));
    }
}
