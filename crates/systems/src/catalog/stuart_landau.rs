//! The Stuart-Landau oscillator, the normal form of a Hopf bifurcation.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Stuart-Landau oscillator,
    ///
    /// $$ \dot z = (\mu + i \omega) z - (1 + i c) |z|^2 z, \quad z = x + i y. $$
    ///
    /// Stuart, J. T. (1960). On the non-linear mechanics of wave disturbances in stable and unstable parallel flows. Part 1.
    /// *Journal of Fluid Mechanics* 9, 353-370; after Landau, L. D. (1944), On the problem of turbulence. Time and states
    /// have no unit. For μ ≤ 0 it rests at 0; for μ > 0 it goes round the circle of radius √μ with angular frequency
    /// ω − cμ, as at the defaults. From radius r_0 on,
    ///
    /// $$ r^2(t) = \frac{\mu}{1 + (\mu / r_0^2 - 1) e^{-2 \mu t}}, \quad
    /// \theta(t) = \theta_0 + (\omega - c \mu) t + c \ln \frac{r(t)}{r_0}. $$
    StuartLandau[2] {
        name: "Stuart-Landau",
        aliases: ["Hopf normal form"],
        parameters: {
            /// μ, growth rate at 0.
            mu: 1.0,
            /// ω, angular frequency at 0, in radians per time unit.
            omega: 2.0,
            /// c, how much the frequency falls with the square of the radius.
            c: 0.5,
        },
        variables: ["x", "y"],
        state: [0.1, 0.0],
        dt: 0.05,
        period: 4.18879,
        properties: [Regular],
    }
}

impl VectorField<2> for StuartLandau {
    fn field<S: Scalar>(&self, _t: f64, [x, y]: [S; 2]) -> [S; 2] {
        let square = x * x + y * y;
        let growth = -square + self.mu;
        let turn = -(square * self.c) + self.omega;
        [growth * x - turn * y, turn * x + growth * y]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, System};
    use std::f64::consts::TAU;

    #[test]
    fn follows_its_closed_form() {
        for mu in [0.7, -0.3] {
            let system = StuartLandau { mu, omega: 1.3, c: -0.4 };
            let (r0, t) = (0.2_f64, 6.0);
            let run = Simulation::of(&system, 61)
                .dt(t / 60.0)
                .initial_state([0.0, r0])
                .tolerances(1e-12, 1e-14)
                .run(&system)
                .unwrap();
            let r = (mu / (1.0 + (mu / (r0 * r0) - 1.0) * (-2.0 * mu * t).exp())).sqrt();
            let theta = TAU / 4.0 + (system.omega - system.c * mu) * t + system.c * (r / r0).ln();
            let error = (run.last_row()[0] - r * theta.cos()).hypot(run.last_row()[1] - r * theta.sin());
            assert!(error < 1e-10, "{error} at μ = {mu}");
        }
    }

    #[test]
    fn its_period_is_that_of_the_closed_form() {
        let system = StuartLandau::default();
        let period = TAU / (system.omega - system.c * system.mu);
        assert!((system.period().unwrap() - period).abs() < 1e-5);
    }
}
