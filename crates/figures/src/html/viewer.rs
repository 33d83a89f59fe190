//! The data of the interactive view in space, as attributes of hidden elements that `viewer.js` reads.

use std::fmt::Write as _;

use attractor_systems::Trajectory;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::table::{eigenvalues, number};
use crate::{
    Result,
    axis::{self, Axis},
    coordinates::Coordinates,
    fixed_points::Projected,
    svg::escape,
    view::{AZIMUTH, ELEVATION},
};

/// Points of each trajectory that are embedded: six bytes each.
const POINTS: usize = 20_000;
/// Steps of the embedded whole numbers in one width of the box.
const STEPS: f64 = 20_000.0;

/// What is seen: attributes of the canvas, and elements with lines and marks.
pub(super) struct Scene {
    pub(super) attributes: String,
    pub(super) elements: String,
    /// Names of lines and kinds of marks, each with its colour.
    kinds: Vec<(String, String)>,
    axes: [Axis; 3],
}

impl Scene {
    fn new(axes: [Axis; 3], names: &[String]) -> Self {
        // A plane is seen from above.
        let (azimuth, elevation, zoom) =
            if names.len() == 2 { (-90.0, 89.0, 1.35) } else { (AZIMUTH, ELEVATION, 1.0) };
        let mut attributes = format!(
            "data-azimuth=\"{azimuth}\" data-elevation=\"{elevation}\" data-zoom=\"{zoom}\" data-steps=\"{STEPS}\""
        );
        for (k, axis) in axes.iter().enumerate() {
            let name = axis.title(names.get(k).map_or("", String::as_str));
            let ticks: Vec<String> = axis
                .ticks
                .iter()
                .map(|tick| format!("{:.4}:{}", axis.position(tick.value) - 0.5, tick.label))
                .collect();
            // Writing to a `String` does not fail.
            let _ = write!(
                attributes,
                " data-name{k}=\"{}\" data-ticks{k}=\"{}\"",
                escape(&name),
                escape(&ticks.join(";"))
            );
        }
        Self { attributes, elements: String::new(), kinds: Vec::new(), axes }
    }

    fn has(&mut self, name: &str, color: &str) {
        if !self.kinds.iter().any(|(known, _)| known == name) {
            self.kinds.push((name.to_owned(), color.to_owned()));
        }
    }

    /// Boxes to switch each kind off.
    pub(super) fn toggles(&self) -> String {
        let toggle = |(name, color): &(String, String)| {
            let name = escape(name);
            format!(
                "<label><input type=\"checkbox\" checked data-toggle=\"{name}\"> \
                 <span class=\"swatch\" style=\"--color:var(--{color})\"></span>{name}</label>"
            )
        };
        self.kinds.iter().map(toggle).collect::<Vec<_>>().join(" ")
    }

    /// Adds a line. `color` is a variable of `page.css`; `kind` is `depth`, `line`, `dashed`, `dots` or `spots`.
    fn line(&mut self, name: &str, color: &str, kind: &str, panel: usize, points: &[[f64; 3]]) {
        self.has(name, color);
        let points = STANDARD.encode(packed(points, &self.axes));
        let _ = writeln!(
            self.elements,
            "<i class=\"line\" data-name=\"{}\" data-color=\"{color}\" data-kind=\"{kind}\" data-panel=\"{panel}\" \
             data-points=\"{points}\"></i>",
            escape(name),
        );
    }

    /// The measured and the generated trajectory, each in a panel of its own.
    pub(super) fn of_both(measured: &Trajectory, generated: &Trajectory) -> Result<Self> {
        let coordinates = Coordinates::in_space(measured, generated)?;
        let axes: [Axis; 3] = std::array::from_fn(|k| {
            let range = axis::extent(coordinates.measured.iter().map(|point| point[k])).unwrap_or((0.0, 1.0));
            Axis::linear(axis::padded(range, 0.05), 6)
        });
        let mut scene = Self::new(axes, &coordinates.names);
        scene.line("measured", "measured", "depth", 0, &coordinates.measured);
        scene.line("generated", "generated", "depth", 1, &coordinates.generated);
        Ok(scene)
    }

    /// An attractor with the sets around it, in one panel.
    pub(super) fn of_sets(sets: &Projected) -> Self {
        let axes = std::array::from_fn(|k| {
            if k < sets.names.len() {
                sets.axis(k, 0.05, 6)
            } else {
                // A plane: no numbers on the axis across it.
                let mut across = Axis::linear((-1.0, 1.0), 2);
                across.ticks.clear();
                across
            }
        });
        let mut scene = Self::new(axes, &sets.names);
        let kind = if sets.is_curve { "depth" } else { "dots" };
        scene.line("attractor", "attractor", kind, 0, &sets.attractor);
        for (points, manifold) in &sets.manifolds {
            let (color, kind) = if manifold.is_stable { ("stable", "dashed") } else { ("unstable", "line") };
            scene.line(manifold.name(), color, kind, 0, points);
        }
        for (points, cycle) in &sets.cycles {
            let name = cycle.stability.name();
            let closed: Vec<[f64; 3]> = points.iter().chain(points.first()).copied().collect();
            let kind = if cycle.is_curve { "line" } else { "spots" };
            scene.line(
                &format!("{name} cycle"),
                name,
                kind,
                0,
                if cycle.is_curve { &closed } else { points },
            );
        }
        for (i, (place, point)) in sets.fixed_points.iter().enumerate() {
            let at = [0, 1, 2]
                .map(|k| format!("{:.4}", (scene.axes[k].position(place[k]) - 0.5).clamp(-9.0, 9.0)));
            let position: Vec<String> = point.position.iter().take(4).map(|value| number(*value)).collect();
            let more = if point.position.len() > 4 { ", …" } else { "" };
            let name = point.stability.name();
            scene.has(name, name);
            let mut label = format!("{}: {name} at ({}{more})", i + 1, position.join(", "));
            if !point.eigenvalues.is_empty() {
                let shown: Vec<String> = eigenvalues(&point.eigenvalues).into_iter().take(3).collect();
                let _ = write!(label, "; eigenvalues {}", shown.join(", "));
            }
            let _ = writeln!(
                scene.elements,
                "<i class=\"mark\" data-at=\"{}\" data-kind=\"{name}\" data-label=\"{}\"></i>",
                at.join(" "),
                escape(&label)
            );
        }
        scene
    }
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
