//! The Arnold web.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Two rotators in a common field that turns with time, whose resonances form the Arnold web,
    ///
    /// $$ \dot p_i = -\mu \frac{\sin \varphi_i}{D^2}, \quad \dot \varphi_i = p_i \text{ for } i = 1, 2, \quad
    /// \dot \varphi_3 = \omega, \quad D = 4 + \cos \varphi_1 + \cos \varphi_2 + \cos \varphi_3, $$
    ///
    /// which are Hamilton's equations of H = p_1²/2 + p_2²/2 + ω p_3 + μ/D without that of p_3, the energy
    /// that the field gives and takes.
    ///
    /// Froeschlé, C., Guzzo, M. & Lega, E. (2000). Graphical evolution of the Arnold web: from order to
    /// chaos. *Science* 289, 2108-2110. Time and states have no unit. Nearly integrable: motion is regular
    /// but for narrow chaotic layers along the resonances, in one of which the default state lies.
    ArnoldWeb[5] {
        name: "Arnold web",
        parameters: {
            /// μ, the perturbation.
            mu: 0.01,
            /// ω, angular frequency of the field, in radians per time unit.
            omega: 1.0,
        },
        variables: ["p1", "p2", "phi1", "phi2", "phi3"],
        state: [0.1047, 0.0893, -1.6216, -1.6679, 0.1],
        dt: 0.1,
        period: 67.25,
        properties: [Forced, Angular],
    }
}

impl VectorField<5> for ArnoldWeb {
    fn field<S: Scalar>(&self, _t: f64, [p1, p2, phi1, phi2, phi3]: [S; 5]) -> [S; 5] {
        let d = phi1.cos() + phi2.cos() + phi3.cos() + 4.0;
        let pull = -(d * d).recip() * self.mu;
        [phi1.sin() * pull, phi2.sin() * pull, p1, p2, S::constant(self.omega)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flow, Simulation};

    #[test]
    fn the_energy_of_the_rotators_changes_as_the_field_turns() {
        // dH/dt = ∂H/∂t: the derivative of p1²/2 + p2²/2 + μ/D is μ ω sin φ3 / D².
        let web = ArnoldWeb::default();
        let run = Simulation::of(&web, 50).dt(0.5).run(&web).unwrap();
        for x in run.data().rows() {
            let mut dx = [0.0; 5];
            web.rhs(0.0, &x.to_vec(), &mut dx);
            let d = 4.0 + x[2].cos() + x[3].cos() + x[4].cos();
            let slope: f64 = (2..5).map(|i| x[i].sin() * dx[i]).sum();
            let change = x[0] * dx[0] + x[1] * dx[1] + web.mu * slope / (d * d);
            assert!((change - web.mu * web.omega * x[4].sin() / (d * d)).abs() < 1e-17, "{change}");
        }
    }
}
