//! Damaged, foreign and unwritable checkpoints: the right error, never a panic, and the old file stays.

mod fixture;

use std::{collections::HashMap, fs, path::Path};

use attractor_models::{Context, SequentialVaeConfig, dynamics::ShallowPlrnnConfig};
use attractor_train::{
    Batch, Checkpoint, Dataset, Error, FORMAT_VERSION, Loss, Objective, Result, Trainer, objective::Elbo,
    observer::CheckpointWriter,
};
use burn::tensor::Device;
use fixture::{Config, Model, SmallTrainer, data, lorenz, run};
use rand_chacha::ChaCha8Rng;
use safetensors::{Dtype, tensor::TensorView};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// A folder with a checkpoint after two epochs, and the checkpoint's bytes.
fn checkpoint() -> (TempDir, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("good");
    let mut run = run();
    run.trainer.epochs = 2;
    fixture::fit(&run, &data(), &mut [&mut CheckpointWriter::new(&path, 0)]);
    let bytes = fs::read(&path).unwrap();
    (folder, bytes)
}

fn read(folder: &Path, bytes: &[u8]) -> Result<Checkpoint> {
    let path = folder.join("bad");
    fs::write(&path, bytes).unwrap();
    Checkpoint::read(path)
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let (folder, bytes) = checkpoint();
    let half = bytes.len() / 2;
    let lengths = (0..bytes.len()).step_by(31).chain([1, 7, 8, 9, half, bytes.len() - 1]);
    for length in lengths {
        let error = read(folder.path(), &bytes[..length]).unwrap_err();
        assert!(matches!(error, Error::NotACheckpoint { .. }), "cut at {length}: {error}");
    }
    let longer: Vec<u8> = bytes.iter().copied().chain([0; 4]).collect();
    assert!(matches!(read(folder.path(), &longer), Err(Error::NotACheckpoint { .. })));
}

#[test]
fn a_flipped_bit_anywhere_is_found_or_harmless() {
    let (folder, bytes) = checkpoint();
    let mut harmless = 0;
    // A step of 5 meets every bit of a byte in turn.
    for place in (0..bytes.len()).step_by(5) {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1 << (place % 8);
        match read(folder.path(), &flipped) {
            Err(Error::NotACheckpoint { .. } | Error::Version { .. }) => {}
            Err(other) => panic!("byte {place}: {other}"),
            Ok(read) => {
                harmless += 1;
                let again = folder.path().join("again");
                read.write(&again).unwrap();
                assert!(fs::read(again).unwrap() == bytes, "byte {place} changed the state unseen");
            }
        }
    }
    assert!(harmless < 8, "{harmless} of {} flipped bits were read", bytes.len());
}

#[test]
fn other_files_are_refused() {
    let (folder, _) = checkpoint();
    let values = [0; 4];
    let tensor = TensorView::new(Dtype::F32, vec![1], &values).unwrap();
    let foreign = |metadata| safetensors::serialize([("x", tensor.clone())], metadata).unwrap();
    let other_text = HashMap::from([("attractor".to_string(), "{}".to_string())]);
    let files = [
        b"a text file, long enough for a header".to_vec(),
        vec![0; 1000],
        vec![0xff; 1000],
        foreign(None),
        foreign(Some(HashMap::from([("format".to_string(), "pt".to_string())]))),
        foreign(Some(other_text)),
    ];
    for file in files {
        let error = read(folder.path(), &file).unwrap_err();
        assert!(matches!(error, Error::NotACheckpoint { .. }), "{error}");
    }
    assert!(matches!(Checkpoint::read(folder.path().join("none")), Err(Error::Io { .. })));
    assert!(matches!(Checkpoint::read(folder.path()), Err(Error::Io { .. })));
}

