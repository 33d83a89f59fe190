//! The Ikeda map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Ikeda map, light in a ring cavity with a nonlinear medium,
    ///
    /// $$ x_t = \gamma + u (x_{t-1} \cos \varphi - y_{t-1} \sin \varphi), \quad
    /// y_t = u (x_{t-1} \sin \varphi + y_{t-1} \cos \varphi), \quad
    /// \varphi = \beta - \alpha / (1 + x_{t-1}^2 + y_{t-1}^2). $$
    ///
    /// Ikeda, K. (1979). Multiple-valued stationary state and its instability of the transmitted light by a ring cavity
    /// system. *Optics Communications* 30, 257-261. The state is the complex amplitude x + i y, without a unit. Chaotic at the
    /// defaults.
    IkedaMap[2] {
        name: "Ikeda",
        parameters: {
            /// u, the share of the amplitude that is left after a round trip: areas shrink by u² each step.
            u: 0.9,
            /// α, strength of the nonlinear phase.
            alpha: 6.0,
            /// β, the linear phase.
            beta: 0.4,
            /// γ, the amplitude of the light that comes in.
            gamma: 1.0,
        },
        variables: ["x", "y"],
        state: [0.9, 0.555_244_51],
        exponents: [0.50760, -0.71832] within 5e-6 from "Sprott (2003), Chaos and Time-Series Analysis, appendix A",
    }
}

impl Recurrence<2> for IkedaMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        let phase = -((x * x + y * y + 1.0).recip() * self.alpha) + self.beta;
        let (cos, sin) = (phase.cos(), phase.sin());
        [(x * cos - y * sin) * self.u + self.gamma, (x * sin + y * cos) * self.u]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::System;

    #[test]
    fn exponents_add_up_to_the_contraction() {
        let map = IkedaMap::default();
        let sum: f64 = map.known_exponents().unwrap().exponents.iter().sum();
        assert!((sum - 2.0 * map.u.ln()).abs() < 1e-5, "{sum}");
    }
}
