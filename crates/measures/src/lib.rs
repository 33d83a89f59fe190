//! attractor-measures
