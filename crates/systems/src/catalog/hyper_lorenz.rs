//! The hyperchaotic Lorenz system, under the two names that it has at two values of its parameter.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The hyperchaotic Lorenz system: the Lorenz system with a fourth variable fed back to the first,
    ///
    /// $$ \dot x = a (y - x) + w, \quad \dot y = x (c - z) - y, \quad \dot z = x y - b z, \quad \dot w = d w - x z. $$
    ///
    /// Source as given by dysts: Meier, J. (2003). *Presentation of Attractors with Cinema*. The equation is that of
    /// [`HyperJha`]. Time and states have no unit. Hyperchaotic at the defaults.
    HyperLorenz[4] {
        name: "hyperchaotic Lorenz",
        aliases: ["HyperLorenz"],
        parameters: {
            /// a, the Prandtl number.
            a: 10.0,
            /// b, a geometric factor; dysts rounds 8/3 to this.
            b: 2.667,
            /// c, the Rayleigh number relative to its critical value.
            c: 28.0,
            /// d, growth of w.
            d: 1.1,
        },
        variables: ["x", "y", "z", "w"],
        state: [-9.1861, -0.6745, 16.4405, -145.0244],
        dt: 0.01,
        period: 1.2775,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperLorenz {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z, w]: [S; 4]) -> [S; 4] {
        [(y - x) * self.a + w, x * (-z + self.c) - y, x * y - z * self.b, w * self.d - x * z]
    }
}

flow! {
    /// The hyperchaotic Jha system, which is the hyperchaotic Lorenz system [`HyperLorenz`] at another value of d and with
    /// other letters,
    ///
    /// $$ \dot x = a (y - x) + w, \quad \dot y = x (b - z) - y, \quad \dot z = x y - c z, \quad \dot w = d w - x z. $$
    ///
    /// Jia, Q. (2007). Hyperchaos generated from the Lorenz chaotic system and its control. *Physics Letters A* 366,
    /// 217-222; "Jha" is how collections of attractors, among them dysts, spell the name. Time and states have no unit.
    /// Hyperchaotic at the defaults.
    HyperJha[4] {
        name: "hyperchaotic Jha",
        aliases: ["HyperJha"],
        parameters: {
            /// a, the Prandtl number.
            a: 10.0,
            /// b, the Rayleigh number relative to its critical value.
            b: 28.0,
            /// c, a geometric factor; dysts rounds 8/3 to this.
            c: 2.667,
            /// d, growth of w.
            d: 1.3,
        },
        variables: ["x", "y", "z", "w"],
        state: [13.7654, 20.2038, 32.0818, -51.1893],
        dt: 0.01,
        period: 0.8564,
        properties: [Hyperchaotic],
    }
}

impl VectorField<4> for HyperJha {
    fn field<S: Scalar>(&self, t: f64, x: [S; 4]) -> [S; 4] {
        HyperLorenz { a: self.a, b: self.c, c: self.b, d: self.d }.field(t, x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lorenz63;

    #[test]
    fn is_the_lorenz_system_where_the_fourth_variable_is_zero() {
        let hyper = HyperLorenz::default();
        let lorenz = Lorenz63 { sigma: hyper.a, rho: hyper.c, beta: hyper.b };
        let [dx, dy, dz, _] = hyper.field(0.0, [1.3, -2.0, 17.0, 0.0]);
        assert_eq!([dx, dy, dz], lorenz.field(0.0, [1.3, -2.0, 17.0]));
    }
}
