//! The dendritic PLRNN of \[B22\] and its clipped form.

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use rand::Rng;

use super::{Features, Form, InputMatrix, PiecewiseLinearRnn, talathi_vartak, without_diagonal};
use crate::{
    Initialize, Result,
    error::{nonzero, positive},
    initialize,
};

/// Sizes of a [`DendriticPlrnn`].
#[derive(Config, Debug, PartialEq)]
pub struct DendriticPlrnnConfig {
    /// Latents M.
    pub latent: usize,
    /// Bases of each latent, L.
    pub bases: usize,
    /// External inputs K.
    #[config(default = 0)]
    pub inputs: usize,
    /// Thresholds start uniform in ± this, in units of the latents: where the data are. Standardised data by default.
    #[config(default = 2.0)]
    pub threshold_range: f64,
}

/// Sizes of a clipped [`DendriticPlrnn`].
#[derive(Config, Debug, PartialEq)]
pub struct ClippedDendriticPlrnnConfig {
    /// Latents M.
    pub latent: usize,
    /// Bases of each latent, L.
    pub bases: usize,
    /// External inputs K.
    #[config(default = 0)]
    pub inputs: usize,
    /// Thresholds start uniform in ± this, in units of the latents: where the data are. Standardised data by default.
    #[config(default = 2.0)]
    pub threshold_range: f64,
}

/// The dendritic PLRNN \[B22\]
///
/// $$ z_t = A z_{t-1} + W \sum_b \alpha_b \max(0, z_{t-1} - H_b) + h + C u_t $$
///
/// with diagonal A \[M\], W \[M, M\] whose diagonal is zero by construction, α \[L\], H \[M, L\] and h \[M\]. The clipped form
/// \[B22, H23\] takes max(0, z_{t−1}) off every basis, which bounds the orbits while |A_ii| < 1 for all i.
#[derive(Module, Debug)]
pub struct DendriticPlrnn {
    a: Param<Tensor<1>>,
    w: Param<Tensor<2>>,
    h: Param<Tensor<1>>,
    alpha: Param<Tensor<1>>,
    thresholds: Param<Tensor<2>>,
    c: InputMatrix,
    #[module(skip)]
    clipped: bool,
}

/// A and W as in \[TV16\], α uniform in ±1/√L.
fn init(
    [m, l, k]: [usize; 3],
    threshold_range: f64,
    clipped: bool,
    device: &Device,
    rng: &mut dyn Rng,
) -> DendriticPlrnn {
    let matrix = talathi_vartak::matrix(m, rng);
    let diagonal = matrix.iter().copied().step_by(m + 1).collect();
    DendriticPlrnn {
        a: initialize::parameter(diagonal, [m], device),
        w: initialize::parameter(matrix, [m, m], device),
        h: initialize::zeros([m], device),
        alpha: Param::from_tensor(initialize::uniform([l], 1.0 / (l as f64).sqrt(), rng, device)),
        thresholds: Param::from_tensor(initialize::uniform([m, l], threshold_range, rng, device)),
        c: InputMatrix::init(m, k, device, rng),
        clipped,
    }
}

impl Initialize for DendriticPlrnnConfig {
    type Module = DendriticPlrnn;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<DendriticPlrnn> {
        let Self { latent, bases, inputs, threshold_range } = *self;
        nonzero("DendriticPlrnnConfig", &[("latent", latent), ("bases", bases)])?;
        positive("DendriticPlrnnConfig", "threshold_range", threshold_range)?;
        Ok(init([latent, bases, inputs], threshold_range, false, device, rng))
    }
}

impl Initialize for ClippedDendriticPlrnnConfig {
    type Module = DendriticPlrnn;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<DendriticPlrnn> {
        let Self { latent, bases, inputs, threshold_range } = *self;
        nonzero("ClippedDendriticPlrnnConfig", &[("latent", latent), ("bases", bases)])?;
        positive("ClippedDendriticPlrnnConfig", "threshold_range", threshold_range)?;
        Ok(init([latent, bases, inputs], threshold_range, true, device, rng))
    }
}

impl PiecewiseLinearRnn for DendriticPlrnn {
    fn form(&self) -> Form {
        Form {
            a: self.a.val(),
            w: without_diagonal(self.w.val()),
            h: self.h.val(),
            features: Features::Bases {
                slopes: self.alpha.val(),
                thresholds: self.thresholds.val(),
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
