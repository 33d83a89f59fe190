//! The jerk flows of Arneodo, Coullet and Tresser.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The jerk flow of Arneodo, Coullet and Tresser, with a cubic force,
    ///
    /// $$ \dot x = y, \quad \dot y = z, \quad \dot z = -a x - b y - c z + d x^3. $$
    ///
    /// Source as given by dysts: Arneodo, A., Coullet, P. & Tresser, C. (1980). Occurence of strange
    /// attractors in three-dimensional Volterra equations. *Physics Letters A* 79, 259-263, by the authors of
    /// this flow but on another. Time and states have no unit. Chaotic at the defaults, around one of the two
    /// fixed points off the origin; [`Coullet`] has the same equation with other parameters.
    Arneodo[3] {
        name: "Arneodo",
        parameters: {
            /// a, linear stiffness.
            a: -5.5,
            /// b, damping.
            b: 4.5,
            /// c, rate at which the acceleration decays; the divergence is -c.
            c: 1.0,
            /// d, cubic force.
            d: -1.0,
        },
        variables: ["x", "y", "z"],
        state: [-2.7516, 0.1908, 3.4704],
        dt: 0.03,
        period: 3.1641,
    }
}

flow! {
    /// The jerk flow of Coullet, Tresser and Arneodo, with a cubic force,
    ///
    /// $$ \dot x = y, \quad \dot y = z, \quad \dot z = -a x - b y - c z + d x^3. $$
    ///
    /// Source as given by dysts: that of [`Arneodo`], which has the same equation with other parameters. Time
    /// and states have no unit. Chaotic at the defaults: from the default state weakly so, on a narrow band that looks like a
    /// cycle; from many others, for thousands of time units at the least, ten times as much.
    Coullet[3] {
        name: "Coullet",
        parameters: {
            /// a, linear stiffness.
            a: -0.8,
            /// b, damping.
            b: 1.1,
            /// c, rate at which the acceleration decays; the divergence is -c.
            c: 0.45,
            /// d, cubic force.
            d: -1.0,
        },
        variables: ["x", "y", "z"],
        state: [0.3454, 0.4285, 0.0870],
        dt: 0.06,
        period: 5.7663,
    }
}

impl VectorField<3> for Arneodo {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, z, x.powi(3) * self.d - x * self.a - y * self.b - z * self.c]
    }
}

impl VectorField<3> for Coullet {
    fn field<S: Scalar>(&self, t: f64, state: [S; 3]) -> [S; 3] {
        Arneodo { a: self.a, b: self.b, c: self.c, d: self.d }.field(t, state)
    }
}
