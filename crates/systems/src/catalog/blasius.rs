//! The food chain of Blasius, Huppert and Stone (1999).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A food chain of vegetation x, herbivores y and predators z with uniform phase growth and chaotic
    /// amplitude,
    ///
    /// $$ \dot x = a x - \alpha_1 \frac{x y}{1 + k_1 x}, \quad
    /// \dot y = -b y + \alpha_1 \frac{x y}{1 + k_1 x} - \alpha_2 \frac{y z}{1 + k_2 y}, \quad
    /// \dot z = -c (z - z^\ast) + \alpha_2 \frac{y z}{1 + k_2 y}. $$
    ///
    /// Blasius, B., Huppert, A. & Stone, L. (1999). Complex dynamics and phase synchronization in spatially
    /// extended ecological systems. *Nature* 399, 354-359. Time and states have no unit. Chaotic at the
    /// defaults.
    Blasius[3] {
        name: "Blasius",
        parameters: {
            /// a, growth of the vegetation.
            a: 1.0,
            /// b, death of the herbivores.
            b: 1.0,
            /// c, death of the predators.
            c: 10.0,
            /// α_1, grazing.
            alpha1: 0.2,
            /// α_2, predation.
            alpha2: 1.0,
            /// k_1, saturation of grazing.
            k1: 0.05,
            /// k_2, saturation of predation.
            k2: 0.0,
            /// z*, number of predators without prey.
            z_star: 0.006,
        },
        variables: ["x", "y", "z"],
        state: [4.0317, 5.1114, 0.0165],
        dt: 0.07,
        period: 6.6038,
    }
}

impl VectorField<3> for Blasius {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let grazed = x * y / (x * self.k1 + 1.0) * self.alpha1;
        let eaten = y * z / (y * self.k2 + 1.0) * self.alpha2;
        [x * self.a - grazed, grazed - y * self.b - eaten, eaten - (z - self.z_star) * self.c]
    }
}
