//! The Arnold-Beltrami-Childress flow.
#![expect(clippy::approx_constant, reason = "the defaults are those of dysts, √3 and √2 to five digits")]

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The path of a particle in the Arnold-Beltrami-Childress (ABC) flow, a steady solution of Euler's
    /// equations of period 2π in all directions whose vorticity equals its velocity,
    ///
    /// $$ \dot x = a \sin z + c \cos y, \quad \dot y = b \sin x + a \cos z, \quad
    /// \dot z = c \sin y + b \cos x. $$
    ///
    /// Arnold, V. I. (1965). Sur la topologie des écoulements stationnaires des fluides parfaits. *Comptes
    /// Rendus de l'Académie des Sciences de Paris* 261, 17-20. Dombre, T., Frisch, U., Greene, J. M., Hénon,
    /// M., Mehr, A. & Soward, A. M. (1986). Chaotic streamlines in the ABC flows. *Journal of Fluid
    /// Mechanics* 167, 353-391. Time and states have no unit. It conserves volume: no attractor, but chaotic
    /// seas between islands of regular motion. The default state lies in the sea, and the positions along a
    /// path grow without bound.
    ArnoldBeltramiChildress[3] {
        name: "Arnold-Beltrami-Childress",
        aliases: ["ABC flow"],
        parameters: {
            /// a, amplitude of the wave along z.
            a: 1.73205,
            /// b, amplitude of the wave along x.
            b: 1.41421,
            /// c, amplitude of the wave along y.
            c: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [-2.8838, 2.7701, -0.2081],
        dt: 0.03,
        period: 2.8508,
        properties: [Angular],
    }
}

impl VectorField<3> for ArnoldBeltramiChildress {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [
            z.sin() * self.a + y.cos() * self.c,
            x.sin() * self.b + z.cos() * self.a,
            y.sin() * self.c + x.cos() * self.b,
        ]
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::Flow;

    #[test]
    fn is_its_own_vorticity_and_has_no_divergence() {
        let flow = ArnoldBeltramiChildress::default();
        for x in [[0.3, -1.2, 2.5], [4.0, 0.1, -0.7]] {
            let (mut v, mut j) = ([0.0; 3], Array2::zeros((3, 3)));
            flow.rhs(0.0, &x, &mut v);
            flow.jacobian(0.0, &x, j.view_mut());
            let curl = [j[[2, 1]] - j[[1, 2]], j[[0, 2]] - j[[2, 0]], j[[1, 0]] - j[[0, 1]]];
            assert!(v.iter().zip(curl).all(|(v, curl)| (v - curl).abs() < 1e-14), "{v:?} against {curl:?}");
            assert!(j.diag().sum().abs() < 1e-14);
        }
    }
}
