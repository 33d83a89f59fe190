//! The decision circuit of Wong and Wang, reduced to two variables.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The two-variable decision model of Wong and Wang,
    ///
    /// $$ \dot S_i = -\frac{S_i}{\tau} + (1 - S_i)\, \gamma\, H(x_i), \quad
    /// x_1 = J_s S_1 - J_c S_2 + I_0 + J_e \mu_0 (1 + c'/100), \quad x_2 = J_s S_2 - J_c S_1 + I_0 + J_e \mu_0 (1 - c'/100), $$
    ///
    /// $$ H(x) = \frac{a x - b}{1 - e^{-d (a x - b)}}. $$
    ///
    /// Wong, K.-F. & Wang, X.-J. (2006). A recurrent network mechanism of time integration in perceptual decisions. *Journal of
    /// Neuroscience* 26, 1314-1328; the constants are those of the paper's model without recurrent AMPA currents. Each S is
    /// the fraction of open NMDA channels of a population that stands for one choice, without unit; time is in seconds,
    /// currents are in nA. The noise current of the paper is left out. With the stimulus on, one population wins and the
    /// other falls silent; without it (μ_0 = 0) the low state and both choices are at rest, a working memory. Comes to rest.
    WongWang[2] {
        name: "Wong-Wang",
        parameters: {
            /// a, gain of the firing rate, in Hz/nA.
            a: 270.0,
            /// b, threshold of the firing rate, in Hz.
            b: 108.0,
            /// d, how sharp the threshold is, in seconds.
            d: 0.154,
            /// γ, channels opened per spike.
            gamma: 0.641,
            /// τ, time constant of the channels, in seconds.
            tau: 0.1,
            /// J_s, excitation of a population by itself, in nA.
            self_excitation: 0.2609,
            /// J_c, inhibition of either population by the other, in nA.
            cross_inhibition: 0.0497,
            /// I_0, background current, in nA.
            background: 0.3255,
            /// J_e, current per rate of the stimulus, in nA/Hz.
            stimulus_gain: 5.2e-4,
            /// μ_0, rate of the stimulus, in Hz; 0 without it.
            stimulus: 30.0,
            /// c', motion coherence in percent: evidence for the first choice.
            coherence: 6.4,
        },
        variables: ["S1", "S2"],
        state: [0.1, 0.1],
        dt: 0.01,
        period: None,
        time_unit: "s",
        positive: [a, d, gamma, tau],
        properties: [Regular],
    }
}

impl WongWang {
    /// The firing rate H(x) in Hz at a current in nA.
    fn rate<S: Scalar>(&self, current: S) -> S {
        let drive = current * self.a - self.b;
        let x = drive * self.d;
        // x / (1 - e^(-x)) is 0/0 at 0; its series is good to 1e-15 where it is taken.
        let series = x / 2.0 + x * x / 12.0 + 1.0;
        let ratio = x / (-(-x).exp() + 1.0);
        (x.abs() - 1e-3).if_positive(ratio, series) / self.d
    }
}

impl VectorField<2> for WongWang {
    fn field<S: Scalar>(&self, _t: f64, [s1, s2]: [S; 2]) -> [S; 2] {
        let open = |own: S, other: S, evidence: f64| {
            let stimulus = self.stimulus_gain * self.stimulus * (1.0 + evidence / 100.0);
            let current =
                own * self.self_excitation - other * self.cross_inhibition + (self.background + stimulus);
            (-own + 1.0) * self.rate(current) * self.gamma - own / self.tau
        };
        [open(s1, s2, self.coherence), open(s2, s1, -self.coherence)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};

    fn end(system: &WongWang, start: [f64; 2]) -> [f64; 2] {
        let run = Simulation::of(system, 2).dt(10.0).initial_state(start).run(system).unwrap();
        [run.last_row()[0], run.last_row()[1]]
    }

    fn close(found: [f64; 2], expected: [f64; 2]) -> bool {
        found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-4)
    }

    // The states at rest are those that SciPy's fsolve finds from a grid of starts: five without the stimulus and three
    // with it, as in the phase planes of the paper.

    #[test]
    fn remembers_its_choice_without_the_stimulus() {
        let delay = WongWang { stimulus: 0.0, ..WongWang::default() };
        assert!(close(end(&delay, [0.1, 0.1]), [0.1027, 0.1027]));
        assert!(close(end(&delay, [0.2, 0.1]), [0.1027, 0.1027]));
        assert!(close(end(&delay, [0.5, 0.1]), [0.5670, 0.0319]));
        assert!(close(end(&delay, [0.1, 0.5]), [0.0319, 0.5670]));
    }

    #[test]
    fn decides_while_the_stimulus_is_on() {
        let even = WongWang { coherence: 0.0, ..WongWang::default() };
        assert!(close(end(&even, [0.11, 0.1]), [0.6587, 0.0518]));
        assert!(close(end(&even, [0.1, 0.11]), [0.0518, 0.6587]));
        let evidence = end(&WongWang::default(), [0.1, 0.1]);
        assert!(evidence[0] > 0.6 && evidence[1] < 0.1, "{evidence:?}");
        let mut saddle = 0.4245;
        for _ in 0..20 {
            // Newton along the diagonal, by central differences.
            let f = |s: f64| even.field(0.0, [s, s])[0];
            saddle -= f(saddle) * 2e-6 / (f(saddle + 1e-6) - f(saddle - 1e-6));
        }
        assert!((saddle - 0.4245).abs() < 1e-4, "{saddle}");
        assert!(check::fixed_point_grows(&even, &[saddle, saddle], 20.0));
    }

    #[test]
    fn the_rate_is_smooth_where_its_formula_is_zero_by_zero() {
        let system = WongWang::default();
        let threshold = system.b / system.a;
        assert!((system.rate(threshold) - 1.0 / system.d).abs() < 1e-12);
        let switch = threshold + 1e-3 / (system.a * system.d);
        let (below, above) = (system.rate(switch - 1e-12), system.rate(switch + 1e-12));
        assert!((below - above).abs() < 1e-9, "{below} and {above}");
        let perfect: f64 = system.rate(1.0) - (system.a - system.b);
        assert!(perfect.abs() < 1e-6, "far above the threshold the rate is linear");
    }
}
