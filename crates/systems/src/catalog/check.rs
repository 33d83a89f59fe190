//! Checks that every system of the catalogue has to pass.

use ndarray::{Array2, ArrayView1};

use crate::{DelayFlow, Flow, Map, Simulation, System};

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

/// As [`flow`], without the run: the Jacobians by the present and by each delayed state around the default history.
pub(super) fn delay_flow(system: &(impl DelayFlow + System + ?Sized)) {
    let (m, delays) = (system.dim(), system.delays());
    metadata(system, m);
    assert!(!delays.is_empty() && delays.iter().all(|delay| *delay > 0.0 && delay.is_finite()));
    let history = system.default_state();
    let near = |seed: usize| -> Vec<f64> {
        let offsets = history.iter().enumerate().map(|(i, x)| x + 0.3 * (1.7 * (seed + i) as f64).sin());
        offsets.collect()
    };
    for sample in 0..10 {
        let x = near(sample);
        let delayed: Vec<f64> = (1..=delays.len()).flat_map(|delay| near(10 * delay + sample)).collect();
        let by_present = jacobian_error(
            m,
            &x,
            |x, dx| system.rhs(0.0, x, &delayed, dx),
            |x, jacobian| system.jacobian(0.0, x, &delayed, jacobian.view_mut()),
        );
        assert!(by_present < 1e-8, "{}: Jacobian off by {by_present} at {x:?}", system.name());
        for delay in 0..delays.len() {
            let varied = |past: &[f64]| -> Vec<f64> {
                let mut delayed = delayed.clone();
                delayed[delay * m..(delay + 1) * m].copy_from_slice(past);
                delayed
            };
            let by_past = jacobian_error(
                m,
                &delayed[delay * m..(delay + 1) * m],
                |past, dx| system.rhs(0.0, &x, &varied(past), dx),
                |past, jacobian| {
                    system.delayed_jacobian(delay, 0.0, &x, &varied(past), jacobian.view_mut());
                },
            );
            assert!(by_past < 1e-8, "{}: Jacobian by the past off by {by_past} at {x:?}", system.name());
        }
    }
    let mut dx = vec![0.0; m];
    system.rhs(0.0, &history, &history.repeat(delays.len()), &mut dx);
    assert!(dx.iter().any(|dx| dx.abs() > 1e-6), "{}: the default history is a fixed point", system.name());
    assert!(system.validate().is_ok());
}

/// Whether small perturbations of this fixed point of `flow` grow, over a run of length `duration`.
pub(super) fn fixed_point_grows(flow: &impl Flow, point: &[f64], duration: f64) -> bool {
    let mut dx = vec![0.0; flow.dim()];
    flow.rhs(0.0, point, &mut dx);
    assert!(dx.iter().all(|dx| dx.abs() < 1e-9), "{point:?} is not a fixed point: {dx:?}");
    // Of unequal size, so that the perturbation keeps to no symmetry.
    let start: Vec<f64> = point.iter().zip(1..).map(|(x, i)| x + 1e-6 * f64::from(i)).collect();
    let samples = 2000;
    let run = Simulation::new(duration / samples as f64, samples)
        .initial_state(start)
        .tolerances(1e-10, 1e-13)
        .run(flow)
        .unwrap();
    let distance =
        |row: ArrayView1<'_, f64>| row.iter().zip(point).map(|(x, rest)| (x - rest).abs()).sum::<f64>();
    let distances: Vec<f64> = run.data().rows().into_iter().map(distance).collect();
    let largest = |range: &[f64]| range.iter().copied().fold(0.0, f64::max);
    largest(&distances[samples - samples / 4..]) > largest(&distances[..samples / 4])
}

/// Mean time between the upward crossings of its mean by a series that is periodic.
pub(super) fn period(series: ArrayView1<'_, f64>, dt: f64) -> f64 {
    let mean = series.sum() / series.len() as f64;
    let crossing = |(t, pair): (usize, ArrayView1<'_, f64>)| {
        let (before, after) = (pair[0] - mean, pair[1] - mean);
        (before < 0.0 && after >= 0.0).then(|| t as f64 + before / (before - after))
    };
    let crossings: Vec<f64> = series.windows(2).into_iter().enumerate().filter_map(crossing).collect();
    assert!(crossings.len() > 1, "no oscillation");
    (crossings[crossings.len() - 1] - crossings[0]) / (crossings.len() - 1) as f64 * dt
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
