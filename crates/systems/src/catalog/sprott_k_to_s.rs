//! The cases K to S of Sprott's simple chaotic flows of 1994.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Case K of the simple chaotic flows,
    ///
    /// $$ \dot x = x y - z, \quad \dot y = x - y, \quad \dot z = x + a z. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottK[3] {
        name: "Sprott K",
        parameters: {
            /// a, growth rate of z.
            a: 0.3,
        },
        variables: ["x", "y", "z"],
        state: [-1.316_501_5, -1.542_995_1, 0.664_053],
        dt: 0.05,
        period: 7.006,
        exponents: [0.038, 0.0, -0.89] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottK {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [x * y - z, x - y, x + z * self.a]
    }
}

flow! {
    /// Case L of the simple chaotic flows,
    ///
    /// $$ \dot x = y + b z, \quad \dot y = a x^2 - y, \quad \dot z = 1 - x. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottL[3] {
        name: "Sprott L",
        parameters: {
            /// a, weight of x².
            a: 0.9,
            /// b, weight of z.
            b: 3.9,
        },
        variables: ["x", "y", "z"],
        state: [4.361_155_7, 13.705_573, -2.683_565_9],
        dt: 0.05,
        period: 6.726,
        exponents: [0.061, 0.0, -1.061] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottL {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y + z * self.b, x * x * self.a - y, -x + 1.0]
    }
}

flow! {
    /// Case M of the simple chaotic flows,
    ///
    /// $$ \dot x = -z, \quad \dot y = -x^2 - y, \quad \dot z = a + a x + y. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottM[3] {
        name: "Sprott M",
        parameters: {
            /// a, the constant term and the weight of x.
            a: 1.7,
        },
        variables: ["x", "y", "z"],
        state: [1.602_440_2, -1.598_320_3, -2.623_637_4],
        dt: 0.05,
        period: 5.364,
        exponents: [0.044, 0.0, -1.044] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottM {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-z, -(x * x) - y, x * self.a + y + self.a]
    }
}

flow! {
    /// Case N of the simple chaotic flows,
    ///
    /// $$ \dot x = -a y, \quad \dot y = x + z^2, \quad \dot z = 1 + y - b z. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottN[3] {
        name: "Sprott N",
        parameters: {
            /// a, weight of y.
            a: 2.0,
            /// b, decay rate of z.
            b: 2.0,
        },
        variables: ["x", "y", "z"],
        state: [-8.325_870_5, 7.303_371_6, 3.279_890_9],
        dt: 0.05,
        period: 4.814,
        exponents: [0.076, 0.0, -2.076] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottN {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-(y * self.a), x + z * z, y - z * self.b + 1.0]
    }
}

flow! {
    /// Case O of the simple chaotic flows,
    ///
    /// $$ \dot x = y, \quad \dot y = x - z, \quad \dot z = x + x z + a y. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottO[3] {
        name: "Sprott O",
        parameters: {
            /// a, weight of y.
            a: 2.7,
        },
        variables: ["x", "y", "z"],
        state: [0.205_494_55, 0.022_792_985, 0.936_369_49],
        dt: 0.1,
        period: 9.755,
        exponents: [0.049, 0.0, -0.319] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottO {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, x - z, x + x * z + y * self.a]
    }
}

flow! {
    /// Case P of the simple chaotic flows,
    ///
    /// $$ \dot x = a y + z, \quad \dot y = -x + y^2, \quad \dot z = x + y. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottP[3] {
        name: "Sprott P",
        parameters: {
            /// a, weight of y.
            a: 2.7,
        },
        variables: ["x", "y", "z"],
        state: [0.834_206_75, 0.149_158_17, 0.440_286_35],
        dt: 0.05,
        period: 5.341,
        exponents: [0.087, 0.0, -0.481] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottP {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y * self.a + z, -x + y * y, x + y]
    }
}

flow! {
    /// Case Q of the simple chaotic flows,
    ///
    /// $$ \dot x = -z, \quad \dot y = x - y, \quad \dot z = a x + y^2 + b z. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottQ[3] {
        name: "Sprott Q",
        parameters: {
            /// a, weight of x.
            a: 3.1,
            /// b, growth rate of z.
            b: 0.5,
        },
        variables: ["x", "y", "z"],
        state: [2.978_102, -0.065_260_683, -2.803_128_6],
        dt: 0.05,
        period: 4.844,
        exponents: [0.109, 0.0, -0.609] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottQ {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-z, x - y, x * self.a + y * y + z * self.b]
    }
}

flow! {
    /// Case R of the simple chaotic flows,
    ///
    /// $$ \dot x = a - y, \quad \dot y = b + z, \quad \dot z = x y - z. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottR[3] {
        name: "Sprott R",
        parameters: {
            /// a, constant term of the first equation.
            a: 0.9,
            /// b, constant term of the second equation.
            b: 0.4,
        },
        variables: ["x", "y", "z"],
        state: [-1.691_490_9, -1.978_367_8, 1.980_777_5],
        dt: 0.05,
        period: 7.013,
        exponents: [0.062, 0.0, -1.062] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottR {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-y + self.a, z + self.b, x * y - z]
    }
}

flow! {
    /// Case S of the simple chaotic flows,
    ///
    /// $$ \dot x = -x - a y, \quad \dot y = x + z^2, \quad \dot z = 1 + x. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottS[3] {
        name: "Sprott S",
        parameters: {
            /// a, weight of y.
            a: 4.0,
        },
        variables: ["x", "y", "z"],
        state: [0.126_357_02, 0.122_606_93, 1.221_542_9],
        dt: 0.05,
        period: 3.35,
        exponents: [0.188, 0.0, -1.188] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottS {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-x - y * self.a, x + z * z, x + 1.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::System;

    /// Liouville: the sum of the exponents is the divergence, which is constant in these cases.
    #[test]
    fn exponents_add_up_to_the_divergence() {
        let constant: [(&dyn System, f64); 6] = [
            (&SprottL::default(), -1.0),
            (&SprottM::default(), -1.0),
            (&SprottN::default(), -2.0),
            (&SprottQ::default(), -0.5),
            (&SprottR::default(), -1.0),
            (&SprottS::default(), -1.0),
        ];
        for (system, divergence) in constant {
            let sum: f64 = system.known_exponents().unwrap().exponents.iter().sum();
            assert!((sum - divergence).abs() < 1.5e-3, "{}: {sum} against {divergence}", system.name());
        }
    }
}
