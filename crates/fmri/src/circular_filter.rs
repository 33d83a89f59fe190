//! Deconvolution on a circle, by the discrete Fourier transform.

use attractor_systems::observation::Response;
use ndarray::ArrayViewMut1;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

/// The filter H̄ / (|H|² + λ) on a circle of samples.
pub(crate) struct CircularFilter {
    transfer: Vec<Complex<f64>>,
    planner: RealFftPlanner<f64>,
    len: usize,
}

impl CircularFilter {
    /// On a circle of `len` samples, at least as many as the response has.
    pub(crate) fn new(response: &Response, len: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(len);
        let (mut series, mut transfer) = (forward.make_input_vec(), forward.make_output_vec());
        series.iter_mut().zip(response.values()).for_each(|(value, h)| *value = *h);
        // The buffers are those that the plan made, so their lengths fit.
        let done = forward.process(&mut series, &mut transfer);
        debug_assert!(done.is_ok());
        Self { transfer, planner, len }
    }

    /// Filters a series of `len` samples in place.
    fn apply(&mut self, series: &mut [f64], ratio: f64) {
        let forward = self.planner.plan_fft_forward(self.len);
        let backward = self.planner.plan_fft_inverse(self.len);
        let mut spectrum = forward.make_output_vec();
        let done = forward.process(series, &mut spectrum);
        debug_assert!(done.is_ok());
        for (x, h) in spectrum.iter_mut().zip(&self.transfer) {
            *x *= h.conj() / (h.norm_sqr() + ratio) / self.len as f64;
        }
        // The ends of the spectrum of a real series are real; the inverse asks for an exact 0.
        spectrum[0].im = 0.0;
        if self.len.is_multiple_of(2)
            && let Some(last) = spectrum.last_mut()
        {
            last.im = 0.0;
        }
        let done = backward.process(&mut spectrum, series);
        debug_assert!(done.is_ok());
    }

    /// Filters a column that is mirrored by `pad` samples at both ends, in place.
    pub(crate) fn apply_mirrored(&mut self, mut column: ArrayViewMut1<'_, f64>, pad: usize, ratio: f64) {
        let scans = column.len();
        let mut series: Vec<f64> = (0..pad).rev().map(|t| column[t]).collect();
        series.extend(column.iter());
        series.extend((0..pad).map(|t| column[scans - 1 - t]));
        self.apply(&mut series, ratio);
        column.iter_mut().zip(&series[pad..]).for_each(|(value, filtered)| *value = *filtered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};

    #[test]
    fn is_the_ridge_solution_on_a_circle() {
        let response = Response::new(vec![0.0, 0.5, 0.8, -0.3], 1.0).unwrap();
        let series: Vec<f64> = (0..11).map(|t| (f64::from(t) * 1.7).sin() + 0.1 * f64::from(t)).collect();
        for len in [10, 11] {
            // (Hᵀ H + λ 1)⁻¹ Hᵀ x with a circulant H.
            let h = DMatrix::from_fn(len, len, |t, s| {
                response.values().get((t + len - s) % len).copied().unwrap_or(0.0)
            });
            let x = DVector::from_column_slice(&series[..len]);
            let normal = h.transpose() * &h + DMatrix::identity(len, len) * 0.05;
            let expected = normal.cholesky().unwrap().solve(&(h.transpose() * x));
            let mut found = series[..len].to_vec();
            CircularFilter::new(&response, len).apply(&mut found, 0.05);
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-12, "{len}: {found} {expected}");
            }
        }
    }
}
