//! State-space divergence: does the generated trajectory visit the states that the true one visits, as often?

use attractor_systems::Trajectory;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, input};

/// Most bins in all. Beyond, the smoothing weighs more than the data, and the measure says little.
const MAX_BINS: u32 = 100_000_000;

/// The published dialects of the histogram: which range the bins cover. `sd` is that of the true data, with T − 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Binning {
    /// From min − 0.1 sd to max + 0.1 sd of the true data \[H23\]. The default.
    #[default]
    Hess2023,
    /// From min to max of the true data.
    MinMax,
    /// From −2 sd to 2 sd around zero: the legacy option of the code of \[H23\]. For standardised data only.
    TwoSd,
    /// As [`Binning::TwoSd`] and without the first bin of each dimension, as the code of \[B22\] counts.
    Brenner2022,
}

/// Settings of [`state_space_divergence`]. The defaults are those of \[H23\].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StateSpaceConfig {
    /// Bins per dimension, k. Default 30.
    pub bins: usize,
    /// Laplace smoothing α, added to the count of every bin. Default 1e-5.
    pub smoothing: f64,
    /// The range of the bins.
    pub binning: Binning,
}

impl Default for StateSpaceConfig {
    fn default() -> Self {
        Self { bins: 30, smoothing: 1e-5, binning: Binning::default() }
    }
}

impl StateSpaceConfig {
    /// The defaults of \[H23\].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// With `bins` bins per dimension.
    #[must_use]
    pub fn with_bins(mut self, bins: usize) -> Self {
        self.bins = bins;
        self
    }
    /// With Laplace smoothing `smoothing`.
    #[must_use]
    pub fn with_smoothing(mut self, smoothing: f64) -> Self {
        self.smoothing = smoothing;
        self
    }
    /// With another dialect.
    #[must_use]
    pub fn with_binning(mut self, binning: Binning) -> Self {
        self.binning = binning;
        self
    }
}

/// What [`state_space_divergence`] found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateSpaceDivergence {
    /// D_stsp in nats; 0 for identical histograms, always finite.
    pub value: f64,
    /// Points of the true trajectory, rows with missing values left out.
    pub points_true: u64,
    /// Points of the generated trajectory, rows with missing values left out.
    pub points_generated: u64,
    /// True points outside the bins: not counted, as published.
    pub outside_true: u64,
    /// Generated points outside the bins: not counted, as published. Look at it beside the value.
    pub outside_generated: u64,
    /// Bins that the true trajectory visits.
    pub occupied_true: u64,
    /// Bins that the generated trajectory visits.
    pub occupied_generated: u64,
}

