//! What a run refuses, how it ends, and what its observers see.

mod fixture;

use std::{cell::RefCell, rc::Rc};

use attractor_models::{
    Initialize, SequentialVaeConfig,
    dynamics::PlrnnConfig,
    encoder::{ConvolutionalEncoderConfig, LinearEncoderConfig, MlpEncoderConfig},
    observation::IdentityObservationConfig,
};
use attractor_systems::Trajectory;
use attractor_train::{
    Control, Dataset, EndEvent, EpochEvent, EpochRecord, Error, Fit, Objective, Observer, OptimizerConfig,
    Outcome, Plan, Result, Run, Schedule, StepEvent, Trainer, TrainerConfig, objective::Elbo,
    observer::EarlyStop,
};
use burn::tensor::Device;
use fixture::{EPOCHS, STEPS, SmallRun, SmallTrainer, data, fit, lorenz, run, weights};
use ndarray::Array2;

// ---- what a run refuses

fn refused(change: impl FnOnce(&mut SmallRun)) -> (&'static str, f64) {
    let mut run = run();
    change(&mut run);
    match SmallTrainer::new(run, &data(), &Device::flex()) {
        Err(Error::OutOfRange { field, value, .. }) => (field, value),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("not refused"),
    }
}

#[test]
fn sizes_of_zero_are_refused() {
    assert_eq!(refused(|run| run.trainer.epochs = 0), ("epochs", 0.0));
    assert_eq!(refused(|run| run.trainer.steps_per_epoch = 0), ("steps_per_epoch", 0.0));
    assert_eq!(refused(|run| run.trainer.batch = 0), ("batch", 0.0));
    assert_eq!(refused(|run| run.trainer.window = 0), ("window", 0.0));
    assert_eq!(refused(|run| run.objective.samples = 0), ("samples", 0.0));
}

#[test]
fn rates_out_of_range_are_refused() {
    for rate in [0.0, -1e-3, f64::INFINITY, f64::NEG_INFINITY] {
        let change = |run: &mut SmallRun| run.trainer.learning_rate = Schedule::constant(rate);
        assert_eq!(refused(change), ("learning_rate", rate));
        assert_eq!(refused(|run| run.trainer.clip_norm = Some(rate)), ("clip_norm", rate));
    }
    let (field, value) = refused(|run| run.trainer.learning_rate = Schedule::exponential(1e-3, f64::NAN));
    assert!(field == "learning_rate" && value.is_nan());
    let (field, value) = refused(|run| run.trainer.clip_norm = Some(f64::NAN));
    assert!(field == "clip_norm" && value.is_nan());
    let over_nothing = Schedule::Steps { values: vec![1e-3], share: 0.0 };
    assert_eq!(refused(|run| run.trainer.learning_rate = over_nothing), ("learning_rate", 0.0));
}

#[test]
fn settings_of_the_objective_out_of_range_are_refused() {
    assert_eq!(refused(|run| run.objective.weight_penalty = -1.0), ("weight_penalty", -1.0));
    assert_eq!(refused(|run| run.objective.kl_weight = Schedule::constant(-0.5)), ("kl_weight", -0.5));
    let held =
        |value| move |run: &mut SmallRun| run.objective.process_variance = Some(Schedule::constant(value));
    assert_eq!(refused(held(0.0)), ("process_variance", 0.0));
}

#[test]
fn settings_of_the_optimizer_out_of_range_are_refused() {
    let adam = |beta_1, beta_2, epsilon| OptimizerConfig::Adam { beta_1, beta_2, epsilon };
    let with = |optimizer| refused(|run| run.trainer.optimizer = optimizer);
    assert_eq!(with(adam(1.0, 0.9, 1e-8)), ("beta_1", 1.0));
    assert_eq!(with(adam(0.9, -0.5, 1e-8)), ("beta_2", -0.5));
    assert_eq!(with(adam(0.9, 0.9, -1.0)), ("epsilon", -1.0));
    assert_eq!(with(OptimizerConfig::adam_w(-2.0)), ("weight_decay", -2.0));
    assert!(with(adam(f32::NAN, 0.9, 1e-8)).1.is_nan());
    assert_eq!(with(OptimizerConfig::RAdam { beta_1: 0.9, beta_2: 1.0, epsilon: 0.0 }), ("beta_2", 1.0));
}

#[test]
fn an_invalid_model_is_refused() {
    let mut run = run();
    run.model.dynamics.hidden = 0;
    assert!(matches!(SmallTrainer::new(run, &data(), &Device::flex()), Err(Error::Model(_))));
}

