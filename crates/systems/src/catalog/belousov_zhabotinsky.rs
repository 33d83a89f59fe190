//! The Belousov-Zhabotinsky reaction in three variables.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Belousov-Zhabotinsky reaction in a stirred flow reactor, reduced to x (bromous acid), z (oxidized
    /// cerium) and v (bromomalonic acid), with bromide ỹ in equilibrium with them,
    ///
    /// $$ \tilde y = \frac{\eta_1 z v}{Y_0 (\eta_2 x + \eta_3 + k_f)}, \quad r = (C - Z_0 z) \sqrt x, $$
    ///
    /// $$ \dot x = T_0 (c_1 x \tilde y + c_2 \tilde y + c_3 x^2 + c_4 r + c_5 x z - k_f x), $$
    ///
    /// $$ \dot z = T_0 (c_6 r / Z_0 + c_7 x z + c_8 z v + c_9 z - k_f z), $$
    ///
    /// $$ \dot v = T_0 (c_{10} x \tilde y + c_{11} \tilde y + c_{12} x^2 + c_{13} z v - k_f v). $$
    ///
    /// Györgyi, L. & Field, R. J. (1992). A three-variable model of deterministic chaos in the
    /// Belousov-Zhabotinsky reaction. *Nature* 355, 808-810. Concentrations are in units of their scales in
    /// the paper and have no unit; time is in units of T_0 seconds. The constants are those that dysts
    /// computed from the rate constants of the paper: c in 1/s, and r has the unit of C. Concentrations below
    /// zero count as zero where x enters, as in dysts, so that an integrator may try them. Chaotic at the
    /// defaults.
    BelousovZhabotinsky[3] {
        name: "Belousov-Zhabotinsky",
        parameters: {
            /// c_1, -k_1 H Y_0.
            c1: -8.03474,
            /// c_2, k_2 A H² Y_0 / X_0.
            c2: 0.05408,
            /// c_3, -2 k_3 X_0.
            c3: -0.011_588_6,
            /// c_4, k_4 A^½ H^1.5 / (2 X_0^½).
            c4: 832.587,
            /// c_5, -k_5 Z_0 / 2.
            c5: -0.029_155,
            /// c_6, k_4 (A X_0)^½ H^1.5.
            c6: 0.003_216_17,
            /// c_7, -k_5 X_0.
            c7: -0.01352,
            /// c_8, -α k_6 V_0.
            c8: -0.083_170_9,
            /// c_9, -β k_7 M.
            c9: -0.019_998_5,
            /// c_10, 2 k_1 H X_0 Y_0 / V_0.
            c10: 0.022_391_5,
            /// c_11, k_2 A H² Y_0 / V_0.
            c11: 7.53559e-5,
            /// c_12, k_3 X_0² / V_0.
            c12: 8.07384e-6,
            /// c_13, -α k_6 Z_0.
            c13: -0.000_499_825,
            /// C, total concentration of cerium, in mol/l.
            cerium: 0.000_833,
            /// k_f, flow through the reactor, in 1/s: the parameter that moves it between rest, oscillations
            /// and chaos.
            kf: 0.00035,
            /// T_0, the time scale, in s.
            t0: 2308.62,
            /// Y_0, scale of bromide, in mol/l.
            y0: 7.72571e-6,
            /// Z_0, scale of oxidized cerium, in mol/l.
            z0: 8.33e-6,
            /// η_1, α k_6 Z_0 V_0.
            eta1: 6.92813e-7,
            /// η_2, k_1 H X_0.
            eta2: 2.00869,
            /// η_3, k_2 A H².
            eta3: 0.01352,
        },
        variables: ["x", "z", "v"],
        state: [0.0235, 0.6170, 0.8467],
        dt: 0.0004,
        period: 0.038_257,
        positive: [t0, y0, z0],
    }
}

impl VectorField<3> for BelousovZhabotinsky {
    fn field<S: Scalar>(&self, _t: f64, [x, z, v]: [S; 3]) -> [S; 3] {
        let zero = S::constant(0.0);
        let bromide = z * v * self.eta1 / (x * self.eta2 + (self.eta3 + self.kf)) / self.y0;
        // The slope of the root is infinite at 0, which a maximum inside it would turn into 0 / 0.
        let root = x.if_positive(x.sqrt(), zero);
        let x = x.max(zero);
        let radicals = (-z * self.z0 + self.cerium) * root;
        let dx = x * bromide * self.c1
            + bromide * self.c2
            + x * x * self.c3
            + radicals * self.c4
            + x * z * self.c5
            - x * self.kf;
        let dz = radicals * (self.c6 / self.z0) + x * z * self.c7 + z * v * self.c8 + z * (self.c9 - self.kf);
        let dv =
            x * bromide * self.c10 + bromide * self.c11 + x * x * self.c12 + z * v * self.c13 - v * self.kf;
        [dx * self.t0, dz * self.t0, dv * self.t0]
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::Flow;

    #[test]
    fn constants_are_those_of_the_reaction() {
        // Györgyi & Field (1992): rate constants, concentrations of the feed, scales of the variables.
        let [k1, k2, k3, k4, k5, k6, k7] = [4e6, 2.0, 3000.0, 55.2, 7000.0, 0.09, 0.23];
        let (a, m, h, cerium): (f64, f64, f64, f64) = (0.1, 0.25, 0.26, 0.000_833);
        let (alpha, beta) = (666.7, 0.3478);
        let (t0, x0) = (1.0 / (10.0 * k2 * a * h * cerium), k2 * a * h * h / k5);
        let (y0, z0, v0) = (4.0 * x0, cerium * a / (40.0 * m), 4.0 * a * h * cerium / (m * m));
        let autocatalysis = k4 * a.sqrt() * h.powf(1.5);
        let found = BelousovZhabotinsky::default();
        for (name, found, expected) in [
            ("c1", found.c1, -k1 * h * y0),
            ("c2", found.c2, k2 * a * h * h * y0 / x0),
            ("c3", found.c3, -2.0 * k3 * x0),
            ("c4", found.c4, 0.5 * autocatalysis / x0.sqrt()),
            ("c5", found.c5, -0.5 * k5 * z0),
            ("c6", found.c6, autocatalysis * x0.sqrt()),
            ("c7", found.c7, -k5 * x0),
            ("c8", found.c8, -alpha * k6 * v0),
            ("c9", found.c9, -beta * k7 * m),
            ("c10", found.c10, 2.0 * k1 * h * x0 * y0 / v0),
            ("c11", found.c11, k2 * a * h * h * y0 / v0),
            ("c12", found.c12, k3 * x0 * x0 / v0),
            ("c13", found.c13, -alpha * k6 * z0),
            ("t0", found.t0, t0),
            ("y0", found.y0, y0),
            ("z0", found.z0, z0),
            ("eta1", found.eta1, alpha * k6 * z0 * v0),
            ("eta2", found.eta2, k1 * h * x0),
            ("eta3", found.eta3, k2 * a * h * h),
        ] {
            // The defaults have six digits.
            assert!((found / expected - 1.0).abs() < 5e-5, "{name}: {found} against {expected}");
        }
    }

    #[test]
    fn concentrations_below_zero_give_finite_numbers() {
        let reaction = BelousovZhabotinsky::default();
        for x in [0.0, -0.002] {
            let mut jacobian = Array2::from_elem((3, 3), f64::NAN);
            reaction.jacobian(0.0, &[x, 0.6, 0.8], jacobian.view_mut());
            assert!(jacobian.iter().all(|value| value.is_finite()), "{jacobian}");
        }
    }
}
