//! Tumour, healthy and immune cells after Itik and Banks.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Cells of a tumour x, of its healthy host y and of the immune system z,
    ///
    /// $$ \dot x = x (1 - x) - a_{12} x y - a_{13} x z, \quad \dot y = r_2 y (1 - y) - a_{21} x y, $$
    ///
    /// $$ \dot z = \frac{r_3 x z}{x + k_3} - a_{31} x z - d_3 z. $$
    ///
    /// Itik, M. & Banks, S. P. (2010). Chaos in a three-dimensional cancer model. *International Journal of Bifurcation and
    /// Chaos* 20, 71-79. Populations are relative to what their habitat carries, time to the growth of the tumour. Chaotic
    /// at the defaults.
    ItikBanksTumor[3] {
        name: "Itik-Banks tumor",
        parameters: {
            /// a_12, loss of tumour cells to healthy cells.
            a12: 1.0,
            /// a_13, loss of tumour cells to immune cells.
            a13: 2.5,
            /// a_21, loss of healthy cells to tumour cells.
            a21: 1.5,
            /// a_31, loss of immune cells to tumour cells.
            a31: 0.2,
            /// d_3, death rate of immune cells.
            d3: 0.5,
            /// k_3, tumour at which the immune response is half its largest.
            k3: 1.0,
            /// r_2, growth rate of healthy cells.
            r2: 0.6,
            /// r_3, largest rate of the immune response.
            r3: 4.5,
        },
        variables: ["x", "y", "z"],
        state: [0.0517, 0.8707, 0.0159],
        dt: 0.5,
        period: 49.74,
        positive: [k3],
    }
}

impl VectorField<3> for ItikBanksTumor {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [
            x * (-x + 1.0) - x * y * self.a12 - x * z * self.a13,
            y * (-y + 1.0) * self.r2 - x * y * self.a21,
            x * z * self.r3 / (x + self.k3) - x * z * self.a31 - z * self.d3,
        ]
    }
}
