//! Checks that every system of the catalogue has to pass.

use ndarray::Array2;

use crate::{Flow, Map, Simulation, System};

/// Largest difference, relative to the largest entry, between an analytic Jacobian and Richardson-extrapolated central
/// differences of `f`. The extrapolation is of order 4, good for about 1e-10 where its steps are small against the scales
/// of `f`: the best of four sizes counts, since some systems have very short scales.
fn jacobian_error(
    m: usize,
    x: &[f64],
    f: impl Fn(&[f64], &mut [f64]),
    jacobian: impl Fn(&[f64], &mut Array2<f64>),
) -> f64 {
    // NaN shows entries that the Jacobian leaves unwritten.
    let mut analytic = Array2::from_elem((m, m), f64::NAN);
    jacobian(x, &mut analytic);
    let scale = analytic.iter().fold(1e-300, |largest: f64, value| largest.max(value.abs()));
    let column_error = |j: usize, h: f64| {
        let central = |h: f64| -> Vec<f64> {
            let mut shifted = x.to_vec();
            let (mut above, mut below) = (vec![0.0; m], vec![0.0; m]);
            shifted[j] = x[j] + h;
            f(&shifted, &mut above);
            shifted[j] = x[j] - h;
            f(&shifted, &mut below);
            above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * h)).collect()
        };
        let (wide, narrow) = (central(h), central(h / 2.0));
        let errors = (0..m).map(|i| (analytic[[i, j]] - (4.0 * narrow[i] - wide[i]) / 3.0).abs() / scale);
        errors.fold(0.0, |worst: f64, error| if error.is_nan() { f64::INFINITY } else { worst.max(error) })
    };
    let errors = (0..m).map(|j| {
        let size = x[j].abs().max(0.1);
        [1e-3, 1e-4, 1e-5, 1e-6]
            .map(|step| column_error(j, step * size))
            .into_iter()
            .fold(f64::INFINITY, f64::min)
    });
    errors.fold(0.0, f64::max)
}

/// Jacobian along the attractor, metadata, and that the default run stays bounded and moves.
pub(super) fn flow(system: &(impl Flow + System + ?Sized)) {
    metadata(system, system.dim());
    let run = Simulation::of(system, 200).run(system).unwrap();
    assert!(run.constant_columns().is_empty(), "{}: the default state is a fixed point", system.name());
    for (sample, x) in run.data().rows().into_iter().enumerate().step_by(20) {
        let t = sample as f64 * run.dt();
        let error = jacobian_error(
            system.dim(),
            &x.to_vec(),
            |x, dx| system.rhs(t, x, dx),
            |x, jacobian| system.jacobian(t, x, jacobian.view_mut()),
        );
        assert!(error < 1e-8, "{}: Jacobian off by {error} at {x}", system.name());
    }
    assert!(system.validate().is_ok());
}

/// As [`flow`], for maps.
pub(super) fn map(system: &(impl Map + System + ?Sized)) {
    metadata(system, system.dim());
    let run = Simulation::of(system, 200).run_map(system).unwrap();
    for x in run.data().rows().into_iter().step_by(20) {
        let error = jacobian_error(
            system.dim(),
            &x.to_vec(),
            |x, next| system.step(x, &[], next),
            |x, jacobian| system.jacobian(x, &[], jacobian.view_mut()),
        );
        assert!(error < 1e-8, "{}: Jacobian off by {error} at {x}", system.name());
    }
    assert!(system.validate().is_ok());
}

fn metadata(system: &(impl System + ?Sized), dim: usize) {
    assert_eq!(system.variables().len(), dim);
    assert_eq!(system.default_state().len(), dim);
    assert!(system.default_dt() > 0.0);
    assert!(!system.parameters().is_empty() && !system.name().is_empty());
    if let Some(known) = system.known_exponents() {
        assert!(known.exponents.len() <= dim && known.exponents.is_sorted_by(|a, b| a >= b));
    }
}