/// The state-space divergence D_stsp by binning \[H23, "geometrical similarity"\]
///
/// $$ D_{stsp} = \sum_i p_i \ln\frac{p_i}{q_i}, \qquad p_i = \frac{n_i + \alpha}{\sum_j n_j + \alpha k^N} $$
///
/// with counts n of the true trajectory for p and of the generated one for q, over k bins in each of N dimensions.
/// The range of the bins comes from the true trajectory alone. Rows with a missing value are skipped.
///
/// Points outside the range are not counted. Where *every* generated point is outside, the published formula would
/// divide zero by zero, or after smoothing reward such a run with a uniform q. Here all its mass then lies in one
/// more bin, outside: q_i = α / (T + α k^N), the worst value that T points can score.
///
/// The measure has a floor: two trajectories of one system do not score 0. Compute the floor with a second true one.
///
/// # Shapes
/// `truth`: \[T, N\], `generated`: \[T', N\]; the lengths may differ. The cost is that of sorting T + T' numbers.
///
/// # Errors
/// [`Error::Dimension`] when N differs, [`Error::TooShort`] for less than two true points or no generated one,
/// [`Error::NonFinite`], [`Error::Constant`] for a true variable of no range, [`Error::TooManyBins`] when k^N exceeds
/// 10^8, [`Error::OutOfRange`] when no true point lies in the range, [`Error::Setting`].
pub fn state_space_divergence(
    truth: &Trajectory,
    generated: &Trajectory,
    config: &StateSpaceConfig,
) -> Result<StateSpaceDivergence> {
    if !(1e-100..=1e6).contains(&config.smoothing) {
        let requirement = "from 1e-100 to 1e6";
        return Err(Error::Setting { setting: "smoothing", value: config.smoothing, requirement });
    }
    input::positive("bins", config.bins as f64)?;
    input::same("variables N of the generated trajectory", truth.dim(), generated.dim())?;
    let dim = truth.dim();
    let too_many = || Error::TooManyBins { bins: config.bins, dim, limit: MAX_BINS };
    let bins = u32::try_from(config.bins).map_err(|_| too_many())?;
    let total = (0..dim)
        .try_fold(1_u32, |total, _| total.checked_mul(bins).filter(|&total| total <= MAX_BINS))
        .ok_or_else(too_many)?;

    let truth = input::complete_rows(truth, "true trajectory")?;
    let generated = input::complete_rows(generated, "generated trajectory")?;
    for (what, found, needed) in [
        ("complete rows of the true trajectory", truth.nrows(), 2),
        ("complete rows of the generated trajectory", generated.nrows(), 1),
    ] {
        if found < needed {
            return Err(Error::TooShort { what, needed, found });
        }
    }
    let axes = (0..dim).map(|column| Axis::new(truth.view(), column, config)).collect::<Result<Vec<_>>>()?;

    let p = Histogram::new(truth.view(), &axes, bins);
    let q = Histogram::new(generated.view(), &axes, bins);
    if p.counts.is_empty() {
        return Err(Error::OutOfRange);
    }
    let points_true = truth.nrows() as u64;
    let points_generated = generated.nrows() as u64;
    let (inside_true, inside_generated) = (p.sum(), q.sum());
    let mass_generated = if inside_generated == 0 { points_generated } else { inside_generated };
    let smoothing = config.smoothing;
    let p_total = inside_true as f64 + smoothing * f64::from(total);
    let q_total = mass_generated as f64 + smoothing * f64::from(total);

    // With p_i/q_i = (n_i + α)/(m_i + α) · q_total/p_total, bins that both leave empty need no visit.
    let mut value = (q_total / p_total).ln();
    for (n, m) in p.pairs(&q) {
        value += (n as f64 + smoothing) / p_total * ((n as f64 + smoothing) / (m as f64 + smoothing)).ln();
    }
    Ok(StateSpaceDivergence {
        value: value.max(0.0),
        points_true,
        points_generated,
        outside_true: points_true - inside_true,
        outside_generated: points_generated - inside_generated,
        occupied_true: p.counts.len() as u64,
        occupied_generated: q.counts.len() as u64,
    })
}

/// The bins of one dimension.
struct Axis {
    /// The k + 1 edges; a bin holds its lower edge, the last one its upper edge too.
    edges: Vec<f64>,
    per_unit: f64,
    without_first: bool,
}

impl Axis {
    fn new(truth: ArrayView2<'_, f64>, column: usize, config: &StateSpaceConfig) -> Result<Self> {
        let values = truth.column(column);
        let constant = || Error::Constant { what: "true trajectory", column };
        let (min, max) =
            values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), &x| (x.min(min), x.max(max)));
        if min >= max {
            return Err(constant());
        }
        let mean = values.iter().map(|x| x - min).sum::<f64>() / values.len() as f64 + min;
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        let sd = (squares / (values.len() - 1) as f64).sqrt();
        let (low, high) = match config.binning {
            Binning::Hess2023 => (min - 0.1 * sd, max + 0.1 * sd),
            Binning::MinMax => (min, max),
            Binning::TwoSd | Binning::Brenner2022 => (-2.0 * sd, 2.0 * sd),
        };
        let step = (high - low) / config.bins as f64;
        if !step.is_finite() {
            return Err(Error::NonFinite { what: "range of the true trajectory", row: 0, column });
        }
        // Values of 1e16 that differ in their last bit have a range but no room for bins.
        if low + step <= low || high - step >= high {
            return Err(constant());
        }
        let mut edges: Vec<f64> = (0..=config.bins).map(|i| i as f64 * step + low).collect();
        edges[config.bins] = high;
        Ok(Self { edges, per_unit: 1.0 / step, without_first: config.binning == Binning::Brenner2022 })
    }

    /// The bin of `x`, or nothing outside the range.
    fn bin(&self, x: f64) -> Option<usize> {
        let (low, last) = (self.edges[0], self.edges.len() - 2);
        if !(low..=self.edges[last + 1]).contains(&x) {
            return None;
        }
        // A guess that rounding can put one bin beside the edges' word.
        let mut bin = (((x - low) * self.per_unit) as usize).min(last);
        while bin > 0 && x < self.edges[bin] {
            bin -= 1;
        }
        while bin < last && x >= self.edges[bin + 1] {
            bin += 1;
        }
        let dropped = self.without_first && (bin == 0 || x >= self.edges[last + 1]);
        (!dropped).then_some(bin)
    }
}

