//! How often sparse teacher forcing has to force: the time over which measured data forget themselves.

use attractor_measures::{autocorrelation_time, embedding_lag};
use attractor_systems::Trajectory;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Bins of the mutual information for each variable.
const BINS: usize = 16;

/// What [`forcing_interval`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForcingInterval {
    /// Steps from one forcing to the next, at least 1: the median over the variables of the smaller of both times.
    pub interval: usize,
    /// Steps after which the autocorrelation of each variable has fallen to 1/e, where it does.
    pub autocorrelation: Vec<Option<f64>>,
    /// Steps after which each variable's mutual information with its own past has fallen to 1/e of that over one step, where it
    /// does.
    pub mutual_information: Vec<Option<usize>>,
}

/// An interval of sparse teacher forcing for data whose Lyapunov exponents are not known: over so many steps a variable
/// forgets itself, by its autocorrelation or its mutual information, whichever is first. Where the largest exponent is
/// known, [`predictability_interval`] is the time that \[M22\] derive.
///
/// # Shapes
/// `data: [T, N]`. Lags up to T/10 are looked at.
///
/// # Errors
/// Those of [`autocorrelation_time`] and [`embedding_lag`] for data that are constant, too short or have gaps;
/// [`Error::NoTimeScale`] where no variable forgets itself within T/10 steps.
pub fn forcing_interval(data: &Trajectory) -> Result<ForcingInterval> {
    let longest = data.len() / 10;
    let autocorrelation: Vec<Option<f64>> = autocorrelation_time(data)?
        .into_iter()
        .map(|time| time.first_crossing.map(|time| time / data.dt()).filter(|steps| *steps <= longest as f64))
        .collect();
    let mutual_information = (0..data.dim())
        .map(|column| {
            let information = embedding_lag(data, column, longest.max(1), BINS)?.information;
            let level = information.first().copied().unwrap_or_default() / std::f64::consts::E;
            Ok(information.iter().position(|nats| *nats <= level).map(|index| index + 1))
        })
        .collect::<Result<Vec<_>>>()?;
    let mut times: Vec<f64> = autocorrelation
        .iter()
        .zip(&mutual_information)
        .filter_map(|(correlation, information)| {
            let information = information.map(|steps| steps as f64);
            correlation.map_or(information, |steps| Some(information.map_or(steps, |other| steps.min(other))))
        })
        .collect();
    if times.is_empty() {
        return Err(Error::NoTimeScale { samples: data.len() });
    }
    times.sort_by(f64::total_cmp);
    let median = 0.5 * (times[(times.len() - 1) / 2] + times[times.len() / 2]);
    Ok(ForcingInterval { interval: median.round().max(1.0) as usize, autocorrelation, mutual_information })
}

/// ln 2 / (λ dt): the steps over which errors of a system double whose largest Lyapunov exponent is λ per unit of time
/// \[M22\]. Nothing where λ is not above 0, since such a system can be predicted forever.
pub fn predictability_interval(largest_exponent: f64, dt: f64) -> Option<usize> {
    let steps = std::f64::consts::LN_2 / (largest_exponent * dt);
    (largest_exponent > 0.0 && steps.is_finite()).then(|| steps.round().max(1.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use attractor_systems::{Lorenz63, Simulation};
    use ndarray::Array2;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn of_a_wave_is_where_its_autocorrelation_falls() {
        // cos(2π k / 100) is 1/e at k = 100 arccos(1/e) / 2π = 19.0. A wave tells its future but for a sign, whatever the
        // lag: its mutual information never falls far.
        let wave =
            Array2::from_shape_fn((20_000, 1), |(t, _)| (t as f64 * std::f64::consts::TAU / 100.0).sin());
        let found = forcing_interval(&Trajectory::new(wave, 0.5).unwrap()).unwrap();
        assert_eq!(found.interval, 19);
        assert!((found.autocorrelation[0].unwrap() - 19.0).abs() < 0.1, "{found:?}");
    }

    #[test]
    fn of_noise_is_every_step() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let zero = Trajectory::new(Array2::from_shape_fn((5_000, 2), |(t, _)| (t % 2) as f64), 1.0).unwrap();
        let noise = zero.add_noise(50.0, &mut rng).unwrap();
        assert_eq!(forcing_interval(&noise).unwrap().interval, 1);
    }

    #[test]
    fn of_lorenz_is_shorter_than_its_predictability() {
        let lorenz = Lorenz63::default();
        let run = Simulation::of(&lorenz, 20_000).dt(0.01).transient(1_000).run(&lorenz).unwrap();
        let found = forcing_interval(&run).unwrap();
        let predictable = predictability_interval(0.906, 0.01).unwrap();
        assert_eq!(predictable, 77);
        assert!((5..predictable).contains(&found.interval), "{found:?}");
        assert_eq!(predictability_interval(-0.1, 0.01), None);
        assert_eq!(predictability_interval(f64::NAN, 0.01), None);
    }

    #[test]
    fn a_trend_has_none() {
        let trend = Array2::from_shape_fn((1_000, 1), |(t, _)| t as f64);
        let error = forcing_interval(&Trajectory::new(trend, 1.0).unwrap()).unwrap_err();
        assert!(matches!(error, Error::NoTimeScale { samples: 1_000 }), "{error}");
    }
}
