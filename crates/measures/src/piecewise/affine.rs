//! The affine pieces of a piecewise-linear map, their compositions and fixed points.

use attractor_systems::PiecewiseLinearMap;
use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use super::Region;
use super::units::Units;
use crate::{Error, Result, input};

/// The affine map z -> J z + r: a piecewise-linear map in one of its regions, or a composition of such pieces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AffinePiece {
    /// J \[M, M\].
    pub matrix: Array2<f64>,
    /// r \[M\].
    pub offset: Array1<f64>,
}

/// All fixed points of an affine map, J z + r = z, wherever they lie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AffineFixedPoints {
    /// Exactly one.
    Point {
        /// Where it is \[M\].
        position: Vec<f64>,
        /// The condition number of I − J in the 2-norm: relative errors of J and r come out so many times larger.
        condition: f64,
    },
    /// A line, plane or larger flat of them: I − J is singular to rounding, and r lies in its range.
    Continuum {
        /// The point of the flat that is nearest to the origin \[M\].
        point: Vec<f64>,
        /// Orthonormal directions that span it, \[D, M\]; D = 1 for a line attractor.
        directions: Vec<Vec<f64>>,
    },
    /// None: I − J is singular to rounding, and r does not lie in its range, so that every orbit drifts.
    None,
}

impl AffinePiece {
    /// The piece of `map` in `region` under the constant input `input` \[K\], zeros where it is empty:
    /// J = A + V D W and r = V D b + h + C u with D the diagonal matrix of active units.
    ///
    /// # Errors
    /// [`Error::Dimension`] for a region of another number of units or an input of another length,
    /// [`Error::NonFinite`], [`Error::System`] for senseless parameters, [`Error::Overflow`].
    pub fn new(map: &PiecewiseLinearMap, region: &Region, input: &[f64]) -> Result<Self> {
        let units = Units::new(map, input)?;
        units.check(region)?;
        let (matrix, offset) = units.piece(region);
        Ok(Self {
            matrix: Array2::from_shape_fn(matrix.shape(), |index| matrix[index]),
            offset: offset.as_slice().to_vec().into(),
        })
    }

    /// This piece, followed by `next`.
    ///
    /// # Errors
    /// [`Error::Dimension`] when the pieces do not have the same M.
    pub fn then(&self, next: &Self) -> Result<Self> {
        self.validate()?;
        next.validate()?;
        input::same("states of the next piece", self.offset.len(), next.offset.len())?;
        Ok(Self {
            matrix: next.matrix.dot(&self.matrix),
            offset: next.matrix.dot(&self.offset) + &next.offset,
        })
    }

    /// All its fixed points; after k compositions the points of period k.
    ///
    /// # Errors
    /// [`Error::Dimension`] when J is not square of the length of r, [`Error::NonFinite`], and [`Error::Overflow`]
    /// when the fixed point is beyond the numbers.
    pub fn fixed_points(&self) -> Result<AffineFixedPoints> {
        self.validate()?;
        let m = self.offset.len();
        let matrix = DMatrix::from_fn(m, m, |i, j| self.matrix[[i, j]]);
        let offset = DVector::from_fn(m, |i, _| self.offset[i]);
        let rounding = (m + 1) as f64 * f64::EPSILON * (1.0 + matrix.amax());
        let found = match Flat::of(&matrix, &offset, rounding) {
            Flat::Point { position, condition } => {
                AffineFixedPoints::Point { position: position.as_slice().to_vec(), condition }
            }
            Flat::Continuum { point, directions } => AffineFixedPoints::Continuum {
                point: point.as_slice().to_vec(),
                directions: directions.column_iter().map(|d| d.iter().copied().collect()).collect(),
            },
            Flat::None => AffineFixedPoints::None,
        };
        let finite = match &found {
            AffineFixedPoints::Point { position: point, .. } | AffineFixedPoints::Continuum { point, .. } => {
                point.iter().all(|x| x.is_finite())
            }
            AffineFixedPoints::None => true,
        };
        if finite {
            Ok(found)
        } else {
            Err(Error::Overflow { what: "a product of the parameters of the map" })
        }
    }

    fn validate(&self) -> Result<()> {
        let m = self.offset.len();
        if m == 0 {
            return Err(Error::TooShort { what: "states of the piece", needed: 1, found: 0 });
        }
        input::same("rows of J", m, self.matrix.nrows())?;
        input::same("columns of J", m, self.matrix.ncols())?;
        input::finite(self.matrix.view(), "J")?;
        input::state(self.offset.as_slice().unwrap_or(&self.offset.to_vec()), m, "r")
    }
}

