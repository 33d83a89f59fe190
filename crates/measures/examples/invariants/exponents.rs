//! The Lyapunov spectrum of a system, twice.

use std::cell::Cell;

use attractor_measures::{
    DelayLyapunovConfig, Error, FlowLyapunovConfig, LyapunovConfig, LyapunovSpectrum,
    delay_lyapunov_spectrum, flow_lyapunov_spectrum, lyapunov_spectrum,
};
use attractor_systems::{Flow, Map};
use ndarray::ArrayViewMut2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::orbit::Orbit;
use crate::scales::{self, Scales};
use crate::stroboscope::Stroboscope;

/// Seed of the displacement.
pub const SEED: u64 = 1;
/// How far the second run starts from the end of the first: every variable is nearer to 0 by up to this share. Nearer,
/// since a state farther out may lie outside of the domain of the equation.
const DISPLACEMENT: f64 = 0.01;
/// Periods of the run that tells what a flow costs.
const PILOT: f64 = 20.0;
/// Largest and smallest direction separate by e^6 between orthonormalisations, so that the tolerance of the integrator
/// resolves both.
const SEPARATION: f64 = 6.0;

/// Evaluations in a period of a flow that jumps: its solver has to find every jump, of seven orbits.
const EVALUATIONS_WITH_JUMPS: f64 = 5000.0;
/// Tolerance of the integrator there: neighbours are subtracted from each other.
const TOLERANCE_WITH_JUMPS: f64 = 1e-10;
/// How often a run is shortened whose orbit escapes.
pub const SHORTENED: usize = 4;
/// By how much.
pub const SHORTER: f64 = 4.0;

/// Settings that fit the system; flows are tried out.
pub fn scales(orbit: &Orbit) -> Result<Scales, Error> {
    match orbit {
        Orbit::Map(map) => Ok(Scales::of_map(map.dim())),
        Orbit::DelayFlow(flow) => {
            let delay = flow.delays().into_iter().fold(0.0, f64::max);
            Ok(Scales::of_delay_flow(orbit, delay))
        }
        Orbit::Flow(_) if orbit.jumps() => {
            let interval = scales::period(orbit.system()) / 10.0;
            let scales = Scales::of_flow(orbit, interval, EVALUATIONS_WITH_JUMPS);
            Ok(Scales { tolerance: TOLERANCE_WITH_JUMPS, ..scales })
        }
        Orbit::Flow(flow) => {
            let period = scales::period(orbit.system());
            let exponents = scales::exponents_of_flow(orbit);
            let mut interval = period / 5.0;
            loop {
                let counted = Counted { flow: flow.as_ref(), evaluations: Cell::new(0) };
                let config = FlowLyapunovConfig::new(PILOT * period, interval)
                    .with_transient(0.0)
                    .with_exponents(exponents);
                let spectrum = flow_lyapunov_spectrum(&counted, &flow.default_state(), &config)?;
                let values = spectrum.values();
                let spread = match (values.first(), values.last()) {
                    (Some(first), Some(last)) if spectrum.collapsed == 0 => first - last,
                    _ => f64::INFINITY,
                };
                if spread * interval <= 1.5 * SEPARATION {
                    return Ok(Scales::of_flow(orbit, interval, counted.evaluations.get() as f64 / PILOT));
                }
                // Where they separate by more than rounding tells, the spread that is found is too small.
                interval = (SEPARATION / spread).max(interval / 10.0);
            }
        }
    }
}

/// The exponents of a system.
pub struct Exponents {
    pub runs: [LyapunovSpectrum; 2],
    /// Where the first run began.
    pub start: Vec<f64>,
    /// When the first orbit escaped that did.
    pub escaped: Option<f64>,
}

/// Two runs: from the default state, and from near the end of the first, or from that end where volumes stay. Where an orbit escapes, shorter ones from near
/// the default state.
pub fn twice(orbit: &Orbit, scales: &mut Scales) -> Result<Exponents, Error> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut nearer = |state: &[f64]| -> Vec<f64> {
        state.iter().map(|x| x * (1.0 - DISPLACEMENT * rng.random::<f64>())).collect()
    };
    let mut start = orbit.system().default_state();
    let mut escaped = None;
    let mut attempts = 0;
    loop {
        let runs = once(orbit, &start, scales).and_then(|first| {
            let again =
                if conserves(&first) { first.final_state.clone() } else { nearer(&first.final_state) };
            let second = once(orbit, &again, scales)?;
            Ok([first, second])
        });
        match runs {
            Ok(runs) => return Ok(Exponents { runs, start, escaped }),
            Err(error) if attempts < SHORTENED && lost(&error).is_some() => {
                attempts += 1;
                escaped = escaped.or(lost(&error));
                scales.shorten(SHORTER);
                start = nearer(&orbit.system().default_state());
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether volumes stay: then an orbit keeps to the chaotic sea or the torus that it starts on.
fn conserves(spectrum: &LyapunovSpectrum) -> bool {
    let values = spectrum.values();
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    spectrum.collapsed == 0 && values.iter().sum::<f64>().abs() <= 1e-4 * largest + 1e-9
}

/// When an orbit was lost, if that is the error.
fn lost(error: &Error) -> Option<f64> {
    match error {
        Error::Integration { time, .. } => Some(*time),
        Error::Diverged { step } => Some(*step as f64),
        _ => None,
    }
}

fn once(orbit: &Orbit, start: &[f64], scales: &Scales) -> Result<LyapunovSpectrum, Error> {
    match orbit {
        Orbit::Flow(flow) if orbit.jumps() => {
            let map =
                Stroboscope { flow: flow.as_ref(), interval: scales.interval, tolerance: scales.tolerance };
            let steps = |time: f64| (time / scales.interval).round() as usize;
            let config = LyapunovConfig::new(steps(scales.transient), steps(scales.duration));
            lyapunov_spectrum(&map, start, &config)?.per_time(scales.interval)
        }
        Orbit::Flow(flow) => {
            let config = FlowLyapunovConfig::new(scales.duration, scales.interval)
                .with_transient(scales.transient)
                .with_exponents(scales.exponents)
                .with_tolerance(scales.tolerance);
            flow_lyapunov_spectrum(flow, start, &config)
        }
        Orbit::Map(map) => {
            let config = LyapunovConfig::new(scales.transient as usize, scales.duration as usize)
                .with_exponents(scales.exponents);
            lyapunov_spectrum(map, start, &config)
        }
        Orbit::DelayFlow(flow) => {
            let config = DelayLyapunovConfig::new(scales.duration, scales.exponents)
                .with_transient(scales.transient)
                .with_steps_per_delay(scales.steps_per_delay)
                .with_interval(scales.interval);
            delay_lyapunov_spectrum(flow.as_ref(), start, &config)
        }
    }
}

/// A flow that counts evaluations of its Jacobian.
struct Counted<'a> {
    flow: &'a dyn attractor_systems::catalog::CatalogFlow,
    evaluations: Cell<u64>,
}

impl Flow for Counted<'_> {
    fn dim(&self) -> usize {
        self.flow.dim()
    }
    fn rhs(&self, t: f64, x: &[f64], dx: &mut [f64]) {
        self.flow.rhs(t, x, dx);
    }
    fn jacobian(&self, t: f64, x: &[f64], jacobian: ArrayViewMut2<'_, f64>) {
        self.evaluations.set(self.evaluations.get() + 1);
        self.flow.jacobian(t, x, jacobian);
    }
}
