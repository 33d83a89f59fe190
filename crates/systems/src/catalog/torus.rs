//! Motion on a torus.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// The velocity of a point that winds around a torus once while it turns n times about the tube,
    ///
    /// $$ x = (r + a \cos n t) \cos t, \quad y = (r + a \cos n t) \sin t, \quad z = a \sin n t, $$
    ///
    /// the right-hand side being the derivative of this by t, whatever the state: a start beside the torus traces the
    /// same curve, displaced. See e.g. Strogatz, S. H. (1994), *Nonlinear Dynamics and Chaos*, section 8.6. Time and
    /// states have no unit. Quasiperiodic for irrational n; the default n = 153/10 closes after ten turns, 20 π.
    Torus[3] {
        name: "torus",
        parameters: {
            /// a, the radius of the tube.
            a: 0.5,
            /// n, turns about the tube per turn around the torus.
            n: 15.3,
            /// r, the radius of the torus.
            r: 1.0,
        },
        variables: ["x", "y", "z"],
        state: [1.5, 0.0, 0.0],
        dt: 0.02,
        period: 6.36,
        properties: [Forced, Regular],
        exponents: [0.0, 0.0, 0.0] within 1e-12 from "the right-hand side does not depend on the state",
    }
}

impl VectorField<3> for Torus {
    fn field<S: Scalar>(&self, t: f64, _x: [S; 3]) -> [S; 3] {
        let ((sin, cos), (tube_sin, tube_cos)) = (t.sin_cos(), (self.n * t).sin_cos());
        let (distance, approach) = (self.r + self.a * tube_cos, -self.a * self.n * tube_sin);
        [approach * cos - distance * sin, approach * sin + distance * cos, self.a * self.n * tube_cos]
            .map(S::constant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;

    #[test]
    fn winds_as_the_closed_form_says() {
        let torus = Torus::default();
        let run = Simulation::of(&torus, 300).tolerances(1e-10, 1e-10).run(&torus).unwrap();
        for (sample, row) in run.data().rows().into_iter().enumerate() {
            let t = sample as f64 * run.dt();
            let distance = torus.r + torus.a * (torus.n * t).cos();
            let exact = [distance * t.cos(), distance * t.sin(), torus.a * (torus.n * t).sin()];
            for (found, exact) in row.iter().zip(exact) {
                assert!((found - exact).abs() < 1e-7, "{found} against {exact} at {t}");
            }
        }
    }
}
