//! Chirikov's standard map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The standard map, a rotor that is kicked once each step,
    ///
    /// $$ p_t = p_{t-1} + k \sin x_{t-1}, \quad x_t = x_{t-1} + p_t. $$
    ///
    /// Chirikov, B. V. (1979). A universal instability of many-dimensional oscillator systems. *Physics Reports* 52, 263-379.
    /// The angle x in radians and the momentum p, in radians per step, are counted on: take both modulo 2 π for the torus.
    /// Conserves areas; the default k is the one at which the last invariant circle breaks up (Greene, J. M. (1979). A method
    /// for determining a stochastic transition. *Journal of Mathematical Physics* 20, 1183-1201). Chaotic from the default state.
    ChirikovMap[2] {
        name: "Chirikov",
        aliases: ["standard"],
        parameters: {
            /// k, the strength of the kicks.
            k: 0.971_635,
        },
        variables: ["p", "x"],
        state: [0.1, 0.1],
        properties: [Angular],
    }
}

impl Recurrence<2> for ChirikovMap {
    fn next<S: Scalar>(&self, [p, x]: [S; 2]) -> [S; 2] {
        let p = p + x.sin() * self.k;
        [p, x + p]
    }
}
