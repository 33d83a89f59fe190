//! The key to a picture: swatches with their meaning in rows.

use tiny_skia::{ColorU8, Rect};

use crate::{
    canvas::{Align, Canvas, Pen, Type},
    invariant::Stability,
    theme,
};

/// Height of a row.
const ROW: f32 = 22.0;
/// From the left end of a swatch to its text.
const SWATCH: f32 = 28.0;
/// Between entries.
const GAP: f32 = 16.0;

/// What stands before the text of an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Swatch {
    Line(Pen),
    Patch(ColorU8),
    Dot(ColorU8),
    Mark(Stability),
}

/// Entries in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Legend {
    entries: Vec<(Swatch, String)>,
}

impl Legend {
    pub(crate) fn add(&mut self, swatch: Swatch, text: impl Into<String>) {
        self.entries.push((swatch, text.into()));
    }

    /// Adds the marks of the kinds that occur.
    pub(crate) fn add_marks(&mut self, occurring: &[Stability]) {
        for kind in Stability::ALL {
            if occurring.contains(&kind) {
                self.add(Swatch::Mark(kind), kind.name());
            }
        }
    }

    /// Text and left end of each entry, and its row: as many in a row as fit between `left` and `right`.
    fn places(&self, canvas: &Canvas, left: f32, right: f32) -> Vec<(String, f32, usize)> {
        let (mut x, mut row) = (left, 0);
        let place = |(_, text): &(Swatch, String)| {
            let text = canvas.fitted(text, style(), right - left - SWATCH);
            let width = SWATCH + canvas.width(&text, style());
            if x > left && x + width > right {
                (x, row) = (left, row + 1);
            }
            let at = x;
            x += width + GAP;
            (text, at, row)
        };
        self.entries.iter().map(place).collect()
    }

    /// Height of all rows.
    pub(crate) fn height(&self, canvas: &Canvas, left: f32, right: f32) -> f32 {
        let rows = self.places(canvas, left, right).last().map_or(0, |(.., row)| row + 1);
        rows as f32 * ROW
    }

    /// Draws the rows below `top`.
    pub(crate) fn draw(&self, canvas: &mut Canvas, left: f32, right: f32, top: f32) {
        let places = self.places(canvas, left, right);
        for ((swatch, _), (text, x, row)) in self.entries.iter().zip(places) {
            let y = top + (row as f32 + 0.5) * ROW;
            match *swatch {
                Swatch::Line(pen) => {
                    canvas.line(&[(x, y), (x + 21.0, y)], Pen { width: pen.width.max(2.0), ..pen });
                }
                Swatch::Patch(color) => {
                    if let Some(area) = Rect::from_xywh(x + 3.0, y - 6.5, 17.0, 13.0) {
                        canvas.rectangle(area, color);
                    }
                }
                Swatch::Dot(color) => canvas.dot((x + 11.0, y), 4.0, color),
                Swatch::Mark(kind) => kind.mark(canvas, (x + 11.0, y), 5.5),
            }
            canvas.text(&text, (x + SWATCH, y), style());
        }
    }
}

fn style() -> Type {
    Type::new(theme::TICK, theme::INK).align(Align::Start)
}
