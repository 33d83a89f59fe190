//! attractor-figures
