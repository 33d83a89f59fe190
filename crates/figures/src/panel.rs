//! A two-dimensional plot: frame, grid, numbers and names around an area that curves are drawn in.

use tiny_skia::Rect;

use crate::{
    Error, Result,
    axis::Axis,
    canvas::{Align, Canvas, Pen, Place, Type, is_spot},
    invariant::Stability,
    legend::Legend,
    theme,
};

/// Distance from an axis to its numbers.
const GAP: f32 = 8.0;

/// Two axes over an area of the sheet.
pub(crate) struct Panel {
    area: Rect,
    x: Axis,
    y: Axis,
}

impl Panel {
    pub(crate) fn new(left: f32, top: f32, width: f32, height: f32, x: Axis, y: Axis) -> Result<Self> {
        let area = Rect::from_xywh(left, top, width, height)
            .ok_or_else(|| Error::Drawing { reason: format!("no room for a panel: {width} x {height}") })?;
        Ok(Self { area, x, y })
    }

    /// A panel over the width of the sheet with its frame, its numbers and, where they are given, its names.
    pub(crate) fn wide(
        canvas: &mut Canvas,
        (top, height): (f32, f32),
        room: f32,
        (x, y): (Axis, Axis),
        (x_name, y_name): (Option<&str>, &str),
    ) -> Result<Self> {
        let width = canvas.width - room - 16.0;
        let panel = Self::new(room, top, width, height, x, y)?;
        panel.frame(canvas, x_name.is_some());
        panel.name_y(canvas, y_name, 14.0);
        if let Some(name) = x_name {
            panel.name_x(canvas, name);
        }
        Ok(panel)
    }

    /// A sheet for one column with a legend over one panel of a `height`; the panel is as wide as it is high, if that is
    /// not wider than the sheet, where `is_square`.
    pub(crate) fn under(
        legend: &Legend,
        (height, is_square): (f32, bool),
        (x, y): (Axis, Axis),
        (x_name, y_name): (&str, &str),
    ) -> Result<(Canvas, Self)> {
        let mut canvas = Canvas::column(0.0)?;
        let (room, right) = (Self::margin(&canvas, &y), canvas.width - 16.0);
        let head = legend.height(&canvas, room, right) + 12.0;
        legend.draw(&mut canvas, room, right, 5.0);
        let height = if is_square { height.min(right - room) } else { height };
        let panel = Self::wide(&mut canvas, (head, height), room, (x, y), (Some(x_name), y_name))?;
        canvas.height = head + height + 56.0;
        Ok((canvas, panel))
    }

    /// Room that numbers and name of a vertical axis at the left end of the sheet take.
    pub(crate) fn margin(canvas: &Canvas, axis: &Axis) -> f32 {
        Self::room(canvas, axis) + 28.0
    }

    /// Room that the numbers of a vertical axis take.
    pub(crate) fn room(canvas: &Canvas, axis: &Axis) -> f32 {
        let style = Type::new(theme::TICK, theme::MUTED);
        let widest = axis.ticks.iter().map(|tick| canvas.width(&tick.label, style));
        widest.fold(0.0, f32::max) + GAP
    }

    /// Draws grid, frame and numbers; those of the horizontal axis on request.
    pub(crate) fn frame(&self, canvas: &mut Canvas, x_numbers: bool) {
        let (left, top, right, bottom) =
            (self.area.left(), self.area.top(), self.area.right(), self.area.bottom());
        let numbers = Type::new(theme::TICK, theme::MUTED);
        let grid = Pen::new(theme::GRID, 1.0);
        for tick in &self.x.ticks {
            let (x, _) = self.place(tick.value, 0.0);
            canvas.line(&[(x, top), (x, bottom)], grid);
            if x_numbers {
                canvas.text(&tick.label, (x, bottom + GAP + 6.0), numbers);
            }
        }
        for tick in &self.y.ticks {
            let (_, y) = self.place(0.0, tick.value);
            canvas.line(&[(left, y), (right, y)], grid);
            canvas.text(&tick.label, (left - GAP, y), numbers.align(Align::End));
        }
        let frame = Pen::new(theme::FRAME, 1.0);
        canvas.line(&[(left, top), (left, bottom), (right, bottom)], frame);
    }

