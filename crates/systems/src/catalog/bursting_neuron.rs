//! The bursting neuron of Durstewitz (2009).

use ndarray::{ArrayViewMut2, aview2};
use serde::{Deserialize, Serialize};

use crate::{Flow, Result, System};

/// A conductance-based neuron with a fast and a slow potassium current and an NMDA current that makes it burst,
///
/// $$ C \dot V = I - g_L (V - E_L) - g_{Na} m_\infty(V) (V - E_{Na}) - (g_K n + g_M h) (V - E_K) -
/// g_{NMDA} s_\infty(V) (V - E_{NMDA}), $$
///
/// $$ \dot n = (n_\infty(V) - n) / \tau_n, \quad \dot h = (h_\infty(V) - h) / \tau_h, $$
///
/// $$ a_\infty(V) = 1 / (1 + e^{(V_a - V) / k_a}) \text{ for } a = m, n, h, \quad
/// s_\infty(V) = 1 / (1 + 0.33 \\, e^{-0.0625 V}). $$
///
/// Durstewitz, D. (2009). Implications of synaptic biophysics for recurrent network dynamics and active memory. *Neural
/// Networks* 22, 1189-1200. DOI 10.1016/j.neunet.2009.07.016. Reduced to three variables and with the parameters below
/// in Schmidt, D., Koppe, G., Monfared, Z., Beutelspacher, M. & Durstewitz, D. (2021). Identifying nonlinear dynamical
/// systems with multiple time scales and long-range dependencies. ICLR. Time in ms, V in mV; n and h are shares of open
/// channels. The state is (V, n, h), and the spikes of its bursts ride on a slow wave of h. The reversal potential of
/// the NMDA current is not in the published tables; 0 mV is what published code uses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BurstingNeuron {
    /// I, injected current, in µA/cm²; 0 by default.
    pub current: f64,
    /// C, membrane capacitance, in µF/cm²; 6 by default.
    pub capacitance: f64,
    /// `g_L`, leak conductance, in mS/cm² as all conductances; 8 by default.
    pub g_leak: f64,
    /// `E_L`, reversal potential of the leak, in mV as all potentials; -80 by default.
    pub e_leak: f64,
    /// `g_Na`, sodium conductance; 20 by default.
    pub g_na: f64,
    /// `E_Na`, sodium reversal potential; 60 by default.
    pub e_na: f64,
    /// Half-activation of sodium; -20 by default.
    pub vh_na: f64,
    /// Slope of the sodium activation, in mV; 15 by default.
    pub k_na: f64,
    /// `g_K`, fast potassium conductance; 10 by default.
    pub g_k: f64,
    /// `E_K`, potassium reversal potential; -90 by default.
    pub e_k: f64,
    /// Half-activation of fast potassium; -25 by default.
    pub vh_k: f64,
    /// Slope of the fast potassium activation, in mV; 5 by default.
    pub k_k: f64,
    /// `τ_n`, time constant of fast potassium, in ms; 1 by default.
    pub tau_n: f64,
    /// `g_M`, slow potassium (M current) conductance; 25 by default.
    pub g_m: f64,
    /// Half-activation of slow potassium; -15 by default.
    pub vh_m: f64,
    /// Slope of the slow potassium activation, in mV; 5 by default.
    pub k_m: f64,
    /// `τ_h`, time constant of slow potassium, in ms; 200 by default.
    pub tau_h: f64,
    /// `g_NMDA`, the parameter that moves the neuron between rest, spiking, chaos and bursting; 10.2 by default.
    pub g_nmda: f64,
    /// `E_NMDA`, reversal potential of NMDA; 0 by default.
    pub e_nmda: f64,
}

impl Default for BurstingNeuron {
    fn default() -> Self {
        Self {
            current: 0.0,
            capacitance: 6.0,
            g_leak: 8.0,
            e_leak: -80.0,
            g_na: 20.0,
            e_na: 60.0,
            vh_na: -20.0,
            k_na: 15.0,
            g_k: 10.0,
            e_k: -90.0,
            vh_k: -25.0,
            k_k: 5.0,
            tau_n: 1.0,
            g_m: 25.0,
            vh_m: -15.0,
            k_m: 5.0,
            tau_h: 200.0,
            g_nmda: 10.2,
            e_nmda: 0.0,
        }
    }
}

/// The share of open channels 1 / (1 + exp((`half` - v) / `slope`)) and its derivative by v.
fn activation(v: f64, half: f64, slope: f64) -> (f64, f64) {
    let open = 1.0 / (1.0 + ((half - v) / slope).exp());
    (open, open * (1.0 - open) / slope)
}

