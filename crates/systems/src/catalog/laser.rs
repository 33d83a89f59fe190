//! The laser system of Abooee and coauthors.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The laser system,
    ///
    /// $$ \dot x = a (y - x) + b y z^2, \quad \dot y = c x + d x z^2, \quad \dot z = h z + k x^2. $$
    ///
    /// Abooee, A., Yaghini-Bonabi, H. A. & Jahed-Motlagh, M. R. (2013). Analysis and circuitry realization of a novel
    /// three-dimensional chaotic system. *Communications in Nonlinear Science and Numerical Simulation* 18; dysts calls it a
    /// model of a semiconductor laser. Time and states have no unit. Chaotic at the defaults.
    Laser[3] {
        name: "laser",
        parameters: {
            /// a, rate at which x follows y.
            a: 10.0,
            /// b, how much yz² drives x.
            b: 1.0,
            /// c, how much x drives y.
            c: 5.0,
            /// d, how much xz² drives y.
            d: -1.0,
            /// h, growth of z.
            h: -5.0,
            /// k, how much x² drives z.
            k: -6.0,
        },
        variables: ["x", "y", "z"],
        state: [-2.5408, -1.9406, -2.9681],
        dt: 0.01,
        period: 0.94667,
    }
}

impl VectorField<3> for Laser {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let square = z * z;
        [
            (y - x) * self.a + y * square * self.b,
            x * self.c + x * square * self.d,
            z * self.h + x * x * self.k,
        ]
    }
}
