//! The shallow PLRNN of \[H23\] and its clipped form.

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use rand::Rng;

use super::{Features, Form, InputMatrix, PiecewiseLinearRnn, talathi_vartak};
use crate::{Initialize, Result, error::nonzero, initialize};

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

/// Sizes of a clipped [`ShallowPlrnn`].
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

/// The shallow PLRNN \[H23\]
///
/// $$ z_t = A z_{t-1} + W_1 \max(0, W_2 z_{t-1} + h_2) + h_1 + C u_t $$
///
/// with diagonal A \[M\], W1 \[M, L\], W2 \[L, M\], h1 \[M\], h2 \[L\], and its clipped form
///
/// $$ z_t = A z_{t-1} + W_1 \left[ \max(0, W_2 z_{t-1} + h_2) - \max(0, W_2 z_{t-1}) \right] + h_1 + C u_t $$
///
/// whose bracket is bounded by |h2|, so that every orbit is bounded while |A_ii| < 1 for all i.
#[derive(Module, Debug)]
pub struct ShallowPlrnn {
    a: Param<Tensor<1>>,
    w1: Param<Tensor<2>>,
    w2: Param<Tensor<2>>,
    h1: Param<Tensor<1>>,
    h2: Param<Tensor<1>>,
    c: InputMatrix,
    #[module(skip)]
    clipped: bool,
}

/// h2 starts at zero, or uniform in ±1/√L where it has to clip.
fn init([m, l, k]: [usize; 3], clipped: bool, device: &Device, rng: &mut dyn Rng) -> ShallowPlrnn {
    let uniform = |shape: [usize; 2], rng: &mut dyn Rng| {
        Param::from_tensor(initialize::uniform(shape, 1.0 / (shape[1] as f64).sqrt(), rng, device))
    };
    ShallowPlrnn {
        a: initialize::parameter(talathi_vartak::diagonal(m, rng), [m], device),
        w1: uniform([m, l], rng),
        w2: uniform([l, m], rng),
        h1: initialize::zeros([m], device),
        h2: if clipped {
            Param::from_tensor(initialize::uniform([l], 1.0 / (l as f64).sqrt(), rng, device))
        } else {
            initialize::zeros([l], device)
        },
        c: InputMatrix::init(m, k, device, rng),
        clipped,
    }
}

impl Initialize for ShallowPlrnnConfig {
    type Module = ShallowPlrnn;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<ShallowPlrnn> {
        nonzero("ShallowPlrnnConfig", &[("latent", self.latent), ("hidden", self.hidden)])?;
        Ok(init([self.latent, self.hidden, self.inputs], false, device, rng))
    }
}

impl Initialize for ClippedShallowPlrnnConfig {
    type Module = ShallowPlrnn;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<ShallowPlrnn> {
        nonzero("ClippedShallowPlrnnConfig", &[("latent", self.latent), ("hidden", self.hidden)])?;
        Ok(init([self.latent, self.hidden, self.inputs], true, device, rng))
    }
}

impl PiecewiseLinearRnn for ShallowPlrnn {
    fn form(&self) -> Form {
        Form {
            a: self.a.val(),
            w: self.w1.val(),
            h: self.h1.val(),
            features: Features::Hidden {
                weights: self.w2.val(),
                thresholds: self.h2.val(),
                clipped: self.clipped,
            },
        }
    }

    fn diagonal(&self) -> &Param<Tensor<1>> {
        &self.a
    }

    fn input_matrix(&self) -> &InputMatrix {
        &self.c
    }
}
