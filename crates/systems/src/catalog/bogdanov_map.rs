//! The Bogdanov map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Bogdanov map, a discrete form of the flow near a Bogdanov-Takens bifurcation,
    ///
    /// $$ y_t = (1 + \varepsilon) y_{t-1} + k x_{t-1} (x_{t-1} - 1) + \mu x_{t-1} y_{t-1}, \quad x_t = x_{t-1} + y_t. $$
    ///
    /// Arrowsmith, D. K., Cartwright, J. H. E., Lansbury, A. N. & Place, C. M. (1993). The Bogdanov map: bifurcations, mode
    /// locking, and chaos in a dissipative system. *International Journal of Bifurcation and Chaos* 3, 803-842. States have no
    /// unit. At the defaults it conserves areas, and the default state lies on a closed curve around the fixed point (0, 0).
    BogdanovMap[2] {
        name: "Bogdanov",
        parameters: {
            /// ε, growth of y.
            eps: 0.0,
            /// k, strength of the quadratic force.
            k: 1.2,
            /// μ, weight of xy.
            mu: 0.0,
        },
        variables: ["x", "y"],
        state: [0.51, 0.2],
        properties: [Regular],
    }
}

impl Recurrence<2> for BogdanovMap {
    fn next<S: Scalar>(&self, [x, y]: [S; 2]) -> [S; 2] {
        let y = y * (1.0 + self.eps) + x * (x - 1.0) * self.k + x * y * self.mu;
        [x + y, y]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Map;
    use ndarray::Array2;

    #[test]
    fn conserves_areas_at_the_defaults() {
        let mut jacobian = Array2::zeros((2, 2));
        BogdanovMap::default().jacobian(&[0.3, -0.2], &[], jacobian.view_mut());
        let area = jacobian[[0, 0]] * jacobian[[1, 1]] - jacobian[[0, 1]] * jacobian[[1, 0]];
        assert!((area - 1.0).abs() < 1e-14, "{area}");
    }
}
