//! The fixed points of the true system, and whether a reconstruction has them.

use attractor_measures::Stability;
use attractor_systems::{Flow, Standardizer, Trajectory};
use nalgebra::{DMatrix, Schur};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::{Error, FixedPoint, Multiplier, Result};

/// A fixed point is near a true one where no variable is farther off than this many standard deviations of the data.
pub const NEAR: f64 = 0.2;

/// How fast a flow may move at a state, relative to the sizes of its Jacobian and the state, for that state to count as
/// fixed: rounding of the state's digits, generously.
const AT_REST: f64 = 1e-6;

/// An eigenvalue of the Jacobian of a flow, per unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// How fast disturbances grow.
    pub re: f64,
    /// How fast they turn, in radians.
    pub im: f64,
}

/// A fixed point of the true system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueFixedPoint {
    /// Where it is \[N\], in the units of the data.
    pub position: Vec<f64>,
    /// Eigenvalues of the flow there, the largest growth first.
    pub rates: Vec<Rate>,
    /// What they say of the neighbourhood, in the words used for maps: a focus whose third direction attracts, as those
    /// of Lorenz-63, is a saddle focus.
    pub stability: Stability,
    /// Dimension of the unstable manifold.
    pub unstable_dim: usize,
}

impl TrueFixedPoint {
    /// The fixed point of `flow` at `position` \[N\].
    ///
    /// # Errors
    /// [`Error::Size`] for a position of another dimension, [`Error::NotFixed`] where the flow moves.
    pub fn of(flow: &impl Flow, position: Vec<f64>) -> Result<Self> {
        let n = flow.dim();
        if position.len() != n {
            let (what, found) = ("variables of the fixed point", position.len());
            return Err(Error::Size { what, expected: n, found });
        }
        flow.validate()?;
        let mut velocity = vec![0.0; n];
        flow.rhs(0.0, &position, &mut velocity);
        let mut jacobian = Array2::zeros((n, n));
        flow.jacobian(0.0, &position, jacobian.view_mut());
        // NaN stays: `max` would pass over it.
        let larger = |a: f64, b: &f64| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b.abs()) };
        let largest = |values: &mut dyn Iterator<Item = &f64>| values.fold(0.0, larger);
        let speed = largest(&mut velocity.iter());
        let scale = largest(&mut jacobian.iter()) * (1.0 + largest(&mut position.iter()));
        // A speed that is NaN is not small either.
        if !matches!(speed.partial_cmp(&(AT_REST * scale)), Some(std::cmp::Ordering::Less)) {
            return Err(Error::NotFixed { speed });
        }
        let matrix = DMatrix::from_fn(n, n, |i, j| jacobian[[i, j]]);
        let schur = Schur::try_new(matrix, f64::EPSILON, 1000 * n).ok_or(
            attractor_measures::Error::Decomposition { decomposition: "Schur decomposition", size: n },
        )?;
        let mut rates: Vec<Rate> =
            schur.complex_eigenvalues().iter().map(|rate| Rate { re: rate.re, im: rate.im }).collect();
        rates.sort_by(|a, b| b.re.total_cmp(&a.re).then(b.im.total_cmp(&a.im)));
        let neutral = 1e-9 * largest(&mut jacobian.iter());
        let unstable_dim = rates.iter().filter(|rate| rate.re > neutral).count();
        let stable_dim = rates.iter().filter(|rate| rate.re < -neutral).count();
        let turns = rates.iter().any(|rate| rate.im != 0.0);
        let stability = match (stable_dim, unstable_dim, turns) {
            (s, u, _) if s + u < n => Stability::NonHyperbolic,
            (_, 0, false) => Stability::StableNode,
            (_, 0, true) => Stability::StableFocus,
            (0, _, false) => Stability::UnstableNode,
            (0, _, true) => Stability::UnstableFocus,
            (_, _, false) => Stability::Saddle,
            (_, _, true) => Stability::SaddleFocus,
        };
        Ok(Self { position, rates, stability, unstable_dim })
    }
}

/// A true fixed point and the fixed point of a reconstruction that is nearest to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixedPointComparison {
    /// The fixed point of the true system.
    pub truth: TrueFixedPoint,
    /// Whether the model has a fixed point near it: no variable off by more than [`NEAR`] standard deviations of the
    /// data.
    pub near: bool,
    /// The nearest fixed point of the model; nothing where it has none.
    pub nearest: Option<NearestFixedPoint>,
}

/// The fixed point of a model that is nearest to a true one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearestFixedPoint {
    /// Its index among those of the model.
    pub index: usize,
    /// Where it is \[N\], in the units of the data.
    pub position: Vec<f64>,
    /// Euclidean distance in the units of the data.
    pub distance: f64,
    /// The difference of the variable that is farthest off, in standard deviations of that variable in the data.
    pub distance_sd: f64,
    /// Eigenvalues \[M\] of one step, and as rates per unit of time.
    pub eigenvalues: Vec<Multiplier>,
    /// What they say of the neighbourhood.
    pub stability: Stability,
    /// Whether as many directions are unstable as at the true one. The model has more directions than the system where it
    /// has more latents than variables.
    pub same_unstable_dim: bool,
}

/// Says for each fixed point of the true system which of `model` is nearest, in standard deviations of `data` \[T, N\], and
/// whether it is near.
///
/// # Errors
/// [`Error::Size`] when positions and data differ in N; when a variable of the data is constant.
pub fn compare_fixed_points(
    model: &[FixedPoint],
    truth: &[TrueFixedPoint],
    data: &Trajectory,
) -> Result<Vec<FixedPointComparison>> {
    let standardizer = Standardizer::fit(data)?;
    let sd = standardizer.sd();
    let lengths = truth.iter().map(|point| point.position.len());
    if let Some(found) =
        lengths.chain(model.iter().map(|point| point.position.len())).find(|n| *n != sd.len())
    {
        return Err(Error::Size { what: "variables of a fixed point", expected: sd.len(), found });
    }
    let comparison = |truth: &TrueFixedPoint| {
        let distance_sd = |point: &FixedPoint| {
            let pairs = point.position.iter().zip(&truth.position).zip(sd);
            pairs.fold(0.0, |largest: f64, ((x, y), sd)| largest.max((x - y).abs() / sd))
        };
        let measured = model.iter().enumerate().map(|(index, point)| (index, point, distance_sd(point)));
        let nearest = measured.min_by(|a, b| a.2.total_cmp(&b.2)).map(|(index, point, distance_sd)| {
            let square =
                point.position.iter().zip(&truth.position).map(|(x, y)| (x - y).powi(2)).sum::<f64>();
            NearestFixedPoint {
                index,
                position: point.position.clone(),
                distance: square.sqrt(),
                distance_sd,
                eigenvalues: point.eigenvalues.clone(),
                stability: point.stability,
                same_unstable_dim: point.unstable_dim == truth.unstable_dim,
            }
        });
        let near = nearest.as_ref().is_some_and(|nearest| nearest.distance_sd <= NEAR);
        FixedPointComparison { truth: truth.clone(), near, nearest }
    };
    Ok(truth.iter().map(comparison).collect())
}
