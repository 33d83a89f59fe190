//! The identity observation: the first N latents are the data.

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use ndarray::{Array1, Array2};
use rand::Rng;

use super::{Observation, gaussian_log_likelihood};
use crate::{
    Error, Initialize, LinearReadout, Result,
    error::{nonzero, positive},
};

/// Sizes and start of an [`IdentityObservation`].
#[derive(Config, Debug, PartialEq)]
pub struct IdentityObservationConfig {
    /// Observed variables N.
    pub observed: usize,
    /// Latents M, at least N.
    pub latent: usize,
    /// Starting standard deviation of the observation noise, in the units of the data.
    #[config(default = 0.1)]
    pub initial_sd: f64,
}

/// x_t ~ N(z_t\[1..N\], Γ) with learned diagonal Γ.
#[derive(Module, Debug)]
pub struct IdentityObservation {
    log_sd: Param<Tensor<1>>,
    #[module(skip)]
    latent: usize,
}

impl Initialize for IdentityObservationConfig {
    type Module = IdentityObservation;

    fn init(&self, device: &Device, _rng: &mut dyn Rng) -> Result<IdentityObservation> {
        nonzero("IdentityObservationConfig", &[("observed", self.observed), ("latent", self.latent)])?;
        positive("IdentityObservationConfig", "initial_sd", self.initial_sd)?;
        if self.latent < self.observed {
            return Err(Error::TooFewLatents { latent: self.latent, observed: self.observed });
        }
        let log_sd = Tensor::full([self.observed], self.initial_sd.ln(), device);
        Ok(IdentityObservation { log_sd: Param::from_tensor(log_sd), latent: self.latent })
    }
}

impl Observation for IdentityObservation {
    fn observed_dim(&self) -> usize {
        self.log_sd.lazy_shape()[0]
    }

    fn latent_dim(&self) -> usize {
        self.latent
    }

    fn mean(&self, z: Tensor<3>) -> Tensor<3> {
        if self.latent == self.observed_dim() { z } else { z.narrow(2, 0, self.observed_dim()) }
    }

    fn log_likelihood(&self, x: Tensor<3>, z: Tensor<3>, present: Option<Tensor<3>>) -> Tensor<2> {
        gaussian_log_likelihood(x, self.mean(z), self.log_sd.val(), present)
    }

    fn inverse(&self, x: Tensor<3>) -> Tensor<3> {
        let [batch, steps, n] = x.dims();
        if n == self.latent {
            return x;
        }
        let rest = Tensor::zeros([batch, steps, self.latent - n], &x.device());
        Tensor::cat(vec![x, rest], 2)
    }

    fn determined_dim(&self) -> usize {
        self.observed_dim()
    }

    fn reads_latents(&self) -> bool {
        true
    }

    fn determined(&self, x: Tensor<3>) -> Tensor<3> {
        x
    }

    fn readout(&self) -> Result<LinearReadout> {
        let n = self.observed_dim();
        Ok(LinearReadout {
            matrix: Array2::from_shape_fn((n, self.latent), |(i, j)| f64::from(u8::from(i == j))),
            offset: Array1::zeros(n),
        })
    }

    fn log_sd(&self) -> &Param<Tensor<1>> {
        &self.log_sd
    }
}
