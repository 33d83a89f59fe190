//! Grids of starting states: lines and planes through a state space.

use serde::{Deserialize, Serialize};

use crate::{Error, Result, input};

/// Which way an axis of a [`GridSlice`] points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxisDirection {
    /// The axis gives this coordinate, from 0, its value.
    Coordinate(usize),
    /// The axis adds a multiple of this vector \[M\].
    Vector(Vec<f64>),
}

/// An axis of a [`GridSlice`]: `count` values from `from` to `to`, both included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SliceAxis {
    /// Which way it points.
    pub direction: AxisDirection,
    /// The first value.
    pub from: f64,
    /// The last value.
    pub to: f64,
    /// How many values, at least 1.
    pub count: usize,
}

impl SliceAxis {
    /// `count` values of coordinate `index`, from 0.
    pub fn coordinate(index: usize, from: f64, to: f64, count: usize) -> Self {
        Self { direction: AxisDirection::Coordinate(index), from, to, count }
    }

    /// `count` multiples of the vector `direction` \[M\].
    pub fn vector(direction: Vec<f64>, from: f64, to: f64, count: usize) -> Self {
        Self { direction: AxisDirection::Vector(direction), from, to, count }
    }

    /// The values of the axis.
    pub fn values(&self) -> Vec<f64> {
        (0..self.count).map(|index| self.value(index)).collect()
    }

    fn value(&self, index: usize) -> f64 {
        if self.count == 1 {
            return self.from;
        }
        let share = index as f64 / (self.count - 1) as f64;
        self.from * (1.0 - share) + self.to * share
    }

    fn validate(&self, dim: usize) -> Result<()> {
        for (setting, value) in [("from", self.from), ("to", self.to)] {
            if !value.is_finite() {
                return Err(Error::Setting { setting, value, requirement: "finite" });
            }
        }
        if self.count == 0 {
            return Err(Error::Setting { setting: "count", value: 0.0, requirement: "at least 1" });
        }
        match &self.direction {
            AxisDirection::Coordinate(index) if *index >= dim => Err(Error::Dimension {
                what: "coordinate of an axis, at most",
                expected: dim - 1,
                found: *index,
            }),
            AxisDirection::Coordinate(_) => Ok(()),
            AxisDirection::Vector(vector) => input::state(vector, dim, "direction of an axis"),
        }
    }

    fn place(&self, index: usize, state: &mut [f64]) {
        match &self.direction {
            AxisDirection::Coordinate(coordinate) => state[*coordinate] = self.value(index),
            AxisDirection::Vector(vector) => {
                let value = self.value(index);
                state.iter_mut().zip(vector).for_each(|(s, v)| *s += value * v);
            }
        }
    }
}

/// A line or plane of starting states.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GridSlice {
    /// The state \[M\] that the axes start from; an axis along a coordinate replaces its value.
    pub base: Vec<f64>,
    /// The axis along the columns.
    pub columns: SliceAxis,
    /// The axis along the rows; nothing for a line.
    pub rows: Option<SliceAxis>,
}

impl GridSlice {
    /// A line through a state space of dimension M, the length of `base`.
    pub fn line(base: Vec<f64>, columns: SliceAxis) -> Self {
        Self { base, columns, rows: None }
    }

    /// A plane through a state space of dimension M, the length of `base`.
    pub fn plane(base: Vec<f64>, columns: SliceAxis, rows: SliceAxis) -> Self {
        Self { base, columns, rows: Some(rows) }
    }

    /// Rows and columns of the grid.
    pub fn shape(&self) -> (usize, usize) {
        (self.rows.as_ref().map_or(1, |rows| rows.count), self.columns.count)
    }

    /// The starting state \[M\] of a place of the grid.
    pub fn state(&self, row: usize, column: usize) -> Vec<f64> {
        let mut state = self.base.clone();
        // A coordinate is set before anything is added to it.
        let placed = [(Some(&self.columns), column), (self.rows.as_ref(), row)];
        let is_vector = |axis: &SliceAxis| matches!(axis.direction, AxisDirection::Vector(_));
        for vectors in [false, true] {
            for (axis, index) in placed {
                if let Some(axis) = axis.filter(|axis| is_vector(axis) == vectors) {
                    axis.place(index, &mut state);
                }
            }
        }
        state
    }

    /// Refuses a slice that does not lie in a state space of dimension `dim`.
    pub(super) fn validate(&self, dim: usize) -> Result<()> {
        input::state(&self.base, dim, "base of the slice")?;
        self.columns.validate(dim)?;
        self.rows.as_ref().map_or(Ok(()), |rows| rows.validate(dim))
    }
}
