//! The slope of a power law, and how straight its line is.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A power law y = c x^slope, fitted by least squares of ln y on ln x.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// The exponent.
    pub slope: f64,
    /// Standard error of the fit, as if the points were independent. Those of a correlation sum are not: `spread` says
    /// more.
    pub standard_error: f64,
    /// Standard deviation of the slopes between neighbouring points: 0 for a straight line.
    pub spread: f64,
    /// Least and largest x of the fit.
    pub range: [f64; 2],
    /// Points of the fit.
    pub points: usize,
}

/// Fits points of rising x, both coordinates positive; needs at least 3.
pub(crate) fn scaling(points: &[(f64, f64)], what: &'static str) -> Result<Scaling> {
    let [first, .., last] = points else {
        return Err(Error::TooShort { what, needed: 3, found: points.len() });
    };
    if points.len() < 3 {
        return Err(Error::TooShort { what, needed: 3, found: points.len() });
    }
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let mean = |f: &dyn Fn(&(f64, f64)) -> f64| logs.iter().map(f).sum::<f64>() / count;
    let (x_mean, y_mean) = (mean(&|p| p.0), mean(&|p| p.1));
    let xx = mean(&|p| (p.0 - x_mean).powi(2));
    let xy = mean(&|p| (p.0 - x_mean) * (p.1 - y_mean));
    let slope = xy / xx;
    let residual = mean(&|p| (p.1 - y_mean - slope * (p.0 - x_mean)).powi(2));
    let standard_error = (residual / xx / (count - 2.0)).sqrt();
    let local: Vec<f64> = logs.windows(2).map(|p| (p[1].1 - p[0].1) / (p[1].0 - p[0].0)).collect();
    let local_mean = local.iter().sum::<f64>() / local.len() as f64;
    let squares: f64 = local.iter().map(|s| (s - local_mean).powi(2)).sum();
    let spread = (squares / (local.len() - 1) as f64).sqrt();
    Ok(Scaling { slope, standard_error, spread, range: [first.0, last.0], points: points.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_power_law_and_of_one_that_bends() {
        let law: Vec<(f64, f64)> = (1..9).map(|x| (f64::from(x), 3.0 * f64::from(x).powf(1.7))).collect();
        let found = scaling(&law, "points").unwrap();
        assert!((found.slope - 1.7).abs() < 1e-13 && found.standard_error < 1e-13 && found.spread < 1e-13);
        assert_eq!((found.range, found.points), ([1.0, 8.0], 8));
        // numpy.polyfit([0, 1, 2, 3], [0, 1, 2, 4], 1): 1.3; its standard error by scipy.stats.linregress.
        let bent: Vec<(f64, f64)> =
            [(0, 0), (1, 1), (2, 2), (3, 4)].map(|(x, y)| (f64::from(x).exp(), f64::from(y).exp())).to_vec();
        let found = scaling(&bent, "points").unwrap();
        assert!((found.slope - 1.3).abs() < 1e-13, "{found:?}");
        assert!((found.standard_error - 0.173_205_080_756_887_7).abs() < 1e-13, "{found:?}");
        // Slopes 1, 1 and 2.
        assert!((found.spread - (1.0_f64 / 3.0).sqrt()).abs() < 1e-13, "{found:?}");
        assert!(matches!(scaling(&bent[..2], "points"), Err(Error::TooShort { needed: 3, found: 2, .. })));
        assert!(matches!(scaling(&[], "points"), Err(Error::TooShort { .. })));
    }
}
