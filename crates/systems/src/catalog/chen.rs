//! The Chen system.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Chen system, dual to the Lorenz system,
    ///
    /// $$ \dot x = a (y - x), \quad \dot y = (c - a) x - x z + c y, \quad \dot z = x y - b z. $$
    ///
    /// Chen, G. & Ueta, T. (1999). Yet another chaotic attractor. *International Journal of Bifurcation and
    /// Chaos* 9, 1465-1466. Time and states have no unit. Chaotic at the defaults.
    Chen[3] {
        name: "Chen",
        parameters: {
            /// a, rate at which x follows y.
            a: 35.0,
            /// b, decay of z.
            b: 3.0,
            /// c, growth of y.
            c: 28.0,
        },
        variables: ["x", "y", "z"],
        state: [3.2690, 5.2990, 19.4353],
        dt: 0.005,
        period: 0.58689,
        exponents: [2.0272, 0.0, -12.0272] within 5e-5 from "Sprott (2003), Chaos and \
            Time-Series Analysis, appendix A",
    }
}

impl VectorField<3> for Chen {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [(y - x) * self.a, x * (-z + (self.c - self.a)) + y * self.c, x * y - z * self.b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flow, System};

    #[test]
    fn exponents_add_up_to_the_divergence() {
        let chen = Chen::default();
        let sum: f64 = chen.known_exponents().unwrap().exponents.iter().sum();
        assert!((sum + chen.a + chen.b - chen.c).abs() < 1.5e-4, "{sum}");
    }

    #[test]
    fn rests_at_its_fixed_points() {
        let chen = Chen::default();
        let z = 2.0 * chen.c - chen.a;
        let x = (chen.b * z).sqrt();
        for state in [[x, x, z], [-x, -x, z]] {
            let mut dx = [1.0; 3];
            chen.rhs(0.0, &state, &mut dx);
            assert!(dx.iter().all(|value| value.abs() < 1e-12), "{dx:?}");
        }
    }
}
