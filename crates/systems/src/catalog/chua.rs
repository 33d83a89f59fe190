//! Chua's circuit.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Chua's circuit, two capacitors and a coil with a piecewise-linear resistor,
    ///
    /// $$ \dot x = \alpha (y - x - h(x)), \quad \dot y = x - y + z, \quad \dot z = -\beta y, $$
    ///
    /// $$ h(x) = m_1 x + \tfrac 1 2 (m_0 - m_1) (|x + 1| - |x - 1|). $$
    ///
    /// Matsumoto, T. (1984). A chaotic attractor from Chua's circuit. *IEEE Transactions on Circuits and
    /// Systems* 31, 1055-1058. Time and states have no unit. Chaotic at the defaults, with a double scroll.
    Chua[3] {
        name: "Chua",
        parameters: {
            /// α, ratio of the capacitances.
            alpha: 15.6,
            /// β, strength of the coil.
            beta: 28.0,
            /// m_0, slope of the resistor between -1 and 1.
            m0: -1.142_857,
            /// m_1, slope of the resistor elsewhere.
            m1: -0.71429,
        },
        variables: ["x", "y", "z"],
        state: [1.1262, -0.1139, -0.7832],
        dt: 0.015,
        period: 1.4235,
        properties: [NonSmooth],
    }
}

impl VectorField<3> for Chua {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let kink = ((x + 1.0).abs() - (x - 1.0).abs()) * (0.5 * (self.m0 - self.m1));
        [(y - x - x * self.m1 - kink) * self.alpha, x - y + z, -y * self.beta]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flow;

    #[test]
    fn rests_in_the_middle_of_each_scroll() {
        // Outside the kink h(x) = m_1 x ± (m_0 - m_1), and at rest y = 0, z = -x, h(x) = -x.
        let chua = Chua::default();
        let x = (chua.m1 - chua.m0) / (chua.m1 + 1.0);
        for state in [[0.0, 0.0, 0.0], [x, 0.0, -x], [-x, 0.0, x]] {
            let mut dx = [1.0; 3];
            chua.rhs(0.0, &state, &mut dx);
            assert!(dx.iter().all(|value| value.abs() < 1e-14), "{dx:?}");
        }
    }
}
