//! The Aizawa attractor.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Aizawa attractor: an oscillation about the z axis that winds out along a sphere and back through a
    /// tube along the axis,
    ///
    /// $$ \dot x = (z - b) x - d y, \quad \dot y = d x + (z - b) y, \quad
    /// \dot z = c + a z - z^3 / 3 - (x^2 + y^2) (1 + e z) + f z x^3. $$
    ///
    /// The equations, apart from the term in x³ that breaks the symmetry about the axis, are those of
    /// Langford, W. F. (1984), Numerical studies of torus bifurcations. *International Series of Numerical
    /// Mathematics* 70, 285-295. The name is the one in use; source as given by dysts: Aizawa, Y. & Uezu, T.
    /// (1982). Topological aspects in chaos and in 2^k-period doubling cascade. *Progress of Theoretical
    /// Physics* 67, 982-985. Time and states have no unit. Chaotic at the defaults.
    Aizawa[3] {
        name: "Aizawa",
        parameters: {
            /// a, growth along the axis.
            a: 0.95,
            /// b, height on the axis above which the oscillation grows.
            b: 0.7,
            /// c, constant drift along the axis.
            c: 0.6,
            /// d, angular frequency, in radians per time unit.
            d: 3.5,
            /// e, how the pull of the oscillation on z changes along the axis.
            e: 0.25,
            /// f, strength of the asymmetry.
            f: 0.1,
        },
        variables: ["x", "y", "z"],
        state: [-0.7845, -0.6289, -0.1762],
        dt: 0.025,
        period: 2.5837,
    }
}

impl VectorField<3> for Aizawa {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let radius = x * x + y * y;
        let axis = z * self.a - z.powi(3) / 3.0 + self.c;
        [
            (z - self.b) * x - y * self.d,
            x * self.d + (z - self.b) * y,
            axis - radius * (z * self.e + 1.0) + z * x.powi(3) * self.f,
        ]
    }
}
