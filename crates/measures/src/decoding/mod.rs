//! How well a class, such as the task of a subject, can be told from states.

mod discriminant;
mod surrogate;

use attractor_systems::Trajectory;
use ndarray::Array2;
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, input};
use discriminant::{Moments, check_shrinkage, classes};

pub use discriminant::{ClassPrior, LinearDiscriminant};
pub use surrogate::LabelPermutation;

/// Settings of [`decode`] and [`decoding_test`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DecodingConfig {
    /// Blocks of time that are left out in turn, where no groups are given. Default 5.
    pub folds: usize,
    /// Steps on both sides of a block that is left out which are not trained on either, as they are like their
    /// neighbours in it: the autocorrelation time is a good choice. Default 0.
    pub gap: usize,
    /// Shrinkage λ of the covariance towards its diagonal, from 0 to 1. Default 0.01.
    pub shrinkage: f64,
    /// What is assumed of the classes. Default: equally likely.
    pub prior: ClassPrior,
    /// Permutations of the labels that [`decoding_test`] compares with. Default 999.
    pub permutations: usize,
    /// How labels are permuted. Default: rotated in time.
    pub permutation: LabelPermutation,
}

impl Default for DecodingConfig {
    fn default() -> Self {
        Self {
            folds: 5,
            gap: 0,
            shrinkage: 0.01,
            prior: ClassPrior::default(),
            permutations: 999,
            permutation: LabelPermutation::default(),
        }
    }
}

/// What [`decode`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decoding {
    /// Share of the steps whose class was told.
    pub accuracy: f64,
    /// The mean over the classes of the share of each that was told: 1 / C by chance, however frequent each is.
    pub balanced_accuracy: f64,
    /// The C classes, ascending.
    pub classes: Vec<usize>,
    /// Numbers of steps \[C, C\] by true class (row) and predicted class (column).
    pub confusion: Array2<usize>,
    /// The class predicted for each step, from training data without it; none where a value is missing.
    pub predicted: Vec<Option<usize>>,
}

/// What [`decoding_test`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecodingTest {
    /// The decoding of the labels themselves.
    pub decoding: Decoding,
    /// Balanced accuracy under each permutation.
    pub permuted: Vec<f64>,
    /// (1 + the number of permutations that score at least as high) / (1 + permutations).
    pub p_value: f64,
}

/// Tells the class of each state of a trajectory \[T, N\] by [linear discriminant analysis](LinearDiscriminant) of the
/// others, as the task is decoded from freely generated states in \[K19\].
///
/// Neighbours in time are alike, so whole stretches are left out in turn: with `groups` (a number per step: subjects,
/// sessions, blocks of the design) each group, else [`DecodingConfig::folds`] blocks of consecutive steps. Several
/// trajectories are decoded together by concatenating them, with a group each. Steps with a missing value are left out.
///
/// # Errors
/// [`Error::Dimension`] when there is not one label and group per step, [`Error::TooShort`] for less than two classes or
/// groups, or less steps than folds, [`Error::Setting`], [`Error::ClassNotTrained`] when all steps of a class fall into
/// one fold, and those of [`LinearDiscriminant::fit`].
pub fn decode(
    states: &Trajectory,
    labels: &[usize],
    groups: Option<&[usize]>,
    config: &DecodingConfig,
) -> Result<Decoding> {
    Folds::new(states, labels, groups, config)?.decode(states, labels, config)
}

/// As [`decode`], with a test whether that is better than chance: labels are permuted in time as
/// [`DecodingConfig::permutation`] says, within the groups where there are any, and decoded anew.
///
/// # Errors
/// As [`decode`]; [`Error::Setting`] without permutations.
pub fn decoding_test(
    states: &Trajectory,
    labels: &[usize],
    groups: Option<&[usize]>,
    config: &DecodingConfig,
    rng: &mut impl Rng,
) -> Result<DecodingTest> {
    if config.permutations == 0 {
        return Err(Error::Setting { setting: "permutations", value: 0.0, requirement: "at least 1" });
    }
    let folds = Folds::new(states, labels, groups, config)?;
    let decoding = folds.decode(states, labels, config)?;
    let all = [(0..labels.len()).collect()];
    let within = groups.map(members);
    let permuted = (0..config.permutations)
        .map(|_| {
            let labels = config.permutation.draw(labels, within.as_deref().unwrap_or(&all), rng);
            folds.decode(states, &labels, config).map(|decoding| decoding.balanced_accuracy)
        })
        .collect::<Result<Vec<f64>>>()?;
    // Scores are sums of fractions: what is the same up to rounding counts as the same.
    let least = decoding.balanced_accuracy - 1e-12;
    let above = permuted.iter().filter(|score| **score >= least).count();
    let p_value = (1 + above) as f64 / (1 + permuted.len()) as f64;
    Ok(DecodingTest { decoding, permuted, p_value })
}

