//! One row of the table: everything measured of one system, with errors from two runs and two halves.

use attractor_measures::{
    CorrelationDimensionConfig, Error, LyapunovSpectrum, PowerSpectrumConfig, Scaling, autocorrelation_time,
    box_dimension, correlation_dimension, kaplan_yorke_dimension, power_spectrum,
};
use attractor_systems::Trajectory;
use attractor_systems::catalog::{
    Behaviour, Invariants, Kind, Literature, Measured, MeasuredDimension, Settings,
};
use ndarray::s;

use crate::exponents::{self, SEED};
use crate::observe::observe;
use crate::orbit::Orbit;
use crate::rounding::{measured, significant};
use crate::scales::Scales;

/// Runs agree within this many standard errors of their difference.
const AGREE: f64 = 5.0;
/// What the ends of a run may add to the sum of logarithms along a neutral direction: a ratio of speeds of e^5.
const ENDS: f64 = 5.0;
/// Error of an exponent at the least, relative to the largest: the tolerance of the integrator.
const FLOOR: f64 = 1e-9;
/// Samples of a map, or of a flow, that enter the correlation dimension.
const PAIRED: usize = 30_000;
/// Samples that a box of the finest level holds on average.
const VISITS: f64 = 10.0;

/// Measures a system. What fails is noted.
pub fn measure(orbit: &Orbit) -> Invariants {
    let system = orbit.system();
    let mut row = Invariants {
        name: orbit.name().to_string(),
        kind: crate::kind(orbit),
        dim: orbit.dim(),
        behaviour: None,
        converged: false,
        exponents: Vec::new(),
        collapsed: 0,
        kaplan_yorke_dimension: None,
        exponent_sum: None,
        mean_divergence: None,
        correlation_dimension: None,
        box_dimension: None,
        autocorrelation_time: None,
        dominant_period: None,
        settings: None,
        literature: system.known_exponents().map(|known| Literature {
            exponents: known.exponents,
            tolerance: known.tolerance,
            source: known.source.to_string(),
        }),
        notes: Vec::new(),
    };
    let mut scales = match exponents::scales(orbit) {
        Ok(scales) => scales,
        Err(error) => {
            row.notes.push(format!("no trial run: {error}"));
            return row;
        }
    };
    let mut start = system.default_state();
    match exponents::twice(orbit, &mut scales) {
        Ok(found) => {
            if let Some(time) = found.escaped {
                row.notes.push(format!(
                    "an orbit was lost at time {}: it escaped or met a singularity; these are shorter runs that did not",
                    significant(time, 3)
                ));
            }
            if orbit.jumps() {
                row.notes.push(
                    "its right-hand side jumps: exponents by finite differences of neighbouring orbits"
                        .into(),
                );
            }
            start = found.start;
            of_exponents(&mut row, &found.runs);
        }
        Err(error) => row.notes.push(format!("no exponents: {error}")),
    }
    let mut trajectory = orbit.trajectory(&start, &scales);
    for _ in 0..exponents::SHORTENED {
        if trajectory.is_err() {
            scales.sample_less(exponents::SHORTER);
            trajectory = orbit.trajectory(&start, &scales);
        }
    }
    row.settings = Some(settings(row.kind, &scales));
    match trajectory {
        Ok(trajectory) if rests(&trajectory) => {
            row.notes.push("comes to rest: no dimensions and times".into());
        }
        Ok(trajectory) => {
            note_zeros(&mut row, orbit);
            // Where the right-hand side jumps, its divergence is infinite there.
            let divergence = if orbit.jumps() { None } else { orbit.mean_divergence(&trajectory, &scales) };
            if let Some(divergence) = divergence {
                compare_sums(&mut row, measured(divergence.value, divergence.standard_error));
            }
            match observe(orbit, &trajectory) {
                Ok((observed, notes)) => {
                    row.notes.extend(notes);
                    of_trajectory(&mut row, &observed);
                }
                Err(error) => row.notes.push(format!("no dimensions and times: {error}")),
            }
        }
        Err(error) => row.notes.push(format!("no trajectory: {error}")),
    }
    row
}

/// Whether nothing moves in the second half of a trajectory.
fn rests(trajectory: &Trajectory) -> bool {
    let data = trajectory.data();
    let half = data.slice(s![trajectory.len() / 2.., ..]);
    half.columns()
        .into_iter()
        .all(|values| values.iter().all(|x| (x - values[0]).abs() <= 1e-6 * (1.0 + x.abs())))
}

/// Along the orbit of an equation without time in it nothing grows or shrinks.
fn note_zeros(row: &mut Invariants, orbit: &Orbit) {
    let (Some(settings), false) = (row.settings, row.kind == Kind::Map || orbit.depends_on_time()) else {
        return;
    };
    let ends = ENDS / (2.0 * settings.duration);
    let zeros = row.exponents.iter().filter(|x| x.value.abs() <= ends.max(3.0 * x.error)).count();
    // It may be among those that were not measured.
    let passed = row.exponents.last().is_some_and(|last| last.value < 0.0);
    if zeros == 0 && passed {
        row.notes.push("no exponent is compatible with 0, though time does not stand in the equation".into());
    }
}

