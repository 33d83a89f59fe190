//! Optimisers: Adam and AdamW from Burn, RAdam, and clipping by the global norm.

mod clip;
mod radam;

pub use clip::clip_by_global_norm;
pub use radam::RAdam;

use burn::optim::{AdamConfig, AdamWConfig, ModuleOptimizer};
use serde::{Deserialize, Serialize};

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
