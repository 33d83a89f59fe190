//! The measured and the generated attractor side by side, in state space.

use std::path::Path;

use attractor_systems::Trajectory;
use tiny_skia::ColorU8;

use crate::{
    Result,
    axis::{self, Axis},
    box3::{self, Box3},
    canvas::{Canvas, Pen, Type},
    coordinates::Coordinates,
    panel::Panel,
    theme,
};

/// Nominal height of the picture.
const HEIGHT: f32 = 425.0;
/// Nominal height of the line of subtitles.
const HEAD: f32 = 44.0;

/// Draws two trajectories of the same variables side by side over the same axes and writes a PNG or SVG file to `path`.
///
/// What is drawn depends on the number of variables N:
///
/// | N | picture |
/// |---|---|
/// | 1 | delay plot: x(t − τ) over x(t), τ where the autocorrelation of the measured data falls below 1/e |
/// | 2 | the plane |
/// | 3 | lines in space, seen from azimuth −60° and elevation 15° |
/// | more | as for 3, in the first three principal components of the **measured** data; both are projected on these |
///
/// The axes span the measured data. Generated points that lie outside are not drawn in space and cut off in the plane;
/// the subtitle says how many of a hundred they are. Delays are in seconds, as far as `dt` is.
///
/// # Errors
/// When a trajectory is empty or holds a value that is not finite, when the numbers of variables differ, or when the
/// file cannot be written.
pub fn draw(measured: &Trajectory, generated: &Trajectory, path: impl AsRef<Path>) -> Result<()> {
    picture(measured, generated)?.save(path.as_ref())
}

/// The picture of [`draw`], in memory.
pub(crate) fn picture(measured: &Trajectory, generated: &Trajectory) -> Result<Canvas> {
    let coordinates = Coordinates::on_paper(measured, generated)?;
    let mut canvas = Canvas::new(HEIGHT)?;
    let half = theme::WIDTH / 2.0;
    let both = [
        ("measured", &coordinates.measured, theme::MEASURED),
        ("generated", &coordinates.generated, theme::GENERATED),
    ];
    for (i, (name, points, color)) in both.into_iter().enumerate() {
        let left = i as f32 * half;
        let outside = if coordinates.names.len() == 2 {
            in_plane(&mut canvas, &coordinates, points, color, left)?
        } else {
            in_box(&mut canvas, &coordinates, points, color, left)
        };
        let middle = (left + half / 2.0 + 14.0, HEAD / 2.0);
        let style = Type::new(theme::TITLE, color).bold();
        let share = 100.0 * outside as f64 / points.len().max(1) as f64;
        if outside == 0 {
            canvas.text(name, middle, style);
        } else {
            let share = if share < 1.0 { "under 1 %".to_owned() } else { format!("{share:.0} %") };
            canvas.text(name, (middle.0, middle.1 - 6.0), style);
            let note = format!("{share} of its points lie outside the measured range");
            canvas.text(&note, (middle.0, middle.1 + 14.0), Type::new(theme::TICK, theme::MUTED));
        }
    }
    Ok(canvas)
}

/// The axis over coordinate `k` of the measured points.
fn axis_over(coordinates: &Coordinates, k: usize, pad: f64, ticks: usize) -> Axis {
    let range = axis::extent(coordinates.measured.iter().map(|point| point[k])).unwrap_or((0.0, 1.0));
    Axis::linear(axis::padded(range, pad), ticks)
}

fn in_box(
    canvas: &mut Canvas,
    coordinates: &Coordinates,
    points: &[[f64; 3]],
    color: ColorU8,
    left: f32,
) -> usize {
    // The second axis is the shortest on paper.
    let axes = [(0, 5), (1, 4), (2, 6)].map(|(k, ticks)| axis_over(coordinates, k, 0.05, ticks));
    let names = [0, 1, 2].map(|k| coordinates.names.get(k).cloned().unwrap_or_default());
    let space = Box3::new(axes, names, left, HEAD, theme::WIDTH / 2.0, HEIGHT - HEAD);
    space.frame(canvas);
    space.line(canvas, points, color)
}

fn in_plane(
    canvas: &mut Canvas,
    coordinates: &Coordinates,
    points: &[[f64; 3]],
    color: ColorU8,
    left: f32,
) -> Result<usize> {
    let (x, y) = (axis_over(coordinates, 0, 0.08, 5), axis_over(coordinates, 1, 0.08, 5));
    let room = Panel::room(canvas, &y) + 30.0;
    let outside = |point: &&[f64; 3]| {
        let (x, y) = (x.position(point[0]), y.position(point[1]));
        // A missing point, which is NaN, is not outside.
        x.min(y) < 0.0 || x.max(y) > 1.0
    };
    let count = points.iter().filter(outside).count();
    let (width, height) = (theme::WIDTH / 2.0 - room - 20.0, HEIGHT - HEAD - 58.0);
    let panel = Panel::new(left + room, HEAD, width, height, x, y)?;
    panel.frame(canvas, true);
    panel.name_x(canvas, &coordinates.names[0]);
    panel.name_y(canvas, &coordinates.names[1], left + 16.0);
    let (width, opacity) = box3::weight(points.len());
    // Parts of the line are drawn one by one, so that density shows.
    for start in (0..points.len()).step_by(200) {
        let part = &points[start..(start + 201).min(points.len())];
        let pen = Pen::new(theme::faded(color, opacity), width);
        if part.len() > 1 || points.len() == 1 {
            panel.curve(canvas, part.iter().map(|p| (p[0], p[1])), pen);
        }
    }
    Ok(count)
}
