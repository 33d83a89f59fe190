//! Oscillations of calcium in a cell, after Houart, Dupont and Goldbeter (1999).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Calcium in the cytosol Z and in the stores Y of a cell, and inositol trisphosphate A, which frees
    /// calcium from the stores and is degraded the faster for it,
    ///
    /// $$ \dot Z = V_0 + V_1 \beta - V_2 + V_3 + k_f Y - k Z, \quad \dot Y = V_2 - V_3 - k_f Y, \quad
    /// \dot A = \beta V_4 - V_5 - \varepsilon A, $$
    ///
    /// $$ V_2 = V_{M2} \frac{Z^2}{K_2^2 + Z^2}, \quad
    /// V_3 = V_{M3} \frac{Z^m}{K_z^m + Z^m} \frac{Y^2}{K_y^2 + Y^2} \frac{A^4}{K_a^4 + A^4}, \quad
    /// V_5 = V_{M5} \frac{A^p}{K_5^p + A^p} \frac{Z^n}{K_d^n + Z^n}. $$
    ///
    /// Houart, G., Dupont, G. & Goldbeter, A. (1999). Bursting, chaos and birhythmicity originating from
    /// self-modulation of the inositol 1,4,5-trisphosphate signal in a model for intracellular Ca2+
    /// oscillations. *Bulletin of Mathematical Biology* 61, 507-530. Time in min, concentrations in µM.
    /// Chaotic bursting at the defaults; [`CalciumQuasiperiodic`] has the same equations with other
    /// parameters.
    Calcium[3] {
        name: "calcium oscillations",
        aliases: ["CaTwoPlus"],
        parameters: {
            /// β, share of the receptors that the stimulus activates.
            beta: 0.65,
            /// V_0, constant influx of calcium, in µM/min.
            v0: 2.0,
            /// V_1, largest influx by the stimulus, in µM/min.
            v1: 2.0,
            /// V_M2, largest pumping into the stores, in µM/min.
            vm2: 6.0,
            /// V_M3, largest release from the stores, in µM/min.
            vm3: 30.0,
            /// V_4, largest synthesis of inositol trisphosphate, in µM/min.
            v4: 3.0,
            /// V_M5, largest degradation of inositol trisphosphate that calcium stimulates, in µM/min.
            vm5: 50.0,
            /// K_2, half-saturation of the pump, in µM.
            k2: 0.1,
            /// K_y, half-saturation of the release by the calcium in the stores, in µM.
            ky: 0.3,
            /// K_z, half-activation of the release by the calcium in the cytosol, in µM.
            kz: 0.6,
            /// K_a, half-activation of the release by inositol trisphosphate, in µM.
            ka: 0.1,
            /// K_5, half-saturation of the degradation by inositol trisphosphate, in µM.
            k5: 0.3194,
            /// K_d, half-activation of the degradation by calcium, in µM.
            kd: 1.0,
            /// k_f, leak from the stores, in 1/min.
            kf: 1.0,
            /// k, rate at which calcium leaves the cell, in 1/min.
            k: 10.0,
            /// ε, degradation of inositol trisphosphate without calcium, in 1/min.
            epsilon: 13.0,
            /// m, Hill exponent of the release by calcium.
            m: 2.0,
            /// n, Hill exponent of the degradation by calcium.
            n: 4.0,
            /// p, Hill exponent of the degradation by inositol trisphosphate.
            p: 1.0,
        },
        variables: ["Z", "Y", "A"],
        state: [0.2616, 1.0056, 0.1441],
        dt: 0.01,
        period: 1.343,
        time_unit: "min",
    }
}

flow! {
    /// The oscillations of [`Calcium`], where the equations are, with parameters at which they are
    /// quasiperiodic.
    ///
    /// Houart, G., Dupont, G. & Goldbeter, A. (1999). Bursting, chaos and birhythmicity originating from
    /// self-modulation of the inositol 1,4,5-trisphosphate signal in a model for intracellular Ca2+
    /// oscillations. *Bulletin of Mathematical Biology* 61, 507-530. Time in min, concentrations in µM.
    CalciumQuasiperiodic[3] {
        name: "quasiperiodic calcium oscillations",
        aliases: ["CaTwoPlusQuasiperiodic"],
        parameters: {
            /// β, share of the receptors that the stimulus activates.
            beta: 0.51,
            /// V_0, constant influx of calcium, in µM/min.
            v0: 2.0,
            /// V_1, largest influx by the stimulus, in µM/min.
            v1: 2.0,
            /// V_M2, largest pumping into the stores, in µM/min.
            vm2: 6.0,
            /// V_M3, largest release from the stores, in µM/min.
            vm3: 20.0,
            /// V_4, largest synthesis of inositol trisphosphate, in µM/min.
            v4: 5.0,
            /// V_M5, largest degradation of inositol trisphosphate that calcium stimulates, in µM/min.
            vm5: 30.0,
            /// K_2, half-saturation of the pump, in µM.
            k2: 0.1,
            /// K_y, half-saturation of the release by the calcium in the stores, in µM.
            ky: 0.2,
            /// K_z, half-activation of the release by the calcium in the cytosol, in µM.
            kz: 0.5,
            /// K_a, half-activation of the release by inositol trisphosphate, in µM.
            ka: 0.2,
            /// K_5, half-saturation of the degradation by inositol trisphosphate, in µM.
            k5: 0.3,
            /// K_d, half-activation of the degradation by calcium, in µM.
            kd: 0.5,
            /// k_f, leak from the stores, in 1/min.
            kf: 1.0,
            /// k, rate at which calcium leaves the cell, in 1/min.
            k: 10.0,
            /// ε, degradation of inositol trisphosphate without calcium, in 1/min.
            epsilon: 0.1,
            /// m, Hill exponent of the release by calcium.
            m: 2.0,
            /// n, Hill exponent of the degradation by calcium.
            n: 4.0,
            /// p, Hill exponent of the degradation by inositol trisphosphate.
            p: 2.0,
        },
        variables: ["Z", "Y", "A"],
        state: [0.2632, 0.8789, 0.3149],
        dt: 0.005,
        period: 0.65614,
        time_unit: "min",
        properties: [Regular],
    }
}

/// The Hill function x^n / (half^n + x^n).
fn hill<S: Scalar>(x: S, half: f64, n: f64) -> S {
    let power = x.powf(n);
    power / (power + half.powf(n))
}

impl VectorField<3> for Calcium {
    fn field<S: Scalar>(&self, _t: f64, [z, y, a]: [S; 3]) -> [S; 3] {
        let pumped = hill(z, self.k2, 2.0) * self.vm2;
        let opening = hill(z, self.kz, self.m) * hill(a, self.ka, 4.0);
        let released = opening * hill(y, self.ky, 2.0) * self.vm3 + y * self.kf;
        let degraded = hill(a, self.k5, self.p) * hill(z, self.kd, self.n) * self.vm5;
        let influx = self.v0 + self.v1 * self.beta;
        [
            released - pumped - z * self.k + influx,
            pumped - released,
            -degraded - a * self.epsilon + self.beta * self.v4,
        ]
    }
}

impl VectorField<3> for CalciumQuasiperiodic {
    fn field<S: Scalar>(&self, t: f64, state: [S; 3]) -> [S; 3] {
        let Self { beta, v0, v1, vm2, vm3, v4, vm5, k2, ky, kz, ka, k5, kd, kf, k, epsilon, m, n, p } = *self;
        Calcium { beta, v0, v1, vm2, vm3, v4, vm5, k2, ky, kz, ka, k5, kd, kf, k, epsilon, m, n, p }
            .field(t, state)
    }
}
