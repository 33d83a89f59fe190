//! The n-step prediction error: how far a map that starts on the data is from it n steps later.

use attractor_systems::{Map, Trajectory};
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, input};

/// Where a prediction left the finite numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictionDivergence {
    /// Index of the initial state.
    pub start: usize,
    /// Steps ahead, from 1: the first horizon at which any prediction, or its square error, is not finite.
    pub horizon: usize,
}

/// The error curve that [`prediction_error`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictionError {
    /// Mean squared error of each horizon 1, 2, ..: entry 0 is the one-step error. In squared units of the data.
    /// Ends before the horizon at which a prediction diverged, if one did.
    pub mean_squared: Vec<f64>,
    /// The first divergence, if there was one.
    pub diverged: Option<PredictionDivergence>,
}

impl PredictionError {
    /// PE(n), the mean squared error `horizon` steps ahead, from 1; nothing beyond the curve.
    pub fn at(&self, horizon: usize) -> Option<f64> {
        self.mean_squared.get(horizon.checked_sub(1)?).copied()
    }
}

/// The mean squared n-step prediction error
///
/// $$ PE(n) = \frac{1}{S_n N} \sum_{t} \left\| x_{t+n} - B\big(F^n(z_t)\big) \right\|_2^2 $$
///
/// for every horizon 1..=`steps`, from initial states z_t that the data gave, through a readout B.
///
/// Every start that has a target enters: at horizon n those with t + n < T, S_n of them, as in \[H23\]. With states
/// for the first T − `steps` rows alone, every horizon has the same starts, as in \[B22\]. Missing targets are left
/// out, and so are starts of whose state any entry is missing. The one-step error alone misleads: it cannot tell a
/// chaotic fit from one that lost the chaos \[K19, fig. 2\].
///
/// # Shapes
/// `initial_states`: \[S, M\], row t the state at row t of `targets` \[T, N\], S ≤ T, its dt not looked at;
/// `inputs`: \[T, K\] where the map has inputs, row t the input of the step that leads *to* t; `readout` writes the
/// N observations of M states.
///
/// # Errors
/// [`Error::Dimension`] when shapes do not fit, [`Error::NonFinite`] for states, inputs and known targets,
/// [`Error::System`] for senseless parameters of the map, [`Error::NoTarget`] when a horizon has no known target,
/// [`Error::Setting`] for no steps. A prediction that diverges is no error: see [`PredictionError::diverged`].
pub fn prediction_error(
    map: &(impl Map + ?Sized),
    initial_states: &Trajectory,
    targets: &Trajectory,
    inputs: Option<ArrayView2<'_, f64>>,
    steps: usize,
    readout: impl Fn(&[f64], &mut [f64]),
) -> Result<PredictionError> {
    map.validate()?;
    if steps == 0 {
        return Err(Error::Setting { setting: "steps", value: 0.0, requirement: "at least 1" });
    }
    let (starts, length) = (initial_states.len(), targets.len());
    input::same("states M of the initial states", map.dim(), initial_states.dim())?;
    if starts > length {
        return Err(Error::Dimension { what: "initial states S", expected: length, found: starts });
    }
    let known: Vec<bool> = match initial_states.missing() {
        Some(mask) => mask.rows().into_iter().map(|row| !row.iter().any(|&m| m)).collect(),
        None => vec![true; starts],
    };
    if let Some(((row, column), _)) =
        initial_states.data().indexed_iter().find(|((t, _), x)| !x.is_finite() && known[*t])
    {
        return Err(Error::NonFinite { what: "initial states", row, column });
    }
    let input_dim = inputs.as_ref().map_or(0, ArrayView2::ncols);
    input::same("inputs K", map.input_dim(), input_dim)?;
    if let Some(inputs) = inputs {
        input::same("rows of the inputs", length, inputs.nrows())?;
        input::finite(inputs, "inputs")?;
    }
    let (data, missing) = (targets.data(), targets.missing());
    let is_missing = |t: usize, i: usize| missing.is_some_and(|mask| mask[[t, i]]);
    if let Some(((row, column), _)) =
        data.indexed_iter().find(|((t, i), x)| !x.is_finite() && !is_missing(*t, *i))
    {
        return Err(Error::NonFinite { what: "targets", row, column });
    }

    let mut states = initial_states.data().as_standard_layout().into_owned();
    let mut next = vec![0.0; map.dim()];
    let mut predicted = vec![0.0; targets.dim()];
    let mut input = vec![0.0; input_dim];
    let mut mean_squared = Vec::with_capacity(steps.min(length));
    for horizon in 1..=steps {
        let (mut sum, mut count) = (0.0, 0_u64);
        for (start, mut state) in states.rows_mut().into_iter().enumerate() {
            let target = start + horizon;
            if target >= length {
                break;
            }
            if !known[start] {
                continue;
            }
            if let Some(inputs) = inputs {
                input.iter_mut().zip(inputs.row(target)).for_each(|(u, x)| *u = *x);
            }
            // Rows of a standard layout are contiguous.
            let Some(state) = state.as_slice_mut() else { continue };
            map.step(state, &input, &mut next);
            state.copy_from_slice(&next);
            readout(state, &mut predicted);
            let mut error = 0.0;
            for (i, (x, y)) in data.row(target).iter().zip(&predicted).enumerate() {
                if !is_missing(target, i) {
                    error += (x - y).powi(2);
                    count += 1;
                }
            }
            sum += error;
            if !sum.is_finite() || state.iter().chain(&predicted).any(|v| !v.is_finite()) {
                let diverged = Some(PredictionDivergence { start, horizon });
                return Ok(PredictionError { mean_squared, diverged });
            }
        }
        if count == 0 {
            return Err(Error::NoTarget { horizon });
        }
        mean_squared.push(sum / count as f64);
    }
    Ok(PredictionError { mean_squared, diverged: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use attractor_systems::PiecewiseLinearMap;
    use ndarray::{Array1, Array2, array};

    /// x -> factor x + u.
    fn scale(factor: f64, inputs: usize) -> PiecewiseLinearMap {
        PiecewiseLinearMap::new(
            array![[factor]],
            Array2::zeros((1, 0)),
            Array2::zeros((0, 1)),
            Array1::zeros(0),
            array![0.0],
            Array2::ones((1, inputs)),
        )
        .unwrap()
    }

    fn copy(x: &[f64], y: &mut [f64]) {
        y.copy_from_slice(x);
    }

    #[test]
    fn of_doubling_on_constant_data() {
        let data = Trajectory::new(Array2::ones((10, 1)), 1.0).unwrap();
        let result = prediction_error(&scale(2.0, 0), &data, &data, None, 5, copy).unwrap();
        assert_eq!(result.mean_squared, [1.0, 9.0, 49.0, 225.0, 961.0]);
        assert_eq!((result.at(2), result.at(0), result.at(6)), (Some(9.0), None, None));
        // Through a readout that halves: 2^n / 2 - 1.
        let half = |x: &[f64], y: &mut [f64]| y[0] = 0.5 * x[0];
        let result = prediction_error(&scale(2.0, 0), &data, &data, None, 3, half).unwrap();
        assert_eq!(result.mean_squared, [0.0, 1.0, 9.0]);
    }

    #[test]
    fn inputs_arrive_with_the_step_they_lead_to() {
        let inputs = array![[100.0], [1.0], [2.0], [3.0]];
        let data = Trajectory::new(array![[0.0], [1.0], [3.0], [6.0]], 1.0).unwrap();
        let result = prediction_error(&scale(1.0, 1), &data, &data, Some(inputs.view()), 3, copy).unwrap();
        assert_eq!(result.mean_squared, [0.0, 0.0, 0.0]);
    }

    #[test]
    fn gaps_enter_neither_as_starts_nor_as_targets() {
        let gap = array![[1.0], [f64::NAN], [1.0], [3.0]];
        let data = Trajectory::from_array_with_missing(gap, 1.0).unwrap();
        let result = prediction_error(&scale(2.0, 0), &data, &data, None, 3, copy).unwrap();
        // One step: 2 -> 3 alone. Two steps: 0 -> 2 alone. Three: 0 -> 3.
        assert_eq!(result.mean_squared, [1.0, 9.0, 25.0]);
    }

    #[test]
    fn divergence_has_its_place() {
        let data = Trajectory::new(array![[0.0], [1e60], [1.0], [1.0], [1.0]], 1.0).unwrap();
        let result = prediction_error(&scale(1e60, 0), &data, &data, None, 3, copy).unwrap();
        assert_eq!(result.mean_squared.len(), 1);
        assert_eq!(result.diverged, Some(PredictionDivergence { start: 1, horizon: 2 }));
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let data = Trajectory::new(Array2::ones((4, 1)), 1.0).unwrap();
        let refuse = |map: &PiecewiseLinearMap, states: Array2<f64>, steps| {
            let states = Trajectory::new(states, 1.0).unwrap();
            prediction_error(map, &states, &data, None, steps, copy).unwrap_err()
        };
        let ones = |rows, columns| Array2::ones((rows, columns));
        assert!(matches!(refuse(&scale(1.0, 0), ones(4, 1), 4), Error::NoTarget { horizon: 4 }));
        assert!(matches!(refuse(&scale(1.0, 0), ones(4, 1), 0), Error::Setting { .. }));
        assert!(matches!(refuse(&scale(1.0, 2), ones(4, 1), 1), Error::Dimension { .. }));
        assert!(matches!(refuse(&scale(1.0, 0), ones(4, 2), 1), Error::Dimension { .. }));
        assert!(matches!(refuse(&scale(1.0, 0), ones(9, 1), 1), Error::Dimension { .. }));
    }
}
