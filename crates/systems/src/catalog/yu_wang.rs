//! The two systems of Yu and Wang.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A Lorenz-like system with an exponential nonlinearity,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = b x - c x z, \quad \dot z = e^{x y} - d z. $$
    ///
    /// Yu, F. & Wang, C. (2012). A novel three dimension autonomous chaotic system with a quadratic exponential nonlinear
    /// term. *Engineering, Technology & Applied Science Research* 2, 209-215. Time and states have no unit. Chaotic at the
    /// defaults.
    YuWang[3] {
        name: "Yu-Wang",
        parameters: {
            /// a, rate at which x follows y.
            a: 10.0,
            /// b, weight of x in the second equation.
            b: 40.0,
            /// c, weight of xz.
            c: 2.0,
            /// d, decay rate of z.
            d: 2.5,
        },
        variables: ["x", "y", "z"],
        state: [-0.214_223_56, -0.179_354_95, 14.105_516],
        dt: 0.01,
        period: 1.3366,
    }
}

flow! {
    /// [`YuWang`] with a hyperbolic cosine in place of the exponential,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = b x - c x z, \quad \dot z = \cosh x y - d z. $$
    ///
    /// Source as given by dysts: Yu & Wang (2012), as there. Time and states have no unit. Chaotic at the defaults.
    YuWang2[3] {
        name: "Yu-Wang 2",
        parameters: {
            /// a, rate at which x follows y.
            a: 10.0,
            /// b, weight of x in the second equation.
            b: 30.0,
            /// c, weight of xz.
            c: 2.0,
            /// d, decay rate of z.
            d: 2.5,
        },
        variables: ["x", "y", "z"],
        state: [0.125_814_83, 1.246_734_8, 18.358_568],
        dt: 0.005,
        period: 0.39265,
    }
}

impl VectorField<3> for YuWang {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [(y - x) * self.a, x * self.b - x * z * self.c, (x * y).exp() - z * self.d]
    }
}

impl VectorField<3> for YuWang2 {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [(y - x) * self.a, x * self.b - x * z * self.c, (x * y).cosh() - z * self.d]
    }
}
