//! Chua's circuit with a diode of many segments.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The multi-scroll Chua circuit, whose diode has a current of eleven straight pieces,
    ///
    /// $$ \dot x = a (y - h(x)), \quad \dot y = x - y + z, \quad \dot z = -b y, $$
    ///
    /// $$ h(x) = m_5 x + \frac{1}{2} \sum_{i=1}^5 (m_{i-1} - m_i) \left(|x + c_i| - |x - c_i|\right). $$
    ///
    /// Yalçın, M. E., Suykens, J. A. K. & Vandewalle, J. (2005). *Cellular Neural Networks, Multi-Scroll Chaos and
    /// Synchronization*. World Scientific. x and y are voltages and z is a current in units of the circuit; time has no
    /// unit. Chaotic at the defaults, with three double scrolls.
    MultiChua[3] {
        name: "multi-scroll Chua",
        aliases: ["MultiChua"],
        parameters: {
            /// a, ratio of the two capacities.
            a: 9.0,
            /// b, inverse inductance.
            b: 14.286,
            /// m_0, slope of the diode below c_1: -1/7 to eight digits, as in dysts.
            m0: -0.142_857_14,
            /// m_1, slope of the diode above c_1: 2/7.
            m1: 0.285_714_29,
            /// m_2, slope of the diode above c_2: -4/7.
            m2: -0.571_428_57,
            /// m_3, slope of the diode above c_3: 2/7.
            m3: 0.285_714_29,
            /// m_4, slope of the diode above c_4: -4/7.
            m4: -0.571_428_57,
            /// m_5, slope of the diode above c_5: 2/7.
            m5: 0.285_714_29,
            /// c_1, first breakpoint of the diode.
            c1: 1.0,
            /// c_2, second breakpoint of the diode.
            c2: 2.15,
            /// c_3, third breakpoint of the diode.
            c3: 3.6,
            /// c_4, fourth breakpoint of the diode.
            c4: 8.2,
            /// c_5, fifth breakpoint of the diode.
            c5: 13.0,
        },
        variables: ["x", "y", "z"],
        state: [-21.1601, 1.0322, 27.4053],
        dt: 0.02,
        period: 2.2586,
        properties: [NonSmooth],
    }
}

impl MultiChua {
    /// h(x), the current through the diode.
    fn diode<S: Scalar>(&self, x: S) -> S {
        let slopes = [self.m0, self.m1, self.m2, self.m3, self.m4, self.m5];
        let breakpoints = [self.c1, self.c2, self.c3, self.c4, self.c5];
        let mut current = x * self.m5;
        for (i, c) in breakpoints.into_iter().enumerate() {
            current += ((x + c).abs() - (x - c).abs()) * (0.5 * (slopes[i] - slopes[i + 1]));
        }
        current
    }
}

impl VectorField<3> for MultiChua {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [(y - self.diode(x)) * self.a, x - y + z, -(y * self.b)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diode_has_its_slope_between_its_breakpoints() {
        let circuit = MultiChua::default();
        let slopes = [circuit.m0, circuit.m1, circuit.m2, circuit.m3, circuit.m4, circuit.m5];
        for (x, slope) in [0.5, 1.5, 3.0, 6.0, 10.0, 20.0].into_iter().zip(slopes) {
            let found = (circuit.diode(x + 0.1) - circuit.diode(x - 0.1)) / 0.2;
            assert!((found - slope).abs() < 1e-12, "{found} against {slope} at {x}");
            assert!((circuit.diode(x) + circuit.diode(-x)).abs() < 1e-14);
        }
    }
}
