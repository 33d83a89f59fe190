//! Teacher forcing: sparse \[M22\], generalized \[H23\] with constant, scheduled and adaptive strength.

use attractor_models::{Context, Dynamics, Forcing, Observation, StateSpaceModel, standard_normal};
use burn::{module::Module, tensor::Tensor};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{
    JacobianNorm, Loss, Objective, agree, not_negative,
    regularization::{sum, weight_penalties, weighted},
};
use crate::{Batch, Dataset, Error, Result, Schedule};

/// How strongly the data force the model after each step: α of z̃_t = (1 − α) ẑ_t + α d_t.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Strength {
    /// α = 1 every `interval` steps, else 0 \[M22, B22\].
    Sparse {
        /// Steps from one forcing to the next.
        interval: usize,
    },
    /// The same α at every step \[H23\].
    Constant {
        /// α.
        alpha: f64,
    },
    /// α by a schedule over the run.
    Scheduled {
        /// α.
        alpha: Schedule,
    },
    /// α from the norm 𝒩 of the Jacobians along the forcing sequences: α* = max(0, 1 − 1/𝒩), followed at once when it
    /// rises and slowly, α ← γ α + (1 − γ) α*, when it falls \[H23\].
    Adaptive {
        /// How 𝒩 is estimated.
        norm: JacobianNorm,
        /// α before the first estimate.
        start: f64,
        /// γ.
        decay: f64,
        /// Steps from one estimate to the next.
        every: usize,
    },
}

impl Strength {
    /// Adaptive, as \[H23\]: the product upper bound every 5 steps, from α = 1 with γ = 0.999.
    pub fn adaptive() -> Self {
        Self::Adaptive { norm: JacobianNorm::default(), start: 1.0, decay: 0.999, every: 5 }
    }

    /// α_1 ... α_T at a step of the run, where an adaptive one has arrived at `adapted`.
    pub(super) fn over(&self, steps: usize, progress: f64, adapted: impl FnOnce() -> f64) -> Vec<f32> {
        let constant = match self {
            Self::Sparse { interval } => {
                return (1..=steps).map(|t| if t % interval == 0 { 1.0 } else { 0.0 }).collect();
            }
            Self::Constant { alpha } => *alpha,
            Self::Scheduled { alpha } => alpha.at(progress),
            Self::Adaptive { .. } => adapted(),
        };
        vec![constant as f32; steps]
    }

    /// Refuses what is no strength.
    pub(super) fn check(&self) -> Result<()> {
        let fraction = |value: f64| (0.0..=1.0).contains(&value);
        let refuse = |field, value, range| Err(Error::OutOfRange { field, value, range });
        match self {
            Self::Sparse { interval: 0 } => refuse("interval", 0.0, "at least 1"),
            Self::Constant { alpha } if !fraction(*alpha) => refuse("alpha", *alpha, "from 0 to 1"),
            Self::Scheduled { alpha } => {
                alpha.check("alpha", "a schedule of strengths from 0 to 1", fraction)
            }
            Self::Adaptive { start, .. } if !fraction(*start) => refuse("start", *start, "from 0 to 1"),
            Self::Adaptive { decay, .. } if !fraction(*decay) => refuse("decay", *decay, "from 0 to 1"),
            Self::Adaptive { every: 0, .. } => refuse("every", 0.0, "at least 1"),
            _ => Ok(()),
        }
    }
}

/// Where Gaussian noise is added during training. Published codes differ, so it is said here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoiseOn {
    /// What the model starts from and is forced by; its predictions are compared with the data as they are.
    #[default]
    Inputs,
    /// The data altogether: start, forcing and what predictions are compared with have the same noise.
    Everything,
}

/// Weights of the regularization that draws some latents towards a manifold of fixed points, for slow time scales \[S21\]:
/// λ_A (1 − A_ii)² + λ_W ‖W_i‖² + λ_h h_i², summed over the last `latents` latents.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManifoldAttractor {
    /// Number of latents, counted from the last.
    pub latents: usize,
    /// λ_A.
    pub a: f64,
    /// λ_W.
    pub w: f64,
    /// λ_h.
    pub h: f64,
}

