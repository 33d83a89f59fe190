//! Exact analysis of piecewise-linear maps.

use attractor_measures::{
    CertificateConfig, CycleConfig, LyapunovConfig, all_fixed_points, find_cycles, lyapunov_spectrum,
    visited_regions,
};
use attractor_systems::{Lorenz63, PiecewiseLinearMap, Simulation};
use criterion::{Criterion, criterion_group, criterion_main};
use nalgebra::DMatrix;
use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// Standardised Lorenz-63 every 0.05 \[T, 3\].
fn lorenz63() -> Array2<f64> {
    let lorenz = Lorenz63::default();
    let run = Simulation::of(&lorenz, 4000).dt(0.05).transient(1000).run(&lorenz).expect("does not diverge");
    let data = run.data();
    let (mean, sd) =
        (data.mean_axis(ndarray::Axis(0)).expect("not empty"), data.std_axis(ndarray::Axis(0), 0.0));
    (&data - &mean) / &sd
}

/// A clipped shallow network of L random hidden units whose output weights are fitted to the steps of `data`.
fn fitted(data: &Array2<f64>, l: usize) -> PiecewiseLinearMap {
    let (m, mut rng) = (data.ncols(), ChaCha8Rng::seed_from_u64(1));
    let mut normal = |rows: usize, columns: usize| {
        Array2::from_shape_simple_fn((rows, columns), || rng.sample::<f64, _>(StandardNormal))
    };
    let (w2, h2) = (normal(l, m), 2.0 * normal(l, 1));
    let drive = data.dot(&w2.t());
    let features = Array2::from_shape_fn((data.nrows() - 1, l + m + 1), |(t, f)| match f {
        f if f < l => (drive[[t, f]] + h2[[f, 0]]).max(0.0) - drive[[t, f]].max(0.0),
        f if f < l + m => data[[t, f - l]],
        _ => 1.0,
    });
    let gram = features.t().dot(&features) + Array2::<f64>::eye(l + m + 1) * 1e-6;
    let targets = features.t().dot(&data.slice(ndarray::s![1.., ..]));
    let gram = DMatrix::from_fn(l + m + 1, l + m + 1, |i, j| gram[[i, j]]);
    let targets = DMatrix::from_fn(l + m + 1, m, |i, j| targets[[i, j]]);
    let weights = gram.cholesky().expect("positive definite").solve(&targets);
    PiecewiseLinearMap::new(
        Array2::from_shape_fn((m, m), |(i, j)| weights[(l + j, i)]),
        Array2::from_shape_fn(
            (m, 2 * l),
            |(i, u)| if u < l { weights[(u, i)] } else { -weights[(u - l, i)] },
        ),
        Array2::from_shape_fn((2 * l, m), |(u, j)| w2[[u % l, j]]),
        Array1::from_shape_fn(2 * l, |u| if u < l { h2[[u, 0]] } else { 0.0 }),
        Array1::from_shape_fn(m, |i| weights[(l + m, i)]),
        Array2::zeros((m, 0)),
    )
    .expect("shapes fit")
}

/// A network of 20 latents and U random rectified units, that of a PLRNN where these are the latents.
fn random(units: usize) -> PiecewiseLinearMap {
    let (m, mut rng) = (20, ChaCha8Rng::seed_from_u64(1));
    let mut normal = |rows: usize, columns: usize, scale: f64| {
        Array2::from_shape_simple_fn((rows, columns), || scale * rng.sample::<f64, _>(StandardNormal))
    };
    let (w, b) = (normal(units, m, 0.2), normal(units, 1, 1.0));
    let (v, h) = (normal(m, units, 0.5 / (units as f64).sqrt()), normal(m, 1, 1.0));
    let w = if units == m { Array2::eye(m) } else { w };
    let (b, h) = (b.column(0).to_owned(), h.column(0).to_owned());
    PiecewiseLinearMap::new(Array2::eye(m) * 0.5, v, w, b, h, Array2::zeros((m, 0))).expect("shapes fit")
}

fn piecewise(criterion: &mut Criterion) {
    let data = lorenz63();
    let map = fitted(&data, 50);
    let mut group = criterion.benchmark_group("piecewise");
    group.sample_size(10);
    let pool = visited_regions(&map, data.view()).expect("finite");
    group.bench_function("find_cycles_order_10_m3_l50", |bencher| {
        let config = CycleConfig::new(10, 1000);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        bencher.iter(|| find_cycles(&map, &pool, &config, &mut rng).expect("finite"));
    });
    group.bench_function("all_fixed_points_m3_l50", |bencher| {
        bencher.iter(|| all_fixed_points(&map, &CertificateConfig::default()).expect("within the budget"));
    });
    for units in [20, 100] {
        let map = random(units);
        group.bench_function(format!("lyapunov_spectrum_m20_u{units}_1e5"), |bencher| {
            let config = LyapunovConfig::new(1000, 100_000);
            bencher.iter(|| lyapunov_spectrum(&map, &[0.1; 20], &config).expect("bounded"));
        });
    }
    group.finish();
}

criterion_group!(benches, piecewise);
criterion_main!(benches);
