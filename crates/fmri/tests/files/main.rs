//! Files of a neuroimager: images, tables, confounds and events, and what is refused with which words.

mod confounds;
mod events;
mod images;
mod tables;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::{TempDir, tempdir};

/// A file of measured or published data, where it is at hand.
fn data(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// A folder with one file in it.
fn file(name: &str, content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    (folder, path)
}

#[track_caller]
fn says(error: &attractor_fmri::Error, text: &str) {
    assert!(error.to_string().contains(text), "{error}");
}

#[track_caller]
fn close(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found} instead of {expected}");
}
