//! What is known of the activity behind BOLD.

use attractor::prelude::*;
use ndarray::Array2;

/// The truth behind recordings, as far as it is known.
pub struct Truth {
    /// Latents \[T, M\] at the scans of each recording.
    pub latents: Vec<Trajectory>,
    /// What is known of a simulation.
    pub simulated: Option<Simulated>,
}

/// What is known of a simulation.
pub struct Simulated {
    /// A long run of what BOLD is the response to, \[T, N\], in the units of the recording.
    pub activity: Trajectory,
    /// Largest Lyapunov exponent per scan, as long as its input is held at its mean.
    pub lambda: f64,
    /// J \[N, P\], in the units of the recording.
    pub nuisance: Option<Array2<f64>>,
}

impl Truth {
    /// Of latents alone.
    pub fn of_latents(latents: Vec<Trajectory>) -> Self {
        Self { latents, simulated: None }
    }

    /// Latents of a simulation; those of a file may not be those of a model.
    pub fn latent(&self) -> Option<usize> {
        self.simulated.as_ref().map(|_| self.latents[0].dim())
    }
}
