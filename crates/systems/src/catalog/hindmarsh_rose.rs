//! The bursting neuron of Hindmarsh and Rose, with a time constant for each variable.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Hindmarsh-Rose neuron,
    ///
    /// $$ \tau_x \dot x = u - a x^3 + b x^2 + z, \quad \dot u = -d x^2 - u, \quad \tau_z \dot z = -s x - z + c, $$
    ///
    /// with y = u + τ_x x as the variable in place of u:
    ///
    /// $$ \dot x = -x + \frac{y - a x^3 + b x^2 + z}{\tau_x}, \quad \dot y = -a x^3 - (d - b) x^2 + z, \quad
    /// \dot z = \frac{-s x - z + c}{\tau_z}. $$
    ///
    /// Hindmarsh, J. L. & Rose, R. M. (1984). A model of neuronal bursting using three coupled first order differential
    /// equations. *Proceedings of the Royal Society B* 221, 87-102. DOI 10.1098/rspb.1984.0024. Source of this form and of
    /// the parameters as given by dysts: Marhl & Perc, *Chaos, Solitons and Fractals* (2005). x is the membrane potential,
    /// u the recovery and z the slow current; time, in units of the recovery, and states have no unit. Chaotic at the
    /// defaults.
    HindmarshRose[3] {
        name: "Hindmarsh-Rose",
        parameters: {
            /// a, strength of the cubic limit of the spike.
            a: 0.49,
            /// b, strength of the quadratic onset of the spike.
            b: 1.0,
            /// c, offset of the slow current.
            c: 0.0322,
            /// d, how much the spike drives the recovery.
            d: 1.0,
            /// s, how much the potential drives the slow current.
            s: 1.0,
            /// τ_x, time constant of the potential.
            tau_x: 0.03,
            /// τ_z, time constant of the slow current.
            tau_z: 0.8,
        },
        variables: ["x", "y", "z"],
        state: [0.0311, -0.0216, 0.0415],
        dt: 0.01,
        period: 1.752,
        positive: [tau_x, tau_z],
    }
}

impl VectorField<3> for HindmarshRose {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let (square, cube) = (x * x, x * x * x);
        [
            -x + (y - cube * self.a + square * self.b + z) / self.tau_x,
            -(cube * self.a) - square * (self.d - self.b) + z,
            (-(x * self.s) - z + self.c) / self.tau_z,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_neuron_of_1984_in_other_variables() {
        let neuron = HindmarshRose { d: 1.7, ..HindmarshRose::default() };
        let (x, u, z) = (0.4, -0.3, 0.2);
        let [dx, dy, _] = neuron.field(0.0, [x, u + neuron.tau_x * x, z]);
        let current: f64 = u - neuron.a * x.powi(3) + neuron.b * x.powi(2) + z;
        assert!((neuron.tau_x * dx - current).abs() < 1e-15);
        assert!((dy - neuron.tau_x * dx - (-neuron.d * x * x - u)).abs() < 1e-15);
    }
}
