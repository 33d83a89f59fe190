//! Bifurcation diagrams: where a system stays, for each value of a parameter.

use std::path::Path;

use tiny_skia::{ColorU8, Rect};

use crate::{
    Result,
    axis::{self, Axis},
    canvas::{Canvas, Pen},
    input,
    panel::Panel,
    theme,
};

/// Pixels of the diagram from left to right.
const COLUMNS: usize = 1_200;
/// Fewest and most pixels from bottom to top: as many as there are states for a value of the parameter, so that chaos is
/// a grey area and not a scatter of dots.
const ROWS: (usize, usize) = (240, 600);
/// Height of the diagram and of the panel of the exponent.
const HEIGHT: f32 = 270.0;
const LOWER: f32 = 100.0;

/// The states that a system visits after its transient, for each value of a parameter.
#[derive(Clone, Debug)]
pub struct Bifurcation<'a> {
    parameter: &'a [f64],
    states: &'a [Vec<f64>],
    exponent: Option<&'a [f64]>,
    range: Option<(f64, f64)>,
    names: [&'a str; 2],
}

impl<'a> Bifurcation<'a> {
    /// The `states` of one variable for each of the increasing values of `parameter`; a value without states, where
    /// the system diverged, is a gap.
    pub fn new(parameter: &'a [f64], states: &'a [Vec<f64>]) -> Self {
        Self { parameter, states, exponent: None, range: None, names: ["parameter", "x"] }
    }

    /// With the largest Lyapunov exponent for each value of the parameter, in a panel below; NaN is a gap.
    #[must_use]
    pub fn with_exponent(mut self, exponent: &'a [f64]) -> Self {
        self.exponent = Some(exponent);
        self
    }

    /// With names of the parameter and the variable.
    #[must_use]
    pub fn with_names(mut self, parameter: &'a str, variable: &'a str) -> Self {
        self.names = [parameter, variable];
        self
    }

    /// With states from `low` to `high` only; without it, the range of all states.
    #[must_use]
    pub fn with_range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    fn check(&self) -> Result<()> {
        input::not_empty("the bifurcation diagram", self.parameter.len())?;
        input::increasing("the values of the parameter", self.parameter)?;
        input::length(
            "sets of states, one for each value of the parameter",
            self.parameter.len(),
            self.states.len(),
        )?;
        for (i, states) in self.states.iter().enumerate() {
            input::finite(&format!("the states at value {i} of the parameter"), states.iter().copied())?;
        }
        input::not_empty(
            "the set of states of the bifurcation diagram",
            self.states.iter().map(Vec::len).sum(),
        )?;
        if let Some(exponent) = self.exponent {
            input::length(
                "exponents, one for each value of the parameter",
                self.parameter.len(),
                exponent.len(),
            )?;
            input::finite("the exponents", exponent.iter().copied().filter(|value| !value.is_nan()))?;
        }
        if let Some((low, high)) = self.range {
            input::increasing("the ends of the range of states", &[low, high])?;
        }
        Ok(())
    }

    /// Where the columns of each value of the parameter begin and end: halfway to its neighbours.
    fn edges(&self) -> Vec<f64> {
        let p = self.parameter;
        let between = p.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
        std::iter::once(p[0]).chain(between).chain([p[p.len() - 1]]).collect()
    }

    /// Pixels from bottom to top.
    fn rows(&self) -> usize {
        let states: usize = self.states.iter().map(Vec::len).sum();
        (states / self.states.len().max(1)).clamp(ROWS.0, ROWS.1)
    }

    /// The share of time that the system spends in each pixel, as shades.
    ///
    /// Each column is scaled by the number of its states: a state that is always visited is darkest, whatever the
    /// number of states.
    fn shades(&self, x: (f64, f64), y: (f64, f64)) -> Vec<ColorU8> {
        let rows = self.rows();
        let mut counts = vec![0.0_f32; COLUMNS * rows];
        let mut totals = vec![0.0_f32; COLUMNS];
        let edges = self.edges();
        let column = |value: f64| ((value - x.0) / (x.1 - x.0) * COLUMNS as f64).clamp(0.0, COLUMNS as f64);
        for (i, states) in self.states.iter().enumerate() {
            let first = (column(edges[i]).round() as usize).min(COLUMNS - 1);
            let end = (column(edges[i + 1]).round() as usize).max(first + 1);
            for state in states.iter().map(|state| state.clamp(-axis::LARGEST, axis::LARGEST)) {
                let row = (1.0 - (state - y.0) / (y.1 - y.0)) * rows as f64;
                if !(0.0..rows as f64).contains(&row) {
                    continue;
                }
                for column in first..end {
                    counts[row as usize * COLUMNS + column] += 1.0;
                }
            }
            totals[first..end].iter_mut().for_each(|total| *total += states.len() as f32);
        }
        let shade = |(k, count): (usize, &f32)| {
            if *count == 0.0 {
                return ColorU8::from_rgba(0, 0, 0, 0);
            }
            let density = count / totals[k % COLUMNS].max(1.0) * rows as f32;
            theme::density(0.15 + 0.85 * density.ln_1p() / (rows as f32).ln_1p())
        };
        counts.iter().enumerate().map(shade).collect()
    }
}