#[test]
fn windows_longer_than_the_data_are_refused_with_the_numbers() {
    let mut run = run();
    run.trainer.window = 199;
    match SmallTrainer::new(run, &data(), &Device::flex()) {
        Err(Error::TooShort { longest: 200, needed: 201, window: 199, context: 2, at_most: 198 }) => {}
        other => panic!("{other:?}"),
    }
}

/// Data with N variables, and K inputs where K is not 0.
fn waves(n: usize, k: usize) -> Dataset {
    let wave = |columns| {
        let values = Array2::from_shape_fn((80, columns), |(t, j)| (0.2 * t as f64 + j as f64).sin());
        Trajectory::new(values, 1.0).unwrap()
    };
    let data = Dataset::new(&[wave(n)]).unwrap();
    if k == 0 { data } else { data.with_inputs(&[wave(k)]).unwrap() }
}

/// Trains two steps with dynamics for `k_dynamics` inputs.
fn train<E>(encoder: E, n: usize, k_dynamics: usize, data: &Dataset) -> Result<Outcome>
where
    SequentialVaeConfig<E, PlrnnConfig, IdentityObservationConfig>: Initialize,
    Elbo: Objective<<SequentialVaeConfig<E, PlrnnConfig, IdentityObservationConfig> as Initialize>::Module>,
{
    let model = SequentialVaeConfig::new(
        encoder,
        PlrnnConfig::new(3).with_inputs(k_dynamics),
        IdentityObservationConfig::new(n, 3),
    );
    let trainer =
        TrainerConfig { epochs: 1, steps_per_epoch: 2, batch: 3, window: 5, ..TrainerConfig::default() };
    let trainer = Trainer::new(Run { model, objective: Elbo::default(), trainer }, data, &Device::flex())?;
    Ok(trainer.fit(&mut [])?.outcome)
}