    /// Writes the name of the horizontal axis below its numbers.
    pub(crate) fn name_x(&self, canvas: &mut Canvas, name: &str) {
        let style = Type::new(theme::LABEL, theme::INK);
        let middle = self.area.left() + self.area.width() / 2.0;
        // Centred, not beyond the nearer end of the sheet.
        let on_sheet = 2.0 * middle.min(canvas.width - middle) - 8.0;
        let text = canvas.fitted_title(&self.x, name, style, on_sheet.min(self.area.width() + 40.0));
        canvas.text(&text, (middle, self.area.bottom() + GAP + 30.0), style);
    }

    /// Writes the name of the vertical axis upright, with its middle at `x`.
    pub(crate) fn name_y(&self, canvas: &mut Canvas, name: &str, x: f32) {
        let style = Type::new(theme::LABEL, theme::INK).turned(-90.0);
        let text = canvas.fitted_title(&self.y, name, style, self.area.height() + 10.0);
        canvas.text(&text, (x, self.area.top() + self.area.height() / 2.0), style);
    }

    /// `name` with the power of ten of the vertical axis, where that has one.
    pub(crate) fn y_title(&self, name: &str) -> String {
        self.y.title(name)
    }

    /// Writes a title above the area, at its left end.
    pub(crate) fn title(&self, canvas: &mut Canvas, title: &str) {
        let style = Type::new(theme::LABEL, theme::INK).bold().align(Align::Start);
        let text = canvas.fitted(title, style, self.area.width());
        canvas.text(&text, (self.area.left(), self.area.top() - 15.0), style);
    }

    /// Writes a small remark inside the area, at its upper right.
    pub(crate) fn remark(&self, canvas: &mut Canvas, remark: &str) {
        let style = Type::new(theme::TICK, theme::MUTED).align(Align::End);
        let (right, y) = (self.area.right() - 6.0, self.area.top() + 12.0);
        let width = canvas.width(remark, style);
        let (low, high) = (y - 9.0, y + 9.0);
        let left = right - width - 5.0;
        canvas.fill(
            &[(left, low), (right + 5.0, low), (right + 5.0, high), (left, high)],
            theme::faded(theme::WHITE, 0.8),
        );
        canvas.text(remark, (right, y), style);
    }

    /// A curve through points, as much of it as lies in the area, with a gap where a coordinate is NaN.
    pub(crate) fn curve(&self, canvas: &mut Canvas, points: impl IntoIterator<Item = (f64, f64)>, pen: Pen) {
        let places: Vec<Place> = points.into_iter().map(|(x, y)| self.place(x, y)).collect();
        canvas.clip(Some(self.area));
        match places[..] {
            [first, ..] if is_spot(&places) => canvas.dot(first, 3.5, pen.color),
            _ => canvas.lines(&places, pen),
        }
        canvas.clip(None);
    }

    /// Marks of fixed points, as many of them as lie in the area.
    pub(crate) fn marks(
        &self,
        canvas: &mut Canvas,
        points: impl IntoIterator<Item = ((f64, f64), Stability)>,
    ) {
        canvas.clip(Some(self.area));
        for ((x, y), stability) in points {
            stability.mark(canvas, self.place(x, y), 6.0);
        }
        canvas.clip(None);
    }

    /// A horizontal line through a value, where that lies in the area.
    pub(crate) fn level(&self, canvas: &mut Canvas, value: f64, pen: Pen) {
        let (_, y) = self.place(0.0, value);
        if (self.area.top()..=self.area.bottom()).contains(&y) {
            canvas.line(&[(self.area.left(), y), (self.area.right(), y)], pen);
        }
    }

    /// The rectangle that data are drawn in.
    pub(crate) fn area(&self) -> Rect {
        self.area
    }

    /// The place of a point on the sheet.
    pub(crate) fn place(&self, x: f64, y: f64) -> Place {
        (
            self.area.left() + self.area.width() * self.x.position(x) as f32,
            self.area.bottom() - self.area.height() * self.y.position(y) as f32,
        )
    }
}
