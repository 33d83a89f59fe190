//! Vallis' model of El Niño.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The current x along the equator of the Pacific, and half the difference y and half the sum z of the temperatures of
    /// the upper ocean in its west and east,
    ///
    /// $$ \dot x = b y - c (x + p), \quad \dot y = -y + x z, \quad \dot z = -z - x y + 1. $$
    ///
    /// Vallis, G. K. (1988). Conceptual models of El Niño and the Southern Oscillation. *Journal of Geophysical Research*
    /// 93, 13979-13991. Time and states have no unit. Chaotic at the defaults; the Lorenz system in other variables where
    /// p = 0.
    VallisElNino[3] {
        name: "Vallis El Niño",
        aliases: ["VallisElNino"],
        parameters: {
            /// b, how strongly the difference of temperatures drives the current.
            b: 102.0,
            /// c, friction of the current.
            c: 3.0,
            /// p, the trade winds.
            p: 0.0,
        },
        variables: ["x", "y", "z"],
        state: [-6.992_863_314_873_43, 0.023_254_276_622_294_345, -0.165_817_756_306_779_9],
        dt: 0.02,
        period: 2.2087,
    }
}

impl VectorField<3> for VallisElNino {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y * self.b - (x + self.p) * self.c, x * z - y, -(x * y) - z + 1.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flow, Lorenz63};

    #[test]
    fn is_the_lorenz_system_without_winds() {
        // x = X, y = c Y / b, z = c (ρ - Z) / b with σ = c, β = 1 and ρ = b/c.
        let vallis = VallisElNino::default();
        let (b, c) = (vallis.b, vallis.c);
        let lorenz = Lorenz63 { sigma: c, rho: b / c, beta: 1.0 };
        let [mut found, mut expected] = [[0.0; 3]; 2];
        let x = [3.0, -2.0, 11.0];
        lorenz.rhs(0.0, &x, &mut expected);
        vallis.rhs(0.0, &[x[0], c * x[1] / b, c * (lorenz.rho - x[2]) / b], &mut found);
        let expected = [expected[0], c * expected[1] / b, -c * expected[2] / b];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-13, "{found} against {expected}");
        }
    }
}
