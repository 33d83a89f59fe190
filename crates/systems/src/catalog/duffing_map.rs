//! The Duffing map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Duffing map, a discrete form of the oscillator, also known as Holmes' cubic map,
    ///
    /// $$ x_t = y_{t-1}, \quad y_t = -b x_{t-1} + a y_{t-1} - y_{t-1}^3. $$
    ///
    /// Holmes, P. (1979). A nonlinear oscillator with a strange attractor. *Philosophical Transactions of the Royal Society A*
    /// 292, 419-448. States have no unit. Chaotic at the defaults.
    DuffingMap[2] {
        name: "Duffing",
        aliases: ["Holmes cubic"],
        parameters: {
            /// a, the linear growth.
            a: 2.75,
            /// b, the contraction: areas shrink by b each step.
            b: 0.2,
        },
        variables: ["x", "y"],
        state: [0.51, 0.1],
    }
}

impl Recurrence<2> for DuffingMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        [y, y * self.a - x * self.b - y.powi(3)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Map;

    #[test]
    fn rests_at_its_three_fixed_points() {
        let map = DuffingMap::default();
        let x = (map.a - map.b - 1.0).sqrt();
        for x in [0.0, x, -x] {
            let mut next = [f64::NAN; 2];
            map.step(&[x, x], &[], &mut next);
            assert!((next[0] - x).abs() < 1e-15 && (next[1] - x).abs() < 1e-14, "{next:?} from {x}");
        }
    }
}
