//! A haemodynamic response without an undershoot: one gamma density.

use serde::{Deserialize, Serialize};

use super::Response;
use super::response::{gamma_density, positive};
use crate::{Error, Result};

/// One gamma density as a haemodynamic response,
///
/// $$ h(u) = g(u - o; \\, d / s, s), \quad g(u; k, s) = \frac{u^{k - 1} e^{-u / s}}{s^k \\, \Gamma(k)}
///    \text{ for } u > 0 $$
///
/// with all times in seconds: its mean is o + d, its peak lies at o + d − s, its variance is d s. The defaults are the
/// first term of SPM's canonical response.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SingleGamma {
    /// Delay d (the mean of the density). Default: 6 s.
    pub delay: f64,
    /// Dispersion s. Default: 1 s.
    pub dispersion: f64,
    /// Onset o. Default: 0 s.
    pub onset: f64,
    /// Length of the response; it is cut off there. Default: 32 s.
    pub length: f64,
}

impl Default for SingleGamma {
    fn default() -> Self {
        Self { delay: 6.0, dispersion: 1.0, onset: 0.0, length: 32.0 }
    }
}

impl SingleGamma {
    /// h(u) at a time u in seconds; not cut off at the length.
    pub fn value(&self, u: f64) -> f64 {
        gamma_density(u - self.onset, self.delay / self.dispersion, self.dispersion)
    }

    /// The response at 0, TR, 2 TR, ... up to its length, divided by its sum, so that it keeps the level of a constant
    /// signal. `interval` is TR in seconds.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when `interval` or a parameter is not finite and positive (the onset: not finite), the delay
    /// is shorter than the dispersion (h(0) would be infinite), or all samples are zero.
    pub fn sample(&self, interval: f64) -> Result<Response> {
        positive("delay of a response", self.delay)?;
        positive("dispersion of a response", self.dispersion)?;
        positive("length of a response", self.length)?;
        let fail = |what, value, requirement| Err(Error::OutOfRange { what, value, requirement });
        if self.delay < self.dispersion {
            return fail("delay of a response", self.delay, "at least its dispersion");
        }
        if !self.onset.is_finite() {
            return fail("onset of a response", self.onset, "finite");
        }
        Response::sampled(interval, self.length, |u| self.value(u))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_moments_of_its_density() {
        let shape = SingleGamma { delay: 5.0, dispersion: 1.5, onset: 1.0, length: 60.0 };
        let response = shape.sample(0.01).unwrap();
        let moment = |f: &dyn Fn(f64) -> f64| -> f64 {
            response.values().iter().enumerate().map(|(j, h)| h * f(0.01 * j as f64)).sum()
        };
        // The density starts as u^{7/3}, so the error of the sums is of the order 0.01^{10/3} = 2e-7.
        assert!((moment(&|_| 1.0) - 1.0).abs() < 1e-12);
        assert!((moment(&|u| u) - 6.0).abs() < 1e-5, "{}", moment(&|u| u));
        assert!((moment(&|u| (u - 6.0).powi(2)) - 7.5).abs() < 1e-5);
        let h = response.values();
        let peak = (0..h.len()).max_by(|a, b| h[*a].total_cmp(&h[*b])).unwrap();
        // o + d − s.
        assert_eq!(peak, 450);
        assert_eq!(h[100], 0.0);
    }

    #[test]
    fn nonsense_is_refused() {
        let good = SingleGamma::default();
        for bad in [
            SingleGamma { delay: 0.5, ..good },
            SingleGamma { dispersion: 0.0, ..good },
            SingleGamma { onset: f64::NAN, ..good },
            SingleGamma { onset: 40.0, ..good },
            SingleGamma { length: f64::INFINITY, ..good },
        ] {
            assert!(matches!(bad.sample(1.0), Err(Error::OutOfRange { .. })), "{bad:?}");
        }
        assert!(matches!(good.sample(-1.0), Err(Error::OutOfRange { .. })));
        assert!(serde_json::from_str::<SingleGamma>(r#"{"delay": 5.0, "ratio": 6.0}"#).is_err());
    }
}
