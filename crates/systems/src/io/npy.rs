//! `NumPy`'s array format, any version, byte order and real element type.

use std::path::Path;

use ndarray::{ArrayD, IxDyn, ShapeBuilder};
use ndarray_npy::npy::header::Header;

use crate::{Error, Result};

/// The array in the bytes of a `.npy` file.
pub(super) fn decode(path: &Path, bytes: &[u8]) -> Result<ArrayD<f64>> {
    let reason = |reason: String| Error::NpyHeader { path: path.into(), reason };
    let announced = header_length(bytes)
        .ok_or_else(|| reason("it does not begin with the magic bytes \\x93NUMPY and a version".into()))?;
    if announced > bytes.len() {
        return Err(reason(format!("its header of {announced} bytes is cut short at byte {}", bytes.len())));
    }
    let mut rest = bytes;
    let header = Header::from_reader(&mut rest).map_err(|error| reason(error.to_string()))?;
    let descriptor = header.type_descriptor.to_string();
    let element = if let Some(descriptor) = header.type_descriptor.as_string() {
        Element::parse(path, descriptor)?
    } else {
        let advice =
            "structured arrays have no axis of variables: save its numeric fields as one [T, N] array";
        return Err(Error::Dtype { path: path.into(), dtype: descriptor, advice });
    };
    let expected = header
        .shape
        .iter()
        .try_fold(element.size, |product, &length| product.checked_mul(length))
        .ok_or_else(|| reason(format!("its shape {:?} is too large", header.shape)))?;
    if rest.len() != expected {
        return Err(Error::PayloadSize {
            path: path.into(),
            expected: expected as u64,
            found: rest.len() as u64,
        });
    }
    let values: Vec<f64> = rest.chunks_exact(element.size).map(|cell| element.value(cell)).collect();
    let shape = IxDyn(&header.shape).set_f(header.layout.is_fortran());
    ArrayD::from_shape_vec(shape, values).map_err(|error| reason(error.to_string()))
}

/// Bytes up to the end of the header, or `None` if this is no `.npy` file.
fn header_length(bytes: &[u8]) -> Option<usize> {
    let rest = bytes.strip_prefix(b"\x93NUMPY")?;
    let length = match rest {
        [1, _, a, b, ..] => 10 + usize::from(u16::from_le_bytes([*a, *b])),
        [2 | 3, _, a, b, c, d, ..] => 12 + u32::from_le_bytes([*a, *b, *c, *d]) as usize,
        // Other versions are refused, with their number, by the parser of the header.
        [_, _, ..] => 8,
        _ => return None,
    };
    Some(length)
}

/// An element type: kind, size in bytes, byte order.
#[derive(Clone, Copy)]
struct Element {
    kind: Kind,
    size: usize,
    big_endian: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Float,
    Signed,
    Unsigned,
    Boolean,
}

impl Element {
    /// Parses a descriptor such as `<f8`, `>i2`, `|b1` or `=u4`.
    fn parse(path: &Path, descriptor: &str) -> Result<Self> {
        let refuse = |advice| Err(Error::Dtype { path: path.into(), dtype: descriptor.into(), advice });
        let (order, code) = match descriptor.chars().next() {
            Some(order @ ('<' | '>' | '|' | '=')) => (order, &descriptor[1..]),
            _ => ('=', descriptor),
        };
        let big_endian = order == '>' || (order == '=' && cfg!(target_endian = "big"));
        let (kind, size) = match code {
            "f2" => (Kind::Float, 2),
            "f4" => (Kind::Float, 4),
            "f8" => (Kind::Float, 8),
            "i1" => (Kind::Signed, 1),
            "i2" => (Kind::Signed, 2),
            "i4" => (Kind::Signed, 4),
            "i8" => (Kind::Signed, 8),
            "u1" => (Kind::Unsigned, 1),
            "u2" => (Kind::Unsigned, 2),
            "u4" => (Kind::Unsigned, 4),
            "u8" => (Kind::Unsigned, 8),
            "b1" | "?" => (Kind::Boolean, 1),
            _ => match code.chars().next() {
                Some('c') => {
                    return refuse("complex numbers are not read: save real and imaginary part as columns");
                }
                Some('O') => return refuse("Python objects are not read: convert with array.astype(float)"),
                Some('U' | 'S' | 'a') => return refuse("text is not read: convert with array.astype(float)"),
                Some('M' | 'm') => {
                    return refuse("dates are not read: convert to seconds with astype(float)");
                }
                Some('V') => return refuse("raw bytes and structures are not read: save numeric columns"),
                _ => return refuse("convert with array.astype('float64')"),
            },
        };
        Ok(Self { kind, size, big_endian })
    }

    /// The value of one cell of `self.size` bytes.
    fn value(self, cell: &[u8]) -> f64 {
        // The cell as the low bytes of a little-endian word.
        let mut word = [0; 8];
        for (i, byte) in cell.iter().enumerate() {
            word[if self.big_endian { cell.len() - 1 - i } else { i }] = *byte;
        }
        let bits = u64::from_le_bytes(word);
        match (self.kind, self.size) {
            (Kind::Float, 2) => half(bits as u16),
            (Kind::Float, 4) => f64::from(f32::from_bits(bits as u32)),
            (Kind::Float, _) => f64::from_bits(bits),
            (Kind::Signed, size) => {
                let unused = 64 - 8 * size as u32;
                ((bits << unused).cast_signed() >> unused) as f64
            }
            (Kind::Unsigned, _) => bits as f64,
            (Kind::Boolean, _) => f64::from(u8::from(bits != 0)),
        }
    }
}

/// IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2.0_f64.powi(-24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2.0_f64.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn half_precision_is_that_of_the_standard() {
        // IEEE 754-2019, binary16.
        for (bits, value) in [
            (0x0000, 0.0),
            (0x0001, 2.0_f64.powi(-24)),
            (0x03ff, 2.0_f64.powi(-14) - 2.0_f64.powi(-24)),
            (0x0400, 2.0_f64.powi(-14)),
            (0x3555, 0.333_251_953_125),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
    }
}
