//! Arrays of text in `NumPy`'s archives: names of subjects.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use ndarray_npy::npy::header::Header;
use zip::ZipArchive;

use crate::{Error, Result};

/// The one-axis array of text (`<U`, `>U` or `S`) named `key` in a `.npz` archive.
pub(super) fn read(path: &Path, key: &str) -> Result<Vec<String>> {
    let reason = |reason: String| Error::NameArray { path: path.into(), key: key.into(), reason };
    let file = File::open(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => Error::NotFound { path: path.into() },
        _ => Error::Io { path: path.into(), source },
    })?;
    let mut archive = ZipArchive::new(file).map_err(|error| reason(error.to_string()))?;
    let member = format!("{}.npy", key.strip_suffix(".npy").unwrap_or(key));
    let mut bytes = Vec::new();
    archive
        .by_name(&member)
        .map_err(|error| reason(error.to_string()))?
        .read_to_end(&mut bytes)
        .map_err(|error| reason(error.to_string()))?;
    decode(&bytes).map_err(reason)
}

/// The names in the bytes of a `.npy` file, or what is wrong with it.
fn decode(bytes: &[u8]) -> Result<Vec<String>, String> {
    let mut rest = bytes;
    let header = Header::from_reader(&mut rest).map_err(|error| error.to_string())?;
    let descriptor = header.type_descriptor.as_string().cloned().unwrap_or_default();
    let not_text = || format!("its elements are of type {descriptor:?}");
    let kind = descriptor.trim_start_matches(['<', '>', '|', '=']);
    let (kind, length) = kind.split_at_checked(1).ok_or_else(not_text)?;
    let length: usize = length.parse().map_err(|_| not_text())?;
    let &[count] = header.shape.as_slice() else {
        return Err(format!("its shape is {:?}", header.shape));
    };
    let width = match kind {
        "U" => length.checked_mul(4),
        "S" | "a" => Some(length),
        _ => return Err(not_text()),
    };
    let width = width.filter(|&width| width > 0).ok_or_else(not_text)?;
    if width.checked_mul(count) != Some(rest.len()) {
        return Err(format!("it has {} bytes for {count} names of {width}", rest.len()));
    }
    let name = |cell: &[u8]| -> Option<String> {
        let text = if kind == "U" {
            let words = cell.chunks_exact(4).filter_map(|word| word.first_chunk::<4>());
            words
                .map(|word| {
                    let code = if descriptor.starts_with('>') {
                        u32::from_be_bytes(*word)
                    } else {
                        u32::from_le_bytes(*word)
                    };
                    char::from_u32(code)
                })
                .collect::<Option<String>>()?
        } else {
            String::from_utf8(cell.to_vec()).ok()?
        };
        Some(text.trim_end_matches('\0').to_owned())
    };
    rest.chunks_exact(width).map(|cell| name(cell).ok_or_else(|| "it is not valid text".into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(descriptor: &str, count: usize, payload: &[u8]) -> Vec<u8> {
        let mut header =
            format!("{{'descr': '{descriptor}', 'fortran_order': False, 'shape': ({count},), }}")
                .into_bytes();
        header.resize(117, b' ');
        header.push(b'\n');
        [b"\x93NUMPY\x01\x00", &118_u16.to_le_bytes()[..], &header, payload].concat()
    }

    #[test]
    fn text_of_both_byte_orders_and_widths_is_read() {
        let wide = |text: &str, bytes: fn(u32) -> [u8; 4]| -> Vec<u8> {
            text.chars().flat_map(|letter| bytes(u32::from(letter))).collect()
        };
        let little = npy("<U3", 2, &wide("s18é\0\0", u32::to_le_bytes));
        assert_eq!(decode(&little).unwrap(), ["s18", "é"]);
        let big = npy(">U2", 2, &wide("ab\u{1F600}\0", u32::to_be_bytes));
        assert_eq!(decode(&big).unwrap(), ["ab", "\u{1F600}"]);
        assert_eq!(decode(&npy("|S4", 2, b"sub1ab\0\0")).unwrap(), ["sub1", "ab"]);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(decode(&npy("<f8", 1, &[0; 8])).unwrap_err().contains("<f8"));
        assert!(decode(&npy("<U3", 2, &[0; 12])).unwrap_err().contains("12 bytes"));
        assert!(decode(&npy("<U1", 1, &u32::MAX.to_le_bytes())).unwrap_err().contains("valid"));
        assert!(decode(&npy("<U0", 1, b"")).is_err());
        assert!(decode(b"nonsense").is_err());
    }
}
