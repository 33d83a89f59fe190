//! The attractors of Bouali.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The attractor of Bouali with a stretched loop,
    ///
    /// $$ \dot x = a x (y_0 - y) - b z, \quad \dot y = -g y (1 - x^2), \quad
    /// \dot z = -m x (1.5 - s z) - c z. $$
    ///
    /// Bouali, S. (2012). A novel strange attractor with a stretched loop. *Nonlinear Dynamics* 70,
    /// 2375-2381, whose α is -b here. dysts 0.96 cites the paper of [`Bouali2`] for it. Time and states have
    /// no unit. Chaotic at the defaults.
    Bouali[3] {
        name: "Bouali",
        parameters: {
            /// a, rate of x.
            a: 1.0,
            /// b, feedback of z on x.
            b: -0.3,
            /// s, feedback of the product of x and z on z.
            s: 1.0,
            /// c, decay of z.
            c: 0.05,
            /// g, rate of y.
            g: 1.0,
            /// m, rate at which x pulls z.
            m: 1.0,
            /// y_0, value of y below which x grows.
            y0: 4.0,
        },
        variables: ["x", "y", "z"],
        state: [0.3867, 3.0544, -0.0068],
        dt: 0.03,
        period: 3.0411,
    }
}

flow! {
    /// The economic cycles of Bouali, an extended van der Pol oscillator,
    ///
    /// $$ \dot x = a x (y_0 - y) - b z, \quad \dot y = -g y (1 - x^2), \quad
    /// \dot z = -m x (1.5 - s z) - c z, $$
    ///
    /// of which s = c = 0 leave dz/dt = 0.004 x at the defaults: profits x, reinvestment y and the flow of
    /// capital z.
    ///
    /// Bouali, S. (1999). Feedback loop in extended van der Pol's equation applied to an economic model of
    /// cycles. *International Journal of Bifurcation and Chaos* 9, 745-756. Time and states have no unit.
    /// Weakly chaotic at the defaults.
    Bouali2[3] {
        name: "Bouali 2",
        parameters: {
            /// a, rate of x.
            a: 3.0,
            /// b, feedback of z on x.
            b: 2.2,
            /// s, feedback of the product of x and z on z.
            s: 0.0,
            /// c, decay of z.
            c: 0.0,
            /// g, rate of y.
            g: 1.0,
            /// m, rate at which x pulls z.
            m: -0.002_666_7,
            /// y_0, value of y below which x grows.
            y0: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [-0.7939, 1.3618, -0.0306],
        dt: 0.08,
        period: 7.6779,
    }
}

impl VectorField<3> for Bouali {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [
            x * (-y + self.y0) * self.a - z * self.b,
            y * (x * x - 1.0) * self.g,
            x * (z * self.s - 1.5) * self.m - z * self.c,
        ]
    }
}

impl VectorField<3> for Bouali2 {
    fn field<S: Scalar>(&self, t: f64, state: [S; 3]) -> [S; 3] {
        let Self { a, b, s, c, g, m, y0 } = *self;
        Bouali { a, b, s, c, g, m, y0 }.field(t, state)
    }
}
