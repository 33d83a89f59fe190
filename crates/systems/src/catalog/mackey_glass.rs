//! The Mackey-Glass equation.

use super::definition::delay_flow;
use crate::{DelayField, Scalar};

delay_flow! {
    /// The concentration x of white blood cells, which are made a time τ after the need for them arises,
    ///
    /// $$ \dot x = \frac{\beta x(t - \tau)}{1 + x(t - \tau)^n} - \gamma x. $$
    ///
    /// Mackey, M. C. & Glass, L. (1977). Oscillation and chaos in physiological control systems. *Science* 197, 287-289.
    /// DOI 10.1126/science.267326. Time in days, x relative to the concentration that halves the production.
    ///
    /// The default delay is that of dysts, 16. There the system runs on a cycle of 191.6 days whose four swings last 47.9
    /// days each on average: it is not chaotic. The value that the literature uses for chaos is τ = 17. (The period that
    /// dysts 0.96 gives, 5.96, is not one of this equation.)
    MackeyGlass[1; tau; 1] {
        name: "Mackey-Glass",
        parameters: {
            /// β, the rate of production, per day.
            beta: 0.2,
            /// γ, the rate of loss, per day.
            gamma: 0.1,
            /// n, how steeply production falls with concentration.
            n: 10.0,
            /// τ, the delay, in days.
            tau: 16.0,
        },
        variables: ["x"],
        state: [0.833_478_46],
        dt: 0.5,
        period: 47.9,
        time_unit: "day",
        properties: [Regular],
    }
}

impl DelayField<1, 1> for MackeyGlass {
    fn field<S: Scalar>(&self, _t: f64, [x]: [S; 1], [[delayed]]: [[S; 1]; 1]) -> [S; 1] {
        [delayed * self.beta / (delayed.powf(self.n) + 1.0) - x * self.gamma]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DelayFlow;

    #[test]
    fn rests_where_production_equals_loss() {
        // x^n = β/γ - 1; without cells production and loss vanish too.
        let system = MackeyGlass { n: 7.0, beta: 0.3, ..MackeyGlass::default() };
        for x in [0.0, (system.beta / system.gamma - 1.0).powf(1.0 / system.n)] {
            let mut dx = [1.0];
            system.rhs(0.0, &[x], &[x], &mut dx);
            assert!(dx[0].abs() < 1e-16, "{dx:?} at {x}");
        }
    }
}
