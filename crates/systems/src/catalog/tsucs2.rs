//! The second three-scroll unified chaotic system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The three-scroll unified chaotic system in its second form, with the right-hand side of the Dequan Li attractor,
    ///
    /// $$ \dot x = a (y - x) + d x z, \quad \dot y = k x + f y - x z, \quad \dot z = c z + x y - \varepsilon x^2. $$
    ///
    /// Source as given by dysts: Pan, Zhou & Li (2013). Synchronization of three-scroll unified chaotic system (TSUCS) and
    /// its hyper-chaotic system using active pinning control. Time and states have no unit. At the defaults, which are those of dysts, a
    /// trajectory ends on a torus after a chaotic transient: over 6000 time units two exponents are 0 within 0.001, the third
    /// is -1.497.
    Tsucs2[3] {
        name: "TSUCS2",
        parameters: {
            /// a, rate at which x follows y.
            a: 40.0,
            /// c, growth rate of z.
            c: 0.833,
            /// d, weight of xz.
            d: 0.5,
            /// ε, weight of x².
            eps: 0.65,
            /// f, growth rate of y.
            f: 20.0,
            /// k, weight of x in the second equation.
            k: 0.0,
        },
        variables: ["x", "y", "z"],
        state: [1.296_994_4, 1.12138, 50.028_988],
        dt: 0.002,
        period: 0.34526,
        properties: [Regular],
    }
}

impl VectorField<3> for Tsucs2 {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [
            (y - x) * self.a + x * z * self.d,
            x * self.k + y * self.f - x * z,
            z * self.c + x * y - x * x * self.eps,
        ]
    }
}
