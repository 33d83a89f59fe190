//! The Lü system, between those of Lorenz and Chen.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Lü system,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = c y - x z, \quad \dot z = x y - b z. $$
    ///
    /// Lü, J. & Chen, G. (2002). A new chaotic attractor coined. *International Journal of Bifurcation and Chaos* 12,
    /// 659-661. Time and states have no unit. Its attractor goes from that of Lorenz to that of Chen as c goes from 12.7 to
    /// 28.5; chaotic at the defaults, which are those of dysts.
    LuChen[3] {
        name: "Lü-Chen",
        aliases: ["Lü"],
        parameters: {
            /// a, rate at which x follows y.
            a: 36.0,
            /// b, damping of z.
            b: 3.0,
            /// c, growth of y.
            c: 18.0,
        },
        variables: ["x", "y", "z"],
        state: [10.9565, 9.8813, 22.6767],
        dt: 0.01,
        period: 2.3385,
    }
}

impl VectorField<3> for LuChen {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [(y - x) * self.a, y * self.c - x * z, x * y - z * self.b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_at_its_three_fixed_points() {
        let system = LuChen::default();
        let x = (system.b * system.c).sqrt();
        for point in [[0.0; 3], [x, x, system.c], [-x, -x, system.c]] {
            let rest = system.field(0.0, point);
            assert!(rest.iter().all(|value: &f64| value.abs() < 1e-12), "{rest:?}");
        }
    }
}