/// The steps of each group, in order of time.
fn members(groups: &[usize]) -> Vec<Vec<usize>> {
    let names = classes(groups);
    let mut members = vec![Vec::new(); names.len()];
    for (step, group) in groups.iter().enumerate() {
        members[names.partition_point(|name| name < group)].push(step);
    }
    members
}

/// Steps to test on, steps to train on, and what these are like.
struct Fold {
    test: Vec<usize>,
    train: Vec<usize>,
    moments: Moments,
}

struct Folds(Vec<Fold>);

impl Folds {
    fn new(
        states: &Trajectory,
        labels: &[usize],
        groups: Option<&[usize]>,
        config: &DecodingConfig,
    ) -> Result<Self> {
        check_shrinkage(config.shrinkage)?;
        input::finite(states.data(), "states")?;
        input::same("labels, one per step", states.len(), labels.len())?;
        let complete = |step: usize| (0..states.dim()).all(|column| !states.is_missing(step, column));
        let steps: Vec<usize> = (0..states.len()).filter(|&step| complete(step)).collect();
        let known: Vec<usize> = steps.iter().map(|&step| labels[step]).collect();
        let classes = classes(&known);
        if classes.len() < 2 {
            return Err(Error::TooShort { what: "classes", needed: 2, found: classes.len() });
        }
        let (parts, gap): (Vec<Vec<usize>>, usize) = if let Some(groups) = groups {
            input::same("groups, one per step", states.len(), groups.len())?;
            let parts = members(groups)
                .into_iter()
                .map(|group| group.into_iter().filter(|&step| complete(step)).collect::<Vec<_>>());
            (parts.filter(|part| !part.is_empty()).collect(), 0)
        } else {
            let (count, total) = (config.folds, steps.len());
            if count < 2 {
                let requirement = "at least 2";
                return Err(Error::Setting { setting: "folds", value: count as f64, requirement });
            }
            if total < count {
                let what = "steps without missing values";
                return Err(Error::TooShort { what, needed: count, found: total });
            }
            let part = |k: usize| steps[k * total / count..(k + 1) * total / count].to_vec();
            ((0..count).map(part).collect(), config.gap)
        };
        if parts.len() < 2 {
            return Err(Error::TooShort { what: "groups", needed: 2, found: parts.len() });
        }
        let mut folds = Vec::with_capacity(parts.len());
        let mut is_tested = vec![false; states.len()];
        for (fold, test) in parts.into_iter().enumerate() {
            is_tested.fill(false);
            for &step in &test {
                is_tested[step] = true;
            }
            let near = |step: usize| {
                // Without a gap that is the step itself.
                let end = step.saturating_add(gap).min(states.len() - 1);
                is_tested[step.saturating_sub(gap)..=end].contains(&true)
            };
            let train: Vec<usize> = steps.iter().copied().filter(|&step| !near(step)).collect();
            if let Some(&class) =
                classes.iter().find(|class| !train.iter().any(|&step| labels[step] == **class))
            {
                return Err(Error::ClassNotTrained { class, fold });
            }
            let moments = Moments::of(states.data(), &train)?;
            folds.push(Fold { test, train, moments });
        }
        Ok(Self(folds))
    }

