//! The back end that writes a sheet as SVG: lines as paths, text as outlines of letters, dense data as an image.

use std::{
    collections::BTreeSet,
    fmt::{Display, Write as _},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tiny_skia::{ColorU8, PathSegment, Rect};

use crate::{
    Result,
    canvas::{Canvas, Drawn, Pen, Place, Shape},
    font::{Glyph, Weight},
    raster,
    simplify::simplified,
};

/// Coordinates of lines are whole multiples of a nominal pixel divided by this.
const STEPS: f32 = 20.0;
/// With more points of data than this in a picture, its dense parts are embedded as images.
const MOST: usize = 24_000;
/// A part with at most so many points is never made an image.
const FEW: usize = 600;
/// Pixels of an embedded image per nominal pixel; fewer if it has more than so many pixels.
const RESOLUTION: f32 = 3.0;
const PIXELS: f32 = 4e6;

/// The picture as the text of an SVG file.
///
/// Points of lines that the eye cannot miss are left out. If more than [`MOST`] are left in what shows data (that which
/// is confined to an area), each run of more than [`FEW`] of these becomes a PNG image with a transparent ground; axes
/// and text stay vectors.
pub(crate) fn svg(canvas: &Canvas) -> Result<String> {
    let (width, height) = (canvas.width, canvas.height);
    let paper = canvas.millimetres();
    let mut writer = Writer { body: String::new(), clips: Vec::new(), glyphs: BTreeSet::new(), canvas };
    writer.shapes()?;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{paper}mm\" height=\"{:.2}mm\" \
         viewBox=\"0 0 {width} {height}\">\n<defs>\n",
        paper * height / width,
    );
    for (i, area) in writer.clips.iter().enumerate() {
        let (x, y, w, h) = (area.left(), area.top(), area.width(), area.height());
        put(
            &mut text,
            format_args!(
                "<clipPath id=\"c{i}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\n",
                Short(x),
                Short(y),
                Short(w),
                Short(h)
            ),
        );
    }
    for (weight, id) in &writer.glyphs {
        if let Some(outline) = canvas.fonts.glyph_outline(*id, *weight) {
            put(
                &mut text,
                format_args!("<path id=\"{}\" d=\"{}\"/>\n", name(*weight, *id), letter(&outline)),
            );
        }
    }
    put(
        &mut text,
        format_args!(
            "</defs>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
             <g fill=\"none\" stroke-linejoin=\"round\">\n{}</g>\n</svg>\n",
            writer.body
        ),
    );
    Ok(text)
}

struct Writer<'a> {
    canvas: &'a Canvas,
    body: String,
    clips: Vec<Rect>,
    glyphs: BTreeSet<(Weight, u16)>,
}

