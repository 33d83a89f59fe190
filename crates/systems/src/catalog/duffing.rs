//! The forced Duffing oscillator.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The forced Duffing oscillator,
    ///
    /// $$ \dot x = v, \quad \dot v = -\delta v - \beta x - \alpha x^3 + \gamma \cos \omega t. $$
    ///
    /// Duffing, G. (1918). *Erzwungene Schwingungen bei veränderlicher Eigenfrequenz und ihre technische
    /// Bedeutung*. Vieweg, Braunschweig. Time and states have no unit. A double well (β below 0 below α)
    /// driven chaotic at the defaults.
    Duffing[2] {
        name: "Duffing",
        parameters: {
            /// α, cubic stiffness.
            alpha: 1.0,
            /// β, linear stiffness.
            beta: -1.0,
            /// δ, damping.
            delta: 0.1,
            /// γ, amplitude of the forcing.
            gamma: 0.35,
            /// ω, angular frequency of the forcing, in radians per time unit.
            omega: 1.4,
        },
        variables: ["x", "v"],
        state: [-1.1635, -0.5092],
        dt: 0.05,
        period: 7.4496,
        properties: [Forced],
    }
}

impl VectorField<2> for Duffing {
    fn field<S: Scalar>(&self, t: f64, [x, v]: [S; 2]) -> [S; 2] {
        let force = self.gamma * (self.omega * t).cos();
        [v, -v * self.delta - x * self.beta - x.powi(3) * self.alpha + force]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&Duffing::default());
    }

    #[test]
    fn conserves_energy_without_damping_and_forcing() {
        let free = Duffing { delta: 0.0, gamma: 0.0, ..Duffing::default() };
        let energy = |x: f64, v: f64| v * v / 2.0 + free.beta * x * x / 2.0 + free.alpha * x.powi(4) / 4.0;
        let run = Simulation::of(&free, 2000).run(&free).unwrap();
        let start = energy(run.data()[[0, 0]], run.data()[[0, 1]]);
        for row in run.data().rows() {
            assert!((energy(row[0], row[1]) - start).abs() < 1e-8);
        }
    }
}
