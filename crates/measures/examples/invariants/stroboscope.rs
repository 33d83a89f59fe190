//! A flow as a map over a fixed time, with a Jacobian by finite differences: for right-hand sides that jump.
//!
//! The variational equation knows nothing of what a jump does to a tangent vector: neighbours cross it at different
//! times. Neighbouring orbits do.

use attractor_systems::catalog::CatalogFlow;
use attractor_systems::{Map, Simulation};
use ndarray::ArrayViewMut2;

/// How far the neighbours are: far above the tolerance, far below the size of an attractor.
const DISTANCE: f64 = 1e-5;
/// Slopes below this are rounding, and would let tangent vectors leak out of a subspace that keeps to itself.
const NOISE: f64 = 1e-6;

/// A flow, without time in its equation, over `interval`.
pub struct Stroboscope<'a> {
    pub flow: &'a dyn CatalogFlow,
    pub interval: f64,
    pub tolerance: f64,
}

impl Map for Stroboscope<'_> {
    fn dim(&self) -> usize {
        self.flow.dim()
    }
    fn step(&self, x: &[f64], _u: &[f64], next: &mut [f64]) {
        let run = Simulation::new(self.interval, 2)
            .initial_state(x)
            .tolerances(self.tolerance, self.tolerance)
            .max_steps(1_000_000)
            .run(&self.flow);
        match run {
            Ok(run) => next.iter_mut().zip(run.last_row()).for_each(|(next, x)| *next = *x),
            // The orbit is lost, which is told by its state.
            Err(_) => next.fill(f64::NAN),
        }
    }
    fn jacobian(&self, x: &[f64], u: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        let (mut there, mut right, mut left) = (x.to_vec(), x.to_vec(), x.to_vec());
        for j in 0..x.len() {
            for (sign, end) in [(1.0, &mut right), (-1.0, &mut left)] {
                there[j] = x[j] + sign * DISTANCE;
                self.step(&there, u, end);
                there[j] = x[j];
            }
            for i in 0..x.len() {
                let slope = (right[i] - left[i]) / (2.0 * DISTANCE);
                jacobian[[i, j]] = if slope.abs() < NOISE { 0.0 } else { slope };
            }
        }
    }
}
