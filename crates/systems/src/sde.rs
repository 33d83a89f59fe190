//! Stochastic differential equations with additive or diagonal noise.

use serde::{Deserialize, Serialize};

use crate::{Error, Flow, Result};

/// What the noise term of a stochastic differential equation means where its strength depends on the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calculus {
    /// dx = a dt + b dW: the strength is taken at the begin of each infinitesimal step.
    Ito,
    /// dx = a dt + b ∘ dW: the strength is taken in the middle, as in the limit of noise with a short correlation time.
    Stratonovich,
}

/// A stochastic differential equation in which each variable has its own Wiener process,
///
/// $$ dx_i = a_i(t, x) \\, dt + b_i(t, x) \\, dW_i \quad \text{or} \quad dx_i = a_i(t, x) \\, dt + b_i(t, x) \circ dW_i, $$
///
/// as [`calculus`](Self::calculus) says. Additive noise has constant b, and the two are the same. An equation of one kind
/// is one of the other with the drift $$ a_i^{\text{Stratonovich}} = a_i^{\text{Itô}} - \tfrac 1 2 b_i \\, \partial b_i / \partial x_i, $$
/// which the methods apply as they need.
///
/// ```
/// use attractor_systems::{Calculus, Sde, Simulation};
/// use rand::SeedableRng;
///
/// /// Geometric Brownian motion.
/// struct Price {
///     growth: f64,
///     volatility: f64,
/// }
///
/// impl Sde for Price {
///     fn dim(&self) -> usize {
///         1
///     }
///     fn calculus(&self) -> Calculus {
///         Calculus::Ito
///     }
///     fn drift(&self, _t: f64, x: &[f64], a: &mut [f64]) {
///         a[0] = self.growth * x[0];
///     }
///     fn diffusion(&self, _t: f64, x: &[f64], b: &mut [f64]) {
///         b[0] = self.volatility * x[0];
///     }
///     fn diffusion_slope(&self, _t: f64, _x: &[f64], slope: &mut [f64]) {
///         slope[0] = self.volatility;
///     }
/// }
///
/// let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
/// let price = Price { growth: 0.05, volatility: 0.2 };
/// let run = Simulation::new(0.1, 100).initial_state([1.0]).run_sde(&price, &mut rng)?;
/// assert!(run.data().iter().all(|&x| x > 0.0));
/// # Ok::<(), attractor_systems::Error>(())
/// ```
pub trait Sde {
    /// Number of state variables M, each with its own noise.
    fn dim(&self) -> usize;

    /// What the noise term means.
    fn calculus(&self) -> Calculus;

    /// Writes the drift a(t, x) \[M\].
    fn drift(&self, t: f64, x: &[f64], a: &mut [f64]);

    /// Writes the strength of the noise b(t, x) \[M\], in units of x per square root of time.
    fn diffusion(&self, t: f64, x: &[f64], b: &mut [f64]);

    /// Writes ∂b_i/∂x_i \[M\]: zeros for additive noise.
    fn diffusion_slope(&self, t: f64, x: &[f64], slope: &mut [f64]);

    /// Checks the parameters; a simulation calls it before it starts. Accepts everything unless overridden.
    ///
    /// # Errors
    /// [`Error::Parameter`] with the parameter that makes no sense.
    fn validate(&self) -> Result<()> {
        Ok(())
    }
}

impl<E: Sde + ?Sized> Sde for &E {
    fn dim(&self) -> usize {
        (**self).dim()
    }
    fn calculus(&self) -> Calculus {
        (**self).calculus()
    }
    fn drift(&self, t: f64, x: &[f64], a: &mut [f64]) {
        (**self).drift(t, x, a);
    }
    fn diffusion(&self, t: f64, x: &[f64], b: &mut [f64]) {
        (**self).diffusion(t, x, b);
    }
    fn diffusion_slope(&self, t: f64, x: &[f64], slope: &mut [f64]) {
        (**self).diffusion_slope(t, x, slope);
    }
    fn validate(&self) -> Result<()> {
        (**self).validate()
    }
}

/// A flow with additive noise, dx = f(t, x) dt + σ dW.
#[derive(Clone, Debug)]
pub struct AdditiveNoise<F> {
    flow: F,
    sd: Vec<f64>,
}

impl<F: Flow> AdditiveNoise<F> {
    /// Noise of strengths `sd` \[M\], σ, on `flow`, in units of x per square root of time.
    ///
    /// # Errors
    /// [`Error::StateLength`] when there is not one strength per variable,
    /// [`Error::OutOfRange`] when one is negative or not finite.
    pub fn new(flow: F, sd: impl Into<Vec<f64>>) -> Result<Self> {
        let sd = sd.into();
        let (expected, found) = (flow.dim(), sd.len());
        if expected != found {
            return Err(Error::StateLength { what: "process noise", expected, found });
        }
        match sd.iter().find(|sd| !(sd.is_finite() && **sd >= 0.0)) {
            None => Ok(Self { flow, sd }),
            Some(&value) => {
                Err(Error::OutOfRange { what: "process noise", value, requirement: "finite and at least 0" })
            }
        }
    }
}

impl<F: Flow> Sde for AdditiveNoise<F> {
    fn dim(&self) -> usize {
        self.flow.dim()
    }
    fn calculus(&self) -> Calculus {
        Calculus::Ito
    }
    fn drift(&self, t: f64, x: &[f64], a: &mut [f64]) {
        self.flow.rhs(t, x, a);
    }
    fn diffusion(&self, _t: f64, _x: &[f64], b: &mut [f64]) {
        b.copy_from_slice(&self.sd);
    }
    fn diffusion_slope(&self, _t: f64, _x: &[f64], slope: &mut [f64]) {
        slope.fill(0.0);
    }
    fn validate(&self) -> Result<()> {
        self.flow.validate()
    }
}
