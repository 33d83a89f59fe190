//! The Guckenheimer-Holmes system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// An oscillation (x, y) that grows and decays as z moves up and down,
    ///
    /// $$ \dot x = a x - b y + c z x + d z (x^2 + y^2), \quad \dot y = a y + b x + c z y, \quad
    /// \dot z = e - z^2 - f (x^2 + y^2) - a z^3. $$
    ///
    /// Source as given by dysts: Guckenheimer, J. & Holmes, P. (1983). *Nonlinear Oscillations, Dynamical
    /// Systems, and Bifurcations of Vector Fields*. Springer. Time and states have no unit. Chaotic at the
    /// defaults.
    GuckenheimerHolmes[3] {
        name: "Guckenheimer-Holmes",
        parameters: {
            /// a, growth of the oscillation, and cubic decay of z.
            a: 0.4,
            /// b, angular frequency, in radians per time unit.
            b: 20.25,
            /// c, how the growth changes with z.
            c: 3.0,
            /// d, strength of the asymmetry.
            d: 1.6,
            /// e, drift of z.
            e: 1.7,
            /// f, pull of the oscillation on z.
            f: 0.44,
        },
        variables: ["x", "y", "z"],
        state: [-0.5558, 0.0518, 0.3777],
        dt: 0.003,
        period: 0.307_692_307_692_307_7,
    }
}

impl VectorField<3> for GuckenheimerHolmes {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let radius = x * x + y * y;
        let growth = z * self.c + self.a;
        [
            x * growth - y * self.b + z * radius * self.d,
            y * growth + x * self.b,
            -z * z - radius * self.f - z.powi(3) * self.a + self.e,
        ]
    }
}
