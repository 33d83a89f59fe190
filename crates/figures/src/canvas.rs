//! The sheet that figures are drawn on: it records lines, areas, images and text in nominal pixels for either back end.

use std::path::Path;

use tiny_skia::{ColorU8, Rect};

use crate::{
    Error, Result,
    axis::Axis,
    file,
    font::{Fonts, Weight},
    raster, svg, theme,
};

/// A place on the sheet in nominal pixels, y downwards.
pub(crate) type Place = (f32, f32);

/// No coordinate is drawn further away than this, so that wild data cannot upset a back end.
const FAR: f32 = 20_000.0;

/// Colour and width of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pen {
    pub(crate) color: ColorU8,
    pub(crate) width: f32,
    /// Lengths of dash and gap.
    pub(crate) dash: Option<(f32, f32)>,
}

impl Pen {
    /// An unbroken line.
    pub(crate) fn new(color: ColorU8, width: f32) -> Self {
        Self { color, width, dash: None }
    }

    /// The line in dashes.
    pub(crate) fn dashed(self, dash: f32, gap: f32) -> Self {
        Self { dash: Some((dash, gap)), ..self }
    }
}

/// Where a text lies relative to its place, along the line.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

/// How a text is set. The place given with it is the middle of the height of its capital letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Type {
    pub(crate) size: f32,
    pub(crate) weight: Weight,
    pub(crate) color: ColorU8,
    pub(crate) align: Align,
    /// Degrees that the line is turned clockwise.
    pub(crate) angle: f32,
}

impl Type {
    /// A centred line of regular type.
    pub(crate) fn new(size: f32, color: ColorU8) -> Self {
        Self { size, weight: Weight::Regular, color, align: Align::Middle, angle: 0.0 }
    }
    pub(crate) fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }
    pub(crate) fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }
    pub(crate) fn turned(self, angle: f32) -> Self {
        Self { angle, ..self }
    }
}

/// One thing on the sheet.
#[derive(Debug)]
pub(crate) enum Shape {
    /// An open line.
    Line { places: Vec<Place>, pen: Pen },
    /// A filled polygon.
    Area { corners: Vec<Place>, color: ColorU8 },
    /// Filled discs of one size.
    Dots { centers: Vec<Place>, radius: f32, color: ColorU8 },
    /// One line of text, and where its baseline starts relative to its place before it is turned.
    Text { text: String, place: Place, style: Type, start: Place },
    /// Rows of pixels from the top, stretched over a rectangle, each a sharp square.
    Image { area: Rect, columns: usize, pixels: Vec<ColorU8> },
}

/// A thing on the sheet and the rectangle that it is confined to. What shows data is confined, axes and text are not.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) shape: Shape,
    pub(crate) clip: Option<Rect>,
}

/// A white sheet.
pub(crate) struct Canvas {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) fonts: Fonts,
    pub(crate) drawn: Vec<Drawn>,
    clip: Option<Rect>,
}

impl Canvas {
    /// A sheet over the whole width of a page.
    pub(crate) fn new(height: f32) -> Result<Self> {
        Self::sized(theme::WIDTH, height)
    }

    /// A sheet for one column of a page.
    pub(crate) fn column(height: f32) -> Result<Self> {
        Self::sized(theme::COLUMN, height)
    }

    fn sized(width: f32, height: f32) -> Result<Self> {
        Ok(Self { width, height, fonts: Fonts::embedded()?, drawn: Vec::new(), clip: None })
    }

    /// Width on paper in millimetres.
    pub(crate) fn millimetres(&self) -> f32 {
        if self.width > theme::COLUMN { 170.0 } else { 85.0 }
    }

    /// Confines what is drawn from now on to a rectangle, or to the sheet. What shows data is confined.
    pub(crate) fn clip(&mut self, area: Option<Rect>) {
        self.clip = area;
    }

    fn add(&mut self, shape: Shape) {
        self.drawn.push(Drawn { shape, clip: self.clip });
    }

    /// A line through places.
    pub(crate) fn line(&mut self, places: &[Place], pen: Pen) {
        if places.len() > 1 {
            self.add(Shape::Line { places: places.iter().copied().map(near).collect(), pen });
        }
    }

    /// Lines through places, broken where a place is NaN; a place between two gaps is a dot.
    pub(crate) fn lines(&mut self, places: &[Place], pen: Pen) {
        for run in places.split(|(x, y)| x.is_nan() || y.is_nan()) {
            match *run {
                [] => {}
                [single] => self.dot(single, pen.width, pen.color),
                _ => self.line(run, pen),
            }
        }
    }

