//! The correlation sum: the share of pairs of points that lie within a radius.

use attractor_systems::Trajectory;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, input};

/// Axes along which points are sorted into boxes.
const AXES: usize = 3;
/// Bits of the box index along each of them.
const BITS: u32 = 20;
/// Bits of a squared distance that are looked at first: sign, exponent and 6 of the mantissa.
const SHIFT: u32 = 46;

/// The correlation sum at several radii.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CorrelationSum {
    /// The radii, rising, in units of the data.
    pub radii: Vec<f64>,
    /// Pairs closer than each radius.
    pub counts: Vec<u64>,
    /// Pairs in all, without those too close in time.
    pub pairs: u64,
}

impl CorrelationSum {
    /// C(r) at each radius: the counts over the pairs.
    pub fn values(&self) -> Vec<f64> {
        self.counts.iter().map(|&count| count as f64 / self.pairs as f64).collect()
    }
}

/// The correlation sum of a trajectory \[GP83\]
///
/// $$ C(r) = \frac{2}{(T - w)(T - w + 1)} \sum_{j - i \ge w} \Theta(r - \|x_i - x_j\|) $$
///
/// over pairs at least `theiler` = w steps apart \[T86\]: nearer ones are close because the flow is smooth, not because
/// the attractor is dense there. w = 1 counts every pair.
///
/// Only points of neighbouring boxes, as wide as the largest radius along up to three axes, are compared: the cost is
/// that of sorting T points, and of the pairs within some three times the largest radius.
///
/// # Errors
/// [`Error::Setting`] for `theiler` 0 and for radii that do not rise or lie outside 1e-150 to 1e150,
/// [`Error::TooShort`] for no radii or T ≤ w, [`Error::Missing`] (interpolate first), [`Error::NonFinite`],
/// [`Error::Overflow`] when the square of the range is too large for a number.
pub fn correlation_sum(trajectory: &Trajectory, radii: &[f64], theiler: usize) -> Result<CorrelationSum> {
    let data = input::without_gaps(trajectory, "trajectory")?;
    if theiler == 0 {
        return Err(Error::Setting { setting: "theiler", value: 0.0, requirement: "at least 1" });
    }
    let Some(&largest) = radii.last() else {
        return Err(Error::TooShort { what: "radii", needed: 1, found: 0 });
    };
    for (i, &value) in radii.iter().enumerate() {
        if !(1e-150..=1e150).contains(&value) || (i > 0 && value <= radii[i - 1]) {
            let requirement = "from 1e-150 to 1e150, and above the radius before it";
            return Err(Error::Setting { setting: "radius", value, requirement });
        }
    }
    let length = data.nrows();
    if length <= theiler {
        return Err(Error::TooShort { what: "samples", needed: theiler + 1, found: length });
    }
    let boxes = Boxes::new(data, largest)?;
    let bins = Bins::new(radii);
    let mut within = vec![0_u64; radii.len() + 1];
    boxes.pairs(|i, j, square| {
        if boxes.times[i].abs_diff(boxes.times[j]) >= theiler {
            within[bins.first_above(square)] += 1;
        }
    });
    let mut sum = 0;
    let counts = within[..radii.len()]
        .iter()
        .map(|count| {
            sum += count;
            sum
        })
        .collect();
    let apart = (length - theiler) as u64;
    Ok(CorrelationSum { radii: radii.to_vec(), counts, pairs: apart * (apart + 1) / 2 })
}

/// Finds the first radius above a distance, from the leading bits of its square.
struct Bins {
    squares: Vec<f64>,
    first_bits: u64,
    /// Per value of the leading bits, a radius not above the answer.
    table: Vec<usize>,
}

impl Bins {
    fn new(radii: &[f64]) -> Self {
        let squares: Vec<f64> = radii.iter().map(|r| r * r).collect();
        let (first, last) = (squares[0], squares[squares.len() - 1]);
        let (first_bits, last_bits) = (first.to_bits() >> SHIFT, last.to_bits() >> SHIFT);
        let table = (first_bits..=last_bits)
            .map(|bits| {
                let least = f64::from_bits(bits << SHIFT);
                squares.iter().position(|s| *s > least).unwrap_or(squares.len())
            })
            .collect();
        Self { squares, first_bits, table }
    }

    /// Index of the first radius above the distance of this square; their number where none is.
    #[inline]
    fn first_above(&self, square: f64) -> usize {
        let offset = (square.to_bits() >> SHIFT).saturating_sub(self.first_bits) as usize;
        let Some(&guess) = self.table.get(offset) else { return self.squares.len() };
        let mut bin = guess;
        // Below the table, from its start.
        if square < self.squares[0] {
            return 0;
        }
        while bin < self.squares.len() && square >= self.squares[bin] {
            bin += 1;
        }
        bin
    }
}

/// Points in the order of the boxes they lie in.
struct Boxes {
    /// The coordinates, one column after the other.
    columns: Vec<Vec<f64>>,
    times: Vec<usize>,
    /// The key of each occupied box and where its points start, and one more start at the end.
    keys: Vec<u64>,
    starts: Vec<usize>,
    axes: usize,
}

