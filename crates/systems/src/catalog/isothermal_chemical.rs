//! The isothermal autocatalator with three variables.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// An isothermal chemical reaction with cubic autocatalysis,
    ///
    /// $$ \dot \alpha = \mu (\kappa + \gamma) - \alpha \beta^2 - \alpha, \quad
    /// \sigma \dot \beta = \alpha \beta^2 + \alpha - \beta, \quad \delta \dot \gamma = \beta - \gamma. $$
    ///
    /// Petrov, V., Scott, S. K. & Showalter, K. (1992). Mixed-mode oscillations in chemical systems. *The Journal of
    /// Chemical Physics* 97, 6191-6198. α, β and γ are concentrations; time and states have no unit. Chaotic mixed-mode
    /// oscillations at the defaults.
    IsothermalChemical[3] {
        name: "isothermal chemical oscillator",
        aliases: ["IsothermalChemical"],
        parameters: {
            /// δ, time scale of γ.
            delta: 1.0,
            /// κ, feedback-free share of the supply.
            kappa: 2.5,
            /// μ, rate of the supply.
            mu: 0.29786,
            /// σ, time scale of β.
            sigma: 0.013,
        },
        variables: ["α", "β", "γ"],
        state: [0.5142, 0.9984, 1.0062],
        dt: 0.005,
        period: 0.7303,
        positive: [delta, sigma],
    }
}

impl VectorField<3> for IsothermalChemical {
    fn field<S: Scalar>(&self, _t: f64, [alpha, beta, gamma]: [S; 3]) -> [S; 3] {
        let reaction = alpha * beta * beta + alpha;
        [
            (gamma + self.kappa) * self.mu - reaction,
            (reaction - beta) / self.sigma,
            (beta - gamma) / self.delta,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_where_supply_and_decay_are_equal() {
        let reaction = IsothermalChemical::default();
        let beta = reaction.mu * reaction.kappa / (1.0 - reaction.mu);
        let rest = reaction.field(0.0, [beta / (1.0 + beta * beta), beta, beta]);
        assert!(rest.iter().all(|value: &f64| value.abs() < 1e-13), "{rest:?}");
    }
}
