//! A weakly forced oscillator that sticks and slips.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A mass on a belt that moves at the speed v_s, between two wells, with dry friction T and a weak force whose phase
    /// is θ,
    ///
    /// $$ \dot x = v, \quad \dot v = a x - b x^3 + \varepsilon (\gamma \cos \theta - T(v - v_s)), \quad
    /// \dot \theta = \omega, $$
    ///
    /// $$ T(w) = T_0 \operatorname{sgn} w - \alpha w + \beta w^3. $$
    ///
    /// Awrejcewicz, J. & Holicke, M. M. (1999). Melnikov's method and stick-slip chaotic oscillations in very weakly
    /// forced mechanical systems. *International Journal of Bifurcation and Chaos* 9, 505-518. Time and states have no
    /// unit. dysts 0.96 takes the middle term of the friction as -α v; here, as in the two others, it depends on the
    /// velocity relative to the belt. At the defaults the motion settles on a cycle of three periods of the force, and so
    /// it does with the friction of dysts; γ leads to chaos. While the mass sticks
    /// (v = v_s) adaptive methods take very small steps: allow them many, or tolerances above 1e-6.
    StickSlip[3] {
        name: "stick-slip oscillator",
        parameters: {
            /// a, the force that drives the mass away from x = 0.
            a: 1.0,
            /// α, how much friction weakens with velocity.
            alpha: 0.3,
            /// b, the cubic stiffness.
            b: 1.0,
            /// β, how much friction grows at high velocity.
            beta: 0.3,
            /// ε, the strength of friction and force.
            eps: 0.05,
            /// γ, the amplitude of the force relative to ε.
            gamma: 1.0,
            /// `T_0`, friction at rest.
            t0: 0.3,
            /// `v_s`, the speed of the belt.
            vs: 0.4,
            /// ω, the angular frequency of the force, in radians per time unit.
            omega: 2.0,
        },
        variables: ["x", "v", "theta"],
        state: [0.855_398_47, -0.391_258_34, 0.0],
        dt: 0.02,
        period: 1.6129,
        properties: [Forced, NonSmooth, Angular, Regular],
    }
}

impl VectorField<3> for StickSlip {
    fn field<S: Scalar>(&self, _t: f64, [x, v, theta]: [S; 3]) -> [S; 3] {
        let slip = v - self.vs;
        let friction = slip.sign() * self.t0 - slip * self.alpha + slip.powi(3) * self.beta;
        let force = theta.cos() * self.gamma - friction;
        [v, x * self.a - x.powi(3) * self.b + force * self.eps, S::constant(self.omega)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flow, Simulation};

    /// Point and right-hand side of dysts 0.96 (Apache-2.0).
    const CASES: [([f64; 3], [f64; 3]); 3] = [
        ([0.855_398_47, -0.391_258_34, 0.0], [-0.391_258_34, 0.296_059_919_145_219_56, 2.0]),
        (
            [0.848_823_014_817_065_9, -0.393_072_347_940_859_93, -0.012_625_572_494_220_352],
            [-0.393_072_347_940_859_93, 0.303_827_735_396_992_9, 2.0],
        ),
        (
            [0.863_290_057_677_710_7, -0.382_727_171_708_425_63, 0.000_270_163_084_879_098_83],
            [-0.382_727_171_708_425_63, 0.286_358_411_398_069_06, 2.0],
        ),
    ];

    #[test]
    fn differs_from_dysts_by_the_middle_term_of_the_friction() {
        // dysts 0.96, StickSlipOscillator: -α v in place of -α (v - v_s), so its force is larger by ε α v_s.
        let oscillator = StickSlip::default();
        let undone = oscillator.eps * oscillator.alpha * oscillator.vs;
        for (x, expected) in CASES {
            let mut dx = [f64::NAN; 3];
            oscillator.rhs(0.0, &x, &mut dx);
            dx[1] += undone;
            for (found, expected) in dx.into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-14, "{found} against {expected} at {x:?}");
            }
        }
    }

    #[test]
    fn repeats_after_three_periods_of_the_force() {
        // The cycle at the phases 0, 2π and 4π: fourth-order Runge-Kutta in NumPy at steps of 5e-4, after 1500 periods.
        const CYCLE: [[f64; 2]; 3] = [[0.8246, 0.3271], [0.7153, -0.2125], [1.2287, -0.1212]];
        let oscillator = StickSlip::default();
        let run = Simulation::of(&oscillator, 5)
            .dt(std::f64::consts::TAU / oscillator.omega)
            .initial_state([CYCLE[0][0], CYCLE[0][1], 0.0])
            .tolerances(1e-5, 1e-5)
            .max_steps(1_000_000)
            .run(&oscillator)
            .unwrap();
        for (sample, x) in run.data().rows().into_iter().enumerate() {
            let [position, velocity] = CYCLE[sample % 3];
            assert!((x[0] - position).abs() < 1e-3 && (x[1] - velocity).abs() < 1e-3, "{sample}: {x}");
        }
    }
}
