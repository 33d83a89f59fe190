//! What is known of a system of the catalogue besides its equation.

use crate::{Error, Result};

/// A named system with defaults and what the literature knows of it.
///
/// A catalogue system implements this and [`Flow`](crate::Flow) or [`Map`](crate::Map).
pub trait System {
    /// Name, as in "Lorenz-63".
    fn name(&self) -> &'static str;

    /// Names of the M state variables.
    fn variables(&self) -> Vec<String>;

    /// Names and values of the parameters.
    fn parameters(&self) -> Vec<(&'static str, f64)>;

    /// A state \[M\] on or near the attractor at default parameters.
    fn default_state(&self) -> Vec<f64>;

    /// A sampling interval that shows the system's time scales, in its time unit; 1 for maps.
    fn default_dt(&self) -> f64;

    /// The unit of time: "1" for systems without one.
    fn time_unit(&self) -> &'static str {
        "1"
    }

    /// Lyapunov exponents from the literature, if they are known at the current parameters.
    fn known_exponents(&self) -> Option<KnownExponents> {
        None
    }

    /// Refuses parameters that are NaN or infinite.
    ///
    /// # Errors
    /// [`Error::Parameter`] with the first such parameter.
    fn check_parameters(&self) -> Result<()> {
        match self.parameters().into_iter().find(|(_, value)| !value.is_finite()) {
            None => Ok(()),
            Some((parameter, value)) => {
                Err(Error::Parameter { system: self.name(), parameter, value, requirement: "finite" })
            }
        }
    }

    /// Refuses a parameter that is not positive, or not finite.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `value` is not above 0.
    fn check_positive(&self, parameter: &'static str, value: f64) -> Result<()> {
        if value > 0.0 && value.is_finite() {
            return Ok(());
        }
        Err(Error::Parameter { system: self.name(), parameter, value, requirement: "finite and above 0" })
    }
}

/// Lyapunov exponents from the literature, to base e, per time unit (per step for maps).
#[derive(Clone, Debug, PartialEq)]
pub struct KnownExponents {
    /// The exponents, largest first; only the leading ones where no more are known.
    pub exponents: Vec<f64>,
    /// Half a unit of the last digit given there, or the uncertainty stated there.
    pub tolerance: f64,
    /// Where they come from.
    pub source: &'static str,
}
