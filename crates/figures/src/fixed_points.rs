//! An attractor in the plane or in space with the fixed points, cycles and manifolds around it.

use std::path::Path;

use ndarray::{Array2, ArrayView2};
use tiny_skia::ColorU8;

use crate::{
    Cycle, FixedPoint, Manifold, Result,
    axis::{self, Axis},
    box3::{self, Box3},
    canvas::{Align, Canvas, Pen, Type},
    coordinates::Projection,
    input, invariant,
    legend::{Legend, Swatch},
    panel::Panel,
    theme,
};

/// Height of the plane, and of the box.
const PLANE: f32 = 360.0;
const BOX: f32 = 420.0;
/// How far beyond the attractor, in its widths, points still widen the axes.
const REACH: f64 = 0.6;

/// An attractor and the sets around it.
#[derive(Clone, Debug)]
pub struct StateSpace<'a> {
    attractor: ArrayView2<'a, f64>,
    names: Vec<String>,
    fixed_points: Vec<FixedPoint>,
    cycles: Vec<Cycle>,
    manifolds: Vec<Manifold>,
    is_curve: bool,
}

impl<'a> StateSpace<'a> {
    /// The trajectory `attractor` \[T, N\] with the names of its N variables; a row with NaN breaks its line.
    pub fn new<S: Into<String>>(attractor: ArrayView2<'a, f64>, names: impl IntoIterator<Item = S>) -> Self {
        Self {
            attractor,
            names: names.into_iter().map(Into::into).collect(),
            fixed_points: Vec::new(),
            cycles: Vec::new(),
            manifolds: Vec::new(),
            is_curve: true,
        }
    }

    /// The attractor as dots instead of a line: right for maps that do not follow a flow.
    #[must_use]
    pub fn as_dots(mut self) -> Self {
        self.is_curve = false;
        self
    }

    /// With fixed points, marked by their stability.
    #[must_use]
    pub fn with_fixed_points(mut self, points: impl IntoIterator<Item = FixedPoint>) -> Self {
        self.fixed_points.extend(points);
        self
    }

    /// With cycles, coloured by their stability.
    #[must_use]
    pub fn with_cycles(mut self, cycles: impl IntoIterator<Item = Cycle>) -> Self {
        self.cycles.extend(cycles);
        self
    }

    /// With lines on the manifolds of saddles.
    #[must_use]
    pub fn with_manifolds(mut self, manifolds: impl IntoIterator<Item = Manifold>) -> Self {
        self.manifolds.extend(manifolds);
        self
    }

    /// All in two or three coordinates.
    pub(crate) fn projected(&self) -> Result<Projected> {
        let dim = self.attractor.ncols();
        input::not_empty("the attractor", self.attractor.len())?;
        input::length("names of the variables of the attractor", dim, self.names.len())?;
        invariant::check(&self.fixed_points, &self.cycles, &self.manifolds, dim)?;
        let projection = Projection::of(self.attractor, &self.names)?;
        let row = |point: &FixedPoint| {
            let row = Array2::from_shape_fn((1, dim), |(_, i)| point.position[i]);
            (projection.apply(row.view())[0], point.clone())
        };
        Ok(Projected {
            attractor: projection.apply(self.attractor),
            fixed_points: self.fixed_points.iter().map(row).collect(),
            cycles: self.cycles.iter().map(|c| (projection.apply(c.points.view()), c.clone())).collect(),
            manifolds: self
                .manifolds
                .iter()
                .map(|m| (projection.apply(m.points.view()), m.clone()))
                .collect(),
            names: projection.names,
            is_curve: self.is_curve,
        })
    }
}

/// Sets in the two or three coordinates of a picture.
pub(crate) struct Projected {
    pub(crate) names: Vec<String>,
    pub(crate) attractor: Vec<[f64; 3]>,
    pub(crate) fixed_points: Vec<([f64; 3], FixedPoint)>,
    pub(crate) cycles: Vec<(Vec<[f64; 3]>, Cycle)>,
    pub(crate) manifolds: Vec<(Vec<[f64; 3]>, Manifold)>,
    pub(crate) is_curve: bool,
}