impl Boxes {
    fn new(data: ArrayView2<'_, f64>, width: f64) -> Result<Self> {
        let ranges: Vec<(f64, f64)> = data
            .columns()
            .into_iter()
            .map(|x| x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (x.min(l), x.max(h))))
            .collect();
        let squares: f64 = ranges.iter().map(|(low, high)| (high - low).powi(2)).sum();
        if !squares.is_finite() {
            return Err(Error::Overflow { what: "the squared range of the trajectory" });
        }
        // The axes along which the points spread most.
        let mut order: Vec<usize> = (0..ranges.len()).collect();
        order.sort_by(|&a, &b| (ranges[b].1 - ranges[b].0).total_cmp(&(ranges[a].1 - ranges[a].0)));
        order.truncate(AXES);
        let most = f64::from((1_u32 << BITS) - 3);
        let scales: Vec<f64> = order
            .iter()
            .map(|&n| {
                let (low, high) = ranges[n];
                // A little wider than the radius, so that rounding puts no neighbour two boxes away.
                (1.0 / (width * (1.0 + 1e-9))).min(most / (high - low))
            })
            .collect();
        let mut keyed: Vec<(u64, usize)> = data
            .rows()
            .into_iter()
            .enumerate()
            .map(|(time, row)| {
                let key = order.iter().zip(&scales).fold(0, |key, (&n, scale)| {
                    // Boxes are numbered from 1, so that each has a neighbour to both sides.
                    let offset = row[n] - ranges[n].0;
                    let index = if offset > 0.0 { (offset * scale) as u64 } else { 0 };
                    (key << BITS) + index + 1
                });
                (key, time)
            })
            .collect();
        keyed.sort_unstable();
        let times: Vec<usize> = keyed.iter().map(|(_, time)| *time).collect();
        let columns = data.columns().into_iter().map(|x| times.iter().map(|&t| x[t]).collect()).collect();
        let (mut keys, mut starts) = (Vec::new(), Vec::new());
        for (start, (key, _)) in keyed.iter().enumerate() {
            if keys.last() != Some(key) {
                keys.push(*key);
                starts.push(start);
            }
        }
        starts.push(times.len());
        Ok(Self { columns, times, keys, starts, axes: order.len() })
    }

    /// Calls `visit` with every pair of points of neighbouring boxes, once, and the square of their distance.
    fn pairs(&self, mut visit: impl FnMut(usize, usize, f64)) {
        // Neighbours along the last axis follow each other: one run of points for each shift along the others.
        let mut shifts = vec![0_i64];
        for axis in 1..self.axes {
            let unit = 1_i64 << (BITS * axis as u32);
            shifts = shifts.iter().flat_map(|s| [s - unit, *s, s + unit]).collect();
        }
        let mut squares = Vec::new();
        for (index, &key) in self.keys.iter().enumerate() {
            for &shift in &shifts {
                let middle = key.wrapping_add_signed(shift);
                // Boxes before this one have met it already.
                let first = self.keys.partition_point(|k| *k < middle - 1).max(index);
                let last = self.keys.partition_point(|k| *k <= middle + 1);
                if first >= last {
                    continue;
                }
                let run = self.starts[first]..self.starts[last];
                for i in self.starts[index]..self.starts[index + 1] {
                    let from = run.start.max(i + 1);
                    if from >= run.end {
                        continue;
                    }
                    squares.clear();
                    squares.resize(run.end - from, 0.0);
                    for column in &self.columns {
                        let x = column[i];
                        for (square, y) in squares.iter_mut().zip(&column[from..run.end]) {
                            *square += (x - y) * (x - y);
                        }
                    }
                    squares.iter().enumerate().for_each(|(j, &square)| visit(i, from + j, square));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn counts_as_all_pairs_do() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        for (dim, stretch) in [(1, 1.0), (2, 1e-3), (3, 1.0), (5, 1e6)] {
            let data = Array2::from_shape_fn((300, dim), |(t, n)| {
                // Some points coincide.
                let t = t % 290;
                ((t * t + 3 * n * t) as f64).sin() * if n == 0 { stretch } else { 1.0 }
                    + if t == 7 { 0.0 } else { 1e-3 * rng.random_range(0.0..1.0) }
            });
            let trajectory = Trajectory::new(data, 1.0).unwrap();
            for radii in [vec![1e-3, 0.01, 0.02, 0.3], vec![0.5], vec![0.1, 2.0, 100.0, 1e7]] {
                for theiler in [1, 20, 299] {
                    let found = correlation_sum(&trajectory, &radii, theiler).unwrap();
                    let mut counts = vec![0; radii.len()];
                    let mut pairs = 0;
                    for i in 0..300 {
                        for j in i + theiler..300 {
                            let data = trajectory.data();
                            let (a, b) = (data.row(i), data.row(j));
                            let distance = (&a - &b).mapv(|d| d * d).sum().sqrt();
                            pairs += 1;
                            for (count, radius) in counts.iter_mut().zip(&radii) {
                                *count += u64::from(distance < *radius);
                            }
                        }
                    }
                    assert_eq!((found.counts, found.pairs), (counts, pairs), "{dim} {radii:?} {theiler}");
                }
            }
        }
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let trajectory = Trajectory::new(array![[0.0], [1.0], [2.0]], 1.0).unwrap();
        let refuse = |radii: &[f64], theiler| correlation_sum(&trajectory, radii, theiler).unwrap_err();
        assert!(matches!(refuse(&[], 1), Error::TooShort { .. }));
        assert!(matches!(refuse(&[1.0], 3), Error::TooShort { needed: 4, found: 3, .. }));
        for radii in [[0.0, 1.0], [1e-160, 1.0], [1.0, 1.0], [1.0, f64::NAN], [1.0, f64::INFINITY]] {
            assert!(matches!(refuse(&radii, 1), Error::Setting { .. }));
        }
        assert!(matches!(refuse(&[1.0], 0), Error::Setting { .. }));
        let far = Trajectory::new(array![[0.0], [1e200]], 1.0).unwrap();
        assert!(matches!(correlation_sum(&far, &[1.0], 1), Err(Error::Overflow { .. })));
    }
}
