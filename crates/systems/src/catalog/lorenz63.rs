//! The Lorenz system of 1963.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Lorenz system,
    ///
    /// $$ \dot x = \sigma (y - x), \quad \dot y = x (\rho - z) - y, \quad \dot z = x y - \beta z. $$
    ///
    /// Lorenz, E. N. (1963). Deterministic nonperiodic flow. *Journal of the Atmospheric Sciences* 20, 130-141.
    /// DOI 10.1175/1520-0469(1963)020<0130:DNF>2.0.CO;2. Time and states have no unit. Chaotic at the defaults.
    Lorenz63[3] {
        name: "Lorenz-63",
        aliases: ["Lorenz"],
        parameters: {
            /// σ, the Prandtl number.
            sigma: 10.0,
            /// ρ, the Rayleigh number relative to its critical value.
            rho: 28.0,
            /// β, a geometric factor.
            beta: 8.0 / 3.0,
        },
        variables: ["x", "y", "z"],
        state: [-9.7869, -15.0385, 20.5340],
        dt: 0.01,
        period: 1.5008,
        exponents: [0.9056, 0.0, -14.5723] within 5e-5 from "Sprott (2003), Chaos and Time-Series Analysis, appendix A; \
            the first 0.90566 in Viswanath (1998), Lyapunov exponents from random Fibonacci sequences to the Lorenz equations",
    }
}

impl VectorField<3> for Lorenz63 {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        [(y - x) * self.sigma, x * (-z + self.rho) - y, x * y - z * self.beta]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Flow, Simulation, System, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&Lorenz63::default());
    }

    #[test]
    fn rests_at_its_three_fixed_points() {
        let lorenz = Lorenz63::default();
        let c = (lorenz.beta * (lorenz.rho - 1.0)).sqrt();
        for x in [[0.0, 0.0, 0.0], [c, c, 27.0], [-c, -c, 27.0]] {
            let mut dx = [1.0; 3];
            lorenz.rhs(0.0, &x, &mut dx);
            assert!(dx.iter().all(|value| value.abs() < 1e-13), "{dx:?}");
        }
    }

    #[test]
    fn exponents_add_up_to_the_divergence() {
        // Liouville: the sum of the exponents is the divergence, which is constant here.
        let lorenz = Lorenz63::default();
        let sum: f64 = lorenz.known_exponents().unwrap().exponents.iter().sum();
        assert!((sum + (lorenz.sigma + 1.0 + lorenz.beta)).abs() < 1.5e-4, "{sum}");
        assert!(Lorenz63 { rho: 20.0, ..lorenz }.known_exponents().is_none());
    }

    #[test]
    fn names_the_parameter_that_is_not_a_number() {
        let broken = Lorenz63 { rho: f64::NAN, ..Lorenz63::default() };
        let error = Simulation::of(&broken, 10).run(&broken).unwrap_err();
        assert!(matches!(error, Error::Parameter { parameter: "rho", .. }), "{error}");
    }

    #[test]
    fn reads_partial_settings() {
        let lorenz: Lorenz63 = serde_json::from_str(r#"{"rho": 35.0}"#).unwrap();
        assert_eq!(lorenz, Lorenz63 { rho: 35.0, ..Lorenz63::default() });
        assert!(serde_json::from_str::<Lorenz63>(r#"{"roh": 35.0}"#).is_err());
    }
}
