//! The Kaplan-Yorke map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Kaplan-Yorke map, of which the Lyapunov dimension was first computed,
    ///
    /// $$ x_t = 2 x_{t-1} \bmod m, \quad y_t = \alpha y_{t-1} + \cos 4 \pi x_{t-1}. $$
    ///
    /// Kaplan, J. L. & Yorke, J. A. (1979). Chaotic behavior of multidimensional difference equations. In *Functional
    /// Differential Equations and Approximation of Fixed Points*, Lecture Notes in Mathematics 730, 204-227. Springer. States
    /// have no unit. Chaotic at the defaults. The map of the paper has m = 1; in binary floating-point numbers its x is 0 after
    /// 53 steps, which a modulus of a little less avoids.
    KaplanYorkeMap[2] {
        name: "Kaplan-Yorke",
        parameters: {
            /// α, the contraction of y.
            alpha: 0.2,
            /// m, the modulus of x, 1 in the paper.
            modulus: 0.999_999_95,
        },
        variables: ["x", "y"],
        state: [0.2, 0.2],
        positive: [modulus],
        properties: [NonSmooth],
        exponents: [std::f64::consts::LN_2, 0.2_f64.ln()] within 1e-12 from "the Jacobian is triangular with 2 and α on its diagonal",
    }
}

impl Recurrence<2> for KaplanYorkeMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        let wave = (x * (2.0 * std::f64::consts::TAU)).cos();
        [(x * 2.0).modulo(self.modulus), y * self.alpha + wave]
    }
}