/// The share of NMDA channels that magnesium does not block, and its derivative by v.
fn unblocked(v: f64) -> (f64, f64) {
    let open = 1.0 / (1.0 + 0.33 * (-0.0625 * v).exp());
    (open, 0.0625 * open * (1.0 - open))
}

impl Flow for BurstingNeuron {
    fn dim(&self) -> usize {
        3
    }

    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        let (v, n, h) = (x[0], x[1], x[2]);
        let (m, _) = activation(v, self.vh_na, self.k_na);
        let (s, _) = unblocked(v);
        let current = self.current
            - self.g_leak * (v - self.e_leak)
            - self.g_na * m * (v - self.e_na)
            - (self.g_k * n + self.g_m * h) * (v - self.e_k)
            - self.g_nmda * s * (v - self.e_nmda);
        dx[0] = current / self.capacitance;
        dx[1] = (activation(v, self.vh_k, self.k_k).0 - n) / self.tau_n;
        dx[2] = (activation(v, self.vh_m, self.k_m).0 - h) / self.tau_h;
    }

    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        let (v, n, h) = (x[0], x[1], x[2]);
        let (m, m_slope) = activation(v, self.vh_na, self.k_na);
        let (s, s_slope) = unblocked(v);
        let by_v = -self.g_leak
            - self.g_na * (m + m_slope * (v - self.e_na))
            - self.g_k * n
            - self.g_m * h
            - self.g_nmda * (s + s_slope * (v - self.e_nmda));
        let drive = (v - self.e_k) / self.capacitance;
        jacobian.assign(&aview2(&[
            [by_v / self.capacitance, -self.g_k * drive, -self.g_m * drive],
            [activation(v, self.vh_k, self.k_k).1 / self.tau_n, -1.0 / self.tau_n, 0.0],
            [activation(v, self.vh_m, self.k_m).1 / self.tau_h, 0.0, -1.0 / self.tau_h],
        ]));
    }

    fn validate(&self) -> Result<()> {
        self.check_parameters()?;
        self.check_positive("capacitance", self.capacitance)?;
        self.check_positive("tau_n", self.tau_n)?;
        self.check_positive("tau_h", self.tau_h)?;
        self.check_positive("k_na", self.k_na)?;
        self.check_positive("k_k", self.k_k)?;
        self.check_positive("k_m", self.k_m)
    }
}

impl System for BurstingNeuron {
    fn name(&self) -> &'static str {
        "bursting neuron"
    }
    fn variables(&self) -> Vec<String> {
        ["V", "n", "h"].map(String::from).into()
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("current", self.current),
            ("capacitance", self.capacitance),
            ("g_leak", self.g_leak),
            ("e_leak", self.e_leak),
            ("g_na", self.g_na),
            ("e_na", self.e_na),
            ("vh_na", self.vh_na),
            ("k_na", self.k_na),
            ("g_k", self.g_k),
            ("e_k", self.e_k),
            ("vh_k", self.vh_k),
            ("k_k", self.k_k),
            ("tau_n", self.tau_n),
            ("g_m", self.g_m),
            ("vh_m", self.vh_m),
            ("k_m", self.k_m),
            ("tau_h", self.tau_h),
            ("g_nmda", self.g_nmda),
            ("e_nmda", self.e_nmda),
        ]
    }
    fn parameter_mut(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "capacitance" => Some(&mut self.capacitance),
            "tau_n" => Some(&mut self.tau_n),
            "tau_h" => Some(&mut self.tau_h),
            "k_na" => Some(&mut self.k_na),
            "k_k" => Some(&mut self.k_k),
            "k_m" => Some(&mut self.k_m),
            "current" => Some(&mut self.current),
            "g_leak" => Some(&mut self.g_leak),
            "e_leak" => Some(&mut self.e_leak),
            "g_na" => Some(&mut self.g_na),
            "e_na" => Some(&mut self.e_na),
            "vh_na" => Some(&mut self.vh_na),
            "g_k" => Some(&mut self.g_k),
            "e_k" => Some(&mut self.e_k),
            "vh_k" => Some(&mut self.vh_k),
            "g_m" => Some(&mut self.g_m),
            "vh_m" => Some(&mut self.vh_m),
            "g_nmda" => Some(&mut self.g_nmda),
            "e_nmda" => Some(&mut self.e_nmda),
            _ => None,
        }
    }
    fn default_state(&self) -> Vec<f64> {
        vec![-24.4694, 0.0386, 0.0231]
    }
    fn default_dt(&self) -> f64 {
        0.5
    }
    fn time_unit(&self) -> &'static str {
        "ms"
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
