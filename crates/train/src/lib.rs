//! attractor-train
