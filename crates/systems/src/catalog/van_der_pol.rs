//! The van der Pol oscillator, free or forced.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The van der Pol oscillator, by default without forcing,
    ///
    /// $$ \dot x = v, \quad \dot v = \mu (1 - x^2) v - x + A \sin \omega t. $$
    ///
    /// van der Pol, B. (1926). On relaxation-oscillations. *Philosophical Magazine* 2, 978-992. DOI
    /// 10.1080/14786442608564127. Time and states have no unit. A limit cycle at the defaults; stiff for μ
    /// above some 50, where [`Method::Radau5`](crate::Method::Radau5) is the better method.
    VanDerPol[2] {
        name: "van der Pol",
        parameters: {
            /// μ, strength of the nonlinear damping.
            mu: 2.0,
            /// A, amplitude of the forcing.
            amplitude: 0.0,
            /// ω, angular frequency of the forcing, in radians per time unit.
            omega: 0.63,
        },
        variables: ["x", "v"],
        state: [2.0, 0.0],
        dt: 0.05,
        period: 7.6299,
        properties: [Regular],
    }
}

flow! {
    /// The van der Pol oscillator under sinusoidal forcing, with the phase of the forcing as a state,
    ///
    /// $$ \dot x = v, \quad \dot v = \mu (1 - x^2) v - x + A \sin \varphi, \quad \dot \varphi = \omega. $$
    ///
    /// van der Pol, B. & van der Mark, J. (1927). Frequency demultiplication. *Nature* 120, 363-364. Time and
    /// states have no unit. At the defaults it locks to the forcing: no chaos. The phase of the default state
    /// is that of dysts modulo 2π.
    ForcedVanDerPol[3] {
        name: "forced van der Pol",
        parameters: {
            /// μ, strength of the nonlinear damping.
            mu: 8.53,
            /// A, amplitude of the forcing.
            amplitude: 1.2,
            /// ω, angular frequency of the forcing, in radians per time unit.
            omega: 0.63,
        },
        variables: ["x", "v", "phi"],
        state: [-1.5205, 0.1964, 2.5235],
        dt: 0.15,
        period: 14.476_875,
        properties: [Forced, Angular, Regular],
    }
}

impl VectorField<2> for VanDerPol {
    fn field<S: Scalar>(&self, t: f64, [x, v]: [S; 2]) -> [S; 2] {
        let force = self.amplitude * (self.omega * t).sin();
        [v, (-x * x + 1.0) * v * self.mu - x + force]
    }
}

impl VectorField<3> for ForcedVanDerPol {
    fn field<S: Scalar>(&self, _t: f64, [x, v, phi]: [S; 3]) -> [S; 3] {
        [v, (-x * x + 1.0) * v * self.mu - x + phi.sin() * self.amplitude, S::constant(self.omega)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Method, Simulation, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&VanDerPol::default());
        check::flow(&VanDerPol { amplitude: 1.2, mu: 8.53, omega: 0.63 });
    }

    #[test]
    fn stiff_solution_matches_the_published_reference() {
        // Hairer & Wanner, Solving ODEs II, problem VDPOL in the Test Set for IVP Solvers (release 2.4, 2008): in the
        // scaling τ = t / μ with ε = 1e-6 (μ = 1000), from (2, 0), x(τ = 2) = 0.1706167732170483e1.
        let stiff = VanDerPol { mu: 1000.0, ..VanDerPol::default() };
        let run = Simulation::of(&stiff, 11)
            .initial_state([2.0, 0.0])
            .dt(200.0)
            .method(Method::Radau5)
            .run(&stiff)
            .unwrap();
        let x = run.last_row()[0];
        assert!((x - 1.706_167_732_170_483).abs() < 1e-7, "{x}");
    }
    #[test]
    fn a_phase_as_state_is_the_same_as_time() {
        let free = VanDerPol { amplitude: 1.2, ..VanDerPol::default() };
        let VanDerPol { mu, amplitude, omega } = free.clone();
        let phase = ForcedVanDerPol { mu, amplitude, omega };
        let t = 3.7;
        let [dx, dy] = free.field(t, [0.3, -0.8]);
        assert_eq!(phase.field(0.0, [0.3, -0.8, phase.omega * t]), [dx, dy, phase.omega]);
    }
}
