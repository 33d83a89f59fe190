//! Chaotic advection by two agitators that take turns: blinking rotlets and blinking vortices in a disc.

use std::f64::consts::PI;

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The path of a particle in a very viscous fluid in a circular cylinder of radius a that two rotlets
    /// (rotating rods) at (±b, 0) stir in turns, in polar coordinates,
    ///
    /// $$ \dot r = \frac \sigma r \frac{\partial}{\partial \theta} (w \psi_b + (1 - w) \psi_{-b}), \quad
    /// \dot \theta = -\frac \sigma r \frac{\partial}{\partial r} (w \psi_b + (1 - w) \psi_{-b}), \quad
    /// \dot t = 1, $$
    ///
    /// $$ \psi_b = \frac 1 2 \left( \ln \frac \zeta \kappa + \chi \frac \gamma \kappa \right), \quad
    /// w(t) = \frac 1 2 + \frac 1 2 \tanh \left( 20 \tau \sin \frac{2 \pi t}{\tau} \right), $$
    ///
    /// $$ \zeta = r^2 - 2 b r \cos \theta + b^2, \quad
    /// \kappa = a^2 - 2 b r \cos \theta + b^2 r^2 / a^2, \quad
    /// \gamma = (1 - r^2 / a^2) (a^2 - b^2 r^2 / a^2). $$
    ///
    /// The term in χ = 1 makes the fluid stick to the wall; without it the agitators are point vortices in an
    /// inviscid fluid that slips along it, [`BlinkingVortex`].
    ///
    /// Meleshko, V. V. & Aref, H. (1996). A blinking rotlet model for chaotic advection. *Physics of Fluids*
    /// 8, 3215-3217. Time and states have no unit. The state is (r, θ, t): a radius, which may be below 0 and
    /// then points the other way, an angle, and the time that switches the agitators. It conserves area: no
    /// attractor, but a chaotic sea, in which the default state lies. The switch is smooth, as in dysts.
    BlinkingRotlet[3] {
        name: "blinking rotlet",
        parameters: {
            /// a, radius of the cylinder.
            a: 1.0,
            /// b, distance of the agitators from the centre.
            b: 0.529_883_389_439_992_9,
            /// χ, 1 for a wall that fluid sticks to, 0 for one that it slips along.
            chi: 1.0,
            /// σ, strength of the agitators; below 0 they turn counter-clockwise.
            sigma: -1.0,
            /// τ, period of the switching: each agitator is on for half of it.
            tau: 3.0,
        },
        variables: ["r", "theta", "t"],
        state: [-0.0854, -0.0520, 0.0],
        dt: 0.02,
        period: 2.952_062_5,
        positive: [a, tau],
        properties: [Forced, Angular],
    }
}

flow! {
    /// The path of a particle in an ideal fluid in a disc of radius a that two point vortices at (±b, 0) stir
    /// in turns: [`BlinkingRotlet`] with χ = 0, where the equations are.
    ///
    /// Aref, H. (1984). Stirring by chaotic advection. *Journal of Fluid Mechanics* 143, 1-21. Time and
    /// states have no unit. It conserves area: no attractor, but a chaotic sea, in which the default state
    /// lies.
    BlinkingVortex[3] {
        name: "blinking vortex",
        parameters: {
            /// a, radius of the disc.
            a: 1.0,
            /// b, distance of the vortices from the centre.
            b: 0.5,
            /// χ, 1 for a wall that fluid sticks to, 0 for one that it slips along.
            chi: 0.0,
            /// σ, strength of the vortices; below 0 they turn counter-clockwise.
            sigma: -1.0,
            /// τ, period of the switching: each vortex is on for half of it.
            tau: 3.0,
        },
        variables: ["r", "theta", "t"],
        state: [-0.0854, -0.0520, 0.0],
        dt: 0.02,
        period: 2.761_666_666_666_666_7,
        positive: [a, tau],
        properties: [Forced, Angular],
    }
}