impl Projected {
    /// The axis of coordinate `k`: the attractor, and marks that are not too far from it.
    pub(crate) fn axis(&self, k: usize, pad: f64, ticks: usize) -> Axis {
        let own = axis::extent(self.attractor.iter().map(|point| point[k])).unwrap_or((0.0, 1.0));
        let (low, high) = axis::padded(own, 0.0);
        let room = REACH * (high - low);
        let fixed = self.fixed_points.iter().map(|(place, _)| place[k]);
        let cycles = self.cycles.iter().flat_map(|(points, _)| points).map(|point| point[k]);
        let near = fixed.chain(cycles).filter(|value| *value > low - room && *value < high + room);
        let range = axis::extent(near.chain([own.0, own.1])).unwrap_or(own);
        Axis::linear(axis::padded(range, pad), ticks)
    }

    fn legend(&self) -> Legend {
        let mut legend = Legend::default();
        let attractor = Pen::new(ATTRACTOR, 2.0);
        legend.add(if self.is_curve { Swatch::Line(attractor) } else { Swatch::Dot(ATTRACTOR) }, "attractor");
        for kind in [true, false] {
            if let Some((_, one)) = self.manifolds.iter().find(|(_, manifold)| manifold.is_stable == kind) {
                legend.add(Swatch::Line(one.pen()), one.name());
            }
        }
        let kinds: Vec<_> = self.fixed_points.iter().map(|(_, point)| point.stability).collect();
        legend.add_marks(&kinds);
        let mut seen = Vec::new();
        for (_, cycle) in &self.cycles {
            if !seen.contains(&(cycle.stability, cycle.is_curve)) {
                seen.push((cycle.stability, cycle.is_curve));
                let pen = Pen::new(cycle.stability.color(), 2.0);
                let swatch = if cycle.is_curve { Swatch::Line(pen) } else { Swatch::Dot(pen.color) };
                legend.add(swatch, format!("{} cycle", cycle.stability.name()));
            }
        }
        legend
    }

    /// Fixed points outside the axes.
    fn outside(&self, axes: &[Axis]) -> usize {
        let inside = |(place, _): &&([f64; 3], FixedPoint)| {
            axes.iter().zip(place).all(|(axis, value)| (0.0..=1.0).contains(&axis.position(*value)))
        };
        self.fixed_points.len() - self.fixed_points.iter().filter(inside).count()
    }
}

/// Blue-grey: the attractor, behind what is marked in colour.
const ATTRACTOR: ColorU8 = theme::TERMS[6];

/// Draws an attractor with the sets around it, in one column, and writes a PNG or SVG file to `path`.
///
/// Two variables are drawn in the plane, three in space, and of more the first three principal components of the
/// attractor, which everything is projected on; one is drawn over its index. Fixed points and cycles that lie further than
/// 0.6 of the attractor's width from it do not widen the axes, and the picture says how many fixed points lie outside.
///
/// # Errors
/// When the attractor is empty or holds an infinite value, the number of names or of coordinates is another than that of
/// the attractor, or the file cannot be written.
pub fn draw(state_space: &StateSpace, path: impl AsRef<Path>) -> Result<()> {
    picture(&state_space.projected()?)?.save(path.as_ref())
}

/// The picture of [`draw`], in memory.
pub(crate) fn picture(projected: &Projected) -> Result<Canvas> {
    let mut canvas = Canvas::column(0.0)?;
    let legend = projected.legend();
    let right = theme::COLUMN - 12.0;
    let plane = projected.names.len() == 2;
    let axes: Vec<Axis> = if plane {
        [0, 1].map(|k| projected.axis(k, 0.06, 5)).to_vec()
    } else {
        [(0, 5), (1, 4), (2, 6)].map(|(k, ticks)| projected.axis(k, 0.05, ticks)).to_vec()
    };
    let room = if plane { Panel::margin(&canvas, &axes[1]) } else { 16.0 };
    let outside = projected.outside(&axes);
    let rows = legend.height(&canvas, room, right);
    let head = rows + 12.0 + if outside > 0 { 18.0 } else { 0.0 };
    legend.draw(&mut canvas, room, right, 5.0);
    if outside > 0 {
        let (subject, verb) = if outside == 1 { ("1 fixed point", "lies") } else { ("fixed points", "lie") };
        let count = if outside == 1 { String::new() } else { format!("{outside} ") };
        let style = Type::new(theme::TICK, theme::MUTED).align(Align::Start);
        canvas.text(&format!("{count}{subject} {verb} outside"), (room, rows + 12.0), style);
    }
    if plane {
        canvas.height = head + PLANE + 56.0;
        in_plane(&mut canvas, projected, (axes[0].clone(), axes[1].clone()), (room, head))?;
    } else {
        canvas.height = head + BOX;
        let axes = [axes[0].clone(), axes[1].clone(), axes[2].clone()];
        in_space(&mut canvas, projected, axes, head);
    }
    Ok(canvas)
}