/// Occupied bins and their counts, in order of the bins.
struct Histogram {
    counts: Vec<(u32, u64)>,
}

impl Histogram {
    fn new(points: ArrayView2<'_, f64>, axes: &[Axis], bins: u32) -> Self {
        // An index below MAX_BINS fits in 32 bits, which sort faster than 64.
        let mut visited: Vec<u32> = points
            .rows()
            .into_iter()
            .filter_map(|point| {
                point
                    .iter()
                    .zip(axes)
                    .try_fold(0, |index, (&x, axis)| Some(index * bins + axis.bin(x)? as u32))
            })
            .collect();
        visited.sort_unstable();
        let counts = visited.chunk_by(|a, b| a == b).map(|visits| (visits[0], visits.len() as u64)).collect();
        Self { counts }
    }

    fn sum(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// The counts of both histograms in every bin that at least one of them occupies.
    fn pairs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (u64, u64)> + 'a {
        let (mut ours, mut theirs) = (self.counts.as_slice(), other.counts.as_slice());
        std::iter::from_fn(move || {
            let heads = [ours.first(), theirs.first()];
            let bin = heads.into_iter().flatten().map(|(bin, _)| *bin).min()?;
            Some((take(&mut ours, bin), take(&mut theirs, bin)))
        })
    }
}

