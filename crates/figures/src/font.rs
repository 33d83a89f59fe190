//! Text as outlines of the embedded font.

use ab_glyph::{Font, FontRef, GlyphId, OutlineCurve, Point};
use tiny_skia::PathBuilder;

use crate::{Error, Result};

const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");

/// How heavy the letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// Inter Regular.
    Regular,
    /// Inter `SemiBold`.
    Bold,
}

/// The two weights of the embedded font.
pub(crate) struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    pub(crate) fn embedded() -> Result<Self> {
        let load = |bytes| {
            FontRef::try_from_slice(bytes)
                .map_err(|error| Error::Drawing { reason: format!("embedded font: {error}") })
        };
        Ok(Self { regular: load(REGULAR)?, bold: load(BOLD)? })
    }

    fn face(&self, weight: Weight) -> &FontRef<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Width of one line of text.
    pub(crate) fn width(&self, text: &str, size: f32, weight: Weight) -> f32 {
        let face = self.face(weight);
        let advance: f32 = text.chars().map(|c| face.h_advance_unscaled(face.glyph_id(c))).sum();
        advance * unit(face, size)
    }

    /// The outlines of one line of text whose baseline starts at the origin, y downwards; `None` if there is no ink.
    pub(crate) fn outline(&self, text: &str, size: f32, weight: Weight) -> Option<tiny_skia::Path> {
        let face = self.face(weight);
        let unit = unit(face, size);
        let mut path = PathBuilder::new();
        for Glyph { id, start } in self.glyphs(text, weight) {
            if let Some(outline) = face.outline(GlyphId(id)) {
                let place = |p: Point| ((start + p.x) * unit, -p.y * unit);
                append(&mut path, &outline.curves, place);
            }
        }
        path.finish()
    }

    /// The letters of one line of text.
    pub(crate) fn glyphs(&self, text: &str, weight: Weight) -> Vec<Glyph> {
        let face = self.face(weight);
        let mut pen = 0.0;
        let glyph = |c| {
            let (id, start) = (face.glyph_id(c), pen);
            pen += face.h_advance_unscaled(id);
            Glyph { id: id.0, start }
        };
        text.chars().map(glyph).collect()
    }

    /// The outline of a letter in font units, y downwards; `None` if it has no ink.
    pub(crate) fn glyph_outline(&self, id: u16, weight: Weight) -> Option<tiny_skia::Path> {
        let outline = self.face(weight).outline(GlyphId(id))?;
        let mut path = PathBuilder::new();
        append(&mut path, &outline.curves, |p| (p.x, -p.y));
        path.finish()
    }

    /// Nominal pixels per font unit at a size of type.
    pub(crate) fn unit(&self, size: f32, weight: Weight) -> f32 {
        unit(self.face(weight), size)
    }
}

/// A letter of a line of text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    /// The letter's number in the font.
    pub(crate) id: u16,
    /// Where it starts on the line, in font units.
    pub(crate) start: f32,
}

/// Nominal pixels per font unit.
fn unit(face: &FontRef<'static>, size: f32) -> f32 {
    size / face.units_per_em().unwrap_or(1000.0)
}

fn append(path: &mut PathBuilder, curves: &[OutlineCurve], place: impl Fn(Point) -> (f32, f32)) {
    let mut end = None;
    for curve in curves {
        let (OutlineCurve::Line(start, next)
        | OutlineCurve::Quad(start, _, next)
        | OutlineCurve::Cubic(start, _, _, next)) = *curve;
        if end != Some(start) {
            if end.is_some() {
                path.close();
            }
            let (x, y) = place(start);
            path.move_to(x, y);
        }
        let (x, y) = place(next);
        match *curve {
            OutlineCurve::Line(..) => path.line_to(x, y),
            OutlineCurve::Quad(_, c, _) => {
                let (cx, cy) = place(c);
                path.quad_to(cx, cy, x, y);
            }
            OutlineCurve::Cubic(_, c, d, _) => {
                let ((cx, cy), (dx, dy)) = (place(c), place(d));
                path.cubic_to(cx, cy, dx, dy, x, y);
            }
        }
        end = Some(next);
    }
    if end.is_some() {
        path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_letters_of_mathematics() {
        let fonts = Fonts::embedded().unwrap();
        for c in "−×⁰¹²³⁴⁵⁶⁷⁸⁹⁻₁₂₃θλτσ·–%".chars() {
            assert_ne!(fonts.regular.glyph_id(c).0, 0, "{c}");
            assert_ne!(fonts.bold.glyph_id(c).0, 0, "{c}");
        }
    }

    #[test]
    fn wider_text_is_wider() {
        let fonts = Fonts::embedded().unwrap();
        let width = |text| fonts.width(text, 10.0, Weight::Regular);
        assert!(width("measured") > width("me"));
        assert_eq!(width(""), 0.0);
        assert!(fonts.outline(" ", 10.0, Weight::Regular).is_none());
        let bounds = fonts.outline("H", 10.0, Weight::Bold).unwrap().bounds();
        assert!(bounds.top() < -6.0 && bounds.bottom().abs() < 0.1);
    }
}
