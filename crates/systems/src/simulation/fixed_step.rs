//! Explicit Runge-Kutta methods at fixed steps.

#![expect(
    clippy::inline_always,
    reason = "only inlined code is compiled for the vector instructions of its caller"
)]

use super::dense::Dense;
use super::recorder::{Next, Observer, Step};
use super::{Method, Simulation};
use crate::{Flow, Result, Scalar};

/// The tableau of Tsitouras, Ch. (2011). Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying
/// assumption. *Computers & Mathematics with Applications* 62, 770-775; its six stages that give the solution of order 5.
mod tsit5 {
    pub(super) const NODES: [f64; 6] = [0.0, 0.161, 0.327, 0.9, 0.980_025_540_904_509_7, 1.0];
    pub(super) const STAGES: [&[f64]; 6] = [
        &[],
        &[0.161],
        &[-0.008_480_655_492_356_989, 0.335_480_655_492_357],
        &[2.897_153_057_105_493_5, -6.359_448_489_975_075, 4.362_295_432_869_581_5],
        &[5.325_864_828_439_257, -11.748_883_564_062_828, 7.495_539_342_889_836_5, -0.092_495_066_361_755_25],
        &[
            5.861_455_442_946_42,
            -12.920_969_317_847_11,
            8.159_367_898_576_159,
            -0.071_584_973_281_401,
            -0.028_269_050_394_068_383,
        ],
    ];
    pub(super) const WEIGHTS: [f64; 6] = [
        0.096_460_766_818_065_23,
        0.01,
        0.479_889_650_414_499_6,
        1.379_008_574_103_742,
        -3.290_069_515_436_081,
        2.324_710_524_099_774,
    ];
}

/// One step of the classical method of order 4 from `x` at `t`, over any numbers.
#[inline(always)]
pub(super) fn rk4<S: Scalar, const M: usize>(
    t: f64,
    h: f64,
    x: [S; M],
    field: impl Fn(f64, [S; M]) -> [S; M],
) -> [S; M] {
    let mut slope = field(t, x);
    let mut sum = slope;
    for (share, weight) in [(0.5, 2.0), (0.5, 2.0), (1.0, 1.0)] {
        let mut stage = x;
        for i in 0..M {
            stage[i] += slope[i] * (share * h);
        }
        slope = field(t + share * h, stage);
        for i in 0..M {
            sum[i] += slope[i] * weight;
        }
    }
    let mut next = x;
    for i in 0..M {
        next[i] += sum[i] * (h / 6.0);
    }
    next
}

/// One step of the method of Tsitouras of order 5, as [`rk4`].
#[inline(always)]
pub(super) fn tsit5<S: Scalar, const M: usize>(
    t: f64,
    h: f64,
    x: [S; M],
    field: impl Fn(f64, [S; M]) -> [S; M],
) -> [S; M] {
    let mut slopes = [x; 6];
    for stage in 0..6 {
        let mut state = x;
        for (weight, slope) in tsit5::STAGES[stage].iter().zip(&slopes) {
            for i in 0..M {
                state[i] += slope[i] * (weight * h);
            }
        }
        slopes[stage] = field(t + tsit5::NODES[stage] * h, state);
    }
    let mut next = x;
    for (weight, slope) in tsit5::WEIGHTS.iter().zip(&slopes) {
        for i in 0..M {
            next[i] += slope[i] * (weight * h);
        }
    }
    next
}

/// The working memory of steps of flows of any size. The operations on each variable are those of [`rk4`] and [`tsit5`]
/// in the same order, so the results are the same bit for bit.
struct Workspace {
    slopes: Vec<Vec<f64>>,
    stage: Vec<f64>,
    sum: Vec<f64>,
}

impl Workspace {
    fn new(dim: usize) -> Self {
        Self { slopes: vec![vec![0.0; dim]; 6], stage: vec![0.0; dim], sum: vec![0.0; dim] }
    }

    /// Takes a step; the slope at its begin is left in `slopes[0]`.
    fn step(&mut self, method: Method, flow: &dyn Flow, t: f64, h: f64, x: &mut [f64]) {
        match method {
            Method::Tsit5 => self.tsit5(flow, t, h, x),
            _ => self.rk4(flow, t, h, x),
        }
    }

