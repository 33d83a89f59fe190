//! The mixed-mode oscillator of Strizhak and Kawczyński.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Kawczyński-Strizhak oscillator, the simplest model of mixed-mode oscillations in the Belousov-Zhabotinsky
    /// reaction,
    ///
    /// $$ \dot x = \gamma (y - x^3 + 3 \mu x), \quad \dot y = -2 \mu x - y - z + \beta, \quad
    /// \dot z = \kappa (x - z). $$
    ///
    /// Source as given by dysts: Strizhak, P. E. & Kawczyński, A. L. (1995). *The Journal of Physical Chemistry* 99, 10830.
    /// Time and states have no unit. At the defaults a cycle: five large
    /// oscillations, with small ones between them, in 371 time units.
    KawczynskiStrizhak[3] {
        name: "Kawczyński-Strizhak",
        aliases: ["Kawczynski-Strizhak"],
        parameters: {
            /// β, offset of y.
            beta: -0.4,
            /// γ, rate of x.
            gamma: 0.49,
            /// κ, rate of z.
            kappa: 0.2,
            /// μ, distance of the folds of the cubic, which are at x = ±√μ.
            mu: 2.1,
        },
        variables: ["x", "y", "z"],
        state: [-1.1605, 5.8637, -1.2032],
        dt: 0.1,
        period: 10.9917,
        properties: [Regular],
    }
}

impl VectorField<3> for KawczynskiStrizhak {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [
            (y - x * x * x + x * (3.0 * self.mu)) * self.gamma,
            -(x * (2.0 * self.mu)) - y - z + self.beta,
            (x - z) * self.kappa,
        ]
    }
}
