//! The bursting neuron of Durstewitz (2009).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// A conductance-based neuron with a fast and a slow potassium current and an NMDA current that makes it
    /// burst,
    ///
    /// $$ C \dot V = I - g_L (V - E_L) - g_{Na} m_\infty(V) (V - E_{Na}) - (g_K n + g_M h) (V - E_K) -
    /// g_{NMDA} s_\infty(V) (V - E_{NMDA}), $$
    ///
    /// $$ \dot n = (n_\infty(V) - n) / \tau_n, \quad \dot h = (h_\infty(V) - h) / \tau_h, $$
    ///
    /// $$ a_\infty(V) = 1 / (1 + e^{(V_a - V) / k_a}) \text{ for } a = m, n, h, \quad
    /// s_\infty(V) = 1 / (1 + 0.33 \\, e^{-0.0625 V}). $$
    ///
    /// Durstewitz, D. (2009). Implications of synaptic biophysics for recurrent network dynamics and active
    /// memory. *Neural Networks* 22, 1189-1200. DOI 10.1016/j.neunet.2009.07.016. Reduced to three variables
    /// and with the parameters below in Schmidt, D., Koppe, G., Monfared, Z., Beutelspacher, M. & Durstewitz,
    /// D. (2021). Identifying nonlinear dynamical systems with multiple time scales and long-range
    /// dependencies. ICLR. Time in ms, V in mV; n and h are shares of open channels. The state is (V, n, h),
    /// and the spikes of its bursts ride on a slow wave of h. The reversal potential of the NMDA current is
    /// not in the published tables; 0 mV is what published code uses.
    BurstingNeuron[3] {
        name: "bursting neuron",
        parameters: {
            /// I, injected current, in µA/cm².
            current: 0.0,
            /// C, membrane capacitance, in µF/cm².
            capacitance: 6.0,
            /// `g_L`, leak conductance, in mS/cm² as all conductances.
            g_leak: 8.0,
            /// `E_L`, reversal potential of the leak, in mV as all potentials.
            e_leak: -80.0,
            /// `g_Na`, sodium conductance.
            g_na: 20.0,
            /// `E_Na`, sodium reversal potential.
            e_na: 60.0,
            /// Half-activation of sodium.
            vh_na: -20.0,
            /// Slope of the sodium activation, in mV.
            k_na: 15.0,
            /// `g_K`, fast potassium conductance.
            g_k: 10.0,
            /// `E_K`, potassium reversal potential.
            e_k: -90.0,
            /// Half-activation of fast potassium.
            vh_k: -25.0,
            /// Slope of the fast potassium activation, in mV.
            k_k: 5.0,
            /// `τ_n`, time constant of fast potassium, in ms.
            tau_n: 1.0,
            /// `g_M`, slow potassium (M current) conductance.
            g_m: 25.0,
            /// Half-activation of slow potassium.
            vh_m: -15.0,
            /// Slope of the slow potassium activation, in mV.
            k_m: 5.0,
            /// `τ_h`, time constant of slow potassium, in ms.
            tau_h: 200.0,
            /// `g_NMDA`, the parameter that moves the neuron between rest, spiking, chaos and bursting.
            g_nmda: 10.2,
            /// `E_NMDA`, reversal potential of NMDA.
            e_nmda: 0.0,
        },
        variables: ["V", "n", "h"],
        state: [-24.4694, 0.0386, 0.0231],
        dt: 0.5,
        period: 148.1,
        time_unit: "ms",
        positive: [capacitance, tau_n, tau_h, k_na, k_k, k_m],
        properties: [Regular],
    }
}

/// The share of open channels 1 / (1 + exp((`half` - v) / `slope`)).
fn activation<S: Scalar>(v: S, half: f64, slope: f64) -> S {
    (((-v + half) / slope).exp() + 1.0).recip()
}

/// The share of NMDA channels that magnesium does not block.
fn unblocked<S: Scalar>(v: S) -> S {
    ((v * -0.0625).exp() * 0.33 + 1.0).recip()
}

impl VectorField<3> for BurstingNeuron {
    fn field<S: Scalar>(&self, _t: f64, [v, n, h]: [S; 3]) -> [S; 3] {
        let current = -(v - self.e_leak) * self.g_leak
            - activation(v, self.vh_na, self.k_na) * (v - self.e_na) * self.g_na
            - (n * self.g_k + h * self.g_m) * (v - self.e_k)
            - unblocked(v) * (v - self.e_nmda) * self.g_nmda
            + self.current;
        [
            current / self.capacitance,
            (activation(v, self.vh_k, self.k_k) - n) / self.tau_n,
            (activation(v, self.vh_m, self.k_m) - h) / self.tau_h,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Simulation, catalog::check};

    #[test]
    fn passes_the_checks_of_the_catalogue() {
        check::flow(&BurstingNeuron::default());
        check::flow(&BurstingNeuron { g_nmda: 4.0, ..BurstingNeuron::default() });
    }

    #[test]
    fn bursts() {
        // Spikes come in groups: silences between spikes are of two kinds, short within and long between bursts.
        let neuron = BurstingNeuron::default();
        let run = Simulation::of(&neuron, 8000).transient(2000).run(&neuron).unwrap();
        let v = run.data().column(0).to_vec();
        let spikes: Vec<usize> = (1..v.len()).filter(|&t| v[t - 1] < -20.0 && v[t] >= -20.0).collect();
        let gaps: Vec<usize> = spikes.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (shortest, longest) = (gaps.iter().min().unwrap(), gaps.iter().max().unwrap());
        assert!(spikes.len() > 20 && longest > &(5 * shortest), "{gaps:?}");
        assert!(run.data().column(2).iter().all(|h| (0.0..=1.0).contains(h)));
    }

    #[test]
    fn refuses_time_constants_of_zero() {
        let broken = BurstingNeuron { tau_n: 0.0, ..BurstingNeuron::default() };
        let error = Simulation::of(&broken, 10).run(&broken).unwrap_err();
        assert!(matches!(error, Error::Parameter { parameter: "tau_n", .. }), "{error}");
    }
}
