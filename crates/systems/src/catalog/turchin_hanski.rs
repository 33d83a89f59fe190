//! Turchin and Hanski's voles and weasels.

use super::definition::flow;
use crate::{Scalar, VectorField};

flow! {
    /// Voles n, the weasels p that eat nothing else, and the phase θ of the year,
    ///
    /// $$ \dot n = r n (1 - e \sin \theta) - r n^2 - \frac{g n^2}{n^2 + h^2} - \frac{a n p}{n + d}, \quad
    /// \dot p = s p (1 - e \sin \theta) - \frac{s p^2}{n}, \quad \dot \theta = 2 \pi \lambda. $$
    ///
    /// Turchin, P. & Hanski, I. (1997). An empirically based model for latitudinal gradient in vole population dynamics.
    /// *American Naturalist* 149, 842-874. Time in years; densities in units of the capacity of the ground. Chaotic at the
    /// defaults, at which r is larger than in the paper.
    TurchinHanski[3] {
        name: "Turchin-Hanski",
        parameters: {
            /// a, how many voles a weasel takes at most, per year.
            a: 8.0,
            /// d, the density of voles at which it takes half of that.
            d: 0.04,
            /// e, the amplitude of the seasons.
            e: 0.5,
            /// g, how many voles the predators take that eat other things too, per year.
            g: 0.1,
            /// h, the density of voles at which they take half of that.
            h: 0.8,
            /// λ, the frequency of the seasons, per year.
            lambda: 1.0,
            /// r, the growth rate of the voles, per year.
            r: 8.12,
            /// s, the growth rate of the weasels, per year.
            s: 1.25,
        },
        variables: ["voles", "weasels", "theta"],
        state: [0.018_027_788, 0.013_649_976, 3.498_595_708_237_872],
        dt: 0.05,
        period: 4.40529,
        time_unit: "year",
        positive: [d, h],
        properties: [Forced, Angular],
    }
}

impl VectorField<3> for TurchinHanski {
    fn field<S: Scalar>(&self, _t: f64, [n, p, theta]: [S; 3]) -> [S; 3] {
        let (season, squared) = (-(theta.sin() * self.e) + 1.0, n * n);
        let eaten = squared * self.g / (squared + self.h * self.h) + n * p * self.a / (n + self.d);
        [
            (season * n - squared) * self.r - eaten,
            (season * p - p * p / n) * self.s,
            S::constant(std::f64::consts::TAU * self.lambda),
        ]
    }
}
