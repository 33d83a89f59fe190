//! The piecewise-linear RNN of \[D17\] and its mean-centred form of \[B22\].

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use rand::Rng;

use super::{Features, Form, InputMatrix, PiecewiseLinearRnn, talathi_vartak, without_diagonal};
use crate::{Initialize, Result, error::nonzero, initialize};

/// Sizes of a [`Plrnn`].
#[derive(Config, Debug, PartialEq)]
pub struct PlrnnConfig {
    /// Latents M.
    pub latent: usize,
    /// External inputs K.
    #[config(default = 0)]
    pub inputs: usize,
}

/// Sizes of a mean-centred [`Plrnn`].
#[derive(Config, Debug, PartialEq)]
pub struct MeanCentredPlrnnConfig {
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
/// regions. The mean-centred form \[B22\] rectifies z − mean(z) instead, the mean over the latents at each step.
#[derive(Module, Debug)]
pub struct Plrnn {
    a: Param<Tensor<1>>,
    w: Param<Tensor<2>>,
    h: Param<Tensor<1>>,
    c: InputMatrix,
    #[module(skip)]
    centred: bool,
}

fn init(latent: usize, inputs: usize, centred: bool, device: &Device, rng: &mut dyn Rng) -> Plrnn {
    let k = talathi_vartak::matrix(latent, rng);
    let diagonal = k.iter().copied().step_by(latent + 1).collect();
    Plrnn {
        a: initialize::parameter(diagonal, [latent], device),
        w: initialize::parameter(k, [latent, latent], device),
        h: initialize::zeros([latent], device),
        c: InputMatrix::init(latent, inputs, device, rng),
        centred,
    }
}

impl Initialize for PlrnnConfig {
    type Module = Plrnn;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<Plrnn> {
        nonzero("PlrnnConfig", &[("latent", self.latent)])?;
        Ok(init(self.latent, self.inputs, false, device, rng))
    }
}

impl Initialize for MeanCentredPlrnnConfig {
    type Module = Plrnn;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<Plrnn> {
        nonzero("MeanCentredPlrnnConfig", &[("latent", self.latent)])?;
        Ok(init(self.latent, self.inputs, true, device, rng))
    }
}

impl PiecewiseLinearRnn for Plrnn {
    fn form(&self) -> Form {
        Form {
            a: self.a.val(),
            w: without_diagonal(self.w.val()),
            h: self.h.val(),
            features: Features::Rectified { linear: 0, centred: self.centred },
        }
    }

    fn diagonal(&self) -> &Param<Tensor<1>> {
        &self.a
    }

    fn input_matrix(&self) -> &InputMatrix {
        &self.c
    }
}
