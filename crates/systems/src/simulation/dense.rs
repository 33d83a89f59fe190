//! The interpolant of one step of a solver.

use std::array;

/// Shares of a step at which Q is determined.
pub(super) const NODES: [f64; 4] = [0.2, 0.4, 0.6, 0.8];

/// A variable's interpolant without Q: x_0, d, a, b.
pub(super) struct Cubic([f64; 4]);

impl Cubic {
    /// The value at a share `s` of the step.
    pub(super) fn at(&self, s: f64) -> f64 {
        let [x0, d, a, b] = self.0;
        x0 + s * d + s * (1.0 - s) * ((1.0 - s) * a + s * b)
    }
}

/// A state \[M\] within a step from `begin` of length `h`: with s = (t − begin) / h,
///
/// $$ x(s) = x_0 + s \\, d + s (1 - s) \bigl( (1 - s) a + s b \bigr) + s^2 (1 - s)^2 \\, Q(s - \tfrac 1 2), $$
///
/// where d = x_1 − x_0 and Q is a cubic polynomial. With a = h f_0 − d and b = d − h f_1 the part without Q is the cubic
/// through the values and slopes at both ends.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    begin: f64,
    h: f64,
    /// x_0, d, a, b and the four coefficients of Q, of each variable \[M\].
    coefficients: Vec<[f64; 8]>,
}

impl Dense {
    pub(super) fn new(dim: usize) -> Self {
        Self { begin: 0.0, h: 0.0, coefficients: vec![[0.0; 8]; dim] }
    }

    /// The cubic through the values `x` and slopes `f` (each at begin and end) of a step from `begin` of length `h`.
    pub(super) fn set_hermite(&mut self, begin: f64, h: f64, x: [&[f64]; 2], f: [&[f64]; 2]) {
        (self.begin, self.h) = (begin, h);
        let ends = x[0].iter().zip(x[1]).zip(f[0].iter().zip(f[1]));
        for (variable, ((x0, x1), (f0, f1))) in self.coefficients.iter_mut().zip(ends) {
            let d = x1 - x0;
            *variable = [*x0, d, h * f0 - d, d - h * f1, 0.0, 0.0, 0.0, 0.0];
        }
    }

    /// The cubic through the values `x` at begin and end, and `inner` at a third and two thirds of the step.
    pub(super) fn set_cubic(&mut self, begin: f64, h: f64, x: [&[f64]; 2], inner: [&[f64]; 2]) {
        (self.begin, self.h) = (begin, h);
        let values = x[0].iter().zip(x[1]).zip(inner[0].iter().zip(inner[1]));
        for (variable, ((x0, x1), (third, two_thirds))) in self.coefficients.iter_mut().zip(values) {
            let d = x1 - x0;
            let p = 4.5 * (third - x0 - d / 3.0);
            let q = 4.5 * (two_thirds - x0 - 2.0 * d / 3.0);
            *variable = [*x0, d, 2.0 * p - q, 2.0 * q - p, 0.0, 0.0, 0.0, 0.0];
        }
    }

    /// Sets Q by what is to be added to the cubic: `rest(i, cubic)` for variable i is that at the [`NODES`] of the step.
    pub(super) fn set_rest(&mut self, rest: impl Fn(usize, Cubic) -> [f64; 4]) {
        for (i, variable) in self.coefficients.iter_mut().enumerate() {
            let [x0, d, a, b, ..] = *variable;
            let values = rest(i, Cubic([x0, d, a, b]));
            let [outer_low, low, high, outer_high] = array::from_fn(|j| {
                let w = NODES[j] * (1.0 - NODES[j]);
                values[j] / (w * w)
            });
            // Even and odd parts in s - 1/2, at 0.1 and 0.3.
            let (even, odd) = (0.5 * (high + low), 0.5 * (high - low));
            let (outer_even, outer_odd) = (0.5 * (outer_high + outer_low), 0.5 * (outer_high - outer_low));
            let q2 = (outer_even - even) / 0.08;
            let q3 = (outer_odd - 3.0 * odd) / 0.024;
            *variable = [x0, d, a, b, even - 0.01 * q2, (odd - 0.001 * q3) / 0.1, q2, q3];
        }
    }

    /// Writes the state at `t`, which lies within the step, to `x` \[M\].
    pub(super) fn at(&self, t: f64, x: &mut [f64]) {
        let s = ((t - self.begin) / self.h).clamp(0.0, 1.0);
        let (w, u) = (s * (1.0 - s), s - 0.5);
        for (value, [x0, d, a, b, q0, q1, q2, q3]) in x.iter_mut().zip(&self.coefficients) {
            let q = q0 + u * (q1 + u * (q2 + u * q3));
            *value = x0 + s * d + w * ((1.0 - s) * a + s * b) + w * w * q;
        }
    }

    /// Number of variables M.
    pub(super) fn dim(&self) -> usize {
        self.coefficients.len()
    }

    /// The time at which the step begins.
    pub(super) fn begin(&self) -> f64 {
        self.begin
    }

    /// The time at which the step ends.
    pub(super) fn end(&self) -> f64 {
        self.begin + self.h
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A polynomial of degree 7 in t, and its slope.
    fn polynomial(t: f64) -> (f64, f64) {
        let coefficients = [1.0, -2.0, 0.5, 3.0, -1.0, 0.25, 2.0, -0.75];
        let value = coefficients.iter().rev().fold(0.0, |sum, c| sum * t + c);
        let slope = (1..8).rev().fold(0.0, |sum, j| sum * t + j as f64 * coefficients[j]);
        (value, slope)
    }

    #[test]
    fn polynomials_of_degree_seven_come_back() {
        let (begin, h) = (0.3, 0.8);
        let at = |s: f64| polynomial(begin + s * h);
        let mut dense = Dense::new(1);
        dense.set_hermite(begin, h, [&[at(0.0).0], &[at(1.0).0]], [&[at(0.0).1], &[at(1.0).1]]);
        dense.set_rest(|_, cubic| NODES.map(|s| at(s).0 - cubic.at(s)));
        for step in 0..=20 {
            let t = begin + h * f64::from(step) / 20.0;
            let mut x = [0.0];
            dense.at(t, &mut x);
            assert!((x[0] - polynomial(t).0).abs() < 1e-13, "{t}: {} against {}", x[0], polynomial(t).0);
        }
    }

    #[test]
    fn cubics_come_back() {
        let cubic = |t: f64| 1.0 + t * (2.0 + t * (-3.0 + 0.5 * t));
        let mut dense = Dense::new(1);
        dense.set_cubic(1.0, 3.0, [&[cubic(1.0)], &[cubic(4.0)]], [&[cubic(2.0)], &[cubic(3.0)]]);
        for t in [1.0, 1.3, 2.5, 3.9, 4.0] {
            let mut x = [0.0];
            dense.at(t, &mut x);
            assert!((x[0] - cubic(t)).abs() < 1e-13);
        }
        assert_eq!((dense.begin(), dense.end()), (1.0, 4.0));
    }
}
