//! `NumPy`'s archives of arrays.

use std::io::{Cursor, Read};
use std::path::Path;

use ndarray::ArrayD;
use zip::ZipArchive;

use super::npy;
use crate::{Error, Result};

/// The array `key` in the bytes of a `.npz` file; the only one if `key` is `None`.
pub(super) fn decode(path: &Path, bytes: Vec<u8>, key: Option<&str>) -> Result<ArrayD<f64>> {
    let broken =
        |error: &dyn std::error::Error| Error::Archive { path: path.into(), reason: error.to_string() };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let members: Vec<String> = archive.file_names().map(String::from).collect();
    let mut available: Vec<String> =
        members.iter().map(|member| member.strip_suffix(".npy").unwrap_or(member).to_owned()).collect();
    let chosen = match key {
        Some(key) => available.iter().position(|name| name == key).or_else(|| {
            // With the suffix, as NumPy allows.
            members.iter().position(|member| member == key)
        }),
        None if members.len() == 1 => Some(0),
        None => None,
    };
    let Some(chosen) = chosen else {
        available.sort();
        return Err(match key {
            _ if available.is_empty() => {
                Error::Empty { path: path.into(), what: "archive without arrays".into() }
            }
            Some(key) => Error::UnknownKey { path: path.into(), key: key.into(), available },
            None => Error::SeveralKeys { path: path.into(), available },
        });
    };
    let mut member = Vec::new();
    archive
        .by_name(&members[chosen])
        .map_err(|error| broken(&error))?
        .read_to_end(&mut member)
        .map_err(|error| broken(&error))?;
    npy::decode(path, &member)
}
