//! The chaotic recurrent network of Beer (1995).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A continuous-time recurrent neural network of three neurons,
    ///
    /// $$ \tau_i \dot y_i = -y_i + \sum_{j=1}^3 w_{ij} \\, s(y_j + \theta_j), \quad
    /// s(u) = 1 / (1 + e^{-u}). $$
    ///
    /// Beer, R. D. (1995). On the dynamics of small continuous-time recurrent neural networks. *Adaptive
    /// Behavior* 3, 469-509. Here `w_ij` is the weight from neuron j to neuron i; the paper writes the
    /// indices the other way round. Time and states have no unit. Chaotic at the defaults.
    BeerRnn[3] {
        name: "Beer RNN",
        parameters: {
            /// τ_1, time constant of neuron 1.
            tau1: 1.0,
            /// τ_2, time constant of neuron 2.
            tau2: 2.5,
            /// τ_3, time constant of neuron 3.
            tau3: 1.0,
            /// θ_1, bias of neuron 1.
            theta1: -4.108,
            /// θ_2, bias of neuron 2.
            theta2: -2.787,
            /// θ_3, bias of neuron 3.
            theta3: -1.114,
            /// Weight from neuron 1 to itself.
            w11: 5.422,
            /// Weight from neuron 2 to neuron 1.
            w12: -0.018,
            /// Weight from neuron 3 to neuron 1.
            w13: 2.75,
            /// Weight from neuron 1 to neuron 2.
            w21: -0.24,
            /// Weight from neuron 2 to itself.
            w22: 4.59,
            /// Weight from neuron 3 to neuron 2.
            w23: 1.21,
            /// Weight from neuron 1 to neuron 3.
            w31: 0.535,
            /// Weight from neuron 2 to neuron 3.
            w32: -2.25,
            /// Weight from neuron 3 to itself.
            w33: 3.885,
        },
        variables: ["y1", "y2", "y3"],
        state: [1.5015, 2.3743, 0.6582],
        dt: 0.5,
        period: 181.58,
        positive: [tau1, tau2, tau3],
    }
}

impl VectorField<3> for BeerRnn {
    fn field<S: Scalar>(&self, _t: f64, [y1, y2, y3]: [S; 3]) -> [S; 3] {
        let rate = |y: S, bias: f64| ((-y - bias).exp() + 1.0).recip();
        let (r1, r2, r3) = (rate(y1, self.theta1), rate(y2, self.theta2), rate(y3, self.theta3));
        [
            (r1 * self.w11 + r2 * self.w12 + r3 * self.w13 - y1) / self.tau1,
            (r1 * self.w21 + r2 * self.w22 + r3 * self.w23 - y2) / self.tau2,
            (r1 * self.w31 + r2 * self.w32 + r3 * self.w33 - y3) / self.tau3,
        ]
    }
}
