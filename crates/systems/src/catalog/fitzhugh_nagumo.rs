//! The FitzHugh-Nagumo neuron, free or forced.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The FitzHugh-Nagumo model of an excitable membrane, by default with a constant current,
    ///
    /// $$ \dot v = v - v^3/3 - w + I + A \sin \omega t, \quad \dot w = \gamma (v + a - b w). $$
    ///
    /// FitzHugh, R. (1961). Impulses and physiological states in theoretical models of nerve membrane.
    /// *Biophysical Journal* 1, 445-466. DOI 10.1016/S0006-3495(61)86902-6. Time and states have no unit. A
    /// limit cycle (repetitive spiking) at the defaults.
    FitzHughNagumo[2] {
        name: "FitzHugh-Nagumo",
        parameters: {
            /// a, offset of the recovery.
            a: 0.7,
            /// b, decay of the recovery.
            b: 0.8,
            /// γ, rate of the recovery against the voltage.
            gamma: 0.08,
            /// I, constant current.
            current: 0.5,
            /// A, amplitude of the sinusoidal current.
            amplitude: 0.0,
            /// ω, its angular frequency, in radians per time unit.
            omega: 0.0437,
        },
        variables: ["v", "w"],
        state: [-1.0, 0.0],
        dt: 0.5,
        period: 39.474,
        properties: [Regular],
    }
}

flow! {
    /// The FitzHugh-Nagumo model under a sinusoidal current, with the phase of the current as a state,
    ///
    /// $$ \dot v = v - v^3/3 - w + I + A \sin \varphi, \quad \dot w = \gamma (v + a - b w), \quad
    /// \dot \varphi = \omega. $$
    ///
    /// The equations are those of [`FitzHughNagumo`], where the paper is. Time and states have no unit. At
    /// the defaults the spikes lock to the current: no chaos.
    ForcedFitzHughNagumo[3] {
        name: "forced FitzHugh-Nagumo",
        parameters: {
            /// a, offset of the recovery.
            a: 0.7,
            /// b, decay of the recovery.
            b: 0.8,
            /// γ, rate of the recovery against the voltage.
            gamma: 0.08,
            /// I, constant current.
            current: 0.965,
            /// A, amplitude of the sinusoidal current.
            amplitude: 0.400_822_5,
            /// ω, its angular frequency, in radians per time unit.
            omega: 0.043_650_793_650_793_655,
        },
        variables: ["v", "w", "phi"],
        state: [-1.2155, -0.0465, 0.0],
        dt: 0.4,
        period: 42.122_352_941_176_47,
        properties: [Forced, Angular, Regular],
    }
}

/// The membrane under a current.
fn membrane<S: Scalar>(v: S, w: S, current: S, [a, b, gamma]: [f64; 3]) -> [S; 2] {
    [v - v.powi(3) / 3.0 - w + current, (v - w * b + a) * gamma]
}

impl VectorField<2> for FitzHughNagumo {
    fn field<S: Scalar>(&self, t: f64, [v, w]: [S; 2]) -> [S; 2] {
        let current = self.current + self.amplitude * (self.omega * t).sin();
        membrane(v, w, S::constant(current), [self.a, self.b, self.gamma])
    }
}

impl VectorField<3> for ForcedFitzHughNagumo {
    fn field<S: Scalar>(&self, _t: f64, [v, w, phi]: [S; 3]) -> [S; 3] {
        let current = phi.sin() * self.amplitude + self.current;
        let [dv, dw] = membrane(v, w, current, [self.a, self.b, self.gamma]);
        [dv, dw, S::constant(self.omega)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Simulation, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&FitzHughNagumo::default());
        check::flow(&FitzHughNagumo { amplitude: 0.4, ..FitzHughNagumo::default() });
    }

    #[test]
    fn fires_with_current_and_rests_without() {
        let spread = |current: f64| {
            let neuron = FitzHughNagumo { current, ..FitzHughNagumo::default() };
            let run = Simulation::of(&neuron, 400).transient(1000).run(&neuron).unwrap();
            run.data().column(0).iter().fold(f64::MIN, |most: f64, v| most.max(*v))
        };
        assert!(spread(0.5) > 1.5, "spikes");
        assert!(spread(0.0) < -1.0, "rests near v = -1.2");
    }
    #[test]
    fn a_phase_as_state_is_the_same_as_time() {
        let free = FitzHughNagumo { amplitude: 1.2, ..FitzHughNagumo::default() };
        let FitzHughNagumo { a, b, gamma, current, amplitude, omega } = free.clone();
        let phase = ForcedFitzHughNagumo { a, b, gamma, current, amplitude, omega };
        let t = 3.7;
        let [dx, dy] = free.field(t, [0.3, -0.8]);
        assert_eq!(phase.field(0.0, [0.3, -0.8, phase.omega * t]), [dx, dy, phase.omega]);
    }
}
