//! A three-dimensional plot: a box with grid, numbers and names that lines are drawn in.

use crate::{
    axis::Axis,
    canvas::{Align, Canvas, Pen, Place, Type, is_spot},
    theme,
    view::{AZIMUTH, ELEVATION, View},
};
use tiny_skia::{ColorU8, Rect};

/// Points per stroke: strokes are sorted by depth and overlap, so that density shows.
const STROKE: usize = 24;

/// How far outside the box points are still drawn, in widths of the box.
const MARGIN: f64 = 0.02;

/// Three axes in a box that is seen from a fixed direction.
pub(crate) struct Box3 {
    axes: [Axis; 3],
    names: [String; 3],
    view: View,
    center: Place,
    scale: f32,
    region: Option<Rect>,
}

impl Box3 {
    /// The largest box, with its numbers and names, in a part of the sheet.
    pub(crate) fn new(
        axes: [Axis; 3],
        names: [String; 3],
        left: f32,
        top: f32,
        width: f32,
        height: f32,
    ) -> Self {
        let view = View::new(AZIMUTH, ELEVATION);
        let corner = |i: usize| {
            let sign = |bit: usize| if i >> bit & 1 == 1 { 0.5 } else { -0.5 };
            view.project([sign(0), sign(1), sign(2)])
        };
        let (mut half_width, mut half_height) = (0.0_f64, 0.0_f64);
        for i in 0..8 {
            let [x, y, _] = corner(i);
            half_width = half_width.max(x.abs());
            half_height = half_height.max(y.abs());
        }
        let (side, other_side, below) = (58.0, 16.0, 52.0);
        let scale_x = (width - side - other_side) / (2.0 * half_width as f32);
        let scale_y = (height - below) / (2.0 * half_height as f32);
        let scale = scale_x.min(scale_y);
        let center = (left + side + (width - side - other_side) / 2.0, top + (height - below) / 2.0);
        Self { axes, names, view, center, scale, region: Rect::from_xywh(left, top, width, height) }
    }

    /// Draws the three panes at the back with their grid, the numbers and the names.
    pub(crate) fn frame(&self, canvas: &mut Canvas) {
        let near = self.view.near();
        let grid = Pen::new(theme::GRID, 1.0);
        for normal in 0..3 {
            let (a, b) = ((normal + 1) % 3, (normal + 2) % 3);
            let on_pane = |u: f64, v: f64| {
                let mut point = [0.0; 3];
                point[normal] = -0.5 * near[normal];
                point[a] = u;
                point[b] = v;
                self.sheet(point)
            };
            let corners = [on_pane(-0.5, -0.5), on_pane(0.5, -0.5), on_pane(0.5, 0.5), on_pane(-0.5, 0.5)];
            canvas.fill(&corners, theme::PANE);
            for tick in &self.axes[a].ticks {
                let u = self.axes[a].position(tick.value) - 0.5;
                canvas.line(&[on_pane(u, -0.5), on_pane(u, 0.5)], grid);
            }
            for tick in &self.axes[b].ticks {
                let v = self.axes[b].position(tick.value) - 0.5;
                canvas.line(&[on_pane(-0.5, v), on_pane(0.5, v)], grid);
            }
            let [p, q, r, s] = corners;
            canvas.line(&[p, q, r, s, p], Pen::new(theme::faded(theme::FRAME, 0.6), 1.0));
        }
        self.edge(canvas, 0, [0.0, 0.5 * near[1], -0.5]);
        self.edge(canvas, 1, [0.5 * near[0], 0.0, -0.5]);
        self.edge(canvas, 2, [-0.5 * near[0], 0.5 * near[1], 0.0]);
    }

    /// Draws one axis along the edge of the box whose middle is `middle`.
    fn edge(&self, canvas: &mut Canvas, axis: usize, middle: [f64; 3]) {
        let along = |share: f64| {
            let mut point = middle;
            point[axis] = share - 0.5;
            self.sheet(point)
        };
        let ((x0, y0), (x1, y1)) = (along(0.0), along(1.0));
        canvas.line(&[(x0, y0), (x1, y1)], Pen::new(theme::FRAME, 1.4));
        // Outwards: across the edge, away from the middle of the box.
        let length = (x1 - x0).hypot(y1 - y0).max(1e-3);
        let mut out = ((y1 - y0) / length, (x0 - x1) / length);
        let (mx, my) = along(0.5);
        if out.0 * (mx - self.center.0) + out.1 * (my - self.center.1) < 0.0 {
            out = (-out.0, -out.1);
        }
        let upright = axis == 2;
        let align = if upright { Align::End } else { Align::Middle };
        let numbers = Type::new(theme::TICK, theme::MUTED).align(align);
        for tick in &self.axes[axis].ticks {
            let position = self.axes[axis].position(tick.value);
            let (x, y) = along(position);
            canvas.line(&[(x, y), (x + 5.0 * out.0, y + 5.0 * out.1)], Pen::new(theme::FRAME, 1.0));
            // At the front corner the numbers of the first axis make way for those of the second, and at the end
            // of the second axis the sheet ends.
            if axis < 2 && position > 0.95 {
                continue;
            }
            let away = if upright { 8.0 } else { 17.0 };
            canvas.text(&tick.label, (x + away * out.0, y + away * out.1), numbers);
        }
        let slope = if upright { -90.0 } else { ((y1 - y0) / (x1 - x0)).atan().to_degrees() };
        let style = Type::new(theme::LABEL, theme::INK).turned(slope);
        let text = canvas.fitted_title(&self.axes[axis], &self.names[axis], style, length + 20.0);
        let away = if upright { 46.0 } else { 40.0 };
        canvas.text(&text, (mx + away * out.0, my + away * out.1), style);
    }

