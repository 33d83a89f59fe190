//! The cases A to J of Sprott's simple chaotic flows of 1994.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Case A of the simple chaotic flows,
    ///
    /// $$ \dot x = y, \quad \dot y = -x + y z, \quad \dot z = a - y^2. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    /// The Nosé-Hoover oscillator: it is reversible and has no attractor, and the default state lies in its chaotic
    /// sea, for which the exponents hold. (That of dysts 0.96 lies on a torus around the sea's islands.)
    SprottA[3] {
        name: "Sprott A",
        parameters: {
            /// a, the constant term, 1 in the paper.
            a: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [0.0, 5.0, 0.0],
        dt: 0.1,
        period: 8.33,
        exponents: [0.014, 0.0, -0.014] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottA {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, -x + y * z, -(y * y) + self.a]
    }
}

flow! {
    /// Case B of the simple chaotic flows,
    ///
    /// $$ \dot x = y z, \quad \dot y = x - y, \quad \dot z = a - x y. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottB[3] {
        name: "Sprott B",
        parameters: {
            /// a, the constant term, 1 in the paper.
            a: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [1.687_828_2, 1.484_813_2, -0.537_066_28],
        dt: 0.1,
        period: 11.05,
        exponents: [0.21, 0.0, -1.21] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottB {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y * z, x - y, -(x * y) + self.a]
    }
}

flow! {
    /// Case C of the simple chaotic flows,
    ///
    /// $$ \dot x = y z, \quad \dot y = x - y, \quad \dot z = a - x^2. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottC[3] {
        name: "Sprott C",
        parameters: {
            /// a, the constant term, 1 in the paper.
            a: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [-0.471_998_23, -0.271_980_66, 1.941_824_4],
        dt: 0.1,
        period: 8.885,
        exponents: [0.163, 0.0, -1.163] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottC {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y * z, x - y, -(x * x) + self.a]
    }
}

flow! {
    /// Case D of the simple chaotic flows,
    ///
    /// $$ \dot x = -y, \quad \dot y = x + z, \quad \dot z = x z + a y^2. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottD[3] {
        name: "Sprott D",
        parameters: {
            /// a, weight of y².
            a: 3.0,
        },
        variables: ["x", "y", "z"],
        state: [-1.339_690_6, -0.212_383_38, 0.329_821_63],
        dt: 0.05,
        period: 4.833,
        exponents: [0.103, 0.0, -1.32] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottD {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-y, x + z, x * z + y * y * self.a]
    }
}

flow! {
    /// Case E of the simple chaotic flows,
    ///
    /// $$ \dot x = y z, \quad \dot y = x^2 - y, \quad \dot z = 1 - a x. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottE[3] {
        name: "Sprott E",
        parameters: {
            /// a, weight of x.
            a: 4.0,
        },
        variables: ["x", "y", "z"],
        state: [0.617_375_9, 0.665_992_85, -1.657_502_3],
        dt: 0.05,
        period: 7.627,
        exponents: [0.078, 0.0, -1.078] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottE {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y * z, x * x - y, -(x * self.a) + 1.0]
    }
}

flow! {
    /// Case F of the simple chaotic flows,
    ///
    /// $$ \dot x = y + z, \quad \dot y = -x + a y, \quad \dot z = x^2 - z. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottF[3] {
        name: "Sprott F",
        parameters: {
            /// a, growth rate of y.
            a: 0.5,
        },
        variables: ["x", "y", "z"],
        state: [-0.989_412_75, -1.419_170_6, 0.857_972_04],
        dt: 0.1,
        period: 19.244,
        exponents: [0.117, 0.0, -0.617] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottF {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y + z, -x + y * self.a, x * x - z]
    }
}

flow! {
    /// Case G of the simple chaotic flows,
    ///
    /// $$ \dot x = a x + z, \quad \dot y = x z - y, \quad \dot z = -x + y. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottG[3] {
        name: "Sprott G",
        parameters: {
            /// a, growth rate of x.
            a: 0.4,
        },
        variables: ["x", "y", "z"],
        state: [-0.771_824_78, -0.747_565_95, 1.307_328_5],
        dt: 0.1,
        period: 8.710,
        exponents: [0.034, 0.0, -0.634] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottG {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [x * self.a + z, x * z - y, -x + y]
    }
}

