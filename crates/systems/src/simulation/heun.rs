//! Flows with additive process noise: the stochastic Heun method at fixed steps.

use ndarray::Array2;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{Recorder, Simulation};
use crate::{Flow, Result};

/// Integrates dx = f dt + σ dW with steps h = dt / substeps:
///
/// $$ \tilde x = x + h f(t, x) + \sigma \sqrt{h} \xi, \quad
///    x' = x + \tfrac h 2 \bigl( f(t, x) + f(t + h, \tilde x) \bigr) + \sigma \sqrt{h} \xi $$
///
/// Of strong order 1 for additive noise (Kloeden & Platen, *Numerical Solution of Stochastic Differential Equations*,
/// 1992) and order 2 where the noise vanishes; Itô and Stratonovich are one for additive noise.
pub(super) fn integrate(
    simulation: &Simulation,
    flow: &(impl Flow + ?Sized),
    start: &[f64],
    rng: &mut impl Rng,
) -> Result<Array2<f64>> {
    let dim = flow.dim();
    let h = simulation.dt / simulation.substeps as f64;
    let sd: Vec<f64> = simulation.noise_sd(dim).into_iter().map(|sd| sd * h.sqrt()).collect();
    let mut recorder = Recorder::new(simulation, dim)?;
    let mut x = start.to_vec();
    let (mut predicted, mut noise) = (vec![0.0; dim], vec![0.0; dim]);
    let (mut slope, mut next_slope) = (vec![0.0; dim], vec![0.0; dim]);
    for sample in 0..simulation.total() {
        if sample > 0 {
            let begin = simulation.time(sample - 1);
            for substep in 0..simulation.substeps {
                let t = begin + substep as f64 * h;
                noise.fill(0.0);
                perturb(&mut noise, &sd, rng);
                flow.rhs(t, &x, &mut slope);
                for i in 0..dim {
                    predicted[i] = x[i] + h * slope[i] + noise[i];
                }
                flow.rhs(t + h, &predicted, &mut next_slope);
                for i in 0..dim {
                    x[i] += 0.5 * h * (slope[i] + next_slope[i]) + noise[i];
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
