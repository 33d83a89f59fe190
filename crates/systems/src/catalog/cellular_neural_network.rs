//! A cellular neural network of three cells.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A cellular neural network of three cells, piecewise linear,
    ///
    /// $$ \dot x = -x + d f(x) - b f(y) - b f(z), \quad \dot y = -y - b f(x) + c f(y) - a f(z), \quad
    /// \dot z = -z - b f(x) + a f(y) + f(z), $$
    ///
    /// $$ f(x) = \tfrac 1 2 (|x + 1| - |x - 1|). $$
    ///
    /// Zou, F. & Nossek, J. A. (1993). Bifurcation and chaos in cellular neural networks. *IEEE Transactions
    /// on Circuits and Systems I* 40, 166-173. dysts cites Arena, P., Caponetto, R., Fortuna, L. & Porto, D.
    /// (1998). Bifurcation and chaos in noninteger order cellular neural networks. *International Journal of
    /// Bifurcation and Chaos* 8, 1527-1539. Time and states have no unit. Chaotic at the defaults.
    CellularNeuralNetwork[3] {
        name: "cellular neural network",
        parameters: {
            /// a, antisymmetric coupling of y and z.
            a: 4.4,
            /// b, coupling of x with y and z.
            b: 3.21,
            /// c, self-excitation of y.
            c: 1.1,
            /// d, self-excitation of x.
            d: 1.24,
        },
        variables: ["x", "y", "z"],
        state: [-0.2657, -0.3675, -0.0731],
        dt: 0.03,
        period: 3.2,
        properties: [NonSmooth],
    }
}

impl VectorField<3> for CellularNeuralNetwork {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let output = |x: S| ((x + 1.0).abs() - (x - 1.0).abs()) * 0.5;
        let [f, g, h] = [output(x), output(y), output(z)];
        [
            f * self.d - (g + h) * self.b - x,
            g * self.c - f * self.b - h * self.a - y,
            g * self.a - f * self.b + h - z,
        ]
    }
}
