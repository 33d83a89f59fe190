//! Measures on long trajectories; `compare.py` runs programs of the same definitions in NumPy and SciPy beside them.

use std::hint::black_box;
use std::time::Duration;

use attractor_measures::{
    Bandwidth, EmbeddingDimensionConfig, GaussianMixtureConfig, LyapunovConfig, PowerSpectrumConfig,
    StateSpaceConfig, WassersteinOrder, box_dimension, correlation_sum, cross_correlation_error,
    embedding_dimension, gaussian_mixture_divergence, lyapunov_spectrum, maximum_mean_discrepancy,
    power_spectrum_distance, prediction_error, random_directions, sliced_wasserstein_distance,
    state_space_divergence,
};
use attractor_systems::{Lorenz63, PiecewiseLinearMap, Simulation, Trajectory};
use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// 100,000 samples of Lorenz-63 every 0.01, from `start` on.
fn lorenz63(start: [f64; 3]) -> Trajectory {
    let lorenz = Lorenz63::default();
    let simulation = Simulation::of(&lorenz, 100_000).dt(0.01).transient(1000).initial_state(start);
    simulation.run(&lorenz).expect("Lorenz-63 does not diverge")
}

/// z -> A z + V max(0, W z + b) + h with M states and L units, bounded.
fn network(states: usize, units: usize) -> PiecewiseLinearMap {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut draw = |rows, columns, size: f64| {
        Array2::from_shape_simple_fn((rows, columns), || size * rng.random_range(-1.0..1.0))
    };
    let (v, w) = (draw(states, units, 0.4 / (units as f64).sqrt()), draw(units, states, 1.0));
    let (b, h) = (Array1::from_elem(units, 0.1), Array1::from_elem(states, 0.1));
    let inputs = Array2::zeros((states, 0));
    PiecewiseLinearMap::new(Array2::eye(states) * 0.5, v, w, b, h, inputs).expect("shapes fit")
}

fn measures(criterion: &mut Criterion) {
    let (truth, generated) = (lorenz63([1.0, 1.0, 20.0]), lorenz63([-3.0, 2.0, 15.0]));
    let mut bench = |name: &str, run: &mut dyn FnMut()| {
        criterion.bench_function(&format!("measures/{name}"), |bencher| bencher.iter(&mut *run));
    };
    bench("state_space_divergence_1e5x3_30_bins", &mut || {
        let found = state_space_divergence(&truth, &generated, &StateSpaceConfig::default());
        black_box(found.expect("finite"));
    });
    bench("power_spectrum_distance_1e5x3", &mut || {
        let found = power_spectrum_distance(&truth, &generated, &PowerSpectrumConfig::default());
        black_box(found.expect("finite"));
    });
    bench("box_dimension_1e5x3", &mut || {
        black_box(box_dimension(&truth, 10.0).expect("finite"));
    });
    let short = |trajectory: &Trajectory| trajectory.slice(..10_000).expect("long enough");
    let (truth, generated) = (short(&truth), short(&generated));
    bench("gaussian_mixture_divergence_1e4x3_1e3_samples", &mut || {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let found =
            gaussian_mixture_divergence(&truth, &generated, &GaussianMixtureConfig::default(), &mut rng);
        black_box(found.expect("finite"));
    });
    let directions = random_directions(3, 64, &mut ChaCha8Rng::seed_from_u64(1));
    bench("sliced_wasserstein_distance_1e4x3_64_directions", &mut || {
        let order = WassersteinOrder::First;
        let found = sliced_wasserstein_distance(&truth, &generated, directions.view(), order);
        black_box(found.expect("finite"));
    });
    bench("cross_correlation_error_1e4x3_1e3_lags", &mut || {
        black_box(cross_correlation_error(&truth, &generated, 1000).expect("finite"));
    });
    let radii: Vec<f64> = (0..16).map(|k| 0.2 * 1.2_f64.powi(k)).collect();
    bench("correlation_sum_1e4x3_16_radii", &mut || {
        black_box(correlation_sum(&truth, &radii, 50).expect("finite"));
    });
    bench("embedding_dimension_1e4_lag_10", &mut || {
        let config = EmbeddingDimensionConfig::new().with_theiler(50).with_share(0.0).with_max_dimension(5);
        black_box(embedding_dimension(&truth, 0, 10, &config).expect("finite"));
    });
    let network_3 = network(3, 50);
    bench("prediction_error_1e4x3_20_steps_50_units", &mut || {
        let copy = |x: &[f64], y: &mut [f64]| y.copy_from_slice(x);
        black_box(prediction_error(&network_3, &truth, &truth, None, 20, copy).expect("bounded"));
    });
    let network_20 = network(20, 50);
    bench("lyapunov_spectrum_1e5_steps_20_states_50_units", &mut || {
        let config = LyapunovConfig::new(0, 100_000);
        black_box(lyapunov_spectrum(&network_20, &[0.1; 20], &config).expect("bounded"));
    });
    let few = |trajectory: &Trajectory| trajectory.slice(..3000).expect("long enough");
    let (truth, generated) = (few(&truth), few(&generated));
    bench("maximum_mean_discrepancy_3e3x3", &mut || {
        black_box(maximum_mean_discrepancy(&truth, &generated, Bandwidth::Fixed(5.0)).expect("finite"));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(15).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    targets = measures
}
criterion_main!(benches);
