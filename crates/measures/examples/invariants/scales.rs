//! How long, how often and how accurately a system is measured.

use attractor_systems::System;

use crate::orbit::Orbit;

/// Settings of one system, times in its time unit, steps for a map.
#[derive(Clone, Copy, Debug)]
pub struct Scales {
    pub transient: f64,
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

/// Steps of a map in each of the two runs.
const MAP_STEPS: f64 = 5e5;
/// Periods of a flow in each of the two runs, where they are not too dear.
const PERIODS: f64 = 1500.0;
/// Periods of a flow at the least.
const LEAST_PERIODS: f64 = 100.0;
/// Samples of a flow per period.
const PER_PERIOD: f64 = 50.0;
/// Evaluations of the right-hand side, each weighted by its dearness, that one run for the exponents may take.
const BUDGET: f64 = 1.5e6;
/// Steps of the integrator in the largest delay.
const STEPS_PER_DELAY: usize = 100;
/// Exponents of a delay flow.
const DELAY_EXPONENTS: usize = 6;

impl Scales {
    /// Of a map.
    pub fn of_map(dim: usize) -> Self {
        Self {
            transient: 1e4,
            duration: MAP_STEPS,
            interval: 1.0,
            tolerance: 0.0,
            steps_per_delay: 0,
            integrator_step: 1.0,
            exponents: dim,
            samples: MAP_STEPS as usize,
            dt: 1.0,
        }
    }

    /// Of a flow that needs `evaluations` of its right-hand side and Jacobian per period.
    pub fn of_flow(orbit: &Orbit, evaluations: f64, spread: f64) -> Self {
        let dim = orbit.dim();
        let period = period(orbit.system());
        let periods = (BUDGET / (evaluations * dearness(dim))).clamp(LEAST_PERIODS, PERIODS).round();
        // Contracting directions are kept apart from the expanding ones: they separate by e^6 on average.
        let interval = (6.0 / spread).min(period / 5.0).max(period / 1000.0);
        Self {
            transient: 0.2 * periods * period,
            duration: periods * period,
            interval,
            tolerance: 1e-9,
            steps_per_delay: 0,
            integrator_step: 0.0,
            exponents: dim,
            samples: (periods * PER_PERIOD) as usize,
            dt: period / PER_PERIOD,
        }
    }

    /// Of a delay flow with this largest delay.
    pub fn of_delay_flow(orbit: &Orbit, delay: f64) -> Self {
        let period = period(orbit.system());
        let periods = (2e5 * delay / STEPS_PER_DELAY as f64 / period).clamp(LEAST_PERIODS, PERIODS).round();
        Self {
            transient: 0.2 * periods * period,
            duration: periods * period,
            interval: delay,
            tolerance: 0.0,
            steps_per_delay: STEPS_PER_DELAY,
            integrator_step: delay / STEPS_PER_DELAY as f64,
            exponents: DELAY_EXPONENTS,
            samples: (periods * PER_PERIOD) as usize,
            dt: period / PER_PERIOD,
        }
    }
}

/// The time in which a system turns: its period, or 50 samples where it states none.
pub fn period(system: &(impl System + ?Sized)) -> f64 {
    system.period().unwrap_or_else(|| PER_PERIOD * system.default_dt())
}

/// What the variational equation of M variables costs, relative to that of a small one.
fn dearness(dim: usize) -> f64 {
    (0.5 + dim as f64 / 6.0).max((dim as f64 / 6.0).powi(2))
}
