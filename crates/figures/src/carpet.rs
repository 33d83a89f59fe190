//! All variables along time as a heat map, measured above generated: the carpet plot of fMRI.

use std::path::Path;

use attractor_systems::Trajectory;
use ndarray::{Array1, Array2, ArrayView2, Axis as Along};
use tiny_skia::{ColorU8, Rect};

use crate::{
    Error, Result,
    axis::{Axis, Tick},
    canvas::{Align, Canvas, Type},
    coordinates::{self, values},
    panel::Panel,
    theme,
};

/// Columns of pixels that a panel has room for; more samples are averaged.
const COLUMNS: usize = 1_400;
/// Up to so many variables are named one by one.
const NAMED: usize = 16;
/// Room for names.
const NAME: f32 = 90.0;
/// Standard deviations from the mean at which colours are fullest.
const FULL: f64 = 2.5;

/// Draws all N variables along time, measured above generated, and writes a PNG or SVG file to `path`.
///
/// Each variable is a row, the first at the top, in units of the standard deviation of its measured values from their mean,
/// in both panels: what is generated too weak, too strong or off its level looks so. Blue is below the mean, vermillion
/// above, both fullest at 2.5 standard deviations; missing values are grey. A variable whose measured values are all the
/// same has no unit and is drawn white. The generated trajectory is shown over the time of the measured one. Time is in
/// seconds, as far as `dt` is; a sample fills the time up to the next.
///
/// # Errors
/// When a trajectory is empty or holds a value that is not finite, when the numbers of variables differ, or when the
/// file cannot be written.
pub fn draw(measured: &Trajectory, generated: &Trajectory, path: impl AsRef<Path>) -> Result<()> {
    coordinates::check(measured, generated)?;
    let (dim, duration) = (measured.dim(), measured.len() as f64 * measured.dt());
    let tables = [(values(measured), measured.dt()), (values(generated), generated.dt())];
    let units = units(tables[0].0.view());
    let row = (360.0 / dim as f32).clamp(1.0, 22.0);
    let height = (row * dim as f32).clamp(40.0, 240.0);
    let (head, gap, foot) = (40.0, 44.0, 56.0);
    let mut canvas = Canvas::new(head + 2.0 * height + gap + foot)?;
    let vertical = vertical(measured.names(), &canvas);
    let room = Panel::room(&canvas, &vertical) + 32.0;
    let width = theme::WIDTH - room - 86.0;
    for (i, (title, (data, dt))) in ["measured", "generated"].into_iter().zip(&tables).enumerate() {
        let top = head + i as f32 * (height + gap);
        let time = Axis::linear((0.0, duration), 8);
        let panel = Panel::new(room, top, width, height, time, vertical.clone())?;
        panel.frame(&mut canvas, i == 1);
        panel.title(&mut canvas, title);
        if dim > NAMED {
            panel.name_y(&mut canvas, "variable", 16.0);
        }
        if i == 1 {
            panel.name_x(&mut canvas, "time (s)");
        }
        let shown = ((duration / dt).round() as usize).clamp(1, data.nrows());
        let rows = data.slice(ndarray::s![..shown, ..]);
        let (pixels, columns) = carpet(rows, &units);
        let share = (shown as f64 * dt / duration) as f32;
        if let Some(area) = Rect::from_xywh(room, top, width * share, height) {
            canvas.clip(Some(panel.area()));
            canvas.image(area, columns, pixels);
            canvas.clip(None);
        }
    }
    scale(&mut canvas, (room + width + 18.0, head + height - 20.0), gap + 40.0)?;
    canvas.save(path.as_ref())
}

/// Mean and standard deviation of each variable; an infinite one where it never changes.
fn units(measured: ArrayView2<'_, f64>) -> Vec<(f64, f64)> {
    let unit = |column: ndarray::ArrayView1<'_, f64>| {
        let known: Array1<f64> = column.iter().copied().filter(|value| !value.is_nan()).collect();
        let mean = known.mean().unwrap_or(0.0);
        let varies = known.iter().any(|value| *value != known[0]);
        (mean, if varies { known.std(0.0) } else { f64::INFINITY })
    };
    measured.columns().into_iter().map(unit).collect()
}

/// Pixels of a heat map, a row per variable, and their number in a row.
fn carpet(data: ArrayView2<'_, f64>, units: &[(f64, f64)]) -> (Vec<ColorU8>, usize) {
    let together = data.nrows().div_ceil(COLUMNS);
    let chunks: Vec<_> = data.axis_chunks_iter(Along(0), together).collect();
    let mut shades = Array2::from_elem((data.ncols(), chunks.len()), theme::FRAME);
    for (mut column, chunk) in shades.columns_mut().into_iter().zip(&chunks) {
        for ((shade, values), (mean, deviation)) in column.iter_mut().zip(chunk.columns()).zip(units) {
            let known = values.iter().filter(|value| !value.is_nan());
            let count = known.clone().count();
            if count > 0 {
                let value = known.map(|value| value / count as f64).sum::<f64>();
                *shade = theme::diverging(((value - mean) / deviation / FULL) as f32);
            }
        }
    }
    (shades.into_iter().collect(), chunks.len())
}

/// The axis of the variables, the first at the top: names of a few, numbers of many.
fn vertical(names: &[String], canvas: &Canvas) -> Axis {
    let count = names.len();
    let mut axis = Axis::linear((0.0, count as f64), 6);
    let tick = |i: usize, label: String| Tick { value: (count - i) as f64 - 0.5, label };
    axis.exponent = 0;
    axis.ticks = if count <= NAMED {
        let style = Type::new(theme::TICK, theme::MUTED);
        names.iter().enumerate().map(|(i, name)| tick(i, canvas.fitted(name, style, NAME))).collect()
    } else {
        let step = (axis.ticks.get(1).map_or(1.0, |tick| tick.value) as usize).max(1);
        (step..=count).step_by(step).map(|i| tick(i - 1, i.to_string())).collect()
    };
    axis
}

/// The key to the colours: a bar with its numbers.
fn scale(canvas: &mut Canvas, (left, top): (f32, f32), height: f32) -> Result<()> {
    let room = || Error::Drawing { reason: "no room for the scale of colours".into() };
    let steps = 50;
    let shade = |i: usize| theme::diverging(1.0 - 2.0 * i as f32 / (steps - 1) as f32);
    let area = Rect::from_xywh(left, top, 12.0, height).ok_or_else(room)?;
    canvas.image(area, 1, (0..steps).map(shade).collect());
    let style = Type::new(theme::TICK, theme::MUTED).align(Align::Start);
    for (label, share) in [("+2.5 sd", 0.0), ("mean", 0.5), ("−2.5 sd", 1.0)] {
        canvas.text(label, (left + 17.0, top + share * height), style);
    }
    Ok(())
}
