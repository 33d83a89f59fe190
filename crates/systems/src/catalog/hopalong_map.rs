//! The hopalong map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// Barry Martin's map, "hopalong", in a shifted form,
    ///
    /// $$ x_t = y_{t-1} - 1 - \operatorname{sgn}(x_{t-1} - 1) \sqrt{|b x_{t-1} - 1 - c|}, \quad
    /// y_t = a - x_{t-1} - 1. $$
    ///
    /// Published, without the shift by 1, in Dewdney, A. K. (1986). Computer recreations. *Scientific American* 255 (September);
    /// shifted as given by dysts. States have no unit. Conserves areas.
    HopalongMap[2] {
        name: "hopalong",
        parameters: {
            /// a, the centre of y.
            a: 3.1,
            /// b, weight of x under the root.
            b: 2.5,
            /// c, offset under the root.
            c: 4.2,
        },
        variables: ["x", "y"],
        state: [0.1, 0.1],
        properties: [NonSmooth],
    }
}

impl Recurrence<2> for HopalongMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        let root = (x * self.b - (1.0 + self.c)).abs().sqrt();
        [y - 1.0 - (x - 1.0).sign() * root, -x + (self.a - 1.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Map;
    use ndarray::Array2;

    #[test]
    fn conserves_areas() {
        let mut jacobian = Array2::zeros((2, 2));
        for x in [[0.1, 0.1], [-3.0, 2.0], [5.0, -1.0]] {
            HopalongMap::default().jacobian(&x, &[], jacobian.view_mut());
            let area = jacobian[[0, 0]] * jacobian[[1, 1]] - jacobian[[0, 1]] * jacobian[[1, 0]];
            assert!((area - 1.0).abs() < 1e-14, "{area}");
        }
    }
}
