//! The almost-linear RNN of \[B24b\].

use burn::{
    config::Config,
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use rand::Rng;

use super::{Features, Form, InputMatrix, PiecewiseLinearRnn, talathi_vartak};
use crate::{Error, Initialize, Result, error::nonzero, initialize};

/// Sizes of an [`AlmostLinearRnn`].
#[derive(Config, Debug, PartialEq)]
pub struct AlmostLinearRnnConfig {
    /// Latents M.
    pub latent: usize,
    /// Rectified units P, at most M.
    pub rectified: usize,
    /// External inputs K.
    #[config(default = 0)]
    pub inputs: usize,
}

/// The almost-linear RNN \[B24b\]
///
/// $$ z_t = A z_{t-1} + W \Phi^*(z_{t-1}) + h + C u_t $$
///
/// with diagonal A \[M\], full W \[M, M\] and h \[M\]. Φ* rectifies the last P latents and leaves the others as they are, so
/// that there are 2^P linear regions.
#[derive(Module, Debug)]
pub struct AlmostLinearRnn {
    a: Param<Tensor<1>>,
    w: Param<Tensor<2>>,
    h: Param<Tensor<1>>,
    c: InputMatrix,
    #[module(skip)]
    rectified: usize,
}

impl Initialize for AlmostLinearRnnConfig {
    type Module = AlmostLinearRnn;

    /// K of \[TV16\] split into A and W: its diagonal starts A, the rest W, whose own diagonal starts at zero.
    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<AlmostLinearRnn> {
        let m = self.latent;
        nonzero("AlmostLinearRnnConfig", &[("latent", m)])?;
        if self.rectified > m {
            return Err(Error::OutOfRange {
                config: "AlmostLinearRnnConfig",
                field: "rectified",
                value: self.rectified as f64,
                range: "at most the number of latents",
            });
        }
        let mut k = talathi_vartak::matrix(m, rng);
        let diagonal: Vec<f32> = k.iter().copied().step_by(m + 1).collect();
        k.iter_mut().step_by(m + 1).for_each(|entry| *entry = 0.0);
        Ok(AlmostLinearRnn {
            a: initialize::parameter(diagonal, [m], device),
            w: initialize::parameter(k, [m, m], device),
            h: initialize::zeros([m], device),
            c: InputMatrix::init(m, self.inputs, device, rng),
            rectified: self.rectified,
        })
    }
}

impl PiecewiseLinearRnn for AlmostLinearRnn {
    fn form(&self) -> Form {
        let linear = self.a.lazy_shape()[0] - self.rectified;
        Form {
            a: self.a.val(),
            w: self.w.val(),
            h: self.h.val(),
            features: Features::Rectified { linear, centred: false },
        }
    }

    fn diagonal(&self) -> &Param<Tensor<1>> {
        &self.a
    }

    fn input_matrix(&self) -> &InputMatrix {
        &self.c
    }
}
