//! A vector field of the plane with its nullclines and fixed points: a flow, or the step z′ − z of a map.

use std::{ops::Range, path::Path};

use ndarray::{Array2, ArrayView2};
use tiny_skia::ColorU8;

use crate::{
    FixedPoint, Manifold, Result,
    axis::Axis,
    canvas::{Canvas, Pen, Place},
    contour, input, invariant,
    legend::{Legend, Swatch},
    panel::Panel,
    streamline, theme,
};

/// Height of the area.
const HEIGHT: f32 = 350.0;
/// Arrows to a side.
const ARROWS: usize = 19;
/// Samples to a side that [`VectorField::from_fn`] takes.
const SAMPLES: usize = 121;

/// How the field itself is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Lines along the field, evenly spread: best for flows.
    #[default]
    Streamlines,
    /// An arrow at each place of a grid, longer where the field is larger: best for maps, whose steps may be large.
    Arrows,
}

/// A vector field on a grid, and what is drawn over it.
#[derive(Clone, Debug)]
pub struct VectorField {
    x: Vec<f64>,
    y: Vec<f64>,
    u: Array2<f64>,
    v: Array2<f64>,
    names: [String; 2],
    style: Style,
    fixed_points: Vec<FixedPoint>,
    trajectories: Vec<Array2<f64>>,
    manifolds: Vec<Manifold>,
    borders: Vec<[f64; 3]>,
}

impl VectorField {
    /// The field with components `u` and `v` \[Ny, Nx\] at the places `x` \[Nx\] and `y` \[Ny\], both increasing.
    pub fn new(x: &[f64], y: &[f64], u: ArrayView2<f64>, v: ArrayView2<f64>) -> Self {
        Self {
            x: x.to_vec(),
            y: y.to_vec(),
            u: u.mapv(within),
            v: v.mapv(within),
            names: ["x".into(), "y".into()],
            style: Style::default(),
            fixed_points: Vec::new(),
            trajectories: Vec::new(),
            manifolds: Vec::new(),
            borders: Vec::new(),
        }
    }

    /// The field `f(x, y)` over a rectangle, sampled at 121 by 121 places.
    pub fn from_fn(x: Range<f64>, y: Range<f64>, f: impl Fn(f64, f64) -> (f64, f64)) -> Self {
        let places = |range: &Range<f64>| -> Vec<f64> {
            let share = |i: usize| i as f64 / (SAMPLES - 1) as f64;
            (0..SAMPLES).map(|i| range.start + share(i) * (range.end - range.start)).collect()
        };
        let (x, y) = (places(&x), places(&y));
        let field = Array2::from_shape_fn((y.len(), x.len()), |(j, i)| f(x[i], y[j]));
        Self::new(&x, &y, field.mapv(|f| f.0).view(), field.mapv(|f| f.1).view())
    }

    /// With names of the variables.
    #[must_use]
    pub fn with_names(mut self, x: impl Into<String>, y: impl Into<String>) -> Self {
        self.names = [x.into(), y.into()];
        self
    }

    /// Shown in this style.
    #[must_use]
    pub fn with_style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// With fixed points, marked by their stability.
    #[must_use]
    pub fn with_fixed_points(mut self, points: impl IntoIterator<Item = FixedPoint>) -> Self {
        self.fixed_points.extend(points);
        self
    }

    /// With a trajectory \[T, 2\]; a row with NaN breaks its line.
    #[must_use]
    pub fn with_trajectory(mut self, points: ArrayView2<f64>) -> Self {
        self.trajectories.push(points.to_owned());
        self
    }

    /// With lines on the manifolds of saddles.
    #[must_use]
    pub fn with_manifolds(mut self, manifolds: impl IntoIterator<Item = Manifold>) -> Self {
        self.manifolds.extend(manifolds);
        self
    }

    /// With the borders between the linear regions of a piecewise-linear map: each \[a, b, c\] is the straight line
    /// a x + b y + c = 0.
    #[must_use]
    pub fn with_borders(mut self, borders: impl IntoIterator<Item = [f64; 3]>) -> Self {
        self.borders.extend(borders);
        self
    }

    fn check(&self) -> Result<()> {
        for (name, places) in [("x", &self.x), ("y", &self.y)] {
            input::not_empty(&format!("the grid along {name}"), places.len().saturating_sub(1))?;
            input::increasing(&format!("the grid along {name}"), places)?;
        }
        for (name, values) in [("u", &self.u), ("v", &self.v)] {
            input::length(&format!("rows of {name}"), self.y.len(), values.nrows())?;
            input::length(&format!("columns of {name}"), self.x.len(), values.ncols())?;
            input::finite_rows(&format!("the component {name} of the field"), values.view())?;
        }
        invariant::check(&self.fixed_points, &[], &self.manifolds, 2)?;
        for (i, trajectory) in self.trajectories.iter().enumerate() {
            input::dimension(&format!("trajectory {i}"), 2, trajectory.ncols())?;
        }
        for (i, border) in self.borders.iter().enumerate() {
            input::finite(&format!("border {i}"), border.iter().copied())?;
        }
        Ok(())
    }

