//! Haemodynamic responses along time: the kernels that fMRI sees activity through.

use std::path::Path;

use attractor_systems::observation::Response;

use crate::{
    Result,
    axis::{self, Axis},
    canvas::Pen,
    input,
    legend::{Legend, Swatch},
    panel::Panel,
    theme,
};

/// Height of the area.
const HEIGHT: f32 = 260.0;
/// Responses of fewer samples show them as dots.
const FEW: usize = 60;

/// Draws responses over the time since the burst of activity, in one column, and writes a PNG or SVG file to `path`.
///
/// Each has a name; they may differ in length and sampling interval (s). Those of few samples show them as dots. The
/// eighth has the colour of the first, in dashes, and so on.
///
/// # Errors
/// When there is no response, or the file cannot be written.
pub fn draw<S: AsRef<str>>(responses: &[(S, Response)], path: impl AsRef<Path>) -> Result<()> {
    input::not_empty("the list of responses", responses.len())?;
    let points = |response: &Response| -> Vec<(f64, f64)> {
        let interval = response.interval();
        response.values().iter().enumerate().map(|(s, h)| (s as f64 * interval, *h)).collect()
    };
    let all = || responses.iter().flat_map(|(_, response)| points(response));
    let end = all().map(|point| point.0).fold(0.0, f64::max);
    let (low, high) = axis::extent(all().map(|point| point.1)).unwrap_or((0.0, 1.0));
    let y = Axis::linear(axis::padded((low.min(0.0), high.max(0.0)), 0.06), 5);
    let x = Axis::linear(if end > 0.0 { (0.0, end) } else { (0.0, 1.0) }, 6);
    let pen = |i: usize| {
        let pen = Pen::new(theme::TERMS[i % theme::TERMS.len()], 1.8);
        if i < theme::TERMS.len() { pen } else { pen.dashed(5.0, 3.0) }
    };
    let mut legend = Legend::default();
    for (i, (name, _)) in responses.iter().enumerate() {
        legend.add(Swatch::Line(pen(i)), name.as_ref());
    }
    let names = ("time since the burst (s)", "response");
    let (mut canvas, panel) = Panel::under(&legend, (HEIGHT, false), (x, y), names)?;
    panel.level(&mut canvas, 0.0, Pen::new(theme::MUTED, 1.0));
    for (i, (_, response)) in responses.iter().enumerate() {
        let points = points(response);
        if points.len() < FEW {
            let places: Vec<_> = points.iter().map(|(x, y)| panel.place(*x, *y)).collect();
            canvas.dots(&places, 2.6, pen(i).color);
        }
        panel.curve(&mut canvas, points, pen(i));
    }
    canvas.save(path.as_ref())
}
