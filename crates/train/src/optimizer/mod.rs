//! Optimisers: Adam and AdamW from Burn, RAdam, and clipping by the global norm.

mod clip;
mod radam;

pub use clip::clip_by_global_norm;
pub use radam::RAdam;

use burn::optim::{AdamConfig, AdamWConfig, ModuleOptimizer};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Which optimiser, with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OptimizerConfig {
    /// Adam (Kingma & Ba 2015).
    Adam {
        /// Decay of the first moment.
        beta_1: f32,
        /// Decay of the second moment.
        beta_2: f32,
        /// Added to the denominator.
        epsilon: f32,
    },
    /// Adam with decoupled weight decay (Loshchilov & Hutter 2019).
    AdamW {
        /// Decay of the first moment.
        beta_1: f32,
        /// Decay of the second moment.
        beta_2: f32,
        /// Added to the denominator.
        epsilon: f32,
        /// Decay of the weights, times the learning rate.
        weight_decay: f32,
    },
    /// Rectified Adam (Liu et al. 2020).
    RAdam {
        /// Decay of the first moment.
        beta_1: f32,
        /// Decay of the second moment.
        beta_2: f32,
        /// Added to the denominator.
        epsilon: f32,
    },
}

impl OptimizerConfig {
    /// Adam with β = (0.9, 0.999), ε = 1e-8.
    pub fn adam() -> Self {
        Self::Adam { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 }
    }

    /// `AdamW` with β = (0.9, 0.999), ε = 1e-8.
    pub fn adam_w(weight_decay: f32) -> Self {
        Self::AdamW { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, weight_decay }
    }

    /// `RAdam` with β = (0.9, 0.999), ε = 1e-8.
    pub fn radam() -> Self {
        Self::RAdam { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 }
    }

    pub(crate) fn validate(&self) -> Result<()> {
        let (Self::Adam { beta_1, beta_2, epsilon }
        | Self::AdamW { beta_1, beta_2, epsilon, .. }
        | Self::RAdam { beta_1, beta_2, epsilon }) = *self;
        let decay = match *self {
            Self::AdamW { weight_decay, .. } => weight_decay,
            _ => 0.0,
        };
        let below_one = |value: f32| (0.0..1.0).contains(&value);
        let not_negative = |value: f32| value >= 0.0 && value.is_finite();
        let checks = [
            ("beta_1", beta_1, below_one(beta_1), "at least 0 and below 1"),
            ("beta_2", beta_2, below_one(beta_2), "at least 0 and below 1"),
            ("epsilon", epsilon, not_negative(epsilon), "finite and at least 0"),
            ("weight_decay", decay, not_negative(decay), "finite and at least 0"),
        ];
        match checks.into_iter().find(|(_, _, fits, _)| !fits) {
            Some((field, value, _, range)) => {
                Err(Error::OutOfRange { field, value: f64::from(value), range })
            }
            None => Ok(()),
        }
    }

    /// The optimiser without state.
    pub fn init(&self) -> ModuleOptimizer {
        match *self {
            Self::Adam { beta_1, beta_2, epsilon } => {
                AdamConfig::new().with_beta_1(beta_1).with_beta_2(beta_2).with_epsilon(epsilon).init()
            }
            Self::AdamW { beta_1, beta_2, epsilon, weight_decay } => AdamWConfig::new()
                .with_beta_1(beta_1)
                .with_beta_2(beta_2)
                .with_epsilon(epsilon)
                .with_weight_decay(weight_decay)
                .init(),
            Self::RAdam { beta_1, beta_2, epsilon } => RAdam { beta_1, beta_2, epsilon }.into(),
        }
    }
}
