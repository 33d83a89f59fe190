//! The plain rectified RNN, the first generative model of a sequential VAE.

use attractor_systems::PiecewiseLinearMap;
use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor, activation::relu},
};
use ndarray::{Array1, Array2};
use rand::Rng;

use super::{Dynamics, InputMatrix};
use crate::{Initialize, Result, error::nonzero, initialize, matrix, vector};

/// Sizes of a [`RectifiedRnn`].
#[derive(Config, Debug, PartialEq)]
pub struct RectifiedRnnConfig {
    /// Latents M.
    pub latent: usize,
    /// External inputs K.
    #[config(default = 0)]
    pub inputs: usize,
}

/// The rectified RNN
///
/// $$ z_t = \max(0, W z_{t-1} + b) + C u_t $$
///
/// with full W \[M, M\] and b \[M\]. Without inputs its states are never negative.
#[derive(Module, Debug)]
pub struct RectifiedRnn {
    w: Param<Tensor<2>>,
    b: Param<Tensor<1>>,
    c: InputMatrix,
}

impl Initialize for RectifiedRnnConfig {
    type Module = RectifiedRnn;

    /// W starts at the identity plus U(−0.1, 0.1)/√M, b in U(0, 0.1): a slow network whose units are active.
    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<RectifiedRnn> {
        let m = self.latent;
        nonzero("RectifiedRnnConfig", &[("latent", m)])?;
        let perturbation = initialize::uniform([m, m], 0.1 / (m as f64).sqrt(), rng, device);
        Ok(RectifiedRnn {
            w: Param::from_tensor(Tensor::eye(m, device) + perturbation),
            b: Param::from_tensor(initialize::uniform([m], 0.05, rng, device) + 0.05),
            c: InputMatrix::init(m, self.inputs, device, rng),
        })
    }
}

impl Dynamics for RectifiedRnn {
    fn latent_dim(&self) -> usize {
        self.b.lazy_shape()[0]
    }

    fn input_dim(&self) -> usize {
        self.c.dim()
    }

    fn step(&self, z: Tensor<2>, u: Option<Tensor<2>>) -> Tensor<2> {
        self.c.add(relu(z.matmul(self.w.val().transpose()) + self.b.val().unsqueeze()), u)
    }

    fn jacobian(&self, z: Tensor<2>) -> Tensor<3> {
        let active =
            (z.matmul(self.w.val().transpose()) + self.b.val().unsqueeze()).greater_scalar(0.0).float();
        active.unsqueeze_dim::<3>(2) * self.w.val().unsqueeze::<3>()
    }

    fn export(&self) -> Result<PiecewiseLinearMap> {
        let m = self.latent_dim();
        Ok(PiecewiseLinearMap::new(
            Array2::zeros((m, m)),
            Array2::eye(m),
            matrix("W", &self.w)?,
            vector("b", &self.b)?,
            Array1::zeros(m),
            self.c.export(m)?,
        )
        .expect("the shapes of one module fit together"))
    }
}
