//! Rectified Adam: Adam whose step is plain momentum until the variance of its adaptive rate is known well enough.

use burn::{
    optim::{AdaptiveMomentumState, Optimizer},
    tensor::{Device, Tensor},
};

/// Rectified Adam (Liu et al. 2020, On the variance of the adaptive learning rate and beyond).
#[derive(Clone, Debug)]
pub struct RAdam {
    /// Decay of the first moment.
    pub beta_1: f32,
    /// Decay of the second moment.
    pub beta_2: f32,
    /// Added to the denominator.
    pub epsilon: f32,
}

impl Optimizer for RAdam {
    type State<const D: usize> = AdaptiveMomentumState<D>;

    fn step<const D: usize>(
        &self,
        lr: f64,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<AdaptiveMomentumState<D>>,
    ) -> (Tensor<D>, Option<AdaptiveMomentumState<D>>) {
        let (time, moment_1, moment_2) = match state {
            Some(state) => (state.time + 1, state.moment_1, state.moment_2),
            None => (1, grad.zeros_like(), grad.zeros_like()),
        };
        let moment_1 = moment_1 * self.beta_1 + grad.clone() * (1.0 - self.beta_1);
        let moment_2 = moment_2 * self.beta_2 + grad.square() * (1.0 - self.beta_2);

        let (beta_1, beta_2, t) = (f64::from(self.beta_1), f64::from(self.beta_2), time as f64);
        let (decay_1, decay_2) = (beta_1.powf(t), beta_2.powf(t));
        let rho_infinity = 2.0 / (1.0 - beta_2) - 1.0;
        let rho = rho_infinity - 2.0 * t * decay_2 / (1.0 - decay_2);
        let unbiased = moment_1.clone() * (lr / (1.0 - decay_1));
        let update = if rho > 5.0 {
            let rectification = ((rho - 4.0) * (rho - 2.0) * rho_infinity
                / ((rho_infinity - 4.0) * (rho_infinity - 2.0) * rho))
                .sqrt();
            unbiased * (rectification * (1.0 - decay_2).sqrt()) / (moment_2.clone().sqrt() + self.epsilon)
        } else {
            unbiased
        };
        (tensor - update, Some(AdaptiveMomentumState::new(time, moment_1, moment_2)))
    }

    fn to_device<const D: usize>(
        state: AdaptiveMomentumState<D>,
        device: &Device,
    ) -> AdaptiveMomentumState<D> {
        state.to_device(device)
    }
}
