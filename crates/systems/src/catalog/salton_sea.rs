//! Fish, their disease and pelicans in the Salton Sea.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Healthy fish x, infected fish y and the birds z that eat the infected ones,
    ///
    /// $$ \dot x = r x (1 - (x + y) / k) - \lambda x y, \quad \dot y = \lambda x y - m y z / (y + a) - \mu y, \quad
    /// \dot z = \theta y z / (y + a) - d z. $$
    ///
    /// Upadhyay, R. K., Bairagi, N., Kundu, K. & Chattopadhyay, J. (2008). Chaos in eco-epidemiological problem of the
    /// Salton Sea and its possible control. *Applied Mathematics and Computation* 196, 392-401. Units of time and of the
    /// densities x, y, z are not given by dysts, whose values of the parameters these are. Chaotic at the defaults.
    SaltonSea[3] {
        name: "Salton Sea",
        parameters: {
            /// a, the density of infected fish at which birds eat half as much as they can.
            a: 15.0,
            /// d, death rate of the birds.
            d: 8.3,
            /// k, the carrying capacity of the sea for fish.
            k: 400.0,
            /// λ, rate of infection.
            lambda: 0.06,
            /// m, how much a bird eats at most.
            m: 15.5,
            /// μ, death rate of infected fish.
            mu: 3.4,
            /// r, growth rate of the fish.
            r: 22.0,
            /// θ, growth rate of birds that eat as much as they can.
            theta: 10.0,
        },
        variables: ["healthy fish", "infected fish", "birds"],
        state: [231.92548, 89.511_944, 56.753_804],
        dt: 0.01,
        period: 0.96738,
        positive: [a, k],
    }
}

impl VectorField<3> for SaltonSea {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let (infected, eaten) = (x * y * self.lambda, y * z / (y + self.a));
        [
            x * self.r * (-((x + y) / self.k) + 1.0) - infected,
            infected - eaten * self.m - y * self.mu,
            eaten * self.theta - z * self.d,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flow;

    #[test]
    fn rests_where_all_three_live_together() {
        // Birds rest where θ y / (y + a) = d; then x and z follow from the first two equations.
        let sea = SaltonSea::default();
        let y = sea.d * sea.a / (sea.theta - sea.d);
        let x = sea.k * (1.0 - sea.lambda * y / sea.r) - y;
        let z = (sea.lambda * x - sea.mu) * (y + sea.a) / sea.m;
        let mut dx = [1.0; 3];
        sea.rhs(0.0, &[x, y, z], &mut dx);
        assert!(x > 0.0 && z > 0.0 && dx.iter().all(|value| value.abs() < 1e-10), "{dx:?}");
    }
}
