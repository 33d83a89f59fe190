//! One value over the one before: the cobweb of a map of the line, and return maps of trajectories.

use std::path::Path;

use crate::{
    Result,
    axis::{self, Axis},
    canvas::{Canvas, Pen},
    input,
    legend::{Legend, Swatch},
    panel::Panel,
    theme,
};

/// Side of the square area.
const SIDE: f32 = 390.0;

/// Draws the cobweb of a map of the line, in one column, and writes a PNG or SVG file to `path`.
///
/// `graph` is the map as pairs of x and f(x) in order of x, `orbit` a sequence of iterates x₀, f(x₀), …: each step goes
/// up or down to the graph and across to the diagonal. Where the orbit starts is a dot.
///
/// # Errors
/// When the graph or the orbit is empty, a value is not finite, or the file cannot be written.
pub fn cobweb(graph: &[(f64, f64)], orbit: &[f64], path: impl AsRef<Path>) -> Result<()> {
    input::not_empty("the graph of the map", graph.len())?;
    input::not_empty("the orbit", orbit.len())?;
    input::finite("the arguments of the map", graph.iter().map(|pair| pair.0))?;
    input::finite("the values of the map", graph.iter().map(|pair| pair.1))?;
    input::finite("the orbit", orbit.iter().copied())?;
    let graph_x = axis::extent(graph.iter().map(|pair| pair.0).chain(orbit.iter().copied()));
    let ends = graph_x.map_or((0.0, 1.0), |range| axis::padded(range, 0.03));
    let mut legend = Legend::default();
    let pens =
        (Pen::new(theme::MEASURED, 2.2), Pen::new(theme::faded(theme::GENERATED, weight(orbit.len())), 1.0));
    legend.add(Swatch::Line(pens.0), "map");
    legend.add(Swatch::Line(Pen::new(theme::GENERATED, 1.0)), "orbit");
    legend.add(Swatch::Line(diagonal_pen()), "diagonal");
    let (mut canvas, panel) = square(ends, ("xₜ", "xₜ₊₁"), &legend)?;
    diagonal(&mut canvas, &panel, ends);
    panel.curve(&mut canvas, graph.iter().copied(), pens.0);
    // The first step comes from the horizontal axis.
    let first = (orbit[0], ends.0);
    let steps = orbit.windows(2).flat_map(|pair| [(pair[0], pair[0]), (pair[0], pair[1])]);
    let end = orbit[orbit.len() - 1];
    let web: Vec<(f64, f64)> = std::iter::once(first).chain(steps).chain([(end, end)]).collect();
    // Parts are drawn one by one, so that density shows.
    for start in (0..web.len() - 1).step_by(40) {
        panel.curve(&mut canvas, web[start..(start + 41).min(web.len())].iter().copied(), pens.1);
    }
    canvas.clip(Some(panel.area()));
    canvas.dot(panel.place(orbit[0], ends.0), 5.0, theme::GENERATED);
    canvas.clip(None);
    canvas.save(path.as_ref())
}

fn weight(steps: usize) -> f32 {
    if steps > 400 { 0.35 } else { 0.75 }
}

/// Values of one quantity at successive returns, such as its successive maxima.
#[derive(Clone, Copy, Debug)]
pub struct Returns<'a> {
    measured: &'a [f64],
    generated: &'a [f64],
    name: &'a str,
}

impl<'a> Returns<'a> {
    /// The sequence x₀, x₁, … of what was measured.
    pub fn new(measured: &'a [f64]) -> Self {
        Self { measured, generated: &[], name: "x" }
    }

    /// With a sequence that a model generated, drawn over the other.
    #[must_use]
    pub fn with_generated(mut self, generated: &'a [f64]) -> Self {
        self.generated = generated;
        self
    }

    /// With the name of the quantity, such as `max z`.
    #[must_use]
    pub fn with_name(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }
}