    /// The field at a place of the unit square that the grid is mapped to, in units of that square.
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let (width, height) = (span(&self.x), span(&self.y));
        let (i, s) = cell(&self.x, self.x[0] + x * width);
        let (j, t) = cell(&self.y, self.y[0] + y * height);
        let mix = |f: &Array2<f64>| {
            (1.0 - t) * ((1.0 - s) * f[[j, i]] + s * f[[j, i + 1]])
                + t * ((1.0 - s) * f[[j + 1, i]] + s * f[[j + 1, i + 1]])
        };
        (mix(&self.u) / width, mix(&self.v) / height)
    }

    fn legend(&self) -> Legend {
        let mut legend = Legend::default();
        let [x, y] = &self.names;
        for (name, color) in [(x, theme::MEASURED), (y, NULLCLINE)] {
            let change = match self.style {
                Style::Streamlines => format!("d{name}/dt = 0"),
                Style::Arrows => format!("Δ{name} = 0"),
            };
            legend.add(Swatch::Line(nullcline(color)), change);
        }
        if !self.borders.is_empty() {
            legend.add(Swatch::Line(border()), "region border");
        }
        for kind in [true, false] {
            if let Some(one) = self.manifolds.iter().find(|manifold| manifold.is_stable == kind) {
                legend.add(Swatch::Line(one.pen()), one.name());
            }
        }
        if !self.trajectories.is_empty() {
            legend.add(Swatch::Line(trajectory()), "trajectory");
        }
        let kinds: Vec<_> = self.fixed_points.iter().map(|point| point.stability).collect();
        legend.add_marks(&kinds);
        legend
    }
}

/// A value that is not so large that a square of it overflows; NaN stays.
fn within(value: f64) -> f64 {
    if value.is_infinite() { value } else { value.clamp(-1e140, 1e140) }
}

/// Orange-yellow: the second nullcline.
const NULLCLINE: ColorU8 = theme::TERMS[5];

fn nullcline(color: ColorU8) -> Pen {
    Pen::new(color, 2.4)
}

fn border() -> Pen {
    Pen::new(theme::faded(theme::MUTED, 0.75), 1.0).dashed(2.0, 2.5)
}

fn trajectory() -> Pen {
    Pen::new(theme::INK, 1.3)
}

/// Draws the field with its nullclines and what was added to it, in one column, and writes a PNG or SVG file to `path`.
///
/// The nullclines are where a component changes sign, interpolated linearly in the grid.
///
/// # Errors
/// When the grid has fewer than two places to a side or does not increase, shapes differ, a value is not finite, points
/// do not have two coordinates, or the file cannot be written.
pub fn draw(field: &VectorField, path: impl AsRef<Path>) -> Result<()> {
    field.check()?;
    let ends = |places: &[f64]| (places[0], places[places.len() - 1]);
    let axes = (Axis::linear(ends(&field.x), 5), Axis::linear(ends(&field.y), 5));
    let names = (field.names[0].as_str(), field.names[1].as_str());
    let (mut canvas, panel) = Panel::under(&field.legend(), (HEIGHT, false), axes, names)?;
    canvas.clip(Some(panel.area()));
    match field.style {
        Style::Streamlines => flow(&mut canvas, field, &panel),
        Style::Arrows => arrows(&mut canvas, field, &panel),
    }
    for [a, b, c] in &field.borders {
        if let Some(ends) = across(&field.x, &field.y, [*a, *b, *c]) {
            canvas.line(&ends.map(|(x, y)| panel.place(x, y)), border());
        }
    }
    for (component, color) in [(&field.u, theme::MEASURED), (&field.v, NULLCLINE)] {
        for piece in contour::zeros(&field.x, &field.y, component.view()) {
            canvas.line(&piece.map(|(x, y)| panel.place(x, y)), nullcline(color));
        }
    }
    canvas.clip(None);
    for manifold in &field.manifolds {
        panel.curve(&mut canvas, manifold.points.rows().into_iter().map(|p| (p[0], p[1])), manifold.pen());
    }
    for points in &field.trajectories {
        panel.curve(&mut canvas, points.rows().into_iter().map(|p| (p[0], p[1])), trajectory());
    }
    panel.marks(&mut canvas, field.fixed_points.iter().map(FixedPoint::in_plane));
    canvas.save(path.as_ref())
}

fn flow(canvas: &mut Canvas, field: &VectorField, panel: &Panel) {
    let area = panel.area();
    let place = |(x, y): (f64, f64)| {
        (area.left() + area.width() * x as f32, area.bottom() - area.height() * y as f32)
    };
    let pen = Pen::new(STREAM, 1.1);
    for line in streamline::streamlines(|x, y| field.at(x, y)) {
        let places: Vec<Place> = line.into_iter().map(place).collect();
        canvas.line(&places, pen);
        let middle = places.len() / 2;
        if let [from, .., to] = places[middle.saturating_sub(2)..(middle + 2).min(places.len())] {
            head(canvas, from, to, 5.5, STREAM);
        }
    }
}

/// Grey: the field, in the background.
const STREAM: ColorU8 = theme::FRAME;