fn in_plane(
    canvas: &mut Canvas,
    sets: &Projected,
    axes: (Axis, Axis),
    (room, head): (f32, f32),
) -> Result<()> {
    let names = (Some(sets.names[0].as_str()), sets.names[1].as_str());
    let panel = Panel::wide(canvas, (head, PLANE), room, axes, names)?;
    let flat = |points: &[[f64; 3]]| -> Vec<(f64, f64)> { points.iter().map(|p| (p[0], p[1])).collect() };
    let places = |points: &[[f64; 3]]| -> Vec<_> { points.iter().map(|p| panel.place(p[0], p[1])).collect() };
    if sets.is_curve {
        let (width, opacity) = box3::weight(sets.attractor.len());
        // Parts of the line are drawn one by one, so that density shows.
        for start in (0..sets.attractor.len()).step_by(200) {
            let part = &sets.attractor[start..(start + 201).min(sets.attractor.len())];
            panel.curve(canvas, flat(part), Pen::new(theme::faded(ATTRACTOR, opacity), width));
        }
    } else {
        canvas.clip(Some(panel.area()));
        canvas.dots(&places(&sets.attractor), dot_size(sets.attractor.len()), theme::faded(ATTRACTOR, 0.7));
        canvas.clip(None);
    }
    for (points, manifold) in &sets.manifolds {
        panel.curve(canvas, flat(points), manifold.pen());
    }
    for (points, cycle) in &sets.cycles {
        if cycle.is_curve {
            panel.curve(canvas, flat(&closed(points)), Pen::new(cycle.stability.color(), 1.8));
        } else {
            canvas.clip(Some(panel.area()));
            spots(canvas, &places(points), cycle.stability.color());
            canvas.clip(None);
        }
    }
    let mark = |(place, point): &([f64; 3], FixedPoint)| ((place[0], place[1]), point.stability);
    panel.marks(canvas, sets.fixed_points.iter().map(mark));
    Ok(())
}

fn in_space(canvas: &mut Canvas, sets: &Projected, axes: [Axis; 3], head: f32) {
    let names = [0, 1, 2].map(|k| sets.names.get(k).cloned().unwrap_or_default());
    let space = Box3::new(axes, names, 0.0, head, theme::COLUMN, BOX);
    space.frame(canvas);
    if sets.is_curve {
        space.line(canvas, &sets.attractor, ATTRACTOR);
    } else {
        let radius = dot_size(sets.attractor.len());
        space.dots(canvas, &sets.attractor, radius, theme::faded(ATTRACTOR, 0.7));
    }
    for (points, manifold) in &sets.manifolds {
        space.curve(canvas, points, manifold.pen());
    }
    for (points, cycle) in &sets.cycles {
        if cycle.is_curve {
            space.curve(canvas, &closed(points), Pen::new(cycle.stability.color(), 1.8));
        } else {
            let places: Vec<_> = points.iter().filter_map(|point| space.place(*point)).collect();
            spots(canvas, &places, cycle.stability.color());
        }
    }
    // The nearest last.
    let mut marks: Vec<_> = sets.fixed_points.iter().collect();
    marks.sort_by(|a, b| space.depth(a.0).total_cmp(&space.depth(b.0)));
    for (place, point) in marks {
        if let Some(place) = space.place(*place) {
            point.stability.mark(canvas, place, 6.5);
        }
    }
}

fn dot_size(count: usize) -> f32 {
    match count {
        0..=2_000 => 1.4,
        2_001..=20_000 => 0.9,
        _ => 0.6,
    }
}

/// The points of a cycle that is no curve: dots with a white edge.
fn spots(canvas: &mut Canvas, places: &[(f32, f32)], color: ColorU8) {
    canvas.dots(places, 4.4, theme::WHITE);
    canvas.dots(places, 3.3, color);
}

/// Points with the first once more at the end.
fn closed(points: &[[f64; 3]]) -> Vec<[f64; 3]> {
    points.iter().chain(points.first()).copied().collect()
}