    fn decode(&self, states: &Trajectory, labels: &[usize], config: &DecodingConfig) -> Result<Decoding> {
        let mut predicted = vec![None; labels.len()];
        let mut known = Vec::with_capacity(labels.len());
        for Fold { test, train, moments } in &self.0 {
            let settings = (config.shrinkage, config.prior);
            let discriminant = moments.discriminant(states.data(), train, labels, settings)?;
            for &step in test {
                predicted[step] = Some(discriminant.class(states.data().row(step))?);
                known.push(labels[step]);
            }
        }
        // Permuted labels may have put a whole class on steps with missing values, in tests or training.
        known.extend(predicted.iter().flatten());
        let classes = classes(&known);
        let index = |label: usize| classes.partition_point(|class| *class < label);
        let mut confusion = Array2::zeros((classes.len(), classes.len()));
        for (&label, predicted) in labels.iter().zip(&predicted) {
            if let Some(predicted) = predicted {
                confusion[[index(label), index(*predicted)]] += 1;
            }
        }
        let told = confusion.diag();
        let accuracy = told.sum() as f64 / confusion.sum() as f64;
        let shares = confusion.rows().into_iter().zip(told).filter(|(row, _)| row.sum() > 0);
        let shares: Vec<f64> = shares.map(|(row, told)| *told as f64 / row.sum() as f64).collect();
        let balanced_accuracy = shares.iter().sum::<f64>() / shares.len() as f64;
        Ok(Decoding { accuracy, balanced_accuracy, classes, confusion, predicted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Axis, array};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    fn normal(rng: &mut ChaCha8Rng) -> f64 {
        StandardNormal.sample(rng)
    }

    /// States around the means of their classes, with correlation 0.6 of the two variables.
    fn gaussians(labels: &[usize], distance: f64, rng: &mut ChaCha8Rng) -> Trajectory {
        let mut data = Array2::zeros((labels.len(), 2));
        for (mut row, &label) in data.rows_mut().into_iter().zip(labels) {
            let (a, b) = (normal(rng), normal(rng));
            row[0] = a + distance * label as f64;
            row[1] = 0.6 * a + 0.8 * b;
        }
        Trajectory::new(data, 2.0).unwrap()
    }

    #[test]
    fn two_gaussians_are_told_apart_up_to_the_bayes_error() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let labels: Vec<usize> = (0..8000).map(|_| usize::from(rng.random_bool(0.5))).collect();
        // Means (0, 0) and (1.6, 0), covariance [[1, 0.6], [0.6, 1]]: Δ² = 1.6² / (1 − 0.36) = 4, so that the error is
        // Φ(−1) = 0.15866. Its standard error with 8000 states is 0.0041.
        let states = gaussians(&labels, 1.6, &mut rng);
        let found = decode(&states, &labels, None, &DecodingConfig::default()).unwrap();
        assert!((1.0 - found.accuracy - 0.158_66).abs() < 0.0123, "{}", found.accuracy);
        assert!((found.balanced_accuracy - found.accuracy).abs() < 0.01);
        assert_eq!(found.confusion.sum(), 8000);
        let right = found.predicted.iter().zip(&labels).filter(|(p, l)| **p == Some(**l)).count();
        assert_eq!(right, found.confusion.diag().sum());
    }

    #[test]
    fn balanced_accuracy_is_that_of_chance_without_a_relation() {
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        // Three quarters in class 0, in blocks of ten steps.
        let labels: Vec<usize> = (0..4000).map(|t| usize::from((t / 10) % 4 == 3)).collect();
        let states = gaussians(&vec![0; 4000], 1.0, &mut rng);
        let found = decode(&states, &labels, None, &DecodingConfig::default()).unwrap();
        // Standard errors 0.5 / √1000 and 0.5 / √3000 of the two classes: 0.0091 of their mean.
        assert!((found.balanced_accuracy - 0.5).abs() < 0.028, "{found:?}");
        let frequent = DecodingConfig { prior: ClassPrior::Frequency, ..DecodingConfig::default() };
        let found = decode(&states, &labels, None, &frequent).unwrap();
        assert_eq!((found.accuracy, found.balanced_accuracy), (0.75, 0.5));
    }

    /// Slow states: moving sums of noise on a circle, so that all shifts in time are alike.
    fn slow(length: usize, rng: &mut ChaCha8Rng) -> Trajectory {
        let mut data = Array2::zeros((length, 2));
        for mut column in data.axis_iter_mut(Axis(1)) {
            let noise: Vec<f64> = (0..length).map(|_| normal(rng)).collect();
            let sum = |t: usize| (0..8).map(|lag| noise[(t + lag) % length]).sum();
            column.assign(&Array1::from_iter((0..length).map(sum)));
        }
        Trajectory::new(data, 2.0).unwrap()
    }

    #[test]
    fn p_values_are_uniform_where_there_is_nothing_to_decode() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let lengths = [9, 14, 6, 11, 17, 8, 12, 10, 13, 20];
        let design: Vec<usize> = (0..10).flat_map(|run| vec![run % 2; lengths[run]]).collect();
        let config = DecodingConfig { permutations: 19, folds: 4, ..DecodingConfig::default() };
        let p_values: Vec<f64> = (0..300)
            .map(|_| {
                let mut labels = design.clone();
                labels.rotate_left(rng.random_range(0..120));
                let states = slow(120, &mut rng);
                decoding_test(&states, &labels, None, &config, &mut rng).unwrap().p_value
            })
            .collect();
        let share = |p: f64| p_values.iter().filter(|value| **value <= p + 1e-9).count() as f64 / 300.0;
        // At most p, and less only by ties of scores; three standard errors of 300 draws.
        for p in [0.1, 0.25, 0.5, 0.75] {
            let error = 3.0 * f64::sqrt(p * (1.0 - p) / 300.0);
            assert!((share(p) - p).abs() < error, "{p}: {}", share(p));
        }
    }

