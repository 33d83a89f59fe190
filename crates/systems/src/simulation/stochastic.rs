//! Stochastic differential equations at fixed steps: Euler-Maruyama and stochastic Heun.

use ndarray::Array2;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

use super::recorder::Recorder;
use super::{Simulation, check_derivative};
use crate::{Calculus, Error, Result, Sde, Trajectory};

/// How a stochastic differential equation is integrated, with steps h = dt / substeps and ΔW of variance h. Kloeden, P. E.,
/// & Platen, E. (1992). *Numerical Solution of Stochastic Differential Equations*. Springer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SdeMethod {
    /// Euler-Maruyama, for Itô's calculus:
    ///
    /// $$ x' = x + h \\, a(t, x) + b(t, x) \\, \Delta W. $$
    ///
    /// Strong order 1/2, 1 for additive noise; weak order 1.
    EulerMaruyama,
    /// Stochastic Heun, for Stratonovich's calculus:
    ///
    /// $$ \tilde x = x + h \\, a(t, x) + b(t, x) \\, \Delta W, \quad
    ///    x' = x + \tfrac h 2 \bigl( a(t, x) + a(t + h, \tilde x) \bigr)
    ///           + \tfrac 1 2 \bigl( b(t, x) + b(t + h, \tilde x) \bigr) \Delta W. $$
    ///
    /// Strong order 1 if each b_i depends on its own x_i alone, or is constant (1/2 else: not checked); order 2 where the
    /// noise vanishes.
    #[default]
    StochasticHeun,
}

impl SdeMethod {
    /// The calculus whose equations the formula of the method solves.
    fn calculus(self) -> Calculus {
        match self {
            Self::EulerMaruyama => Calculus::Ito,
            Self::StochasticHeun => Calculus::Stratonovich,
        }
    }
}

impl Simulation {
    /// Runs a stochastic differential equation with noise from `rng`, by [`Simulation::sde_method`] at steps of
    /// dt / [`substeps`](Simulation::substeps). In each step one normal number is drawn per variable, in their order. The
    /// same generator state gives the same trajectory.
    ///
    /// # Errors
    /// As [`Simulation::run`]; [`Error::OutOfRange`] when process noise is set, since the equation brings its own.
    pub fn run_sde(&self, sde: &(impl Sde + ?Sized), rng: &mut impl Rng) -> Result<Trajectory> {
        sde.validate()?;
        let start = self.check(sde.dim())?;
        if let Some(&value) = self.process_noise.iter().find(|sd| **sd != 0.0) {
            let requirement = "0 for run_sde, whose equation has noise of its own";
            return Err(Error::OutOfRange { what: "process noise", value, requirement });
        }
        let mut terms = vec![0.0; sde.dim()];
        for term in [Sde::drift, Sde::diffusion] {
            term(sde, self.start_time, start, &mut terms);
            check_derivative(&terms, start)?;
        }
        self.finish(integrate(self, sde, self.sde_method, start, rng)?)
    }
}

/// The samples of an equation.
pub(super) fn integrate(
    simulation: &Simulation,
    sde: &(impl Sde + ?Sized),
    method: SdeMethod,
    start: &[f64],
    rng: &mut impl Rng,
) -> Result<Array2<f64>> {
    let dim = sde.dim();
    let h = simulation.dt / simulation.substeps as f64;
    let root = h.sqrt();
    // Itô's drift less half of b ∂b is Stratonovich's.
    let correction = match (sde.calculus(), method.calculus()) {
        (Calculus::Ito, Calculus::Stratonovich) => -0.5,
        (Calculus::Stratonovich, Calculus::Ito) => 0.5,
        _ => 0.0,
    };
    let mut slopes = vec![0.0; dim];
    let mut terms = |t: f64, x: &[f64], a: &mut [f64], b: &mut [f64]| {
        sde.drift(t, x, a);
        sde.diffusion(t, x, b);
        if correction != 0.0 {
            sde.diffusion_slope(t, x, &mut slopes);
            for i in 0..dim {
                a[i] += correction * b[i] * slopes[i];
            }
        }
    };
    let mut recorder = Recorder::new(simulation, dim)?;
    let mut x = start.to_vec();
    let mut predicted = vec![0.0; dim];
    let (mut a, mut b, mut next_a, mut next_b) =
        (predicted.clone(), predicted.clone(), predicted.clone(), predicted.clone());
    let mut increment = predicted.clone();
    for sample in 0..simulation.total() {
        if sample > 0 {
            let begin = simulation.time(sample - 1);
            for substep in 0..simulation.substeps {
                let t = begin + substep as f64 * h;
                for value in &mut increment {
                    let xi: f64 = StandardNormal.sample(rng);
                    *value = root * xi;
                }
                terms(t, &x, &mut a, &mut b);
                for i in 0..dim {
                    predicted[i] = x[i] + h * a[i] + b[i] * increment[i];
                }
                match method {
                    SdeMethod::EulerMaruyama => x.copy_from_slice(&predicted),
                    SdeMethod::StochasticHeun => {
                        terms(t + h, &predicted, &mut next_a, &mut next_b);
                        for i in 0..dim {
                            x[i] += 0.5 * h * (a[i] + next_a[i]) + 0.5 * (b[i] + next_b[i]) * increment[i];
                        }
                    }
                }
                if simulation.is_lost(&x) {
                    return Err(simulation.diverged(t + h, sample, &x));
                }
            }
        }
        recorder.record(sample, &x);
    }
    recorder.finish()
}

/// Adds noise of standard deviations `sd` \[M\] to `state` \[M\]; draws one number per variable whatever its sd.
pub(super) fn perturb(state: &mut [f64], sd: &[f64], rng: &mut impl Rng) {
    for (value, sd) in state.iter_mut().zip(sd) {
        let xi: f64 = StandardNormal.sample(rng);
        *value += sd * xi;
    }
}
