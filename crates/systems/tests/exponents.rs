//! The largest Lyapunov exponents of the catalogue, against those that it cites.

use attractor_systems::{Flow, Henon, Lorenz63, Lorenz96, Map, Rossler, Simulation, System};
use ndarray::{Array2, ArrayViewMut2};

/// A flow with a unit tangent vector v and the logarithm s of how much it has been stretched:
/// dv/dt = J v - (v·J v) v, ds/dt = v·J v.
struct Stretching<F>(F);

impl<F: Flow> Flow for Stretching<F> {
    fn dim(&self) -> usize {
        2 * self.0.dim() + 1
    }

    fn rhs(&self, t: f64, state: &[f64], derivative: &mut [f64]) {
        let m = self.0.dim();
        let (x, v) = (&state[..m], &state[m..2 * m]);
        let mut jacobian = Array2::zeros((m, m));
        self.0.jacobian(t, x, jacobian.view_mut());
        self.0.rhs(t, x, &mut derivative[..m]);
        let jv: Vec<f64> = jacobian.rows().into_iter().map(|row| dot(row.iter(), v)).collect();
        let growth = dot(jv.iter(), v);
        for i in 0..m {
            derivative[m + i] = jv[i] - growth * v[i];
        }
        derivative[2 * m] = growth;
    }

    fn jacobian(&self, _t: f64, _x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        // Explicit methods do not ask.
        jacobian.fill(f64::NAN);
    }
}

fn dot<'a>(a: impl Iterator<Item = &'a f64>, b: &[f64]) -> f64 {
    a.zip(b).map(|(a, b)| a * b).sum()
}

fn largest_exponent(system: impl Flow + System, transient: usize, steps: usize) -> f64 {
    let m = system.dim();
    let mut start = system.default_state();
    start.push(1.0);
    start.extend(vec![0.0; m]);
    let run = Simulation::new(system.default_dt(), steps)
        .transient(transient)
        .initial_state(start)
        .tolerances(1e-8, 1e-8)
        .run(&Stretching(system))
        .unwrap();
    (run.last_row()[2 * m] - run.initial_row()[2 * m]) / run.duration()
}

fn cited(system: &impl System) -> f64 {
    system.known_exponents().unwrap().exponents[0]
}

// The margins are some three standard deviations of exponents over such lengths of time.

#[test]
fn lorenz63_is_as_chaotic_as_cited() {
    let (found, cited) = (largest_exponent(Lorenz63::default(), 1000, 200_000), cited(&Lorenz63::default()));
    assert!((found - cited).abs() < 0.01, "{found} against {cited}");
}

#[test]
fn rossler_is_as_chaotic_as_cited() {
    let (found, cited) = (largest_exponent(Rossler::default(), 1000, 100_000), cited(&Rossler::default()));
    assert!((found - cited).abs() < 0.004, "{found} against {cited}");
}

#[test]
fn lorenz96_is_as_chaotic_as_cited() {
    let known = Lorenz96::default().known_exponents().unwrap();
    let found = largest_exponent(Lorenz96::default(), 400, 4000);
    assert!((found - known.exponents[0]).abs() < known.tolerance + 0.05, "{found} against {known:?}");
}

#[test]
fn henon_is_as_chaotic_as_cited() {
    let henon = Henon::default();
    let orbit = Simulation::of(&henon, 200_000).transient(100).run_map(&henon).unwrap();
    let (mut v, mut sum) = ([1.0, 0.0], 0.0);
    let mut jacobian = Array2::zeros((2, 2));
    for x in orbit.data().rows() {
        henon.jacobian(&x.to_vec(), &[], jacobian.view_mut());
        v = [dot(jacobian.row(0).iter(), &v), dot(jacobian.row(1).iter(), &v)];
        let norm = v[0].hypot(v[1]);
        v = v.map(|component| component / norm);
        sum += norm.ln();
    }
    let (found, cited) = (sum / orbit.len() as f64, cited(&henon));
    assert!((found - cited).abs() < 0.005, "{found} against {cited}");
}
