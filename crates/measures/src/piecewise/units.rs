//! A piecewise-linear map under constant input, laid out unit by unit, with bounds on its rounding.

use attractor_systems::{Map, PiecewiseLinearMap};
use nalgebra::{DMatrix, DVector};

use super::Region;
use crate::lyapunov::constant_input;
use crate::{Error, Result};

/// z -> A z + V max(0, W z + b) + g with g = h + C u.
pub(crate) struct Units {
    m: usize,
    /// A \[M, M\].
    a: DMatrix<f64>,
    /// V \[M, U\]: column u goes from unit u to the states.
    v: DMatrix<f64>,
    /// W^T \[M, U\]: column u goes from the states to unit u.
    w: DMatrix<f64>,
    b: Vec<f64>,
    g: Vec<f64>,
    /// |A| + |V| |W| \[M, M\], and |V| |b| + |g| \[M\]: what bounds every sum that makes up F.
    magnitude: (DMatrix<f64>, Vec<f64>),
}

impl Units {
    /// Of `map` under the constant input `input`, zeros where it is empty.
    pub(crate) fn new(map: &PiecewiseLinearMap, input: &[f64]) -> Result<Self> {
        map.validate()?;
        let input = constant_input(map, input)?;
        let (m, units) = (map.h().len(), map.b().len());
        if m == 0 {
            return Err(Error::TooShort { what: "states of the map", needed: 1, found: 0 });
        }
        let g =
            (0..m).map(|i| map.h()[i] + map.c().row(i).iter().zip(&input).map(|(c, u)| c * u).sum::<f64>());
        let made = Self::from_parts(
            DMatrix::from_fn(m, m, |i, j| map.a()[[i, j]]),
            DMatrix::from_fn(m, units, |i, unit| map.v()[[i, unit]]),
            DMatrix::from_fn(m, units, |j, unit| map.w()[[unit, j]]),
            map.b().to_vec(),
            g.collect(),
        );
        let (weights, offsets) = &made.magnitude;
        if weights.iter().chain(offsets).all(|x| x.is_finite()) {
            Ok(made)
        } else {
            Err(Error::Overflow { what: "a product of the parameters of the map" })
        }
    }

    /// From A, V, W^T, b and g of shapes that fit.
    pub(crate) fn from_parts(
        a: DMatrix<f64>,
        v: DMatrix<f64>,
        w: DMatrix<f64>,
        b: Vec<f64>,
        g: Vec<f64>,
    ) -> Self {
        let weights = a.abs() + v.abs() * w.abs().transpose();
        let offsets = DVector::from_fn(g.len(), |i, _| {
            g[i].abs() + (0..b.len()).map(|unit| (v[(i, unit)] * b[unit]).abs()).sum::<f64>()
        });
        Self { m: g.len(), a, v, w, b, g, magnitude: (weights, offsets.as_slice().to_vec()) }
    }

    pub(crate) fn dim(&self) -> usize {
        self.m
    }

    /// Number of units U.
    pub(crate) fn count(&self) -> usize {
        self.b.len()
    }

    pub(crate) fn a(&self) -> &DMatrix<f64> {
        &self.a
    }

    pub(crate) fn g(&self) -> &[f64] {
        &self.g
    }

    pub(crate) fn b(&self) -> &[f64] {
        &self.b
    }

    /// What unit `unit` adds to the states per drive \[M\].
    pub(crate) fn out(&self, unit: usize) -> &[f64] {
        &self.v.as_slice()[unit * self.m..][..self.m]
    }

    /// The normal of the hyperplane of unit `unit` \[M\].
    pub(crate) fn normal(&self, unit: usize) -> &[f64] {
        &self.w.as_slice()[unit * self.m..][..self.m]
    }

    /// W z + b of one unit.
    pub(crate) fn drive(&self, unit: usize, z: &[f64]) -> f64 {
        dot(self.normal(unit), z) + self.b[unit]
    }

    /// W z + b \[U\].
    pub(crate) fn drives(&self, z: &[f64]) -> impl Iterator<Item = f64> {
        (0..self.count()).map(|unit| self.drive(unit, z))
    }

    /// A bound on the rounding of [`Self::drive`].
    pub(crate) fn drive_rounding(&self, unit: usize, z: &[f64]) -> f64 {
        let sum: f64 = self.normal(unit).iter().zip(z).map(|(w, z)| (w * z).abs()).sum();
        (self.m + 2) as f64 * f64::EPSILON * (sum + self.b[unit].abs())
    }

    /// Relative rounding, to every component's magnitude, of any way in which F or a piece of it is summed up:
    /// four times the (n + 1) ε/2 of a sum of n products, for the sums that are made of such sums.
    pub(crate) fn rounding(&self) -> f64 {
        2.0 * (2 * self.m + self.count() + 8) as f64 * f64::EPSILON
    }

    /// |A| + |V| |W| \[M, M\] and |V| |b| + |g| \[M\].
    pub(crate) fn magnitude(&self) -> (&DMatrix<f64>, &[f64]) {
        (&self.magnitude.0, &self.magnitude.1)
    }

    pub(crate) fn step(&self, z: &[f64], next: &mut [f64]) {
        next.copy_from_slice(&self.g);
        for (j, z) in z.iter().enumerate() {
            axpy(*z, &self.a.as_slice()[j * self.m..][..self.m], next);
        }
        for unit in 0..self.count() {
            let drive = self.drive(unit, z);
            if drive > 0.0 {
                axpy(drive, self.out(unit), next);
            }
        }
    }

    /// Matrix \[M, M\] and offset \[M\] of the affine map in `region`.
    pub(crate) fn piece(&self, region: &Region) -> (DMatrix<f64>, DVector<f64>) {
        let mut matrix = self.a.clone();
        let mut offset = DVector::from_column_slice(&self.g);
        for unit in region.active() {
            for (column, w) in matrix.as_mut_slice().chunks_exact_mut(self.m).zip(self.normal(unit)) {
                axpy(*w, self.out(unit), column);
            }
            axpy(self.b[unit], self.out(unit), offset.as_mut_slice());
        }
        (matrix, offset)
    }

    pub(crate) fn region(&self, z: &[f64]) -> Region {
        let mut region = Region::inactive(self.count());
        (0..self.count()).filter(|&unit| self.drive(unit, z) > 0.0).for_each(|unit| region.set(unit, true));
        region
    }

    /// The distance of `z` to the nearest hyperplane; infinite where there is none.
    pub(crate) fn border_distance(&self, z: &[f64]) -> f64 {
        let distance = |unit| {
            let length = dot(self.normal(unit), self.normal(unit)).sqrt();
            (length > 0.0).then(|| self.drive(unit, z).abs() / length)
        };
        (0..self.count()).filter_map(distance).fold(f64::INFINITY, f64::min)
    }

    /// Refuses a region of another number of units.
    pub(crate) fn check(&self, region: &Region) -> Result<()> {
        crate::input::same("units of the region", self.count(), region.units())
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// y += factor x.
pub(crate) fn axpy(factor: f64, x: &[f64], y: &mut [f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += factor * x);
}
