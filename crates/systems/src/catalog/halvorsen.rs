//! The Halvorsen attractor.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The cyclically symmetric attractor of Halvorsen,
    ///
    /// $$ \dot x = -a x - b (y + z) - y^2, \quad \dot y = -a y - b (z + x) - z^2, \quad
    /// \dot z = -a z - b (x + y) - x^2. $$
    ///
    /// Sprott, J. C. (2010). *Elegant Chaos: Algebraically Simple Chaotic Flows*. World Scientific. Time and
    /// states have no unit. Chaotic at the defaults.
    Halvorsen[3] {
        name: "Halvorsen",
        parameters: {
            /// a, decay.
            a: 1.4,
            /// b, coupling.
            b: 4.0,
        },
        variables: ["x", "y", "z"],
        state: [-8.6807, -2.4741, 0.0708],
        dt: 0.015,
        period: 1.4889,
    }
}

impl VectorField<3> for Halvorsen {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let row = |x: S, y: S, z: S| -x * self.a - (y + z) * self.b - y * y;
        [row(x, y, z), row(y, z, x), row(z, x, y)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_cyclically_symmetric() {
        let [a, b, c] = Halvorsen::default().field(0.0, [-1.3, 0.4, 2.0]);
        assert_eq!(Halvorsen::default().field(0.0, [0.4, 2.0, -1.3]), [b, c, a]);
    }
}