fn settings(kind: Kind, scales: &Scales) -> Settings {
    Settings {
        transient: significant(scales.transient, 6),
        duration: significant(scales.duration, 6),
        interval: significant(scales.interval, 6),
        tolerance: (kind == Kind::Flow).then_some(scales.tolerance),
        steps_per_delay: (kind == Kind::DelayFlow).then_some(scales.steps_per_delay),
        samples: scales.samples,
        dt: significant(scales.dt, 6),
        seed: SEED,
    }
}

/// Exponents, their sum, and what follows from them.
fn of_exponents(row: &mut Invariants, runs: &[LyapunovSpectrum; 2]) {
    let [first, second] = runs;
    let count = first.exponents.len().min(second.exponents.len());
    row.collapsed = first.collapsed.max(second.collapsed);
    let ends = ENDS / (first.duration + second.duration);
    let largest = first.values().iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let mut worst: f64 = 0.0;
    let mut exact = Vec::new();
    for (a, b) in first.exponents.iter().zip(&second.exponents) {
        let (difference, joint) = (a.value - b.value, a.standard_error.hypot(b.standard_error));
        worst = worst.max(difference.abs() / (joint + ends + 1e-6 * largest));
        let value = 0.5 * (a.value + b.value);
        let error = (0.5 * joint.max(difference.abs())).max(FLOOR * largest);
        exact.push(Measured { value, error });
    }
    row.converged = worst <= AGREE && first.collapsed == second.collapsed;
    if worst > AGREE {
        row.notes.push(format!("the runs differ by {worst:.0} standard errors"));
    }
    if row.collapsed > 0 {
        row.notes.push(format!("{} exponents of minus infinity: the Jacobian is singular", row.collapsed));
    }
    row.exponents = exact.iter().map(|exponent| measured(exponent.value, exponent.error)).collect();
    let positive = |exponents: &[Measured]| {
        exponents.iter().filter(|exponent| exponent.value > ends.max(3.0 * exponent.error)).count()
    };
    let separately = runs.each_ref().map(|run| {
        let own: Vec<Measured> = run
            .exponents
            .iter()
            .map(|e| Measured { value: e.value, error: e.standard_error.max(2.0 * ends / 3.0) })
            .collect();
        positive(&own)
    });
    let together = match separately {
        [a, b] if (a == 0) != (b == 0) => None,
        [a, b] if a == b => Some(a),
        [a, b] => Some(positive(&exact).clamp(a.min(b), a.max(b))),
    };
    row.behaviour = Some(match together {
        None => Behaviour::Undecided,
        Some(0) => Behaviour::Regular,
        Some(1) => Behaviour::Chaotic,
        Some(_) => Behaviour::Hyperchaotic,
    });
    let complete = count + row.collapsed == row.dim && row.kind != Kind::DelayFlow;
    row.kaplan_yorke_dimension = kaplan_yorke(&exact, row.collapsed, complete, ends);
    if row.kaplan_yorke_dimension.is_none() {
        row.notes.push("no Kaplan-Yorke dimension: the sum of the exponents measured is not negative".into());
    }
    if complete && row.collapsed == 0 {
        let sums = runs.each_ref().map(|run| run.values().iter().sum::<f64>());
        row.exponent_sum = Some(measured(0.5 * (sums[0] + sums[1]), 0.5 * (sums[0] - sums[1]).abs()));
    }
}

/// The Kaplan-Yorke dimension with the error that follows from those of the exponents, taken as independent.
fn kaplan_yorke(exponents: &[Measured], collapsed: usize, complete: bool, ends: f64) -> Option<Measured> {
    let mut values: Vec<f64> = exponents
        .iter()
        .map(
            |exponent| {
                if exponent.value.abs() <= ends.max(3.0 * exponent.error) { 0.0 } else { exponent.value }
            },
        )
        .collect();
    values.extend(vec![f64::NEG_INFINITY; collapsed]);
    // A sum of 0 within rounding is that of a conservative system.
    let scale = values.first().map_or(0.0, |value| value.abs());
    if !complete && values.iter().sum::<f64>() >= 0.0 {
        return None;
    }
    let dimension = kaplan_yorke_dimension(&values).ok()?;
    let whole = dimension.floor() as usize;
    let error = match values.get(whole) {
        Some(next) if next.is_finite() && *next != 0.0 && scale > 0.0 => {
            let variance: f64 = exponents[..whole].iter().map(|exponent| exponent.error.powi(2)).sum();
            (variance.sqrt() / next).hypot(dimension.fract() * exponents[whole].error / next)
        }
        _ => 0.0,
    };
    Some(measured(dimension, error))
}

/// The sum of the exponents against the mean divergence.
fn compare_sums(row: &mut Invariants, divergence: Measured) {
    row.mean_divergence = Some(divergence);
    let Some(sum) = row.exponent_sum else { return };
    let joint = sum.error.hypot(divergence.error) + 1e-4 * divergence.value.abs() + 1e-6;
    let difference = (sum.value - divergence.value).abs() / joint;
    if difference > AGREE {
        row.converged = false;
        row.notes.push(format!(
            "the exponents add up to {}, the mean divergence is {}: {difference:.0} standard errors",
            sum.value, divergence.value
        ));
    }
}

