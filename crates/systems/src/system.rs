//! What is known of a system of the catalogue besides its equation.

use crate::{Error, Result};

/// A named system with defaults and what the literature knows of it.
///
/// A catalogue system implements this and [`Flow`](crate::Flow) or [`Map`](crate::Map).
pub trait System {
    /// Name, as in "Lorenz-63".
    fn name(&self) -> &'static str;

    /// Other names by which the catalogue finds it.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// Names of the M state variables.
    fn variables(&self) -> Vec<String>;

    /// Names and values of the parameters.
    fn parameters(&self) -> Vec<(&'static str, f64)>;

    /// The parameter of this name, to change it; nothing for sizes, which are part of the type's construction.
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64>;

    /// A state \[M\] on or near the attractor at default parameters; a constant history of delay flows.
    fn default_state(&self) -> Vec<f64>;

    /// A sampling interval that shows the system's time scales, in its time unit; 1 for maps.
    fn default_dt(&self) -> f64;

    /// The period of the dominant oscillation at default parameters, in the system's time unit; none for maps.
    fn period(&self) -> Option<f64> {
        None
    }

    /// What is special about it.
    fn properties(&self) -> &'static [Property] {
        &[]
    }

    /// The unit of time: "1" for systems without one.
    fn time_unit(&self) -> &'static str {
        "1"
    }

    /// Lyapunov exponents from the literature, if they are known at the current parameters.
    fn known_exponents(&self) -> Option<KnownExponents> {
        None
    }

    /// Sets a parameter by its name.
    ///
    /// # Errors
    /// [`Error::UnknownParameter`] with the parameters there are.
    fn set_parameter(&mut self, name: &str, value: f64) -> Result<()> {
        if let Some(parameter) = self.parameter_mut(name) {
            *parameter = value;
            return Ok(());
        }
        let available = self.parameters().into_iter().map(|(name, _)| name).collect();
        Err(Error::UnknownParameter { system: self.name(), parameter: name.to_string(), available })
    }

    /// Names of the parameters that must be above 0.
    fn positive_parameters(&self) -> &'static [&'static str] {
        &[]
    }

    /// Refuses parameters that are NaN or infinite, and those that must be positive and are not.
    ///
    /// # Errors
    /// [`Error::Parameter`] with the first such parameter.
    fn check_parameters(&self) -> Result<()> {
        for (parameter, value) in self.parameters() {
            if self.positive_parameters().contains(&parameter) {
                self.check_positive(parameter, value)?;
            }
        }
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

/// What is special about a system, and tells how to treat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Property {
    /// Driven by a periodic force: through t, or through a state that is its phase.
    Forced,
    /// Has time scales far apart: integrate it by an implicit method.
    Stiff,
    /// Its right-hand side or a derivative of it jumps.
    NonSmooth,
    /// Conserves an energy; a trajectory stays on the surface that it starts on.
    Hamiltonian,
    /// A state variable is an angle or a phase that grows without bound.
    Angular,
    /// No positive Lyapunov exponent at the default parameters: it comes to rest, or runs on a cycle or a torus in the end.
    Regular,
    /// Two or more positive Lyapunov exponents at the default parameters.
    Hyperchaotic,
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
