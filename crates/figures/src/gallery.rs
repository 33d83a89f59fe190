//! Many attractors on one sheet, each small and with its name.

use std::path::Path;

use ndarray::Array2;
use tiny_skia::Rect;

use crate::{
    Result,
    canvas::{Canvas, Pen, Place, Type, is_spot},
    coordinates::Projection,
    input, theme,
    view::{AZIMUTH, ELEVATION, View},
};

/// Rows of a trajectory that are drawn.
const MOST: usize = 6_000;
/// Points per stroke: far strokes are drawn first and paler.
const STROKE: usize = 16;
const MARGIN: f32 = 12.0;
const GAP: f32 = 10.0;
/// Room for a name.
const NAME: f32 = 20.0;

/// A trajectory to be drawn with a name.
#[derive(Clone, Debug)]
pub struct Portrait {
    name: String,
    points: Array2<f64>,
    is_curve: bool,
}

impl Portrait {
    /// The trajectory `points` \[T, N\] of the system `name`, as a line.
    pub fn new(name: impl Into<String>, points: Array2<f64>) -> Self {
        Self { name: name.into(), points, is_curve: true }
    }

    /// The trajectory as dots: right for maps.
    #[must_use]
    pub fn as_dots(mut self) -> Self {
        self.is_curve = false;
        self
    }

    /// The last [`MOST`] points to the right and upwards, each in the unit square, with their depth from 0 (far) to 1.
    fn flat(&self) -> Result<Vec<(f32, f32, f32)>> {
        let what = format!("the trajectory of {:?}", self.name);
        input::not_empty(&what, self.points.len())?;
        let start = self.points.nrows().saturating_sub(MOST);
        let rows = self.points.slice(ndarray::s![start.., ..]);
        let names: Vec<String> = vec![String::new(); self.points.ncols()];
        let projection = Projection::of(rows, &names).map_err(|error| error.about(&what))?;
        let points = scaled(projection.apply(rows), projection.names.len());
        if projection.names.len() < 3 {
            return Ok(points.into_iter().map(|p| (p[0] as f32, p[1] as f32, 1.0)).collect());
        }
        let view = View::new(AZIMUTH, ELEVATION);
        let seen: Vec<[f64; 3]> =
            points.into_iter().map(|p| view.project(p.map(|value| value - 0.5))).collect();
        let depth = |z: f64| ((z + 0.7) / 1.4).clamp(0.0, 1.0);
        let depths: Vec<f64> = seen.iter().map(|p| depth(p[2])).collect();
        let filled = scaled(seen, 2);
        Ok(filled.into_iter().zip(depths).map(|(p, z)| (p[0] as f32, p[1] as f32, z as f32)).collect())
    }
}

/// Points with the first `dim` coordinates stretched to the range from 0 to 1; a constant one is a half.
fn scaled(mut points: Vec<[f64; 3]>, dim: usize) -> Vec<[f64; 3]> {
    for k in 0..dim {
        let range = crate::axis::extent(points.iter().map(|point| point[k]));
        let (low, high) = crate::axis::padded(range.unwrap_or((0.0, 1.0)), 0.0);
        for point in &mut points {
            point[k] = (point[k] - low) / (high - low);
        }
    }
    points
}

/// Draws each trajectory in a small panel of its own, over the whole width of a page, and writes a PNG or SVG file to
/// `path`.
///
/// Panels are in the order given, more of them in a row the more there are. Each coordinate is stretched to fill its
/// panel, and there are no axes: the sheet shows shapes, not sizes. One variable is drawn along time, two in the plane, three
/// in space, and of more the first three principal components. Of each trajectory the last 6,000 points are drawn.
///
/// # Errors
/// When there are no trajectories, one is empty or holds an infinite value, or the file cannot be written.
pub fn draw(portraits: &[Portrait], path: impl AsRef<Path>) -> Result<()> {
    input::not_empty("the list of trajectories", portraits.len())?;
    let columns = match portraits.len() {
        count @ 1..=4 => count,
        5..=12 => 4,
        13..=40 => 5,
        41..=90 => 6,
        _ => 7,
    };
    let width = (theme::WIDTH - 2.0 * MARGIN - (columns - 1) as f32 * GAP) / columns as f32;
    let height = (0.85 * width).min(260.0);
    let rows = portraits.len().div_ceil(columns);
    let mut canvas = Canvas::new(2.0 * MARGIN + rows as f32 * (height + NAME + GAP) - GAP)?;
    let style = Type::new(theme::TICK, theme::INK);
    let corner = |i: usize| {
        let (row, column) = ((i / columns) as f32, (i % columns) as f32);
        (MARGIN + column * (width + GAP), MARGIN + row * (height + NAME + GAP))
    };
    for (i, portrait) in portraits.iter().enumerate() {
        let (left, top) = corner(i);
        // A long name is set smaller before it is cut.
        let natural = canvas.width(&portrait.name, style);
        let small =
            Type { size: (style.size * (width + GAP - 4.0) / natural).clamp(9.5, style.size), ..style };
        let name = canvas.fitted(&portrait.name, small, width + GAP - 2.0);
        canvas.text(&name, (left + width / 2.0, top + height + NAME / 2.0), small);
    }
    // Points fill their panels and no more: one area for all of them will do.
    canvas.clip(Rect::from_xywh(0.0, 0.0, canvas.width, canvas.height));
    for (i, portrait) in portraits.iter().enumerate() {
        panel(&mut canvas, portrait, corner(i), (width, height))?;
    }
    canvas.clip(None);
    canvas.save(path.as_ref())
}

fn panel(
    canvas: &mut Canvas,
    portrait: &Portrait,
    (left, top): Place,
    (width, height): (f32, f32),
) -> Result<()> {
    let points = portrait.flat()?;
    let place = |(x, y, _): &(f32, f32, f32)| (left + width * x, top + height * (1.0 - y));
    let opacity = match points.len() {
        0..=1_000 => 0.9,
        1_001..=3_000 => 0.7,
        _ => 0.55,
    };
    let fine = (width / 150.0).clamp(0.55, 1.0);
    let color = |depth: f32| theme::faded(theme::MEASURED, opacity * (0.45 + 0.55 * depth));
    let places: Vec<Place> = points.iter().map(place).collect();
    if let [first, ..] = places[..]
        && is_spot(&places)
    {
        canvas.dot(first, 3.0, color(1.0));
        return Ok(());
    }
    if !portrait.is_curve {
        let radius = match points.len() {
            0..=64 => 2.0,
            65..=2_000 => 0.8,
            _ => 0.45,
        };
        canvas.dots(&places, radius, color(1.0));
        return Ok(());
    }
    let mut strokes: Vec<&[(f32, f32, f32)]> = (0..points.len().saturating_sub(1))
        .step_by(STROKE)
        .map(|start| &points[start..(start + STROKE + 1).min(points.len())])
        .collect();
    let depth = |stroke: &[(f32, f32, f32)]| stroke.iter().map(|p| p.2).sum::<f32>() / stroke.len() as f32;
    strokes.sort_by(|a, b| depth(a).total_cmp(&depth(b)));
    for stroke in strokes {
        let places: Vec<Place> = stroke.iter().map(place).collect();
        let near = depth(stroke);
        canvas.lines(&places, Pen::new(color(if near.is_nan() { 1.0 } else { near }), fine));
    }
    Ok(())
}
