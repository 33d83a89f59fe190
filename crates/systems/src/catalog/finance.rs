//! The financial system of Cai and Huang (2007).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Interest rate x, demand for investment y (less its mean 1/b) and price index z,
    ///
    /// $$ \dot x = (1/b - a) x + z + x y, \quad \dot y = -b y - x^2, \quad \dot z = -x - c z. $$
    ///
    /// Cai, G. & Huang, J. (2007). A new finance chaotic attractor. *International Journal of Nonlinear
    /// Science* 3, 213-220. Time and states have no unit. Chaotic at the defaults.
    Finance[3] {
        name: "finance",
        parameters: {
            /// a, savings.
            a: 0.001,
            /// b, cost of investment.
            b: 0.2,
            /// c, elasticity of demand.
            c: 1.1,
        },
        variables: ["x", "y", "z"],
        state: [-0.5166, -3.9569, 0.0013],
        dt: 0.1,
        period: 9.8932,
        positive: [b],
    }
}

impl VectorField<3> for Finance {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [x * (y + (1.0 / self.b - self.a)) + z, -y * self.b - x * x, -x - z * self.c]
    }
}