/// Takes the count of `bin` off the front; 0 where the front is another bin.
fn take(counts: &mut &[(u32, u64)], bin: u32) -> u64 {
    match **counts {
        [(front, count), ref rest @ ..] if front == bin => {
            *counts = rest;
            count
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    fn trajectory(data: Array2<f64>) -> Trajectory {
        Trajectory::new(data, 0.01).unwrap()
    }

    fn line(values: &[f64]) -> Trajectory {
        trajectory(Array2::from_shape_vec((values.len(), 1), values.to_vec()).unwrap())
    }

    fn circle(points: usize, turns: f64) -> Trajectory {
        trajectory(Array2::from_shape_fn((points, 2), |(t, i)| {
            (t as f64 * turns / points as f64 * std::f64::consts::TAU - i as f64).sin()
        }))
    }

    #[test]
    fn is_the_divergence_of_two_smoothed_coins() {
        // Two bins over [0, 1]: 3 and 1 points against 1 and 3.
        let config = StateSpaceConfig::new().with_bins(2).with_smoothing(1.0).with_binning(Binning::MinMax);
        let result =
            state_space_divergence(&line(&[0.0, 0.1, 0.2, 1.0]), &line(&[0.3, 0.6, 0.9, 1.0, 7.0]), &config)
                .unwrap();
        let expected = 4.0 / 6.0 * 2.0_f64.ln() + 2.0 / 6.0 * 0.5_f64.ln();
        assert!((result.value - expected).abs() < 1e-15, "{}", result.value);
        assert_eq!((result.outside_true, result.outside_generated), (0, 1));
    }

    #[test]
    fn edges_belong_to_the_upper_bin_and_the_last_is_closed() {
        let axis = Axis::new(
            array![[0.0], [0.3], [1.0]].view(),
            0,
            &StateSpaceConfig::new().with_bins(10).with_binning(Binning::MinMax),
        )
        .unwrap();
        for (bin, &edge) in axis.edges.iter().enumerate() {
            assert_eq!(axis.bin(edge), Some(bin.min(9)));
            if bin > 0 {
                assert_eq!(axis.bin(edge.next_down()), Some(bin - 1));
            }
        }
        assert_eq!((axis.bin(0.0_f64.next_down()), axis.bin(1.0_f64.next_up())), (None, None));
    }

    #[test]
    fn counts_do_not_wrap() {
        // 16 bits hold 65,535 visits of one bin.
        let mut values = vec![0.0; 140_000];
        values[0] = 1.0;
        let same = state_space_divergence(&line(&values), &line(&values), &StateSpaceConfig::new());
        assert_eq!(same.unwrap().value, 0.0);
    }

    #[test]
    fn a_run_outside_scores_worse_than_a_dead_one() {
        let config = StateSpaceConfig::new();
        let truth = circle(2000, 7.3);
        let far = trajectory(Array2::from_elem((2000, 2), 1e300));
        let dead = trajectory(Array2::from_elem((2000, 2), 0.1));
        let good = state_space_divergence(&truth, &circle(2000, 3.1), &config).unwrap();
        let far = state_space_divergence(&truth, &far, &config).unwrap();
        let dead = state_space_divergence(&truth, &dead, &config).unwrap();
        assert_eq!(far.outside_generated, 2000);
        assert!(good.value < 1.0 && dead.value > 8.0, "{} {}", good.value, dead.value);
        assert!(far.value >= dead.value && far.value.is_finite(), "{} {}", far.value, dead.value);
    }

    #[test]
    fn rows_with_missing_values_are_skipped() {
        let config = StateSpaceConfig::new().with_bins(2).with_smoothing(1.0).with_binning(Binning::MinMax);
        let full = array![[0.0, 0.0], [1.0, 1.0], [0.2, 0.9]];
        let gaps = array![[0.0, 0.0], [f64::NAN, -9.0], [1.0, 1.0], [0.2, 0.9], [0.1, f64::NAN]];
        let gaps = Trajectory::from_array_with_missing(gaps, 0.01).unwrap();
        let full = trajectory(full);
        let result = state_space_divergence(&gaps, &full, &config).unwrap();
        assert_eq!((result.value, result.points_true, result.points_generated), (0.0, 3, 3));
        let nothing = Trajectory::from_array_with_missing(Array2::from_elem((3, 2), f64::NAN), 0.01).unwrap();
        assert!(matches!(
            state_space_divergence(&full, &nothing, &config),
            Err(Error::TooShort { needed: 1, found: 0, .. })
        ));
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let config = StateSpaceConfig::new();
        let truth = circle(100, 1.0);
        let refuse = |truth: &Trajectory, generated: &Trajectory, config: &StateSpaceConfig| {
            state_space_divergence(truth, generated, config).unwrap_err()
        };
        assert!(matches!(
            refuse(&truth, &line(&[0.0, 1.0]), &config),
            Error::Dimension { expected: 2, found: 1, .. }
        ));
        let constant = line(&[3.0, 3.0, 3.0]);
        assert!(matches!(refuse(&constant, &constant, &config), Error::Constant { column: 0, .. }));
        assert!(matches!(refuse(&line(&[1.0]), &line(&[1.0]), &config), Error::TooShort { needed: 2, .. }));
        let wide = trajectory(Array2::from_shape_fn((9, 6), |(t, i)| (t + i) as f64));
        let error = refuse(&wide, &wide, &config);
        assert!(matches!(error, Error::TooManyBins { bins: 30, dim: 6, .. }));
        assert!(error.to_string().contains("fewer bins"), "{error}");
        assert!(state_space_divergence(&wide, &wide, &config.with_bins(10)).is_ok());
        for config in [config.with_bins(0), config.with_smoothing(0.0), config.with_smoothing(f64::NAN)] {
            assert!(matches!(refuse(&truth, &truth, &config), Error::Setting { .. }));
        }
        let offset = line(&[100.0, 101.0, 102.0]);
        let two_sd = config.with_binning(Binning::TwoSd);
        assert!(matches!(refuse(&offset, &offset, &two_sd), Error::OutOfRange));
        let close = line(&[1e16, 1e16 + 2.0]);
        assert!(matches!(refuse(&close, &close, &config), Error::Constant { .. }));
    }

    proptest! {
        #[test]
        fn is_finite_and_not_negative(
            truth in prop::collection::vec(-1e3..1e3_f64, 8..60),
            generated in prop::collection::vec(-1e4..1e4_f64, 2..60),
            bins in 1_usize..40,
            binning in prop::sample::select(vec![Binning::Hess2023, Binning::MinMax, Binning::TwoSd]),
        ) {
            let config = StateSpaceConfig::new().with_bins(bins).with_binning(binning);
            if let Ok(result) = state_space_divergence(&line(&truth), &line(&generated), &config) {
                prop_assert!(result.value.is_finite() && result.value >= 0.0);
                let itself = state_space_divergence(&line(&truth), &line(&truth), &config).unwrap();
                prop_assert!(itself.value < 1e-12);
            }
        }
    }
}
