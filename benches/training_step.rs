//! One training step by the ELBO, and a free rollout, step by step in plain tensor operations.

use std::hint::black_box;

use attractor::{
    prelude::*,
    train::{Batch, Loss},
};
use burn::{
    module::Module,
    optim::GradientsParams,
    tensor::{Device, Tensor},
};
use criterion::{Criterion, criterion_group, criterion_main};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Latents M and hidden units L.
const SIZES: [(usize, usize); 2] = [(3, 100), (20, 50)];
/// Windows B of T samples.
const BATCH: usize = 32;
const WINDOW: usize = 21;

fn lorenz() -> Dataset {
    let lorenz = Lorenz63::default();
    let states = Simulation::of(&lorenz, 10_000).dt(0.01).run(&lorenz).expect("Lorenz-63 does not diverge");
    let standardizer = Standardizer::fit(&states).expect("Lorenz-63 moves");
    Dataset::new(&[standardizer.apply(&states).expect("as many variables")]).expect("one trajectory")
}

/// Sampling of windows, loss, gradient and one step of Adam.
fn elbo_step(criterion: &mut Criterion) {
    let (data, device) = (lorenz(), Device::flex().autodiff());
    for (m, l) in SIZES {
        let config = SequentialVaeConfig::new(
            LinearEncoderConfig::new(3, m),
            ClippedShallowPlrnnConfig::new(m, l),
            IdentityObservationConfig::new(3, m),
        );
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut model = config.init(&device, &mut rng).expect("a valid configuration");
        let mut optimizer = OptimizerConfig::adam().init();
        let objective = Elbo::default();
        let windows = data.windows(WINDOW, objective.context(&model)).expect("long enough");
        let name = format!("elbo_step/clipped_shallow_m{m}_l{l}_b{BATCH}_t{WINDOW}");
        criterion.bench_function(&name, |bencher| {
            bencher.iter(|| {
                let batch: Batch = windows.sample(BATCH, &mut rng, &device);
                let Loss { total, .. } = objective.loss(&model, &batch, 0.5, &mut rng);
                let gradients = GradientsParams::from_grads(total.backward(), &model);
                model = optimizer.step(1e-4, model.clone(), gradients);
            });
        });
        assert!(model.valid().export().is_ok(), "the model diverged, which makes its times worthless");
    }
}

/// 200 free steps of 16 sequences, without gradients.
fn reference_rollout(criterion: &mut Criterion) {
    let device = Device::flex();
    for (m, l) in SIZES {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let dynamics = ClippedShallowPlrnnConfig::new(m, l).init(&device, &mut rng).expect("valid sizes");
        let start = Tensor::<2>::full([16, m], 0.1, &device);
        let name = format!("reference_rollout/clipped_shallow_m{m}_l{l}_b16_t200");
        criterion.bench_function(&name, |bencher| {
            bencher.iter(|| black_box(dynamics.rollout(start.clone(), 200, None, None).into_data()));
        });
    }
}

criterion_group!(benches, elbo_step, reference_rollout);
criterion_main!(benches);
