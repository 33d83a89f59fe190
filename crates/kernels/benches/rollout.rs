//! Rollouts and their gradients on one thread and on all: M latents, L hidden units or bases, B sequences of T steps.

use std::{hint::black_box, time::Instant};

use attractor_kernels::{Features, Forcing, Rollout, Wanted, backward, forward};
use criterion::{Criterion, criterion_group, criterion_main};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Results of megabytes are new pages at every call of the system's allocator, which would be what is timed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Clone, Copy)]
enum Kind {
    Rectified { linear: usize },
    ClippedHidden,
    ClippedBases,
}

struct Case {
    name: &'static str,
    kind: Kind,
    m: usize,
    l: usize,
    n: usize,
    batch: usize,
    steps: usize,
}

fn cases() -> Vec<Case> {
    use Kind::{ClippedBases, ClippedHidden, Rectified};
    let case = |name, kind, [m, l, n]: [usize; 3], [batch, steps]: [usize; 2]| Case {
        name,
        kind,
        m,
        l,
        n,
        batch,
        steps,
    };
    let mut cases = vec![
        case("clipped_shallow", ClippedHidden, [3, 50, 3], [16, 200]),
        case("clipped_dendritic", ClippedBases, [22, 20, 3], [16, 200]),
        case("clipped_shallow", ClippedHidden, [64, 512, 64], [64, 200]),
        case("plrnn", Rectified { linear: 0 }, [20, 0, 3], [16, 200]),
        case("almost_linear", Rectified { linear: 18 }, [20, 0, 3], [16, 200]),
    ];
    // Cost against T and against B.
    let sizes =
        [[16, 100], [16, 1_000], [16, 10_000], [16, 100_000], [1, 200], [64, 200], [256, 200], [1_024, 200]];
    cases.extend(sizes.map(|size| case("clipped_shallow", ClippedHidden, [3, 50, 3], size)));
    cases
}

fn rollouts(criterion: &mut Criterion) {
    for Case { name, kind, m, l, n, batch, steps } in cases() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut draw = |count: usize, scale: f32| -> Vec<f32> {
            (0..count).map(|_| rng.random_range(-scale..scale)).collect()
        };
        let (units, weights, thresholds) = match kind {
            Kind::Rectified { .. } => (m, 0, 0),
            Kind::ClippedHidden => (l, l * m, l),
            Kind::ClippedBases => (m, l, m * l),
        };
        let (a, h) = (vec![0.9; m], draw(m, 0.1));
        let w = draw(m * units, 0.3 / (units as f32).sqrt());
        let (weights, thresholds) = (draw(weights, 0.5), draw(thresholds, 0.5));
        let (z0, target) = (draw(batch * m, 1.0), draw(batch * steps * n, 1.0));
        let alpha = vec![0.1; steps];
        let rollout = Rollout {
            batch,
            steps,
            latent: m,
            a: &a,
            w: &w,
            h: &h,
            features: match kind {
                Kind::Rectified { linear } => Features::Rectified { linear, centred: false },
                Kind::ClippedHidden => {
                    Features::Hidden { weights: &weights, thresholds: &thresholds, clipped: true }
                }
                Kind::ClippedBases => {
                    Features::Bases { slopes: &weights, thresholds: &thresholds, clipped: true }
                }
            },
            z0: &z0,
            drive: None,
            forcing: Some(Forcing { width: n, target: &target, alpha: &alpha, mask: None }),
        };
        let grad = draw(batch * steps * m, 1.0);
        let states = forward(&rollout);
        for (threads, pool) in [(1, "one_thread"), (0, "all_threads")] {
            let pool_of = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let id = |what: &str| format!("{what}/{name}_m{m}_l{l}_b{batch}_t{steps}/{pool}");
            // All calls of a sample from inside the pool: entering it takes longer than a small rollout.
            let time = |iterations: u64, run: &(dyn Fn() + Sync)| {
                pool_of.install(|| {
                    let start = Instant::now();
                    (0..iterations).for_each(|_| run());
                    start.elapsed()
                })
            };
            criterion.bench_function(&id("forward"), |bencher| {
                bencher.iter_custom(|iterations| time(iterations, &|| drop(black_box(forward(&rollout)))));
            });
            criterion.bench_function(&id("backward"), |bencher| {
                let backward = || drop(black_box(backward(&rollout, &states, &grad, Wanted::default())));
                bencher.iter_custom(|iterations| time(iterations, &backward));
            });
        }
    }
}

criterion_group!(benches, rollouts);
criterion_main!(benches);
