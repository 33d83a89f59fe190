//! How far the Lyapunov spectrum of a reconstruction is from the true one.

use serde::{Deserialize, Serialize};

use crate::{Error, Estimate, LyapunovSpectrum, Result};

/// What [`lyapunov_spectrum_error`] found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LyapunovSpectrumError {
    /// Generated minus true exponent, from the largest on, as many as both have finite ones, with the standard errors of
    /// both added in quadrature.
    pub differences: Vec<Estimate>,
    /// Mean of the absolute differences.
    pub mean_absolute: f64,
    /// Root of the mean squared difference.
    pub root_mean_squared: f64,
    /// Generated minus true Kaplan-Yorke dimension, where both are settled.
    pub kaplan_yorke: Option<f64>,
    /// True exponents that nothing was compared with: not computed, or −∞, in either spectrum.
    pub uncompared: usize,
}

/// The difference of two Lyapunov spectra, exponent by exponent in falling order. Both must be in one unit of time:
/// see [`LyapunovSpectrum::per_time`] for a map that steps by dt. Their dimensions may differ: a reconstruction with
/// more latent states than the system has should only add contracting directions.
///
/// # Errors
/// [`Error::TooShort`] when one spectrum has no finite exponent, [`Error::NonFinite`].
pub fn lyapunov_spectrum_error(
    truth: &LyapunovSpectrum,
    generated: &LyapunovSpectrum,
) -> Result<LyapunovSpectrumError> {
    for (what, spectrum) in [("true exponents", truth), ("generated exponents", generated)] {
        if spectrum.exponents.is_empty() {
            return Err(Error::TooShort { what, needed: 1, found: 0 });
        }
        let finite = |e: &Estimate| e.value.is_finite() && e.standard_error.is_finite();
        if let Some(row) = spectrum.exponents.iter().position(|e| !finite(e)) {
            return Err(Error::NonFinite { what, row, column: 0 });
        }
    }
    let differences: Vec<Estimate> = (truth.exponents.iter().zip(&generated.exponents))
        .map(|(x, y)| Estimate {
            value: y.value - x.value,
            standard_error: x.standard_error.hypot(y.standard_error),
        })
        .collect();
    let count = differences.len() as f64;
    let kaplan_yorke = match (truth.kaplan_yorke_dimension(), generated.kaplan_yorke_dimension()) {
        (Some(x), Some(y)) => Some(y - x),
        _ => None,
    };
    Ok(LyapunovSpectrumError {
        mean_absolute: differences.iter().map(|d| d.value.abs()).sum::<f64>() / count,
        root_mean_squared: (differences.iter().map(|d| d.value.powi(2)).sum::<f64>() / count).sqrt(),
        kaplan_yorke,
        uncompared: truth.exponents.len() + truth.collapsed - differences.len(),
        differences,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spectrum(values: &[f64], collapsed: usize) -> LyapunovSpectrum {
        let exponents = values.iter().map(|&value| Estimate { value, standard_error: 0.03 }).collect();
        let dim = values.len() + collapsed;
        LyapunovSpectrum { exponents, collapsed, dim, duration: 1.0, final_state: vec![0.0; dim] }
    }

    #[test]
    fn compares_what_both_have() {
        let truth = spectrum(&[0.9, 0.0, -14.6], 0);
        let found = lyapunov_spectrum_error(&truth, &spectrum(&[0.8, 0.0, -14.2, -20.0], 1)).unwrap();
        for (found, expected) in found.differences.iter().zip([-0.1, 0.0, 0.4]) {
            assert!((found.value - expected).abs() < 1e-12);
            assert!((found.standard_error - 0.03 * 2.0_f64.sqrt()).abs() < 1e-15);
        }
        assert!((found.mean_absolute - 0.5 / 3.0).abs() < 1e-12);
        assert!((found.root_mean_squared - (0.17_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!((found.kaplan_yorke.unwrap() - (0.8 / 14.2 - 0.9 / 14.6)).abs() < 1e-12);
        assert_eq!(found.uncompared, 0);
        let partial = lyapunov_spectrum_error(&truth, &spectrum(&[0.8], 2)).unwrap();
        assert_eq!((partial.differences.len(), partial.uncompared), (1, 2));
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let (truth, none) = (spectrum(&[0.9], 0), spectrum(&[], 3));
        assert!(matches!(lyapunov_spectrum_error(&truth, &none), Err(Error::TooShort { .. })));
        let nan = spectrum(&[0.1, f64::NAN], 0);
        assert!(matches!(lyapunov_spectrum_error(&nan, &truth), Err(Error::NonFinite { row: 1, .. })));
    }
}
