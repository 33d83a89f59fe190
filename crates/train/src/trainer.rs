//! The training loop.

use std::{fmt, time::Instant};

use attractor_models::Initialize;
use burn::{
    module::Module,
    optim::{GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor},
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use serde::{Deserialize, Serialize};

use crate::{
    Checkpoint, Control, Dataset, EndEvent, EpochEvent, EpochRecord, Error, History, Loss, Objective,
    Observer, OptimizerConfig, Plan, Result, Schedule, StepEvent, Windows, optimizer::clip_by_global_norm,
    parameters,
};

/// How long and with which optimiser a run trains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerConfig {
    /// Epochs.
    pub epochs: usize,
    /// Steps of each epoch, each on a batch of random windows.
    pub steps_per_epoch: usize,
    /// Windows in a batch, B.
    pub batch: usize,
    /// Samples in a window, T.
    pub window: usize,
    /// Optimiser.
    pub optimizer: OptimizerConfig,
    /// Learning rate.
    pub learning_rate: Schedule,
    /// Largest norm of the gradient over all parameters; larger ones are scaled down to it.
    pub clip_norm: Option<f64>,
    /// Seed of everything random in the run.
    pub seed: u64,
}

impl Default for TrainerConfig {
    /// 100 epochs of 100 steps, 32 windows of 21 samples, Adam from 5e-3 down to 1e-5, no clipping, seed 0.
    fn default() -> Self {
        Self {
            epochs: 100,
            steps_per_epoch: 100,
            batch: 32,
            window: 21,
            optimizer: OptimizerConfig::adam(),
            learning_rate: Schedule::exponential(5e-3, 1e-5),
            clip_norm: None,
            seed: 0,
        }
    }
}

impl TrainerConfig {
    /// Steps of the whole run.
    fn steps(&self) -> usize {
        self.epochs.saturating_mul(self.steps_per_epoch)
    }

    fn validate(&self) -> Result<()> {
        let sizes = [
            ("epochs", self.epochs),
            ("steps_per_epoch", self.steps_per_epoch),
            ("batch", self.batch),
            ("window", self.window),
        ];
        if let Some((field, _)) = sizes.into_iter().find(|(_, size)| *size == 0) {
            return Err(Error::OutOfRange { field, value: 0.0, range: "at least 1" });
        }
        self.optimizer.validate()?;
        let range = "a schedule of finite rates above 0";
        self.learning_rate.check("learning_rate", range, |rate| rate > 0.0)?;
        match self.clip_norm {
            Some(value) if !(value > 0.0 && value.is_finite()) => {
                Err(Error::OutOfRange { field: "clip_norm", value, range: "finite and above 0" })
            }
            _ => Ok(()),
        }
    }
}

/// What is trained and how: a model configuration `C`, an objective `O` and the settings of the loop, as plain data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run<C, O> {
    /// The model.
    pub model: C,
    /// What is minimised.
    pub objective: O,
    /// How.
    pub trainer: TrainerConfig,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All epochs were run.
    Completed,
    /// An observer ended it.
    Stopped {
        /// Epochs finished.
        epoch: usize,
        /// The observer's reason.
        reason: String,
    },
    /// Loss or parameters were no longer finite. The fit has the parameters of the end of the last whole epoch.
    Diverged {
        /// The epoch it happened in, from 1.
        epoch: usize,
        /// The batch of that epoch, from 1.
        batch: usize,
        /// The step of the run, from 1.
        step: usize,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed => write!(f, "completed"),
            Self::Stopped { epoch, reason } => write!(f, "stopped after epoch {epoch}: {reason}"),
            Self::Diverged { epoch, batch, step } => write!(
                f,
                "diverged in epoch {epoch}, batch {batch} (step {step}); lower the learning rate or clip the gradient"
            ),
        }
    }
}

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Fit<M> {
    /// The trained model, without gradients, ready to infer with.
    pub model: M,
    /// How the run ended.
    pub outcome: Outcome,
    /// Its course.
    pub history: History,
    /// Wall-clock seconds of this call, observers included.
    pub seconds: f64,
}

