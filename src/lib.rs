//! attractor
