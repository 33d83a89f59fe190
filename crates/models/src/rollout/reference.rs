//! The forced rollout in plain tensor operations: right on every backend, and what kernels are tested against.

use burn::tensor::Tensor;

use super::Forcing;
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
    assert!(steps > 0, "a rollout has at least one step");
    if let Some(forcing) = forcing {
        assert_eq!(forcing.alpha.len(), steps, "the forcing has one entry a step");
    }
    if let Some(inputs) = &inputs {
        assert_eq!(inputs.dims()[1], steps, "the inputs have one entry a step");
    }
    match forcing {
        Some(forcing) if forcing.is_complete() => one_batch(dynamics, z0, steps, forcing, inputs),
        _ => step_by_step(dynamics, z0, steps, forcing, inputs),
    }
}

fn one_batch(
    dynamics: &impl Dynamics,
    z0: Tensor<2>,
    steps: usize,
    forcing: &Forcing,
    inputs: Option<Tensor<3>>,
) -> Tensor<3> {
    let [batch, m] = z0.dims();
    let start = z0.unsqueeze_dim::<3>(1);
    let before = match steps {
        1 => start,
        _ => Tensor::cat(vec![start, forcing.target.clone().narrow(1, 0, steps - 1)], 1),
    };
    let rows = batch * steps;
    let u = inputs.map(|u| {
        let k = u.dims()[2];
        u.reshape([rows, k])
    });
    dynamics.step(before.reshape([rows, m]), u).reshape([batch, steps, m])
}

fn step_by_step(
    dynamics: &impl Dynamics,
    z0: Tensor<2>,
    steps: usize,
    forcing: Option<&Forcing>,
    inputs: Option<Tensor<3>>,
) -> Tensor<3> {
    let at = |series: &Tensor<3>, t: usize| series.clone().narrow(1, t, 1).squeeze_dim::<2>(1);
    let mut z = z0;
    let mut states = Vec::with_capacity(steps);
    for t in 0..steps {
        let next = dynamics.step(z, inputs.as_ref().map(|u| at(u, t)));
        states.push(next.clone());
        z = match forcing {
            Some(Forcing { target, alpha }) if alpha[t] == 1.0 => at(target, t),
            Some(Forcing { target, alpha }) if alpha[t] != 0.0 => {
                let alpha = f64::from(alpha[t]);
                next * (1.0 - alpha) + at(target, t) * alpha
            }
            _ => next,
        };
    }
    Tensor::stack(states, 1)
}
