//! The two-scroll system of San-Um and Srisuchinwong.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A two-scroll system whose nonlinearities saturate and fold,
    ///
    /// $$ \dot x = y - x, \quad \dot y = -z \tanh x, \quad \dot z = -a + x y + |y|. $$
    ///
    /// San-Um, W. & Srisuchinwong, B. (2012). Highly complex chaotic system with piecewise linear nonlinearity and
    /// compound structures. *Journal of Computers* 7, 1041-1047. Also known as the Wimol-Banlue system. Time and states
    /// have no unit. Chaotic at the defaults.
    SanUmSrisuchinwong[3] {
        name: "San-Um-Srisuchinwong",
        aliases: ["Wimol-Banlue"],
        parameters: {
            /// a, the constant term.
            a: 2.0,
        },
        variables: ["x", "y", "z"],
        state: [0.638_780_78, 1.090_187_3, 2.447_981_4],
        dt: 0.05,
        period: 7.4654,
        properties: [NonSmooth],
    }
}

impl VectorField<3> for SanUmSrisuchinwong {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y - x, -(z * x.tanh()), x * y + y.abs() - self.a]
    }
}