impl Writer<'_> {
    fn shapes(&mut self) -> Result<()> {
        let drawn = &self.canvas.drawn;
        let is_dense = drawn.iter().map(size).sum::<usize>() > MOST;
        let mut start = 0;
        while start < drawn.len() {
            let data = drawn[start..].iter().take_while(|next| is_data(next)).count();
            let points: usize = drawn[start..start + data].iter().map(size).sum();
            if is_dense && points > FEW {
                self.flattened(&drawn[start..start + data])?;
                start += data;
                continue;
            }
            // Things that are confined to the same area, up to where the next run of data may begin.
            let end = start + data.max(1);
            while start < end {
                let clip = drawn[start].clip;
                let same = drawn[start..end].iter().take_while(|next| next.clip == clip).count();
                if let Some(area) = clip {
                    let id = self.clip(area);
                    put(&mut self.body, format_args!("<g clip-path=\"url(#c{id})\">\n"));
                }
                self.joined(&drawn[start..start + same])?;
                if clip.is_some() {
                    self.body.push_str("</g>\n");
                }
                start += same;
            }
        }
        Ok(())
    }

    fn clip(&mut self, area: Rect) -> usize {
        self.clips.iter().position(|known| *known == area).unwrap_or_else(|| {
            self.clips.push(area);
            self.clips.len() - 1
        })
    }

    /// Writes things one after the other; opaque lines and dots of the same look are one path.
    fn joined(&mut self, drawn: &[Drawn]) -> Result<()> {
        let mut rest = drawn;
        while let [first, ..] = rest {
            let alike = rest.iter().take_while(|next| look_alike(&first.shape, &next.shape)).count();
            match &first.shape {
                Shape::Line { pen, .. } => {
                    let mut d = String::new();
                    for Drawn { shape, .. } in &rest[..alike] {
                        if let Shape::Line { places, .. } = shape {
                            trace(&mut d, &simplified(places));
                        }
                    }
                    let look = stroke(*pen);
                    put(&mut self.body, format_args!("<path d=\"{d}\"{look}/>\n"));
                }
                Shape::Dots { radius, color, .. } => self.dots(&rest[..alike], *radius, *color),
                Shape::Area { corners, color } => {
                    let mut d = String::new();
                    trace(&mut d, corners);
                    let look = paint("fill", *color);
                    put(&mut self.body, format_args!("<path d=\"{d}z\"{look}/>\n"));
                }
                Shape::Text { text, place, style, start } => {
                    let unit = self.canvas.fonts.unit(style.size, style.weight);
                    let (sin, cos) = style.angle.to_radians().sin_cos();
                    let (x, y) =
                        (place.0 + cos * start.0 - sin * start.1, place.1 + sin * start.0 + cos * start.1);
                    let turned = [cos * unit, sin * unit, -sin * unit, cos * unit];
                    let [a, b, c, d] = turned.map(|v| if v.abs() < 1e-9 { 0.0 } else { v });
                    let look = paint("fill", style.color);
                    put(
                        &mut self.body,
                        format_args!(
                            "<g aria-label=\"{}\"{look} transform=\"matrix({a} {b} {c} {d} {} {})\">",
                            escape(text),
                            Short(x),
                            Short(y)
                        ),
                    );
                    for Glyph { id, start } in self.canvas.fonts.glyphs(text, style.weight) {
                        if self.canvas.fonts.glyph_outline(id, style.weight).is_some() {
                            self.glyphs.insert((style.weight, id));
                            let glyph = name(style.weight, id);
                            put(&mut self.body, format_args!("<use href=\"#{glyph}\" x=\"{start}\"/>"));
                        }
                    }
                    self.body.push_str("</g>\n");
                }
                Shape::Image { area, columns, pixels } => {
                    let rows = pixels.len() / (*columns).max(1);
                    let png = raster::rgba(pixels, *columns as u32, rows as u32)?;
                    self.image(
                        *area,
                        &png,
                        " style=\"image-rendering:optimizeSpeed;image-rendering:pixelated\"",
                    );
                }
            }
            rest = &rest[alike..];
        }
        Ok(())
    }

    fn dots(&mut self, drawn: &[Drawn], radius: f32, color: ColorU8) {
        let centers = drawn.iter().flat_map(|next| match &next.shape {
            Shape::Dots { centers, .. } => centers.as_slice(),
            _ => &[],
        });
        if color.alpha() == 255 {
            let mut d = String::new();
            for (x, y) in centers {
                put(&mut d, format_args!("M{} {}h0", Short(*x), Short(*y)));
            }
            let look = stroke(Pen::new(color, 2.0 * radius));
            put(&mut self.body, format_args!("<path d=\"{d}\"{look} stroke-linecap=\"round\"/>\n"));
        } else {
            let look = paint("fill", color);
            put(&mut self.body, format_args!("<g{look}>\n"));
            for (x, y) in centers {
                let (x, y, r) = (Short(*x), Short(*y), Short(radius));
                put(&mut self.body, format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>\n"));
            }
            self.body.push_str("</g>\n");
        }
    }

    /// Writes a run of data as one image over all areas that it is confined to.
    fn flattened(&mut self, drawn: &[Drawn]) -> Result<()> {
        let (mut low, mut high) = ((f32::MAX, f32::MAX), (0.0_f32, 0.0_f32));
        for area in drawn.iter().filter_map(|next| next.clip) {
            low = (low.0.min(area.left().floor()), low.1.min(area.top().floor()));
            high = (high.0.max(area.right().ceil()), high.1.max(area.bottom().ceil()));
        }
        let (left, top) = (low.0.max(0.0), low.1.max(0.0));
        let (right, bottom) = (high.0.min(self.canvas.width), high.1.min(self.canvas.height));
        // An area beside the sheet shows nothing.
        let Some(area) = Rect::from_ltrb(left, top, right, bottom) else { return Ok(()) };
        let resolution = RESOLUTION.min((PIXELS / (area.width() * area.height())).sqrt());
        let png = raster::part(drawn, &self.canvas.fonts, area, resolution)?;
        self.image(area, &png, "");
        Ok(())
    }

    fn image(&mut self, area: Rect, png: &[u8], look: &str) {
        put(
            &mut self.body,
            format_args!(
                "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\"{look} \
                 href=\"data:image/png;base64,{}\"/>\n",
                Short(area.left()),
                Short(area.top()),
                Short(area.width()),
                Short(area.height()),
                STANDARD.encode(png)
            ),
        );
    }
}

/// Whether a thing shows data that an image can stand for.
fn is_data(drawn: &Drawn) -> bool {
    drawn.clip.is_some() && !matches!(drawn.shape, Shape::Text { .. } | Shape::Image { .. })
}

/// Points that a thing that shows data would be written with.
fn size(drawn: &Drawn) -> usize {
    match &drawn.shape {
        Shape::Line { places, .. } if drawn.clip.is_some() => simplified(places).len(),
        Shape::Dots { centers, .. } if drawn.clip.is_some() => centers.len(),
        _ => 0,
    }
}

