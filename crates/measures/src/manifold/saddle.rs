//! A fixed point or cycle of a piecewise-linear map with its linearisation.

use attractor_systems::PiecewiseLinearMap;
use nalgebra::{DMatrix, DVector};

use super::ManifoldKind;
use crate::eigen::{eigenvalues, invariant_subspace};
use crate::piecewise::{Units, dot};
use crate::{Eigenvalue, Error, Region, Result, input};

/// How far a state may be from its own image after one period, relative to its size.
const RETURN: f64 = 1e-6;

/// A cycle of p states (p = 1: a fixed point), each inside a linear region.
pub(super) struct Saddle {
    /// The map.
    pub(super) units: Units,
    pub(super) states: Vec<DVector<f64>>,
    pub(super) regions: Vec<Region>,
    /// Matrix and offset of the map in each region.
    pieces: Vec<(DMatrix<f64>, DVector<f64>)>,
    /// The Jacobian of p steps from the first state.
    matrix: DMatrix<f64>,
    /// The eigenvalues of the stable or of the unstable subspace.
    pub(super) eigenvalues: Vec<Eigenvalue>,
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
        let units = Units::new(map, input)?;
        let dim = units.dim();
        input::state(state, dim, "state")?;
        input::positive("hyperbolicity", hyperbolicity)?;
        if period == 0 {
            return Err(Error::Setting { setting: "period", value: 0.0, requirement: "at least 1" });
        }
        let size = state.iter().fold(1.0_f64, |max, v| max.max(v.abs()));
        let mut z = DVector::from_column_slice(state);
        let (mut regions, mut pieces) = (Vec::new(), Vec::new());
        let (mut composed, mut shift) = (DMatrix::identity(dim, dim), DVector::zeros(dim));
        for _ in 0..period {
            let region = units.region(z.as_slice());
            let (matrix, offset) = units.piece(&region);
            z = &matrix * z + &offset;
            composed = &matrix * composed;
            shift = &matrix * shift + &offset;
            regions.push(region);
            pieces.push((matrix, offset));
        }
        let distance = (&z - DVector::from_column_slice(state)).amax();
        if distance.is_nan() || distance > RETURN * size {
            let distance = if distance.is_finite() { distance } else { f64::MAX };
            return Err(Error::NotPeriodic { period, distance });
        }
        let all = eigenvalues(&composed)?;
        if let Some(value) = all.iter().find(|value| (value.modulus() - 1.0).abs() < hyperbolicity) {
            return Err(Error::NotHyperbolic { modulus: value.modulus() });
        }
        let fixed = (DMatrix::identity(dim, dim) - &composed).lu().solve(&shift);
        let mut exact = fixed.ok_or(Error::NotHyperbolic { modulus: 1.0 })?;
        let mut states = Vec::with_capacity(period);
        for (step, ((matrix, offset), region)) in pieces.iter().zip(&regions).enumerate() {
            for (unit, drive) in units.drives(exact.as_slice()).enumerate() {
                let weight = units.normal(unit).iter().fold(0.0_f64, |max, w| max.max(w.abs()));
                // A unit without weights has no border.
                if weight > 0.0 && drive.abs() <= 1e-10 * (weight * size + units.b()[unit].abs()) {
                    return Err(Error::OnBorder { step, unit });
                }
                if (drive > 0.0) != region.is_active(unit) {
                    return Err(Error::NotPeriodic { period, distance });
                }
            }
            let next = matrix * &exact + offset;
            states.push(std::mem::replace(&mut exact, next));
        }
        let keep = |value: &Eigenvalue| (value.modulus() > 1.0) == (stability == ManifoldKind::Unstable);
        let eigenvalues = all.into_iter().filter(keep).collect();
        Ok(Self { units, states, regions, pieces, matrix: composed, eigenvalues })
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
    pub(super) fn reach(&self, direction: &DVector<f64>, steps: usize) -> (f64, Vec<DVector<f64>>) {
        let mut reach = f64::INFINITY;
        let mut directions = Vec::with_capacity(steps);
        let mut v = direction.clone();
        for step in 0..steps {
            let index = step % self.period();
            for (unit, drive) in self.units.drives(self.states[index].as_slice()).enumerate() {
                let distance = -drive / dot(self.units.normal(unit), v.as_slice());
                if distance > 0.0 && distance < reach {
                    reach = distance;
                }
            }
            let next = &self.pieces[index].0 * &v;
            directions.push(std::mem::replace(&mut v, next));
        }
        (reach, directions)
    }
}
