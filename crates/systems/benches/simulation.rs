//! Simulation of flows.

use attractor_systems::{Lorenz63, Method, Simulation};
use criterion::{Criterion, criterion_group, criterion_main};

/// 10,000 samples of Lorenz-63 every 0.01.
fn lorenz63(criterion: &mut Criterion) {
    let lorenz = Lorenz63::default();
    let simulation = Simulation::of(&lorenz, 10_000).dt(0.01).method(Method::Dop853);
    criterion.bench_function("simulation/lorenz63_dop853_1e4_samples", |bencher| {
        bencher.iter(|| simulation.run(&lorenz).expect("Lorenz-63 does not diverge"));
    });
}

criterion_group!(benches, lorenz63);
criterion_main!(benches);
