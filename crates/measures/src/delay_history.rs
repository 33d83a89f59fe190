//! The past of a delay equation on a uniform grid, and one Runge-Kutta step of the equation and its linearisation.

use attractor_systems::DelayFlow;
use ndarray::Array2;

/// Times within a step at which delayed states are needed: its start is known from the step before.
const STAGES: [f64; 2] = [0.5, 1.0];

/// Where a delayed state lies between two points of the grid, and the weights of a cubic Hermite polynomial there.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Grid points before the start of the step.
    back: usize,
    /// Of values and scaled derivatives to the left and to the right.
    weights: [f64; 4],
}

impl Place {
    /// `steps` grid steps before `stage` of a step.
    fn new(steps: f64, stage: f64) -> Self {
        let before = steps - stage;
        // A delay that is a whole number of steps up to rounding is one.
        let before = if (before - before.round()).abs() < 1e-9 { before.round() } else { before };
        let back = before.ceil();
        let x = back - before;
        let (square, cube) = (x * x, x * x * x);
        let weights = [
            2.0 * cube - 3.0 * square + 1.0,
            cube - 2.0 * square + x,
            3.0 * square - 2.0 * cube,
            cube - square,
        ];
        Self { back: back as usize, weights }
    }
}

/// A delay equation with its grid. A history is a ring of `points` states \[M\] followed by as many derivatives times
/// the step: the point of step s lies at s modulo `points`.
pub(crate) struct Grid<'a, F: ?Sized> {
    flow: &'a F,
    dim: usize,
    pub(crate) step: f64,
    pub(crate) points: usize,
    /// Per stage, per delay.
    places: [Vec<Place>; 2],
    /// Per evaluation within a step (three stages and the end): the Jacobian, then that of each delayed state.
    jacobians: [Vec<Array2<f64>>; 4],
    delayed: Vec<f64>,
    slopes: [Vec<f64>; 4],
    state: Vec<f64>,
}

impl<'a, F: DelayFlow + ?Sized> Grid<'a, F> {
    /// `steps` steps in the largest of the delays, none of which is shorter than a step.
    pub(crate) fn new(flow: &'a F, delays: &[f64], steps: usize) -> Self {
        let dim = flow.dim();
        let step = delays.iter().copied().fold(0.0, f64::max) / steps as f64;
        let places = STAGES.map(|stage| delays.iter().map(|delay| Place::new(delay / step, stage)).collect());
        let jacobians = || vec![Array2::zeros((dim, dim)); delays.len() + 1];
        Self {
            flow,
            dim,
            step,
            points: steps + 1,
            places,
            jacobians: std::array::from_fn(|_| jacobians()),
            delayed: vec![0.0; dim * delays.len()],
            slopes: std::array::from_fn(|_| vec![0.0; dim]),
            state: vec![0.0; dim],
        }
    }

    /// Length of a history.
    pub(crate) fn history_len(&self) -> usize {
        2 * self.dim * self.points
    }

