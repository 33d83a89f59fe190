//! The reparameterized evidence lower bound \[KW14, R14\].

use attractor_models::{Context, Dynamics, Encoder, Observation, Posterior, SequentialVae, standard_normal};
use burn::tensor::Tensor;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{
    Loss, Objective, agree, check_bound, not_negative,
    regularization::{sum, weight_penalties},
};
use crate::{Batch, Dataset, Error, Result, Schedule};

/// How the entropy H\[q\] of the posterior is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entropy {
    /// In closed form.
    #[default]
    ClosedForm,
    /// By the samples: −log q(z).
    Sampled,
}

/// The negative ELBO of a [`SequentialVae`], in nats per time step:
///
/// $$ -\frac{1}{T} \Big( \frac{1}{S} \sum_{s=1}^{S} \log p(x \mid z^s) + w \big[ \log p(z^s) + H\[q\] \big] \Big) + \lambda \lVert \theta \rVert^2,
/// \qquad z^s = \mu + \sigma \epsilon^s $$
///
/// Its terms are `likelihood` (log p(x|z)), `prior` (log p(z)), `entropy` (H\[q\]), each per time step before weighting, and
/// `regularization` (λ‖θ‖² as it enters the loss). The loss is −(likelihood + w (prior + entropy)) + regularization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Elbo {
    /// Samples S of the posterior for each window.
    pub samples: usize,
    /// How H\[q\] is computed.
    pub entropy: Entropy,
    /// The weight w of prior and entropy (KL annealing); 1 is the bound itself.
    pub kl_weight: Schedule,
    /// Values at which the process variance Σ is held; `None` learns it.
    ///
    /// Held and lowered over the run, it keeps the posterior from explaining dynamics as noise: with a learned Σ and a
    /// posterior without correlations in time, the noisy run covers the attractor but the deterministic one is wrong.
    pub process_variance: Option<Schedule>,
    /// λ of the weight regularization of the dynamics.
    pub weight_penalty: f64,
    /// λ of the weight regularization of the observation model.
    #[serde(default)]
    pub observation_penalty: f64,
}

impl Default for Elbo {
    /// One sample, entropy in closed form, no annealing, learned process variance, no regularization: the bound itself.
    fn default() -> Self {
        Self {
            samples: 1,
            entropy: Entropy::ClosedForm,
            kl_weight: Schedule::constant(1.0),
            process_variance: None,
            weight_penalty: 0.0,
            observation_penalty: 0.0,
        }
    }
}

impl Elbo {
    /// With S samples.
    #[must_use]
    pub fn with_samples(mut self, samples: usize) -> Self {
        self.samples = samples;
        self
    }

    /// With the entropy computed otherwise.
    #[must_use]
    pub fn with_entropy(mut self, entropy: Entropy) -> Self {
        self.entropy = entropy;
        self
    }

    /// With an annealed weight of prior and entropy.
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

    /// With weight regularization λ.
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

impl<E: Encoder, D: Dynamics, O: Observation> Objective<SequentialVae<E, D, O>> for Elbo {
    fn context(&self, model: &SequentialVae<E, D, O>) -> Context {
        model.encoder.context()
    }

    fn validate(&self, model: &SequentialVae<E, D, O>, data: &Dataset, window: usize) -> Result<()> {
        fits(model, data, window)?;
        if self.samples == 0 {
            return Err(Error::OutOfRange { field: "samples", value: 0.0, range: "at least 1" });
        }
        not_negative("weight_penalty", self.weight_penalty)?;
        not_negative("observation_penalty", self.observation_penalty)?;
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
        let (x, u) = (batch.explained(&model.observation), batch.inputs());
        let readable = batch.readable_with_context(&model.observation);
        let posterior = model.encoder.encode(readable, batch.inputs_with_context());
        let shape = posterior.mean().dims();
        let steps = shape[1] as f64;
        let per_step = |term: Tensor<1>| term.mean() / steps;

        let draws: Vec<_> = (0..self.samples)
            .map(|_| {
                let z = posterior.rsample(standard_normal(shape, rng, &x.device()));
                let joint = model.log_joint(x.clone(), z.clone(), u.clone(), batch.present());
                let entropy = match self.entropy {
                    Entropy::ClosedForm => posterior.entropy(),
                    Entropy::Sampled => -posterior.log_prob(z),
                };
                [per_step(joint.likelihood), per_step(joint.initial + joint.transition), entropy.mean()]
            })
            .collect();
        let [likelihood, prior, entropy] = average(draws);

        let weight = self.kl_weight.at(progress);
        let bound = likelihood.clone() + (prior.clone() + entropy.clone()) * weight;
        let mut terms = vec![("likelihood", likelihood), ("prior", prior), ("entropy", entropy)];
        let penalties = weight_penalties(
            (&model.dynamics, self.weight_penalty),
            (&model.observation, self.observation_penalty),
        );
        let mut total = -bound;
        match sum(penalties) {
            Some(regularization) => {
                total = total + regularization.clone();
                terms.push(("regularization", regularization));
            }
            None => terms.push(("regularization", total.zeros_like())),
        }
        Loss { total, terms }
    }
}

/// Whether a sequential VAE fits the data.
pub(super) fn fits<E: Encoder, D: Dynamics, O: Observation>(
    model: &SequentialVae<E, D, O>,
    data: &Dataset,
    window: usize,
) -> Result<()> {
    agree("N", model.encoder.observed_dim(), data.observed_dim())?;
    agree("K", model.dynamics.input_dim(), data.input_dim())?;
    agree("P", model.observation.nuisance_dim(), data.nuisance_dim())?;
    // An encoder may leave the inputs out.
    if model.encoder.input_dim() > 0 {
        agree("K", model.encoder.input_dim(), data.input_dim())?;
    }
    if window <= model.observation.history() {
        let range = "longer than the history that the observation looks back over";
        return Err(Error::OutOfRange { field: "window", value: window as f64, range });
    }
    Ok(())
}

/// The mean over draws, term by term.
fn average<const K: usize>(draws: Vec<[Tensor<1>; K]>) -> [Tensor<1>; K] {
    let count = draws.len() as f64;
    let sum = draws
        .into_iter()
        .reduce(|sum, draw| {
            let mut draw = draw.into_iter();
            sum.map(|term| term + draw.next().expect("as many terms in each draw"))
        })
        .expect("at least one sample was checked");
    sum.map(|term| term / count)
}
