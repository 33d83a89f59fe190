//! External inputs: the additive term C u_t that every variant shares.

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use ndarray::Array2;
use rand::Rng;

use crate::{Result, initialize, matrix};

/// The input weights C \[M, K\]; absent where there are no inputs.
#[derive(Module, Debug)]
pub struct InputMatrix {
    c: Option<Param<Tensor<2>>>,
}

impl InputMatrix {
    /// Starts C uniform in ±1/√K.
    pub fn init(latent: usize, inputs: usize, device: &Device, rng: &mut dyn Rng) -> Self {
        let bound = 1.0 / (inputs as f64).sqrt();
        let c = (inputs > 0)
            .then(|| Param::from_tensor(initialize::uniform([latent, inputs], bound, rng, device)));
        Self { c }
    }

    /// Number of inputs K.
    pub fn dim(&self) -> usize {
        self.c.as_ref().map_or(0, |c| c.lazy_shape()[1])
    }

    /// `z + C u`.
    ///
    /// # Shapes
    /// `z: [B, M]`, `u: [B, K]` -> `[B, M]`.
    ///
    /// # Panics
    /// When inputs are given to a model without C, or none to one with it.
    pub fn add(&self, z: Tensor<2>, u: Option<Tensor<2>>) -> Tensor<2> {
        match (self.matching(u.is_some()), u) {
            (Some(c), Some(u)) => z + u.matmul(c.transpose()),
            _ => z,
        }
    }

    /// C u_t for every step.
    ///
    /// # Shapes
    /// `u: [B, T, K]` -> `[B, T, M]`.
    ///
    /// # Panics
    /// As [`add`](Self::add).
    pub(crate) fn drive(&self, u: Option<Tensor<3>>) -> Option<Tensor<3>> {
        let c = self.matching(u.is_some())?;
        u.map(|u| u.matmul(c.transpose().unsqueeze()))
    }

    /// C, if there are inputs.
    fn matching(&self, given: bool) -> Option<Tensor<2>> {
        match (&self.c, given) {
            (Some(c), true) => Some(c.val()),
            (None, false) => None,
            (Some(_), false) => panic!("these dynamics have external inputs, but none were given"),
            (None, true) => panic!("these dynamics have no external inputs, but some were given"),
        }
    }

    /// ‖C‖², 0 without inputs.
    pub fn penalty(&self, like: Tensor<1>) -> Tensor<1> {
        match &self.c {
            Some(c) => like + c.val().square().sum(),
            None => like,
        }
    }

    /// C \[M, K\] in `f64`.
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) when an entry is NaN or infinite.
    pub fn export(&self, latent: usize) -> Result<Array2<f64>> {
        match &self.c {
            Some(c) => matrix("C", c),
            None => Ok(Array2::zeros((latent, 0))),
        }
    }
}
