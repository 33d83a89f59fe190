//! What a run leaves behind when its process is killed, or when the disk is full.
#![cfg(unix)]

mod fixture;

use std::{
    env, fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use attractor_train::{Checkpoint, Error, Observer, StepEvent, observer::CheckpointWriter};
use burn::tensor::Device;
use fixture::{SmallRun, SmallTrainer, data, fit, resume, run, weights};

/// Where the child process writes its checkpoint.
const PATH: &str = "ATTRACTOR_TEST_CHECKPOINT";
/// The longest that a child may take before the test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// The step at which the child waits to be killed, in the middle of its last epoch.
const LAST: usize = 10 * fixture::STEPS - 1;

fn long_run() -> SmallRun {
    let mut run = run();
    run.trainer.epochs = 10;
    run
}

/// Runs one of the ignored tests below in a process of its own.
fn child(test: &str, path: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored"]).env(PATH, path).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Waits until the checkpoint at `path` has taken `step` steps. The file must be whole whenever it is looked at.
fn wait_for(child: &mut Child, path: &Path, step: usize) {
    let started = Instant::now();
    loop {
        if path.exists() && Checkpoint::read(path).expect("the file is whole at any time").step() >= step {
            return;
        }
        assert_eq!(child.try_wait().unwrap(), None, "the child ended by itself");
        assert!(started.elapsed() < PATIENCE, "the child has not come to step {step}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_killed_run_goes_on_from_its_file() {
    let (data, folder) = (data(), tempfile::tempdir().unwrap());
    let path = folder.path().join("run.safetensors");
    let whole = fit(&long_run(), &data, &mut []);
    for epoch in [2, 5, 9] {
        let mut child = child("child_that_trains", &path).spawn().unwrap();
        wait_for(&mut child, &path, epoch * fixture::STEPS);
        assert_eq!(child.try_wait().unwrap(), None, "the child still trains");
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
    }
    assert!(Checkpoint::read(&path).unwrap().step() <= LAST);
    let rest = resume(&path, &data, &mut []);
    assert_eq!(rest.history, whole.history);
    assert_eq!(weights(&rest.model), weights(&whole.model));
}

#[test]
#[ignore = "runs in a child process that is killed"]
fn child_that_trains() {
    struct WaitForTheEnd;
    impl Observer for WaitForTheEnd {
        fn on_step(&mut self, event: &StepEvent<'_>) {
            thread::sleep(Duration::from_millis(1));
            if event.step == LAST {
                thread::sleep(PATIENCE);
            }
        }
    }
    let Some(path) = env::var_os(PATH).map(PathBuf::from) else { return };
    let (data, device) = (data(), Device::flex());
    let trainer = if path.exists() {
        SmallTrainer::resume(&Checkpoint::read(&path).unwrap(), &data, &device)
    } else {
        SmallTrainer::new(long_run(), &data, &device)
    };
    trainer.unwrap().fit(&mut [&mut CheckpointWriter::new(&path, 1), &mut WaitForTheEnd]).unwrap();
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let (data, folder) = (data(), tempfile::tempdir().unwrap());
    let path = folder.path().join("run.safetensors");
    fit(&run(), &data, &mut [&mut CheckpointWriter::new(&path, 0)]);
    let before = fs::read(&path).unwrap();
    assert!(before.len() > 2048, "the limit below is smaller than the file");

    // A limit on the size of files fails a write half-way, as a full disk does.
    let command = child("child_that_writes_to_a_full_disk", &path);
    let status = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$@\"", "sh"])
        .arg(command.get_program())
        .args(command.get_args())
        .env(PATH, &path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "the write did not fail as it should");
    assert!(fs::read(&path).unwrap() == before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file was left behind");
}

#[test]
#[ignore = "runs in a child process with a limit on the size of files"]
fn child_that_writes_to_a_full_disk() {
    let Some(path) = env::var_os(PATH).map(PathBuf::from) else { return };
    let data = data();
    let checkpoint = SmallTrainer::new(run(), &data, &Device::flex()).unwrap().checkpoint().unwrap();
    assert!(matches!(checkpoint.write(&path), Err(Error::Io { path: named, .. }) if named == path));
}
