//! The glycolytic oscillations of Decroly and Goldbeter (1982).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A substrate a that two enzymes in sequence, each activated by its product, turn into b and c,
    ///
    /// $$ \dot a = \nu - s_1 \phi, \quad \dot b = q_1 s_1 \phi - s_2 \eta, \quad
    /// \dot c = q_2 s_2 \eta - k c, $$
    ///
    /// $$ \phi = \frac{a (1 + a) (1 + b)^2}{l_1 + (1 + a)^2 (1 + b)^2}, \quad
    /// \eta = \frac{b (1 + d b) (1 + c)^2}{l_2 + (1 + d b)^2 (1 + c)^2}. $$
    ///
    /// Decroly, O. & Goldbeter, A. (1982). Birhythmicity, chaos, and other patterns of temporal
    /// self-organization in a multiply regulated biochemical system. *Proceedings of the National Academy of
    /// Sciences* 79, 6917-6921. Concentrations are in units of their dissociation constants and time in units
    /// in which the substrate's inflow is 1: neither has a unit. Chaotic at the defaults.
    GlycolyticOscillation[3] {
        name: "glycolytic oscillation",
        parameters: {
            /// ν, inflow of the substrate.
            nu: 1.0,
            /// s_1, largest rate of the first enzyme.
            s1: 22.2222,
            /// s_2, largest rate of the second enzyme.
            s2: 22.2222,
            /// q_1, ratio of the dissociation constants of a and b.
            q1: 50.0,
            /// q_2, ratio of the dissociation constants of b and c.
            q2: 0.02,
            /// l_1, allosteric constant of the first enzyme.
            l1: 5e8,
            /// l_2, allosteric constant of the second enzyme.
            l2: 100.0,
            /// d, ratio of the dissociation constants of b for the two enzymes.
            d: 0.0,
            /// k, removal of c: the parameter that moves the reaction between cycles and chaos.
            k: 4.422,
        },
        variables: ["a", "b", "c"],
        state: [29.4533, 130.1935, 0.1841],
        dt: 0.5,
        period: 50.459_994_200_491_44,
    }
}

impl VectorField<3> for GlycolyticOscillation {
    fn field<S: Scalar>(&self, _t: f64, [a, b, c]: [S; 3]) -> [S; 3] {
        let rate = |substrate: S, bound: S, product: S, l: f64| {
            let product2 = (product + 1.0).powi(2);
            substrate * bound * product2 / (bound * bound * product2 + l)
        };
        let phi = rate(a, a + 1.0, b, self.l1) * self.s1;
        let eta = rate(b, b * self.d + 1.0, c, self.l2) * self.s2;
        [-phi + self.nu, phi * self.q1 - eta, eta * self.q2 - c * self.k]
    }
}
