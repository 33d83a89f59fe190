//! What becomes of a free run: does it live, repeat itself, die or explode?

use attractor_systems::Map;
use serde::{Deserialize, Serialize};

use crate::lyapunov::constant_input;
use crate::{Error, Estimate, LyapunovConfig, Result, input, lyapunov_spectrum};

/// Settings of [`long_term_behaviour`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LongTermConfig {
    /// Steps that bring the orbit to its attractor. Default 10,000.
    pub transient: usize,
    /// Steps after them, along which the exponent is measured. Default 10,000.
    pub steps: usize,
    /// The size of the states of a live run, such as the standard deviation of the latent states of the data.
    /// Default 1, for standardised data.
    pub scale: f64,
    /// States within `tolerance · scale` of each other, in every variable, are the same. Default 1e-6.
    pub tolerance: f64,
    /// States beyond `bound · scale`, in any variable, have diverged. Default 1e6.
    pub bound: f64,
    /// The longest period of a cycle that is looked for. Default 1000.
    pub max_period: usize,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for LongTermConfig {
    fn default() -> Self {
        Self {
            transient: 10_000,
            steps: 10_000,
            scale: 1.0,
            tolerance: 1e-6,
            bound: 1e6,
            max_period: 1000,
            input: Vec::new(),
        }
    }
}

/// What becomes of a free run. Exponents are the largest Lyapunov exponent, per step; nothing stands for −∞.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LongTermBehaviour {
    /// The run stands still: a dead model.
    FixedPoint {
        /// Where \[M\].
        state: Vec<f64>,
        /// Largest Lyapunov exponent.
        exponent: Option<Estimate>,
    },
    /// The run repeats itself exactly after `period` steps.
    Cycle {
        /// The shortest period, at least 2.
        period: usize,
        /// Largest Lyapunov exponent.
        exponent: Option<Estimate>,
    },
    /// The run does not repeat itself within the periods looked for, and its exponent is not above 0: a limit cycle
    /// that is no whole number of steps long, a quasi-periodic run, a very slow decay, or chaos too weak for so few
    /// steps.
    NotChaotic {
        /// Largest Lyapunov exponent.
        exponent: Option<Estimate>,
    },
    /// Nearby runs part exponentially.
    Chaotic {
        /// Largest Lyapunov exponent.
        exponent: Estimate,
    },
    /// The run left the bound.
    Divergent {
        /// Steps from the initial state at which it did.
        step: usize,
    },
}

impl LongTermBehaviour {
    /// Whether the run is chaotic. Of a model of a chaotic system, every other outcome is a trapped fit.
    pub fn is_chaotic(&self) -> bool {
        matches!(self, Self::Chaotic { .. })
    }

    /// The largest Lyapunov exponent, where there is a finite one.
    pub fn exponent(&self) -> Option<Estimate> {
        match self {
            Self::FixedPoint { exponent, .. }
            | Self::Cycle { exponent, .. }
            | Self::NotChaotic { exponent } => *exponent,
            Self::Chaotic { exponent } => Some(*exponent),
            Self::Divergent { .. } => None,
        }
    }
}

