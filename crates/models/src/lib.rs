//! attractor-models
