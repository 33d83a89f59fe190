//! Measures on long trajectories.

use attractor_measures::{
    GaussianMixtureConfig, PowerSpectrumConfig, StateSpaceConfig, gaussian_mixture_divergence,
    power_spectrum_distance, state_space_divergence,
};
use attractor_systems::{Lorenz63, Simulation, Trajectory};
use criterion::{Criterion, criterion_group, criterion_main};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// 100,000 samples of Lorenz-63 every 0.01, from `start` on.
fn lorenz63(start: [f64; 3]) -> Trajectory {
    let lorenz = Lorenz63::default();
    let simulation = Simulation::of(&lorenz, 100_000).dt(0.01).transient(1000).initial_state(start);
    simulation.run(&lorenz).expect("Lorenz-63 does not diverge")
}

fn measures(criterion: &mut Criterion) {
    let (truth, generated) = (lorenz63([1.0, 1.0, 20.0]), lorenz63([-3.0, 2.0, 15.0]));
    criterion.bench_function("measures/state_space_divergence_1e5x3", |bencher| {
        let config = StateSpaceConfig::default();
        bencher.iter(|| state_space_divergence(&truth, &generated, &config).expect("finite trajectories"));
    });
    criterion.bench_function("measures/power_spectrum_distance_1e5x3", |bencher| {
        let config = PowerSpectrumConfig::default();
        bencher.iter(|| power_spectrum_distance(&truth, &generated, &config).expect("finite trajectories"));
    });
    let short = |trajectory: &Trajectory| trajectory.slice(..10_000).expect("long enough");
    let (truth, generated) = (short(&truth), short(&generated));
    criterion.bench_function("measures/gaussian_mixture_divergence_1e4x3_1e3_samples", |bencher| {
        let config = GaussianMixtureConfig::default();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        bencher.iter(|| gaussian_mixture_divergence(&truth, &generated, &config, &mut rng).expect("finite"));
    });
}

criterion_group!(benches, measures);
criterion_main!(benches);
