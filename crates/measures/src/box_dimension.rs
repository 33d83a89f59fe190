//! The box-counting dimension: how fast the number of boxes that a trajectory visits grows as they shrink.

use attractor_systems::Trajectory;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::scaling::{Scaling, scaling};
use crate::{Error, Result, input};

/// Bits of a point's code: levels times variables.
const BITS: usize = 128;

/// What [`box_dimension`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoxDimension {
    /// The slope d ln n / d ln(1/ε) with its error, and the range of 1/ε of the fit, in boxes along the longest side.
    pub scaling: Scaling,
    /// Boxes visited when the longest side is cut into 1, 2, 4, 8, ... boxes.
    pub boxes: Vec<u64>,
}

/// The box-counting dimension D₀: boxes of side ε, halved from level to level, that the trajectory visits, and the slope
/// of ln n(ε) over ln(1/ε) by least squares over levels with at least 2^N boxes visited, as far as the boxes hold `visits`
/// points each on average.
///
/// Finer levels count points, not the attractor; coarser ones see its outline. The estimate converges slowly and from
/// below: rarely visited parts are missed. Give long trajectories, and prefer the
/// [correlation dimension](crate::correlation_dimension()) where there is a choice. Rows with a missing value are skipped.
///
/// # Shapes
/// `trajectory`: \[T, N\], N ≤ 32. The cost is that of sorting T numbers of 128 bits.
///
/// # Errors
/// [`Error::Setting`] when `visits` is not finite and at least 1, [`Error::TooShort`] for less than 3 levels in the
/// range, [`Error::TooManyBins`] for more than 32 variables, [`Error::Constant`] when nothing ever changes,
/// [`Error::NonFinite`], [`Error::Overflow`].
pub fn box_dimension(trajectory: &Trajectory, visits: f64) -> Result<BoxDimension> {
    if !(visits.is_finite() && visits >= 1.0) {
        let requirement = "finite and at least 1";
        return Err(Error::Setting { setting: "visits", value: visits, requirement });
    }
    let points = input::complete_rows(trajectory, "trajectory")?;
    let dim = points.ncols();
    let levels = (BITS / dim.max(1)).min(40);
    if levels < 4 {
        return Err(Error::TooManyBins { bins: 16, dim, limit: u32::MAX });
    }
    if points.nrows() < 2 {
        return Err(Error::TooShort { what: "complete rows", needed: 2, found: points.nrows() });
    }
    let mut codes = codes(points.view(), levels)?;
    codes.sort_unstable();
    // Two codes share a box as far as their leading bits agree.
    let mut boxes = vec![1_u64; levels + 1];
    for pair in codes.windows(2) {
        let differ = pair[0] ^ pair[1];
        if differ != 0 {
            let leading = differ.leading_zeros() as usize - (BITS - levels * dim);
            boxes[leading / dim + 1..].iter_mut().for_each(|count| *count += 1);
        }
    }
    let outline = (dim as f64).exp2();
    let most = points.nrows() as f64 / visits;
    let range: Vec<(f64, f64)> = boxes
        .iter()
        .enumerate()
        .map(|(level, &count)| ((level as f64).exp2(), count as f64))
        .filter(|(_, count)| (outline..=most).contains(count))
        .collect();
    Ok(BoxDimension {
        scaling: scaling(&range, "levels of boxes in the range; more samples give more")?,
        boxes,
    })
}

/// The boxes of the finest level of each point, bits of all variables interleaved from the coarsest level on.
fn codes(points: ArrayView2<'_, f64>, levels: usize) -> Result<Vec<u128>> {
    let lows: Vec<f64> =
        points.columns().into_iter().map(|x| x.iter().copied().fold(f64::INFINITY, f64::min)).collect();
    let side = points
        .rows()
        .into_iter()
        .flat_map(|row| row.into_iter().zip(&lows))
        .map(|(x, low)| x - low)
        .fold(0.0, f64::max);
    if !side.is_finite() {
        return Err(Error::Overflow { what: "the range of the trajectory" });
    }
    let scale = (levels as f64).exp2() / side;
    if side == 0.0 || !scale.is_finite() {
        return Err(Error::Constant { what: "trajectory", column: 0 });
    }
    let last = (1_u64 << levels) - 1;
    Ok(points
        .rows()
        .into_iter()
        .map(|row| {
            let cells: Vec<u64> =
                row.iter().zip(&lows).map(|(x, low)| (((x - low) * scale) as u64).min(last)).collect();
            (0..levels).rev().fold(0, |code, bit| {
                cells.iter().fold(code, |code, cell| (code << 1) | u128::from((cell >> bit) & 1))
            })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn of_sets_of_known_dimension() {
        // The middle-thirds Cantor set, by its iterated functions: ln 2 / ln 3. Square and line.
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let mut x: f64 = 0.0;
        let cantor = Array2::from_shape_fn((200_000, 1), |_| {
            x = x / 3.0 + if rng.random_bool(0.5) { 2.0 / 3.0 } else { 0.0 };
            x
        });
        let square = Array2::from_shape_fn((100_000, 2), |_| rng.random_range(0.0..1.0));
        let line = Array2::from_shape_fn((5000, 3), |(t, n)| (t * (n + 1)) as f64);
        let expected = 2.0_f64.ln() / 3.0_f64.ln();
        for (data, expected, tolerance) in [(cantor, expected, 0.03), (square, 2.0, 0.03), (line, 1.0, 0.03)]
        {
            let found = box_dimension(&Trajectory::new(data, 1.0).unwrap(), 10.0).unwrap();
            assert!((found.scaling.slope - expected).abs() < tolerance, "{expected}: {found:?}");
        }
    }

    #[test]
    fn counts_boxes() {
        // The diagonal of a cube, cut at its corners and middle.
        let data = array![[0.0, 0.0, 10.0], [0.3, 0.3, 10.3], [0.6, 0.6, 10.6], [1.0, 1.0, 11.0]];
        let found = box_dimension(&Trajectory::new(data, 1.0).unwrap(), 1.0).unwrap_err();
        assert!(matches!(found, Error::TooShort { .. }));
        let data = Array2::from_shape_fn((1024, 2), |(t, n)| (if n == 0 { t % 32 } else { t / 32 }) as f64);
        let found = box_dimension(&Trajectory::new(data, 1.0).unwrap(), 1.0).unwrap();
        assert_eq!(found.boxes[..7], [1, 4, 16, 64, 256, 1024, 1024]);
        assert_eq!(found.scaling.range, [2.0, (found.scaling.points as f64).exp2()]);
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let refuse = |data: Array2<f64>, visits| {
            box_dimension(&Trajectory::new(data, 1.0).unwrap(), visits).unwrap_err()
        };
        assert!(matches!(refuse(Array2::ones((99, 2)), 1.0), Error::Constant { .. }));
        assert!(matches!(refuse(Array2::ones((99, 40)), 1.0), Error::TooManyBins { dim: 40, .. }));
        assert!(matches!(refuse(array![[0.0], [1.0]], 0.0), Error::Setting { .. }));
        assert!(matches!(refuse(array![[0.0]], 1.0), Error::TooShort { .. }));
        assert!(matches!(refuse(array![[-1e308], [1e308]], 1.0), Error::Overflow { .. }));
    }
}
