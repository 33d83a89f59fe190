//! Backends by name: which of those that were compiled in a program runs on.

use std::{fmt, str::FromStr};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A tensor backend. Which ones a build has is a matter of Cargo features; which one runs is chosen here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// Burn's CPU backend (feature `flex`, on by default).
    #[default]
    Flex,
    /// Burn's older CPU backend on ndarray (feature `ndarray`), which Burn deprecates in favour of flex.
    NdArray,
    /// GPUs through wgpu: Vulkan, Metal, DirectX 12 (feature `wgpu`).
    Wgpu,
}

impl Backend {
    /// All backends, compiled in or not.
    pub const ALL: [Self; 3] = [Self::Flex, Self::NdArray, Self::Wgpu];

    /// The name, which is also that of its Cargo feature.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::NdArray => "ndarray",
            Self::Wgpu => "wgpu",
        }
    }

    /// The backend's default device, to infer on; `.autodiff()` of it is to train on.
    ///
    /// # Errors
    /// [`Error::BackendMissing`] when this build does not have it.
    pub fn device(self) -> Result<Device> {
        match self {
            #[cfg(feature = "flex")]
            Self::Flex => Ok(Device::flex()),
            #[cfg(feature = "ndarray")]
            #[allow(deprecated, reason = "kept for those who ask for burn-ndarray")]
            Self::NdArray => Ok(Device::ndarray()),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Ok(Device::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
            #[allow(unreachable_patterns, reason = "reachable unless every backend is compiled in")]
            missing => Err(Error::BackendMissing { backend: missing.name() }),
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Backend {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|backend| backend.name() == name)
            .ok_or_else(|| Error::UnknownBackend { name: name.to_string() })
    }
}