#[test]
fn a_model_for_another_number_of_variables_is_refused() {
    for (model, data) in [(2, 1), (2, 3), (3, 2)] {
        match train(LinearEncoderConfig::new(model, 3), model, 0, &waves(data, 0)) {
            Err(Error::ModelAndData { name: "N", model: in_model, data: in_data }) => {
                assert_eq!((in_model, in_data), (model, data));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_model_for_another_number_of_inputs_is_refused() {
    let wrong = |found: Result<Outcome>, model: usize, data: usize| match found {
        Err(Error::ModelAndData { name: "K", model: in_model, data: in_data }) => {
            assert_eq!((in_model, in_data), (model, data));
        }
        other => panic!("{other:?}"),
    };
    let linear = |k| LinearEncoderConfig::new(2, 3).with_inputs(k);
    let mlp = |k| MlpEncoderConfig::new(2, 3).with_inputs(k).with_hidden(4);
    let convolutional = |k| ConvolutionalEncoderConfig::new(2, 3).with_inputs(k).with_channels(4);
    for (model, data) in [(0, 1), (1, 0), (1, 2), (2, 1)] {
        wrong(train(linear(0), 2, model, &waves(2, data)), model, data);
        if model > 0 {
            wrong(train(linear(model), 2, data, &waves(2, data)), model, data);
            wrong(train(mlp(model), 2, data, &waves(2, data)), model, data);
            wrong(train(convolutional(model), 2, data, &waves(2, data)), model, data);
        }
    }
    for k in [0, 1, 3] {
        assert_eq!(train(linear(k), 2, k, &waves(2, k)).unwrap(), Outcome::Completed);
        assert_eq!(train(mlp(k), 2, k, &waves(2, k)).unwrap(), Outcome::Completed);
        assert_eq!(train(convolutional(k), 2, k, &waves(2, k)).unwrap(), Outcome::Completed);
        assert_eq!(train(linear(0), 2, k, &waves(2, k)).unwrap(), Outcome::Completed);
        assert_eq!(train(mlp(0), 2, k, &waves(2, k)).unwrap(), Outcome::Completed);
        assert_eq!(train(convolutional(0), 2, k, &waves(2, k)).unwrap(), Outcome::Completed);
    }
}

// ---- how a run ends

/// Keeps the weights at every epoch, and counts steps.
#[derive(Default)]
struct Weights {
    steps: usize,
    by_epoch: Vec<Vec<u32>>,
    at_end: Vec<u32>,
}

impl Observer for Weights {
    fn on_step(&mut self, _: &StepEvent<'_>) {
        self.steps += 1;
    }
    fn on_epoch(&mut self, event: &EpochEvent<'_>) -> Result<Control> {
        let model = (event.checkpoint)()?.model::<fixture::Config>(&Device::flex())?;
        self.by_epoch.push(weights(&model));
        Ok(Control::Continue)
    }
    fn on_end(&mut self, event: &EndEvent<'_>) -> Result<()> {
        let model = (event.checkpoint)()?.model::<fixture::Config>(&Device::flex())?;
        self.at_end = weights(&model);
        Ok(())
    }
}

fn assert_diverged<M>(fit: &Fit<M>, seen: &Weights) -> usize {
    let Outcome::Diverged { epoch, batch, step } = fit.outcome else { panic!("{:?}", fit.outcome) };
    assert_eq!(step, (epoch - 1) * STEPS + batch);
    assert!((1..=STEPS).contains(&batch));
    // The step at which the loss is not finite is not taken; bad parameters are found after the last of an epoch.
    assert!(seen.steps == step - 1 || (batch == STEPS && seen.steps == step));
    assert_eq!(fit.history.epochs.len(), epoch - 1);
    assert!(fit.outcome.to_string().contains(&format!("epoch {epoch}, batch {batch} (step {step})")));
    epoch
}

#[test]
fn a_run_that_diverges_at_once_keeps_its_start() {
    let (mut run, data, mut seen) = (run(), data(), Weights::default());
    run.trainer.learning_rate = Schedule::constant(1e6);
    let start = SmallTrainer::new(run.clone(), &data, &Device::flex()).unwrap().checkpoint().unwrap();
    let start = weights(&start.model::<fixture::Config>(&Device::flex()).unwrap());
    let fit = fit(&run, &data, &mut [&mut seen]);
    assert_eq!(assert_diverged(&fit, &seen), 1);
    assert!(fit.model.export().is_ok(), "its parameters are finite");
    assert_eq!(weights(&fit.model), start);
    assert_eq!(seen.at_end, start);
}

#[test]
fn a_run_that_diverges_later_keeps_its_last_good_epoch() {
    let (mut run, data, mut seen) = (run(), data(), Weights::default());
    run.trainer.learning_rate = Schedule::Steps { values: vec![1e-3, 1e-3, 1e-3, 1e6, 1e6], share: 1.0 };
    let fit = fit(&run, &data, &mut [&mut seen]);
    let epoch = assert_diverged(&fit, &seen);
    assert_eq!(epoch, 4, "the rate rises at the start of the fourth epoch");
    assert!(fit.model.export().is_ok(), "its parameters are finite");
    assert_eq!(&weights(&fit.model), seen.by_epoch.last().unwrap());
    assert_eq!(&seen.at_end, seen.by_epoch.last().unwrap());
    assert_eq!(seen.by_epoch.len(), 3);
}

#[test]
fn training_lowers_the_loss() {
    let mut run = run();
    run.trainer.epochs = 20;
    let losses = fit(&run, &data(), &mut []).history.loss();
    assert!(losses[19].1 < losses[0].1 - 0.5, "{losses:?}");
}

#[test]
fn the_loss_is_the_sum_of_its_terms_and_the_history_has_them() {
    let mut run = run();
    run.objective.weight_penalty = 0.01;
    let history = fit(&run, &data(), &mut []).history;
    assert_eq!(history.term_names(), ["likelihood", "prior", "entropy", "regularization"]);
    for (epoch, record) in history.epochs.iter().enumerate() {
        assert_eq!((record.epoch, record.step), (epoch + 1, (epoch + 1) * STEPS));
        let [likelihood, prior, entropy, regularization] =
            ["likelihood", "prior", "entropy", "regularization"].map(|name| history.term(name)[epoch].1);
        let sum = regularization - likelihood - prior - entropy;
        assert!((record.loss - sum).abs() < 1e-4 * record.loss.abs().max(1.0), "{record:?}");
        let progress = (record.step - 1) as f64 / (EPOCHS * STEPS) as f64;
        assert_eq!(record.learning_rate, run.trainer.learning_rate.at(progress));
    }
    assert!(history.term("nothing").is_empty());
}

// ---- what observers see

/// Writes what it sees into a list it shares.
struct Recorder {
    name: char,
    seen: Rc<RefCell<Vec<String>>>,
    stop_after: usize,
}

impl Recorder {
    fn note(&self, text: String) {
        self.seen.borrow_mut().push(format!("{} {text}", self.name));
    }
}

impl Observer for Recorder {
    fn on_start(&mut self, plan: &Plan) {
        self.note(format!("start {}x{} from {}", plan.epochs, plan.steps_per_epoch, plan.first_step));
    }
    fn on_step(&mut self, event: &StepEvent<'_>) {
        assert!(event.loss.is_finite() && event.learning_rate > 0.0 && event.terms.len() == 4);
        self.note(format!("step {}", event.step));
    }
    fn on_epoch(&mut self, event: &EpochEvent<'_>) -> Result<Control> {
        let last = if event.is_last { " last" } else { "" };
        self.note(format!("epoch {}{last}", event.record.epoch));
        assert_eq!((event.checkpoint)()?.step(), event.record.step);
        let stop = event.record.epoch == self.stop_after;
        Ok(if stop { Control::Stop(format!("{} said so", self.name)) } else { Control::Continue })
    }
    fn on_end(&mut self, event: &EndEvent<'_>) -> Result<()> {
        self.note(format!("end {}", event.outcome));
        Ok(())
    }
}

fn recorded(stop_a: usize, stop_b: usize) -> Vec<String> {
    let mut run = run();
    (run.trainer.epochs, run.trainer.steps_per_epoch) = (2, 2);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let recorder = |name, stop_after| Recorder { name, seen: Rc::clone(&seen), stop_after };
    let (mut a, mut b) = (recorder('a', stop_a), recorder('b', stop_b));
    fit(&run, &data(), &mut [&mut a, &mut b]);
    seen.take()
}

#[test]
fn observers_are_told_everything_in_order() {
    let both = |events: &[&str]| -> Vec<String> {
        events.iter().flat_map(|event| [format!("a {event}"), format!("b {event}")]).collect()
    };
    let whole = [
        "start 2x2 from 0",
        "step 1",
        "step 2",
        "epoch 1",
        "step 3",
        "step 4",
        "epoch 2 last",
        "end completed",
    ];
    assert_eq!(recorded(0, 0), both(&whole));
    assert_eq!(recorded(2, 0), both(&whole), "after the last epoch there is nothing to stop");
    let [start, first, second, epoch, ..] = whole;
    assert_eq!(recorded(1, 1), both(&[start, first, second, epoch, "end stopped after epoch 1: a said so"]));
    assert_eq!(recorded(0, 1), both(&[start, first, second, epoch, "end stopped after epoch 1: b said so"]));
}

/// The epoch in which `stop` ends a run with these losses.
fn stops_at(mut stop: EarlyStop, losses: &[f64]) -> Option<usize> {
    losses.iter().enumerate().find_map(|(index, loss)| {
        let epoch = index + 1;
        let record = EpochRecord { epoch, step: epoch, loss: *loss, terms: vec![], learning_rate: 1.0 };
        let event =
            EpochEvent { record: &record, is_last: false, checkpoint: &|| unreachable!("not asked for") };
        matches!(stop.on_epoch(&event).unwrap(), Control::Stop(_)).then_some(epoch)
    })
}

#[test]
fn early_stop_waits_for_its_patience() {
    let losses = [5.0, 4.0, 4.0, 3.95, 3.0, 3.0, 3.0, 3.0];
    assert_eq!(stops_at(EarlyStop::new(3, 0.0), &losses), Some(8));
    assert_eq!(stops_at(EarlyStop::new(2, 0.1), &losses), Some(4), "an improvement by 0.05 does not count");
    assert_eq!(stops_at(EarlyStop::new(1, 0.0), &losses), Some(3));
    assert_eq!(stops_at(EarlyStop::new(0, 0.0), &losses), Some(3), "no patience is that of one epoch");
    assert_eq!(stops_at(EarlyStop::new(4, 0.0), &losses), None);
    assert_eq!(stops_at(EarlyStop::new(1, 0.0), &[3.0, 2.0, 1.0, 0.0, -1.0]), None);
}

#[test]
fn early_stop_ends_a_run() {
    let mut run = run();
    run.trainer.learning_rate = Schedule::constant(1e-12);
    let fit = fit(&run, &Dataset::new(&[lorenz()]).unwrap(), &mut [&mut EarlyStop::new(2, 100.0)]);
    assert!(matches!(fit.outcome, Outcome::Stopped { epoch: 3, .. }), "{:?}", fit.outcome);
    assert_eq!(fit.history.epochs.len(), 3);
}
