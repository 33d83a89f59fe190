//! The sequential variational autoencoder: encoder, latent dynamics and observation model as one module.

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use rand::Rng;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    DiagonalGaussian, Dynamics, Encoder, Error, Forcing, GenerativeModel, Initialize, Observation, Posterior,
    Result, error::positive, vector,
};

/// The stochastic part of the latent prior: p(z_1) = N(μ0, Σ0) and the process noise Σ of p(z_t | z_{t−1}), all diagonal.
#[derive(Module, Debug)]
pub struct LatentPrior {
    initial_mean: Param<Tensor<1>>,
    initial_log_sd: Param<Tensor<1>>,
    process_log_sd: Param<Tensor<1>>,
}

impl LatentPrior {
    /// Log standard deviations √Σ \[M\] of the process noise.
    pub fn process_log_sd(&self) -> Tensor<1> {
        self.process_log_sd.val()
    }

    /// p(z_1), constant over batch and time.
    pub fn initial(&self) -> DiagonalGaussian {
        DiagonalGaussian::new(self.initial_mean.val().unsqueeze(), self.initial_log_sd.val().unsqueeze())
    }

    /// Sets the process variance Σ of every latent to one value, and keeps gradients from changing it until
    /// [`release_process_variance`](Self::release_process_variance).
    pub fn hold_process_variance(&mut self, variance: f64) {
        let held = self.process_log_sd.val().detach().full_like(0.5 * variance.ln());
        let (id, _, mapper) = self.process_log_sd.clone().consume();
        self.process_log_sd = Param::from_mapped_value(id, held, mapper).set_require_grad(false);
    }

    /// Holds the process variance at that of `other` where it is held there.
    pub fn adopt_held_variance(&mut self, other: &Self) {
        if self.process_log_sd.id == other.process_log_sd.id && !other.process_log_sd.val().is_require_grad()
        {
            self.process_log_sd = other.process_log_sd.clone();
        }
    }

    /// Lets gradients change the process variance again.
    pub fn release_process_variance(&mut self) {
        self.process_log_sd = self.process_log_sd.clone().set_require_grad(true);
    }
}

/// A sequential VAE with generative model
///
/// $$ z_1 \sim N(\mu_0, \Sigma_0), \quad z_t \sim N(F(z_{t-1}, u_t), \Sigma), \quad x_t \sim p(x_t \mid z_t) $$
///
/// and recognition model q(z | x). See \[KW14, R14\] for the bound that trains it.
#[derive(Module, Debug)]
pub struct SequentialVae<E, D, O> {
    /// q(z | x).
    pub encoder: E,
    /// F.
    pub dynamics: D,
    /// p(x | z).
    pub observation: O,
    /// μ0, Σ0 and Σ.
    pub prior: LatentPrior,
}

/// The configuration of a [`SequentialVae`]: those of its parts, and the start of its prior.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SequentialVaeConfig<E, D, O> {
    /// Of the encoder.
    pub encoder: E,
    /// Of the dynamics.
    pub dynamics: D,
    /// Of the observation model.
    pub observation: O,
    /// Starting standard deviation of the process noise, √Σ.
    pub process_sd: f64,
    /// Starting standard deviation of z_1, √Σ0.
    pub initial_sd: f64,
}

impl<E, D, O> SequentialVaeConfig<E, D, O> {
    /// Joins the parts; √Σ starts at 0.1, √Σ0 at 1.
    pub fn new(encoder: E, dynamics: D, observation: O) -> Self {
        Self { encoder, dynamics, observation, process_sd: 0.1, initial_sd: 1.0 }
    }

    /// With another start of √Σ.
    #[must_use]
    pub fn with_process_sd(mut self, sd: f64) -> Self {
        self.process_sd = sd;
        self
    }

    /// With another start of √Σ0.
    #[must_use]
    pub fn with_initial_sd(mut self, sd: f64) -> Self {
        self.initial_sd = sd;
        self
    }
}

impl<E, D, O> Initialize for SequentialVaeConfig<E, D, O>
where
    E: Initialize<Module: Encoder> + Serialize + DeserializeOwned,
    D: Initialize<Module: Dynamics> + Serialize + DeserializeOwned,
    O: Initialize<Module: Observation> + Serialize + DeserializeOwned,
{
    type Module = SequentialVae<E::Module, D::Module, O::Module>;

    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<Self::Module> {
        positive("SequentialVaeConfig", "process_sd", self.process_sd)?;
        positive("SequentialVaeConfig", "initial_sd", self.initial_sd)?;
        let dynamics = self.dynamics.init(device, rng)?;
        let encoder = self.encoder.init(device, rng)?;
        let observation = self.observation.init(device, rng)?;
        let m = dynamics.latent_dim();
        let agree = |name, first, first_value, second, second_value| {
            if first_value == second_value {
                Ok(())
            } else {
                Err(Error::Mismatch { name, first, first_value, second, second_value })
            }
        };
        agree("M", "dynamics", m, "encoder", encoder.latent_dim())?;
        agree("M", "dynamics", m, "observation model", observation.latent_dim())?;
        agree("N", "encoder", encoder.observed_dim(), "observation model", observation.observed_dim())?;
        let constant = |value: f64| Param::from_tensor(Tensor::full([m], value, device));
        let prior = LatentPrior {
            initial_mean: constant(0.0),
            initial_log_sd: constant(self.initial_sd.ln()),
            process_log_sd: constant(self.process_sd.ln()),
        };
        Ok(SequentialVae { encoder, dynamics, observation, prior })
    }
}

