//! Stirring in a long cavity whose lid and floor move by two patterns in turn.

use std::f64::consts::{PI, TAU};

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A particle in the slow viscous flow of a cavity of 0 ≤ x ≤ a, -b ≤ y ≤ b, whose lid moves to the right at
    /// U_1 sin(πx/a) + U_2 sin(2πx/a), its floor to the left at the same speed, and U_1 changes its sign each half period,
    ///
    /// $$ \dot x = \sum_{n=1}^2 \frac{2 U_n \sin \kappa_n x}{2 \kappa_n b + \sinh 2 \kappa_n b} \left(
    /// \cosh \kappa_n b (\kappa_n y \cosh \kappa_n y + \sinh \kappa_n y) - \kappa_n b \sinh \kappa_n b \sinh \kappa_n y
    /// \right), $$
    ///
    /// $$ \dot y = \sum_{n=1}^2 \frac{2 \kappa_n U_n \cos \kappa_n x}{2 \kappa_n b + \sinh 2 \kappa_n b} \left(
    /// b \sinh \kappa_n b \cosh \kappa_n y - y \cosh \kappa_n b \sinh \kappa_n y \right), $$
    ///
    /// $$ \kappa_n = \frac{n \pi}{a}, \quad U_1 = u_1 \tanh \left(k \tau \sin \frac{2 \pi s}{\tau}\right), \quad
    /// U_2 = u_2, \quad \dot s = 1. $$
    ///
    /// Grover, P., Ross, S. D., Stremler, M. A. & Kumar, P. (2012). Topological chaos, braiding and bifurcation of
    /// almost-cyclic sets. *Chaos* 22, 043135. Lengths and times have no unit. The state s is the time, which grows without
    /// bound. The flow keeps areas; most particles are stirred chaotically at the defaults.
    LidDrivenCavityFlow[3] {
        name: "lid-driven cavity flow",
        parameters: {
            /// a, length of the cavity.
            a: 6.0,
            /// b, half its height.
            b: 1.0,
            /// τ, period of the lid.
            tau: 1.1,
            /// u_1, speed of the part of the lid's motion that alternates.
            u1: 9.92786,
            /// u_2, speed of the part that does not.
            u2: 8.34932,
            /// k, how sudden the switch is, per time unit of τ.
            sharpness: 20.0,
        },
        variables: ["x", "y", "s"],
        state: [3.9668, 0.1843, 0.0],
        dt: 0.025,
        period: 2.7333,
        positive: [a, b, tau],
        properties: [Forced, Angular],
    }
}

impl VectorField<3> for LidDrivenCavityFlow {
    fn field<S: Scalar>(&self, _t: f64, [x, y, s]: [S; 3]) -> [S; 3] {
        let alternating = ((s * (TAU / self.tau)).sin() * (self.sharpness * self.tau)).tanh() * self.u1;
        let [mut dx, mut dy] = [S::constant(0.0); 2];
        for (n, speed) in [(1.0, alternating), (2.0, S::constant(self.u2))] {
            let kappa = n * PI / self.a;
            let height = kappa * self.b;
            let strength = speed * (2.0 / (2.0 * height + (2.0 * height).sinh()));
            let (sinh, cosh) = ((y * kappa).sinh(), (y * kappa).cosh());
            dx += strength
                * (x * kappa).sin()
                * ((y * kappa * cosh + sinh) * height.cosh() - sinh * (height * height.sinh()));
            dy += strength
                * (x * kappa).cos()
                * (cosh * (height * height.sinh()) - y * kappa * sinh * height.cosh());
        }
        [dx, dy, S::constant(1.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flow;
    use ndarray::Array2;

    #[test]
    fn keeps_areas_and_moves_with_the_walls() {
        let cavity = LidDrivenCavityFlow::default();
        let mut jacobian = Array2::zeros((3, 3));
        // At a quarter of the period the alternating part is at its full speed.
        for (x, y, s) in [(1.3, 0.4, 0.275), (4.1, -0.8, 0.9), (5.5, 0.1, 0.54)] {
            cavity.jacobian(0.0, &[x, y, s], jacobian.view_mut());
            let divergence: f64 = jacobian[[0, 0]] + jacobian[[1, 1]];
            assert!(divergence.abs() < 1e-12, "{divergence}");
        }
        for x in [0.0, 1.3, 4.1, 6.0] {
            let lid = cavity.u1 * (PI * x / 6.0).sin() + cavity.u2 * (PI * x / 3.0).sin();
            for (y, speed) in [(1.0, lid), (-1.0, -lid)] {
                let [dx, dy, _]: [f64; 3] = cavity.field(0.0, [x, y, 0.275]);
                assert!((dx - speed).abs() < 1e-12 && dy.abs() < 1e-12, "{dx} and {dy} at {x}, {y}");
            }
        }
        for x in [0.0, cavity.a] {
            let [through, _, _]: [f64; 3] = cavity.field(0.0, [x, 0.6, 0.2]);
            assert!(through.abs() < 1e-12);
        }
    }
}
