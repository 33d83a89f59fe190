//! What of a trajectory is measured: standardised variables, with angles as points on a circle.

use std::f64::consts::TAU;

use attractor_systems::{Property, Standardizer, Trajectory};
use ndarray::{Array1, Array2, ArrayView1, Axis, s, stack};

use crate::orbit::Orbit;

/// Turns that are looked for.
const TURNS: [f64; 5] = [TAU, 1.0, TAU / 2.0, 2.0, 2.0 * TAU];
/// Parts of a trajectory whose ranges are compared with that of the whole.
const PARTS: usize = 20;
/// Coordinates of a delay flow in one variable: its past at even distances.
const PAST: usize = 8;

/// The variables to measure, standardised, and what was done to them. Where an angle grows without bound, cosine and sine
/// take its place; a phase of unknown turn is left out. The state of a delay flow is its past: it is embedded.
pub fn observe(
    orbit: &Orbit,
    trajectory: &Trajectory,
) -> Result<(Trajectory, Vec<String>), Box<dyn std::error::Error>> {
    let names = orbit.system().variables();
    let mut notes = Vec::new();
    let mut columns: Vec<Array1<f64>> = Vec::new();
    for (column, values) in trajectory.data().columns().into_iter().enumerate() {
        if !orbit.is(Property::Angular) || !drifts(values) {
            columns.push(values.to_owned());
        } else if let Some(turn) = turn(orbit, trajectory, column) {
            columns.push(values.mapv(|x| (x * TAU / turn).cos()));
            columns.push(values.mapv(|x| (x * TAU / turn).sin()));
        } else {
            notes.push(format!(
                "{} grows without bound and is left out of dimensions and times",
                names[column]
            ));
        }
    }
    if let Orbit::DelayFlow(flow) = orbit {
        let longest = flow.delays().into_iter().fold(0.0, f64::max) / trajectory.dt();
        let shift = |part: usize| (longest * part as f64 / (PAST - 1) as f64).round() as usize;
        let rows = trajectory.len() - shift(PAST - 1);
        columns = columns
            .iter()
            .flat_map(|column| {
                (0..PAST).map(|part| column.slice(s![shift(part)..shift(part) + rows]).to_owned())
            })
            .collect();
    }
    columns.retain(|column| column.iter().any(|x| *x != column[0]));
    let views: Vec<ArrayView1<'_, f64>> = columns.iter().map(|column| column.view()).collect();
    let data = if views.is_empty() { Array2::zeros((trajectory.len(), 0)) } else { stack(Axis(1), &views)? };
    let plain = Trajectory::new(data, trajectory.dt())?;
    Ok((Standardizer::fit(&plain)?.apply(&plain)?, notes))
}

/// Whether the range of the whole is more than twice that of a typical part.
fn drifts(values: ArrayView1<'_, f64>) -> bool {
    let range = |values: ArrayView1<'_, f64>| {
        let (least, most) =
            values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (x.min(a), x.max(b)));
        most - least
    };
    let length = (values.len() / PARTS).max(1);
    let mut parts: Vec<f64> = values.axis_chunks_iter(Axis(0), length).map(range).collect();
    parts.sort_by(f64::total_cmp);
    range(values) > 2.0 * parts[parts.len() / 2]
}

/// A shift of this variable that the equation does not see, up to full turns of the result of a map.
fn turn(orbit: &Orbit, trajectory: &Trajectory, column: usize) -> Option<f64> {
    let m = orbit.dim();
    let value = |x: &[f64]| {
        let mut out = vec![0.0; m];
        match orbit {
            Orbit::Flow(flow) => flow.rhs(0.0, x, &mut out),
            Orbit::Map(map) => map.step(x, &[], &mut out),
            Orbit::DelayFlow(flow) => flow.rhs(0.0, x, &x.repeat(flow.delays().len()), &mut out),
        }
        out
    };
    let data = trajectory.data();
    let unseen = |turn: f64| {
        data.rows().into_iter().step_by((trajectory.len() / 50).max(1)).all(|row| {
            let here = row.to_vec();
            let mut there = here.clone();
            there[column] += turn;
            value(&here).iter().zip(value(&there)).all(|(a, b)| {
                let turns =
                    if matches!(orbit, Orbit::Map(_)) { ((b - a) / turn).round() * turn } else { 0.0 };
                (b - a - turns).abs() <= 1e-7 * (1.0 + a.abs())
            })
        })
    };
    TURNS.into_iter().find(|turn| unseen(*turn))
}
