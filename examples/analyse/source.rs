//! Where the model comes from: a checkpoint, or training.

use std::path::{Path, PathBuf};

use attractor::{
    prelude::*,
    train::{self, observer::ProgressBar},
};
use serde::de::DeserializeOwned;

use crate::{Result, arguments::Arguments, data::Data, options::Options, recipe};

/// A model with what it starts from.
pub struct Source {
    pub description: String,
    pub reconstruction: Reconstruction,
    /// A state for each sample of the test data.
    pub start: StartStates,
    pub warnings: Vec<String>,
}

/// A checkpoint that no kind of model known here fits.
#[derive(Debug, thiserror::Error)]
#[error(
    "{path} holds a model that this program does not know ({reason}); it reads checkpoints of lorenz_reconstruction, of \
     either objective"
)]
struct UnknownModel {
    path: PathBuf,
    reason: String,
}

impl Source {
    /// Reads the checkpoint that the arguments name, or trains a model and leaves its checkpoint in the output folder.
    pub fn load(arguments: &Arguments, options: &Options, data: &Data, folder: &Path) -> Result<Self> {
        let standardized: Vec<Trajectory> = data
            .train
            .iter()
            .map(|train| data.standardizer.apply(train))
            .collect::<std::result::Result<_, _>>()?;
        let dataset = Dataset::new(&standardized)?;
        match &arguments.checkpoint {
            Some(path) => Self::read(path, &dataset, data),
            None => Self::train(options, &dataset, data, folder),
        }
    }

    fn train(options: &Options, dataset: &Dataset, data: &Data, folder: &Path) -> Result<Self> {
        let n = data.test.dim();
        let forcing = recipe::forcing(options, data)?;
        let mut run = recipe::teacher_forcing(options, forcing, n, IdentityObservationConfig::new(n, n));
        run.trainer.seed = options.common.seed;
        let steps = run.trainer.epochs * run.trainer.steps_per_epoch;
        let device = options.device.device()?;
        let mut writer = CheckpointWriter::new(folder.join("checkpoint.safetensors"), 10);
        let fit =
            Trainer::new(run, dataset, &device)?.fit(&mut [&mut ProgressBar::default(), &mut writer])?;
        if let outcome @ Outcome::Diverged { .. } = &fit.outcome {
            return Err(format!("training {outcome}").into());
        }
        let seed = options.common.seed;
        let how = format!("generalized teacher forcing for {steps} steps from seed {seed}");
        Self::new(&fit.model, data, &how, Vec::new())
    }

    fn read(path: &Path, dataset: &Dataset, data: &Data) -> Result<Self> {
        type Vae<O> = SequentialVaeConfig<LinearEncoderConfig, ClippedShallowPlrnnConfig, O>;
        type Forced<O> = StateSpaceModelConfig<ClippedShallowPlrnnConfig, O>;
        type Attempt = fn(&Checkpoint, &Dataset, &Data) -> Result<Source>;
        let kinds: [Attempt; 4] = [
            Self::of::<Forced<IdentityObservationConfig>, TeacherForcing>,
            Self::of::<Forced<LinearObservationConfig>, TeacherForcing>,
            Self::of::<Vae<IdentityObservationConfig>, Elbo>,
            Self::of::<Vae<LinearObservationConfig>, Elbo>,
        ];
        let checkpoint = Checkpoint::read(path)?;
        let mut unknown = None;
        for attempt in kinds {
            match attempt(&checkpoint, dataset, data) {
                Err(error) => match error.downcast_ref() {
                    Some(train::Error::AnotherModel { reason, .. }) => {
                        unknown.get_or_insert_with(|| reason.clone());
                    }
                    _ => return Err(error),
                },
                found => return found,
            }
        }
        Err(UnknownModel { path: path.to_path_buf(), reason: unknown.unwrap_or_default() }.into())
    }

    /// The model of a checkpoint, if it is of this kind.
    fn of<C, O>(checkpoint: &Checkpoint, dataset: &Dataset, data: &Data) -> Result<Self>
    where
        C: Initialize<Module: Generative> + DeserializeOwned,
        O: Objective<C::Module>,
    {
        let device = Backend::Flex.device()?;
        let model = checkpoint.model::<C>(&device)?;
        let warnings = match Trainer::<C, O>::resume(checkpoint, dataset, &device) {
            Err(train::Error::OtherData { .. }) => vec![
                "the checkpoint was trained on other data than these: positions are in the units of these data; give the \
                 same --data, --dt, --seed and --quick as for training"
                    .to_string(),
            ],
            Err(error) => return Err(error.into()),
            Ok(_) => Vec::new(),
        };
        Self::new(&model, data, &format!("checkpoint after {} steps", checkpoint.step()), warnings)
    }

    fn new(model: &impl Generative, data: &Data, how: &str, warnings: Vec<String>) -> Result<Self> {
        let exported = model.exported()?;
        let reconstruction =
            Reconstruction::new(exported.clone(), &data.test, Some(data.standardizer.clone()))?;
        let start = start_states(model, &exported, &data.standardizer.apply(&data.test)?, None)?;
        let map = &exported.dynamics;
        let description = format!("{} latents, {} rectified units; {how}", map.h().len(), map.b().len());
        Ok(Self { description, reconstruction, start, warnings })
    }
}
