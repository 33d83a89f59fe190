//! The sheet that figures are drawn on: antialiased lines, areas and text in nominal pixels.

use std::path::Path;

use tiny_skia::{
    ColorU8, FillRule, LineCap, LineJoin, Mask, Paint, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

use crate::{
    Error, Result, file,
    font::{Fonts, Weight},
    theme,
};

/// A place on the sheet in nominal pixels, y downwards.
pub(crate) type Place = (f32, f32);

/// No coordinate is drawn further away than this, so that wild data cannot upset the rasterizer.
const FAR: f32 = 20_000.0;

/// Colour and width of a line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pen {
    pub(crate) color: ColorU8,
    pub(crate) width: f32,
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

/// A white sheet.
pub(crate) struct Canvas {
    pixmap: Pixmap,
    fonts: Fonts,
    clip: Option<Mask>,
}

impl Canvas {
    /// A sheet of the width of all pictures and a `height`.
    pub(crate) fn new(height: f32) -> Result<Self> {
        let pixels = |nominal: f32| (nominal * theme::SCALE).round() as u32;
        let mut pixmap = Pixmap::new(pixels(theme::WIDTH), pixels(height))
            .ok_or_else(|| Error::Drawing { reason: format!("no memory for a picture {height} high") })?;
        pixmap.fill(tiny_skia::Color::WHITE);
        Ok(Self { pixmap, fonts: Fonts::embedded()?, clip: None })
    }

    /// Confines what is drawn from now on to a rectangle, or to the sheet.
    pub(crate) fn clip(&mut self, area: Option<Rect>) {
        self.clip = area.and_then(|area| {
            let mut mask = Mask::new(self.pixmap.width(), self.pixmap.height())?;
            mask.fill_path(&PathBuilder::from_rect(area), FillRule::Winding, true, transform());
            Some(mask)
        });
    }

    /// A line through places.
    pub(crate) fn line(&mut self, places: &[Place], pen: Pen) {
        let mut builder = PathBuilder::with_capacity(places.len() + 1, places.len() + 1);
        for (i, &(x, y)) in places.iter().enumerate() {
            let (x, y) = (x.clamp(-FAR, FAR), y.clamp(-FAR, FAR));
            if i == 0 {
                builder.move_to(x, y);
            } else {
                builder.line_to(x, y);
            }
        }
        if let Some(path) = builder.finish() {
            let stroke = Stroke {
                width: pen.width,
                line_cap: LineCap::Butt,
                line_join: LineJoin::Round,
                ..Stroke::default()
            };
            self.pixmap.stroke_path(&path, &paint(pen.color), &stroke, transform(), self.clip.as_ref());
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
        let mut builder = PathBuilder::new();
        for (i, &(x, y)) in corners.iter().enumerate() {
            if i == 0 {
                builder.move_to(x, y);
            } else {
                builder.line_to(x, y);
            }
        }
        builder.close();
        if let Some(path) = builder.finish() {
            self.pixmap.fill_path(&path, &paint(color), FillRule::Winding, transform(), self.clip.as_ref());
        }
    }

    /// A filled disc.
    pub(crate) fn dot(&mut self, (x, y): Place, radius: f32, color: ColorU8) {
        let (x, y) = (x.clamp(-FAR, FAR), y.clamp(-FAR, FAR));
        if let Some(path) = PathBuilder::from_circle(x, y, radius) {
            self.pixmap.fill_path(&path, &paint(color), FillRule::Winding, transform(), self.clip.as_ref());
        }
    }

    /// One line of text.
    pub(crate) fn text(&mut self, text: &str, (x, y): Place, style: Type) {
        let Some(path) = self.fonts.outline(text, style.size, style.weight) else { return };
        let width = self.fonts.width(text, style.size, style.weight);
        let back = match style.align {
            Align::Start => 0.0,
            Align::Middle => width / 2.0,
            Align::End => width,
        };
        // Capital letters of Inter are 0.727 em high.
        let turned = transform().pre_translate(x, y).pre_rotate(style.angle);
        let place = turned.pre_translate(-back, 0.3635 * style.size);
        self.pixmap.fill_path(&path, &paint(style.color), FillRule::Winding, place, None);
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

    /// A row of labelled strokes that starts at `(x, y)`; gives where it ends.
    pub(crate) fn legend(&mut self, (mut x, y): Place, entries: &[(&str, ColorU8)]) -> f32 {
        let style = Type::new(theme::LABEL, theme::INK).align(Align::Start);
        for (text, color) in entries {
            self.line(&[(x, y), (x + 22.0, y)], Pen { color: *color, width: 3.0 });
            self.text(text, (x + 29.0, y), style);
            x += 29.0 + self.width(text, style) + 20.0;
        }
        x
    }

    /// A small remark at the right end of the line of the legend, which ends at `end`.
    pub(crate) fn note(&mut self, note: &str, end: f32) {
        let style = Type::new(theme::TICK, theme::MUTED).align(Align::End);
        let right = theme::WIDTH - 24.0;
        let note = self.fitted(note, style, right - end);
        self.text(&note, (right, 22.0), style);
    }

    /// The picture as the bytes of a PNG file.
    pub(crate) fn png(&self) -> Result<Vec<u8>> {
        let rgb: Vec<u8> = self.pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.pixmap.width(), self.pixmap.height());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        // 96 nominal pixels per inch.
        let per_meter = (96.0 * theme::SCALE / 0.0254) as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: per_meter,
            yppu: per_meter,
            unit: png::Unit::Meter,
        }));
        let failed = |error: png::EncodingError| Error::Drawing { reason: error.to_string() };
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&rgb).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }

    /// Writes the picture to a file, whole or not at all.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        file::write(path, &self.png()?)
    }
}

/// Whether all places are the same one, to the eye.
pub(crate) fn is_spot(places: &[Place]) -> bool {
    let mut there = places.iter().filter(|(x, y)| !x.is_nan() && !y.is_nan());
    there.next().is_none_or(|(x, y)| there.all(|(u, v)| (u - x).abs() < 0.5 && (v - y).abs() < 0.5))
}

fn transform() -> Transform {
    Transform::from_scale(theme::SCALE, theme::SCALE)
}

fn paint(color: ColorU8) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(color.red(), color.green(), color.blue(), color.alpha());
    paint
}
