//! Stirring by two vortices in a circular tank that run in turn.

use std::f64::consts::{PI, TAU};

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// Where a particle of a fluid in a circular tank of radius a is after a whole period of stirring: a point vortex of
    /// circulation Γ at (b, 0) turns it for the time t, then one at (-b, 0) for the same time. The state is the position in
    /// polar coordinates (r, θ) around the centre of the tank.
    ///
    /// A particle circles a vortex with its image at a²/b outside on a circle around (η, 0) of radius ρ, where λ is the
    /// ratio of its distances to the two, and its angle φ on the circle advances by
    ///
    /// $$ \varphi' - \frac{2 \lambda}{1 + \lambda^2} \sin \varphi' = \varphi - \frac{2 \lambda}{1 + \lambda^2}
    /// \sin \varphi + \frac{2 \pi t}{T}, \quad T = \frac{(2 \pi \rho)^2}{\Gamma} \frac{1 + \lambda^2}{1 - \lambda^2}, $$
    ///
    /// $$ \eta = \frac{b - \lambda^2 a^2 / b}{1 - \lambda^2}, \quad
    /// \rho = \frac{\lambda}{1 - \lambda^2} \Bigl( \frac{a^2}{b} - b \Bigr). $$
    ///
    /// Aref, H. (1984). Stirring by chaotic advection. *Journal of Fluid Mechanics* 143, 1-21. Lengths, times and
    /// circulations in units that agree; θ in radians. Conserves areas (r dr dθ); chaotic at the defaults. In dysts 0.96 a
    /// step is half a period, after which it changes the sign of b as a hidden state that its steps do not use; here a step
    /// is the whole period, so that the map is autonomous.
    BlinkingVortexMap[2] {
        name: "blinking vortex map",
        parameters: {
            /// a, the radius of the tank.
            a: 1.0,
            /// b, the distance of the vortices from its centre; below a.
            b: 0.5,
            /// Γ, the circulation, counterclockwise if positive.
            gamma: 1.0,
            /// t, the time for which each vortex runs.
            t: 1.5,
        },
        variables: ["r", "theta"],
        state: [0.17, 0.33],
        positive: [a, b],
    }
}

impl Recurrence<2> for BlinkingVortexMap {
    fn next<S: Scalar>(&self, [r, theta]: [S; 2]) -> [S; 2] {
        let [x, y] = self.half([r * theta.cos(), r * theta.sin()]);
        // The second vortex is the first one turned by half a turn.
        let [x, y] = self.half([-x, -y]);
        [(x * x + y * y).sqrt(), atan2(-y, -x)]
    }
}

impl BlinkingVortexMap {
    /// Where a particle at (x, y) is after the vortex at (b, 0) has run for the time t.
    fn half<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        let image = self.a * self.a / self.b;
        let distance = |centre: f64| (x - centre) * (x - centre) + y * y;
        let squared = distance(self.b) / distance(image);
        let (ratio, open) = (squared.sqrt(), -squared + 1.0);
        let centre = (-(squared * image) + self.b) / open;
        let radius = ratio / open * (image - self.b);
        let eccentricity = ratio * 2.0 / (squared + 1.0);
        let round = radius * radius * (TAU * TAU / self.gamma) * (squared + 1.0) / open;
        let angle = atan2(y, x - centre);
        let angle = kepler(eccentricity, angle - eccentricity * angle.sin() + round.recip() * (TAU * self.t));
        [centre + radius * angle.cos(), radius * angle.sin()]
    }
}

/// The φ in \[0, 2π) that solves Kepler's equation φ - e sin φ = `mean`, modulo 2π, for e in \[0, 1). From π, Newton's
/// method approaches it from one side, whatever e.
fn kepler<S: Scalar>(e: S, mean: S) -> S {
    let mean = mean.modulo(TAU);
    let mut angle = S::constant(PI);
    for _ in 0..25 {
        angle -= (angle - e * angle.sin() - mean) / (-(e * angle.cos()) + 1.0);
    }
    angle
}

