//! The circle map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The sine circle map, a kicked rotor or an oscillator that is driven by another,
    ///
    /// $$ \theta_t = \theta_{t-1} + \omega + \frac{k}{2 \pi} \sin 2 \pi \theta_{t-1}. $$
    ///
    /// Arnold, V. I. (1965). Small denominators I. Mappings of the circumference onto itself. *American Mathematical Society
    /// Translations, Series 2* 46, 213-284. θ in turns, and counted on: take it modulo 1 for the angle. Invertible for |k| below
    /// 1, chaotic at the defaults.
    CircleMap[1] {
        name: "circle",
        parameters: {
            /// k, the strength of the drive.
            k: 5.7,
            /// ω, the frequency without it, in turns per step.
            omega: 0.333,
        },
        variables: ["theta"],
        state: [0.0],
        properties: [Angular],
    }
}

impl Recurrence<1> for CircleMap {
    fn next<S: Scalar>(&self, [theta]: [S; 1]) -> [S; 1] {
        let turn = std::f64::consts::TAU;
        [theta + (theta * turn).sin() * (self.k / turn) + self.omega]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Map;

    #[test]
    fn commutes_with_a_full_turn() {
        let map = CircleMap::default();
        let [mut here, mut there] = [[0.0]; 2];
        map.step(&[0.3], &[], &mut here);
        map.step(&[1.3], &[], &mut there);
        assert!((there[0] - here[0] - 1.0).abs() < 1e-14, "{here:?} {there:?}");
    }
}
