//! The bursting neuron of Hindmarsh and Rose in the form of their paper.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The Hindmarsh-Rose neuron of 1984,
    ///
    /// $$ \dot x = y - a x^3 + b x^2 - z + I, \quad \dot y = c - d x^2 - y, \quad \dot z = r (s (x - x_R) - z). $$
    ///
    /// Hindmarsh, J. L. & Rose, R. M. (1984). A model of neuronal bursting using three coupled first order differential
    /// equations. *Proceedings of the Royal Society B* 221, 87-102. DOI 10.1098/rspb.1984.0024. x is the membrane potential, y
    /// the recovery, z the slow adaptation current; time and states have no unit. Bursts at irregular intervals at
    /// the defaults, chaotic by our own run (largest exponent about 0.01). [`HindmarshRose`](super::HindmarshRose) has other
    /// parameters.
    HindmarshRoseNeuron[3] {
        name: "Hindmarsh-Rose neuron",
        aliases: ["Hindmarsh-Rose 1984"],
        parameters: {
            /// a, strength of the cubic limit of the spike.
            a: 1.0,
            /// b, strength of the quadratic onset of the spike.
            b: 3.0,
            /// c, constant drive of the recovery.
            c: 1.0,
            /// d, how much the spike drives the recovery.
            d: 5.0,
            /// I, current put into the cell.
            current: 3.25,
            /// r, rate of the adaptation, slow against 1.
            r: 0.005,
            /// s, how much the potential drives the adaptation.
            s: 4.0,
            /// x_R, the potential at which the adaptation rests.
            x_rest: -1.6,
        },
        variables: ["x", "y", "z"],
        state: [-0.9283, -3.4245, 3.1967],
        dt: 0.5,
        period: 144.9,
        positive: [r],
    }
}

impl VectorField<3> for HindmarshRoseNeuron {
    fn field<S: Scalar>(&self, _t: f64, [x, y, z]: [S; 3]) -> [S; 3] {
        let square = x * x;
        [
            y - square * x * self.a + square * self.b - z + self.current,
            -(square * self.d) - y + self.c,
            ((x - self.x_rest) * self.s - z) * self.r,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;

    #[test]
    fn without_current_it_rests_at_the_potential_of_the_paper() {
        // x³ + 2x² − 1 = (x + 1)(x² + x − 1): the resting potential is −(1 + √5)/2.
        let x = -(1.0 + 5.0_f64.sqrt()) / 2.0;
        let neuron = HindmarshRoseNeuron { current: 0.0, x_rest: x, ..HindmarshRoseNeuron::default() };
        let dx = neuron.field(0.0, [x, 1.0 - 5.0 * x * x, 0.0]);
        assert!(dx.iter().all(|dx| dx.abs() < 1e-13), "{dx:?}");
        let start = [x + 0.05, 1.0 - 5.0 * x * x, 0.0];
        let run = Simulation::new(3000.0, 2).initial_state(start).run(&neuron).unwrap();
        assert!((run.last_row()[0] - x).abs() < 1e-5, "{}", run.last_row());
    }

    #[test]
    fn bursts_of_spikes_are_parted_by_silences() {
        let neuron = HindmarshRoseNeuron::default();
        let run = Simulation::of(&neuron, 6000).transient(2000).run(&neuron).unwrap();
        let x = run.data().column(0).to_vec();
        let spikes: Vec<usize> = (1..x.len()).filter(|&t| x[t - 1] < 1.0 && x[t] >= 1.0).collect();
        let intervals: Vec<usize> = spikes.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (shortest, longest) = (intervals.iter().min().unwrap(), intervals.iter().max().unwrap());
        assert!(longest > &(5 * shortest), "{intervals:?}");
    }
}
