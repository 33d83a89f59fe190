//! The atmospheric regimes of Tuwankotta (2006).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A fast oscillation (y, z) coupled to a slow one (of amplitude x) by terms that conserve energy, as in
    /// atmospheric flow that changes between regimes,
    ///
    /// $$ \dot x = \mu_1 x + \sigma x y, \quad
    /// \dot y = \mu_2 y + \omega z + \alpha y z + \beta z^2 - \sigma x^2, \quad
    /// \dot z = \mu_2 z - \omega y - \alpha y^2 - \beta y z. $$
    ///
    /// Tuwankotta, J. M. (2006). Chaos in a coupled oscillators system with widely spaced frequencies and
    /// energy-preserving non-linearity. *International Journal of Non-Linear Mechanics* 41, 180-191. Time and
    /// states have no unit. Chaotic at the defaults.
    AtmosphericRegime[3] {
        name: "atmospheric regime",
        parameters: {
            /// α, coupling of y to z.
            alpha: -2.0,
            /// β, coupling of z to y.
            beta: -5.0,
            /// μ_1, growth of x.
            mu1: 0.05,
            /// μ_2, growth of y and z; below 0 they decay.
            mu2: -0.01,
            /// ω, angular frequency of y and z, in radians per time unit.
            omega: 3.0,
            /// σ, coupling of x to y.
            sigma: 1.1,
        },
        variables: ["x", "y", "z"],
        state: [0.0265, 0.2058, 0.4376],
        dt: 0.2,
        period: 89.594_967_566_973_31,
    }
}

impl VectorField<3> for AtmosphericRegime {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let rotation = y * self.alpha + z * self.beta + self.omega;
        [
            x * self.mu1 + x * y * self.sigma,
            y * self.mu2 + z * rotation - x * x * self.sigma,
            z * self.mu2 - y * rotation,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flow;

    #[test]
    fn only_the_linear_terms_change_the_energy() {
        let system = AtmosphericRegime::default();
        let x = [0.7, -0.4, 1.3];
        let mut dx = [0.0; 3];
        system.rhs(0.0, &x, &mut dx);
        let change: f64 = x.iter().zip(dx).map(|(x, dx)| x * dx).sum();
        let linear = system.mu1 * x[0] * x[0] + system.mu2 * (x[1] * x[1] + x[2] * x[2]);
        assert!((change - linear).abs() < 1e-15, "{change} against {linear}");
    }
}
