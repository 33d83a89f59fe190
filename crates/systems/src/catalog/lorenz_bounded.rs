//! The Lorenz system inside a sphere that nothing leaves.

use super::Lorenz63;
use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Lorenz system with its speed brought down to zero at a sphere,
    ///
    /// $$ \dot x = \sigma (y - x) q, \quad \dot y = (x (\rho - z) - y) q, \quad \dot z = (x y - \beta z) q, \quad
    /// q = 1 - \frac{x^2 + y^2 + z^2}{r^2}. $$
    ///
    /// Sprott, J. C. & Xiong, A. (2015). Classifying and quantifying basins of attraction. *Chaos* 25, 083101. Inside the
    /// sphere, the orbits are those of [`Lorenz63`], passed more slowly. Time and states have no unit. Chaotic at the
    /// defaults.
    LorenzBounded[3] {
        name: "bounded Lorenz",
        aliases: ["LorenzBounded"],
        parameters: {
            /// β, a geometric factor; dysts rounds 8/3 to this.
            beta: 2.667,
            /// r, radius of the sphere.
            r: 64.0,
            /// ρ, the Rayleigh number relative to its critical value.
            rho: 28.0,
            /// σ, the Prandtl number.
            sigma: 10.0,
        },
        variables: ["x", "y", "z"],
        state: [-13.2849, -12.4443, 34.1882],
        dt: 0.01,
        period: 1.3716,
        positive: [r],
    }
}

impl VectorField<3> for LorenzBounded {
    fn field<S: Scalar>(&self, t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let lorenz = Lorenz63 { sigma: self.sigma, rho: self.rho, beta: self.beta };
        let speed = -(x * x + y * y + z * z) / (self.r * self.r) + 1.0;
        lorenz.field(t, [x, y, z]).map(|value| value * speed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stands_still_on_the_sphere() {
        let dx = LorenzBounded { r: 7.0, ..LorenzBounded::default() }.field(0.0, [2.0, -3.0, 6.0]);
        assert_eq!(dx.map(f64::abs), [0.0; 3]);
    }
}
