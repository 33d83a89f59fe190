//! The affine piece of a piecewise-linear map in one of its linear regions.

use attractor_systems::PiecewiseLinearMap;
use nalgebra::{DMatrix, DVector};

/// z ↦ matrix · z + offset, with the input held constant.
#[derive(Clone, Debug)]
pub(crate) struct AffinePiece {
    pub(crate) matrix: DMatrix<f64>,
    pub(crate) offset: DVector<f64>,
}

impl AffinePiece {
    /// The piece in the region where the units `active` \[U\] are active, under `input` \[K\].
    pub(crate) fn new(map: &PiecewiseLinearMap, active: &[bool], input: &[f64]) -> Self {
        let m = map.h().len();
        let mut matrix = DMatrix::from_fn(m, m, |i, j| map.a()[[i, j]]);
        let mut offset = DVector::from_fn(m, |i, _| {
            map.h()[i] + map.c().row(i).iter().zip(input).map(|(c, u)| c * u).sum::<f64>()
        });
        for unit in (0..active.len()).filter(|&unit| active[unit]) {
            for i in 0..m {
                let v = map.v()[[i, unit]];
                offset[i] += v * map.b()[unit];
                for j in 0..m {
                    matrix[(i, j)] += v * map.w()[[unit, j]];
                }
            }
        }
        Self { matrix, offset }
    }

    /// The value at `z` \[M\].
    pub(crate) fn at(&self, z: &DVector<f64>) -> DVector<f64> {
        &self.matrix * z + &self.offset
    }
}

/// W z + b \[U\].
pub(crate) fn drives(map: &PiecewiseLinearMap, z: &[f64]) -> Vec<f64> {
    (0..map.b().len()).map(|unit| along(map, unit, z) + map.b()[unit]).collect()
}

/// The product of the row of W of `unit` with `direction` \[M\].
pub(crate) fn along(map: &PiecewiseLinearMap, unit: usize, direction: &[f64]) -> f64 {
    map.w().row(unit).iter().zip(direction).map(|(w, d)| w * d).sum()
}