/// The solutions of (I − J) z = r, where singular values up to `rounding` count as zero.
pub(super) enum Flat {
    Point { position: DVector<f64>, condition: f64 },
    Continuum { point: DVector<f64>, directions: DMatrix<f64> },
    None,
}

impl Flat {
    pub(super) fn of(matrix: &DMatrix<f64>, offset: &DVector<f64>, rounding: f64) -> Self {
        let m = offset.len();
        let svd = (DMatrix::identity(m, m) - matrix).svd(true, true);
        let (Some(u), Some(vt)) = (svd.u, svd.v_t) else { return Self::None };
        let sigma = svd.singular_values;
        let largest = sigma.max();
        let null: Vec<usize> = (0..m).filter(|&i| sigma[i] <= rounding).collect();
        let along = u.tr_mul(offset);
        let mut point = DVector::zeros(m);
        for i in (0..m).filter(|i| !null.contains(i)) {
            point += vt.row(i).transpose() * (along[i] / sigma[i]);
        }
        if null.is_empty() {
            return Self::Point { position: point, condition: largest / sigma.min() };
        }
        // What lies outside the range is zero only to the rounding of r and of the point.
        let tolerance = 4.0 * rounding * (offset.amax() + point.amax());
        if null.iter().any(|&i| along[i].abs() > tolerance) {
            return Self::None;
        }
        let directions = DMatrix::from_fn(m, null.len(), |j, i| vt[(null[i], j)]);
        Self::Continuum { point, directions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn piece(matrix: Array2<f64>, offset: Array1<f64>) -> AffinePiece {
        AffinePiece { matrix, offset }
    }

    #[test]
    fn has_one_fixed_point_a_line_of_them_or_none() {
        let AffineFixedPoints::Point { position, condition } =
            piece(array![[0.5, 1.0], [0.0, 3.0]], array![1.0, -4.0]).fixed_points().unwrap()
        else {
            panic!()
        };
        assert!((position[0] - 6.0).abs() < 1e-14 && (position[1] - 2.0).abs() < 1e-14, "{position:?}");
        // I − J = [0.5, −1; 0, −2] has σ² = (5.25 ± √(5.25² − 4)) / 2.
        let root = (5.25_f64 * 5.25 - 4.0).sqrt();
        assert!((condition - ((5.25 + root) / (5.25 - root)).sqrt()).abs() < 1e-13);

        // x' = x, y' = y / 2 + 1: the line y = 2.
        let line = piece(array![[1.0, 0.0], [0.0, 0.5]], array![0.0, 1.0]);
        let AffineFixedPoints::Continuum { point, directions } = line.fixed_points().unwrap() else {
            panic!()
        };
        assert!(point[0].abs() < 1e-15 && (point[1] - 2.0).abs() < 1e-15);
        assert!((directions[0][0].abs() - 1.0).abs() < 1e-15 && directions.len() == 1);
        let drift = piece(array![[1.0, 0.0], [0.0, 0.5]], array![1e-6, 1.0]);
        assert_eq!(drift.fixed_points().unwrap(), AffineFixedPoints::None);
        let identity = piece(Array2::eye(3), Array1::zeros(3));
        let AffineFixedPoints::Continuum { directions, .. } = identity.fixed_points().unwrap() else {
            panic!()
        };
        assert_eq!(directions.len(), 3);
    }

    #[test]
    fn compositions_are_the_maps_one_after_the_other() {
        // The tent map: x -> 2 x, then x -> 2 − 2 x, has the period-2 point 2/5.
        let (up, down) = (piece(array![[2.0]], array![0.0]), piece(array![[-2.0]], array![2.0]));
        let AffineFixedPoints::Point { position, .. } = up.then(&down).unwrap().fixed_points().unwrap()
        else {
            panic!()
        };
        assert!((position[0] - 0.4).abs() < 1e-15);
        assert!(matches!(up.then(&piece(Array2::eye(2), Array1::zeros(2))), Err(Error::Dimension { .. })));
        assert!(matches!(
            piece(array![[f64::NAN]], array![0.0]).fixed_points(),
            Err(Error::NonFinite { .. })
        ));
        assert!(matches!(
            piece(array![[1.0]], array![0.0, 1.0]).fixed_points(),
            Err(Error::Dimension { .. })
        ));
        let huge = piece(array![[1.0 + 1e-14]], array![1e300]);
        assert!(matches!(huge.fixed_points(), Err(Error::Overflow { .. })));
    }
}
