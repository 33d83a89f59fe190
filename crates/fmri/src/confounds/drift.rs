//! Slow drifts: polynomials and cosines over the scans of a run.

use std::f64::consts::{PI, SQRT_2};

use ndarray::{Array2, ArrayBase};

use crate::recording::check_tr;
use crate::{Error, Result};

/// Legendre polynomials of degree 1 to `order` on −1 to 1 \[T, order\]. The constant is left out.
///
/// # Errors
/// [`Error::OutOfRange`] when `order` is 0, or not below the number of scans.
pub fn polynomial_drift(scans: usize, order: usize) -> Result<Array2<f64>> {
    if order == 0 || order >= scans {
        let requirement = "at least 1 and below the number of scans";
        return Err(Error::OutOfRange {
            what: "degree of a polynomial drift",
            value: order as f64,
            requirement,
        });
    }
    let mut drift = Array2::zeros((scans, order));
    for (t, mut row) in drift.rows_mut().into_iter().enumerate() {
        let x = 2.0 * t as f64 / (scans - 1) as f64 - 1.0;
        let (mut before, mut now) = (1.0, x);
        for degree in 1..=order {
            row[degree - 1] = now;
            // Bonnet's recursion.
            let next = ((2 * degree + 1) as f64 * x * now - degree as f64 * before) / (degree + 1) as f64;
            (before, now) = (now, next);
        }
    }
    Ok(drift)
}

/// The discrete cosines of frequency k / (2 T TR) up to 1 / `cutoff`, with which SPM and fMRIPrep take slow drifts out,
///
/// $$ c_{t k} = \sqrt 2 \cos\frac{\pi k (2 t + 1)}{2 T}, \quad k = 1, \dots, \lfloor 2 T \\, \mathrm{TR} / \text{cutoff} \rfloor $$
///
/// scaled to a mean square of 1 \[T, ·\]. `tr` and `cutoff` are in seconds; SPM's cutoff is 128 s. The constant is left out.
/// A run shorter than half the cutoff has no such cosine, and the result no column.
///
/// # Errors
/// [`Error::ImplausibleRepetitionTime`]; [`Error::OutOfRange`] when the cutoff is not above 2 TR, so that nothing would be
/// left of the data.
pub fn cosine_drift(scans: usize, tr: f64, cutoff: f64) -> Result<Array2<f64>> {
    check_tr("cosine drift", tr)?;
    if !(cutoff.is_finite() && cutoff > 2.0 * tr) {
        let requirement = "above 2 TR, in seconds; 128 s is usual";
        return Err(Error::OutOfRange { what: "cutoff of cosine drifts", value: cutoff, requirement });
    }
    // A frequency at the cutoff itself counts, whatever the rounding.
    let count = (2.0 * scans as f64 * tr / cutoff * (1.0 + 1e-12)).floor() as usize;
    Ok(ArrayBase::from_shape_fn((scans, count), |(t, k)| {
        SQRT_2 * (PI * (k + 1) as f64 * (2 * t + 1) as f64 / (2 * scans) as f64).cos()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_legendre() {
        let drift = polynomial_drift(5, 3).unwrap();
        // P2 = (3 x² − 1) / 2 and P3 = (5 x³ − 3 x) / 2 at −1, −1/2, 0, 1/2, 1.
        let expected = [
            [-1.0, 1.0, -1.0],
            [-0.5, -0.125, 0.4375],
            [0.0, -0.5, 0.0],
            [0.5, -0.125, -0.4375],
            [1.0, 1.0, 1.0],
        ];
        for (row, expected) in drift.rows().into_iter().zip(expected) {
            assert_eq!(row.to_vec(), expected);
        }
        assert!(polynomial_drift(5, 0).is_err() && polynomial_drift(5, 5).is_err());
    }

    #[test]
    fn cosines_are_as_many_as_spm_has_and_orthonormal() {
        // SPM: fix(2 T TR / cutoff + 1) with the constant: 360 scans of 3 s at 128 s are 16.875, so 16 without it.
        let drift = cosine_drift(360, 3.0, 128.0).unwrap();
        assert_eq!(drift.ncols(), 16);
        let gram = drift.t().dot(&drift) / 360.0;
        for ((i, j), value) in gram.indexed_iter() {
            assert!((value - f64::from(u8::from(i == j))).abs() < 1e-12, "{i} {j} {value}");
        }
        assert!(drift.sum().abs() < 1e-10);
        assert_eq!(cosine_drift(64, 2.0, 128.0).unwrap().ncols(), 2);
        assert_eq!(cosine_drift(20, 2.0, 128.0).unwrap().ncols(), 0);
        assert!(cosine_drift(20, 2.0, 4.0).is_err() && cosine_drift(20, 2000.0, 128.0).is_err());
    }
}
