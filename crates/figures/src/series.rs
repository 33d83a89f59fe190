//! Each variable along time, measured and generated in one panel.

use std::{ops::Range, path::Path};

use attractor_systems::Trajectory;
use ndarray::Array2;

use crate::{
    Error, Result,
    axis::{self, Axis},
    canvas::{Canvas, Pen},
    coordinates::{self, values},
    panel::Panel,
    theme,
};

/// Panels in one picture.
pub(crate) const MOST: usize = 6;
/// Steps of the measured trajectory that [`draw`] shows: more would fill the panels with ink.
const STEPS: usize = 2_000;

/// Draws up to six variables along time, measured and generated, and writes a PNG or SVG file to `path`.
///
/// Shown are the first 2,000 steps of the measured trajectory and the same span of time of the generated one; both
/// start at zero. The picture says where it leaves time or variables out. [`draw_between`] shows another span.
/// Time is in seconds, as far as `dt` is. The vertical axes follow the measured data and give the generated
/// data as much room again; what goes beyond is cut off.
///
/// # Errors
/// When a trajectory is empty or holds a value that is not finite, when the numbers of variables differ, or when the
/// file cannot be written.
pub fn draw(measured: &Trajectory, generated: &Trajectory, path: impl AsRef<Path>) -> Result<()> {
    draw_between(measured, generated, opening(measured), path)
}

/// The span of time that [`draw`] shows.
pub(crate) fn opening(measured: &Trajectory) -> Range<f64> {
    let shown = measured.len().saturating_sub(1).clamp(1, STEPS);
    0.0..shown as f64 * measured.dt()
}

/// Draws as [`draw`] does, from one time to another (in seconds from the first sample, as far as `dt` is).
///
/// # Errors
/// As [`draw`]; also when the measured trajectory has no sample in that span. A generated trajectory that
/// ends before it is not drawn.
pub fn draw_between(
    measured: &Trajectory,
    generated: &Trajectory,
    span: Range<f64>,
    path: impl AsRef<Path>,
) -> Result<()> {
    picture(measured, generated, span)?.save(path.as_ref())
}

/// The picture of [`draw_between`], in memory.
pub(crate) fn picture(measured: &Trajectory, generated: &Trajectory, span: Range<f64>) -> Result<Canvas> {
    coordinates::check(measured, generated)?;
    let (rows, other) = (window(measured, &span), window(generated, &span));
    if rows.is_empty() {
        return Err(Error::Window {
            what: "measured".into(),
            start: span.start,
            end: span.end,
            duration: (measured.len() - 1) as f64 * measured.dt(),
        });
    }
    let shown = measured.dim().min(MOST);
    let (head, row, gap, foot) = (44.0, if shown == 1 { 220.0 } else { 132.0 }, 14.0, 52.0);
    let mut canvas = Canvas::new(head + shown as f32 * (row + gap) - gap + foot)?;
    let tables = [(values(measured), &rows), (values(generated), &other)];
    let axes: Vec<Axis> = (0..shown).map(|i| vertical(&tables, i)).collect();
    let room = axes.iter().map(|axis| Panel::room(&canvas, axis)).fold(0.0, f32::max) + 32.0;
    let time = Axis::linear((span.start, span.end), 8);
    for (i, y) in axes.into_iter().enumerate() {
        let top = head + i as f32 * (row + gap);
        let panel = Panel::new(room, top, theme::WIDTH - room - 24.0, row, time.clone(), y)?;
        let last = i + 1 == shown;
        panel.frame(&mut canvas, last);
        panel.name_y(&mut canvas, measured.names().get(i).map_or("", String::as_str), 16.0);
        if last {
            panel.name_x(&mut canvas, "time (s)");
        }
        // A broad line under a fine one: both are seen where they coincide.
        let fine = if rows.len() > 1_000 { 1.3 } else { 1.6 };
        let pens =
            [Pen::new(theme::faded(theme::MEASURED, 0.8), 2.0 * fine), Pen::new(theme::GENERATED, fine)];
        for ((pen, dt), (data, rows)) in pens.into_iter().zip([measured.dt(), generated.dt()]).zip(&tables) {
            let points = (*rows).clone().map(|t| (t as f64 * dt, data[[t, i]]));
            panel.curve(&mut canvas, points, pen);
        }
    }
    let end = canvas.legend((room, 22.0), &[("measured", theme::MEASURED), ("generated", theme::GENERATED)]);
    let note = note(measured, &span, shown);
    canvas.note(&note, end);
    Ok(canvas)
}

/// The samples of a trajectory within a span of time.
fn window(trajectory: &Trajectory, span: &Range<f64>) -> Range<usize> {
    let last = trajectory.len() - 1;
    if span.start.is_nan() || span.end.is_nan() || span.end <= span.start {
        return 0..0;
    }
    let index = |time: f64| time / trajectory.dt();
    let first = (index(span.start) - 1e-6).ceil().max(0.0);
    let end = (index(span.end) + 1e-6).floor().min(last as f64);
    if end < first { 0..0 } else { first as usize..end as usize + 1 }
}

/// The vertical axis of variable `i` of the measured and the generated values in some rows.
fn vertical([measured, generated]: &[(Array2<f64>, &Range<usize>); 2], i: usize) -> Axis {
    let range =
        |(data, rows): &(Array2<f64>, &Range<usize>)| axis::extent((*rows).clone().map(|t| data[[t, i]]));
    let own = range(measured).or_else(|| range(generated)).unwrap_or((0.0, 1.0));
    let (low, high) = axis::padded(own, 0.0);
    let room = (high - low) / 2.0;
    let reach = match range(generated) {
        Some((below, above)) => (own.0.min(below.max(low - room)), own.1.max(above.min(high + room))),
        None => own,
    };
    Axis::linear(axis::padded(reach, 0.08), 5)
}

/// What the picture leaves out, if anything.
fn note(measured: &Trajectory, span: &Range<f64>, shown: usize) -> String {
    let duration = (measured.len() - 1) as f64 * measured.dt();
    let mut parts = Vec::new();
    if span.start > 0.0 || span.end < duration * (1.0 - 1e-9) {
        parts.push(format!(
            "{} s of {} s",
            coordinates::short(span.end - span.start),
            coordinates::short(duration)
        ));
    }
    if shown < measured.dim() {
        parts.push(format!("variables 1 to {shown} of {}", measured.dim()));
    }
    parts.join(", ")
}