    /// Draws a line through points, far parts paler, with gaps where points are NaN; gives the number of points outside
    /// the box, which are left out.
    pub(crate) fn line(&self, canvas: &mut Canvas, points: &[[f64; 3]], color: ColorU8) -> usize {
        let scaled: Vec<[f64; 3]> = points.iter().map(|point| self.scaled(*point)).collect();
        canvas.clip(self.region);
        let mut strokes: Vec<(f64, &[[f64; 3]])> = Vec::new();
        for run in scaled.split(|point| !inside(point)).filter(|run| !run.is_empty()) {
            let mut start = 0;
            loop {
                let end = (start + STROKE).min(run.len() - 1);
                let stroke = &run[start..=end];
                let depth: f64 = stroke.iter().map(|p| self.view.project(*p)[2]).sum();
                strokes.push((depth / stroke.len() as f64, stroke));
                start = end;
                if start + 1 >= run.len() {
                    break;
                }
            }
        }
        strokes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let outside = scaled.iter().filter(|p| !p[0].is_nan() && !inside(p)).count();
        let places: Vec<Place> = scaled.iter().filter(|p| inside(p)).map(|p| self.sheet(*p)).collect();
        if let [first, ..] = places[..]
            && is_spot(&places)
        {
            canvas.dot(first, 4.5, color);
            canvas.clip(None);
            return outside;
        }
        let (width, opacity) = weight(points.len());
        for (depth, stroke) in strokes {
            // Depth of points of the box runs from about -0.85 to 0.85.
            let nearness = ((depth + 0.7) / 1.4).clamp(0.0, 1.0) as f32;
            let pen = Pen::new(theme::faded(color, opacity * (0.45 + 0.55 * nearness)), width);
            let places: Vec<Place> = stroke.iter().map(|p| self.sheet(*p)).collect();
            canvas.lines(&places, pen);
        }
        canvas.clip(None);
        outside
    }

    /// Draws a line through points as it is, in front of what is there, with gaps where it is outside the box.
    pub(crate) fn curve(&self, canvas: &mut Canvas, points: &[[f64; 3]], pen: Pen) {
        let gap = (f32::NAN, f32::NAN);
        let places: Vec<Place> = points.iter().map(|point| self.place(*point).unwrap_or(gap)).collect();
        canvas.clip(self.region);
        canvas.lines(&places, pen);
        canvas.clip(None);
    }

    /// Draws the points inside the box as dots.
    pub(crate) fn dots(&self, canvas: &mut Canvas, points: &[[f64; 3]], radius: f32, color: ColorU8) {
        let places: Vec<Place> = points.iter().filter_map(|point| self.place(*point)).collect();
        canvas.clip(self.region);
        canvas.dots(&places, radius, color);
        canvas.clip(None);
    }

    /// The place of a point inside the box on the sheet.
    pub(crate) fn place(&self, point: [f64; 3]) -> Option<Place> {
        let scaled = self.scaled(point);
        inside(&scaled).then(|| self.sheet(scaled))
    }

    /// How near to the viewer a point is.
    pub(crate) fn depth(&self, point: [f64; 3]) -> f64 {
        self.view.project(self.scaled(point))[2]
    }

    /// A point in widths of the box from its middle.
    fn scaled(&self, point: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|i| self.axes[i].position(point[i]) - 0.5)
    }

    fn sheet(&self, point: [f64; 3]) -> Place {
        let [x, y, _] = self.view.project(point);
        (self.center.0 + self.scale * x as f32, self.center.1 - self.scale * y as f32)
    }
}

/// Whether a point in widths of the box lies in it, or hardly outside.
fn inside(point: &[f64; 3]) -> bool {
    point.iter().all(|v| v.abs() <= 0.5 + MARGIN)
}

/// Width and opacity of the line through so many points: many points make a fine, pale line.
pub(crate) fn weight(points: usize) -> (f32, f32) {
    match points {
        0..=1_500 => (1.6, 0.9),
        1_501..=6_000 => (1.2, 0.75),
        6_001..=20_000 => (0.9, 0.6),
        _ => (0.7, 0.42),
    }
}
