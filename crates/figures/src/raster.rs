//! The back end that paints a sheet in pixels and writes PNG.

use std::collections::BTreeSet;

use tiny_skia::{
    ColorU8, FillRule, FilterQuality, LineCap, LineJoin, Mask, Paint, PathBuilder, Pixmap, PixmapPaint, Rect,
    Stroke, StrokeDash, Transform,
};

use crate::{
    Error, Result,
    canvas::{Canvas, Drawn, Place, Shape},
    font::Fonts,
    theme,
};

/// The picture as the bytes of a PNG file, [`theme::PIXELS`] wide.
pub(crate) fn png(canvas: &Canvas) -> Result<Vec<u8>> {
    let scale = theme::PIXELS / canvas.width;
    let whole = Rect::from_xywh(0.0, 0.0, canvas.width, canvas.height).ok_or_else(|| no_room(canvas))?;
    let mut pixmap = sheet(whole, scale).ok_or_else(|| no_room(canvas))?;
    pixmap.fill(tiny_skia::Color::WHITE);
    paint(&mut pixmap, &canvas.drawn, &canvas.fonts, Transform::from_scale(scale, scale));
    let rgb: Vec<u8> = pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
    let per_meter = (theme::PIXELS / canvas.millimetres() * 1000.0).round() as u32;
    encode(&rgb, pixmap.width(), pixmap.height(), png::ColorType::Rgb, Some(per_meter))
}

fn no_room(canvas: &Canvas) -> Error {
    Error::Drawing { reason: format!("no memory for a picture {} high", canvas.height) }
}

/// Things of a sheet on a transparent ground, as much of them as lies in `area`, as the bytes of a PNG file.
pub(crate) fn part(drawn: &[Drawn], fonts: &Fonts, area: Rect, scale: f32) -> Result<Vec<u8>> {
    let mut pixmap = sheet(area, scale)
        .ok_or_else(|| Error::Drawing { reason: "no memory for a part of a picture".to_owned() })?;
    let transform = Transform::from_scale(scale, scale).pre_translate(-area.left(), -area.top());
    paint(&mut pixmap, drawn, fonts, transform);
    let inks: Vec<ColorU8> = drawn
        .iter()
        .filter_map(|next| ink(&next.shape))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|[r, g, b]| ColorU8::from_rgba(r, g, b, 255))
        .collect();
    let colors: Vec<ColorU8> =
        pixmap.pixels().iter().map(|pixel| cleaned(pixel.demultiply(), &inks)).collect();
    rgba(&colors, pixmap.width(), pixmap.height())
}

/// The colour that a thing is drawn with, its opacity aside.
fn ink(shape: &Shape) -> Option<[u8; 3]> {
    let color = match shape {
        Shape::Line { pen, .. } => pen.color,
        Shape::Area { color, .. } | Shape::Dots { color, .. } => *color,
        Shape::Text { .. } | Shape::Image { .. } => return None,
    };
    Some([color.red(), color.green(), color.blue()])
}

/// A pixel without what rounding does to the colour of translucent ones, and with the opacity in steps that the eye does
/// not see: noise is what makes files large.
fn cleaned(pixel: ColorU8, inks: &[ColorU8]) -> ColorU8 {
    if pixel.alpha() < 3 {
        return ColorU8::from_rgba(0, 0, 0, 0);
    }
    let distance = |ink: &ColorU8| {
        let apart = |a: u8, b: u8| u32::from(a.abs_diff(b));
        apart(ink.red(), pixel.red())
            .max(apart(ink.green(), pixel.green()))
            .max(apart(ink.blue(), pixel.blue()))
    };
    // Premultiplied colours are rounded to one part in as many as their opacity.
    let rounding = 4 + 512 / u32::from(pixel.alpha());
    let alpha = pixel.alpha().saturating_add(4) / 8 * 8;
    let alpha = if alpha >= 248 { 255 } else { alpha };
    let color =
        inks.iter().min_by_key(|ink| distance(ink)).filter(|ink| distance(ink) <= rounding).unwrap_or(&pixel);
    ColorU8::from_rgba(color.red(), color.green(), color.blue(), alpha)
}

/// Pixels as the bytes of a PNG file.
pub(crate) fn rgba(colors: &[ColorU8], width: u32, height: u32) -> Result<Vec<u8>> {
    let bytes: Vec<u8> = colors.iter().flat_map(|c| [c.red(), c.green(), c.blue(), c.alpha()]).collect();
    encode(&bytes, width, height, png::ColorType::Rgba, None)
}

fn sheet(area: Rect, scale: f32) -> Option<Pixmap> {
    let pixels = |nominal: f32| (nominal * scale).round().max(1.0) as u32;
    Pixmap::new(pixels(area.width()), pixels(area.height()))
}

