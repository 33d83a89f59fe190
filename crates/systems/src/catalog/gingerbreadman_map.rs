//! The gingerbreadman map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The gingerbreadman map, piecewise linear and conserving areas,
    ///
    /// $$ x_t = a - y_{t-1} + |x_{t-1}|, \quad y_t = x_{t-1}. $$
    ///
    /// Devaney, R. L. (1984). A piecewise linear model for the zones of instability of an area-preserving map. *Physica D* 10,
    /// 387-393. States have no unit. Chaotic from the default state, periodic in islands (such as the hexagon around (1, 1),
    /// in which the state of dysts 0.96 lies).
    GingerbreadmanMap[2] {
        name: "gingerbreadman",
        parameters: {
            /// a, the scale of the figure, 1 in the paper.
            a: 1.0,
        },
        variables: ["x", "y"],
        state: [0.5, 3.7],
        properties: [NonSmooth],
    }
}

impl Recurrence<2> for GingerbreadmanMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        [x.abs() - y + self.a, x]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Simulation;

    #[test]
    fn turns_in_six_steps_in_the_hexagon() {
        let map = GingerbreadmanMap::default();
        let run = Simulation::of(&map, 7).initial_state([0.51, 0.1]).run_map(&map).unwrap();
        for (start, end) in run.initial_row().iter().zip(run.last_row()) {
            assert!((start - end).abs() < 1e-14, "{start} against {end}");
        }
    }
}