    /// The state \[M\] at step `at` of a history.
    pub(crate) fn value<'h>(&self, history: &'h [f64], at: usize) -> &'h [f64] {
        let from = self.dim * (at % self.points);
        &history[from..from + self.dim]
    }

    /// A constant history that ends at step `at`.
    pub(crate) fn constant(&mut self, x: &[f64], at: usize) -> Vec<f64> {
        let (dim, points) = (self.dim, self.points);
        let mut history = vec![0.0; self.history_len()];
        history[..dim * points].chunks_exact_mut(dim).for_each(|value| value.copy_from_slice(x));
        for delayed in self.delayed.chunks_exact_mut(dim) {
            delayed.copy_from_slice(x);
        }
        let [slope, ..] = &mut self.slopes;
        self.flow.rhs(self.step * at as f64, x, &self.delayed, slope);
        let from = dim * (points + at % points);
        history[from..from + dim].iter_mut().zip(slope).for_each(|(out, k)| *out = *k * self.step);
        history
    }

    /// Carries the orbit's history from step `at` to the next by the classical Runge-Kutta method, and keeps the
    /// Jacobians along the way where `linearise` says so.
    pub(crate) fn advance(&mut self, history: &mut [f64], at: usize, linearise: bool) {
        let (dim, points, step) = (self.dim, self.points, self.step);
        let now = step * at as f64;
        let (value, slope) = (dim * (at % points), dim * (points + at % points));
        self.slopes[0].copy_from_slice(&history[slope..slope + dim]);
        for stage in 1..4 {
            let place = usize::from(stage == 3);
            if stage != 2 {
                read(&self.places[place], history, at, dim, points, &mut self.delayed);
            }
            for (i, x) in self.state.iter_mut().enumerate() {
                *x = history[value + i] + STAGES[place] * self.slopes[stage - 1][i];
            }
            self.evaluate(stage, now + STAGES[place] * step, linearise);
        }
        for (i, x) in self.state.iter_mut().enumerate() {
            *x = history[value + i] + combine(&self.slopes, i);
        }
        // The end of the step, with the delayed states of the last stage: its derivative starts the next.
        self.evaluate(0, now + step, linearise);
        let (value, slope) = (dim * ((at + 1) % points), dim * (points + (at + 1) % points));
        history[value..value + dim].copy_from_slice(&self.state);
        history[slope..slope + dim].copy_from_slice(&self.slopes[0]);
    }

    /// The right-hand side at `self.state`, times the step, to the slope of this stage.
    fn evaluate(&mut self, stage: usize, t: f64, linearise: bool) {
        self.flow.rhs(t, &self.state, &self.delayed, &mut self.slopes[stage]);
        self.slopes[stage].iter_mut().for_each(|k| *k *= self.step);
        if linearise {
            let (own, delayed) = self.jacobians[stage].split_at_mut(1);
            self.flow.jacobian(t, &self.state, &self.delayed, own[0].view_mut());
            for (delay, jacobian) in delayed.iter_mut().enumerate() {
                self.flow.delayed_jacobian(delay, t, &self.state, &self.delayed, jacobian.view_mut());
            }
        }
    }

    /// Carries a tangent history along the step that [`advance`](Self::advance) made last, from `at`.
    pub(crate) fn carry(&mut self, history: &mut [f64], at: usize) {
        let (dim, points) = (self.dim, self.points);
        let (value, slope) = (dim * (at % points), dim * (points + at % points));
        self.slopes[0].copy_from_slice(&history[slope..slope + dim]);
        for stage in 1..4 {
            let place = usize::from(stage == 3);
            if stage != 2 {
                read(&self.places[place], history, at, dim, points, &mut self.delayed);
            }
            for (i, x) in self.state.iter_mut().enumerate() {
                *x = history[value + i] + STAGES[place] * self.slopes[stage - 1][i];
            }
            self.multiply(stage);
        }
        for (i, x) in self.state.iter_mut().enumerate() {
            *x = history[value + i] + combine(&self.slopes, i);
        }
        self.multiply(0);
        let (value, slope) = (dim * ((at + 1) % points), dim * (points + (at + 1) % points));
        history[value..value + dim].copy_from_slice(&self.state);
        history[slope..slope + dim].copy_from_slice(&self.slopes[0]);
    }

    /// The linearised right-hand side at `self.state`, times the step, to the slope of this stage.
    fn multiply(&mut self, stage: usize) {
        let (own, delayed) = self.jacobians[stage].split_at(1);
        for (i, out) in self.slopes[stage].iter_mut().enumerate() {
            let mut sum: f64 = own[0].row(i).iter().zip(&self.state).map(|(a, v)| a * v).sum();
            for (jacobian, v) in delayed.iter().zip(self.delayed.chunks_exact(self.dim)) {
                sum += jacobian.row(i).iter().zip(v).map(|(a, v)| a * v).sum::<f64>();
            }
            *out = sum * self.step;
        }
    }
}

/// The delayed states at one stage of the step from `at`.
fn read(places: &[Place], history: &[f64], at: usize, dim: usize, points: usize, delayed: &mut [f64]) {
    for (place, out) in places.iter().zip(delayed.chunks_exact_mut(dim)) {
        // Steps wrap around the ring; `points` keeps the difference above 0.
        let left = dim * ((at + points - place.back) % points);
        let right = dim * ((at + points - place.back + 1) % points);
        let [a, b, c, d] = place.weights;
        let (values, slopes) = history.split_at(dim * points);
        for (i, out) in out.iter_mut().enumerate() {
            *out = a * values[left + i] + b * slopes[left + i];
            // On a grid point, what is to its right may not be known yet.
            if c != 0.0 {
                *out += c * values[right + i] + d * slopes[right + i];
            }
        }
    }
}

fn combine(slopes: &[Vec<f64>; 4], i: usize) -> f64 {
    (slopes[0][i] + 2.0 * slopes[1][i] + 2.0 * slopes[2][i] + slopes[3][i]) / 6.0
}