/// The mean squared error of the forced rollout of a [`StateSpaceModel`] over windows of T + 1 samples:
///
/// $$ \frac{1}{T N} \sum_{t=1}^{T} \lVert x_t - g(\hat z_t) \rVert^2 + \text{regularization}, \qquad
///    \hat z_t = F(\tilde z_{t-1}, u_t), \quad \tilde z_t = (1 - \alpha_t) \hat z_t + \alpha_t g^{+}(x_t) $$
///
/// The first sample starts the rollout. Missing samples neither force nor count. Latents that x does not determine are
/// free. No gradient flows through the inverse g⁺ of a linear observation. Nuisance regressors are taken off x first.
///
/// An observation with a history, as that of fMRI, needs data with deconvolved observations, which start and force the
/// rollout; the first predictions, whose history is not in the window, are not compared \[V24\].
///
/// Its terms are `mse`, `forcing_strength` (the mean α of the step) and `regularization` as it enters the loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeacherForcing {
    /// α.
    pub strength: Strength,
    /// Forces only so many of the leading latents; all that x determines without it.
    pub forced: Option<usize>,
    /// Standard deviation of the noise that is added, in units of the data.
    pub noise: f64,
    /// Where it is added.
    pub noise_on: NoiseOn,
    /// λ of the weight regularization of the dynamics.
    pub weight_penalty: f64,
    /// λ of the weight regularization of the observation model.
    #[serde(default)]
    pub observation_penalty: f64,
    /// λ of the regularization that keeps the observation model invertible: (1 − σ_max/σ_min)² of a linear one.
    pub conditioning_penalty: f64,
    /// Regularization towards a manifold attractor.
    pub manifold: Option<ManifoldAttractor>,
}

impl TeacherForcing {
    /// With the given strength, without noise or regularization.
    pub fn new(strength: Strength) -> Self {
        Self {
            strength,
            forced: None,
            noise: 0.0,
            noise_on: NoiseOn::default(),
            weight_penalty: 0.0,
            observation_penalty: 0.0,
            conditioning_penalty: 0.0,
            manifold: None,
        }
    }

    /// Sparse teacher forcing.
    pub fn sparse(interval: usize) -> Self {
        Self::new(Strength::Sparse { interval })
    }

    /// Generalized teacher forcing with constant α.
    pub fn generalized(alpha: f64) -> Self {
        Self::new(Strength::Constant { alpha })
    }

    /// Generalized teacher forcing with the adaptive α of \[H23\].
    pub fn adaptive() -> Self {
        Self::new(Strength::adaptive())
    }

    /// With so many forced latents.
    #[must_use]
    pub fn with_forced(mut self, latents: usize) -> Self {
        self.forced = Some(latents);
        self
    }

