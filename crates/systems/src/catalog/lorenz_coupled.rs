//! A Lorenz system that drives another one.

use super::Lorenz63;
use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Two Lorenz systems, the first of which drives the second,
    ///
    /// $$ \dot x_i = \sigma (y_i - x_i) + \epsilon_i (x_1 - x_2), \quad \dot y_i = x_i (\rho_i - z_i) - y_i, \quad
    /// \dot z_i = x_i y_i - \beta z_i, \quad \epsilon_1 = 0, \quad \epsilon_2 = \epsilon. $$
    ///
    /// After Lorenz, E. N. (1963). Deterministic nonperiodic flow. *Journal of the Atmospheric Sciences* 20, 130-141; the
    /// coupling as given by dysts, whose parameter ρ without an index has no effect and is left out. Time and states have
    /// no unit. Chaotic at the defaults, where the second system alone would have two stable fixed points.
    LorenzCoupled[6] {
        name: "coupled Lorenz",
        aliases: ["LorenzCoupled"],
        parameters: {
            /// β, a geometric factor; dysts rounds 8/3 to this.
            beta: 2.667,
            /// ε, strength of the coupling.
            epsilon: 2.85,
            /// ρ_1, Rayleigh number of the first system relative to its critical value.
            rho1: 35.0,
            /// ρ_2, the same of the second system.
            rho2: 1.15,
            /// σ, the Prandtl number.
            sigma: 10.0,
        },
        variables: ["x1", "y1", "z1", "x2", "y2", "z2"],
        state: [7.0921, 10.1174, 25.7084, 2.169, 0.9612, 0.8955],
        dt: 0.01,
        period: 1.6207,
    }
}

impl VectorField<6> for LorenzCoupled {
    fn field<S: Scalar>(&self, t: f64, [x1, y1, z1, x2, y2, z2]: [S; 6]) -> [S; 6] {
        let lorenz = |rho| Lorenz63 { sigma: self.sigma, rho, beta: self.beta };
        let [dx1, dy1, dz1] = lorenz(self.rho1).field(t, [x1, y1, z1]);
        let [dx2, dy2, dz2] = lorenz(self.rho2).field(t, [x2, y2, z2]);
        [dx1, dy1, dz1, dx2 + (x1 - x2) * self.epsilon, dy2, dz2]
    }
}
