//! Linear discriminant analysis with a shrunken pooled covariance.

use nalgebra::{Cholesky, DMatrix};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use crate::power_spectrum::half_range;
use crate::{Error, Result, input};

/// Variance within the classes is taken to be at least this share of the variance in all, so that perfect separation
/// has finite weights.
const LEAST: f64 = 1e-12;

/// What is assumed of the classes before a state is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClassPrior {
    /// Each class is as likely as any other: what balanced accuracy asks for.
    #[default]
    Equal,
    /// Each class is as likely as it is frequent in the training data: what accuracy asks for.
    Frequency,
}

/// A linear discriminant: the class c of the largest
///
/// $$ \delta_c(x) = w_c^\top (x - \bar x) + b_c, \quad w_c = \Sigma_\lambda^{-1} (m_c - \bar x), \quad
///    b_c = -\tfrac12 (m_c - \bar x)^\top w_c + \ln \pi_c $$
///
/// with the means m_c of the classes, the mean of all states x̄, the priors π_c, and the pooled covariance S (divided by
/// T − C) shrunken towards its diagonal, Σ_λ = (1 − λ) S + λ diag S. It does not depend on the units of the variables.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearDiscriminant {
    classes: Vec<usize>,
    centre: Array1<f64>,
    weights: Array2<f64>,
    offsets: Array1<f64>,
}

impl LinearDiscriminant {
    /// Fits to `states` \[T, N\] with their `labels` \[T\]; `shrinkage` is λ, from 0 to 1.
    ///
    /// Variables that never change get no weight. At λ = 0 there must be more states than variables and classes.
    ///
    /// # Errors
    /// [`Error::Dimension`] when there is not one label per state, [`Error::TooShort`] for less than two classes or no
    /// more states than classes, [`Error::NonFinite`], [`Error::Setting`] for the shrinkage,
    /// [`Error::Decomposition`] when the covariance is singular, [`Error::Overflow`] for states too large.
    pub fn fit(
        states: ArrayView2<'_, f64>,
        labels: &[usize],
        shrinkage: f64,
        prior: ClassPrior,
    ) -> Result<Self> {
        input::finite(states, "states")?;
        input::same("labels, one per state", states.nrows(), labels.len())?;
        check_shrinkage(shrinkage)?;
        let classes = classes(labels);
        if classes.len() < 2 {
            return Err(Error::TooShort { what: "classes", needed: 2, found: classes.len() });
        }
        let rows: Vec<usize> = (0..labels.len()).collect();
        let moments = Moments::of(states, &rows)?;
        moments.discriminant(states, &rows, labels, (shrinkage, prior))
    }

    /// The class of a state \[N\]; the least of them where two have the same discriminant.
    ///
    /// # Errors
    /// [`Error::Dimension`], [`Error::NonFinite`], and [`Error::Overflow`] for a state too large.
    pub fn predict(&self, state: ArrayView1<'_, f64>) -> Result<usize> {
        input::same("variables N of the state", self.centre.len(), state.len())?;
        if let Some(column) = state.iter().position(|x| !x.is_finite()) {
            return Err(Error::NonFinite { what: "state", row: 0, column });
        }
        self.class(state)
    }

    /// The class of a state that has been checked.
    pub(super) fn class(&self, state: ArrayView1<'_, f64>) -> Result<usize> {
        let mut best = (f64::NEG_INFINITY, None);
        for ((weights, offset), &class) in
            self.weights.rows().into_iter().zip(&self.offsets).zip(&self.classes)
        {
            let terms = weights.iter().zip(state).zip(&self.centre);
            let value = terms.map(|((w, x), mean)| w * (x - mean)).sum::<f64>() + offset;
            if value > best.0 {
                best = (value, Some(class));
            }
        }
        best.1.filter(|_| best.0.is_finite()).ok_or(Error::Overflow { what: "a linear discriminant" })
    }

    /// The C classes, ascending.
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// The mean x̄ of the states \[N\].
    pub fn centre(&self) -> ArrayView1<'_, f64> {
        self.centre.view()
    }

    /// The weights w_c \[C, N\].
    pub fn weights(&self) -> ArrayView2<'_, f64> {
        self.weights.view()
    }

    /// The offsets b_c \[C\].
    pub fn offsets(&self) -> ArrayView1<'_, f64> {
        self.offsets.view()
    }
}

/// The labels that there are, ascending.
pub(super) fn classes(labels: &[usize]) -> Vec<usize> {
    let mut classes = labels.to_vec();
    classes.sort_unstable();
    classes.dedup();
    classes
}

pub(super) fn check_shrinkage(shrinkage: f64) -> Result<()> {
    if (0.0..=1.0).contains(&shrinkage) {
        return Ok(());
    }
    Err(Error::Setting { setting: "shrinkage", value: shrinkage, requirement: "from 0 to 1" })
}

