//! A small continuous Hopfield network whose connections cannot all be satisfied.

use ndarray::ArrayViewMut2;
use serde::{Deserialize, Serialize};

use crate::{Flow, Result, Scalar, System, VectorField, vector_field};

/// Six neurons that inhibit one another,
///
/// $$ \dot x_i = -\frac{x_i}{\tau} + f\left(\epsilon \sum_j k_{ij} x_j\right) - \beta, \quad
/// f(x) = \frac{1 + \tanh x}{2}. $$
///
/// Lewis, J. E. & Glass, L. (1992). Nonlinear dynamics and symbolic dynamics of neural networks. *Neural Computation* 4,
/// 621-642. Time and states have no unit. Chaotic at the defaults. The connections are parameters by the names `k11` to
/// `k66`, row first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hopfield {
    /// β, threshold; 0.5 by default.
    pub beta: f64,
    /// ε, steepness of the response; 10 by default.
    pub epsilon: f64,
    /// τ, time constant of the decay; 2.5 by default.
    pub tau: f64,
    /// `k_ij`, connection to neuron i from neuron j; -1 or 0 by default.
    pub connections: [[f64; 6]; 6],
}

const CONNECTIONS: [[&str; 6]; 6] = [
    ["k11", "k12", "k13", "k14", "k15", "k16"],
    ["k21", "k22", "k23", "k24", "k25", "k26"],
    ["k31", "k32", "k33", "k34", "k35", "k36"],
    ["k41", "k42", "k43", "k44", "k45", "k46"],
    ["k51", "k52", "k53", "k54", "k55", "k56"],
    ["k61", "k62", "k63", "k64", "k65", "k66"],
];

impl Default for Hopfield {
    fn default() -> Self {
        let connections = [
            [0.0, -1.0, 0.0, 0.0, -1.0, -1.0],
            [0.0, 0.0, 0.0, -1.0, -1.0, -1.0],
            [-1.0, -1.0, 0.0, 0.0, -1.0, 0.0],
            [-1.0, -1.0, -1.0, 0.0, 0.0, 0.0],
            [-1.0, -1.0, 0.0, -1.0, 0.0, 0.0],
            [0.0, -1.0, -1.0, -1.0, 0.0, 0.0],
        ];
        Self { beta: 0.5, epsilon: 10.0, tau: 2.5, connections }
    }
}

impl VectorField<6> for Hopfield {
    fn field<S: Scalar>(&self, _t: f64, x: [S; 6]) -> [S; 6] {
        std::array::from_fn(|i| {
            let mut input = S::constant(0.0);
            for (state, connection) in x.into_iter().zip(self.connections[i]) {
                input += state * connection;
            }
            -(x[i] / self.tau) + ((input * self.epsilon).tanh() + 1.0) / 2.0 - self.beta
        })
    }
}

impl Flow for Hopfield {
    fn dim(&self) -> usize {
        6
    }

    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        dx.copy_from_slice(&self.field(t, vector_field::state(x)));
    }

    fn jacobian(&self, t: f64, x: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        vector_field::differentiate(x, jacobian, |x| self.field(t, x));
    }

    fn validate(&self) -> Result<()> {
        self.check_parameters()
    }
}

impl System for Hopfield {
    fn name(&self) -> &'static str {
        "Hopfield network"
    }
    fn aliases(&self) -> &'static [&'static str] {
        &["Hopfield"]
    }
    fn variables(&self) -> Vec<String> {
        (1..=6).map(|i| format!("x{i}")).collect()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        let connections = CONNECTIONS.into_iter().flatten().zip(self.connections.into_iter().flatten());
        [("beta", self.beta), ("epsilon", self.epsilon), ("tau", self.tau)]
            .into_iter()
            .chain(connections)
            .collect()
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "beta" => Some(&mut self.beta),
            "epsilon" => Some(&mut self.epsilon),
            "tau" => Some(&mut self.tau),
            _ => {
                let names = CONNECTIONS.into_iter().flatten();
                let mut connections = names.zip(self.connections.iter_mut().flatten());
                connections.find(|(known, _)| *known == name).map(|(_, connection)| connection)
            }
        }
    }
    fn default_state(&self) -> Vec<f64> {
        vec![-0.6713, -0.242, -0.0557, 0.347, 0.4527, 0.7839]
    }
    fn default_dt(&self) -> f64 {
        0.1
    }
    fn period(&self) -> Option<f64> {
        Some(10.865)
    }
    fn positive_parameters(&self) -> &'static [&'static str] {
        &["tau"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn connections_are_parameters_by_row_and_column() {
        let mut network = Hopfield::default();
        network.set_parameter("k23", f64::NAN).unwrap();
        assert!(network.connections[1][2].is_nan());
        let error = network.validate().unwrap_err();
        assert!(matches!(error, Error::Parameter { parameter: "k23", .. }), "{error}");
        assert!(network.set_parameter("k17", 0.0).is_err());
    }
}
