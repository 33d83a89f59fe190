//! Haemodynamic responses: what the BOLD signal of fMRI makes of a short burst of activity.

use ndarray::{Array1, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The difference of two gamma densities with which SPM describes the haemodynamic response,
///
/// $$ h(u) = g(u - o; \\, d_1 / s_1, s_1) - \frac{1}{r} \\, g(u - o; \\, d_2 / s_2, s_2), \quad
///    g(u; k, s) = \frac{u^{k - 1} e^{-u / s}}{s^k \\, \Gamma(k)} \text{ for } u > 0 $$
///
/// with the time u since the burst and all parameters but r in seconds. The defaults are those of SPM's `spm_hrf`: the
/// canonical response g(u; 6, 1) − g(u; 16, 1) / 6 \[F98\].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DoubleGamma {
    /// Delay d_1 of the response (its mean). Default: 6 s.
    pub peak_delay: f64,
    /// Delay d_2 of the undershoot. Default: 16 s.
    pub undershoot_delay: f64,
    /// Dispersion s_1 of the response. Default: 1 s.
    pub peak_dispersion: f64,
    /// Dispersion s_2 of the undershoot. Default: 1 s.
    pub undershoot_dispersion: f64,
    /// Ratio r of response to undershoot. Default: 6.
    pub ratio: f64,
    /// Onset o. Default: 0 s.
    pub onset: f64,
    /// Length of the response; it is cut off there. Default: 32 s.
    pub length: f64,
}

impl Default for DoubleGamma {
    fn default() -> Self {
        Self {
            peak_delay: 6.0,
            undershoot_delay: 16.0,
            peak_dispersion: 1.0,
            undershoot_dispersion: 1.0,
            ratio: 6.0,
            onset: 0.0,
            length: 32.0,
        }
    }
}

impl DoubleGamma {
    /// h(u) at a time u in seconds; not cut off at the length.
    pub fn value(&self, u: f64) -> f64 {
        let u = u - self.onset;
        gamma_density(u, self.peak_delay / self.peak_dispersion, self.peak_dispersion)
            - gamma_density(u, self.undershoot_delay / self.undershoot_dispersion, self.undershoot_dispersion)
                / self.ratio
    }

    /// The response at 0, TR, 2 TR, ... up to its length, divided by its sum, so that it keeps the level of a constant
    /// signal. `interval` is TR in seconds.
    ///
    /// SPM computes it on a grid of TR / 16 and takes every 16th value, which is the same. At the defaults h(0) = 0.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `interval` or a parameter is not finite and positive (the onset: not finite), a delay
    /// is shorter than its dispersion (h(0) would be infinite), or the sum is not positive, as when no sample but the
    /// first falls into the length.
    pub fn sample(&self, interval: f64) -> Result<Response> {
        self.check(interval)?;
        let samples = (self.length / interval).floor();
        if samples >= 1e7 {
            let requirement = "so long that a response has less than 10 million samples";
            return Err(Error::OutOfRange {
                what: "sampling interval TR of a response",
                value: interval,
                requirement,
            });
        }
        let values = Array1::from_shape_fn(samples as usize + 1, |j| self.value(j as f64 * interval));
        let sum = values.sum();
        if !(sum.is_finite() && sum > 0.0) {
            let what = "sum of the samples of a response";
            let requirement = "above 0: sample it more often, or check its parameters";
            return Err(Error::OutOfRange { what, value: sum, requirement });
        }
        Response::new(values / sum, interval)
    }

    /// The difference to the response that comes 1 s later, h(o) − h(o + 1 s), both sampled and normalised: the temporal
    /// derivative of SPM's `spm_get_bf`, before it is made orthogonal.
    ///
    /// # Errors
    /// As [`DoubleGamma::sample`].
    pub fn time_derivative(&self, interval: f64) -> Result<Response> {
        self.difference(Self { onset: self.onset + 1.0, ..*self }, 1.0, interval)
    }

    /// (h(s_1) − h(s_1 + 0.01 s)) / 0.01 s, both sampled and normalised: the dispersion derivative of SPM's `spm_get_bf`,
    /// before it is made orthogonal.
    ///
    /// # Errors
    /// As [`DoubleGamma::sample`].
    pub fn dispersion_derivative(&self, interval: f64) -> Result<Response> {
        self.difference(Self { peak_dispersion: self.peak_dispersion + 0.01, ..*self }, 0.01, interval)
    }

    fn difference(&self, other: Self, step: f64, interval: f64) -> Result<Response> {
        let (own, other) = (self.sample(interval)?, other.sample(interval)?);
        Response::new((own.values - other.values) / step, interval)
    }

