//! The clipped shallow PLRNN of \[H23\].

use attractor_systems::PiecewiseLinearMap;
use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor, activation::relu},
};
use ndarray::{Array1, Array2, Axis, concatenate};
use rand::Rng;

use super::{Dynamics, InputMatrix, diagonal, is_positive, row, talathi_vartak};
use crate::{Initialize, Result, error::nonzero, initialize, matrix, vector};

/// Sizes of a [`ClippedShallowPlrnn`].
#[derive(Config, Debug, PartialEq)]
pub struct ClippedShallowPlrnnConfig {
    /// Latents M.
    pub latent: usize,
    /// Hidden units L.
    pub hidden: usize,
    /// External inputs K.
    #[config(default = 0)]
    pub inputs: usize,
}

/// The clipped shallow PLRNN \[H23\]
///
/// $$ z_t = A z_{t-1} + W_1 \left[ \max(0, W_2 z_{t-1} + h_2) - \max(0, W_2 z_{t-1}) \right] + h_1 + C u_t $$
///
/// with diagonal A \[M\], W1 \[M, L\], W2 \[L, M\], h1 \[M\], h2 \[L\]. The bracket is bounded by |h2|, so every orbit is
/// bounded while |A_ii| < 1 for all i.
#[derive(Module, Debug)]
pub struct ClippedShallowPlrnn {
    a: Param<Tensor<1>>,
    w1: Param<Tensor<2>>,
    w2: Param<Tensor<2>>,
    h1: Param<Tensor<1>>,
    h2: Param<Tensor<1>>,
    c: InputMatrix,
}

impl Initialize for ClippedShallowPlrnnConfig {
    type Module = ClippedShallowPlrnn;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<ClippedShallowPlrnn> {
        let (m, l) = (self.latent, self.hidden);
        nonzero("ClippedShallowPlrnnConfig", &[("latent", m), ("hidden", l)])?;
        let uniform = |shape: [usize; 2], rng: &mut dyn Rng| {
            Param::from_tensor(initialize::uniform(shape, 1.0 / (shape[1] as f64).sqrt(), rng, device))
        };
        Ok(ClippedShallowPlrnn {
            a: initialize::parameter(talathi_vartak::diagonal(m, rng), [m], device),
            w1: uniform([m, l], rng),
            w2: uniform([l, m], rng),
            h1: initialize::zeros([m], device),
            h2: Param::from_tensor(initialize::uniform([l], 1.0 / (l as f64).sqrt(), rng, device)),
            c: InputMatrix::init(m, self.inputs, device, rng),
        })
    }
}

impl Dynamics for ClippedShallowPlrnn {
    fn latent_dim(&self) -> usize {
        self.a.lazy_shape()[0]
    }

    fn input_dim(&self) -> usize {
        self.c.dim()
    }

    fn step(&self, z: Tensor<2>, u: Option<Tensor<2>>) -> Tensor<2> {
        let drive = z.clone().matmul(self.w2.val().transpose());
        let clipped = relu(drive.clone() + row(&self.h2)) - relu(drive);
        let next = z * row(&self.a) + clipped.matmul(self.w1.val().transpose()) + row(&self.h1);
        self.c.add(next, u)
    }

    fn jacobian(&self, z: Tensor<2>) -> Tensor<3> {
        let drive = z.matmul(self.w2.val().transpose());
        let active = is_positive(drive.clone() + row(&self.h2)) - is_positive(drive);
        let gated = self.w1.val().unsqueeze::<3>() * active.unsqueeze_dim::<3>(1);
        diagonal(self.a.val()) + gated.matmul(self.w2.val().unsqueeze())
    }

    fn export(&self) -> Result<PiecewiseLinearMap> {
        let (w1, w2, h2) = (matrix("W1", &self.w1)?, matrix("W2", &self.w2)?, vector("h2", &self.h2)?);
        let zeros = Array1::zeros(h2.len());
        Ok(PiecewiseLinearMap::new(
            Array2::from_diag(&vector("A", &self.a)?),
            concatenate![Axis(1), w1, -&w1],
            concatenate![Axis(0), w2, w2],
            concatenate![Axis(0), h2, zeros],
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