/// Dimensions, times and periods, each with half the difference of what the halves give.
fn of_trajectory(row: &mut Invariants, observed: &Trajectory) {
    let length = observed.len() / 2;
    let halves = [0, length].map(|from| part(observed, from, length, 1));
    let [Some(first), Some(second)] = halves else {
        row.notes.push("no dimensions and times: too short".into());
        return;
    };
    let halves = [&first, &second];

    let config = match row.kind {
        Kind::Map => CorrelationDimensionConfig::new().with_theiler(1).with_range(1e-5, 1e-3),
        _ => CorrelationDimensionConfig::new().with_range(1e-5, 1e-3),
    };
    let paired = |observed: &Trajectory| -> Result<Scaling, Error> {
        // Of a map consecutive samples, of a flow every so many: the whole run counts.
        let stride = if row.kind == Kind::Map { 1 } else { observed.len().div_ceil(PAIRED) };
        let thinned = part(observed, 0, observed.len().min(PAIRED * stride), stride);
        Ok(correlation_dimension(thinned.as_ref().unwrap_or(observed), &config)?.scaling)
    };
    let found = dimension(observed, halves, paired);
    let boxed = |observed: &Trajectory| Ok(box_dimension(observed, VISITS)?.scaling);
    let found_boxes = dimension(observed, halves, boxed);
    match found {
        Ok(found) => row.correlation_dimension = Some(found),
        Err(error) => row.notes.push(format!("no correlation dimension: {error}")),
    }
    match found_boxes {
        Ok(found) => row.box_dimension = Some(found),
        Err(error) => row.notes.push(format!("no box dimension: {error}")),
    }
    match halves.map(memory) {
        [Ok(Some(a)), Ok(Some(b))] => {
            // A line between two samples finds the crossing to a fraction of their distance.
            let error = (0.5 * (a - b).abs()).max(0.01 * observed.dt());
            row.autocorrelation_time = Some(measured(0.5 * (a + b), error));
        }
        [Err(error), _] | [_, Err(error)] => row.notes.push(format!("no autocorrelation time: {error}")),
        _ => row.notes.push("no autocorrelation time: some autocorrelation does not fall below 1/e".into()),
    }
    match halves.map(dominant_period) {
        [Ok(Some(a)), Ok(Some(b))] if (a - b).abs() <= 0.05 * (a + b) => {
            let period = 0.5 * (a + b);
            // Half a bin of the halves' spectra.
            let resolution = 0.5 * period * period / (length as f64 * observed.dt());
            row.dominant_period = Some(measured(period, resolution.max(0.5 * (a - b).abs())));
        }
        [Err(error), _] | [_, Err(error)] => row.notes.push(format!("no dominant period: {error}")),
        _ => row.notes.push("no dominant period: no peak that both halves of the trajectory share".into()),
    }
}

/// Every `stride`-th of `length` samples from `from` on; nothing when none are there.
fn part(observed: &Trajectory, from: usize, length: usize, stride: usize) -> Option<Trajectory> {
    let data = observed.data().slice(s![from..from + length; stride, ..]).to_owned();
    Trajectory::new(data, observed.dt() * stride as f64).ok()
}

fn dimension(
    observed: &Trajectory,
    halves: [&Trajectory; 2],
    scaling: impl Fn(&Trajectory) -> Result<Scaling, Error>,
) -> Result<MeasuredDimension, Error> {
    let whole = scaling(observed)?;
    let [a, b] = halves.map(&scaling);
    let between = 0.5 * (a?.slope - b?.slope).abs();
    let rounded = measured(whole.slope, whole.standard_error.max(between));
    Ok(MeasuredDimension {
        value: rounded.value,
        error: rounded.error,
        spread: significant(whole.spread, 2),
        range: whole.range.map(|scale| significant(scale, 3)),
    })
}

/// The longest time to 1/e; nothing where one is not reached.
fn memory(observed: &Trajectory) -> Result<Option<f64>, Error> {
    let times = autocorrelation_time(observed)?;
    Ok(times
        .iter()
        .map(|time| time.first_crossing)
        .try_fold(0.0, |longest: f64, time| Some(longest.max(time?))))
}

/// The period of the highest peak of the smoothed spectrum; nothing where it falls from its lowest frequency on.
fn dominant_period(observed: &Trajectory) -> Result<Option<f64>, Error> {
    let config = PowerSpectrumConfig::new().with_sigma(4.0);
    let spectrum = power_spectrum(observed, &config)?;
    let power: Vec<f64> = spectrum.power.rows().into_iter().map(|row| row.sum()).collect();
    let highest = (1..power.len()).max_by(|a, b| power[*a].total_cmp(&power[*b]));
    // A peak within the width of the smoothing from frequency 0 is the end of a slope.
    Ok(highest.filter(|bin| *bin > 12 && bin + 12 < power.len()).map(|bin| spectrum.frequency[bin].recip()))
}
