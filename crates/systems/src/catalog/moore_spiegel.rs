//! The oscillator of Moore and Spiegel.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Moore-Spiegel oscillator: a blob of fluid in a layer that is stratified, compressible and loses heat,
    ///
    /// $$ \dot x = y, \quad \dot y = a z, \quad \dot z = -z + \epsilon y - y x^2 - b x. $$
    ///
    /// Moore, D. W. & Spiegel, E. A. (1966). A thermally excited non-linear oscillator. *The Astrophysical Journal* 143,
    /// 871-887. In its letters, with the displacement X = x √(a/R), it is
    ///
    /// $$ \dddot X + \ddot X + (T - R + R X^2) \dot X + T X = 0, \quad T = a b, \quad R = a (b + \epsilon). $$
    ///
    /// Time is in cooling times; states have no unit. Chaotic at the defaults, which are T = 40 and R = 130.
    MooreSpiegel[3] {
        name: "Moore-Spiegel",
        parameters: {
            /// a, acceleration by z.
            a: 10.0,
            /// b, restoring force.
            b: 4.0,
            /// ε, excitation.
            epsilon: 9.0,
        },
        variables: ["x", "y", "z"],
        state: [-3.4733, 19.667, -3.8262],
        dt: 0.01,
        period: 1.2887,
    }
}

impl VectorField<3> for MooreSpiegel {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, z * self.a, -z + y * self.epsilon - y * x * x - x * self.b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_oscillator_of_1966_in_other_letters() {
        let system = MooreSpiegel::default();
        let (tension, rayleigh): (f64, f64) = (40.0, 130.0);
        let scale = (system.a / rayleigh).sqrt();
        let [x, y, z] = [0.7, -3.0, 5.0];
        let [dx, dy, dz] = system.field(0.0, [x, y, z]).map(|value: f64| value * scale);
        let jerk = system.a * dz;
        let rest =
            jerk + dy + (tension - rayleigh + rayleigh * (x * scale).powi(2)) * dx + tension * x * scale;
        assert!(rest.abs() < 1e-12, "{rest}");
    }
}