/// Draws the diagram in shades of how often each state is visited, in one column, and writes a PNG or SVG file to
/// `path`.
///
/// With an exponent, a lower panel shows it: chaos, where it is above zero, is filled in orange, and below zero in blue.
///
/// # Errors
/// When there are no states, lengths differ, the parameter does not increase, a value is not finite, or the file cannot
/// be written.
pub fn draw(diagram: &Bifurcation, path: impl AsRef<Path>) -> Result<()> {
    diagram.check()?;
    let p = diagram.parameter;
    let x = axis::padded((p[0], p[p.len() - 1]), 0.0);
    let y = diagram.range.unwrap_or_else(|| {
        axis::padded(axis::extent(diagram.states.iter().flatten().copied()).unwrap_or((0.0, 1.0)), 0.03)
    });
    let (x_axis, y_axis) = (Axis::linear(x, 6), Axis::linear(y, 5));
    let lower = diagram.exponent.map(|exponent| (exponent, exponent_axis(exponent)));
    let mut canvas = Canvas::column(0.0)?;
    let room = Panel::margin(&canvas, &y_axis)
        .max(lower.as_ref().map_or(0.0, |(_, axis)| Panel::margin(&canvas, axis)));
    let [parameter, variable] = diagram.names;
    let names = (lower.is_none().then_some(parameter), variable);
    let panel = Panel::wide(&mut canvas, (14.0, HEIGHT), room, (x_axis.clone(), y_axis), names)?;
    canvas.clip(Some(panel.area()));
    canvas.image(panel.area(), COLUMNS, diagram.shades(x, y));
    canvas.clip(None);
    let mut bottom = 14.0 + HEIGHT;
    if let Some((exponent, axis)) = lower {
        let names = (Some(parameter), "exponent");
        let panel = Panel::wide(&mut canvas, (bottom + 16.0, LOWER), room, (x_axis, axis), names)?;
        fill(&mut canvas, &panel, p, exponent);
        panel.level(&mut canvas, 0.0, Pen::new(theme::MUTED, 1.0));
        let points = p.iter().copied().zip(exponent.iter().copied());
        panel.curve(&mut canvas, points, Pen::new(theme::INK, 1.0));
        bottom += 16.0 + LOWER;
    }
    canvas.height = bottom + 56.0;
    canvas.save(path.as_ref())
}

/// The axis of the exponent: where orbits are superstable it falls without bound, which is cut off.
fn exponent_axis(exponent: &[f64]) -> Axis {
    let (low, high) = axis::extent(exponent.iter().copied()).unwrap_or((-1.0, 1.0));
    let mut values: Vec<f64> = exponent.iter().copied().filter(|value| !value.is_nan()).collect();
    values.sort_by(f64::total_cmp);
    let usual = values.get(values.len() / 20).copied().unwrap_or(low);
    let low = low.max(usual - 0.5 * (high - usual)).min(0.0);
    Axis::linear(axis::padded((low, high.max(0.0)), 0.06), 4)
}

/// Fills the area between the exponent and zero.
fn fill(canvas: &mut Canvas, panel: &Panel, parameter: &[f64], exponent: &[f64]) {
    let area = panel.area();
    let (_, zero) = panel.place(0.0, 0.0);
    let halves = [
        (Rect::from_ltrb(area.left(), area.top(), area.right(), zero), theme::GENERATED),
        (Rect::from_ltrb(area.left(), zero, area.right(), area.bottom()), theme::MEASURED),
    ];
    let pairs: Vec<(f64, f64)> = parameter.iter().copied().zip(exponent.iter().copied()).collect();
    for run in pairs.split(|(_, value)| value.is_nan()).filter(|run| run.len() > 1) {
        let places = run.iter().map(|(x, y)| panel.place(*x, *y));
        let ends = [run[run.len() - 1].0, run[0].0].map(|x| (panel.place(x, 0.0).0, zero));
        let outline: Vec<_> = places.chain(ends).collect();
        for (half, color) in halves {
            if half.is_some() {
                canvas.clip(half);
                canvas.fill(&outline, theme::faded(color, 0.4));
                canvas.clip(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_darker_than_chaos() {
        let parameter = [0.0, 1.0];
        let noise: Vec<f64> = (0..5_000).map(|k| (f64::from(k) * 0.618_033_988_75).fract()).collect();
        let states = [vec![0.25, 0.75], noise];
        let shades = Bifurcation::new(&parameter, &states).shades((0.0, 1.0), (0.0, 1.0));
        let rows = shades.len() / COLUMNS;
        let darkness = |column: usize| {
            let visited = (0..rows).map(|row| shades[row * COLUMNS + column]).filter(|c| c.alpha() > 0);
            visited.map(|c| 255 - u32::from(c.red())).collect::<Vec<_>>()
        };
        let (cycle, chaos) = (darkness(10), darkness(COLUMNS - 10));
        assert_eq!(cycle.len(), 2);
        assert!(chaos.len() > rows / 2);
        assert!(cycle.iter().min() > chaos.iter().max());
        // Halfway between the two values the columns change.
        assert_eq!(darkness(COLUMNS / 2 - 1).len(), 2);
        assert!(darkness(COLUMNS / 2).len() > 2);
    }
}