/// log p(x, z) by its parts, in nats, each `[B]`: summed over time.
#[derive(Clone, Debug)]
pub struct LogJoint {
    /// Σ_t log p(x_t | z), over the samples whose history is known.
    pub likelihood: Tensor<1>,
    /// log p(z_1).
    pub initial: Tensor<1>,
    /// Σ_{t>1} log p(z_t | z_{t−1}).
    pub transition: Tensor<1>,
}

impl<E: Encoder, D: Dynamics, O: Observation> SequentialVae<E, D, O> {
    /// log p(x, z) of observations, without what nuisance regressors explain, and a latent trajectory. The first samples have
    /// no likelihood where the observation looks back over a [`history`](Observation::history): as many as it has.
    ///
    /// # Shapes
    /// `x: [B, T, N]`, `z: [B, T, M]`, `u: [B, T, K]`, `present: [B, T, N]` (1 measured, 0 missing).
    pub fn log_joint(
        &self,
        x: Tensor<3>,
        z: Tensor<3>,
        u: Option<Tensor<3>>,
        present: Option<Tensor<3>>,
    ) -> LogJoint {
        let over_time = |terms: Tensor<2>| terms.sum_dim(1).squeeze_dim::<1>(1);
        let [_, steps, _] = z.dims();
        let first = z.clone().narrow(1, 0, 1);
        let transition = if steps == 1 {
            first.clone().sum_dim(2).squeeze_dim::<2>(2) * 0.0
        } else {
            let later = z.clone().narrow(1, 1, steps - 1);
            let forcing = Forcing::constant(later.clone(), 1.0);
            let inputs = u.map(|u| u.narrow(1, 1, steps - 1));
            let predicted =
                self.dynamics.rollout(first.clone().squeeze_dim(1), steps - 1, Some(&forcing), inputs);
            DiagonalGaussian::new(predicted, self.prior.process_log_sd.val().unsqueeze()).log_prob(later)
        };
        let history = self.observation.history();
        let known = |series: Tensor<3>| series.narrow(1, history, steps - history);
        LogJoint {
            likelihood: over_time(self.observation.log_likelihood(known(x), z, present.map(known))),
            initial: over_time(self.prior.initial().log_prob(first)),
            transition: over_time(transition),
        }
    }

    /// The posterior of whole series, where the encoder's context at both ends is padded by repeating the first and the
    /// last sample.
    ///
    /// # Shapes
    /// `x: [B, T, N]`, `u: [B, T, K]` -> a posterior over `[B, T, M]`.
    pub fn infer(&self, x: Tensor<3>, u: Option<Tensor<3>>) -> E::Posterior {
        let context = self.encoder.context();
        let pad = |series: Tensor<3>| {
            let last = series.dims()[1] - 1;
            let before = series.clone().narrow(1, 0, 1).repeat_dim(1, context.past);
            let after = series.clone().narrow(1, last, 1).repeat_dim(1, context.future);
            let parts = [(context.past, before), (1, series), (context.future, after)];
            let parts: Vec<_> = parts.into_iter().filter(|(len, _)| *len > 0).map(|(_, part)| part).collect();
            Tensor::cat(parts, 1)
        };
        self.encoder.encode(pad(x), u.map(pad))
    }

    /// The generative model in `f64`, to run and analyse without tensors.
    ///
    /// # Errors
    /// [`Error::NotFinite`] when a parameter is NaN or infinite.
    pub fn export(&self) -> Result<GenerativeModel> {
        let sd = |name: &str, log_sd| {
            let sd = vector(name, log_sd)?.mapv(f64::exp);
            if sd.iter().all(|sd| sd.is_finite()) {
                Ok(sd)
            } else {
                Err(Error::NotFinite { parameter: name.to_string() })
            }
        };
        Ok(GenerativeModel {
            dynamics: self.dynamics.export()?,
            readout: self.observation.readout()?,
            initial_mean: vector("initial mean", &self.prior.initial_mean)?,
            initial_sd: sd("initial log sd", &self.prior.initial_log_sd)?,
            process_sd: sd("process log sd", &self.prior.process_log_sd)?,
            observation_sd: sd("observation log sd", self.observation.log_sd())?,
            response: self.observation.response()?,
            nuisance: self.observation.nuisance_matrix()?,
        })
    }
}
