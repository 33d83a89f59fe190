//! Autocorrelation times: for how long a series remembers itself.

use attractor_systems::Trajectory;
use serde::{Deserialize, Serialize};

use crate::power_spectrum::half_range;
use crate::{Error, Result, autocorrelation, input};

/// Sokal's window is this many integrated times wide.
const WINDOW: f64 = 5.0;

/// The autocorrelation times of one variable, in time units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AutocorrelationTime {
    /// When the autocorrelation first falls below 1/e, between two lags by a straight line; nothing where it does not
    /// within the series.
    pub first_crossing: Option<f64>,
    /// The integrated time τ: T dt/τ samples are worth as much as independent ones for a mean. Small, even negative by
    /// chance, for a series that swings around its mean.
    pub integrated: f64,
    /// Largest lag that entered the integrated time.
    pub window: f64,
    /// Whether the window of τ fits into the series. Where it does not, τ is that of all lags: more data are needed.
    pub converged: bool,
}

/// The autocorrelation times of each variable \[N\]: the first crossing of 1/e, and the integrated time
///
/// $$ \tau = dt \left( 1 + 2 \sum_{k=1}^{W} r(k) \right), \qquad W = \min \\{ W : W dt \ge 5 \max(\tau(W), dt) \\} $$
///
/// with the window W of \[S97\], which keeps the noise of long lags out.
///
/// # Errors
/// [`Error::Constant`] for a variable that never changes, [`Error::Missing`] (interpolate first),
/// [`Error::NonFinite`], [`Error::TooShort`] for less than 4 samples.
pub fn autocorrelation_time(trajectory: &Trajectory) -> Result<Vec<AutocorrelationTime>> {
    let (length, dt) = (trajectory.len(), trajectory.dt());
    let data = input::without_gaps(trajectory, "trajectory")?;
    if length < 4 {
        return Err(Error::TooShort { what: "samples", needed: 4, found: length });
    }
    if let Some(column) = data.columns().into_iter().position(|x| half_range(x) == 0.0) {
        return Err(Error::Constant { what: "trajectory", column });
    }
    let correlation = autocorrelation(trajectory, length - 1)?;
    Ok(correlation
        .columns()
        .into_iter()
        .map(|r| {
            let level = (-1.0_f64).exp();
            let first_crossing = r
                .iter()
                .position(|&r| r < level)
                .map(|k| dt * ((k - 1) as f64 + (r[k - 1] - level) / (r[k - 1] - r[k])));
            let (mut integrated, mut window, mut converged) = (1.0, length - 1, false);
            for (k, r) in r.iter().enumerate().skip(1) {
                integrated += 2.0 * r;
                if k as f64 >= WINDOW * f64::max(integrated, 1.0) {
                    (window, converged) = (k, true);
                    break;
                }
            }
            AutocorrelationTime {
                first_crossing,
                integrated: dt * integrated,
                window: dt * window as f64,
                converged,
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    fn autoregressive(factor: f64, length: usize) -> Trajectory {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut x = 0.0;
        let data = Array2::from_shape_fn((length, 1), |_| {
            let noise: f64 = StandardNormal.sample(&mut rng);
            x = factor * x + noise;
            x
        });
        Trajectory::new(data, 0.1).unwrap()
    }

    #[test]
    fn of_an_autoregressive_process() {
        // r(k) = φ^k: integrated time (1 + φ)/(1 − φ) = 19 steps, 1/e after −1/ln φ = 9.49.
        let found = autocorrelation_time(&autoregressive(0.9, 400_000)).unwrap()[0];
        // Sokal (1997): the relative error is about √(2 (2W + 1)/T), here 2.2%; the window loses e⁻¹⁰.
        assert!((found.integrated / 1.9 - 1.0).abs() < 0.07, "{found:?}");
        assert!((found.first_crossing.unwrap() / 0.949 - 1.0).abs() < 0.05, "{found:?}");
        assert!(found.converged && (9.0..11.0).contains(&found.window), "{found:?}");
        // Of independent numbers, and of those that alternate: (1 − 1/2)/(1 + 1/2).
        for (factor, expected) in [(0.0, 0.1), (-0.5, 0.1 / 3.0)] {
            let found = autocorrelation_time(&autoregressive(factor, 100_000)).unwrap()[0];
            assert!((found.integrated - expected).abs() < 5e-3, "{factor}: {found:?}");
        }
    }

    #[test]
    fn says_where_the_series_is_too_short() {
        let line = Trajectory::new(Array2::from_shape_fn((60, 1), |(t, _)| t as f64), 1.0).unwrap();
        let found = autocorrelation_time(&line).unwrap()[0];
        assert!(found.first_crossing.is_some() && found.integrated.is_finite(), "{found:?}");
        let short = Trajectory::new(Array2::from_shape_fn((3, 1), |(t, _)| t as f64), 1.0).unwrap();
        assert!(matches!(autocorrelation_time(&short), Err(Error::TooShort { .. })));
        let dead = Trajectory::new(Array2::zeros((30, 1)), 1.0).unwrap();
        assert!(matches!(autocorrelation_time(&dead), Err(Error::Constant { column: 0, .. })));
    }
}
