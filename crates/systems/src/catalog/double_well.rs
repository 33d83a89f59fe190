//! A double well, the smallest model of a choice between two.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The way down a landscape with two wells,
    ///
    /// $$ \dot x = a x - x^3 + h, \quad \dot y = -k y, \quad \text{the gradient of} \quad
    /// V(x, y) = \tfrac{1}{4} x^4 - \tfrac{1}{2} a x^2 - h x + \tfrac{1}{2} k y^2 \quad \text{with its sign changed}. $$
    ///
    /// A toy of this library, not from a paper: x decides between its wells near ±√a by where it starts and by the evidence
    /// h, and y fades. Process noise makes it hop between them. For |h| above 2 (a/3)^{3/2} one well is left. Time and states
    /// have no unit. Comes to rest.
    DoubleWell[2] {
        name: "double well",
        parameters: {
            /// a, depth of the wells; one well for a ≤ 0.
            a: 1.0,
            /// h, evidence: the tilt towards positive x.
            h: 0.0,
            /// k, rate at which y fades.
            k: 0.5,
        },
        variables: ["x", "y"],
        state: [0.1, 1.0],
        dt: 0.05,
        period: None,
        positive: [k],
        properties: [Regular],
    }
}

impl VectorField<2> for DoubleWell {
    fn field<S: Scalar>(&self, _t: f64, [x, y]: [S; 2]) -> [S; 2] {
        [x * self.a - x * x * x + self.h, -(y * self.k)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;

    #[test]
    fn follows_its_closed_form_without_evidence() {
        let system = DoubleWell { a: 0.8, ..DoubleWell::default() };
        let (start, t) = (-0.3_f64, 3.0);
        let run = Simulation::of(&system, 31)
            .dt(0.1)
            .initial_state([start, 2.0])
            .tolerances(1e-12, 1e-14)
            .run(&system)
            .unwrap();
        let square = 0.8 / (1.0 + (0.8 / (start * start) - 1.0) * (-1.6 * t).exp());
        assert!((run.last_row()[0] + square.sqrt()).abs() < 1e-10);
        assert!((run.last_row()[1] - 2.0 * (-0.5 * t).exp()).abs() < 1e-10);
    }

    #[test]
    fn a_well_is_left_when_the_evidence_passes_the_fold() {
        let fold = 2.0 * (1.0_f64 / 3.0).powf(1.5);
        for (h, stays) in [(fold - 0.01, true), (fold + 0.01, false)] {
            let system = DoubleWell { h, ..DoubleWell::default() };
            let run = Simulation::of(&system, 2).dt(200.0).initial_state([-1.0, 0.0]).run(&system).unwrap();
            assert_eq!(run.last_row()[0] < 0.0, stays, "h = {h}");
        }
    }
}
