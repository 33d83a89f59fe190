//! The shallow PLRNN of \[H23\].

use attractor_systems::PiecewiseLinearMap;
use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor, activation::relu},
};
use ndarray::Array2;
use rand::Rng;

use super::{Dynamics, InputMatrix, diagonal, is_positive, row, talathi_vartak};
use crate::{Initialize, Result, error::nonzero, initialize, matrix, vector};

/// Sizes of a [`ShallowPlrnn`].
#[derive(Config, Debug, PartialEq)]
pub struct ShallowPlrnnConfig {
    /// Latents M.
    pub latent: usize,
    /// Hidden units L.
    pub hidden: usize,
    /// External inputs K.
    #[config(default = 0)]
    pub inputs: usize,
}

/// The shallow PLRNN \[H23\]
///
/// $$ z_t = A z_{t-1} + W_1 \max(0, W_2 z_{t-1} + h_2) + h_1 + C u_t $$
///
/// with diagonal A \[M\], W1 \[M, L\], W2 \[L, M\], h1 \[M\], h2 \[L\].
#[derive(Module, Debug)]
pub struct ShallowPlrnn {
    a: Param<Tensor<1>>,
    w1: Param<Tensor<2>>,
    w2: Param<Tensor<2>>,
    h1: Param<Tensor<1>>,
    h2: Param<Tensor<1>>,
    c: InputMatrix,
}

impl Initialize for ShallowPlrnnConfig {
    type Module = ShallowPlrnn;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<ShallowPlrnn> {
        let (m, l) = (self.latent, self.hidden);
        nonzero("ShallowPlrnnConfig", &[("latent", m), ("hidden", l)])?;
        let uniform = |shape: [usize; 2], rng: &mut dyn Rng| {
            Param::from_tensor(initialize::uniform(shape, 1.0 / (shape[1] as f64).sqrt(), rng, device))
        };
        Ok(ShallowPlrnn {
            a: initialize::parameter(talathi_vartak::diagonal(m, rng), [m], device),
            w1: uniform([m, l], rng),
            w2: uniform([l, m], rng),
            h1: initialize::zeros([m], device),
            h2: initialize::zeros([l], device),
            c: InputMatrix::init(m, self.inputs, device, rng),
        })
    }
}

impl Dynamics for ShallowPlrnn {
    fn latent_dim(&self) -> usize {
        self.a.lazy_shape()[0]
    }

    fn input_dim(&self) -> usize {
        self.c.dim()
    }

    fn step(&self, z: Tensor<2>, u: Option<Tensor<2>>) -> Tensor<2> {
        let hidden = relu(z.clone().matmul(self.w2.val().transpose()) + row(&self.h2));
        let next = z * row(&self.a) + hidden.matmul(self.w1.val().transpose()) + row(&self.h1);
        self.c.add(next, u)
    }

    fn jacobian(&self, z: Tensor<2>) -> Tensor<3> {
        let active = is_positive(z.matmul(self.w2.val().transpose()) + row(&self.h2));
        let gated = self.w1.val().unsqueeze::<3>() * active.unsqueeze_dim::<3>(1);
        diagonal(self.a.val()) + gated.matmul(self.w2.val().unsqueeze())
    }

    fn export(&self) -> Result<PiecewiseLinearMap> {
        Ok(PiecewiseLinearMap::new(
            Array2::from_diag(&vector("A", &self.a)?),
            matrix("W1", &self.w1)?,
            matrix("W2", &self.w2)?,
            vector("h2", &self.h2)?,
            vector("h1", &self.h1)?,
            self.c.export(self.latent_dim())?,
        )
        .expect("the shapes of one module fit together"))
    }

    fn weight_penalty(&self) -> Tensor<1> {
        let squares = (self.a.val() - 1.0).square().sum()
            + self.w1.val().square().sum()
            + self.w2.val().square().sum()
            + self.h1.val().square().sum()
            + self.h2.val().square().sum();
        self.c.penalty(squares)
    }
}
