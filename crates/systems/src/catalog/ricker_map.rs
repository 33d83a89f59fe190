//! The Ricker map.

use super::definition::map;
use crate::{Recurrence, Scalar};

map! {
    /// The Ricker map, the stock of fish from one generation to the next,
    ///
    /// $$ x_t = x_{t-1} e^{a - x_{t-1}}. $$
    ///
    /// Ricker, W. E. (1954). Stock and recruitment. *Journal of the Fisheries Research Board of Canada* 11, 559-623. Time in
    /// generations, x in units of the stock at which crowding divides the recruits by e. Chaotic at the defaults.
    RickerMap[1] {
        name: "Ricker",
        parameters: {
            /// a, the logarithm of the growth rate of small stocks, and the fixed point.
            a: 3.3,
        },
        variables: ["x"],
        state: [0.51],
    }
}

impl Recurrence<1> for RickerMap {
    fn next<S: Scalar>(&self, [x]: [S; 1]) -> [S; 1] {
        [x * (-x + self.a).exp()]
    }
}
