//! Checks of what pictures are made from.

use ndarray::ArrayView2;

use crate::{Error, Result};

/// That there is something.
pub(crate) fn not_empty(what: &str, count: usize) -> Result<()> {
    if count == 0 { Err(Error::Empty { what: what.to_owned() }) } else { Ok(()) }
}

/// That no value is NaN or infinite.
pub(crate) fn finite(what: &str, values: impl IntoIterator<Item = f64>) -> Result<()> {
    match values.into_iter().enumerate().find(|(_, value)| !value.is_finite()) {
        Some((index, value)) => Err(Error::NonFinite { what: what.to_owned(), index, value }),
        None => Ok(()),
    }
}

/// That no value is NaN or infinite; the index of an error is the row.
pub(crate) fn finite_rows(what: &str, values: ArrayView2<f64>) -> Result<()> {
    match values.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((index, column), value)) => {
            Err(Error::NonFinite { what: format!("column {column} of {what}"), index, value: *value })
        }
        None => Ok(()),
    }
}

/// That there are as many values as there have to be.
pub(crate) fn length(what: &str, expected: usize, found: usize) -> Result<()> {
    if expected == found { Ok(()) } else { Err(Error::Length { what: what.to_owned(), expected, found }) }
}

/// That points have as many coordinates as the picture.
pub(crate) fn dimension(what: &str, expected: usize, found: usize) -> Result<()> {
    if expected == found {
        Ok(())
    } else {
        Err(Error::Coordinates { what: what.to_owned(), expected, found })
    }
}

/// That values are finite and each is larger than the one before.
pub(crate) fn increasing(what: &str, values: &[f64]) -> Result<()> {
    finite(what, values.iter().copied())?;
    match values.windows(2).position(|pair| pair[1] <= pair[0]) {
        Some(index) => Err(Error::Order { what: what.to_owned(), index: index + 1 }),
        None => Ok(()),
    }
}