    /// With noise.
    #[must_use]
    pub fn with_noise(mut self, sd: f64, on: NoiseOn) -> Self {
        (self.noise, self.noise_on) = (sd, on);
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

    /// With regularization λ of the observation model's condition.
    #[must_use]
    pub fn with_conditioning_penalty(mut self, lambda: f64) -> Self {
        self.conditioning_penalty = lambda;
        self
    }

    /// With regularization towards a manifold attractor.
    #[must_use]
    pub fn with_manifold(mut self, manifold: ManifoldAttractor) -> Self {
        self.manifold = Some(manifold);
        self
    }

    /// Forced latents of a model.
    fn width<D: Dynamics, O: Observation>(&self, model: &StateSpaceModel<D, O>) -> usize {
        self.forced.unwrap_or_else(|| model.observation.determined_dim())
    }

    /// α_1 ... α_T at a step of the run.
    fn alpha<D: Dynamics, O: Observation>(
        &self,
        model: &StateSpaceModel<D, O>,
        steps: usize,
        progress: f64,
    ) -> Vec<f32> {
        self.strength.over(steps, progress, || model.forcing_strength())
    }

    /// The rollout without gradients whose states stand in for latents that x does not determine.
    fn states_along<D: Dynamics, O: Observation>(
        &self,
        model: &StateSpaceModel<D, O>,
        batch: &Batch,
        progress: f64,
    ) -> Tensor<3> {
        let x = batch.readable(&model.observation).inner();
        let model = model.clone().valid();
        let steps = batch.steps() - 1;
        let (m, width) = (model.dynamics.latent_dim(), self.width(&model));
        let target = model.observation.determined(x.clone().narrow(1, 1, steps)).narrow(2, 0, width);
        if width == m {
            return target;
        }
        let start = model.start(x.narrow(1, 0, 1).squeeze_dim(1));
        let inputs = batch.inputs().map(|u| u.inner().narrow(1, 1, steps));
        let forcing = Forcing::new(target.clone(), self.alpha(&model, steps, progress));
        let free = model.dynamics.rollout(start, steps, Some(&forcing), inputs);
        Tensor::cat(vec![target, free.narrow(2, width, m - width)], 2)
    }
}

impl<D: Dynamics, O: Observation> Objective<StateSpaceModel<D, O>> for TeacherForcing {
    fn context(&self, _: &StateSpaceModel<D, O>) -> Context {
        Context::default()
    }

    fn validate(&self, model: &StateSpaceModel<D, O>, data: &Dataset, window: usize) -> Result<()> {
        agree("N", model.observation.observed_dim(), data.observed_dim())?;
        agree("K", model.dynamics.input_dim(), data.input_dim())?;
        agree("P", model.observation.nuisance_dim(), data.nuisance_dim())?;
        let history = model.observation.history();
        if history > 0 && !data.has_deconvolved() {
            return Err(Error::NotDeconvolved { history });
        }
        let within = |field, value: f64, range, fits: bool| {
            if fits { Ok(()) } else { Err(Error::OutOfRange { field, value, range }) }
        };
        within(
            "window",
            window as f64,
            "at least 2 beyond the history of the observation: one sample to start from and one to predict",
            window >= history + 2,
        )?;
        not_negative("noise", self.noise)?;
        not_negative("weight_penalty", self.weight_penalty)?;
        not_negative("observation_penalty", self.observation_penalty)?;
        not_negative("conditioning_penalty", self.conditioning_penalty)?;
        if let Some(forced) = self.forced {
            let fits = (1..=model.observation.determined_dim()).contains(&forced);
            within("forced", forced as f64, "from 1 to the number of latents that x determines", fits)?;
        }
        if let Some(ManifoldAttractor { latents, a, w, h }) = self.manifold {
            let fits = latents > 0 && model.dynamics.manifold_penalties(latents).is_some();
            let range = "from 1 to the number of latents, of dynamics in the form of a PLRNN";
            within("manifold.latents", latents as f64, range, fits)?;
            [("manifold.a", a), ("manifold.w", w), ("manifold.h", h)]
                .into_iter()
                .try_for_each(|(field, value)| not_negative(field, value))?;
        }
        self.strength.check()?;
        if let Strength::Adaptive { norm: JacobianNorm::Bound, .. } = &self.strength {
            let bounded = model.dynamics.jacobian_bound()?.is_some();
            within("norm", 0.0, "one that these dynamics have", bounded)?;
        }
        Ok(())
    }

    fn before_step(&self, model: &mut StateSpaceModel<D, O>, batch: &Batch, step: usize, progress: f64) {
        let (norm, start, decay, every) = match &self.strength {
            Strength::Adaptive { norm, start, decay, every } => (norm, start, decay, every),
            // The model keeps the strength that it was trained at.
            Strength::Constant { alpha } if step == 0 => return model.set_forcing_strength(*alpha),
            Strength::Scheduled { alpha } => return model.set_forcing_strength(alpha.at(progress)),
            _ => return,
        };
        if step == 0 {
            model.set_forcing_strength(*start);
        }
        if !(step + 1).is_multiple_of(*every) {
            return;
        }
        let states = self.states_along(model, batch, progress);
        // An estimate that is not finite comes from a model that diverges; the loss will tell.
        if let Some(norm) = norm.estimate(&model.clone().valid().dynamics, states) {
            let (best, alpha) = ((1.0 - 1.0 / norm).max(0.0), model.forcing_strength());
            model.set_forcing_strength(if best > alpha {
                best
            } else {
                decay * alpha + (1.0 - decay) * best
            });
        }
    }