impl BlinkingRotlet {
    /// The velocities (v_r, v_θ) around one agitator at (b, 0), of strength 1.
    fn velocity<S: Scalar>(&self, r: S, theta: S, b: f64) -> (S, S) {
        let (a2, b2, r2) = (self.a * self.a, b * b, r * r);
        let projection = theta.cos() * b;
        let kappa = r2 * (b2 / a2) - r * projection * 2.0 + a2;
        let zeta = r2 - r * projection * 2.0 + b2;
        let gamma = (-r2 / a2 + 1.0) * (-r2 * (b2 / a2) + a2);
        // Half the derivatives of κ and γ by r.
        let kappa_slope = r * (b2 / a2) - projection;
        let gamma_slope = -r * (-r2 * (2.0 * b2 / a2) + (a2 + b2)) / a2;
        let sticking = gamma / (kappa * kappa) * self.chi;
        let v_r = theta.sin() * (zeta.recip() - kappa.recip() - sticking) * b;
        let v_theta = kappa_slope / kappa - (r - projection) / zeta + sticking * kappa_slope
            - gamma_slope / kappa * self.chi;
        (v_r, v_theta)
    }
}

impl VectorField<3> for BlinkingRotlet {
    fn field<S: Scalar>(&self, _t: f64, [r, theta, t]: [S; 3]) -> [S; 3] {
        let switch = (t * (2.0 * PI / self.tau)).sin() * (20.0 * self.tau);
        let on = switch.tanh() * 0.5 + 0.5;
        let (right, left) = (self.velocity(r, theta, self.b), self.velocity(r, theta, -self.b));
        let v_r = left.0 + (right.0 - left.0) * on;
        let v_theta = left.1 + (right.1 - left.1) * on;
        [v_r * self.sigma, v_theta / r * self.sigma, S::constant(1.0)]
    }
}

impl VectorField<3> for BlinkingVortex {
    fn field<S: Scalar>(&self, t: f64, state: [S; 3]) -> [S; 3] {
        let Self { a, b, chi, sigma, tau } = *self;
        BlinkingRotlet { a, b, chi, sigma, tau }.field(t, state)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::Flow;

    #[test]
    fn fluid_sticks_to_the_wall_or_slips_along_it() {
        for theta in [0.3, 1.7, 4.0] {
            for t in [0.4, 2.0] {
                let stuck = BlinkingRotlet::default().field(0.0, [1.0, theta, t]);
                assert!(stuck[..2].iter().all(|v| v.abs() < 1e-14), "{stuck:?}");
                let slipping = BlinkingVortex::default().field(0.0, [1.0, theta, t]);
                assert!(slipping[0].abs() < 1e-14 && slipping[1] > 0.1, "{slipping:?}");
            }
        }
    }

    #[test]
    fn conserves_area() {
        // In polar coordinates the divergence is ∂ṙ/∂r + ∂θ̇/∂θ + ṙ/r.
        let divergence = |flow: &dyn Flow, x: [f64; 3]| {
            let (mut dx, mut jacobian) = ([0.0; 3], Array2::zeros((3, 3)));
            flow.rhs(0.0, &x, &mut dx);
            flow.jacobian(0.0, &x, jacobian.view_mut());
            jacobian[[0, 0]] + jacobian[[1, 1]] + dx[0] / x[0]
        };
        for x in [[0.3, 1.1, 0.2], [-0.7, 2.0, 1.5], [0.9, -0.4, 2.2]] {
            for flow in [&BlinkingRotlet::default() as &dyn Flow, &BlinkingVortex::default()] {
                assert!(divergence(flow, x).abs() < 1e-12, "{} at {x:?}", divergence(flow, x));
            }
        }
    }

    #[test]
    fn one_agitator_turns_at_a_time() {
        // Near a vortex fluid turns at speed 1 / distance; here at distance 1e-4, counter-clockwise.
        let near = BlinkingVortex::default().field(0.0, [0.5001, 0.0, 0.75]);
        let far = BlinkingVortex::default().field(0.0, [0.5001, 0.0, 2.25]);
        assert!((near[1] * 0.5001 / 1e4 - 1.0).abs() < 1e-3 && far[1].abs() < 10.0, "{near:?} {far:?}");
    }
}