    fn check(&self, interval: f64) -> Result<()> {
        let fail = |what, value, requirement| Err(Error::OutOfRange { what, value, requirement });
        for (what, value) in [
            ("sampling interval TR of a response", interval),
            ("peak_delay of a response", self.peak_delay),
            ("undershoot_delay of a response", self.undershoot_delay),
            ("peak_dispersion of a response", self.peak_dispersion),
            ("undershoot_dispersion of a response", self.undershoot_dispersion),
            ("ratio of response to undershoot", self.ratio),
            ("length of a response", self.length),
        ] {
            if !(value.is_finite() && value > 0.0) {
                return fail(what, value, "finite and above 0");
            }
        }
        for (what, delay, dispersion) in [
            ("peak_delay of a response", self.peak_delay, self.peak_dispersion),
            ("undershoot_delay of a response", self.undershoot_delay, self.undershoot_dispersion),
        ] {
            if delay < dispersion {
                return fail(what, delay, "at least the dispersion that goes with it");
            }
        }
        if self.onset.is_finite() { Ok(()) } else { fail("onset of a response", self.onset, "finite") }
    }
}

/// The gamma density of shape k and scale s.
fn gamma_density(u: f64, k: f64, s: f64) -> f64 {
    if u < 0.0 {
        return 0.0;
    }
    if u == 0.0 {
        return if k == 1.0 { s.recip() } else { 0.0 };
    }
    ((k - 1.0) * u.ln() - u / s - k * s.ln() - libm::lgamma(k)).exp()
}

/// A causal response h_0, h_1, ... to a burst of one sample: what [`Trajectory::convolve`](crate::Trajectory::convolve)
/// convolves with.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    values: Array1<f64>,
    interval: f64,
}

impl Response {
    /// A response of `values` h_0, h_1, ..., sampled every `interval` (seconds for fMRI: TR). They are taken as they are.
    ///
    /// # Errors
    /// [`Error::Shape`] when there are no values, [`Error::NonFiniteState`] when one is NaN or infinite,
    /// [`Error::OutOfRange`] when `interval` is not finite and positive.
    pub fn new(values: impl Into<Array1<f64>>, interval: f64) -> Result<Self> {
        let (values, what) = (values.into(), "response");
        if values.is_empty() {
            return Err(Error::Shape { what, expected: "[S] with S at least 1".into(), found: vec![0] });
        }
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(Error::NonFiniteState { what, index, value: values[index] });
        }
        if !(interval.is_finite() && interval > 0.0) {
            let what = "sampling interval TR of a response";
            return Err(Error::OutOfRange { what, value: interval, requirement: "finite and above 0" });
        }
        Ok(Self { values, interval })
    }

    /// SPM's canonical haemodynamic response at TR = `interval` seconds: [`DoubleGamma`] at its defaults, ⌊32 / TR⌋ + 1
    /// samples of sum 1.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `interval` is not finite and positive, or longer than the response.
    pub fn spm(interval: f64) -> Result<Self> {
        DoubleGamma::default().sample(interval)
    }

    /// The values h_0, h_1, ... \[S\].
    pub fn values(&self) -> ArrayView1<'_, f64> {
        self.values.view()
    }

    /// Time between the values.
    pub fn interval(&self) -> f64 {
        self.interval
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_response_peaks_after_five_seconds_and_undershoots() {
        let response = Response::spm(0.1).unwrap();
        let h = response.values();
        assert_eq!((h.len(), h[0]), (321, 0.0));
        assert!((h.sum() - 1.0).abs() < 1e-14);
        // The mode of g(u; 6, 1) is 5 s; the undershoot is not felt there: 5 s to a tenth.
        let peak = (0..h.len()).max_by(|a, b| h[*a].total_cmp(&h[*b])).unwrap();
        assert_eq!(peak, 50);
        assert!(h[160] < 0.0);
        // g(2; 3, 1) = 2² e^{−2} / 2!.
        assert!((gamma_density(2.0, 3.0, 1.0) - 2.0 * (-2.0_f64).exp()).abs() < 1e-15);
        assert_eq!(gamma_density(0.0, 1.0, 0.5), 2.0);
    }

    #[test]
    fn nonsense_is_refused() {
        for tr in [0.0, -2.0, f64::NAN, f64::INFINITY, 1e-9, 33.0] {
            assert!(matches!(Response::spm(tr), Err(Error::OutOfRange { .. })), "{tr}");
        }
        let canonical = DoubleGamma::default();
        for bad in [
            DoubleGamma { peak_delay: 0.5, ..canonical },
            DoubleGamma { ratio: 0.0, ..canonical },
            DoubleGamma { ratio: 0.5, ..canonical },
            DoubleGamma { onset: f64::NAN, ..canonical },
            DoubleGamma { onset: 40.0, ..canonical },
            DoubleGamma { undershoot_dispersion: f64::INFINITY, ..canonical },
        ] {
            assert!(matches!(bad.sample(1.0), Err(Error::OutOfRange { .. })), "{bad:?}");
        }
        assert!(matches!(Response::new(vec![], 1.0), Err(Error::Shape { .. })));
        assert!(matches!(Response::new(vec![f64::NAN], 1.0), Err(Error::NonFiniteState { .. })));
        assert!(matches!(Response::new(vec![1.0], f64::NAN), Err(Error::OutOfRange { .. })));
    }
}
