//! Stirring inside a cylinder whose wall moves along itself, by two patterns in turn.

use std::f64::consts::TAU;

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A particle in the slow viscous flow inside a cylinder whose wall slips by a pattern a, then by a pattern g,
    ///
    /// $$ \dot r = \sum_{n=1}^5 n r^{n-1} (r^2 - 1) (A_n \sin n \theta + G_n \cos n \theta), $$
    ///
    /// $$ \dot \theta = \sum_{n=1}^5 r^{n-2} \left(2 r^2 + n (r^2 - 1)\right) (A_n \cos n \theta - G_n \sin n \theta), $$
    ///
    /// $$ A_n = q a_n, \quad G_n = (1 - q) g_n, \quad q = \frac{1}{2} + \frac{1}{2} \tanh \left(k \tau \sin
    /// \frac{2 \pi s}{\tau}\right), \quad \dot s = 1. $$
    ///
    /// Source as given by dysts: Blake, J. R. (1971). Self propulsion due to oscillations on the surface of a cylinder at
    /// low Reynolds number. *Bulletin of the Australian Mathematical Society* 5, 255-264. r is in radii of the cylinder, θ
    /// in radians; time has no unit. The state s is the time, which grows without bound. The flow keeps areas; particles
    /// inside stay inside, and most are stirred chaotically at the defaults.
    /// A particle that comes close to the centre turns fast in θ.
    InteriorSquirmer[3] {
        name: "interior squirmer",
        parameters: {
            /// a_1, mode 1 of the first pattern.
            a1: 0.5,
            /// a_2, mode 2 of the first pattern.
            a2: 0.5,
            /// a_3, mode 3 of the first pattern.
            a3: 0.5,
            /// a_4, mode 4 of the first pattern.
            a4: 0.5,
            /// a_5, mode 5 of the first pattern.
            a5: 0.5,
            /// g_1, mode 1 of the second pattern.
            g1: 0.5,
            /// g_2, mode 2 of the second pattern.
            g2: 0.5,
            /// g_3, mode 3 of the second pattern.
            g3: 0.5,
            /// g_4, mode 4 of the second pattern.
            g4: 0.5,
            /// g_5, mode 5 of the second pattern.
            g5: 0.5,
            /// τ, the time in which both patterns have their turn.
            tau: 3.0,
            /// k, how sudden the switch is, per time unit of τ.
            sharpness: 20.0,
        },
        variables: ["r", "θ", "s"],
        state: [0.1, 0.1, 0.1],
        dt: 0.1,
        period: 28.8226,
        positive: [tau],
        properties: [Forced, Angular],
    }
}

impl VectorField<3> for InteriorSquirmer {
    fn field<S: Scalar>(&self, _t: f64, [r, theta, s]: [S; 3]) -> [S; 3] {
        let first = (((s * (TAU / self.tau)).sin() * (self.sharpness * self.tau)).tanh() + 1.0) / 2.0;
        let second = -first + 1.0;
        let a = [self.a1, self.a2, self.a3, self.a4, self.a5];
        let g = [self.g1, self.g2, self.g3, self.g4, self.g5];
        let [mut dr, mut dtheta] = [S::constant(0.0); 2];
        for (n, (a, g)) in (1..).zip(a.into_iter().zip(g)) {
            let (a, g, mode) = (first * a, second * g, f64::from(n));
            let (sin, cos) = ((theta * mode).sin(), (theta * mode).cos());
            let wall = r * r - 1.0;
            dr += r.powi(n - 1) * wall * (a * sin + g * cos) * mode;
            dtheta += r.powi(n - 2) * (r * r * 2.0 + wall * mode) * (a * cos - g * sin);
        }
        [dr, dtheta, S::constant(1.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flow;
    use ndarray::Array2;

    #[test]
    fn keeps_areas_and_stays_inside() {
        let squirmer = InteriorSquirmer { a2: 0.7, g3: -0.2, ..InteriorSquirmer::default() };
        let mut jacobian = Array2::zeros((3, 3));
        for x in [[0.3, 1.0, 0.7], [0.8, -2.0, 2.0], [0.5, 4.0, 1.48]] {
            let [dr, _, _] = squirmer.field(0.0, x);
            squirmer.jacobian(0.0, &x, jacobian.view_mut());
            // The divergence in polar coordinates.
            let divergence: f64 = jacobian[[0, 0]] + dr / x[0] + jacobian[[1, 1]];
            assert!(divergence.abs() < 1e-13, "{divergence} at {x:?}");
            let [through, _, _] = squirmer.field(0.0, [1.0, x[1], x[2]]);
            assert_eq!(through, 0.0);
        }
    }
}
