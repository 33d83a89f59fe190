//! Autocorrelation and cross-correlation functions, by the fast Fourier transform.

use attractor_systems::Trajectory;
use ndarray::{Array2, Array3, ArrayView1, ArrayView2};
use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::power_spectrum::half_range;
use crate::{Error, Result, input};

/// The autocorrelation of each variable at lags 0 to `max_lag`, \[lags, N\]
///
/// $$ r_n(k) = \frac{\sum_{t=1}^{T-k} (x_{tn} - \bar x_n)(x_{t+k,n} - \bar x_n)}{\sum_{t=1}^{T} (x_{tn} - \bar x_n)^2} $$
///
/// the estimate with T in the denominator at every lag: it shrinks toward 0 at long lags, and stays within ±1. A
/// variable that never changes correlates with nothing: 0 at every lag, 0 included.
///
/// # Errors
/// [`Error::Missing`] (interpolate first), [`Error::NonFinite`], [`Error::TooShort`] when T is not above `max_lag`.
pub fn autocorrelation(trajectory: &Trajectory, max_lag: usize) -> Result<Array2<f64>> {
    let data = input::without_gaps(trajectory, "trajectory")?;
    let transformed = Transformed::new(data, max_lag)?;
    let mut found = Array2::zeros((max_lag + 1, data.ncols()));
    for n in 0..data.ncols() {
        for (k, value) in transformed.correlation(n, n, max_lag).skip(max_lag).enumerate() {
            found[[k, n]] = value;
        }
    }
    Ok(found)
}

/// The cross-correlation of every pair of variables at lags −`max_lag` to `max_lag`, \[lags, N, N\]
///
/// $$ r_{ij}(k) = \frac{1}{T} \sum_t \frac{x_{ti} - \bar x_i}{\sigma_i} \frac{x_{t+k,j} - \bar x_j}{\sigma_j} $$
///
/// with lag k at index `max_lag` + k: at positive lags, what x_i says of x_j later. The diagonal is the
/// [`autocorrelation`]. A variable that never changes correlates with nothing.
///
/// # Errors
/// As [`autocorrelation`].
pub fn cross_correlation(trajectory: &Trajectory, max_lag: usize) -> Result<Array3<f64>> {
    let data = input::without_gaps(trajectory, "trajectory")?;
    let transformed = Transformed::new(data, max_lag)?;
    let (lags, n) = (2 * max_lag + 1, data.ncols());
    let mut found = Array3::zeros((lags, n, n));
    for i in 0..n {
        for j in 0..=i {
            for (k, value) in transformed.correlation(i, j, max_lag).enumerate() {
                found[[k, i, j]] = value;
                found[[lags - 1 - k, j, i]] = value;
            }
        }
    }
    Ok(found)
}

/// The transforms of standardised variables, padded by zeros so that no lag wraps around.
struct Transformed {
    inverse: std::sync::Arc<dyn ComplexToReal<f64>>,
    padded: usize,
    /// Per variable; nothing where it never changes.
    spectra: Vec<Option<Vec<Complex64>>>,
}

impl Transformed {
    fn new(data: ArrayView2<'_, f64>, max_lag: usize) -> Result<Self> {
        let length = data.nrows();
        if length <= max_lag {
            let needed = max_lag.saturating_add(1);
            return Err(Error::TooShort { what: "samples for this lag", needed, found: length });
        }
        let padded = (length + max_lag).next_power_of_two().max(2);
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(padded), planner.plan_fft_inverse(padded));
        let spectra = data.columns().into_iter().map(|x| spectrum(x, padded, &*forward)).collect();
        Ok(Self { inverse, padded, spectra })
    }

    /// `r_ij` at lags −`max_lag` to `max_lag`.
    fn correlation(&self, i: usize, j: usize, max_lag: usize) -> impl Iterator<Item = f64> {
        let mut products = self.inverse.make_output_vec();
        if let (Some(x), Some(y)) = (&self.spectra[i], &self.spectra[j]) {
            let mut spectrum: Vec<Complex64> = x.iter().zip(y).map(|(x, y)| x.conj() * y).collect();
            // What a real series has no imaginary part in; rounding leaves some.
            for end in [0, self.padded / 2] {
                spectrum[end].im = 0.0;
            }
            if self.inverse.process(&mut spectrum, &mut products).is_err() {
                products.fill(0.0);
            }
        }
        let padded = self.padded;
        (0..=2 * max_lag).map(move |k| {
            let value = products[(k + padded - max_lag) % padded] / padded as f64;
            value.clamp(-1.0, 1.0)
        })
    }
}

