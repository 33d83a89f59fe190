//! The excitable cell of Chay (1985).

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// An excitable cell whose slow calcium makes it burst: membrane potential V, gate n of the
    /// voltage-dependent potassium channel, and calcium C in units of its dissociation constant,
    ///
    /// $$ \dot V = g_I m_\infty^3 h_\infty (V_I - V) + g_{KV} n^4 (V_K - V)
    /// + g_{KC} \frac{C}{1 + C} (V_K - V) + g_L (V_L - V), $$
    ///
    /// $$ \dot n = \lambda (\alpha_n + \beta_n) (n_\infty - n), \quad
    /// \dot C = \rho (m_\infty^3 h_\infty (V_C - V) - k_C C), \quad
    /// y_\infty = \alpha_y / (\alpha_y + \beta_y) \text{ for } y = m, h, n, $$
    ///
    /// $$ \alpha_m = \frac{a_m (V + v_m)}{1 - e^{-a_r (V + v_m)}}, \quad
    /// \beta_m = b_m e^{-b_{mr} V - b_{mo}}, \quad \alpha_h = a_h e^{-a_{hr} V - a_{ho}}, \quad
    /// \beta_h = \frac{1}{1 + e^{-b_{hr} V - b_{ho}}}, $$
    ///
    /// $$ \alpha_n = \frac{a_n (V + v_n)}{1 - e^{-a_r (V + v_n)}}, \quad
    /// \beta_n = b_n e^{-b_{nr} V - b_{no}}. $$
    ///
    /// Chay, T. R. (1985). Chaos in a three-variable model of an excitable cell. *Physica D* 16, 233-242.
    /// Time in s, potentials in mV, conductances per capacitance in 1/s; n and C have no unit. Chaotic at the
    /// defaults. The v_m and v_n of dysts, which do nothing there, are not those here.
    ExcitableCell[3] {
        name: "excitable cell",
        parameters: {
            /// g_I, conductance of the mixed sodium and calcium channel, in 1/s.
            gi: 1800.0,
            /// g_KV, conductance of the voltage-dependent potassium channel, in 1/s.
            gkv: 1700.0,
            /// g_KC, conductance of the calcium-dependent potassium channel, in 1/s: the parameter that moves
            /// the cell between spiking, chaos and bursting.
            gkc: 11.0,
            /// g_L, conductance of the leak, in 1/s.
            gl: 7.0,
            /// V_I, reversal potential of the mixed channel, in mV.
            vi: 100.0,
            /// V_K, reversal potential of potassium, in mV.
            vk: -75.0,
            /// V_L, reversal potential of the leak, in mV.
            vl: -40.0,
            /// V_C, reversal potential of calcium, in mV.
            vc: 100.0,
            /// k_C, rate at which calcium leaves, in mV.
            kc: 0.183_333,
            /// ρ, how far the mixed current moves calcium, in 1/(mV s).
            rho: 0.27,
            /// λ, rate of the gate n, in ms/s.
            lambda: 230.0,
            /// a_r, slope of the opening of m and n, in 1/mV.
            ar: 0.1,
            /// a_m, scale of the opening of m, in 1/(mV ms).
            am: 0.1,
            /// v_m, minus the potential in the middle of the opening of m, in mV.
            vm: 25.0,
            /// b_m, scale of the closing of m, in 1/ms.
            bm: 4.0,
            /// b_mr, slope of the closing of m, in 1/mV.
            bmr: 1.0 / 18.0,
            /// b_mo, offset of the closing of m.
            bmo: 50.0 / 18.0,
            /// a_h, scale of the opening of h, in 1/ms.
            ah: 0.07,
            /// a_hr, slope of the opening of h, in 1/mV.
            ahr: 0.05,
            /// a_ho, offset of the opening of h.
            aho: 2.5,
            /// b_hr, slope of the closing of h, in 1/mV.
            bhr: 0.1,
            /// b_ho, offset of the closing of h.
            bho: 2.0,
            /// a_n, scale of the opening of n, in 1/(mV ms).
            an: 0.01,
            /// v_n, minus the potential in the middle of the opening of n, in mV.
            vn: 20.0,
            /// b_n, scale of the closing of n, in 1/ms.
            bn: 0.125,
            /// b_nr, slope of the closing of n, in 1/mV.
            bnr: 0.0125,
            /// b_no, offset of the closing of n.
            bno: 0.375,
        },
        variables: ["V", "n", "C"],
        state: [-44.5778, 0.13122, 0.46585],
        dt: 0.005,
        period: 1.0,
        time_unit: "s",
        positive: [ar],
    }
}

/// u / (1 - e^{-u}), by its series where the quotient loses its digits.
fn linoid<S: Scalar>(u: S) -> S {
    let u2 = u * u;
    let series = u2 * (u2 * (u2 / 30240.0 - 1.0 / 720.0) + 1.0 / 12.0) + u / 2.0 + 1.0;
    let quotient = u / (-(-u).exp() + 1.0);
    (-u2 + 1e-4).if_positive(series, quotient)
}

impl VectorField<3> for ExcitableCell {
    fn field<S: Scalar>(&self, _t: f64, [v, n, c]: [S; 3]) -> [S; 3] {
        let falling = |slope: f64, offset: f64| (-v * slope - offset).exp();
        let alpha_m = linoid((v + self.vm) * self.ar) * (self.am / self.ar);
        let m = alpha_m / (alpha_m + falling(self.bmr, self.bmo) * self.bm);
        let alpha_h = falling(self.ahr, self.aho) * self.ah;
        let h = alpha_h / (alpha_h + (falling(self.bhr, self.bho) + 1.0).recip());
        let alpha_n = linoid((v + self.vn) * self.ar) * (self.an / self.ar);
        let beta_n = falling(self.bnr, self.bno) * self.bn;
        let open = m.powi(3) * h;
        let potassium = n.powi(4) * self.gkv + c / (c + 1.0) * self.gkc;
        [
            open * (-v + self.vi) * self.gi + potassium * (-v + self.vk) + (-v + self.vl) * self.gl,
            (alpha_n - (alpha_n + beta_n) * n) * self.lambda,
            (open * (-v + self.vc) - c * self.kc) * self.rho,
        ]
    }
}

#[cfg(test)]
mod tests {
    use num_dual::Dual64;

    use super::*;

    #[test]
    fn opening_rates_are_smooth_where_the_quotient_is_not_defined() {
        let at_zero = linoid(Dual64::from_re(0.0).derivative());
        assert_eq!((at_zero.re, at_zero.eps), (1.0, 0.5));
        for u in [0.01, -0.01] {
            let beside = |u: f64| linoid(Dual64::from_re(u).derivative());
            let (inside, outside) = (beside(u * (1.0 - 1e-9)), beside(u * (1.0 + 1e-9)));
            assert!((inside.re - outside.re).abs() < 1e-10 && (inside.eps - outside.eps).abs() < 1e-10);
        }
    }
}
