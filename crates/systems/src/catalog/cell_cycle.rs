//! The coupled oscillators of the cell cycle of Romond et al. (1999).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Two biochemical oscillators that drive two phases of the cell cycle and inhibit each other: cyclin c,
    /// active kinase m and active protease x of each,
    ///
    /// $$ \dot c_i = v_i \frac{K_{im}}{K_{im} + m_j} - v_d \frac{x_i c_i}{K_d + c_i} - k_d c_i, $$
    ///
    /// $$ \dot m_i = V_{M1} \frac{c_i}{K_c + c_i} \frac{1 - m_i}{K + 1 - m_i} - V_2 \frac{m_i}{K +
    /// m_i}, \quad \dot x_i = V_{M3} m_i \frac{1 - x_i}{K + 1 - x_i} - V_4 \frac{x_i}{K + x_i}, \quad
    /// (i, j) = (1, 2), (2, 1). $$
    ///
    /// Romond, P.-C., Rustici, M., Gonze, D. & Goldbeter, A. (1999). Alternating oscillations and chaos in a
    /// model of two coupled biochemical oscillators driving successive phases of the cell cycle. *Annals of
    /// the New York Academy of Sciences* 879, 180-193. Time in min, cyclins in µM; kinases and proteases are
    /// shares of their total. Chaotic at the defaults.
    CellCycle[6] {
        name: "cell cycle",
        parameters: {
            /// v_i, synthesis of cyclin, in µM/min.
            vi: 0.05,
            /// K_im, half-inhibition of the synthesis by the other kinase.
            kim: 0.65,
            /// v_d, largest degradation of cyclin by the protease, in µM/min.
            vd: 0.025,
            /// K_d, half-saturation of that degradation, in µM.
            kd_saturation: 0.02,
            /// k_d, degradation of cyclin without the protease, in 1/min.
            kd: 0.001,
            /// V_M1, largest activation of the kinase, in 1/min.
            vm1: 0.3,
            /// K_c, half-activation by cyclin, in µM.
            kc: 0.5,
            /// V_2, largest inactivation of the kinase, in 1/min.
            v2: 0.15,
            /// V_M3, largest activation of the protease, in 1/min.
            vm3: 0.1,
            /// V_4, largest inactivation of the protease, in 1/min.
            v4: 0.05,
            /// K, half-saturation of the activations and inactivations.
            k: 0.01,
        },
        variables: ["c1", "m1", "x1", "c2", "m2", "x2"],
        state: [0.715_653, 0.948_936, 0.989_104, 0.721_386, 0.949_870, 0.989_126],
        dt: 2.0,
        period: 204.71,
        time_unit: "min",
    }
}

impl CellCycle {
    /// The derivatives of one oscillator that the kinase `other` inhibits.
    fn oscillator<S: Scalar>(&self, [c, m, x]: [S; 3], other: S) -> [S; 3] {
        let saturation = |share: S| share / (share + self.k);
        let synthesis = (other + self.kim).recip() * (self.vi * self.kim);
        let activation = c / (c + self.kc) * self.vm1;
        [
            synthesis - x * c / (c + self.kd_saturation) * self.vd - c * self.kd,
            activation * saturation(-m + 1.0) - saturation(m) * self.v2,
            m * saturation(-x + 1.0) * self.vm3 - saturation(x) * self.v4,
        ]
    }
}

impl VectorField<6> for CellCycle {
    fn field<S: Scalar>(&self, _t: f64, [c1, m1, x1, c2, m2, x2]: [S; 6]) -> [S; 6] {
        let [dc1, dm1, dx1] = self.oscillator([c1, m1, x1], m2);
        let [dc2, dm2, dx2] = self.oscillator([c2, m2, x2], m1);
        [dc1, dm1, dx1, dc2, dm2, dx2]
    }
}
