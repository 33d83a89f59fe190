//! The observation of fMRI: latents seen through the haemodynamic response, beside nuisance regressors.

use attractor_systems::observation::{Response, ResponseBasis};
use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use ndarray::Array2;
use rand::Rng;
use serde::{Deserialize, Serialize};

use super::{LinearObservation, LinearObservationConfig, Observation, gaussian_log_likelihood};
use crate::{Error, Initialize, LinearReadout, Result, initialize, matrix};

/// Sizes and start of an [`HrfObservation`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HrfObservationConfig {
    /// Observed regions N.
    pub observed: usize,
    /// Latents M.
    pub latent: usize,
    /// Nuisance regressors P; 0 where there are none.
    pub nuisance: usize,
    /// The K responses that make up the haemodynamic response, each of S samples at TR.
    pub responses: Vec<Vec<f64>>,
    /// Their weights, K of them: those of every region where `learned` is off, where regions start where it is on.
    pub weights: Vec<f64>,
    /// Whether every region learns weights of its own.
    pub learned: bool,
    /// Starting standard deviation of the observation noise, in the units of the data.
    pub initial_sd: f64,
}

impl HrfObservationConfig {
    /// N regions that see M latents through one known response, such as [`Response::spm`] at the TR of the data.
    pub fn new(observed: usize, latent: usize, response: &Response) -> Self {
        Self {
            observed,
            latent,
            nuisance: 0,
            responses: vec![response.values().to_vec()],
            weights: vec![1.0],
            learned: false,
            initial_sd: 0.1,
        }
    }

    /// With a response of each region's own, Σ_k w_nk h_k, that starts at the weights `start` \[K\]: the canonical response
    /// and its derivatives start at (1, 0, 0), impulses (FIR) at the samples of a response.
    #[must_use]
    pub fn with_learned_response(mut self, basis: &ResponseBasis, start: &[f64]) -> Self {
        self.responses = basis.values().rows().into_iter().map(|response| response.to_vec()).collect();
        self.weights = start.to_vec();
        self.learned = true;
        self
    }

    /// With P nuisance regressors.
    #[must_use]
    pub fn with_nuisance(mut self, regressors: usize) -> Self {
        self.nuisance = regressors;
        self
    }

    /// With another start of √Γ.
    #[must_use]
    pub fn with_initial_sd(mut self, sd: f64) -> Self {
        self.initial_sd = sd;
        self
    }

    fn check(&self) -> Result<()> {
        let config = "HrfObservationConfig";
        let lengths = self.responses.first().map_or(0, Vec::len);
        if self.responses.is_empty() || lengths == 0 {
            return Err(Error::ZeroSize { config, field: "responses" });
        }
        let fail = |field, value, range| Err(Error::OutOfRange { config, field, value, range });
        for response in &self.responses {
            if response.len() != lengths {
                return fail("responses", response.len() as f64, "as many samples as the first has");
            }
        }
        if self.weights.len() != self.responses.len() {
            return fail("weights", self.weights.len() as f64, "as many weights as there are responses");
        }
        for value in self.responses.iter().flatten().chain(&self.weights) {
            if !value.is_finite() {
                return fail("responses", *value, "made of finite numbers and weights");
            }
        }
        Ok(())
    }
}

/// BOLD of N regions, p(x_t | z) = N(μ_t, Γ), with
///
/// $$ \mu_t = \sum_{s=0}^{S-1} \text{hrf}_s \circ (B z_{t-s} + b) + J r_t $$
///
/// B \[N, M\], b \[N\], the haemodynamic response hrf \[N, S\] sampled at TR, nuisance regressors r_t \[P\] with J \[N, P\], and
/// learned diagonal Γ \[K19, V24\]. The response is common to all regions and known, or each region's own sum of known
/// responses with learned weights. A sample depends on S latent states, so what is seen of T states are the last T − S + 1.
///
/// The inverse is that of B alone: B⁺(x − b). It takes what was deconvolved, never BOLD itself.
#[derive(Module, Debug)]
pub struct HrfObservation {
    /// B, b and Γ.
    linear: LinearObservation,
    /// J \[N, P\].
    nuisance: Option<Param<Tensor<2>>>,
    /// What each region's weights have learned beyond their start \[N, K\].
    learned: Option<Param<Tensor<2>>>,
    #[module(skip)]
    responses: Vec<Vec<f64>>,
    #[module(skip)]
    weights: Vec<f64>,
}

impl Initialize for HrfObservationConfig {
    type Module = HrfObservation;

    /// B starts at the identity (padded with zeros) plus N(0, 0.1²), J at zero.
    fn init(&self, device: &Device, rng: &mut dyn Rng) -> Result<HrfObservation> {
        self.check()?;
        let (n, p, k) = (self.observed, self.nuisance, self.responses.len());
        let linear = LinearObservationConfig::new(n, self.latent).with_initial_sd(self.initial_sd);
        Ok(HrfObservation {
            linear: linear.init(device, rng)?,
            nuisance: (p > 0).then(|| initialize::zeros([n, p], device)),
            learned: self.learned.then(|| initialize::zeros([n, k], device)),
            responses: self.responses.clone(),
            weights: self.weights.clone(),
        })
    }
}

