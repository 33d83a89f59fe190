//! The populations of excitatory and inhibitory neurons of Wilson and Cowan.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Wilson-Cowan model of a patch of cortex,
    ///
    /// $$ \tau_e \dot E = -E + (k_e - r_e E)\, S_e(c_1 E - c_2 I + P), \quad
    /// \tau_i \dot I = -I + (k_i - r_i I)\, S_i(c_3 E - c_4 I + Q), $$
    ///
    /// $$ S(x) = \frac{1}{1 + e^{-a (x - \theta)}} - \frac{1}{1 + e^{a \theta}}, \quad
    /// k = S(\infty) = 1 - \frac{1}{1 + e^{a \theta}}. $$
    ///
    /// Wilson, H. R. & Cowan, J. D. (1972). Excitatory and inhibitory interactions in localized populations of model neurons.
    /// *Biophysical Journal* 12, 1-24. E and I are the fractions of cells that fire, measured from rest; time is in units of
    /// the membrane time constant, some 10 ms. The defaults are those of the paper's limit cycle; without input (P = Q = 0)
    /// it is at rest at 0.
    WilsonCowan[2] {
        name: "Wilson-Cowan",
        parameters: {
            /// c_1, from excitatory to excitatory cells.
            c1: 16.0,
            /// c_2, from inhibitory to excitatory cells.
            c2: 12.0,
            /// c_3, from excitatory to inhibitory cells.
            c3: 15.0,
            /// c_4, from inhibitory to inhibitory cells.
            c4: 3.0,
            /// a_e, steepness of the excitatory response.
            a_e: 1.3,
            /// θ_e, threshold of the excitatory response.
            theta_e: 4.0,
            /// a_i, steepness of the inhibitory response.
            a_i: 2.0,
            /// θ_i, threshold of the inhibitory response.
            theta_i: 3.7,
            /// r_e, refractory period of the excitatory cells.
            r_e: 1.0,
            /// r_i, refractory period of the inhibitory cells.
            r_i: 1.0,
            /// τ_e, time constant of the excitatory cells.
            tau_e: 1.0,
            /// τ_i, time constant of the inhibitory cells.
            tau_i: 1.0,
            /// P, input to the excitatory cells.
            p: 1.25,
            /// Q, input to the inhibitory cells.
            q: 0.0,
        },
        variables: ["E", "I"],
        state: [0.1147, 0.0653],
        dt: 0.05,
        period: 4.9959,
        positive: [a_e, a_i, tau_e, tau_i],
        properties: [Regular],
    }
}

impl VectorField<2> for WilsonCowan {
    fn field<S: Scalar>(&self, _t: f64, [e, i]: [S; 2]) -> [S; 2] {
        let rate = |active: S, input: S, [a, theta, r, tau]: [f64; 4]| {
            let at_rest = 1.0 / (1.0 + (a * theta).exp());
            let response = ((-(input - theta) * a).exp() + 1.0).recip() - at_rest;
            ((-(active * r) + (1.0 - at_rest)) * response - active) / tau
        };
        [
            rate(e, e * self.c1 - i * self.c2 + self.p, [self.a_e, self.theta_e, self.r_e, self.tau_e]),
            rate(i, e * self.c3 - i * self.c4 + self.q, [self.a_i, self.theta_i, self.r_i, self.tau_i]),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, System, catalog::check};

    #[test]
    fn is_at_rest_without_input_and_oscillates_with_it() {
        let silent = WilsonCowan { p: 0.0, ..WilsonCowan::default() };
        assert!(!check::fixed_point_grows(&silent, &[0.0, 0.0], 50.0));
        // SciPy 1.17.1, DOP853 at rtol 1e-10: the period is 4.99589, E stays within 0.10256 and 0.26966.
        let system = WilsonCowan::default();
        let run = Simulation::of(&system, 4000).dt(0.05).transient(4000).run(&system).unwrap();
        let excitation = run.data().column(0).to_owned();
        assert!((check::period(excitation.view(), 0.05) - 4.99589).abs() < 1e-4);
        let (low, high) =
            excitation.iter().fold((1.0_f64, 0.0_f64), |(low, high), &e| (low.min(e), high.max(e)));
        assert!((low - 0.10256).abs() < 1e-3 && (high - 0.26966).abs() < 1e-3, "{low} to {high}");
        assert!((system.period().unwrap() - 4.99589).abs() < 1e-4);
    }
}
