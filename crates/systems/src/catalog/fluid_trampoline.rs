//! The fluid trampoline.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A droplet that bounces on a vibrating soap film, at height x above the film with velocity y,
    ///
    /// $$ \dot x = y, \quad \dot y = -1 - H(-x) (x + \psi y |y|) + \gamma \cos \varphi, \quad
    /// \dot \varphi = \omega, $$
    ///
    /// with the Heaviside function H: the film pulls as a spring and damps while the droplet touches it.
    ///
    /// Gilet, T. & Bush, J. W. M. (2009). The fluid trampoline: droplets bouncing on a soap film. *Journal of
    /// Fluid Mechanics* 625, 167-203. Time and states have no unit. Chaotic at the defaults
    /// for thousands of periods; some orbits end on a cycle.
    FluidTrampoline[3] {
        name: "fluid trampoline",
        parameters: {
            /// γ, acceleration of the film, in units of gravity.
            gamma: 1.82,
            /// ψ, damping in the film.
            psi: 0.01019,
            /// ω, angular frequency of the vibration, in radians per time unit.
            omega: 1.21,
        },
        variables: ["x", "y", "phi"],
        state: [-0.6582, -2.8808, 0.1],
        dt: 0.08,
        period: 7.7351,
        properties: [Forced, NonSmooth, Angular],
    }
}

impl VectorField<3> for FluidTrampoline {
    fn field<S: Scalar>(&self, _t: f64, [x, y, phi]: [S; 3]) -> [S; 3] {
        let film = (-x).if_positive(x + y * y.abs() * self.psi, S::constant(0.0));
        [y, phi.cos() * self.gamma - film - 1.0, S::constant(self.omega)]
    }
}
