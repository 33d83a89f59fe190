//! The reduced WINDMI model of substorms.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Energy of the solar wind in the tail of Earth's magnetic field: the current I and voltage V across it, and the
    /// pressure P of its plasma, which unloads when I exceeds 1,
    ///
    /// $$ \dot I = a_1 (v_{sw} - V), \quad \dot V = b_1 I - b_2 P^{1/2} - b_3 V, \quad
    /// \dot P = v_{sw}^2 - P^{5/4} v_{sw}^{1/2} (1 + \tanh d_1 (I - 1)) / 2. $$
    ///
    /// Smith, J. P., Thiffeault, J.-L. & Horton, W. (2000). Dynamical range of the WINDMI model: an exploration of
    /// possible magnetospheric plasma states. *Journal of Geophysical Research* 105, 12983-12996; reduced to three
    /// variables in Horton, W., Weigel, R. S. & Sprott, J. C. (2001). Chaos and the limits of predictability for the
    /// solar-wind-driven magnetosphere-ionosphere system. *Physics of Plasmas* 8, 2946-2952. Time and states have no unit.
    ///
    /// dysts 0.96 has P/2 (`p**1/2`) in place of the square root, which changes P by a factor of 50 and makes its defaults
    /// chaotic. With the root they lead to a limit cycle of three swings in 12.56 time units; v_sw of 4.5 or 5.5
    /// gives chaos.
    WindmiReduced[3] {
        name: "reduced WINDMI",
        aliases: ["WindmiReduced"],
        parameters: {
            /// `a_1`, the inverse inductance of the tail.
            a1: 0.247,
            /// `b_1`, the inverse capacitance of the tail.
            b1: 10.8,
            /// `b_2`, current that the pressure drives.
            b2: 0.0752,
            /// `b_3`, conductance of the plasma.
            b3: 1.06,
            /// `d_1`, the sharpness of the unloading.
            d1: 2200.0,
            /// `v_sw`, the voltage of the solar wind.
            vsw: 5.0,
        },
        variables: ["I", "V", "P"],
        state: [0.9983, 4.9968, 5310.75],
        dt: 0.05,
        period: 4.19,
        positive: [vsw],
        properties: [Regular],
    }
}

impl VectorField<3> for WindmiReduced {
    fn field<S: Scalar>(&self, _t: f64, [i, v, p]: [S; 3]) -> [S; 3] {
        // (1 + tanh u) / 2 without the cancellation of small values, on which the pressure turns.
        let u = (i - 1.0) * self.d1;
        let small = (u.abs() * -2.0).exp();
        let open = u.if_positive(S::constant(1.0), small) / (small + 1.0);
        [
            (-v + self.vsw) * self.a1,
            i * self.b1 - p.sqrt() * self.b2 - v * self.b3,
            -(p.powf(1.25) * self.vsw.sqrt() * open) + self.vsw * self.vsw,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flow;

    /// Point and right-hand side of dysts 0.96 (Apache-2.0).
    const CASES: [([f64; 3], [f64; 3]); 3] = [
        ([0.933_375_06, 6.267_892_3, 41.969_547], [-0.313_169_398_099_999_94, 1.858_429_842_800_001_5, 25.0]),
        (
            [0.934_085_831_734_061_3, 6.102_802_435_210_925, 42.057_947_973_658_77],
            [-0.272_392_201_497_098_4, 2.037_777_557_594_713, 25.0],
        ),
        (
            [0.914_575_880_039_587, 6.199_883_484_489_691, 41.330_566_387_608_94],
            [-0.296_371_220_668_953_66, 1.751_513_714_694_370_4, 25.0],
        ),
    ];

    #[test]
    fn differs_from_dysts_by_the_square_root_alone() {
        // dysts 0.96, WindmiReduced, at the three points of its fixture: -b2 P/2 in place of -b2 √P.
        let windmi = WindmiReduced::default();
        for (x, expected) in CASES {
            let mut dx = [f64::NAN; 3];
            windmi.rhs(0.0, &x, &mut dx);
            dx[1] += windmi.b2 * (x[2].sqrt() - x[2] / 2.0);
            for (found, expected) in dx.into_iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-12 * expected.abs().max(1.0),
                    "{found} against {expected}"
                );
            }
        }
    }

    #[test]
    fn rests_where_currents_and_pressure_balance() {
        // V = v_sw; I follows from P, and P from the unloading, which is complete (tanh = 1) where I is well above 1.
        let windmi = WindmiReduced { vsw: 10.0, ..WindmiReduced::default() };
        let p = windmi.vsw.powf(1.5 * 0.8);
        let i = (windmi.b2 * p.sqrt() + windmi.b3 * windmi.vsw) / windmi.b1;
        let mut dx = [1.0; 3];
        windmi.rhs(0.0, &[i, windmi.vsw, p], &mut dx);
        assert!(i > 1.005 && dx.iter().all(|value| value.abs() < 1e-6), "{dx:?} at I = {i}");
    }
}
