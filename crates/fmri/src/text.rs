//! Text files: reading them whole, and naming what they lack.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::{Error, Result};

/// The text of a file, without a byte order mark.
pub(crate) fn read(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => Error::NotFound { path: path.into() },
        _ => Error::Io { path: path.into(), source },
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        attractor_systems::Error::Encoding { path: path.into(), offset }
    })?;
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Ok(rest.to_owned()),
        None => Ok(text),
    }
}

/// The error for a column that is not there, with the names nearest to it.
pub(crate) fn no_column(path: &Path, name: &str, columns: &[String]) -> Error {
    let mut nearest: Vec<&String> = columns.iter().collect();
    nearest.sort_by(|a, b| {
        strsim::jaro_winkler(name, b).total_cmp(&strsim::jaro_winkler(name, a)).then_with(|| a.cmp(b))
    });
    let nearest = nearest.into_iter().take(5).cloned().collect();
    Error::NoColumn { path: path.into(), name: name.into(), columns: columns.len(), nearest }
}

/// The last part of a path, for the history of a recording.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
