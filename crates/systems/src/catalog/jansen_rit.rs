//! The cortical column of Jansen and Rit.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Jansen-Rit model of the electroencephalogram of a cortical column,
    ///
    /// $$ \ddot y_0 = A a\, S(y_1 - y_2) - 2 a \dot y_0 - a^2 y_0, \quad
    /// \ddot y_1 = A a \left(p + C_2 S(C_1 y_0)\right) - 2 a \dot y_1 - a^2 y_1, $$
    ///
    /// $$ \ddot y_2 = B b\, C_4 S(C_3 y_0) - 2 b \dot y_2 - b^2 y_2, \quad
    /// S(v) = \frac{2 e_0}{1 + e^{r (v_0 - v)}}, $$
    ///
    /// with C_1 = C, C_2 = 0.8 C, C_3 = C_4 = 0.25 C and the velocities y_3, y_4, y_5 of y_0, y_1, y_2 as further states.
    ///
    /// Jansen, B. H. & Rit, V. G. (1995). Electroencephalogram and visual evoked potential generation in a mathematical model of
    /// coupled cortical columns. *Biological Cybernetics* 73, 357-366. Time is in seconds; y_0, y_1, y_2 are postsynaptic
    /// potentials in mV, of the interneurons and of the excitation and inhibition of the pyramidal cells: y_1 − y_2 is the
    /// electroencephalogram. The defaults are those of the paper, where p is noise between 120 and 320 per second: here it
    /// is constant at the middle, and an alpha rhythm of 11 Hz, a limit cycle, results. That rhythm is born and dies at
    /// Hopf bifurcations at p = 89.83 and p = 315.70 (Grimbert, F. & Faugeras, O. (2006). Bifurcation analysis of Jansen's
    /// neural mass model. *Neural Computation* 18, 3052-3068).
    JansenRit[6] {
        name: "Jansen-Rit",
        parameters: {
            /// A, largest excitatory postsynaptic potential, in mV.
            excitatory_gain: 3.25,
            /// B, largest inhibitory postsynaptic potential, in mV.
            inhibitory_gain: 22.0,
            /// a, rate of the excitatory synapses, per second.
            a: 100.0,
            /// b, rate of the inhibitory synapses, per second.
            b: 50.0,
            /// C, mean number of synapses.
            connectivity: 135.0,
            /// e_0, half of the largest firing rate, per second.
            e0: 2.5,
            /// v_0, potential at which half of the largest rate is reached, in mV.
            v0: 6.0,
            /// r, steepness of the firing rate, per mV.
            r: 0.56,
            /// p, input from elsewhere, per second.
            p: 220.0,
        },
        variables: ["y0", "y1", "y2", "y3", "y4", "y5"],
        state: [0.1299, 24.5764, 16.202, 0.2807, 6.0777, 91.6768],
        dt: 0.001,
        period: 0.091_425,
        time_unit: "s",
        positive: [a, b, e0, r],
        properties: [Regular],
    }
}

impl VectorField<6> for JansenRit {
    fn field<S: Scalar>(&self, _t: f64, [y0, y1, y2, y3, y4, y5]: [S; 6]) -> [S; 6] {
        let firing = |v: S| (((-v + self.v0) * self.r).exp() + 1.0).recip() * (2.0 * self.e0);
        let synapse = |input: S, y: S, velocity: S, gain: f64, rate: f64| {
            input * (gain * rate) - velocity * (2.0 * rate) - y * (rate * rate)
        };
        let c = self.connectivity;
        let excitation = firing(y0 * c) * (0.8 * c) + self.p;
        let inhibition = firing(y0 * (0.25 * c)) * (0.25 * c);
        [
            y3,
            y4,
            y5,
            synapse(firing(y1 - y2), y0, y3, self.excitatory_gain, self.a),
            synapse(excitation, y1, y4, self.excitatory_gain, self.a),
            synapse(inhibition, y2, y5, self.inhibitory_gain, self.b),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, System, catalog::check};

    /// The fixed point at which the electroencephalogram y_1 − y_2 is `v`, and the input p that belongs to it.
    fn rest(v: f64) -> (f64, [f64; 6]) {
        let firing = |v: f64| 5.0 / (1.0 + (0.56 * (6.0 - v)).exp());
        let y0 = 3.25 / 100.0 * firing(v);
        let y2 = 22.0 / 50.0 * 33.75 * firing(33.75 * y0);
        ((v + y2) * 100.0 / 3.25 - 108.0 * firing(135.0 * y0), [y0, v + y2, y2, 0.0, 0.0, 0.0])
    }

    /// The same for a given p, which grows with v above 6 mV.
    fn rest_at(p: f64) -> [f64; 6] {
        let (mut low, mut high) = (6.0, 10.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if rest(middle).0 < p { low = middle } else { high = middle }
        }
        rest(low).1
    }

    #[test]
    fn alpha_lives_between_the_hopf_bifurcations_of_the_literature() {
        for (p, unstable) in [(88.0, false), (91.5, true), (314.0, true), (317.5, false)] {
            let system = JansenRit { p, ..JansenRit::default() };
            assert_eq!(check::fixed_point_grows(&system, &rest_at(p), 20.0), unstable, "at p = {p}");
        }
    }

    #[test]
    fn the_rhythm_has_the_frequency_of_alpha() {
        // SciPy 1.17.1, DOP853 at rtol 1e-10: the period at p = 220 is 0.0914248 s.
        let system = JansenRit::default();
        let run = Simulation::of(&system, 4000).transient(1000).run(&system).unwrap();
        let potential = &run.data().column(1) - &run.data().column(2);
        let period = check::period(potential.view(), run.dt());
        assert!((period - 0.091_424_8).abs() < 1e-5, "{period}");
        assert!((8.0..13.0).contains(&(1.0 / system.period().unwrap())));
    }
}
