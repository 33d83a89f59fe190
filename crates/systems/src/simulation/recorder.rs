//! What watches the steps of a solver, and the samples taken from them.

use ndarray::Array2;

use super::Simulation;
use super::dense::Dense;
use crate::{Error, Result};

/// A step that a solver has taken.
pub(super) struct Step<'a> {
    pub(super) begin: f64,
    pub(super) end: f64,
    /// The state at `end`.
    pub(super) last: &'a [f64],
    /// Of the last step, which can miss its end by a rounding: the time that counts as reached.
    pub(super) reached: f64,
    /// The interpolant, if [`Observer::needs_dense`] asked for it.
    pub(super) dense: Option<&'a Dense>,
}

/// What to do after a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Go on.
    Step,
    /// Go on; something was found, so that the count of steps in vain starts again.
    Progress,
    /// All is found.
    Stop,
}

/// Watches the steps of a solver.
pub(super) trait Observer {
    /// The sample that is being computed, for errors.
    fn sample(&self) -> usize;

    /// Whether the interpolant of a step that ends at `end` is needed.
    fn needs_dense(&self, end: f64) -> bool;

    /// Takes a step.
    fn observe(&mut self, step: &Step<'_>) -> Result<Next>;
}

/// Takes the samples.
pub(super) struct Sampler<'a> {
    simulation: &'a Simulation,
    recorder: Recorder,
    next: usize,
    total: usize,
    value: Vec<f64>,
}

impl<'a> Sampler<'a> {
    /// Takes the first sample, `start`. Keeps nothing where `keep` is false, and tells the progress only.
    pub(super) fn new(simulation: &'a Simulation, start: &[f64], keep: bool) -> Result<Self> {
        let mut recorder =
            if keep { Recorder::new(simulation, start.len())? } else { Recorder::silent(start.len()) };
        recorder.record(0, start);
        Ok(Self { simulation, recorder, next: 1, total: simulation.total(), value: vec![0.0; start.len()] })
    }

    pub(super) fn finish(self) -> Result<Array2<f64>> {
        self.recorder.finish()
    }
}

impl Observer for Sampler<'_> {
    fn sample(&self) -> usize {
        self.next
    }

    fn needs_dense(&self, end: f64) -> bool {
        self.next < self.total && self.simulation.time(self.next) < end
    }

    fn observe(&mut self, step: &Step<'_>) -> Result<Next> {
        let before = self.next;
        while self.next < self.total {
            let at = self.simulation.time(self.next);
            if at > step.reached {
                break;
            }
            match step.dense {
                Some(dense) if at < step.end => {
                    dense.at(at, &mut self.value);
                    self.recorder.record(self.next, &self.value);
                }
                _ => self.recorder.record(self.next, step.last),
            }
            self.next += 1;
        }
        Ok(match self.next {
            next if next >= self.total => Next::Stop,
            next if next > before => Next::Progress,
            _ => Next::Step,
        })
    }
}

/// Collects samples into \[T, M\], leaving out the transient.
pub(super) struct Recorder {
    values: Vec<f64>,
    dim: usize,
    /// The first sample that is kept.
    first: usize,
}

impl Recorder {
    /// Takes the memory at once, so that a run that does not fit fails before it starts.
    pub(super) fn new(simulation: &Simulation, dim: usize) -> Result<Self> {
        let mut values = Vec::new();
        let length = simulation.steps.checked_mul(dim);
        match length.map(|length| values.try_reserve_exact(length)) {
            Some(Ok(())) => Ok(Self { values, dim, first: simulation.transient_samples() }),
            _ => Err(Error::OutOfRange {
                what: "number of steps",
                value: simulation.steps as f64,
                requirement: "so small that T x M numbers fit into memory",
            }),
        }
    }

    /// Keeps nothing.
    fn silent(dim: usize) -> Self {
        Self { values: Vec::new(), dim, first: usize::MAX }
    }

    /// Takes sample number `sample`, counted from the start of the transient; samples come in their order.
    pub(super) fn record(&mut self, sample: usize, state: &[f64]) {
        if sample >= self.first {
            self.values.extend_from_slice(state);
        }
    }

    pub(super) fn finish(self) -> Result<Array2<f64>> {
        let (len, dim) = (self.values.len(), self.dim);
        Array2::from_shape_vec((len / dim.max(1), dim), self.values).map_err(|_| Error::Shape {
            what: "samples",
            expected: format!("[T, {dim}]"),
            found: vec![len],
        })
    }
}
