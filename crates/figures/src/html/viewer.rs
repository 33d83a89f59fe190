//! The data of the interactive view, as attributes of its canvas.

use std::fmt::Write as _;

use attractor_systems::Trajectory;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    Result,
    axis::{self, Axis},
    coordinates::Coordinates,
    svg::escape,
    view::{AZIMUTH, ELEVATION},
};

/// Points of each trajectory that are embedded: six bytes each.
const POINTS: usize = 20_000;
/// Steps of the embedded whole numbers in one width of the box.
const STEPS: f64 = 20_000.0;

/// Names, ticks and points of both trajectories. `viewer.js` reads what is written here.
pub(super) fn attributes(measured: &Trajectory, generated: &Trajectory) -> Result<String> {
    let coordinates = Coordinates::in_space(measured, generated)?;
    let axes: [Axis; 3] = std::array::from_fn(|k| {
        let range = axis::extent(coordinates.measured.iter().map(|point| point[k])).unwrap_or((0.0, 1.0));
        Axis::linear(axis::padded(range, 0.05), 6)
    });
    let mut text =
        format!("data-azimuth=\"{AZIMUTH}\" data-elevation=\"{ELEVATION}\" data-steps=\"{STEPS}\"");
    for (k, axis) in axes.iter().enumerate() {
        let name = axis.title(coordinates.names.get(k).map_or("", String::as_str));
        let ticks: Vec<String> = axis
            .ticks
            .iter()
            .map(|tick| format!("{:.4}:{}", axis.position(tick.value) - 0.5, tick.label))
            .collect();
        // Writing to a `String` does not fail.
        let _ = write!(
            text,
            " data-name{k}=\"{}\" data-ticks{k}=\"{}\"",
            escape(&name),
            escape(&ticks.join(";"))
        );
    }
    for (name, points) in [("measured", &coordinates.measured), ("generated", &coordinates.generated)] {
        let _ = write!(text, " data-{name}=\"{}\"", STANDARD.encode(packed(points, &axes)));
    }
    Ok(text)
}

/// Points as triples of little-endian 16-bit numbers: 0 is the middle of the box, and `STEPS` its width.
fn packed(points: &[[f64; 3]], axes: &[Axis; 3]) -> Vec<u8> {
    let number = |(axis, value): (&Axis, &f64)| {
        let steps = ((axis.position(*value) - 0.5) * STEPS).round();
        // Casting saturates: points far outside stay outside, and so does what is missing.
        (if steps.is_nan() { i16::MIN } else { steps as i16 }).to_le_bytes()
    };
    points.iter().take(POINTS).flat_map(|point| axes.iter().zip(point).flat_map(number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_axes_are_the_sides_of_the_box() {
        let axes: [Axis; 3] = std::array::from_fn(|_| Axis::linear((-1.0, 1.0), 4));
        let bytes = packed(&[[-1.0, 0.0, 1.0], [1e9, f64::NAN, 0.5]], &axes);
        let numbers: Vec<i16> = bytes.chunks(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        assert_eq!(numbers, [-10_000, 0, 10_000, i16::MAX, i16::MIN, 5_000]);
    }
}