    #[test]
    fn a_class_that_is_there_is_found_and_left_out_groups_agree() {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        let labels: Vec<usize> = (0..300).map(|t| (t / 7) % 3).collect();
        let groups: Vec<usize> = (0..300).map(|t| 10 + t / 100).collect();
        let states = gaussians(&labels, 2.0, &mut rng);
        for permutation in [LabelPermutation::Shift, LabelPermutation::Runs] {
            let config =
                DecodingConfig { permutations: 99, permutation, folds: 3, ..DecodingConfig::default() };
            let blocks = decoding_test(&states, &labels, None, &config, &mut rng).unwrap();
            // Shifts by the period of the labels are as good as none.
            let floor = if permutation == LabelPermutation::Runs { 0.01 } else { 0.15 };
            assert!(blocks.p_value <= floor, "{permutation:?}: {}", blocks.p_value);
            assert_eq!(blocks.permuted.len(), 99);
            // Three blocks of time are these three groups.
            let grouped = decode(&states, &labels, Some(&groups), &config).unwrap();
            assert_eq!(grouped, blocks.decoding);
        }
    }

    #[test]
    fn neighbours_of_a_block_are_left_out_with_a_gap() {
        // Blocks of four steps; two more on either side are not trained on.
        let labels = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
        let states = Trajectory::new(Array2::from_shape_fn((12, 1), |(t, _)| t as f64), 1.0).unwrap();
        let config = DecodingConfig { folds: 3, gap: 2, ..DecodingConfig::default() };
        let folds = Folds::new(&states, &labels, None, &config).unwrap();
        assert_eq!(folds.0[1].test, [4, 5, 6, 7]);
        assert_eq!(folds.0[1].train, [0, 1, 10, 11]);
        assert_eq!(folds.0[0].train, [6, 7, 8, 9, 10, 11]);
    }

    #[test]
    fn steps_with_missing_values_are_left_out() {
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let labels: Vec<usize> = (0..60).map(|t| (t / 5) % 2).collect();
        let mut data = gaussians(&labels, 5.0, &mut rng).into_data();
        data[[7, 1]] = f64::NAN;
        let states = Trajectory::from_array_with_missing(data, 1.0).unwrap();
        let found = decode(&states, &labels, None, &DecodingConfig::default()).unwrap();
        assert_eq!(found.confusion.sum(), 59);
        assert!(found.predicted[7].is_none() && found.predicted[8].is_some());
    }

    #[test]
    fn nonsense_is_refused() {
        let labels = [0, 0, 0, 1, 1, 1];
        let states = Trajectory::new(array![[0.0], [0.1], [0.2], [1.0], [1.1], [1.2]], 1.0).unwrap();
        let config = DecodingConfig { folds: 2, ..DecodingConfig::default() };
        let run = |labels: &[usize], groups: Option<&[usize]>, config: &DecodingConfig| {
            decode(&states, labels, groups, config).unwrap_err()
        };
        assert!(matches!(run(&labels, None, &config), Error::ClassNotTrained { class: 0, fold: 0 }));
        assert!(matches!(run(&labels[1..], None, &config), Error::Dimension { .. }));
        assert!(matches!(run(&[4; 6], None, &config), Error::TooShort { what: "classes", .. }));
        assert!(matches!(run(&labels, Some(&[1; 6]), &config), Error::TooShort { what: "groups", .. }));
        assert!(matches!(run(&labels, Some(&[1; 5]), &config), Error::Dimension { .. }));
        for bad in [DecodingConfig { folds: 1, ..config }, DecodingConfig { shrinkage: 1.5, ..config }] {
            assert!(matches!(run(&labels, None, &bad), Error::Setting { .. }));
        }
        assert!(matches!(run(&labels, None, &DecodingConfig { folds: 7, ..config }), Error::TooShort { .. }));
        let none = DecodingConfig { permutations: 0, ..config };
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let error = decoding_test(&states, &labels, None, &none, &mut rng).unwrap_err();
        assert!(matches!(error, Error::Setting { setting: "permutations", .. }));
    }
}
