//! Predator and prey on a fitness landscape that moves.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Prey x and predators y, and a trait α of the prey that evolves along the gradient of its fitness r,
    ///
    /// $$ \dot x = x \left( r - \frac{a_3 y}{1 + b_2 x} \right), \quad
    /// \dot y = y \left( \frac{a_2 x}{1 + b_2 x} - d_2 \right), \quad
    /// \dot \alpha = V \delta \frac{\partial r}{\partial a} \text{ at } a = \delta \alpha, $$
    ///
    /// $$ r(a) = \frac{a_1 \alpha}{1 + b_1 \alpha} (1 - k_1 x (a - \alpha)) -
    /// d_1 (1 - k_2 (a^2 - \alpha^2) + k_4 (a^4 - \alpha^4)). $$
    ///
    /// Gilpin, W. & Feldman, M. W. (2017). A phase transition induces chaos in a predator-prey ecosystem with
    /// a dynamic fitness landscape. *PLOS Computational Biology* 13, e1005644. Time and states have no unit.
    /// Chaotic at the defaults.
    CoevolvingPredatorPrey[3] {
        name: "coevolving predator-prey",
        parameters: {
            /// a_1, growth of the prey per trait.
            a1: 2.5,
            /// a_2, growth of the predators per prey.
            a2: 0.05,
            /// a_3, predation.
            a3: 0.4,
            /// b_1, saturation of the prey's growth.
            b1: 6.0,
            /// b_2, saturation of predation.
            b2: 1.333,
            /// d_1, death of the prey.
            d1: 0.16,
            /// d_2, death of the predators.
            d2: 0.004,
            /// δ, ratio of an individual's trait to the mean trait α; 1 in the mean.
            delta: 1.0,
            /// k_1, cost of the trait in a crowd.
            k1: 6.0,
            /// k_2, disruptive selection.
            k2: 9.0,
            /// k_4, stabilizing selection.
            k4: 9.0,
            /// V, genetic variance of the trait.
            variance: 0.33333,
        },
        variables: ["x", "y", "alpha"],
        state: [0.1095, 0.4666, 0.6658],
        dt: 1.0,
        period: 122.77,
    }
}

impl VectorField<3> for CoevolvingPredatorPrey {
    fn field<S: Scalar>(&self, _t: f64, [x, y, alpha]: [S; 3]) -> [S; 3] {
        let delta = self.delta;
        let (alpha2, eaten) = (alpha * alpha, x / (x * self.b2 + 1.0));
        let growth = alpha / (alpha * self.b1 + 1.0) * self.a1;
        let survival = -alpha2 * (self.k2 * (delta.powi(2) - 1.0))
            + alpha2 * alpha2 * (self.k4 * (delta.powi(4) - 1.0))
            + 1.0;
        let fitness = growth * (-x * alpha * (self.k1 * (delta - 1.0)) + 1.0) - survival * self.d1;
        let landscape =
            alpha * (2.0 * self.k2 * delta.powi(2)) - alpha * alpha2 * (4.0 * self.k4 * delta.powi(4));
        let gradient = landscape * self.d1 - growth * x * (self.k1 * delta);
        [x * fitness - eaten * y * self.a3, y * (eaten * self.a2 - self.d2), gradient * self.variance]
    }
}
