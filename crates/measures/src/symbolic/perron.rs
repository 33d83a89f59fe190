//! The topological entropy of a transition graph.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::TransitionGraph;
use super::graph::strongly_connected;
use crate::{Error, Result, input};

/// How much work [`TransitionGraph::topological_entropy`] may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GraphBudget {
    /// The bounds of the spectral radius are brought as close as this, relatively. Default 1e-12.
    pub tolerance: f64,
    /// Steps of the power iteration per component. Default 2000.
    pub iterations: usize,
    /// Components of at most so many symbols, on which the power iteration is too slow, are solved as dense
    /// matrices. Default 1000.
    pub dense: usize,
}

impl Default for GraphBudget {
    fn default() -> Self {
        Self { tolerance: 1e-12, iterations: 2000, dense: 1000 }
    }
}

/// The topological entropy of a graph, in nats per step: the logarithm of the spectral radius ρ of its matrix of zeros
/// and ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopologicalEntropy {
    /// ln ρ; 0 for a graph without cycles, in which no word can be longer than the graph.
    pub value: f64,
    /// ln ρ is not below this, to rounding.
    pub lower: f64,
    /// ln ρ is not above this, to rounding.
    pub upper: f64,
}

impl TransitionGraph {
    /// The topological entropy, as the largest of those of the strongly connected components, so that graphs with
    /// several components and periodic ones are judged rightly.
    ///
    /// Each component is bounded by $$ \min_i (Ax)_i / x_i \le \rho \le \max_i (Ax)_i / x_i $$ for a positive vector x
    /// that a power iteration of I + A improves; where that is too slow, an inverse iteration \[N71\] goes on. The
    /// bounds are those that were reached within the budget.
    ///
    /// # Errors
    /// [`Error::Setting`] for a tolerance that is not positive.
    pub fn topological_entropy(&self, budget: &GraphBudget) -> Result<TopologicalEntropy> {
        input::positive("tolerance", budget.tolerance)?;
        let successors = self.successors();
        let mut entropy = TopologicalEntropy { value: 0.0, lower: 0.0, upper: 0.0 };
        let mut place = vec![usize::MAX; successors.len()];
        for component in strongly_connected(&successors, &vec![true; successors.len()]) {
            component.iter().enumerate().for_each(|(local, &symbol)| place[symbol] = local);
            let inside: Vec<Vec<usize>> = component
                .iter()
                .map(|&symbol| {
                    let member = |to: usize| component.get(place[to]).is_some_and(|&v| v == to);
                    successors[symbol]
                        .iter()
                        .filter(|&&(to, _)| member(to))
                        .map(|&(to, _)| place[to])
                        .collect()
                })
                .collect();
            let edges: usize = inside.iter().map(Vec::len).sum();
            // No cycle, or nothing but one cycle: ρ is 0 or 1.
            if edges <= component.len() {
                continue;
            }
            let (lower, upper) = spectral_radius(&inside, budget)?;
            entropy.lower = entropy.lower.max(lower.ln());
            entropy.upper = entropy.upper.max(upper.ln());
        }
        entropy.value = 0.5 * (entropy.lower + entropy.upper);
        Ok(entropy)
    }
}

/// Bounds of the spectral radius of an irreducible matrix of zeros and ones.
fn spectral_radius(successors: &[Vec<usize>], budget: &GraphBudget) -> Result<(f64, f64)> {
    let n = successors.len();
    let narrow = |(lower, upper): (f64, f64)| upper - lower <= budget.tolerance * upper;
    let (mut lower, mut upper) = (1.0_f64, f64::INFINITY);
    let mut bound = |x: &[f64], ax: &[f64]| {
        let ratios = ax.iter().zip(x).map(|(ax, x)| ax / x);
        let (low, high) = ratios.fold((f64::INFINITY, 0.0_f64), |(l, h), r| (l.min(r), h.max(r)));
        if low.is_finite() && high.is_finite() {
            lower = lower.max(low);
            upper = upper.min(high);
        }
        (lower, upper)
    };
    let times =
        |x: &[f64]| -> Vec<f64> { successors.iter().map(|next| next.iter().map(|&j| x[j]).sum()).collect() };
    let mut x = vec![1.0; n];
    let mut ax = times(&x);
    let mut bounds = bound(&x, &ax);
    for _ in 0..budget.iterations {
        if narrow(bounds) {
            return Ok(ordered(bounds));
        }
        x.iter_mut().zip(&ax).for_each(|(x, ax)| *x += ax);
        let largest = x.iter().fold(0.0_f64, |a, &b| a.max(b));
        for x in &mut x {
            *x /= largest;
        }
        ax = times(&x);
        bounds = bound(&x, &ax);
    }
    if n > budget.dense {
        return finite(bounds, n);
    }
    // (μ I - A) y = x with μ above ρ has a positive solution; μ goes down to ρ quadratically.
    for _ in 0..100 {
        if narrow(bounds) {
            break;
        }
        let mu = bounds.1;
        let mut matrix = DMatrix::from_diagonal_element(n, n, mu);
        for (i, next) in successors.iter().enumerate() {
            for &j in next {
                matrix[(i, j)] -= 1.0;
            }
        }
        let Some(y) = matrix.lu().solve(&DVector::from_column_slice(&x)) else { break };
        let largest = y.amax();
        if !(largest.is_finite() && y.iter().all(|&y| y > 0.0)) {
            break;
        }
        x = y.iter().map(|y| y / largest).collect();
        let before = bounds;
        bounds = bound(&x, &times(&x));
        if bounds == before {
            break;
        }
    }
    finite(bounds, n)
}

/// Bounds that met may have crossed, by rounding alone.
fn ordered((a, b): (f64, f64)) -> (f64, f64) {
    (a.min(b), a.max(b))
}

fn finite(bounds: (f64, f64), size: usize) -> Result<(f64, f64)> {
    if bounds.1.is_finite() {
        Ok(ordered(bounds))
    } else {
        Err(Error::Decomposition { decomposition: "power iteration", size })
    }
}
