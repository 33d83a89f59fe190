//! Linear regions of a piecewise-linear map, named by their active units.

use std::fmt;
use std::str::FromStr;

use attractor_systems::PiecewiseLinearMap;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, input};

/// A linear region: which of the U rectified units are active in it, W z + b > 0. Written, and kept in files, as a
/// text of U digits, unit 0 first: `"0110"`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region {
    units: usize,
    words: Box<[u64]>,
}

impl Region {
    /// The region in which none of `units` units is active.
    pub fn inactive(units: usize) -> Self {
        Self { units, words: vec![0; units.div_ceil(64)].into() }
    }

    /// The region whose active units are the true ones of `active` \[U\].
    pub fn new(active: &[bool]) -> Self {
        let mut region = Self::inactive(active.len());
        for unit in (0..active.len()).filter(|&unit| active[unit]) {
            region.set(unit, true);
        }
        region
    }

    /// The region of `map` that the state `x` \[M\] lies in; a unit at its threshold is not active.
    ///
    /// # Errors
    /// [`Error::Dimension`] and [`Error::NonFinite`] for `x`.
    pub fn of(map: &PiecewiseLinearMap, x: &[f64]) -> Result<Self> {
        input::state(x, map.h().len(), "state")?;
        Ok(Self::new(&map.region(x)))
    }

    /// Number of units U.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Whether a unit is active; false for one that is not there.
    pub fn is_active(&self, unit: usize) -> bool {
        self.words.get(unit / 64).is_some_and(|word| word >> (unit % 64) & 1 == 1)
    }

    /// The active units, in order.
    pub fn active(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(64 * index + bit)
            })
        })
    }

    pub(crate) fn set(&mut self, unit: usize, active: bool) {
        let bit = 1 << (unit % 64);
        if active {
            self.words[unit / 64] |= bit;
        } else {
            self.words[unit / 64] &= !bit;
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.units).try_for_each(|unit| f.write_str(if self.is_active(unit) { "1" } else { "0" }))
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Region({self})")
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.to_string()
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let active: Option<Vec<bool>> = text
            .chars()
            .map(|digit| match digit {
                '0' => Some(false),
                '1' => Some(true),
                _ => None,
            })
            .collect();
        active.map(|active| Self::new(&active)).ok_or_else(|| Error::Region { text: text.into() })
    }
}

impl TryFrom<String> for Region {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_text_of_digits() {
        let mut region = Region::inactive(130);
        for unit in [0, 63, 64, 129] {
            region.set(unit, true);
        }
        region.set(63, false);
        assert_eq!(region.active().collect::<Vec<_>>(), [0, 64, 129]);
        let text = serde_json::to_string(&region).unwrap();
        assert_eq!(text.len(), 132);
        assert_eq!(serde_json::from_str::<Region>(&text).unwrap(), region);
        assert!(matches!("01x".parse::<Region>(), Err(Error::Region { .. })));
        assert_eq!("".parse::<Region>().unwrap(), Region::inactive(0));
    }
}
