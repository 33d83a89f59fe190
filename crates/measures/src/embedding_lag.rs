//! The lag of a delay embedding, from the mutual information between a series and its past.

use attractor_systems::Trajectory;
use serde::{Deserialize, Serialize};

use crate::power_spectrum::half_range;
use crate::{Error, Result, input};

/// What [`embedding_lag`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingLag {
    /// The first lag, in steps, whose mutual information is a minimum; nothing where it only falls or is flat, as for
    /// most maps: then take 1, or the first lag at which it has fallen far enough.
    pub first_minimum: Option<usize>,
    /// Mutual information in nats at lags 1, 2, ..: entry 0 is that of one step.
    pub information: Vec<f64>,
}

/// The mutual information in nats between x_t and x_{t+k} at lags k = 1..=`max_lag` of one variable, and its first
/// minimum, the lag that \[FS86\] take for a delay embedding
///
/// $$ I(k) = \sum_{ij} p_{ij} \ln \frac{p_{ij}}{p_i q_j} $$
///
/// over `bins` bins for each, chosen so that each holds equally many values (equal values share a bin). Chance alone
/// gives some (bins − 1)²/2T nats.
///
/// # Errors
/// [`Error::Dimension`] for a column that is not there, [`Error::Setting`] for no lags or bins outside 2 to 1000,
/// [`Error::TooShort`] for less than 4 `bins` samples beyond the largest lag, [`Error::Constant`], [`Error::Missing`]
/// (interpolate first), [`Error::NonFinite`].
pub fn embedding_lag(
    trajectory: &Trajectory,
    column: usize,
    max_lag: usize,
    bins: usize,
) -> Result<EmbeddingLag> {
    let x = series(trajectory, column)?;
    if max_lag == 0 {
        return Err(Error::Setting { setting: "max_lag", value: 0.0, requirement: "at least 1" });
    }
    if !(2..=1000).contains(&bins) {
        return Err(Error::Setting { setting: "bins", value: bins as f64, requirement: "from 2 to 1000" });
    }
    let needed = max_lag.saturating_add(4 * bins);
    if x.len() < needed {
        return Err(Error::TooShort { what: "samples for this lag and these bins", needed, found: x.len() });
    }
    let mut sorted = x.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let edges: Vec<f64> = (1..bins).map(|i| sorted[i * x.len() / bins]).collect();
    let visited: Vec<usize> = x.iter().map(|x| edges.partition_point(|edge| edge <= x)).collect();
    let information: Vec<f64> = (1..=max_lag).map(|lag| mutual_information(&visited, lag, bins)).collect();
    // A plateau is a minimum at its start if it rises afterwards; the values of noise differ.
    let first_minimum = (1..max_lag.saturating_sub(1))
        .find(|&i| information[i] < information[i - 1] && information[i] <= information[i + 1])
        .map(|i| i + 1);
    Ok(EmbeddingLag { first_minimum, information })
}

/// The mutual information in nats between bins visited now and `lag` steps later.
fn mutual_information(visited: &[usize], lag: usize, bins: usize) -> f64 {
    let mut joint = vec![0_u64; bins * bins];
    for (now, later) in visited.iter().zip(&visited[lag..]) {
        joint[now * bins + later] += 1;
    }
    let rows: Vec<u64> = joint.chunks(bins).map(|row| row.iter().sum()).collect();
    let columns: Vec<u64> = (0..bins).map(|j| joint.iter().skip(j).step_by(bins).sum()).collect();
    let total = (visited.len() - lag) as f64;
    let mut information = 0.0;
    for (i, row) in joint.chunks(bins).enumerate() {
        for (&count, &column) in row.iter().zip(&columns) {
            if count > 0 {
                let count = count as f64;
                information += count / total * (count * total / (rows[i] as f64 * column as f64)).ln();
            }
        }
    }
    information.max(0.0)
}

/// One variable that changes, without gaps.
pub(crate) fn series(trajectory: &Trajectory, column: usize) -> Result<Vec<f64>> {
    if column >= trajectory.dim() {
        return Err(Error::Dimension {
            what: "variables N for this column",
            expected: column.saturating_add(1),
            found: trajectory.dim(),
        });
    }
    let data = input::without_gaps(trajectory, "trajectory")?;
    if half_range(data.column(column)) == 0.0 {
        return Err(Error::Constant { what: "trajectory", column });
    }
    Ok(data.column(column).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn of_an_autoregressive_process() {
        // Gaussian: I(k) = −½ ln(1 − φ^2k), less what bins lose and more what chance adds.
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let mut x = 0.0;
        let data = Array2::from_shape_fn((100_000, 1), |_| {
            let noise: f64 = StandardNormal.sample(&mut rng);
            x = 0.8 * x + noise;
            x
        });
        let found = embedding_lag(&Trajectory::new(data, 1.0).unwrap(), 0, 6, 32).unwrap();
        for (k, information) in (1..).zip(&found.information) {
            let expected = -0.5 * (1.0 - 0.8_f64.powi(2 * k)).ln();
            assert!((information - expected - 0.0048).abs() < 0.02, "{k}: {information} {expected}");
        }
    }

    #[test]
    fn the_first_minimum_of_a_wave_is_a_quarter_turn() {
        // Noise blurs what would otherwise be the same at every lag: x_{t+k} is a function of x_t and its direction.
        let mut rng = ChaCha8Rng::seed_from_u64(6);
        let data = Array2::from_shape_fn((50_000, 2), |(t, n)| {
            let noise: f64 = StandardNormal.sample(&mut rng);
            if n == 0 { 0.0 } else { (std::f64::consts::TAU * t as f64 / 40.37).sin() + 0.4 * noise }
        });
        let wave = Trajectory::new(data, 1.0).unwrap();
        let found = embedding_lag(&wave, 1, 30, 16).unwrap();
        assert!((8..=12).contains(&found.first_minimum.unwrap()), "{found:?}");
        assert!(matches!(embedding_lag(&wave, 0, 30, 16), Err(Error::Constant { column: 0, .. })));
        assert!(matches!(embedding_lag(&wave, 2, 30, 16), Err(Error::Dimension { .. })));
        assert!(matches!(embedding_lag(&wave, 1, 0, 16), Err(Error::Setting { .. })));
        assert!(matches!(embedding_lag(&wave, 1, 30, 1), Err(Error::Setting { .. })));
        assert!(matches!(embedding_lag(&wave, 1, 49_990, 16), Err(Error::TooShort { .. })));
    }
}
