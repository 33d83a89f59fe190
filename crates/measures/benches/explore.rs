//! Symbolic dynamics, manifolds, basins, bifurcations and slow points.

use attractor_measures::{
    BasinConfig, BifurcationConfig, GraphBudget, GridSlice, ManifoldConfig, ManifoldKind, Numbering,
    SliceAxis, SlowPointConfig, SymbolicConfig, basins, bifurcation_diagram, manifold, slow_points,
    symbolic_orbit,
};
use attractor_systems::{PiecewiseLinearMap, Simulation};
use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::{Array1, Array2, array};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// (x, y) ↦ (1 − a |x| + y, b x).
fn lozi(a: f64, b: f64) -> PiecewiseLinearMap {
    PiecewiseLinearMap::new(
        array![[a, 1.0], [b, 0.0]],
        array![[-2.0 * a], [0.0]],
        array![[1.0, 0.0]],
        array![0.0],
        array![1.0, 0.0],
        Array2::zeros((2, 0)),
    )
    .expect("shapes that fit")
}

/// A clipped shallow PLRNN with 3 states and 50 hidden units at random: bounded, as the spectral norm of A is 0.9.
fn random_plrnn() -> PiecewiseLinearMap {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let hidden = 50;
    let v = Array2::from_shape_simple_fn((3, hidden), || rng.random_range(-0.6..0.6));
    let w = Array2::from_shape_simple_fn((hidden, 3), || rng.random_range(-0.6..0.6));
    let b = Array1::from_shape_simple_fn(hidden, || rng.random_range(-1.0..1.0));
    let join = |first: &Array2<f64>, second: &Array2<f64>, axis| {
        ndarray::concatenate(ndarray::Axis(axis), &[first.view(), second.view()]).expect("shapes that fit")
    };
    let thresholds = ndarray::concatenate![ndarray::Axis(0), b, Array1::zeros(hidden)];
    let (v, w) = (join(&v, &(-&v), 1), join(&w, &w, 0));
    let a = Array2::from_diag_elem(3, 0.9);
    PiecewiseLinearMap::new(a, v, w, thresholds, Array1::zeros(3), Array2::zeros((3, 0)))
        .expect("shapes that fit")
}

fn explore(criterion: &mut Criterion) {
    let (a, b) = (1.7, 0.5);
    let map = lozi(a, b);
    let plrnn = random_plrnn();
    let x = 1.0 / (1.0 + a - b);
    criterion.bench_function("explore/symbolic_orbit_1e5_m3_u100", |bencher| {
        let config = SymbolicConfig::default();
        bencher.iter(|| symbolic_orbit(&plrnn, &[0.1, 0.2, 0.3], &config).expect("bounded"));
    });
    criterion.bench_function("explore/topological_entropy_lozi_words_of_8", |bencher| {
        let orbit = symbolic_orbit(&map, &[0.1, 0.1], &SymbolicConfig::default()).expect("bounded");
        let words: Vec<u32> =
            orbit.symbols().windows(8).map(|word| word.iter().fold(0, |code, s| 2 * code + s)).collect();
        let words =
            attractor_measures::SymbolSequence::from_labels(&words, Numbering::default()).expect("words");
        let graph = words.transition_graph().expect("more than one");
        bencher.iter(|| graph.topological_entropy(&GraphBudget::default()).expect("finite"));
    });
    criterion.bench_function("explore/unstable_manifold_lozi_length_1e4", |bencher| {
        let config = ManifoldConfig { max_length: 1e4, ..ManifoldConfig::default() };
        bencher.iter(|| manifold(&map, &[x, b * x], 1, ManifoldKind::Unstable, &config).expect("a saddle"));
    });
    criterion.bench_function("explore/stable_manifold_lozi_length_1e4", |bencher| {
        let config = ManifoldConfig { max_length: 1e4, ..ManifoldConfig::default() };
        bencher.iter(|| manifold(&map, &[x, b * x], 1, ManifoldKind::Stable, &config).expect("a saddle"));
    });
    let mut slow = criterion.benchmark_group("explore");
    slow.sample_size(10);
    slow.bench_function("basins_lozi_100x100", |bencher| {
        let axis = |index| SliceAxis::coordinate(index, -2.0, 2.0, 100);
        let slice = GridSlice::plane(vec![0.0; 2], axis(0), axis(1));
        let config = BasinConfig::default();
        bencher.iter(|| basins(&map, &slice, &config).expect("within the budget"));
    });
    slow.bench_function("basins_m3_u100_20x20", |bencher| {
        let axis = |index| SliceAxis::coordinate(index, -2.0, 2.0, 20);
        let slice = GridSlice::plane(vec![0.0; 3], axis(0), axis(1));
        let config = BasinConfig::default();
        bencher.iter(|| basins(&plrnn, &slice, &config).expect("within the budget"));
    });
    slow.bench_function("bifurcation_diagram_lozi_200", |bencher| {
        let parameters: Vec<f64> = (0..200).map(|i| 0.8 + f64::from(i) * 0.0045).collect();
        let config = BifurcationConfig::default();
        bencher.iter(|| {
            bifurcation_diagram(|a| Ok(lozi(a, b)), &parameters, &[0.1, 0.1], &config).expect("finite")
        });
    });
    slow.bench_function("slow_points_m3_u100_200_starts", |bencher| {
        let states =
            Simulation::new(1.0, 1000).initial_state([0.1, 0.2, 0.3]).run_map(&plrnn).expect("bounded");
        let config = SlowPointConfig::default();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        bencher.iter(|| slow_points(&plrnn, &states, &config, &mut rng).expect("finite"));
    });
    slow.finish();
}

criterion_group!(benches, explore);
criterion_main!(benches);
