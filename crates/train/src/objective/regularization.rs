//! Weight regularization, which all objectives have alike.

use attractor_models::{Dynamics, Observation};
use burn::tensor::Tensor;

/// λ‖θ‖² of dynamics and observation model, each `[1]`; `None` where λ is 0 or there are no weights.
pub(super) fn weight_penalties(
    dynamics: (&impl Dynamics, f64),
    observation: (&impl Observation, f64),
) -> [Option<Tensor<1>>; 2] {
    let (dynamics, of_dynamics) = dynamics;
    let (observation, of_observation) = observation;
    [
        (of_dynamics > 0.0).then(|| dynamics.weight_penalty() * of_dynamics),
        weighted(of_observation, || observation.weight_penalty()),
    ]
}

/// λ times a penalty, which is not computed where λ is 0.
pub(super) fn weighted(lambda: f64, penalty: impl FnOnce() -> Option<Tensor<1>>) -> Option<Tensor<1>> {
    (lambda > 0.0).then(penalty).flatten().map(|penalty| penalty * lambda)
}

/// The sum of those that there are, `[1]`.
pub(super) fn sum(penalties: impl IntoIterator<Item = Option<Tensor<1>>>) -> Option<Tensor<1>> {
    penalties.into_iter().flatten().reduce(|sum, penalty| sum + penalty)
}
