//! The forced rollout in plain tensor operations: right on every backend, and what kernels are tested against.

use burn::tensor::Tensor;

use super::{Forcing, check};
use crate::Dynamics;

/// ẑ_1 ... ẑ_T \[B, T, M\] from z̃_0 = `z0` \[B, M\]. Fully forced steps run as one batch of T·B.
///
/// # Panics
/// When the lengths of `forcing` or `inputs` are not `steps`, or `steps` is 0.
pub(crate) fn rollout(
    dynamics: &impl Dynamics,
    z0: Tensor<2>,
    steps: usize,
    forcing: Option<&Forcing>,
    inputs: Option<Tensor<3>>,
) -> Tensor<3> {
    let [batch, m] = z0.dims();
    check(m, steps, forcing, inputs.as_ref());
    match forcing {
        Some(forcing) if forcing.is_complete(m) => {
            let u = inputs.map(|u| {
                let k = u.dims()[2];
                u.reshape([batch * steps, k])
            });
            dynamics.step(forcing.states_before(z0), u).reshape([batch, steps, m])
        }
        _ => step_by_step(dynamics, z0, steps, forcing, inputs),
    }
}

fn step_by_step(
    dynamics: &impl Dynamics,
    z0: Tensor<2>,
    steps: usize,
    forcing: Option<&Forcing>,
    inputs: Option<Tensor<3>>,
) -> Tensor<3> {
    let mut z = z0;
    let mut states = Vec::with_capacity(steps);
    for t in 0..steps {
        let next = dynamics.step(z, inputs.as_ref().map(|u| at(u, t)));
        states.push(next.clone());
        z = match forcing {
            Some(forcing) if forcing.alpha[t] != 0.0 => forcing.apply(t, next),
            _ => next,
        };
    }
    Tensor::stack(states, 1)
}

fn at(series: &Tensor<3>, t: usize) -> Tensor<2> {
    series.clone().narrow(1, t, 1).squeeze_dim(1)
}

impl Forcing {
    /// z̃_t from ẑ_t, both \[B, M\].
    fn apply(&self, t: usize, z: Tensor<2>) -> Tensor<2> {
        let (m, n, alpha) = (z.dims()[1], self.width(), f64::from(self.alpha[t]));
        let (free, rest) =
            if n == m { (z, None) } else { (z.clone().narrow(1, 0, n), Some(z.narrow(1, n, m - n))) };
        let target = at(&self.target, t);
        let forced = match &self.mask {
            None if alpha == 1.0 => target,
            None => free * (1.0 - alpha) + target * alpha,
            Some(mask) => {
                let strength = at(mask, t) * alpha;
                let target = target.mask_fill(strength.clone().equal_scalar(0.0), 0.0);
                free * (1.0 - strength.clone()) + target * strength
            }
        };
        match rest {
            Some(rest) => Tensor::cat(vec![forced, rest], 1),
            None => forced,
        }
    }
}
