//! A circadian clock under cycles of light and dark.

use std::f64::consts::PI;

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The circadian clock of *Neurospora*, whose messenger RNA m makes protein in the cytosol f_c, of which
    /// part is sequestered f_s and part enters the nucleus f_n, where it inhibits the making of m, under
    /// cycles of light and dark,
    ///
    /// $$ \dot m = v_s(\theta) \frac{K_i^n}{K_i^n + f_n^n} - v_m \frac{m}{k_m + m}, \quad
    /// \dot f_c = k_s m - k_1 f_c + k_2 f_n - k f_c, $$
    ///
    /// $$ \dot f_s = k f_c - v_d \frac{f_s}{k_d + f_s}, \quad
    /// \dot f_n = k_1 f_c - k_2 f_n - v_{dn} \frac{f_n}{k_{dn} + f_n}, \quad \dot \theta = 2 \pi / P, $$
    ///
    /// $$ v_s(\theta) = v_c (v_{\max} - v_{\min}) \left( \tfrac 1 2 + \tfrac 1 2 \cos \theta +
    /// v_{\min} \right). $$
    ///
    /// Source as given by dysts: Leloup, J.-C., Gonze, D. & Goldbeter, A. (1999). Limit cycle models for
    /// circadian rhythms based on transcriptional regulation in *Drosophila* and *Neurospora*. *Journal of
    /// Biological Rhythms* 14, 433-448; Gonze, D., Leloup, J.-C. & Goldbeter, A. (2000). Theoretical models
    /// for circadian rhythms in *Neurospora* and *Drosophila*. *Comptes Rendus de l'Académie des Sciences
    /// III* 323, 57-67. The form of v_s, which does not lie between v_min and v_max, and the variable f_s are
    /// those of dysts; they were not checked against the papers. Time in h, concentrations in nM. On a torus
    /// at the defaults.
    CircadianRhythm[5] {
        name: "circadian rhythm",
        parameters: {
            /// P, period of light and dark, in h.
            ps: 24.0,
            /// v_c, scale of the transcription.
            vc: 2.5,
            /// v_min, transcription in the dark.
            vmin: 1.0,
            /// v_max, transcription in the light.
            vmax: 4.7,
            /// K_i, half-inhibition of the transcription, in nM.
            ki: 1.0,
            /// n, Hill exponent of the inhibition.
            n: 4.0,
            /// v_m, largest degradation of messenger RNA, in nM/h.
            vm: 0.7,
            /// k_m, its half-saturation, in nM.
            km: 0.4,
            /// k_s, translation, in 1/h.
            ks: 1.0,
            /// k_1, transport into the nucleus, in 1/h.
            k1: 0.3,
            /// k_2, transport out of the nucleus, in 1/h.
            k2: 0.15,
            /// k, sequestration, in 1/h.
            k: 0.5,
            /// v_d, largest degradation of the sequestered protein, in nM/h.
            vd: 6.0,
            /// k_d, its half-saturation, in nM.
            kd: 1.4,
            /// v_dn, largest degradation in the nucleus, in nM/h.
            vdn: 1.5,
            /// k_dn, its half-saturation, in nM.
            kdn: 0.4,
        },
        variables: ["m", "fc", "fs", "fn", "theta"],
        state: [1.5401, 5.3708, 41.0543, 11.6191, 5.9704],
        dt: 0.25,
        period: 27.0,
        time_unit: "h",
        positive: [ps],
        properties: [Forced, Angular, Regular],
    }
}

impl VectorField<5> for CircadianRhythm {
    fn field<S: Scalar>(&self, _t: f64, [m, fc, fs, fn_, theta]: [S; 5]) -> [S; 5] {
        let transcription = (theta.cos() * 0.5 + (0.5 + self.vmin)) * (self.vc * (self.vmax - self.vmin));
        let half = self.ki.powf(self.n);
        let entering = fc * self.k1 - fn_ * self.k2;
        [
            transcription / (fn_.powf(self.n) + half) * half - m / (m + self.km) * self.vm,
            m * self.ks - entering - fc * self.k,
            fc * self.k - fs / (fs + self.kd) * self.vd,
            entering - fn_ / (fn_ + self.kdn) * self.vdn,
            S::constant(2.0 * PI / self.ps),
        ]
    }
}
