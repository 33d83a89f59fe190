//! The system of Pehlivan and Wei.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Pehlivan-Wei system,
    ///
    /// $$ \dot x = y - y z, \quad \dot y = y + y z - a x, \quad \dot z = b - x y - y^2. $$
    ///
    /// Pehlivan, İ. & Wei, Z. (2012). Analysis, nonlinear control, and chaos generator circuit of another strange chaotic
    /// system. *Turkish Journal of Electrical Engineering and Computer Sciences* 20, 1229-1239. Time and states have no
    /// unit. Chaotic at the defaults. In dysts a and b are the number 2.
    PehlivanWei[3] {
        name: "Pehlivan-Wei",
        parameters: {
            /// a, how much x drives y down.
            a: 2.0,
            /// b, offset of z.
            b: 2.0,
        },
        variables: ["x", "y", "z"],
        state: [0.2167, 0.8671, 0.5063],
        dt: 0.05,
        period: 3.7487,
    }
}

impl VectorField<3> for PehlivanWei {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y - y * z, y + y * z - x * self.a, -(x * y) - y * y + self.b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_at_its_two_fixed_points() {
        for sign in [1.0, -1.0] {
            assert_eq!(PehlivanWei::default().field(0.0, [sign, sign, 1.0]), [0.0; 3]);
        }
    }
}
