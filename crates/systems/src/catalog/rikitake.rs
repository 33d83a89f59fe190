//! The Rikitake dynamo.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Two disk dynamos of which each feeds the field of the other, a model of the reversals of Earth's magnetic field,
    ///
    /// $$ \dot x = -\mu x + y z, \quad \dot y = -\mu y + (z - a) x, \quad \dot z = 1 - x y. $$
    ///
    /// Rikitake, T. (1958). Oscillations of a system of disk dynamos. *Mathematical Proceedings of the Cambridge
    /// Philosophical Society* 54, 89-105. The currents x and y and the angular velocity z are without units, as is time.
    /// Chaotic at the defaults: x and y change sign together at irregular times.
    RikitakeDynamo[3] {
        name: "Rikitake dynamo",
        parameters: {
            /// a, the difference of the angular velocities of the two disks, which is conserved.
            a: 1.0,
            /// μ, the resistance.
            mu: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [-0.779_156_279_113_625_5, -0.630_224_459_874_146_8, 2.671_200_187_214_492],
        dt: 0.05,
        period: 5.8975,
    }
}

impl VectorField<3> for RikitakeDynamo {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y * z - x * self.mu, (z - self.a) * x - y * self.mu, -(x * y) + 1.0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flow;

    #[test]
    fn rests_at_its_two_fixed_points() {
        // x = ±k, y = ±1/k, z = μ k² where a = μ (k² - 1/k²).
        let k: f64 = 1.5;
        let mu = 0.8;
        let dynamo = RikitakeDynamo { a: mu * (k * k - 1.0 / (k * k)), mu };
        for sign in [1.0, -1.0] {
            let mut dx = [1.0; 3];
            dynamo.rhs(0.0, &[sign * k, sign / k, mu * k * k], &mut dx);
            assert!(dx.iter().all(|value| value.abs() < 1e-14), "{dx:?}");
        }
    }
}
