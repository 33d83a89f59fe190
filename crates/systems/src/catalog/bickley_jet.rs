//! The Bickley jet.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The path of an air parcel in the Bickley jet, an idealized polar night jet that three Rossby waves
    /// make meander,
    ///
    /// $$ \dot x = -\frac{\partial \psi}{\partial y}, \quad \dot y = \frac{\partial \psi}{\partial x}, \quad
    /// \dot t = \omega, \quad
    /// \psi = -U L \tanh \frac y L +
    /// U L \operatorname{sech}^2 \frac y L \sum_{n=1}^3 \varepsilon_n \cos k_n (x - \sigma_n t). $$
    ///
    /// Rypina, I. I., Brown, M. G., Beron-Vera, F. J., Koçak, H., Olascoaga, M. J. & Udovydchenkov, I. A.
    /// (2007). On the Lagrangian dynamics of atmospheric zonal jets and the permeability of the stratospheric
    /// polar vortex. *Journal of the Atmospheric Sciences* 64, 3595-3610. The parameters are those of
    /// Hadjighasem, A., Karrasch, D., Teramoto, H. & Haller, G. (2016). Spectral-clustering approach to
    /// Lagrangian vortex detection. *Physical Review E* 93, 063107. Lengths in Mm (1000 km), time in s. The
    /// state is (y, x, t): the distance from the jet's axis, the distance along it, and time, which drives
    /// the waves.
    ///
    /// The jet is eastward, as the waves are. dysts 0.96 has the velocities of the opposite sign, and so a
    /// westward jet under eastward waves. It conserves area: no attractor. Parcels in the jet's core and in
    /// the vortices beside it move regularly, those in between chaotically, as from the default state.
    BickleyJet[3] {
        name: "Bickley jet",
        parameters: {
            /// U, speed of the jet on its axis, in Mm/s.
            u: 6.266e-5,
            /// L, width of the jet, in Mm.
            ell: 1.77,
            /// ω, pace of the waves' time against that of the parcel.
            omega: 1.0,
            /// ε_1, amplitude of wave 1.
            epsilon1: 0.0075,
            /// ε_2, amplitude of wave 2.
            epsilon2: 0.15,
            /// ε_3, amplitude of wave 3.
            epsilon3: 0.3,
            /// k_1, wave number of wave 1, in 1/Mm.
            k1: 0.313_922,
            /// k_2, wave number of wave 2, in 1/Mm.
            k2: 0.627_845,
            /// k_3, wave number of wave 3, in 1/Mm.
            k3: 0.941_767,
            /// σ_1, speed of wave 1, in Mm/s.
            sigma1: 9.05854e-6,
            /// σ_2, speed of wave 2, in Mm/s.
            sigma2: 1.28453e-5,
            /// σ_3, speed of wave 3, in Mm/s.
            sigma3: 2.88863e-5,
        },
        variables: ["y", "x", "t"],
        state: [-2.0, 5.0, 0.0],
        dt: 2000.0,
        period: 4.2e5,
        time_unit: "s",
        positive: [ell],
        properties: [Forced, Angular],
    }
}

impl BickleyJet {
    /// (ε_n, k_n, σ_n) of the three waves.
    fn waves(&self) -> [(f64, f64, f64); 3] {
        [
            (self.epsilon1, self.k1, self.sigma1),
            (self.epsilon2, self.k2, self.sigma2),
            (self.epsilon3, self.k3, self.sigma3),
        ]
    }
}

impl VectorField<3> for BickleyJet {
    fn field<S: Scalar>(&self, _t: f64, [y, x, t]: [S; 3]) -> [S; 3] {
        let profile = (y / self.ell).cosh().powi(-2) * self.u;
        let (mut crests, mut slopes) = (S::constant(0.0), S::constant(0.0));
        for (epsilon, k, sigma) in self.waves() {
            let phase = (x - t * sigma) * k;
            crests += phase.cos() * epsilon;
            slopes += phase.sin() * (epsilon * k);
        }
        let along = profile * (crests * (y / self.ell).tanh() * 2.0 + 1.0);
        [-profile * slopes * self.ell, along, S::constant(self.omega)]
    }
}

#[cfg(test)]
mod tests {
    use num_dual::Dual64;

    use super::*;

    fn stream<S: Scalar>(jet: &BickleyJet, y: S, x: S, t: f64) -> S {
        let mut sum = S::constant(0.0);
        for (epsilon, k, sigma) in jet.waves() {
            sum += ((x - sigma * t) * k).cos() * epsilon;
        }
        let waves = sum * (y / jet.ell).cosh().powi(-2);
        (waves - (y / jet.ell).tanh()) * (jet.u * jet.ell)
    }

    #[test]
    fn is_the_flow_of_its_stream_function() {
        let jet = BickleyJet::default();
        for (y, x, t) in [(0.4, 1.3, 2e5), (-1.1, -4.0, 7e5), (2.5, 10.0, 0.0)] {
            let (still_y, still_x) = (Dual64::from_re(y), Dual64::from_re(x));
            let by_y = stream(&jet, still_y.derivative(), still_x, t).eps;
            let by_x = stream(&jet, still_y, still_x.derivative(), t).eps;
            let [dy, dx, _] = jet.field(0.0, [y, x, t]);
            assert!((dx + by_y).abs() < 1e-18 && (dy - by_x).abs() < 1e-18, "{dx} {dy}, {by_y} {by_x}");
        }
    }

    #[test]
    fn the_jet_blows_eastward_faster_than_its_waves() {
        let [_, along, _] = BickleyJet::default().field(0.0, [0.0, 0.0, 0.0]);
        assert_eq!(along, 6.266e-5);
        assert!(BickleyJet::default().waves().iter().all(|(_, _, sigma)| (0.0..along).contains(sigma)));
    }
}
