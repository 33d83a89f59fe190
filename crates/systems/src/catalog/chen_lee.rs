//! The Chen-Lee system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Chen-Lee system, Euler's equations of a rigid body under linear feedback,
    ///
    /// $$ \dot x = a x - y z, \quad \dot y = b y + x z, \quad \dot z = c z + x y / 3. $$
    ///
    /// Chen, H.-K. & Lee, C.-I. (2004). Anti-control of chaos in rigid body motion. *Chaos, Solitons &
    /// Fractals* 21, 957-965. Time and states have no unit. Chaotic at the defaults, of which c is that of
    /// dysts.
    ChenLee[3] {
        name: "Chen-Lee",
        parameters: {
            /// a, feedback on x.
            a: 5.0,
            /// b, feedback on y.
            b: -10.0,
            /// c, feedback on z.
            c: -0.38,
        },
        variables: ["x", "y", "z"],
        state: [0.1718, 0.1036, 6.2554],
        dt: 0.03,
        period: 2.8043,
    }
}

impl VectorField<3> for ChenLee {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [x * self.a - y * z, y * self.b + x * z, z * self.c + x * y / 3.0]
    }
}
