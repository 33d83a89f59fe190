//! The Chebyshev map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Chebyshev map on \[-1, 1\], the polynomial `T_a` for whole numbers a,
    ///
    /// $$ x_t = \cos (a \arccos x_{t-1}). $$
    ///
    /// Adler, R. L. & Rivlin, T. J. (1964). Ergodic and mixing properties of Chebyshev polynomials. *Proceedings of the
    /// American Mathematical Society* 15, 794-796. x has no unit. Chaotic for every a above 1.
    ChebyshevMap[1] {
        name: "Chebyshev",
        parameters: {
            /// a, the degree.
            a: 6.0,
        },
        variables: ["x"],
        state: [0.51],
        exponents: [6.0_f64.ln()] within 1e-12 from "the map expands the angle arccos x by a at every point: the exponent is ln a",
    }
}

impl Recurrence<1> for ChebyshevMap {
    fn next<S: Scalar>(&self, [x]: [S; 1]) -> [S; 1] {
        // arccos x = 2 arctan √((1 - x) / (1 + x))
        let angle = ((-x + 1.0) / (x + 1.0)).sqrt().atan() * 2.0;
        [(angle * self.a).cos()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Map;

    #[test]
    fn is_the_chebyshev_polynomial_for_whole_degrees() {
        for x in [-0.99, -0.4, 0.0, 0.3, 0.87] {
            let mut next = [0.0];
            ChebyshevMap { a: 3.0 }.step(&[x], &[], &mut next);
            let t3 = 4.0 * x * x * x - 3.0 * x;
            assert!((next[0] - t3).abs() < 1e-14, "{} against {t3}", next[0]);
        }
    }
}
