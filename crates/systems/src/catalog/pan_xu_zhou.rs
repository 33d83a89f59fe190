//! The system of Zhou, Xu, Lu and Pan.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Pan-Xu-Zhou system: the Lorenz system without the damping of y,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = c x - x z, \quad \dot z = x y - b z. $$
    ///
    /// Zhou, W., Xu, Y., Lu, H. & Pan, L. (2008). On dynamics analysis of a new chaotic attractor. *Physics Letters A* 372,
    /// 5773-5777. dysts writes it as a case of its Dequan Li system, with -b for c and c for k. Time and states have no
    /// unit. Chaos is transient at the defaults: after tens to thousands of time units, orbits end in one of the two stable
    /// fixed points x = y = ±√(bc), z = c.
    PanXuZhou[3] {
        name: "Pan-Xu-Zhou",
        parameters: {
            /// a, rate at which x follows y.
            a: 10.0,
            /// b, damping of z; dysts rounds 8/3 to this.
            b: 2.6667,
            /// c, how much x drives y.
            c: 16.0,
        },
        variables: ["x", "y", "z"],
        state: [-3.0381, -1.9805, 14.6567],
        dt: 0.01,
        period: 1.7829,
        properties: [Regular],
    }
}

impl VectorField<3> for PanXuZhou {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [(y - x) * self.a, x * self.c - x * z, x * y - z * self.b]
    }
}
