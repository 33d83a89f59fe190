//! A fixed point or cycle of a piecewise-linear map with its linearisation.

use attractor_systems::{Map, PiecewiseLinearMap};
use nalgebra::{Complex, DMatrix, DVector};

use super::ManifoldKind;
use crate::affine_piece::{AffinePiece, along, drives};
use crate::eigen::{eigenvalues, invariant_subspace};
use crate::lyapunov::constant_input;
use crate::{Error, Result, input};

/// How far a state may be from its own image after one period, relative to its size.
const RETURN: f64 = 1e-6;

/// A cycle of p states (p = 1: a fixed point), each inside a linear region.
pub(super) struct Saddle {
    pub(super) input: Vec<f64>,
    pub(super) states: Vec<DVector<f64>>,
    pub(super) regions: Vec<Vec<bool>>,
    pub(super) pieces: Vec<AffinePiece>,
    /// The Jacobian of p steps from the first state.
    pub(super) matrix: DMatrix<f64>,
    /// The eigenvalues of the stable or of the unstable subspace.
    pub(super) eigenvalues: Vec<Complex<f64>>,
}

impl Saddle {
    /// Checks the state and solves for it exactly in its sequence of regions.
    pub(super) fn new(
        map: &PiecewiseLinearMap,
        state: &[f64],
        period: usize,
        input: &[f64],
        stability: ManifoldKind,
        hyperbolicity: f64,
    ) -> Result<Self> {
        map.validate()?;
        input::state(state, map.dim(), "state")?;
        input::positive("hyperbolicity", hyperbolicity)?;
        let input = constant_input(map, input)?;
        if period == 0 {
            return Err(Error::Setting { setting: "period", value: 0.0, requirement: "at least 1" });
        }
        let size = state.iter().fold(1.0_f64, |max, v| max.max(v.abs()));
        let mut z = DVector::from_column_slice(state);
        let (mut regions, mut pieces) = (Vec::new(), Vec::new());
        let mut composed = AffinePiece {
            matrix: DMatrix::identity(map.dim(), map.dim()),
            offset: DVector::zeros(map.dim()),
        };
        for _ in 0..period {
            let active = map.region(z.as_slice());
            let piece = AffinePiece::new(map, &active, &input);
            z = piece.at(&z);
            composed = AffinePiece {
                matrix: &piece.matrix * composed.matrix,
                offset: &piece.matrix * composed.offset + &piece.offset,
            };
            regions.push(active);
            pieces.push(piece);
        }
        let distance = (&z - DVector::from_column_slice(state)).amax();
        if distance.is_nan() || distance > RETURN * size {
            let distance = if distance.is_finite() { distance } else { f64::MAX };
            return Err(Error::NotPeriodic { period, distance });
        }
        let all = eigenvalues(&composed.matrix)?;
        if let Some(value) = all.iter().find(|value| (value.norm() - 1.0).abs() < hyperbolicity) {
            return Err(Error::NotHyperbolic { modulus: value.norm() });
        }
        let fixed = (DMatrix::identity(map.dim(), map.dim()) - &composed.matrix).lu().solve(&composed.offset);
        let mut exact = fixed.ok_or(Error::NotHyperbolic { modulus: 1.0 })?;
        let mut states = Vec::with_capacity(period);
        for (step, (piece, region)) in pieces.iter().zip(&regions).enumerate() {
            for (unit, drive) in drives(map, exact.as_slice()).into_iter().enumerate() {
                let weight = map.w().row(unit).iter().fold(0.0_f64, |max, w| max.max(w.abs()));
                // A unit without weights has no border.
                if weight > 0.0 && drive.abs() <= 1e-10 * (weight * size + map.b()[unit].abs()) {
                    return Err(Error::OnBorder { step, unit });
                }
                if (drive > 0.0) != region[unit] {
                    return Err(Error::NotPeriodic { period, distance });
                }
            }
            let next = piece.at(&exact);
            states.push(std::mem::replace(&mut exact, next));
        }
        let keep = |value: &Complex<f64>| (value.norm() > 1.0) == (stability == ManifoldKind::Unstable);
        let eigenvalues = all.into_iter().filter(keep).collect();
        Ok(Self { input, states, regions, pieces, matrix: composed.matrix, eigenvalues })
    }

    pub(super) fn period(&self) -> usize {
        self.states.len()
    }

    /// An orthonormal basis of the (un)stable subspace at the first state, which must have dimension `expected`.
    pub(super) fn subspace(&self, stability: ManifoldKind, expected: usize) -> Result<DMatrix<f64>> {
        let found = self.eigenvalues.len();
        if found != expected {
            return Err(Error::ManifoldDimension { manifold: stability.name(), expected, found });
        }
        invariant_subspace(&self.matrix, &self.eigenvalues)
    }

    /// How far one can go from the first state along `direction` so that none of `steps` steps leaves its region;
    /// infinite where there is no border. Also the direction at each of those steps.
    pub(super) fn reach(
        &self,
        map: &PiecewiseLinearMap,
        direction: &DVector<f64>,
        steps: usize,
    ) -> (f64, Vec<DVector<f64>>) {
        let mut reach = f64::INFINITY;
        let mut directions = Vec::with_capacity(steps);
        let mut v = direction.clone();
        for step in 0..steps {
            let index = step % self.period();
            for (unit, drive) in drives(map, self.states[index].as_slice()).into_iter().enumerate() {
                let distance = -drive / along(map, unit, v.as_slice());
                if distance > 0.0 && distance < reach {
                    reach = distance;
                }
            }
            let next = &self.pieces[index].matrix * &v;
            directions.push(std::mem::replace(&mut v, next));
        }
        (reach, directions)
    }
}
