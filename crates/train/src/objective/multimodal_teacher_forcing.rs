//! Teacher forcing by an encoder: the ELBO and the forced rollout in one objective \[B24a\].

use attractor_models::{
    Context, DiagonalGaussian, Dynamics, Encoder, Forcing, Observation, Posterior, SequentialVae,
    standard_normal,
};
use burn::tensor::Tensor;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{
    Loss, Objective, Strength, agree, check_bound,
    elbo::fits,
    not_negative,
    regularization::{sum, weight_penalties},
};
use crate::{Batch, Dataset, Error, Result, Schedule};

/// A [`SequentialVae`] whose encoder forces the rollout of its dynamics, in nats per time step:
///
/// $$ -\frac{1}{T} \Big( w_r \log p(x \mid z) + w_p \log p(x \mid \hat z) +
///    w \big[ \log p(z_1) + \sum_{t>1} \log N(z_t; \hat z_t, \Sigma) + H\[q\] \big] \Big) + \text{regularization} $$
///
/// with a sample z = μ + σ ε of the posterior, and ẑ_t = F(z̃_{t−1}, u_t), z̃_t = (1 − α_t) ẑ_t + α_t z_t from ẑ_1 = z_1 on. The
/// first term is what the encoder reconstructs, the second what the dynamics predict; the third draws them together. With
/// α = 1 and w_p = 0 it is the [`Elbo`](super::Elbo).
///
/// An observation with a history, as that of fMRI, is compared where its history lies in the window. Its encoder sees
/// deconvolved observations where the data have some; else its context has to reach as far into the future.
///
/// Its terms are `reconstruction`, `prediction`, `consistency` and `entropy`, each per time step before weighting,
/// `forcing_strength` (the mean α of the step) and `regularization` as it enters the loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MultimodalTeacherForcing {
    /// α; every strength but an adaptive one.
    pub strength: Strength,
    /// w_r.
    pub reconstruction_weight: f64,
    /// w_p.
    pub prediction_weight: f64,
    /// w.
    pub kl_weight: Schedule,
    /// Values at which the process variance Σ is held; `None` learns it.
    pub process_variance: Option<Schedule>,
    /// λ of the weight regularization of the dynamics.
    pub weight_penalty: f64,
    /// λ of the weight regularization of the observation model.
    pub observation_penalty: f64,
}

impl MultimodalTeacherForcing {
    /// With the given strength, all weights 1, learned process variance, without regularization.
    pub fn new(strength: Strength) -> Self {
        Self {
            strength,
            reconstruction_weight: 1.0,
            prediction_weight: 1.0,
            kl_weight: Schedule::constant(1.0),
            process_variance: None,
            weight_penalty: 0.0,
            observation_penalty: 0.0,
        }
    }

    /// With weights w_r of what the encoder reconstructs and w_p of what the dynamics predict.
    #[must_use]
    pub fn with_likelihood_weights(mut self, reconstruction: f64, prediction: f64) -> Self {
        (self.reconstruction_weight, self.prediction_weight) = (reconstruction, prediction);
        self
    }

    /// With an annealed weight w of prior and entropy.
    #[must_use]
    pub fn with_kl_weight(mut self, weight: Schedule) -> Self {
        self.kl_weight = weight;
        self
    }

    /// With the process variance held at scheduled values.
    #[must_use]
    pub fn with_process_variance(mut self, variance: Schedule) -> Self {
        self.process_variance = Some(variance);
        self
    }

    /// With weight regularization λ of the dynamics.
    #[must_use]
    pub fn with_weight_penalty(mut self, lambda: f64) -> Self {
        self.weight_penalty = lambda;
        self
    }

    /// With weight regularization λ of the observation model.
    #[must_use]
    pub fn with_observation_penalty(mut self, lambda: f64) -> Self {
        self.observation_penalty = lambda;
        self
    }
}

impl<E: Encoder, D: Dynamics, O: Observation> Objective<SequentialVae<E, D, O>> for MultimodalTeacherForcing {
    fn context(&self, model: &SequentialVae<E, D, O>) -> Context {
        model.encoder.context()
    }

