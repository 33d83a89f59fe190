//! How long, how often and how accurately a system is measured.

use attractor_systems::{Property, System};

use crate::orbit::Orbit;

/// Settings of one system, times in its time unit, steps for a map.
#[derive(Clone, Copy, Debug)]
pub struct Scales {
    pub transient: f64,
    /// Of each of the two runs for the exponents.
    pub duration: f64,
    pub interval: f64,
    pub tolerance: f64,
    /// For delay flows.
    pub steps_per_delay: usize,
    pub integrator_step: f64,
    pub exponents: usize,
    pub samples: usize,
    pub dt: f64,
}

/// Steps of a map in each of the two runs, where they are not too dear.
const MAP_STEPS: f64 = 3e6;
/// Steps of a map at the least.
const LEAST_MAP_STEPS: f64 = 2e4;
/// Samples of a map.
const MAP_SAMPLES: f64 = 5e5;
/// Periods of a flow in each of the two runs, where they are not too dear.
const PERIODS: f64 = 15_000.0;
/// Periods of a flow at the least.
const LEAST_PERIODS: f64 = 100.0;
/// Periods of a flow that are sampled.
const SAMPLED_PERIODS: f64 = 1500.0;
/// Samples of a flow per period: no whole number, so that they do not meet a cycle at the same phases again and again.
const PER_PERIOD: f64 = 50.618_034;
/// Evaluations of the right-hand side, each weighted by its dearness, that one run for the exponents may take.
const BUDGET: f64 = 7e6;
/// Steps of the integrator in the largest delay.
const STEPS_PER_DELAY: usize = 100;
/// Steps of the integrator in one run of a delay flow, where that makes less periods than for flows.
const DELAY_STEPS: f64 = 5e5;
/// Exponents of a delay flow.
const DELAY_EXPONENTS: usize = 6;
/// Variables of a flow up to which all of its exponents are measured.
const ALL_EXPONENTS: usize = 64;
/// Exponents of a larger one, and of a stiff one: its last decay faster than any step that is worth its time.
const LEADING_EXPONENTS: usize = 12;

impl Scales {
    /// A run that is shorter by this factor.
    pub fn shorten(&mut self, factor: f64) {
        self.transient /= factor;
        self.duration /= factor;
        self.samples = self.samples.min((self.duration / self.dt) as usize);
    }

    /// Samples that are less by this factor.
    pub fn sample_less(&mut self, factor: f64) {
        self.samples = (self.samples as f64 / factor) as usize;
    }

    /// Of a map.
    pub fn of_map(dim: usize) -> Self {
        let steps = (MAP_STEPS / dearness(dim, dim)).clamp(LEAST_MAP_STEPS, MAP_STEPS).round();
        Self {
            transient: 1e4,
            duration: steps,
            interval: 1.0,
            tolerance: 0.0,
            steps_per_delay: 0,
            integrator_step: 1.0,
            exponents: dim,
            samples: steps.min(MAP_SAMPLES) as usize,
            dt: 1.0,
        }
    }

    /// Of a flow that is orthonormalised every `interval` and then needs `evaluations` of its right-hand side and
    /// Jacobian per period.
    pub fn of_flow(orbit: &Orbit, interval: f64, evaluations: f64) -> Self {
        let (dim, exponents) = (orbit.dim(), exponents_of_flow(orbit));
        let period = period(orbit.system());
        let periods =
            (BUDGET / (evaluations * dearness(dim, exponents))).clamp(LEAST_PERIODS, PERIODS).round();
        Self {
            transient: 0.2 * periods * period,
            duration: periods * period,
            interval,
            tolerance: 1e-9,
            steps_per_delay: 0,
            integrator_step: 0.0,
            exponents,
            samples: (periods.min(SAMPLED_PERIODS) * PER_PERIOD) as usize,
            dt: period / PER_PERIOD,
        }
    }

    /// Of a delay flow with this largest delay.
    pub fn of_delay_flow(orbit: &Orbit, delay: f64) -> Self {
        let period = period(orbit.system());
        let step = delay / STEPS_PER_DELAY as f64;
        let periods = (DELAY_STEPS * step / period).clamp(LEAST_PERIODS, PERIODS).round();
        Self {
            transient: 0.2 * periods * period,
            duration: periods * period,
            interval: delay,
            tolerance: 0.0,
            steps_per_delay: STEPS_PER_DELAY,
            integrator_step: step,
            exponents: DELAY_EXPONENTS,
            samples: (periods.min(SAMPLED_PERIODS) * PER_PERIOD) as usize,
            dt: period / PER_PERIOD,
        }
    }
}

/// How many exponents of a flow are measured.
pub fn exponents_of_flow(orbit: &Orbit) -> usize {
    let few = orbit.dim() > ALL_EXPONENTS || orbit.is(Property::Stiff);
    if few { orbit.dim().min(LEADING_EXPONENTS) } else { orbit.dim() }
}

/// The time in which a system turns: its period, or 50 of its default intervals where it states none.
pub fn period(system: &(impl System + ?Sized)) -> f64 {
    system.period().unwrap_or_else(|| 50.0 * system.default_dt())
}

/// What one evaluation of M variables and K tangent vectors costs, relative to that of three of each.
fn dearness(dim: usize, vectors: usize) -> f64 {
    let (dim, vectors) = (dim as f64, vectors as f64);
    (0.3 + dim * vectors / 15.0 + dim * dim * vectors / 300.0).max(1.0)
}