    fn rk4(&mut self, flow: &dyn Flow, t: f64, h: f64, x: &mut [f64]) {
        let Self { slopes, stage, sum } = self;
        flow.rhs(t, x, &mut slopes[0]);
        sum.copy_from_slice(&slopes[0]);
        for (j, (share, weight)) in [(0.5, 2.0), (0.5, 2.0), (1.0, 1.0)].into_iter().enumerate() {
            stage.copy_from_slice(x);
            add(stage, share * h, &slopes[j]);
            flow.rhs(t + share * h, stage, &mut slopes[j + 1]);
            add(sum, weight, &slopes[j + 1]);
        }
        add(x, h / 6.0, sum);
    }

    fn tsit5(&mut self, flow: &dyn Flow, t: f64, h: f64, x: &mut [f64]) {
        for stage in 0..6 {
            self.stage.copy_from_slice(x);
            for (weight, slope) in tsit5::STAGES[stage].iter().zip(&self.slopes) {
                add(&mut self.stage, weight * h, slope);
            }
            flow.rhs(t + tsit5::NODES[stage] * h, &self.stage, &mut self.slopes[stage]);
        }
        for (weight, slope) in tsit5::WEIGHTS.iter().zip(&self.slopes) {
            add(x, weight * h, slope);
        }
    }
}

/// sum + factor · slope, into `sum`.
fn add(sum: &mut [f64], factor: f64, slope: &[f64]) {
    for (sum, slope) in sum.iter_mut().zip(slope) {
        *sum += slope * factor;
    }
}

/// Steps a flow over all samples, or until `observer` has enough; steps of dt / substeps.
pub(super) fn follow(
    simulation: &Simulation,
    flow: &dyn Flow,
    start: &[f64],
    observer: &mut dyn Observer,
) -> Result<()> {
    let mut workspace = Workspace::new(start.len());
    let mut dense = Dense::new(start.len());
    let mut x = start.to_vec();
    let (mut before, mut slope) = (x.clone(), x.clone());
    let h = simulation.dt / simulation.substeps as f64;
    for sample in 1..simulation.total() {
        let begin = simulation.time(sample - 1);
        for substep in 0..simulation.substeps {
            let t = begin + substep as f64 * h;
            let end = if substep + 1 == simulation.substeps { simulation.time(sample) } else { t + h };
            before.copy_from_slice(&x);
            workspace.step(simulation.method, flow, t, h, &mut x);
            if simulation.is_lost(&x) {
                return Err(simulation.diverged(end, observer.sample(), &x));
            }
            let needed = observer.needs_dense(end);
            if needed {
                flow.rhs(end, &x, &mut slope);
                dense.set_hermite(t, end - t, [&before, &x], [&workspace.slopes[0], &slope]);
            }
            let dense = needed.then_some(&dense);
            let next = observer.observe(&Step { begin: t, end, last: &x, reached: end, dense })?;
            if next == Next::Stop {
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tableau_satisfies_the_conditions_of_order_five() {
        // Row sums, quadrature, and trees of two branches.
        let (c, b) = (tsit5::NODES, tsit5::WEIGHTS);
        for (node, row) in c.iter().zip(tsit5::STAGES) {
            assert!((row.iter().sum::<f64>() - node).abs() < 1e-14);
        }
        for k in 0..5 {
            let sum: f64 = b.iter().zip(c).map(|(b, c)| b * c.powi(k)).sum();
            assert!((sum - 1.0 / f64::from(k + 1)).abs() < 1e-14, "{k}: {sum}");
        }
        // sum_i b_i c_i^p sum_j a_ij c_j^k = 1 / ((k + 1) (k + p + 2)).
        for (p, k) in [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (2, 1)] {
            let sum: f64 = (0..6)
                .map(|i| {
                    let inner: f64 = tsit5::STAGES[i].iter().zip(c).map(|(a, c)| a * c.powi(k)).sum();
                    b[i] * c[i].powi(p) * inner
                })
                .sum();
            assert!((sum - 1.0 / f64::from((k + 1) * (k + p + 2))).abs() < 1e-13, "{p} {k}: {sum}");
        }
    }
}
