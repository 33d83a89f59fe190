//! The logistic map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The logistic map, growth with a limit,
    ///
    /// $$ x_t = r x_{t-1} (1 - x_{t-1}). $$
    ///
    /// May, R. M. (1976). Simple mathematical models with very complicated dynamics. *Nature* 261, 459-467.
    /// DOI 10.1038/261459a0. Time in generations, x in units of the capacity. Chaotic at the defaults.
    LogisticMap[1] {
        name: "logistic",
        parameters: {
            /// r, the growth rate.
            r: 3.9,
        },
        variables: ["x"],
        state: [0.51],
    }
}

impl Recurrence<1> for LogisticMap {
    fn next<S: Scalar>(&self, [x]: [S; 1]) -> [S; 1] {
        [x * (-x + 1.0) * self.r]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Map;

    #[test]
    fn is_a_folded_doubling_at_r_of_four() {
        // x = sin²(π φ) with φ doubled each step.
        let map = LogisticMap { r: 4.0 };
        for phase in [0.03, 0.21, 0.4] {
            let lift = |phase: f64| (std::f64::consts::PI * phase).sin().powi(2);
            let mut next = [0.0];
            map.step(&[lift(phase)], &[], &mut next);
            assert!((next[0] - lift(2.0 * phase)).abs() < 1e-15, "{next:?}");
        }
    }
}