    fn loss(
        &self,
        model: &StateSpaceModel<D, O>,
        batch: &Batch,
        progress: f64,
        rng: &mut ChaCha8Rng,
    ) -> Loss {
        let observation = &model.observation;
        let steps = batch.steps() - 1;
        let readable = batch.readable(observation);
        let noise = (self.noise > 0.0)
            .then(|| standard_normal(readable.dims(), rng, &readable.device()) * self.noise);
        let seen = match &noise {
            Some(noise) => readable + noise.clone(),
            None => readable,
        };
        let targets = batch.explained(observation);
        let targets = match (self.noise_on, noise) {
            (NoiseOn::Everything, Some(noise)) => targets + noise,
            _ => targets,
        };

        let first = |series: Tensor<3>| series.narrow(1, 0, 1).squeeze_dim::<2>(1);
        let determined = observation.determined(seen.clone());
        let start = model.complete(first(determined.clone()), first(seen));
        let width = self.width(model);
        let latents = determined.narrow(1, 1, steps).narrow(2, 0, width);
        let alpha = self.alpha(model, steps, progress);
        let mean_alpha = alpha.iter().sum::<f32>() / steps as f32;
        let mut forcing = Forcing::new(latents, alpha);
        if let Some(present) = batch.readable_present() {
            forcing = forcing.with_mask(mask(observation, &present.narrow(1, 1, steps), width));
        }
        let inputs = batch.inputs().map(|u| u.narrow(1, 1, steps));
        let states = model.dynamics.rollout(start, steps, Some(&forcing), inputs);

        // Only predictions whose history lies in the window are compared.
        let history = observation.history();
        let compared = |series: Tensor<3>| series.narrow(1, 1 + history, steps - history);
        let difference = observation.mean(states) - compared(targets);
        let mse = match batch.present().map(compared) {
            None => difference.square().mean(),
            Some(present) => {
                // A batch may by chance have nothing to compare with.
                let count = present.clone().sum().clamp_min(1.0);
                difference.mask_fill(present.equal_scalar(0.0), 0.0).square().sum() / count
            }
        };
        let weights =
            weight_penalties((&model.dynamics, self.weight_penalty), (observation, self.observation_penalty));
        let conditioning = weighted(self.conditioning_penalty, || observation.conditioning_penalty());
        let manifold = self.manifold.and_then(|ManifoldAttractor { latents, a, w, h }| {
            let [pull_a, pull_w, pull_h] = model.dynamics.manifold_penalties(latents)?;
            Some(pull_a * a + pull_w * w + pull_h * h)
        });
        let regularization = sum(weights.into_iter().chain([conditioning, manifold]));
        let zero = || mse.clone().detach().zeros_like();
        let terms = vec![
            ("mse", mse.clone()),
            ("forcing_strength", zero() + mean_alpha),
            ("regularization", regularization.clone().unwrap_or_else(zero)),
        ];
        let total = match regularization {
            Some(regularization) => mse + regularization,
            None => mse,
        };
        Loss { total, terms }
    }
}

/// Where forcing is known \[B, T, width\]: each latent with its own variable where latents are variables, else all latents
/// where every variable is there.
pub(super) fn mask(observation: &impl Observation, present: &Tensor<3>, width: usize) -> Tensor<3> {
    if observation.reads_latents() {
        return present.clone().narrow(2, 0, width);
    }
    let [batch, steps, _] = present.dims();
    present.clone().min_dim(2).expand([batch, steps, width])
}