/// Runs a map freely from `x0` \[M\] and says what becomes of it.
///
/// The run itself is looked at first: whether it leaves the bound, whether its last 2 · `max_period` steps stand
/// still or repeat. What does neither is chaotic if its largest exponent λ lies above 0 by three standard errors
/// and above 2 ln(T)/T, twice what T steps of mere shear leave behind. So λ near 0 counts as not chaotic; more
/// `steps` decide.
///
/// A run of finite precision can end on an unstable fixed point or cycle (the tent map does), which is then
/// reported as such, with its positive exponent.
///
/// # Errors
/// [`Error::Dimension`] and [`Error::NonFinite`] for `x0` and the input, [`Error::Setting`], [`Error::System`],
/// [`Error::TooShort`] when `steps` is below 2 · `max_period` or 2.
pub fn long_term_behaviour(
    map: &(impl Map + ?Sized),
    x0: &[f64],
    config: &LongTermConfig,
) -> Result<LongTermBehaviour> {
    map.validate()?;
    let dim = map.dim();
    input::state(x0, dim, "initial state")?;
    for (setting, value) in
        [("scale", config.scale), ("tolerance", config.tolerance), ("bound", config.bound)]
    {
        input::positive(setting, value)?;
    }
    let needed = config.max_period.saturating_mul(2).max(2);
    if config.steps < needed {
        return Err(Error::TooShort { what: "steps", needed, found: config.steps });
    }
    let input = constant_input(map, &config.input)?;

    // The whole run, of which the last steps are kept.
    let length = config.transient.saturating_add(config.steps);
    let kept = needed + 1;
    let mut late = Vec::with_capacity(kept * dim);
    let (mut x, mut next) = (x0.to_vec(), vec![0.0; dim]);
    let mut settled = None;
    for step in 0..=length {
        if !x.iter().all(|v| v.abs() <= config.bound * config.scale) {
            return Ok(LongTermBehaviour::Divergent { step });
        }
        if step == config.transient {
            settled = Some(x.clone());
        }
        if step + kept > length {
            late.extend_from_slice(&x);
        }
        map.step(&x, &input, &mut next);
        std::mem::swap(&mut x, &mut next);
    }

    let lyapunov = LyapunovConfig::new(0, config.steps).with_exponents(1).with_input(input);
    let start = settled.unwrap_or_else(|| x0.to_vec());
    let exponent = match lyapunov_spectrum(map, &start, &lyapunov) {
        Ok(spectrum) => spectrum.largest(),
        Err(Error::Diverged { step }) => {
            return Ok(LongTermBehaviour::Divergent { step: config.transient.saturating_add(step) });
        }
        Err(error) => return Err(error),
    };
    let same = config.tolerance * config.scale;
    let repeats = |period: usize| late.iter().zip(&late[period * dim..]).all(|(a, b)| (a - b).abs() <= same);
    let stands =
        || late.chunks_exact(dim).all(|state| state.iter().zip(&late).all(|(a, b)| (a - b).abs() <= same));
    if stands() {
        let state = late[late.len() - dim..].to_vec();
        return Ok(LongTermBehaviour::FixedPoint { state, exponent });
    }
    if let Some(period) = (2..=config.max_period).find(|&period| repeats(period)) {
        return Ok(LongTermBehaviour::Cycle { period, exponent });
    }
    let steps = config.steps as f64;
    Ok(match exponent {
        Some(exponent) if exponent.value > (3.0 * exponent.standard_error).max(2.0 * steps.ln() / steps) => {
            LongTermBehaviour::Chaotic { exponent }
        }
        exponent => LongTermBehaviour::NotChaotic { exponent },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::ArrayViewMut2;

    struct Logistic(f64);

    impl Map for Logistic {
        fn dim(&self) -> usize {
            1
        }
        fn step(&self, x: &[f64], _u: &[f64], next: &mut [f64]) {
            next[0] = self.0 * x[0] * (1.0 - x[0]);
        }
        fn jacobian(&self, x: &[f64], _u: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
            jacobian[[0, 0]] = self.0 * (1.0 - 2.0 * x[0]);
        }
    }

    /// A rotation by an angle on an attracting unit circle.
    struct Circle(f64);

    impl Map for Circle {
        fn dim(&self) -> usize {
            2
        }
        fn step(&self, x: &[f64], _u: &[f64], next: &mut [f64]) {
            let (sin, cos) = self.0.sin_cos();
            let grow = 1.5 - 0.5 * (x[0] * x[0] + x[1] * x[1]);
            next[0] = grow * (cos * x[0] - sin * x[1]);
            next[1] = grow * (sin * x[0] + cos * x[1]);
        }
        fn jacobian(&self, x: &[f64], _u: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
            let (sin, cos) = self.0.sin_cos();
            let grow = 1.5 - 0.5 * (x[0] * x[0] + x[1] * x[1]);
            let turned = [cos * x[0] - sin * x[1], sin * x[0] + cos * x[1]];
            let rotation = [[cos, -sin], [sin, cos]];
            for i in 0..2 {
                for j in 0..2 {
                    jacobian[[i, j]] = grow * rotation[i][j] - x[j] * turned[i];
                }
            }
        }
    }

    fn of(map: &impl Map, x0: &[f64]) -> LongTermBehaviour {
        long_term_behaviour(map, x0, &LongTermConfig::default()).unwrap()
    }

    #[test]
    fn of_the_logistic_map() {
        let LongTermBehaviour::FixedPoint { state, exponent } = of(&Logistic(2.8), &[0.3]) else {
            panic!("not a fixed point")
        };
        assert!((state[0] - 1.8 / 2.8).abs() < 1e-9);
        // The multiplier of the fixed point is 2 - r.
        assert!((exponent.unwrap().value - 0.8_f64.ln()).abs() < 1e-9);
        let boxed: &dyn Map = &Logistic(2.8);
        assert!(long_term_behaviour(boxed, &[0.3], &LongTermConfig::default()).is_ok());
        assert!(matches!(of(&Logistic(3.2), &[0.3]), LongTermBehaviour::Cycle { period: 2, .. }));
        assert!(matches!(of(&Logistic(3.5), &[0.3]), LongTermBehaviour::Cycle { period: 4, .. }));
        assert!(matches!(of(&Logistic(3.83), &[0.3]), LongTermBehaviour::Cycle { period: 3, .. }));
        let chaos = of(&Logistic(3.9), &[0.3]);
        assert!(chaos.is_chaotic() && chaos.exponent().unwrap().value > 0.4, "{chaos:?}");
        assert!(matches!(of(&Logistic(4.5), &[0.3]), LongTermBehaviour::Divergent { step: 1..30 }));
    }

    #[test]
    fn a_superstable_fixed_point_has_no_finite_exponent() {
        // The slope vanishes at 1/2, the fixed point of r = 2.
        let behaviour = of(&Logistic(2.0), &[0.5]);
        assert_eq!(behaviour, LongTermBehaviour::FixedPoint { state: vec![0.5], exponent: None });
    }

    #[test]
    fn a_quasi_periodic_run_is_not_chaotic() {
        let behaviour = of(&Circle(1.0), &[0.1, 0.0]);
        let LongTermBehaviour::NotChaotic { exponent } = behaviour else { panic!("{behaviour:?}") };
        // The first tangent vector turns onto the circle: a bias of 1/T.
        assert!(exponent.unwrap().value.abs() < 5e-4, "{exponent:?}");
        let turn = Circle(std::f64::consts::TAU / 5.0);
        assert!(matches!(of(&turn, &[0.1, 0.0]), LongTermBehaviour::Cycle { period: 5, .. }));
    }

    #[test]
    fn refuses_settings_out_of_range() {
        let refuse =
            |config: LongTermConfig| long_term_behaviour(&Logistic(3.0), &[0.3], &config).unwrap_err();
        let default = LongTermConfig::default;
        assert!(matches!(refuse(LongTermConfig { scale: 0.0, ..default() }), Error::Setting { .. }));
        assert!(matches!(refuse(LongTermConfig { steps: 1999, ..default() }), Error::TooShort { .. }));
        assert!(matches!(refuse(LongTermConfig { input: vec![1.0], ..default() }), Error::Dimension { .. }));
    }
}