/// Whether two things may be one path: overlaps of translucent ones would look different.
fn look_alike(a: &Shape, b: &Shape) -> bool {
    std::ptr::eq(a, b)
        || match (a, b) {
            (Shape::Line { pen: a, .. }, Shape::Line { pen: b, .. }) => a == b && a.color.alpha() == 255,
            (Shape::Dots { radius: r, color: a, .. }, Shape::Dots { radius: s, color: b, .. }) => {
                r == s && a == b
            }
            _ => false,
        }
}

/// Appends a line as commands of a path, each place relative to the one before.
fn trace(d: &mut String, places: &[Place]) {
    let whole = |v: f32| (v * STEPS).round();
    let mut pen = (0.0, 0.0);
    for (i, (x, y)) in places.iter().enumerate() {
        let next = (whole(*x), whole(*y));
        let step = (next.0 - pen.0, next.1 - pen.1);
        if i == 0 {
            put(d, format_args!("M{} {}", Short(next.0 / STEPS), Short(next.1 / STEPS)));
        } else if step == (0.0, 0.0) && i + 1 < places.len() {
            continue;
        } else {
            let command = if i == 1 { "l" } else { " " };
            put(d, format_args!("{command}{} {}", Short(step.0 / STEPS), Short(step.1 / STEPS)));
        }
        pen = next;
    }
}

/// The outline of a letter as a path in whole font units.
fn letter(outline: &tiny_skia::Path) -> String {
    let mut d = String::new();
    for segment in outline.segments() {
        match segment {
            PathSegment::MoveTo(p) => put(&mut d, format_args!("M{} {}", p.x, p.y)),
            PathSegment::LineTo(p) => put(&mut d, format_args!("L{} {}", p.x, p.y)),
            PathSegment::QuadTo(c, p) => put(&mut d, format_args!("Q{} {} {} {}", c.x, c.y, p.x, p.y)),
            PathSegment::CubicTo(b, c, p) => {
                put(&mut d, format_args!("C{} {} {} {} {} {}", b.x, b.y, c.x, c.y, p.x, p.y));
            }
            PathSegment::Close => d.push('Z'),
        }
    }
    d
}

fn name(weight: Weight, id: u16) -> String {
    let face = match weight {
        Weight::Regular => 'r',
        Weight::Bold => 'b',
    };
    format!("{face}{id}")
}

fn stroke(pen: Pen) -> String {
    let dash = pen.dash.map(|(dash, gap)| format!(" stroke-dasharray=\"{dash} {gap}\"")).unwrap_or_default();
    format!("{} stroke-width=\"{}\"{dash}", paint("stroke", pen.color), Short(pen.width))
}

fn paint(what: &str, color: ColorU8) -> String {
    let (r, g, b) = (color.red(), color.green(), color.blue());
    let opacity = match color.alpha() {
        255 => String::new(),
        alpha => format!(" {what}-opacity=\"{:.3}\"", f32::from(alpha) / 255.0),
    };
    format!(" {what}=\"#{r:02x}{g:02x}{b:02x}\"{opacity}")
}

/// A coordinate with at most two decimals.
struct Short(f32);

impl Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hundredths = (self.0 * 100.0).round();
        // Adding zero makes −0 a 0.
        write!(f, "{}", f64::from(hundredths + 0.0) / 100.0)
    }
}

/// Text for use between tags and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // XML knows no other control characters, in whatever form.
            c if c.is_control() && !matches!(c, '\n' | '\t' | '\r') => escaped.push('\u{fffd}'),
            _ => escaped.push(c),
        }
    }
    escaped
}

fn put(text: &mut String, what: std::fmt::Arguments) {
    // Writing to a `String` does not fail.
    let _ = text.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme;

    #[test]
    fn only_dense_data_become_an_image() {
        // Additive recurrences fill the square evenly.
        let noise = |k: u32, share: f64| (f64::from(k) * share).fract() as f32;
        let sheet = |count: u32| {
            let mut canvas = Canvas::new(200.0).unwrap();
            canvas.line(&[(0.0, 0.0), (10.0, 10.0)], Pen::new(theme::INK, 1.0));
            canvas.clip(Rect::from_xywh(10.0, 10.0, 100.0, 50.0));
            let places: Vec<Place> = (0..count)
                .map(|k| (10.0 + 100.0 * noise(k, 0.754_877_666), 10.0 + 50.0 * noise(k, 0.569_840_291)))
                .collect();
            canvas.dots(&places, 0.5, theme::MEASURED);
            canvas.clip(None);
            svg(&canvas).unwrap()
        };
        let (few, many) = (sheet(500), sheet(26_000));
        assert!(!few.contains("<image") && few.matches("<path").count() == 2);
        assert!(many.contains("<image") && many.matches("<path").count() == 1);
    }
}