/// The transform of (x − mean)/(σ √T), padded; nothing of what never changes.
fn spectrum(x: ArrayView1<'_, f64>, padded: usize, fft: &dyn RealToComplex<f64>) -> Option<Vec<Complex64>> {
    // Scaled by its size first, so that no square overflows or vanishes.
    let (scale, first) = (half_range(x), x[0]);
    if scale == 0.0 {
        return None;
    }
    let mut series: Vec<f64> = x.iter().map(|x| (0.5 * x - 0.5 * first) / scale).collect();
    let mean = series.iter().sum::<f64>() / series.len() as f64;
    let norm = series.iter().map(|x| (x - mean).powi(2)).sum::<f64>().sqrt();
    for x in &mut series {
        *x = (*x - mean) / norm;
    }
    series.resize(padded, 0.0);
    let mut spectrum = fft.make_output_vec();
    fft.process(&mut series, &mut spectrum).ok()?;
    Some(spectrum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(length: usize) -> Trajectory {
        let data = Array2::from_shape_fn((length, 3), |(t, n)| match n {
            0 => (0.7 * t as f64).sin() + 0.01 * (t * t % 7) as f64 + 1e6,
            1 => (0.31 * t as f64).cos() * 1e-200,
            _ => 4.0,
        });
        Trajectory::new(data, 0.1).unwrap()
    }

    #[test]
    fn is_the_sum_over_pairs() {
        let (length, max_lag) = (57, 20);
        let trajectory = wave(length);
        let found = cross_correlation(&trajectory, max_lag).unwrap();
        let standard: Vec<Vec<f64>> = (0..2)
            .map(|n| {
                let scale = if n == 1 { 1e200 } else { 1.0 };
                let x: Vec<f64> = trajectory.data().column(n).iter().map(|x| x * scale).collect();
                let mean = x.iter().sum::<f64>() / length as f64;
                let sd = (x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / length as f64).sqrt();
                x.iter().map(|x| (x - mean) / sd).collect()
            })
            .collect();
        for i in 0..2 {
            for j in 0..2 {
                for k in 0..=2 * max_lag {
                    let sum: f64 = (0..length)
                        .filter_map(|t| {
                            let later = (t + k).checked_sub(max_lag)?;
                            Some(standard[i][t] * standard[j].get(later)?)
                        })
                        .sum();
                    let expected = sum / length as f64;
                    // The offset of 1e6 costs the brute force digits.
                    assert!((found[[k, i, j]] - expected).abs() < 1e-8, "{i} {j} {k}");
                }
            }
        }
        let auto = autocorrelation(&trajectory, max_lag).unwrap();
        assert!((auto[[0, 0]] - 1.0).abs() < 1e-12);
        for k in 0..=max_lag {
            for n in 0..2 {
                assert!((auto[[k, n]] - found[[max_lag + k, n, n]]).abs() < 1e-15);
            }
            assert_eq!(auto[[k, 2]], 0.0);
        }
    }

    #[test]
    fn refuses_what_it_cannot_measure() {
        let short = autocorrelation(&wave(20), 20);
        assert!(matches!(short, Err(Error::TooShort { needed: 21, found: 20, .. })));
        assert!(matches!(cross_correlation(&wave(20), usize::MAX), Err(Error::TooShort { .. })));
        let gap = ndarray::array![[1.0], [f64::NAN]];
        let gap = Trajectory::from_array_with_missing(gap, 1.0).unwrap();
        assert!(matches!(autocorrelation(&gap, 1), Err(Error::Missing { row: 1, .. })));
    }
}