/// Carries out a [`Run`].
#[derive(Debug)]
pub struct Trainer<'a, C: Initialize, O> {
    run: Run<C, O>,
    dataset: &'a Dataset,
    device: Device,
    state: State<C::Module>,
    history: History,
}

/// All that a step changes; cheap to clone, as tensors are shared.
#[derive(Clone)]
pub(crate) struct State<M> {
    pub model: M,
    pub optimizer: ModuleOptimizer,
    pub rng: ChaCha8Rng,
    pub step: usize,
}

/// One step taken: loss and terms before it.
struct Step {
    loss: f64,
    terms: Vec<(&'static str, f64)>,
    learning_rate: f64,
}

impl<M: fmt::Debug> fmt::Debug for State<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("model", &self.model).field("step", &self.step).finish_non_exhaustive()
    }
}

impl<'a, C: Initialize, O: Objective<C::Module>> Trainer<'a, C, O> {
    /// A run from its start: the model is initialised from the run's seed on the autodiff form of `device`.
    ///
    /// # Errors
    /// An invalid configuration of the model, the objective or the loop; a model for other variables or inputs than the
    /// data have; windows longer than the data.
    pub fn new(run: Run<C, O>, dataset: &'a Dataset, device: &Device) -> Result<Self> {
        let device = device.clone().autodiff();
        let mut rng = ChaCha8Rng::seed_from_u64(run.trainer.seed);
        let model = run.model.init(&device, &mut rng)?;
        let optimizer = run.trainer.optimizer.init();
        let state = State { model, optimizer, rng, step: 0 };
        Self { run, dataset, device, state, history: History::default() }.checked()
    }

    /// A run that goes on from a checkpoint, as if it had never stopped.
    ///
    /// # Errors
    /// A checkpoint of another kind of model or objective, or of other data.
    pub fn resume(checkpoint: &Checkpoint, dataset: &'a Dataset, device: &Device) -> Result<Self> {
        let device = device.clone().autodiff();
        let (run, state) = checkpoint.restore(dataset, &device)?;
        Self { run, dataset, device, state, history: checkpoint.history().clone() }.checked()
    }

