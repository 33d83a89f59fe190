//! The one look of all pictures: colours, sizes of type, widths of lines.
//!
//! Colours of data are those of Okabe and Ito, which people with any common colour blindness can tell apart. Lengths are
//! nominal pixels: a picture is [`WIDTH`] nominal pixels wide and drawn at [`SCALE`] times that.

use tiny_skia::ColorU8;

/// Nominal width of every picture.
pub(crate) const WIDTH: f32 = 800.0;
/// Pixels of the file per nominal pixel.
pub(crate) const SCALE: f32 = 2.0;

/// Size of panel titles.
pub(crate) const TITLE: f32 = 17.0;
/// Size of axis names and legends.
pub(crate) const LABEL: f32 = 15.0;
/// Size of the numbers on axes.
pub(crate) const TICK: f32 = 13.0;

pub(crate) const INK: ColorU8 = rgb(0x22, 0x26, 0x2e);
pub(crate) const MUTED: ColorU8 = rgb(0x5a, 0x61, 0x6d);
pub(crate) const FRAME: ColorU8 = rgb(0xa3, 0xa9, 0xb3);
pub(crate) const GRID: ColorU8 = rgb(0xe4, 0xe7, 0xeb);
pub(crate) const PANE: ColorU8 = rgb(0xf8, 0xf9, 0xfa);
pub(crate) const WHITE: ColorU8 = rgb(0xff, 0xff, 0xff);

/// Blue: what was measured.
pub(crate) const MEASURED: ColorU8 = rgb(0x00, 0x72, 0xb2);
/// Vermillion: what the model generated.
pub(crate) const GENERATED: ColorU8 = rgb(0xd5, 0x5e, 0x00);

/// Colours for curves that are neither measured nor generated, in order.
pub(crate) const TERMS: [ColorU8; 7] = [
    INK,
    rgb(0x00, 0x72, 0xb2),
    rgb(0xd5, 0x5e, 0x00),
    rgb(0x00, 0x9e, 0x73),
    rgb(0xcc, 0x79, 0xa7),
    rgb(0xe6, 0x9f, 0x00),
    rgb(0x56, 0xb4, 0xe9),
];

const fn rgb(red: u8, green: u8, blue: u8) -> ColorU8 {
    ColorU8::from_rgba(red, green, blue, 255)
}

/// `color` at `opacity` between 0 and 1.
pub(crate) fn faded(color: ColorU8, opacity: f32) -> ColorU8 {
    let alpha = (opacity.clamp(0.0, 1.0) * 255.0).round() as u8;
    ColorU8::from_rgba(color.red(), color.green(), color.blue(), alpha)
}