#[test]
fn another_format_version_is_named() {
    let (folder, mut bytes) = checkpoint();
    let text = br#"{\"format_version\":1,"#;
    let place = bytes.windows(text.len()).position(|window| window == text).expect("the version comes first");
    bytes[place + text.len() - 2] = b'9';
    match read(folder.path(), &bytes) {
        Err(Error::Version { found: 9, expected: FORMAT_VERSION, path }) => {
            assert_eq!(path, folder.path().join("bad"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_variant_is_refused_though_its_parameters_fit() {
    type Other = SequentialVaeConfig<
        attractor_models::encoder::LinearEncoderConfig,
        ShallowPlrnnConfig,
        attractor_models::observation::IdentityObservationConfig,
    >;
    let (folder, _) = checkpoint();
    let checkpoint = Checkpoint::read(folder.path().join("good")).unwrap();
    let (device, data) = (Device::flex(), data());
    let errors = [
        checkpoint.run::<Other, Elbo>().map(drop).unwrap_err(),
        checkpoint.model::<Other>(&device).map(drop).unwrap_err(),
        Trainer::<Other, Elbo>::resume(&checkpoint, &data, &device).map(drop).unwrap_err(),
        checkpoint.model::<ShallowPlrnnConfig>(&device).map(drop).unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, Error::AnotherModel { .. }), "{error}");
        assert!(error.to_string().contains("ClippedShallowPlrnnConfig"), "{error}");
    }
}

/// Has the same fields as the ELBO, but is another objective.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct NotTheElbo(Elbo);

impl Objective<Model> for NotTheElbo {
    fn context(&self, model: &Model) -> Context {
        self.0.context(model)
    }

    fn validate(&self, model: &Model, data: &Dataset, window: usize) -> Result<()> {
        self.0.validate(model, data, window)
    }

    fn loss(&self, model: &Model, batch: &Batch, progress: f64, rng: &mut ChaCha8Rng) -> Loss {
        self.0.loss(model, batch, progress, rng)
    }
}

#[test]
fn another_objective_is_refused() {
    let (folder, _) = checkpoint();
    let checkpoint = Checkpoint::read(folder.path().join("good")).unwrap();
    let data = data();
    let error = Trainer::<Config, NotTheElbo>::resume(&checkpoint, &data, &Device::flex()).unwrap_err();
    assert!(matches!(&error, Error::AnotherModel { .. }), "{error}");
    assert!(error.to_string().contains("`Elbo`"), "{error}");
}

#[test]
fn other_data_are_refused() {
    let (folder, _) = checkpoint();
    let checkpoint = Checkpoint::read(folder.path().join("good")).unwrap();
    let mut values = lorenz().into_data();
    values[[57, 1]] += 1e-6;
    let other = attractor_systems::Trajectory::new(values, 0.01).unwrap();
    let with_inputs = data().with_inputs(&[lorenz()]).unwrap();
    for data in [Dataset::new(&[other]).unwrap(), Dataset::new(&[lorenz(), lorenz()]).unwrap(), with_inputs] {
        match SmallTrainer::resume(&checkpoint, &data, &Device::flex()) {
            Err(Error::OtherData { expected, found }) => {
                assert_eq!((expected, found), (fixture::data().fingerprint(), data.fingerprint()));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_write_that_fails_leaves_the_old_file() {
    let (folder, bytes) = checkpoint();
    let good = folder.path().join("good");
    let checkpoint = Checkpoint::read(&good).unwrap();
    let directory = folder.path().join("directory");
    fs::create_dir_all(directory.join("inside")).unwrap();
    for path in [directory.clone(), folder.path().join("no/such/folder/file"), good.join("file")] {
        match checkpoint.write(&path) {
            Err(Error::Io { path: named, .. }) => assert_eq!(named, path),
            other => panic!("{}: {other:?}", path.display()),
        }
    }
    assert!(fs::read(&good).unwrap() == bytes);
    assert!(directory.join("inside").is_dir());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "a temporary file was left behind");
}

#[test]
fn a_run_whose_checkpoint_cannot_be_written_ends_with_the_error() {
    let folder = tempfile::tempdir().unwrap();
    let data = data();
    let trainer = SmallTrainer::new(run(), &data, &Device::flex()).unwrap();
    let error = trainer.fit(&mut [&mut CheckpointWriter::new(folder.path(), 1)]).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

#[test]
fn a_run_that_was_asked_for_otherwise_is_told_the_setting_that_differs() {
    let (folder, _) = checkpoint();
    let held = Checkpoint::read(folder.path().join("good")).unwrap();
    let mut same = run();
    same.trainer.epochs = 2;
    held.check(&same).unwrap();
    let refused = |run: &attractor_train::Run<Config, Elbo>| match held.check(run).unwrap_err() {
        Error::AnotherModel { reason, .. } => reason,
        other => panic!("{other}"),
    };
    let mut longer = same.clone();
    longer.trainer.epochs = 3;
    assert_eq!(refused(&longer), "its setting `trainer.epochs` is 2, not 3");
    let mut wider = same.clone();
    let hidden = wider.model.dynamics.hidden;
    wider.model.dynamics.hidden += 1;
    assert_eq!(
        refused(&wider),
        format!("its setting `model.dynamics.hidden` is {hidden}, not {}", hidden + 1)
    );
    let mut held_still = same;
    held_still.objective =
        held_still.objective.with_process_variance(attractor_train::Schedule::constant(0.25));
    assert!(refused(&held_still).starts_with("its setting `objective.process_variance"), "{held_still:?}");
}
