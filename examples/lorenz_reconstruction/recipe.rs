//! What is trained and how, by objective: settings with the reason for each.

use attractor::{prelude::*, train::Run};

use crate::{
    Result,
    data::Data,
    options::{ObjectiveName, Options},
};

/// The encoder's filter reaches this many samples to each side: wide enough to smooth the noise away.
const REACH: usize = 12;
/// Values at which the process variance is held, for equal shares of the first 30% of the steps. Were it learned, the
/// posterior, whose samples are independent in time, would explain dynamics as noise, and the free run would be wrong.
const PROCESS_VARIANCE: [f64; 3] = [1e-2, 1e-3, 1e-4];

/// The sequential VAE by its ELBO. Weight regularization draws A towards 1: it lowered the median D_stsp on the published
/// series from 0.35 to 0.28.
pub fn elbo<O>(
    options: &Options,
    observed: usize,
    latent: usize,
    observation: O,
) -> Run<SequentialVaeConfig<LinearEncoderConfig, ClippedShallowPlrnnConfig, O>, Elbo> {
    Run {
        model: SequentialVaeConfig::new(
            LinearEncoderConfig::new(observed, latent).with_past(REACH).with_future(REACH),
            ClippedShallowPlrnnConfig::new(latent, options.hidden.unwrap_or(100)),
            observation,
        ),
        objective: Elbo::default()
            .with_process_variance(Schedule::Steps { values: PROCESS_VARIANCE.to_vec(), share: 0.3 })
            .with_weight_penalty(options.weight_penalty.unwrap_or(1e-4)),
        trainer: TrainerConfig {
            epochs: options.epochs(200),
            window: options.window.unwrap_or(51),
            optimizer: OptimizerConfig::adam(),
            learning_rate: learning_rate(options, 5e-3, 1e-5),
            ..trainer(options)
        },
    }
}

/// How strongly and how often the data force the model.
pub fn forcing(options: &Options, data: &Data) -> Result<TeacherForcing> {
    if options.objective != ObjectiveName::Stf {
        return Ok(options.alpha.map_or_else(TeacherForcing::adaptive, TeacherForcing::generalized));
    }
    let interval = if let Some(interval) = options.interval {
        interval
    } else {
        let interval = forcing_interval(&data.train[0])?.interval;
        println!("The data forget themselves within {interval} steps: forced that often.");
        interval
    };
    Ok(TeacherForcing::sparse(interval))
}

/// Teacher forcing with the settings of \[H23\], but for the learning rate: from 5e-3 instead of 1e-3 the published series are
/// reconstructed as well after a third of the steps.
pub fn teacher_forcing<O>(
    options: &Options,
    forcing: TeacherForcing,
    latent: usize,
    observation: O,
) -> Run<StateSpaceModelConfig<ClippedShallowPlrnnConfig, O>, TeacherForcing> {
    Run {
        model: StateSpaceModelConfig::new(
            ClippedShallowPlrnnConfig::new(latent, options.hidden.unwrap_or(50)),
            observation,
        ),
        objective: forcing
            .with_noise(options.noise.unwrap_or(0.0), NoiseOn::Inputs)
            .with_weight_penalty(options.weight_penalty.unwrap_or(1e-5))
            .with_conditioning_penalty(1e-5),
        trainer: TrainerConfig {
            epochs: options.epochs(1_000),
            window: options.window.unwrap_or(201),
            optimizer: OptimizerConfig::radam(),
            learning_rate: learning_rate(options, 5e-3, 1e-6),
            ..trainer(options)
        },
    }
}

fn learning_rate(options: &Options, from: f64, to: f64) -> Schedule {
    Schedule::exponential(options.learning_rate.unwrap_or(from), options.final_learning_rate.unwrap_or(to))
}

/// What both have in common.
fn trainer(options: &Options) -> TrainerConfig {
    TrainerConfig { steps_per_epoch: 100, batch: options.batch, ..TrainerConfig::default() }
}