/// What training data are like whatever their labels.
pub(super) struct Moments {
    centre: Array1<f64>,
    /// Sums of products about the mean \[N, N\].
    scatter: Array2<f64>,
}

impl Moments {
    /// Of some rows of the states.
    pub(super) fn of(states: ArrayView2<'_, f64>, rows: &[usize]) -> Result<Self> {
        let mut selected = states.select(Axis(0), rows);
        let what = "training states";
        let mean = selected.mean_axis(Axis(0)).ok_or(Error::TooShort { what, needed: 1, found: 0 })?;
        // The mean of what never changes has a rounding, which is not to be taken for a spread.
        let centre = selected.columns().into_iter().zip(mean);
        let centre = centre.map(|(column, mean)| if half_range(column) == 0.0 { column[0] } else { mean });
        let centre: Array1<f64> = centre.collect();
        selected -= &centre;
        let scatter = selected.t().dot(&selected);
        if !scatter.iter().all(|value| value.is_finite()) {
            return Err(Error::Overflow { what: "the covariance of the states" });
        }
        Ok(Self { centre, scatter })
    }

    /// The discriminant of these rows under any labels (of all states) that there are among them.
    pub(super) fn discriminant(
        &self,
        states: ArrayView2<'_, f64>,
        rows: &[usize],
        labels: &[usize],
        (shrinkage, prior): (f64, ClassPrior),
    ) -> Result<LinearDiscriminant> {
        let own: Vec<usize> = rows.iter().map(|&row| labels[row]).collect();
        let classes = classes(&own);
        let (count, dim) = (classes.len(), self.centre.len());
        if rows.len() <= count {
            let what = "training states";
            return Err(Error::TooShort { what, needed: count + 1, found: rows.len() });
        }
        let mut sizes = vec![0.0; count];
        let mut means = Array2::<f64>::zeros((count, dim));
        for (&row, label) in rows.iter().zip(&own) {
            let class = classes.partition_point(|class| class < label);
            sizes[class] += 1.0;
            means.row_mut(class).zip_mut_with(&states.row(row), |sum, x| *sum += x);
        }
        for (mut mean, size) in means.rows_mut().into_iter().zip(&sizes) {
            mean.zip_mut_with(&self.centre, |sum, centre| *sum = *sum / size - centre);
        }
        let freedom = (rows.len() - count) as f64;
        // Pooled within the classes: all less what is between the means.
        let mut covariance = DMatrix::from_fn(dim, dim, |i, j| {
            let between: f64 = (0..count).map(|c| sizes[c] * means[[c, i]] * means[[c, j]]).sum();
            (self.scatter[[i, j]] - between) * (if i == j { 1.0 } else { 1.0 - shrinkage }) / freedom
        });
        for i in 0..dim {
            let total = self.scatter[[i, i]] / freedom;
            covariance[(i, i)] = if total > 0.0 { covariance[(i, i)].max(0.0) + LEAST * total } else { 1.0 };
        }
        let factor = Cholesky::new(covariance)
            .ok_or(Error::Decomposition { decomposition: "Cholesky factor", size: dim })?;
        let columns = DMatrix::from_fn(dim, count, |i, c| means[[c, i]]);
        let solved = factor.solve(&columns);
        let weights = Array2::from_shape_fn((count, dim), |(c, i)| solved[(i, c)]);
        let offsets = Array1::from_shape_fn(count, |c| {
            let prior = match prior {
                ClassPrior::Equal => 0.0,
                ClassPrior::Frequency => (sizes[c] / rows.len() as f64).ln(),
            };
            prior - 0.5 * weights.row(c).dot(&means.row(c))
        });
        if !weights.iter().chain(&offsets).all(|value| value.is_finite()) {
            return Err(Error::Overflow { what: "the weights of a linear discriminant" });
        }
        Ok(LinearDiscriminant { classes, centre: self.centre.clone(), weights, offsets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Two crosses around (0, 0) and (2, 1), with arms of 2 and 1.
    fn crosses() -> (Array2<f64>, Vec<usize>) {
        let cross = [[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]];
        let rows = (0..8).map(|i| {
            let at = if i < 4 { [0.0, 0.0] } else { [2.0, 1.0] };
            [cross[i % 4][0] + at[0], cross[i % 4][1] + at[1]]
        });
        (Array2::from(rows.collect::<Vec<_>>()), vec![3, 3, 3, 3, 7, 7, 7, 7])
    }

    #[test]
    fn weights_are_those_of_the_closed_form() {
        let (states, labels) = crosses();
        let found = LinearDiscriminant::fit(states.view(), &labels, 0.0, ClassPrior::Equal).unwrap();
        // S = diag(16, 4) / 6 and m_7 − m_3 = (2, 1), so w_7 − w_3 = (2 · 6/16, 6/4).
        let difference = &found.weights().row(1) - &found.weights().row(0);
        assert!((&difference - &array![0.75, 1.5]).iter().all(|d| d.abs() < 1e-10), "{difference}");
        assert_eq!(found.centre(), array![1.0, 0.5]);
        assert_eq!(found.classes(), [3, 7]);
        // The border goes through the centre: 0.75 x + 1.5 y = 1.5.
        assert_eq!(found.predict(array![0.0, 0.99].view()).unwrap(), 3);
        assert_eq!(found.predict(array![0.0, 1.01].view()).unwrap(), 7);
    }

    #[test]
    fn shrinkage_takes_from_the_correlations() {
        // S ∝ [[1, 0.5], [0.5, 1]] about each mean, (±1, 0): w ∝ S_λ⁻¹ (1, 0) ∝ (1, −(1 − λ) / 2).
        let (a, b) = (1.5_f64.sqrt(), 0.5_f64.sqrt());
        let arms = [[a, a], [-a, -a], [b, -b], [-b, b]];
        let rows: Vec<_> =
            (0..8).map(|i| [arms[i % 4][0] + if i < 4 { -1.0 } else { 1.0 }, arms[i % 4][1]]).collect();
        let labels = [0, 0, 0, 0, 1, 1, 1, 1];
        for shrinkage in [0.0, 0.3, 1.0] {
            let states = Array2::from(rows.clone());
            let found =
                LinearDiscriminant::fit(states.view(), &labels, shrinkage, ClassPrior::Equal).unwrap();
            let ratio = found.weights()[[1, 1]] / found.weights()[[1, 0]];
            assert!((ratio + 0.5 * (1.0 - shrinkage)).abs() < 1e-10, "{shrinkage}: {ratio}");
        }
    }

    #[test]
    fn a_frequent_class_moves_the_border_by_the_logarithm_of_the_odds() {
        // In one dimension with means 0 and 2, variance S: the border is at 1 + S ln(π_0 / π_1) / 2.
        let states = array![[-1.0], [1.0], [-1.0], [1.0], [-1.0], [1.0], [1.0], [3.0]];
        let labels = [0, 0, 0, 0, 0, 0, 1, 1];
        let found = LinearDiscriminant::fit(states.view(), &labels, 0.0, ClassPrior::Frequency).unwrap();
        let border = 1.0 + 8.0 / 6.0 * 3.0_f64.ln() / 2.0;
        assert_eq!(found.predict(array![border - 0.01].view()).unwrap(), 0);
        assert_eq!(found.predict(array![border + 0.01].view()).unwrap(), 1);
    }

    #[test]
    fn degenerate_states_have_finite_weights() {
        // A variable that tells the classes apart without any spread, and one that never changes.
        let states =
            array![[0.0, 0.1], [0.0, 0.1], [0.0, 0.1], [1.0, 0.1], [1.0, 0.1], [1.0, 0.1], [1.0, 0.1]];
        let labels = [0, 0, 0, 1, 1, 1, 1];
        let found = LinearDiscriminant::fit(states.view(), &labels, 0.0, ClassPrior::Equal).unwrap();
        assert_eq!(found.predict(array![0.1, 9.0].view()).unwrap(), 0);
        assert_eq!(found.predict(array![0.9, -9.0].view()).unwrap(), 1);
        let twins = array![[0.0, 0.0], [1.0, 1.0], [3.0, 3.0], [2.0, 2.0], [4.0, 4.0]];
        let labels = [0, 0, 1, 1, 1];
        assert!(LinearDiscriminant::fit(twins.view(), &labels, 0.1, ClassPrior::Equal).is_ok());
    }

    #[test]
    fn nonsense_is_refused() {
        let (states, labels) = crosses();
        let fit = |states: &Array2<f64>, labels: &[usize], shrinkage| {
            LinearDiscriminant::fit(states.view(), labels, shrinkage, ClassPrior::Equal)
        };
        assert!(matches!(fit(&states, &labels[1..], 0.0), Err(Error::Dimension { .. })));
        assert!(matches!(fit(&states, &[1; 8], 0.0), Err(Error::TooShort { .. })));
        assert!(matches!(fit(&states, &[0, 1, 2, 3, 4, 5, 6, 7], 0.0), Err(Error::TooShort { .. })));
        assert!(matches!(fit(&states, &labels, f64::NAN), Err(Error::Setting { .. })));
        assert!(matches!(fit(&(&states * 1e200), &labels, 0.0), Err(Error::Overflow { .. })));
        let found = fit(&states, &labels, 0.0).unwrap();
        assert!(matches!(found.predict(array![1.0].view()), Err(Error::Dimension { .. })));
        assert!(matches!(found.predict(array![1.0, f64::NAN].view()), Err(Error::NonFinite { .. })));
        assert!(matches!(found.predict(array![f64::MAX, f64::MAX].view()), Err(Error::Overflow { .. })));
    }
}