/// Draws each value over the one before, in one column, and writes a PNG or SVG file to `path`.
///
/// Both axes have the same range and the diagonal is drawn: a point on it is a fixed point of the return map.
///
/// # Errors
/// When there are fewer than two measured values, a value is not finite, or the file cannot be written.
pub fn draw(returns: &Returns, path: impl AsRef<Path>) -> Result<()> {
    input::finite("the measured returns", returns.measured.iter().copied())?;
    input::finite("the generated returns", returns.generated.iter().copied())?;
    input::not_empty("the return map of the measured values", returns.measured.len().saturating_sub(1))?;
    let both = returns.measured.iter().chain(returns.generated).copied();
    let ends = axis::padded(axis::extent(both).unwrap_or((0.0, 1.0)), 0.05);
    let mut legend = Legend::default();
    let sets =
        [("measured", returns.measured, theme::MEASURED), ("generated", returns.generated, theme::GENERATED)];
    let shown = sets.into_iter().filter(|(_, values, _)| values.len() > 1);
    if returns.generated.len() > 1 {
        shown.clone().for_each(|(name, _, color)| legend.add(Swatch::Dot(color), name));
        legend.add(Swatch::Line(diagonal_pen()), "diagonal");
    }
    let names = (format!("{} at return n", returns.name), format!("{} at return n + 1", returns.name));
    let (mut canvas, panel) = square(ends, (&names.0, &names.1), &legend)?;
    diagonal(&mut canvas, &panel, ends);
    canvas.clip(Some(panel.area()));
    for (_, values, color) in shown {
        let (radius, opacity) = match values.len() {
            0..=300 => (2.4, 0.8),
            301..=3_000 => (1.5, 0.6),
            3_001..=30_000 => (0.9, 0.45),
            _ => (0.7, 0.25),
        };
        let places: Vec<_> = values.windows(2).map(|pair| panel.place(pair[0], pair[1])).collect();
        canvas.dots(&places, radius, theme::faded(color, opacity));
    }
    canvas.clip(None);
    canvas.save(path.as_ref())
}

/// The successive local maxima of a series, each by the parabola through its largest sample and the two beside it.
///
/// A plateau counts once. What is NaN is no maximum and neither are its neighbours.
pub fn successive_maxima(series: &[f64]) -> Vec<f64> {
    let peak = |triple: &[f64]| {
        let (before, value, after) = (triple[0], triple[1], triple[2]);
        let is_peak = value > before && value >= after && (before + value + after).is_finite();
        let (slope, bend) = (0.5 * (after - before), before - 2.0 * value + after);
        is_peak.then(|| value - slope * slope / (2.0 * bend))
    };
    series.windows(3).filter_map(peak).collect()
}

/// A sheet with a square panel, both of whose axes span the same range.
fn square(ends: (f64, f64), names: (&str, &str), legend: &Legend) -> Result<(Canvas, Panel)> {
    Panel::under(legend, (SIDE, true), (Axis::linear(ends, 5), Axis::linear(ends, 5)), names)
}

fn diagonal_pen() -> Pen {
    Pen::new(theme::FRAME, 1.3)
}

fn diagonal(canvas: &mut Canvas, panel: &Panel, ends: (f64, f64)) {
    panel.curve(canvas, [(ends.0, ends.0), (ends.1, ends.1)], diagonal_pen());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maxima_of_a_sampled_sine_are_one() {
        let series: Vec<f64> = (0..1_000).map(|t| (0.1 * f64::from(t) + 0.03).sin()).collect();
        let maxima = successive_maxima(&series);
        // 100 rad are 15.9 turns, with a maximum in each.
        assert_eq!(maxima.len(), 16);
        // The error of the parabola is of fourth order in the step.
        assert!(maxima.iter().all(|value| (value - 1.0).abs() < 1e-4), "{maxima:?}");
        assert_eq!(successive_maxima(&[0.0, 1.0, 1.0, 0.0]), [1.125]);
        assert_eq!(successive_maxima(&[0.0, f64::NAN, 1.0, 0.0, 3.0, 1.0]), [3.0 + 0.025]);
        assert!(successive_maxima(&[1.0]).is_empty());
    }
}