/// The angle of (x, y), in \[-π, π\].
fn atan2<S: Scalar>(y: S, x: S) -> S {
    let r = (x * x + y * y).sqrt();
    // By the half angle, in the form that does not cancel.
    x.if_positive((y / (r + x)).atan(), ((r - x) / y).atan()) * 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flow, Map, Simulation};
    use ndarray::ArrayViewMut2;

    /// The velocity of the fluid around a point vortex at (b, 0), |b| < a, in the tank: the vortex and its image.
    struct Vortex {
        a: f64,
        b: f64,
        gamma: f64,
    }

    impl Flow for Vortex {
        fn dim(&self) -> usize {
            2
        }
        fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
            dx.fill(0.0);
            for (centre, gamma) in [(self.b, self.gamma), (self.a * self.a / self.b, -self.gamma)] {
                let (east, north) = (x[0] - centre, x[1]);
                let speed = gamma / TAU / (east * east + north * north);
                dx[0] -= speed * north;
                dx[1] += speed * east;
            }
        }
        fn jacobian(&self, _t: f64, _x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
            // Explicit methods do not ask.
            jacobian.fill(f64::NAN);
        }
    }

    #[test]
    fn steps_as_the_fluid_flows() {
        let map = BlinkingVortexMap::default();
        for (r, theta) in [(0.17, 0.33), (0.6, 2.0), (0.9, -1.0), (0.45, 0.1), (0.5, 3.0), (0.97, -2.9)] {
            let mut state = [r * f64::cos(theta), r * f64::sin(theta)];
            for b in [map.b, -map.b] {
                let vortex = Vortex { a: map.a, b, gamma: map.gamma };
                let run = Simulation::new(map.t, 2)
                    .initial_state(state)
                    .tolerances(1e-12, 1e-12)
                    .run(&vortex)
                    .unwrap();
                state = [run.last_row()[0], run.last_row()[1]];
            }
            let mut next = [f64::NAN; 2];
            map.step(&[r, theta], &[], &mut next);
            let expected = [state[0].hypot(state[1]), state[1].atan2(state[0])];
            for (found, expected) in next.into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-9, "{next:?} from ({r}, {theta})");
            }
        }
    }

    #[test]
    fn half_a_period_is_the_step_of_dysts() {
        // Points and next points of dysts 0.96, BlinkingVortexMap (Apache-2.0), by a root finder good for some 1e-8.
        let map = BlinkingVortexMap::default();
        for ([r, theta], expected) in [
            ([0.17, 0.33], [0.637_115_031_698_102_4, -0.412_468_337_912_197_3]),
            (
                [0.165_306_693_990_510_04, 0.347_694_718_258_945_27],
                [0.620_177_056_977_942_2, -0.453_496_586_009_637_94],
            ),
            (
                [0.169_359_454_258_780_35, 0.329_171_978_220_838_2],
                [0.636_106_352_842_646_5, -0.415_245_886_226_293_44],
            ),
        ] {
            let [x, y] = map.half([r * f64::cos(theta), r * f64::sin(theta)]);
            assert!((x.hypot(y) - expected[0]).abs() < 1e-7, "{}", x.hypot(y));
            assert!((y.atan2(x) - expected[1]).abs() < 1e-7, "{}", y.atan2(x));
        }
    }

    #[test]
    fn solves_keplers_equation() {
        for e in [0.0, 0.3, 0.8, 0.99, 0.9999] {
            for mean in [1e-6, 0.01, 0.5, 3.0, 4.0, 6.2, TAU - 1e-6] {
                let angle: f64 = kepler(e, mean);
                assert!((angle - e * angle.sin() - mean).abs() < 1e-14, "{angle} for {e}, {mean}");
            }
        }
    }

    #[test]
    fn angles_are_those_of_the_standard_library() {
        for (y, x) in
            [(0.0, 1.0), (1.0, 0.0), (1e-9, -1.0), (-1e-9, -1.0), (-2.0, 0.5), (0.3, -4.0), (0.0, -1.0)]
        {
            let (found, expected): (f64, f64) = (atan2(y, x), f64::atan2(y, x));
            assert!((found - expected).abs() < 1e-15, "{found} against {expected}");
        }
    }
}
