//! Two rectified units that inhibit one another: a line attractor and a flip-flop, the smallest models of working memory.

use super::definition::flow;
use crate::{Scalar, VectorField};

/// The right-hand side of both.
fn field<S: Scalar>([x1, x2]: [S; 2], inputs: [f64; 2], w: f64, tau: f64) -> [S; 2] {
    let zero = S::constant(0.0);
    let rate = |x: S, other: S, input: f64| ((-(other * w) + input).max(zero) - x) / tau;
    [rate(x1, x2, inputs[0]), rate(x2, x1, inputs[1])]
}

flow! {
    /// A line of fixed points that holds any value between two ends,
    ///
    /// $$ \tau \dot x_1 = -x_1 + \max(0, h_1 - w x_2), \quad \tau \dot x_2 = -x_2 + \max(0, h_2 - w x_1), \quad w = 1. $$
    ///
    /// A toy of this library with the mechanism of Cannon, S. C., Robinson, D. A. & Shamma, S. (1983). A proposed neural
    /// network for the integrator of the oculomotor system. *Biological Cybernetics* 49, 127-136. Where both units are
    /// active, x_1 + x_2 relaxes at rate (1 + w)/τ, and x_1 − x_2 at rate (1 − w)/τ: not at all at w = 1, where it
    /// integrates the evidence, d(x_1 − x_2)/dt = (h_1 − h_2)/τ. With equal inputs h every point of x_1 + x_2 = h between
    /// (h, 0) and (0, h) is at rest. Time is in units of τ, states have no unit. Comes to rest.
    LineAttractor[2] {
        name: "line attractor",
        parameters: {
            /// h_1, input of the first unit.
            h1: 1.0,
            /// h_2, input of the second unit.
            h2: 1.0,
            /// w, inhibition of either by the other; the line is there at 1 only.
            w: 1.0,
            /// τ, time constant.
            tau: 1.0,
        },
        variables: ["x1", "x2"],
        state: [0.9, 0.4],
        dt: 0.05,
        period: None,
        positive: [tau],
        properties: [NonSmooth, Regular],
    }
}

impl VectorField<2> for LineAttractor {
    fn field<S: Scalar>(&self, _t: f64, x: [S; 2]) -> [S; 2] {
        field(x, [self.h1, self.h2], self.w, self.tau)
    }
}

flow! {
    /// A memory of one bit,
    ///
    /// $$ \tau \dot x_1 = -x_1 + \max(0, h_1 - w x_2), \quad \tau \dot x_2 = -x_2 + \max(0, h_2 - w x_1), \quad w > 1. $$
    ///
    /// A toy of this library, the [`LineAttractor`] with more inhibition. With equal inputs h it rests at (h, 0) or (0, h),
    /// the unit that starts ahead wins, and between them there is a saddle at h/(1 + w) for both; an input of
    /// the loser above w times that of the winner turns it over. Time is in units of τ, states have no unit. Comes to rest.
    FlipFlop[2] {
        name: "flip-flop",
        parameters: {
            /// h_1, input of the first unit.
            h1: 1.0,
            /// h_2, input of the second unit.
            h2: 1.0,
            /// w, inhibition of either by the other; two states at rest above 1.
            w: 2.0,
            /// τ, time constant.
            tau: 1.0,
        },
        variables: ["x1", "x2"],
        state: [0.4, 0.3],
        dt: 0.05,
        period: None,
        positive: [tau],
        properties: [NonSmooth, Regular],
    }
}

impl VectorField<2> for FlipFlop {
    fn field<S: Scalar>(&self, _t: f64, x: [S; 2]) -> [S; 2] {
        field(x, [self.h1, self.h2], self.w, self.tau)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flow, Simulation};

    fn end(flow: &impl Flow, start: [f64; 2], t: f64) -> [f64; 2] {
        let run = Simulation::new(t, 2).initial_state(start).tolerances(1e-11, 1e-13).run(flow).unwrap();
        [run.last_row()[0], run.last_row()[1]]
    }

    #[test]
    fn every_point_of_the_line_is_at_rest() {
        let line = LineAttractor { h1: 0.8, h2: 0.8, ..LineAttractor::default() };
        for x in [0.0, 0.3, 0.8] {
            let dx = line.field(0.0, [x, 0.8 - x]);
            assert!(dx.iter().all(|dx| dx.abs() < 1e-15), "{dx:?} at {x}");
        }
    }

    #[test]
    fn relaxes_and_integrates_as_its_closed_form() {
        let line = LineAttractor { h1: 1.02, h2: 0.98, w: 1.0, tau: 2.0 };
        let ([x1, x2], t) = (end(&line, [0.7, 0.5], 5.0), 5.0_f64);
        assert!((x1 + x2 - (1.0 + 0.2 * (-t).exp())).abs() < 1e-9, "{}", x1 + x2);
        assert!((x1 - x2 - (0.2 + 0.02 * t)).abs() < 1e-9, "{}", x1 - x2);
        let leaky = LineAttractor { w: 0.6, ..LineAttractor::default() };
        let [x1, x2] = end(&leaky, [0.7, 0.5], t);
        assert!((x1 - x2 - 0.2 * (-0.4 * t).exp()).abs() < 1e-9, "{}", x1 - x2);
    }

    #[test]
    fn the_flip_flop_keeps_its_bit_until_it_is_turned_over() {
        let memory = FlipFlop::default();
        let close = |found: [f64; 2], expected: [f64; 2]| {
            found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9)
        };
        assert!(close(end(&memory, [0.4, 0.3], 60.0), [1.0, 0.0]));
        assert!(close(end(&memory, [0.3, 0.4], 60.0), [0.0, 1.0]));
        assert!(memory.field(0.0, [1.0 / 3.0; 2]).iter().all(|dx| dx.abs() < 1e-15));
        let pushed = |h2| end(&FlipFlop { h2, ..memory.clone() }, [1.0, 0.0], 200.0);
        assert!(close(pushed(1.9), [1.0, 0.0]));
        assert!(close(pushed(2.1), [0.0, 2.1]));
    }
}
