//! The food chain of Hastings and Powell (1991).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A food chain of three species with saturating predation, the "teacup" attractor,
    ///
    /// $$ \dot x = x (1 - x) - \frac{a_1 x y}{1 + b_1 x}, \quad
    /// \dot y = \frac{a_1 x y}{1 + b_1 x} - \frac{a_2 y z}{1 + b_2 y} - d_1 y, \quad
    /// \dot z = \frac{a_2 y z}{1 + b_2 y} - d_2 z. $$
    ///
    /// Hastings, A. & Powell, T. (1991). Chaos in a three-species food chain. *Ecology* 72, 896-903. Time and
    /// states have no unit: time is in units of the resource's growth, x in units of its carrying capacity.
    /// Chaotic at the defaults.
    HastingsPowell[3] {
        name: "Hastings-Powell",
        parameters: {
            /// a_1, predation on x.
            a1: 5.0,
            /// a_2, predation on y.
            a2: 0.1,
            /// b_1, saturation of the predation on x.
            b1: 3.0,
            /// b_2, saturation of the predation on y.
            b2: 2.0,
            /// d_1, death of y.
            d1: 0.4,
            /// d_2, death of z.
            d2: 0.01,
        },
        variables: ["x", "y", "z"],
        state: [0.7321, 0.1755, 9.9015],
        dt: 1.0,
        period: 135.19,
    }
}

impl VectorField<3> for HastingsPowell {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let first = x * y / (x * self.b1 + 1.0) * self.a1;
        let second = y * z / (y * self.b2 + 1.0) * self.a2;
        [x * (-x + 1.0) - first, first - second - y * self.d1, second - z * self.d2]
    }
}
