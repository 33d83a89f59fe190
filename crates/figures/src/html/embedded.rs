//! Pictures inside a page, no larger than their type is made for.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{Error, Result};

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Widths on screen per width on paper: type of 6.5 points on paper is as high as that of the page.
const ENLARGED: f64 = 1.9;

/// The attributes `src` and, if the picture says how wide it is on paper, `style` of an image.
///
/// # Errors
/// When the file cannot be read or is neither PNG nor SVG.
pub(super) fn attributes(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let (kind, paper) = if bytes.starts_with(PNG_SIGNATURE) {
        ("png", png_width(&bytes))
    } else if let Some(root) = svg_root(&bytes) {
        ("svg+xml", svg_width(root))
    } else {
        return Err(Error::NotAPicture { path: path.to_owned() });
    };
    let width = paper
        .map(|paper| format!(" style=\"max-width:{:.0}mm\"", ENLARGED * paper.round()))
        .unwrap_or_default();
    Ok(format!("src=\"data:image/{kind};base64,{}\"{width}", STANDARD.encode(&bytes)))
}

/// A PNG picture in memory as the attribute `src` of an image.
pub(super) fn source(png: &[u8]) -> String {
    format!("src=\"data:image/png;base64,{}\"", STANDARD.encode(png))
}

/// Width on paper in millimetres, from the chunks IHDR and pHYs.
fn png_width(bytes: &[u8]) -> Option<f64> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let pixels = number(16)?;
    let mut at = PNG_SIGNATURE.len();
    loop {
        let (length, kind) = (number(at)? as usize, bytes.get(at + 4..at + 8)?);
        match kind {
            b"pHYs" if bytes.get(at + 16) == Some(&1) => {
                let per_metre = number(at + 8)?;
                return (per_metre > 0).then(|| f64::from(pixels) / f64::from(per_metre) * 1000.0);
            }
            b"IDAT" => return None,
            _ => at += 12 + length,
        }
    }
}

/// The opening tag of an SVG picture.
fn svg_root(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let is_markup = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    let start = text.find("<svg").filter(|_| is_markup)?;
    let root = &text[start..];
    Some(&root[..root.find('>')?])
}

/// Width on paper in millimetres, if it is given so.
fn svg_width(root: &str) -> Option<f64> {
    let value = root.split_once(" width=\"")?.1.split_once("mm\"")?.0;
    value.parse().ok().filter(|width: &f64| width.is_finite() && *width > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Canvas;

    #[test]
    fn pictures_say_how_wide_they_are() {
        let folder = tempfile::tempdir().unwrap();
        for (name, canvas) in [("column", Canvas::column(200.0)), ("page", Canvas::new(200.0))] {
            for extension in ["png", "svg"] {
                let path = folder.path().join(name).with_extension(extension);
                canvas.as_ref().unwrap().save(&path).unwrap();
                let attributes = attributes(&path).unwrap();
                // 1.9 times 85 mm and 170 mm.
                let width = if name == "column" { "max-width:162mm" } else { "max-width:323mm" };
                assert!(attributes.contains(width), "{name} {extension}");
            }
        }
        let path = folder.path().join("other.svg");
        fs::write(&path, "<?xml version=\"1.0\"?>\n<svg width=\"100\"></svg>").unwrap();
        assert!(!attributes(&path).unwrap().contains("max-width"));
        fs::write(&path, "not <svg>").unwrap();
        assert!(matches!(attributes(&path), Err(Error::NotAPicture { .. })));
    }
}
