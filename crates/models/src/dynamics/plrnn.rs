//! The piecewise-linear RNN of \[D17\].

use attractor_systems::PiecewiseLinearMap;
use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor, activation::relu},
};
use ndarray::{Array1, Array2};
use rand::Rng;

use super::{Dynamics, InputMatrix, diagonal, is_positive, row, talathi_vartak};
use crate::{Initialize, Result, error::nonzero, initialize, matrix, vector};

/// Sizes of a [`Plrnn`].
#[derive(Config, Debug, PartialEq)]
pub struct PlrnnConfig {
    /// Latents M.
    pub latent: usize,
    /// External inputs K.
    #[config(default = 0)]
    pub inputs: usize,
}

/// The PLRNN \[D17\]
///
/// $$ z_t = A z_{t-1} + W \max(0, z_{t-1}) + h + C u_t $$
///
/// with diagonal A \[M\], W \[M, M\] whose diagonal is zero by construction, and h \[M\]. Its 2^M orthants are its linear
/// regions.
#[derive(Module, Debug)]
pub struct Plrnn {
    a: Param<Tensor<1>>,
    w: Param<Tensor<2>>,
    h: Param<Tensor<1>>,
    c: InputMatrix,
}

impl Initialize for PlrnnConfig {
    type Module = Plrnn;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<Plrnn> {
        let m = self.latent;
        nonzero("PlrnnConfig", &[("latent", m)])?;
        let k = talathi_vartak::matrix(m, rng);
        let diagonal = k.iter().copied().step_by(m + 1).collect();
        Ok(Plrnn {
            a: initialize::parameter(diagonal, [m], device),
            w: initialize::parameter(k, [m, m], device),
            h: initialize::zeros([m], device),
            c: InputMatrix::init(m, self.inputs, device, rng),
        })
    }
}

impl Plrnn {
    /// W \[M, M\] with its diagonal masked to zero.
    fn w(&self) -> Tensor<2> {
        let w = self.w.val();
        let off_diagonal = 1.0 - Tensor::<2>::eye(self.latent_dim(), &w.device());
        w * off_diagonal
    }
}

impl Dynamics for Plrnn {
    fn latent_dim(&self) -> usize {
        self.a.lazy_shape()[0]
    }

    fn input_dim(&self) -> usize {
        self.c.dim()
    }

    fn step(&self, z: Tensor<2>, u: Option<Tensor<2>>) -> Tensor<2> {
        let rectified = relu(z.clone()).matmul(self.w().transpose());
        self.c.add(z * row(&self.a) + rectified + row(&self.h), u)
    }

    fn jacobian(&self, z: Tensor<2>) -> Tensor<3> {
        diagonal(self.a.val()) + self.w().unsqueeze::<3>() * is_positive(z).unsqueeze_dim::<3>(1)
    }

    fn export(&self) -> Result<PiecewiseLinearMap> {
        let m = self.latent_dim();
        let mut w = matrix("W", &self.w)?;
        w.diag_mut().fill(0.0);
        Ok(PiecewiseLinearMap::new(
            Array2::from_diag(&vector("A", &self.a)?),
            w,
            Array2::eye(m),
            Array1::zeros(m),
            vector("h", &self.h)?,
            self.c.export(m)?,
        )
        .expect("the shapes of one module fit together"))
    }

    fn weight_penalty(&self) -> Tensor<1> {
        let squares =
            (self.a.val() - 1.0).square().sum() + self.w().square().sum() + self.h.val().square().sum();
        self.c.penalty(squares)
    }
}
