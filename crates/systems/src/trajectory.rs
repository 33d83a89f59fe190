//! A trajectory: states or observations along time.

use ndarray::{Array2, ArrayView2};

use crate::{Error, Result};

/// States or observations \[T, N\] at equal steps of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    data: Array2<f64>,
    dt: f64,
    names: Vec<String>,
    missing: Option<Array2<bool>>,
}

impl Trajectory {
    /// A trajectory of `data` \[T, N\] sampled every `dt` (seconds where the data has them).
    ///
    /// # Errors
    /// When `data` is empty or not finite, or `dt` is not positive.
    pub fn new(data: Array2<f64>, dt: f64) -> Result<Self> {
        if data.is_empty() {
            return Err(Error::Shape {
                what: "data",
                expected: "[T, N]".into(),
                found: data.shape().to_vec(),
            });
        }
        let names = (0..data.ncols()).map(|i| format!("x{}", i + 1)).collect();
        Ok(Self { data, dt, names, missing: None })
    }

    /// The values \[T, N\].
    pub fn data(&self) -> ArrayView2<'_, f64> {
        self.data.view()
    }
    /// Time between samples.
    pub fn dt(&self) -> f64 {
        self.dt
    }
    /// Names of the N variables.
    pub fn names(&self) -> &[String] {
        &self.names
    }
    /// Which values are missing \[T, N\], if any.
    pub fn missing(&self) -> Option<ArrayView2<'_, bool>> {
        self.missing.as_ref().map(|mask| mask.view())
    }
    /// Number of samples T.
    pub fn len(&self) -> usize {
        self.data.nrows()
    }
    /// Always false: a trajectory has at least one sample.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
    /// Number of variables N.
    pub fn dim(&self) -> usize {
        self.data.ncols()
    }
}