impl HrfObservation {
    /// Samples S of the response.
    fn samples(&self) -> usize {
        self.responses[0].len()
    }

    /// The response common to all regions where nothing is learned.
    fn start_response(&self) -> Vec<f64> {
        let sample =
            |s: usize| self.responses.iter().zip(&self.weights).map(|(response, w)| w * response[s]).sum();
        (0..self.samples()).map(sample).collect()
    }

    /// The causal convolution with each of `responses` as a matrix \[T, K (T − S + 1)\], to be multiplied from the right.
    fn convolution(responses: &[&[f64]], steps: usize, device: &Device) -> Tensor<2> {
        let (k, samples) = (responses.len(), responses[0].len());
        let seen = steps + 1 - samples;
        let mut values = vec![0.0_f64; steps * k * seen];
        for (index, response) in responses.iter().enumerate() {
            for t in 0..seen {
                for (s, h) in response.iter().enumerate() {
                    // Sample t of what is seen is that at step t + S − 1 of the states.
                    values[(t + samples - 1 - s) * k * seen + index * seen + t] = *h;
                }
            }
        }
        Tensor::from_data(TensorData::new(values, [steps, k * seen]), device)
    }

    /// hrf * y of each region: `y: [B, T, N]` -> `[B, T − S + 1, N]`.
    fn convolve(&self, y: Tensor<3>) -> Tensor<3> {
        let ([batch, steps, n], device) = (y.dims(), y.device());
        let seen = steps + 1 - self.samples();
        let by_region = y.swap_dims(1, 2).reshape([batch * n, steps]);
        let x = match &self.learned {
            None => {
                let response = self.start_response();
                by_region.matmul(Self::convolution(&[&response], steps, &device)).reshape([batch, n, seen])
            }
            Some(learned) => {
                let responses: Vec<&[f64]> = self.responses.iter().map(Vec::as_slice).collect();
                let k = responses.len();
                let start = TensorData::new(self.weights.clone(), [1, k]);
                let weights = learned.val() + Tensor::<2>::from_data(start, &device);
                let each = by_region.matmul(Self::convolution(&responses, steps, &device));
                let weighted = each.reshape([batch, n, k, seen]) * weights.reshape([1, n, k, 1]);
                weighted.sum_dim(2).squeeze_dim::<3>(2)
            }
        };
        x.swap_dims(1, 2)
    }
}

impl Observation for HrfObservation {
    fn observed_dim(&self) -> usize {
        self.linear.observed_dim()
    }

    fn latent_dim(&self) -> usize {
        self.linear.latent_dim()
    }

    /// S − 1.
    fn history(&self) -> usize {
        self.samples() - 1
    }

    fn nuisance_dim(&self) -> usize {
        self.nuisance.as_ref().map_or(0, |j| j.lazy_shape()[1])
    }

    fn nuisance(&self, r: Tensor<3>) -> Tensor<3> {
        let [batch, steps, p] = r.dims();
        match &self.nuisance {
            Some(j) => r.reshape([batch * steps, p]).matmul(j.val().transpose()).reshape([
                batch,
                steps,
                self.observed_dim(),
            ]),
            None => Tensor::zeros([batch, steps, self.observed_dim()], &r.device()),
        }
    }

    fn mean(&self, z: Tensor<3>) -> Tensor<3> {
        self.convolve(self.linear.mean(z))
    }

    fn log_likelihood(&self, x: Tensor<3>, z: Tensor<3>, present: Option<Tensor<3>>) -> Tensor<2> {
        gaussian_log_likelihood(x, self.mean(z), self.log_sd().val(), present)
    }

    /// B⁺(x − b) of what was deconvolved; see [`LinearObservation`].
    fn inverse(&self, x: Tensor<3>) -> Tensor<3> {
        self.linear.inverse(x)
    }

    fn conditioning_penalty(&self) -> Option<Tensor<1>> {
        self.linear.conditioning_penalty()
    }

    /// ‖B‖² + ‖J‖², and the squares of what the weights of the responses have learned.
    fn weight_penalty(&self) -> Option<Tensor<1>> {
        let squares = |parameter: &Param<Tensor<2>>| parameter.val().square().sum();
        let parts = [
            self.linear.weight_penalty(),
            self.nuisance.as_ref().map(squares),
            self.learned.as_ref().map(squares),
        ];
        parts.into_iter().flatten().reduce(|sum, part| sum + part)
    }

    fn readout(&self) -> Result<LinearReadout> {
        self.linear.readout()
    }

    fn response(&self) -> Result<Option<Array2<f64>>> {
        let n = self.observed_dim();
        let weights = match &self.learned {
            Some(learned) => matrix("weights of the responses", learned)?,
            None => Array2::zeros((n, self.weights.len())),
        };
        Ok(Some(Array2::from_shape_fn((n, self.samples()), |(region, s)| {
            (0..self.weights.len())
                .map(|k| (self.weights[k] + weights[[region, k]]) * self.responses[k][s])
                .sum()
        })))
    }

    fn nuisance_matrix(&self) -> Result<Option<Array2<f64>>> {
        self.nuisance.as_ref().map(|j| matrix("J", j)).transpose()
    }

    fn log_sd(&self) -> &Param<Tensor<1>> {
        self.linear.log_sd()
    }
}
