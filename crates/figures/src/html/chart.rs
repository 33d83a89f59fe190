//! The data of the interactive series along time, as attributes of hidden elements that `chart.js` reads.

use std::fmt::Write as _;

use attractor_systems::Trajectory;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    Result,
    axis::{self, Axis},
    coordinates::{check, values},
    series::MOST,
    svg::escape,
};

/// Samples of each series that are embedded: two bytes each.
const SAMPLES: usize = 20_000;
/// Steps of the embedded whole numbers in the height of a panel.
const STEPS: f64 = 20_000.0;

/// Elements with the first samples of up to six variables of both trajectories.
pub(super) fn elements(measured: &Trajectory, generated: &Trajectory) -> Result<String> {
    check(measured, generated)?;
    let tables = [("measured", measured, values(measured)), ("generated", generated, values(generated))];
    let mut text = String::new();
    for (i, name) in measured.names().iter().enumerate().take(MOST) {
        // The range of the measured values, and of the generated ones as much as half of that beyond.
        let ranges = tables.each_ref().map(|(_, _, data)| axis::extent(data.column(i).iter().copied()));
        let (low, high) = axis::padded(ranges[0].or(ranges[1]).unwrap_or((0.0, 1.0)), 0.0);
        let room = 0.5 * (high - low);
        let (below, above) = ranges[1].unwrap_or((low, high));
        let range = (low.min(below.max(low - room)), high.max(above.min(high + room)));
        let axis = Axis::linear(axis::padded(range, 0.06), 3);
        let ticks: Vec<String> = axis
            .ticks
            .iter()
            .map(|tick| format!("{:.4}:{}", axis.position(tick.value), tick.label))
            .collect();
        // Writing to a `String` does not fail.
        let _ = write!(
            text,
            "<i class=\"panel\" data-name=\"{}\" data-ticks=\"{}\" data-steps=\"{STEPS}\"",
            escape(&axis.title(name)),
            escape(&ticks.join(";")),
        );
        for (which, trajectory, data) in &tables {
            let number = |value: &f64| {
                let steps = ((axis.position(*value) - 0.5) * STEPS).round();
                // Casting saturates: values far outside stay outside.
                (if steps.is_nan() { i16::MIN } else { (steps as i16).max(i16::MIN + 1) }).to_le_bytes()
            };
            let bytes: Vec<u8> = data.column(i).iter().take(SAMPLES).flat_map(number).collect();
            let _ = write!(
                text,
                " data-{which}=\"{}\" data-{which}-dt=\"{}\"",
                STANDARD.encode(bytes),
                trajectory.dt()
            );
        }
        text.push_str("></i>\n");
    }
    Ok(text)
}
