//! Numbers with the digits that their errors justify.

use attractor_systems::catalog::Measured;

/// Digits of a number without an error, and of one known exactly.
const EXACT: i32 = 12;

/// The value to the second significant digit of its error.
pub fn measured(value: f64, error: f64) -> Measured {
    let error = significant(error, 2);
    Measured { value: to_error(value, error), error }
}

/// `value` to the second significant digit of `error`.
pub fn to_error(value: f64, error: f64) -> f64 {
    if error <= 0.0 || value == 0.0 {
        return significant(value, EXACT);
    }
    let digits = magnitude(value) - magnitude(error) + 2;
    if digits < 1 {
        // Compatible with 0 as far as these digits can tell.
        return 0.0;
    }
    significant(value, digits.min(EXACT))
}

/// `value` to this many significant digits.
pub fn significant(value: f64, digits: i32) -> f64 {
    let digits = digits.max(1) as usize - 1;
    format!("{value:.digits$e}").parse().unwrap_or(value)
}

/// The power of ten of the leading digit.
fn magnitude(value: f64) -> i32 {
    value.abs().log10().floor() as i32
}
