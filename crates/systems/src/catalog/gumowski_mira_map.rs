//! The Gumowski-Mira map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Gumowski-Mira map, in the form with a linear term in y,
    ///
    /// $$ x_t = b y_{t-1} + f(x_{t-1}), \quad y_t = f(x_t) - x_{t-1}, \quad f(x) = a x + \frac{2 (1 - a) x^2}{1 + x^2}. $$
    ///
    /// Gumowski, I. & Mira, C. (1980). *Recurrences and Discrete Dynamic Systems*, Lecture Notes in Mathematics 809. Springer.
    /// States have no unit. Areas change by the factor b each step; the figures it is known for need b at or just below 1. The
    /// defaults are those of dysts 0.96, at which orbits end on a cycle of two points.
    GumowskiMiraMap[2] {
        name: "Gumowski-Mira",
        parameters: {
            /// a, slope of f at 0.
            a: -1.1,
            /// b, weight of y.
            b: -0.2,
        },
        variables: ["x", "y"],
        state: [0.1, 0.1],
        properties: [Regular],
    }
}

impl Recurrence<2> for GumowskiMiraMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        let f = |x: S| {
            let squared = x * x;
            x * self.a + squared * (2.0 * (1.0 - self.a)) / (squared + 1.0)
        };
        let next = y * self.b + f(x);
        [next, f(next) - x]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Map, Simulation};
    use ndarray::Array2;

    #[test]
    fn areas_change_by_b() {
        let map = GumowskiMiraMap::default();
        let mut jacobian = Array2::zeros((2, 2));
        map.jacobian(&[0.7, -0.4], &[], jacobian.view_mut());
        let area = jacobian[[0, 0]] * jacobian[[1, 1]] - jacobian[[0, 1]] * jacobian[[1, 0]];
        assert!((area - map.b).abs() < 1e-14, "{area}");
    }

    #[test]
    fn ends_on_a_cycle_of_two_points_at_the_defaults() {
        let map = GumowskiMiraMap::default();
        let run = Simulation::of(&map, 3).transient(1000).run_map(&map).unwrap();
        let x = run.data().column(0).to_vec();
        assert!((x[0] - x[2]).abs() < 1e-12 && (x[0] - x[1]).abs() > 0.1, "{x:?}");
    }
}