fn encode(
    bytes: &[u8],
    width: u32,
    height: u32,
    color: png::ColorType,
    per_meter: Option<u32>,
) -> Result<Vec<u8>> {
    let failed = |error: png::EncodingError| Error::Drawing { reason: error.to_string() };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    if let Some(pixels) = per_meter {
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: pixels,
            yppu: pixels,
            unit: png::Unit::Meter,
        }));
    }
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(bytes).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}

fn paint(pixmap: &mut Pixmap, drawn: &[Drawn], fonts: &Fonts, transform: Transform) {
    let mut confined: Option<(Rect, Mask)> = None;
    for Drawn { shape, clip } in drawn {
        // What lies inside its area needs no mask, and most does: masks take time.
        let clip = clip.filter(|area| !lies_in(shape, *area));
        if let Some(area) = clip
            && confined.as_ref().is_none_or(|(of, _)| *of != area)
        {
            confined = Mask::new(pixmap.width(), pixmap.height()).map(|mut mask| {
                mask.fill_path(&PathBuilder::from_rect(area), FillRule::Winding, true, transform);
                (area, mask)
            });
        }
        let mask = clip.and(confined.as_ref()).map(|(_, mask)| mask);
        match shape {
            Shape::Line { places, pen } => {
                if let Some(path) = path(places, false) {
                    let stroke = Stroke {
                        width: pen.width,
                        line_cap: LineCap::Butt,
                        line_join: LineJoin::Round,
                        dash: pen.dash.and_then(|(dash, gap)| StrokeDash::new(vec![dash, gap], 0.0)),
                        ..Stroke::default()
                    };
                    pixmap.stroke_path(&path, &color(pen.color), &stroke, transform, mask);
                }
            }
            Shape::Area { corners, color: c } => {
                if let Some(path) = path(corners, true) {
                    pixmap.fill_path(&path, &color(*c), FillRule::Winding, transform, mask);
                }
            }
            Shape::Dots { centers, radius, color: c } => {
                for (x, y) in centers {
                    if let Some(path) = PathBuilder::from_circle(*x, *y, *radius) {
                        pixmap.fill_path(&path, &color(*c), FillRule::Winding, transform, mask);
                    }
                }
            }
            Shape::Text { text, place: (x, y), style, start } => {
                if let Some(path) = fonts.outline(text, style.size, style.weight) {
                    let place = transform.pre_translate(*x, *y).pre_rotate(style.angle);
                    let place = place.pre_translate(start.0, start.1);
                    pixmap.fill_path(&path, &color(style.color), FillRule::Winding, place, mask);
                }
            }
            Shape::Image { area, columns, pixels } => {
                image(pixmap, *area, *columns, pixels, transform, mask);
            }
        }
    }
}

/// Whether all ink of a line, an area or dots lies in a rectangle.
fn lies_in(shape: &Shape, area: Rect) -> bool {
    let (places, ink) = match shape {
        Shape::Line { places, pen } => (places, pen.width / 2.0),
        Shape::Area { corners, .. } => (corners, 0.0),
        Shape::Dots { centers, radius, .. } => (centers, *radius),
        Shape::Text { .. } | Shape::Image { .. } => return false,
    };
    let (left, right) = (area.left() + ink, area.right() - ink);
    let (top, bottom) = (area.top() + ink, area.bottom() - ink);
    places.iter().all(|(x, y)| (left..=right).contains(x) && (top..=bottom).contains(y))
}

fn image(
    pixmap: &mut Pixmap,
    area: Rect,
    columns: usize,
    pixels: &[ColorU8],
    transform: Transform,
    mask: Option<&Mask>,
) {
    let rows = pixels.len() / columns.max(1);
    let Some(mut source) = Pixmap::new(columns as u32, rows as u32) else { return };
    for (pixel, color) in source.pixels_mut().iter_mut().zip(pixels) {
        *pixel = color.premultiply();
    }
    let place = transform
        .pre_translate(area.left(), area.top())
        .pre_scale(area.width() / columns as f32, area.height() / rows as f32);
    let sharp = PixmapPaint { quality: FilterQuality::Nearest, ..PixmapPaint::default() };
    pixmap.draw_pixmap(0, 0, source.as_ref(), &sharp, place, mask);
}

fn path(places: &[Place], closed: bool) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::with_capacity(places.len() + 1, places.len() + 1);
    for (i, &(x, y)) in places.iter().enumerate() {
        if i == 0 {
            builder.move_to(x, y);
        } else {
            builder.line_to(x, y);
        }
    }
    if closed {
        builder.close();
    }
    builder.finish()
}

fn color(color: ColorU8) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(color.red(), color.green(), color.blue(), color.alpha());
    paint
}