    /// A filled polygon.
    pub(crate) fn fill(&mut self, corners: &[Place], color: ColorU8) {
        self.add(Shape::Area { corners: corners.iter().copied().map(near).collect(), color });
    }

    /// A filled rectangle.
    pub(crate) fn rectangle(&mut self, area: Rect, color: ColorU8) {
        let (left, top, right, bottom) = (area.left(), area.top(), area.right(), area.bottom());
        self.fill(&[(left, top), (right, top), (right, bottom), (left, bottom)], color);
    }

    /// A filled disc.
    pub(crate) fn dot(&mut self, center: Place, radius: f32, color: ColorU8) {
        self.dots(&[center], radius, color);
    }

    /// Filled discs of one size.
    pub(crate) fn dots(&mut self, centers: &[Place], radius: f32, color: ColorU8) {
        let centers: Vec<Place> =
            centers.iter().copied().filter(|(x, y)| !x.is_nan() && !y.is_nan()).map(near).collect();
        if !centers.is_empty() {
            self.add(Shape::Dots { centers, radius, color });
        }
    }

    /// Rows of pixels from the top, stretched over a rectangle.
    pub(crate) fn image(&mut self, area: Rect, columns: usize, pixels: Vec<ColorU8>) {
        self.add(Shape::Image { area, columns, pixels });
    }

    /// One line of text. It is not confined.
    pub(crate) fn text(&mut self, text: &str, place: Place, style: Type) {
        let width = self.width(text, style);
        let back = match style.align {
            Align::Start => 0.0,
            Align::Middle => width / 2.0,
            Align::End => width,
        };
        // Capital letters of Inter are 0.727 em high.
        let start = (-back, 0.3635 * style.size);
        let shape = Shape::Text { text: text.to_owned(), place, style, start };
        self.drawn.push(Drawn { shape, clip: None });
    }

    /// Width of a text.
    pub(crate) fn width(&self, text: &str, style: Type) -> f32 {
        self.fonts.width(text, style.size, style.weight)
    }

    /// `text`, or as much of its beginning as fits in `room` with an ellipsis.
    pub(crate) fn fitted(&self, text: &str, style: Type, room: f32) -> String {
        if self.width(text, style) <= room {
            return text.to_owned();
        }
        let mut short: String = text.to_owned();
        while short.pop().is_some() {
            let candidate = format!("{}…", short.trim_end());
            if self.width(&candidate, style) <= room {
                return candidate;
            }
        }
        String::new()
    }

    /// The name of an axis with the power of ten of its labels; the name gives way where there is no room for both.
    pub(crate) fn fitted_title(&self, axis: &Axis, name: &str, style: Type, room: f32) -> String {
        let power = self.width(&axis.title(""), style);
        axis.title(&self.fitted(name, style, room - power))
    }

    /// A row of labelled strokes that starts at `(x, y)`; gives where it ends.
    pub(crate) fn legend(&mut self, (mut x, y): Place, entries: &[(&str, ColorU8)]) -> f32 {
        let style = Type::new(theme::LABEL, theme::INK).align(Align::Start);
        for (text, color) in entries {
            self.line(&[(x, y), (x + 22.0, y)], Pen::new(*color, 3.0));
            self.text(text, (x + 29.0, y), style);
            x += 29.0 + self.width(text, style) + 20.0;
        }
        x
    }

    /// A small remark at the right end of the line of the legend, which ends at `end`.
    pub(crate) fn note(&mut self, note: &str, end: f32) {
        let style = Type::new(theme::TICK, theme::MUTED).align(Align::End);
        let right = self.width - 24.0;
        let note = self.fitted(note, style, right - end);
        self.text(&note, (right, 22.0), style);
    }

    /// The picture as the bytes of a PNG file.
    pub(crate) fn png(&self) -> Result<Vec<u8>> {
        raster::png(self)
    }

    /// Writes the picture to a file, whole or not at all: PNG or SVG by the extension of `path`.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        let bytes = match extension.as_deref() {
            Some("png") => raster::png(self)?,
            Some("svg") => svg::svg(self)?.into_bytes(),
            _ => return Err(Error::Extension { path: path.to_owned() }),
        };
        file::write(path, &bytes)
    }
}

/// A place that is not further away than [`FAR`].
fn near((x, y): Place) -> Place {
    (x.clamp(-FAR, FAR), y.clamp(-FAR, FAR))
}

/// Whether all places are the same one, to the eye.
pub(crate) fn is_spot(places: &[Place]) -> bool {
    let mut there = places.iter().filter(|(x, y)| !x.is_nan() && !y.is_nan());
    there.next().is_none_or(|(x, y)| there.all(|(u, v)| (u - x).abs() < 0.5 && (v - y).abs() < 0.5))
}