    fn validate(&self, model: &SequentialVae<E, D, O>, data: &Dataset, window: usize) -> Result<()> {
        fits(model, data, window)?;
        agree("M", model.encoder.latent_dim(), model.dynamics.latent_dim())?;
        let needed = model.observation.history() + 2;
        if window < needed {
            let range = "at least 2 beyond the history of the observation: one sample to start from and one to predict";
            return Err(Error::OutOfRange { field: "window", value: window as f64, range });
        }
        if let Strength::Adaptive { start, .. } = self.strength {
            let range = "sparse, constant or scheduled: the encoder is trained along with what it forces";
            return Err(Error::OutOfRange { field: "strength", value: start, range });
        }
        self.strength.check()?;
        for (field, value) in [
            ("reconstruction_weight", self.reconstruction_weight),
            ("prediction_weight", self.prediction_weight),
            ("weight_penalty", self.weight_penalty),
            ("observation_penalty", self.observation_penalty),
        ] {
            not_negative(field, value)?;
        }
        check_bound(&self.kl_weight, self.process_variance.as_ref())
    }

    fn before_step(&self, model: &mut SequentialVae<E, D, O>, _: &Batch, _: usize, progress: f64) {
        if let Some(variance) = &self.process_variance {
            model.prior.hold_process_variance(variance.at(progress));
        }
    }

    fn loss(
        &self,
        model: &SequentialVae<E, D, O>,
        batch: &Batch,
        progress: f64,
        rng: &mut ChaCha8Rng,
    ) -> Loss {
        let observation = &model.observation;
        let readable = batch.readable_with_context(observation);
        let posterior = model.encoder.encode(readable, batch.inputs_with_context());
        let shape @ [_, steps, _] = posterior.mean().dims();
        let x = batch.explained(observation);
        let z = posterior.rsample(standard_normal(shape, rng, &x.device()));

        let later = z.clone().narrow(1, 1, steps - 1);
        let first = z.clone().narrow(1, 0, 1);
        let alpha =
            self.strength.over(steps - 1, progress, || unreachable!("adaptive strengths were refused"));
        let mean_alpha = alpha.iter().sum::<f32>() / (steps - 1) as f32;
        let mut forcing = Forcing::new(later.clone(), alpha);
        if let Some(present) = batch.readable_present() {
            let present = present.narrow(1, 1, steps - 1).max_dim(2).expand(later.dims());
            forcing = forcing.with_mask(present);
        }
        let inputs = batch.inputs().map(|u| u.narrow(1, 1, steps - 1));
        let predicted =
            model.dynamics.rollout(first.clone().squeeze_dim(1), steps - 1, Some(&forcing), inputs);

        let history = observation.history();
        let known = |series: Tensor<3>| series.narrow(1, history, steps - history);
        let (x, present) = (known(x), batch.present().map(known));
        let per_step = |terms: Tensor<2>| terms.sum_dim(1).mean() / steps as f64;
        let log_likelihood =
            |z: Tensor<3>| per_step(observation.log_likelihood(x.clone(), z, present.clone()));
        let reconstruction = log_likelihood(z);
        let prediction = log_likelihood(Tensor::cat(vec![first.clone(), predicted.clone()], 1));
        let transition = DiagonalGaussian::new(predicted, model.prior.process_log_sd().unsqueeze());
        let consistency =
            per_step(model.prior.initial().log_prob(first)) + per_step(transition.log_prob(later));
        let entropy = posterior.entropy().mean();

        let bound = reconstruction.clone() * self.reconstruction_weight
            + prediction.clone() * self.prediction_weight
            + (consistency.clone() + entropy.clone()) * self.kl_weight.at(progress);
        let penalties =
            weight_penalties((&model.dynamics, self.weight_penalty), (observation, self.observation_penalty));
        let regularization = sum(penalties);
        let zero = || bound.clone().detach().zeros_like();
        let terms = vec![
            ("reconstruction", reconstruction),
            ("prediction", prediction),
            ("consistency", consistency),
            ("entropy", entropy),
            ("forcing_strength", zero() + mean_alpha),
            ("regularization", regularization.clone().unwrap_or_else(zero)),
        ];
        let total = match regularization {
            Some(regularization) => regularization - bound,
            None => -bound,
        };
        Loss { total, terms }
    }
}