    /// From the model that `change` makes of the initialised one, such as one with the weights of an earlier run.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn start_from(mut self, change: impl FnOnce(C::Module) -> Result<C::Module>) -> Result<Self> {
        self.state.model = change(self.state.model)?;
        self.checked()
    }

    fn checked(self) -> Result<Self> {
        self.run.trainer.validate()?;
        self.run.objective.validate(&self.state.model, self.dataset, self.run.trainer.window)?;
        self.windows()?;
        Ok(self)
    }

    fn windows(&self) -> Result<Windows<'a>> {
        self.dataset.windows(self.run.trainer.window, self.run.objective.context(&self.state.model))
    }

    /// The run.
    pub fn run(&self) -> &Run<C, O> {
        &self.run
    }

    /// The whole state of the run as it is now.
    ///
    /// # Errors
    /// When a configuration has no form as JSON.
    pub fn checkpoint(&self) -> Result<Checkpoint> {
        Checkpoint::capture(&self.run, &self.state, &self.history, self.dataset)
    }

    /// Trains to the end of the run.
    ///
    /// Divergence is not an error but an [`Outcome`].
    ///
    /// # Errors
    /// What an observer meets, such as a checkpoint that cannot be written; it ends the run.
    pub fn fit(mut self, observers: &mut [&mut dyn Observer]) -> Result<Fit<C::Module>> {
        let started = Instant::now();
        let windows = self.windows()?;
        let plan = Plan {
            epochs: self.run.trainer.epochs,
            steps_per_epoch: self.run.trainer.steps_per_epoch,
            first_step: self.state.step,
        };
        for observer in observers.iter_mut() {
            observer.on_start(&plan);
        }
        let mut last_good = self.state.clone();
        let mut outcome = Outcome::Completed;
        while self.state.step < self.run.trainer.steps() {
            let epoch = self.state.step / plan.steps_per_epoch + 1;
            if let Err(batch) = self.epoch(epoch, &windows, observers) {
                let step = (epoch - 1) * plan.steps_per_epoch + batch;
                outcome = Outcome::Diverged { epoch, batch, step };
                self.state = last_good;
                break;
            }
            last_good = self.state.clone();
            let control = self.report_epoch(&plan, observers)?;
            if let (Control::Stop(reason), true) = (control, epoch < plan.epochs) {
                outcome = Outcome::Stopped { epoch, reason };
                break;
            }
        }
        let event = EndEvent { outcome: &outcome, checkpoint: &|| self.checkpoint() };
        for observer in observers.iter_mut() {
            observer.on_end(&event)?;
        }
        Ok(Fit {
            model: self.state.model.valid(),
            outcome,
            history: self.history,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// One epoch; the number of the batch (from 1) at which loss or parameters stopped being finite, as an error.
    fn epoch(
        &mut self,
        epoch: usize,
        windows: &Windows<'_>,
        observers: &mut [&mut dyn Observer],
    ) -> Result<(), usize> {
        let steps = self.run.trainer.steps_per_epoch;
        let mut sums: Vec<(&'static str, f64)> = Vec::new();
        let mut total = 0.0;
        let mut learning_rate = 0.0;
        for batch in 1..=steps {
            let step = self.step(windows).ok_or(batch)?;
            let terms = step.terms;
            total += step.loss;
            learning_rate = step.learning_rate;
            if sums.is_empty() {
                sums.clone_from(&terms);
            } else {
                sums.iter_mut().zip(&terms).for_each(|(sum, term)| sum.1 += term.1);
            }
            let event = StepEvent { step: self.state.step, loss: step.loss, terms: &terms, learning_rate };
            for observer in observers.iter_mut() {
                observer.on_step(&event);
            }
        }
        if !parameters::are_finite(&self.state.model) {
            return Err(steps);
        }
        self.history.epochs.push(EpochRecord {
            epoch,
            step: self.state.step,
            loss: total / steps as f64,
            terms: sums.into_iter().map(|(name, sum)| (name.to_string(), sum / steps as f64)).collect(),
            learning_rate,
        });
        Ok(())
    }

    /// One step; `None` when the loss is not finite.
    fn step(&mut self, windows: &Windows<'_>) -> Option<Step> {
        let Self { run, device, state, .. } = self;
        let config = &run.trainer;
        let progress = state.step as f64 / config.steps() as f64;
        let batch = if run.objective.one_series(&state.model) {
            windows.sample_one_series(config.batch, &mut state.rng, device)
        } else {
            windows.sample(config.batch, &mut state.rng, device)
        };
        run.objective.before_step(&mut state.model, &batch, state.step, progress);
        let Loss { total, terms } = run.objective.loss(&state.model, &batch, progress, &mut state.rng);

        let values = terms.iter().map(|(_, value)| value.clone()).chain([total.clone()]);
        let values = Tensor::cat(values.map(Tensor::detach).collect(), 0).into_data();
        let mut values: Vec<f64> = values.iter::<f64>().collect();
        let loss = values.pop()?;
        if !loss.is_finite() {
            return None;
        }

        let mut gradients = GradientsParams::from_grads(total.backward(), &state.model);
        if let Some(max_norm) = config.clip_norm {
            clip_by_global_norm(&state.model, &mut gradients, max_norm);
        }
        let learning_rate = config.learning_rate.at(progress);
        state.model = state.optimizer.step(learning_rate, state.model.clone(), gradients);
        state.step += 1;
        let terms = terms.iter().map(|(name, _)| *name).zip(values).collect();
        Some(Step { loss, terms, learning_rate })
    }

    /// Shows every observer the last epoch; the first one that wants to stop gives the reason.
    fn report_epoch(&self, plan: &Plan, observers: &mut [&mut dyn Observer]) -> Result<Control> {
        let checkpoint = || self.checkpoint();
        let record = self.history.epochs.last().expect("an epoch was recorded before it is reported");
        let event = EpochEvent { record, is_last: record.epoch == plan.epochs, checkpoint: &checkpoint };
        let mut control = Control::Continue;
        for observer in observers.iter_mut() {
            let wanted = observer.on_epoch(&event)?;
            if control == Control::Continue {
                control = wanted;
            }
        }
        Ok(control)
    }
}
