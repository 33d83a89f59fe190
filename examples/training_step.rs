//! Times one training step by teacher forcing: drawing a batch, forward, backward, clipping, RAdam. One line of milliseconds
//! per step, for comparison with other programs that do the same.
//!
//! ```text
//! cargo run --release --example training_step -- --model csh --latent 3 --hidden 50 --batch 16 --length 200 --threads 1
//! ```

mod cli;

use std::{error::Error, process::ExitCode, time::Instant};

use attractor::{
    models::normal,
    prelude::*,
    train::{Loss, optimizer::clip_by_global_norm},
};
use burn::{optim::GradientsParams, tensor::Device};
use clap::{Parser, ValueEnum};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::Serialize;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Times one training step by teacher forcing.
#[derive(Clone, Debug, Parser, Serialize)]
struct Options {
    /// PLRNN variant.
    #[arg(long, value_enum, default_value_t = Model::Csh)]
    model: Model,
    /// Latents M.
    #[arg(long, default_value_t = 3)]
    latent: usize,
    /// Hidden units, or bases, L; rectified units P of an almost-linear RNN.
    #[arg(long, default_value_t = 50)]
    hidden: usize,
    /// Observed variables N: 3 are Lorenz-63, any other number is noise.
    #[arg(long, default_value_t = 3)]
    observed: usize,
    /// Windows in a batch, B.
    #[arg(long, default_value_t = 16)]
    batch: usize,
    /// Predicted steps of each window, T.
    #[arg(long, default_value_t = 200)]
    length: usize,
    /// Strength of generalized teacher forcing.
    #[arg(long, default_value_t = 0.1)]
    alpha: f64,
    /// Interval of sparse teacher forcing; 0 is generalized teacher forcing.
    #[arg(long, default_value_t = 0)]
    interval: usize,
    /// Threads of the kernels; 0 takes all.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Backend.
    #[arg(long, default_value_t = Backend::default())]
    device: Backend,
    /// Largest norm of the gradient; 0 does not clip.
    #[arg(long, default_value_t = 10.0)]
    clip: f64,
    /// Steps before the clock starts.
    #[arg(long, default_value_t = 50)]
    warmup: usize,
    /// Steps that are timed.
    #[arg(long, default_value_t = 300)]
    reps: usize,
    #[command(flatten)]
    #[serde(skip)]
    common: cli::Common,
}

/// The PLRNN variants.
#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
enum Model {
    /// PLRNN.
    Plrnn,
    /// Mean-centred PLRNN.
    Mcplrnn,
    /// Shallow PLRNN.
    Sh,
    /// Clipped shallow PLRNN.
    Csh,
    /// Dendritic PLRNN.
    Dend,
    /// Clipped dendritic PLRNN.
    Cdend,
    /// Almost-linear RNN.
    Alrnn,
}

/// Milliseconds per step.
#[derive(Serialize)]
struct Times {
    median_ms: f64,
    min_ms: f64,
    max_ms: f64,
    loss: f64,
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut options: Options) -> Result<(), Box<dyn Error>> {
    if options.common.quick {
        (options.warmup, options.reps) = (2, 5);
    }
    rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global()?;
    let Options { latent: m, hidden: l, .. } = options;
    let times = match options.model {
        Model::Plrnn => time(&options, PlrnnConfig::new(m)),
        Model::Mcplrnn => time(&options, MeanCentredPlrnnConfig::new(m)),
        Model::Sh => time(&options, ShallowPlrnnConfig::new(m, l)),
        Model::Csh => time(&options, ClippedShallowPlrnnConfig::new(m, l)),
        Model::Dend => time(&options, DendriticPlrnnConfig::new(m, l)),
        Model::Cdend => time(&options, ClippedDendriticPlrnnConfig::new(m, l)),
        Model::Alrnn => time(&options, AlmostLinearRnnConfig::new(m, l)),
    }?;
    let name = options.model.to_possible_value().expect("every variant has a name");
    println!(
        "attractor {} {} M={m} L={l} b={} T={} thr={} device={} ms/step median={:.3} min={:.3} max={:.3} n={} loss={:.3}",
        env!("CARGO_PKG_VERSION"),
        name.get_name(),
        options.batch,
        options.length,
        rayon::current_num_threads(),
        options.device,
        times.median_ms,
        times.min_ms,
        times.max_ms,
        options.reps,
        times.loss,
    );
    let report = serde_json::json!({ "options": options, "times": times });
    cli::write_report(&options.common.folder("training_step")?, &report)
}

/// Lorenz-63, or as many noisy variables as are asked for.
fn data(options: &Options, rng: &mut ChaCha8Rng) -> Result<Dataset, Box<dyn Error>> {
    let series = if options.observed == 3 {
        let lorenz = Lorenz63::default();
        let clean = Simulation::of(&lorenz, 100_000).dt(0.01).transient(1_000).run(&lorenz)?;
        Standardizer::fit(&clean)?.apply(&clean)?
    } else {
        let noise = normal([20_000, options.observed], 1.0, rng, &Device::default()).into_data();
        let noise = noise.iter::<f64>().collect();
        Trajectory::new(ndarray::Array2::from_shape_vec((20_000, options.observed), noise)?, 1.0)?
    };
    Ok(Dataset::new(&[series])?)
}

fn time<D: Initialize<Module: Dynamics>>(options: &Options, dynamics: D) -> Result<Times, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(options.common.seed);
    let data = data(options, &mut rng)?;
    let device = options.device.device()?.autodiff();
    let config = StateSpaceModelConfig::new(
        dynamics,
        IdentityObservationConfig::new(options.observed, options.latent),
    );
    let objective = match options.interval {
        0 => TeacherForcing::generalized(options.alpha),
        interval => TeacherForcing::sparse(interval),
    };
    let mut model = config.init(&device, &mut rng)?;
    objective.validate(&model, &data, options.length + 1)?;
    let mut optimizer = OptimizerConfig::radam().init();
    let windows = data.windows(options.length + 1, objective.context(&model))?;
    let mut step = || {
        let batch = windows.sample(options.batch, &mut rng, &device);
        let Loss { total, .. } = objective.loss(&model, &batch, 0.0, &mut rng);
        let loss = total.clone().into_scalar::<f32>();
        let mut gradients = GradientsParams::from_grads(total.backward(), &model);
        if options.clip > 0.0 {
            clip_by_global_norm(&model, &mut gradients, options.clip);
        }
        model = optimizer.step(1e-3, model.clone(), gradients);
        loss
    };
    (0..options.warmup).for_each(|_| {
        step();
    });
    device.sync()?;
    let mut loss = f32::NAN;
    let mut times: Vec<f64> = (0..options.reps.max(1))
        .map(|_| {
            let start = Instant::now();
            loss = step();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    device.sync()?;
    if !loss.is_finite() {
        return Err("the model diverged, which makes its times worthless".into());
    }
    times.sort_by(f64::total_cmp);
    let median = 0.5 * (times[(times.len() - 1) / 2] + times[times.len() / 2]);
    Ok(Times { median_ms: median, min_ms: times[0], max_ms: times[times.len() - 1], loss: loss.into() })
}