fn arrows(canvas: &mut Canvas, field: &VectorField, panel: &Panel) {
    let area = panel.area();
    let rows = (ARROWS as f32 * area.height() / area.width()).round() as usize;
    let places = (0..rows).flat_map(|j| (0..ARROWS).map(move |i| (i, j)));
    let shares: Vec<(f64, f64)> =
        places.map(|(i, j)| ((i as f64 + 0.5) / ARROWS as f64, (j as f64 + 0.5) / rows as f64)).collect();
    // In nominal pixels, y downwards.
    let step = |(x, y): &(f64, f64)| {
        let (u, v) = field.at(*x, *y);
        (u * f64::from(area.width()), -v * f64::from(area.height()))
    };
    let largest = shares.iter().map(step).map(|(u, v)| u.hypot(v)).fold(0.0, f64::max);
    let longest = f64::from(0.9 * area.width() / ARROWS as f32);
    for share in &shares {
        let (u, v) = step(share);
        let size = u.hypot(v);
        let middle =
            (area.left() + area.width() * share.0 as f32, area.bottom() - area.height() * share.1 as f32);
        // Roots, so that small steps are seen beside large ones.
        let half = 0.5 * longest * (size / largest.max(f64::MIN_POSITIVE)).sqrt();
        if half.is_nan() || half < 0.6 {
            canvas.dot(middle, 0.8, STREAM);
            continue;
        }
        let (dx, dy) = ((half * u / size) as f32, (half * v / size) as f32);
        let (tail, tip) = ((middle.0 - dx, middle.1 - dy), (middle.0 + dx, middle.1 + dy));
        canvas.line(&[tail, tip], Pen::new(STREAM, 1.1));
        head(canvas, tail, tip, (0.6 * half as f32).clamp(2.0, 5.5), STREAM);
    }
}

/// The head of an arrow that comes from `from` and ends at `to`.
pub(crate) fn head(canvas: &mut Canvas, from: Place, to: Place, size: f32, color: ColorU8) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length < 1e-3 {
        return;
    }
    let (dx, dy) = (size * dx / length, size * dy / length);
    let base = (to.0 - 1.5 * dx, to.1 - 1.5 * dy);
    let corners = [to, (base.0 - 0.65 * dy, base.1 + 0.65 * dx), (base.0 + 0.65 * dy, base.1 - 0.65 * dx)];
    canvas.fill(&corners, color);
}

fn span(places: &[f64]) -> f64 {
    places[places.len() - 1] - places[0]
}

/// The cell of a grid that a value lies in, and how far into it.
fn cell(places: &[f64], value: f64) -> (usize, f64) {
    let i = places.partition_point(|place| *place <= value).clamp(1, places.len() - 1) - 1;
    (i, ((value - places[i]) / (places[i + 1] - places[i])).clamp(0.0, 1.0))
}

/// The ends of the straight line a x + b y + c = 0 in the rectangle of a grid, if it crosses that.
fn across(x: &[f64], y: &[f64], [a, b, c]: [f64; 3]) -> Option<[(f64, f64); 2]> {
    let (left, right, low, high) = (x[0], x[x.len() - 1], y[0], y[y.len() - 1]);
    let mut ends: Vec<(f64, f64)> = Vec::new();
    if b != 0.0 {
        ends.extend(
            [left, right].map(|x| (x, -(a * x + c) / b)).iter().filter(|p| (low..=high).contains(&p.1)),
        );
    }
    if a != 0.0 {
        ends.extend(
            [low, high].map(|y| (-(b * y + c) / a, y)).iter().filter(|p| (left..=right).contains(&p.0)),
        );
    }
    // A line through a corner has that twice: the two that are furthest apart.
    let first = *ends.first()?;
    let distance = |p: &(f64, f64)| ((p.0 - first.0) / (right - left)).hypot((p.1 - first.1) / (high - low));
    let last = ends.iter().copied().max_by(|p, q| distance(p).total_cmp(&distance(q)))?;
    (distance(&last) > 0.0).then_some([first, last])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolation_is_exact_for_bilinear_fields() {
        let field = VectorField::from_fn(-1.0..3.0, 0.0..2.0, |x, y| (x * y, 1.0 + x - y));
        let (u, v) = field.at(0.3, 0.7);
        let (x, y) = (-1.0 + 0.3 * 4.0, 1.4);
        assert!((u - x * y / 4.0).abs() < 1e-12 && (v - (1.0 + x - y) / 2.0).abs() < 1e-12);
    }

    #[test]
    fn borders_end_at_the_sides() {
        let grid = [0.0, 1.0, 2.0];
        assert_eq!(across(&grid, &grid, [1.0, 0.0, -1.0]), Some([(1.0, 0.0), (1.0, 2.0)]));
        assert_eq!(across(&grid, &grid, [1.0, -1.0, 0.0]), Some([(0.0, 0.0), (2.0, 2.0)]));
        assert_eq!(across(&grid, &grid, [1.0, 0.0, 5.0]), None);
        assert_eq!(across(&grid, &grid, [0.0, 0.0, 1.0]), None);
    }
}