flow! {
    /// Case H of the simple chaotic flows,
    ///
    /// $$ \dot x = -y + z^2, \quad \dot y = x + a y, \quad \dot z = x - z. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottH[3] {
        name: "Sprott H",
        parameters: {
            /// a, growth rate of y.
            a: 0.5,
        },
        variables: ["x", "y", "z"],
        state: [-1.360_042, 0.625_853_52, -1.278_819_6],
        dt: 0.1,
        period: 20.229,
        exponents: [0.117, 0.0, -0.617] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottH {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-y + z * z, x + y * self.a, x - z]
    }
}

flow! {
    /// Case I of the simple chaotic flows,
    ///
    /// $$ \dot x = -a y, \quad \dot y = x + z, \quad \dot z = x + y^2 - z. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottI[3] {
        name: "Sprott I",
        parameters: {
            /// a, weight of y.
            a: 0.2,
        },
        variables: ["x", "y", "z"],
        state: [-0.060_099_389, -0.495_583_55, 0.023_159_035],
        dt: 0.1,
        period: 10.93,
        exponents: [0.012, 0.0, -1.012] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottI {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [-(y * self.a), x + z, x + y * y - z]
    }
}

flow! {
    /// Case J of the simple chaotic flows,
    ///
    /// $$ \dot x = a z, \quad \dot y = -b y + z, \quad \dot z = -x + y + y^2. $$
    ///
    /// Sprott, J. C. (1994). Some simple chaotic flows. *Physical Review E* 50, R647-R650.
    /// DOI 10.1103/PhysRevE.50.R647. Time and states have no unit. Chaotic at the defaults.
    SprottJ[3] {
        name: "Sprott J",
        parameters: {
            /// a, weight of z.
            a: 2.0,
            /// b, decay rate of y.
            b: 2.0,
        },
        variables: ["x", "y", "z"],
        state: [4.478_692_8, 2.297_743_2, 6.584_711_5],
        dt: 0.05,
        period: 4.836,
        exponents: [0.076, 0.0, -2.076] within 5e-4 from "Sprott (1994), table I",
    }
}

impl VectorField<3> for SprottJ {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [z * self.a, -(y * self.b) + z, -x + y + y * y]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flow, Simulation, System};

    /// Liouville: the sum of the exponents is the divergence, which is constant in these cases.
    #[test]
    fn exponents_add_up_to_the_divergence() {
        let constant: [(&dyn System, f64); 7] = [
            (&SprottB::default(), -1.0),
            (&SprottC::default(), -1.0),
            (&SprottE::default(), -1.0),
            (&SprottF::default(), -0.5),
            (&SprottH::default(), -0.5),
            (&SprottI::default(), -1.0),
            (&SprottJ::default(), -2.0),
        ];
        for (system, divergence) in constant {
            let sum: f64 = system.known_exponents().unwrap().exponents.iter().sum();
            assert!((sum - divergence).abs() < 1.5e-3, "{}: {sum} against {divergence}", system.name());
        }
    }

    #[test]
    fn case_a_runs_backwards_by_a_change_of_signs() {
        // (x, y, z, t) to (x, -y, -z, -t) is a symmetry: to there and back again.
        let system = SprottA::default();
        let there = Simulation::of(&system, 2).dt(5.0).tolerances(1e-11, 1e-11).run(&system).unwrap();
        let mirror = |x: &[f64]| [x[0], -x[1], -x[2]];
        let end = mirror(&there.last_row().to_vec());
        let back = Simulation::of(&system, 2)
            .initial_state(end)
            .dt(5.0)
            .tolerances(1e-11, 1e-11)
            .run(&system)
            .unwrap();
        for (found, start) in mirror(&back.last_row().to_vec()).into_iter().zip(system.default_state()) {
            assert!((found - start).abs() < 1e-7, "{found} against {start}");
        }
    }

    #[test]
    fn cases_b_and_c_rest_where_y_equals_x_of_one() {
        for x in [[1.0, 1.0, 0.0], [-1.0, -1.0, 0.0]] {
            let mut dx = [f64::NAN; 3];
            SprottB::default().rhs(0.0, &x, &mut dx);
            assert_eq!(dx, [0.0; 3]);
            SprottC::default().rhs(0.0, &x, &mut dx);
            assert_eq!(dx, [0.0; 3]);
        }
    }
}
