//! The deterministic state-space model that teacher forcing trains: dynamics seen through an observation model.

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use ndarray::Array1;
use rand::Rng;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Dynamics, Error, GenerativeModel, Initialize, Observation, Result, initialize};

/// A deterministic state-space model
///
/// $$ z_t = F(z_{t-1}, u_t), \quad x_t = g(z_t), \qquad z_0 = [\, g^{+}(x_0),\; L_z x_0 \,] $$
///
/// Latents that the observation does not determine start from a learned linear map L_z \[M − D, N\] of the first
/// observation \[B22\], with D the [`determined_dim`](Observation::determined_dim) of the observation.
#[derive(Module, Debug)]
pub struct StateSpaceModel<D, O> {
    /// F.
    pub dynamics: D,
    /// g.
    pub observation: O,
    start: Option<Param<Tensor<2>>>,
    forcing_strength: Param<Tensor<1>>,
}

/// The configuration of a [`StateSpaceModel`]: those of its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateSpaceModelConfig<D, O> {
    /// Of the dynamics.
    pub dynamics: D,
    /// Of the observation model.
    pub observation: O,
}

impl<D, O> StateSpaceModelConfig<D, O> {
    /// Joins the parts.
    pub fn new(dynamics: D, observation: O) -> Self {
        Self { dynamics, observation }
    }
}

impl<D, O> Initialize for StateSpaceModelConfig<D, O>
where
    D: Initialize<Module: Dynamics> + Serialize + DeserializeOwned,
    O: Initialize<Module: Observation> + Serialize + DeserializeOwned,
{
    type Module = StateSpaceModel<D::Module, O::Module>;

    /// L_z starts uniform in ±1/√N.
    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<Self::Module> {
        let dynamics = self.dynamics.init(device, rng)?;
        let observation = self.observation.init(device, rng)?;
        let (m, n) = (dynamics.latent_dim(), observation.observed_dim());
        if m != observation.latent_dim() {
            return Err(Error::Mismatch {
                name: "M",
                first: "dynamics",
                first_value: m,
                second: "observation model",
                second_value: observation.latent_dim(),
            });
        }
        let open = m - observation.determined_dim();
        let start = (open > 0).then(|| {
            Param::from_tensor(initialize::uniform([open, n], 1.0 / (n as f64).sqrt(), rng, device))
        });
        let forcing_strength = Param::from_tensor(Tensor::ones([1], device)).set_require_grad(false);
        Ok(StateSpaceModel { dynamics, observation, start, forcing_strength })
    }
}

impl<D: Dynamics, O: Observation> StateSpaceModel<D, O> {
    /// The latent state that a run starts from where `x` is seen, without what nuisance regressors explain and, where the
    /// observation has a history, deconvolved.
    ///
    /// # Shapes
    /// `x: [B, N]` -> `[B, M]`.
    pub fn start(&self, x: Tensor<2>) -> Tensor<2> {
        let determined = self.observation.determined(x.clone().unsqueeze_dim(1)).squeeze_dim::<2>(1);
        self.complete(determined, x)
    }

    /// As [`start`](Self::start), with the latents `determined` by `x` at hand.
    ///
    /// # Shapes
    /// `determined: [B, D]`, `x: [B, N]` -> `[B, M]`.
    pub fn complete(&self, determined: Tensor<2>, x: Tensor<2>) -> Tensor<2> {
        match &self.start {
            Some(start) => Tensor::cat(vec![determined, x.matmul(start.val().transpose())], 1),
            None => determined,
        }
    }

    /// The forcing strength α at which the model is trained now, for an objective that adapts it; 1 at first. It is kept
    /// with the parameters, so that a resumed run goes on where it was.
    pub fn forcing_strength(&self) -> f64 {
        self.forcing_strength.val().into_scalar::<f32>().into()
    }

    /// Sets the forcing strength.
    pub fn set_forcing_strength(&mut self, alpha: f64) {
        let value = self.forcing_strength.val().detach().full_like(alpha);
        let (id, _, mapper) = self.forcing_strength.clone().consume();
        self.forcing_strength = Param::from_mapped_value(id, value, mapper).set_require_grad(false);
    }

    /// The model in `f64`, without noise, to run and analyse without tensors.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a parameter is NaN or infinite.
    pub fn export(&self) -> Result<GenerativeModel> {
        let (m, n) = (self.dynamics.latent_dim(), self.observation.observed_dim());
        Ok(GenerativeModel {
            dynamics: self.dynamics.export()?,
            readout: self.observation.readout()?,
            initial_mean: Array1::zeros(m),
            initial_sd: Array1::zeros(m),
            process_sd: Array1::zeros(m),
            observation_sd: Array1::zeros(n),
            response: self.observation.response()?,
            nuisance: self.observation.nuisance_matrix()?,
        })
    }
}
