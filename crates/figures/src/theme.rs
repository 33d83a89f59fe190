//! The one look of all pictures: colours, sizes of type, widths of lines.
//!
//! Colours of data are those of Okabe and Ito, which people with any common colour blindness can tell apart. Lengths are
//! nominal pixels: a sheet is [`WIDTH`] or [`COLUMN`] of them wide, on paper the width of two columns or of one, so that
//! type is between 6 and 9 points high on both.

use tiny_skia::ColorU8;

/// Nominal width of a picture over the whole page, 170 mm on paper.
pub(crate) const WIDTH: f32 = 800.0;
/// Nominal width of a picture in one column of a page, 85 mm on paper.
pub(crate) const COLUMN: f32 = 480.0;
/// Width of every PNG picture in pixels.
pub(crate) const PIXELS: f32 = 1600.0;

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

/// Blue-green: what attracts.
pub(crate) const STABLE: ColorU8 = rgb(0x00, 0x9e, 0x73);
/// Vermillion: what repels in every direction.
pub(crate) const UNSTABLE: ColorU8 = rgb(0xd5, 0x5e, 0x00);
/// Reddish purple: what attracts along some directions and repels along others.
pub(crate) const SADDLE: ColorU8 = rgb(0xaa, 0x3f, 0x7c);

/// Colours of areas, in order: of much the same lightness, so that marks and lines stand out from each.
pub(crate) const AREAS: [ColorU8; 8] = [
    rgb(0x8c, 0xc1, 0xe6),
    rgb(0xf3, 0xb4, 0x84),
    rgb(0x8f, 0xd3, 0xbb),
    rgb(0xe6, 0xbe, 0xd3),
    rgb(0xf3, 0xe5, 0x83),
    rgb(0xb3, 0xa6, 0xdd),
    rgb(0xd2, 0xb4, 0x9a),
    rgb(0xbf, 0xd6, 0x7f),
];

/// A colour from white to ink by way of blue, for a share of the largest density between 0 and 1.
pub(crate) fn density(share: f32) -> ColorU8 {
    const STOPS: [[f32; 3]; 4] =
        [[203.0, 224.0, 241.0], [96.0, 164.0, 210.0], [0.0, 98.0, 160.0], [8.0, 42.0, 92.0]];
    if share <= 0.0 {
        return WHITE;
    }
    let at = share.min(1.0) * (STOPS.len() - 1) as f32;
    let below = (at as usize).min(STOPS.len() - 2);
    let mix = |k: usize| {
        (STOPS[below][k] + (at - below as f32) * (STOPS[below + 1][k] - STOPS[below][k])).round() as u8
    };
    rgb(mix(0), mix(1), mix(2))
}

/// A colour from blue by way of white to vermillion, for a share between −1 and 1.
pub(crate) fn diverging(share: f32) -> ColorU8 {
    const LOW: [[f32; 3]; 2] = [[96.0, 164.0, 210.0], [0.0, 72.0, 130.0]];
    const HIGH: [[f32; 3]; 2] = [[244.0, 150.0, 92.0], [168.0, 50.0, 0.0]];
    let share = share.clamp(-1.0, 1.0);
    let [half, full] = if share < 0.0 { LOW } else { HIGH };
    let at = 2.0 * share.abs();
    let mix = |k: usize| {
        let value = if at < 1.0 {
            255.0 + at * (half[k] - 255.0)
        } else {
            half[k] + (at - 1.0) * (full[k] - half[k])
        };
        value.round() as u8
    };
    rgb(mix(0), mix(1), mix(2))
}

const fn rgb(red: u8, green: u8, blue: u8) -> ColorU8 {
    ColorU8::from_rgba(red, green, blue, 255)
}

/// `color` at `opacity` between 0 and 1.
pub(crate) fn faded(color: ColorU8, opacity: f32) -> ColorU8 {
    let alpha = (opacity.clamp(0.0, 1.0) * 255.0).round() as u8;
    ColorU8::from_rgba(color.red(), color.green(), color.blue(), alpha)
}
