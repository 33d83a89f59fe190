//! The same run gives the same weights bit for bit, interrupted or not.

mod fixture;

use std::fs;

use attractor_train::{
    Checkpoint, Control, EpochEvent, Observer, OptimizerConfig, Outcome, Result, Schedule,
    observer::CheckpointWriter,
};
use burn::tensor::Device;
use fixture::{EPOCHS, STEPS, SmallRun, SmallTrainer, data, fit, resume, run, weights};

/// Ends a run after some epochs.
struct StopAfter(usize);

impl Observer for StopAfter {
    fn on_epoch(&mut self, event: &EpochEvent<'_>) -> Result<Control> {
        Ok(if event.record.epoch == self.0 { Control::Stop("enough".into()) } else { Control::Continue })
    }
}

/// Every optimiser, with and without clipping, with held and learned process variance.
fn variants() -> Vec<SmallRun> {
    let mut variants = Vec::new();
    for optimizer in [OptimizerConfig::adam(), OptimizerConfig::adam_w(1e-2), OptimizerConfig::radam()] {
        for clip_norm in [None, Some(0.5)] {
            for variance in [None, Some(Schedule::Steps { values: vec![1e-2, 1e-3], share: 0.5 })] {
                let mut run = run();
                run.trainer.optimizer = optimizer.clone();
                run.trainer.clip_norm = clip_norm;
                run.objective.process_variance = variance;
                variants.push(run);
            }
        }
    }
    variants
}

#[test]
fn equal_runs_are_equal_to_the_last_bit_and_byte() {
    let (data, folder) = (data(), tempfile::tempdir().unwrap());
    let paths = ["a", "b"].map(|name| folder.path().join(name));
    for run in variants() {
        let [first, second] = paths.each_ref().map(|path| {
            let fit = fit(&run, &data, &mut [&mut CheckpointWriter::new(path, 2)]);
            (weights(&fit.model), fit.history, fs::read(path).unwrap())
        });
        assert!(first == second, "{run:?}");
    }
}

#[test]
fn every_setting_of_the_variants_matters() {
    let data = data();
    let mut seen: Vec<Vec<u32>> =
        variants().iter().map(|run| weights(&fit(run, &data, &mut []).model)).collect();
    let mut other_seed = run();
    other_seed.trainer.seed += 1;
    seen.push(weights(&fit(&other_seed, &data, &mut []).model));
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count, "two different runs ended with the same weights");
}

#[test]
fn a_resumed_run_ends_as_if_it_had_never_stopped() {
    let (data, folder) = (data(), tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name);
    for run in variants() {
        let whole = fit(&run, &data, &mut [&mut CheckpointWriter::new(path("whole"), 0)]);
        assert_eq!(whole.outcome, Outcome::Completed);
        for epochs in 1..EPOCHS {
            let mut writer = CheckpointWriter::new(path("part"), 1);
            let part = fit(&run, &data, &mut [&mut writer, &mut StopAfter(epochs)]);
            assert_eq!(part.outcome, Outcome::Stopped { epoch: epochs, reason: "enough".into() });
            assert_ne!(weights(&part.model), weights(&whole.model));
            let rest = resume(&path("part"), &data, &mut [&mut CheckpointWriter::new(path("part"), 0)]);
            assert_eq!(rest.outcome, Outcome::Completed);
            assert_eq!(rest.history, whole.history);
            assert_eq!(weights(&rest.model), weights(&whole.model), "{epochs} {run:?}");
            assert!(fs::read(path("part")).unwrap() == fs::read(path("whole")).unwrap(), "{epochs} {run:?}");
        }
    }
}

#[test]
fn resumes_from_memory_and_before_the_first_step() {
    let data = data();
    let whole = fit(&run(), &data, &mut []);
    let start = SmallTrainer::new(run(), &data, &Device::flex()).unwrap().checkpoint().unwrap();
    assert_eq!((start.step(), start.history().epochs.len()), (0, 0));
    let resumed = SmallTrainer::resume(&start, &data, &Device::flex()).unwrap().fit(&mut []).unwrap();
    assert_eq!(weights(&resumed.model), weights(&whole.model));
}

#[test]
fn a_finished_run_has_nothing_left_to_do() {
    let (data, folder) = (data(), tempfile::tempdir().unwrap());
    let path = folder.path().join("run");
    let whole = fit(&run(), &data, &mut [&mut CheckpointWriter::new(&path, 0)]);
    let again = resume(&path, &data, &mut []);
    assert_eq!(again.outcome, Outcome::Completed);
    assert_eq!(again.history, whole.history);
    assert_eq!(weights(&again.model), weights(&whole.model));
}

#[test]
fn the_file_has_the_run_and_the_trained_model() {
    let (data, folder) = (data(), tempfile::tempdir().unwrap());
    let path = folder.path().join("run");
    let whole = fit(&run(), &data, &mut [&mut CheckpointWriter::new(&path, 0)]);
    let checkpoint = Checkpoint::read(&path).unwrap();
    assert_eq!(checkpoint.step(), EPOCHS * STEPS);
    assert_eq!(checkpoint.history(), &whole.history);
    assert_eq!(checkpoint.run::<fixture::Config, _>().unwrap(), run());
    let model = checkpoint.model::<fixture::Config>(&Device::flex()).unwrap();
    assert_eq!(weights(&model), weights(&whole.model));
}

#[test]
fn the_state_is_written_however_a_run_ends() {
    let (data, folder) = (data(), tempfile::tempdir().unwrap());
    let path = folder.path().join("run");
    let mut writer = CheckpointWriter::new(&path, 2);
    let stopped = fit(&run(), &data, &mut [&mut writer, &mut StopAfter(3)]);
    let checkpoint = Checkpoint::read(&path).unwrap();
    assert_eq!(checkpoint.step(), 3 * STEPS);
    assert_eq!(
        weights(&checkpoint.model::<fixture::Config>(&Device::flex()).unwrap()),
        weights(&stopped.model)
    );
}
