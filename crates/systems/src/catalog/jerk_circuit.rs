//! The jerk circuit of Sprott with one diode.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A circuit of operational amplifiers with a diode,
    ///
    /// $$ \dot x = y, \quad \dot y = z, \quad \dot z = -z - x - \epsilon \left(e^{y / y_0} - 1\right). $$
    ///
    /// Sprott, J. C. (2011). A new chaotic jerk circuit. *IEEE Transactions on Circuits and Systems II* 58, 240-243. x, y
    /// and z stand for voltages in V; time is in units of the circuit's RC. Chaotic at the defaults.
    JerkCircuit[3] {
        name: "jerk circuit",
        parameters: {
            /// ε, the diode's saturation current times the resistance, in V.
            epsilon: 1e-9,
            /// y_0, the diode's thermal voltage times its ideality, in V.
            y0: 0.026,
        },
        variables: ["x", "y", "z"],
        state: [-1.3009, 0.0654, 0.918],
        dt: 0.1,
        period: 19.4546,
        positive: [y0],
    }
}

impl VectorField<3> for JerkCircuit {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [y, z, -z - x - ((y / self.y0).exp() - 1.0) * self.epsilon]
    }
}
