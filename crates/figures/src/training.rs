//! The loss and its named terms along the steps of training.

use std::path::Path;

use tiny_skia::ColorU8;

use crate::{
    Error, Result,
    axis::{self, Axis},
    canvas::{Canvas, Pen},
    panel::Panel,
    theme,
};

/// Panels in one picture: the first curve and eight terms.
const MOST: usize = 9;
/// A curve with more points than this is drawn pale, with its running median over it.
const MANY: usize = 240;
/// Points of the running median.
const MEDIANS: usize = 60;

/// One named quantity along training: pairs of step and value, in order of step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Name of the quantity.
    pub name: String,
    /// Pairs of step and value.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// The quantity `name` as pairs of step and value.
    pub fn new(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), points }
    }
}

/// Draws the first curve (the loss) large and up to eight more (its terms) below it, and writes a PNG or SVG file to `path`.
///
/// Each curve has a vertical axis of its own, since terms may differ by orders of magnitude; steps are shared. The axis is
/// logarithmic where all values are positive and span more than two decades. A linear axis follows the values after
/// the first tenth of the steps, without the most extreme hundredth on either side, so that a transient at the start
/// does not flatten the rest; what it cuts off is told in the panel.
///
/// # Errors
/// When there is no curve or one has no points, when a value is not finite, or when the file cannot be written.
pub fn draw(curves: &[Curve], path: impl AsRef<Path>) -> Result<()> {
    check(curves)?;
    let shown = curves.len().min(MOST);
    let terms = shown - 1;
    let columns = if terms == 4 { 2 } else { terms.clamp(1, 3) };
    let rows = terms.div_ceil(columns);
    let (head, first, small, title, foot) = (12.0, 250.0, 140.0, 34.0, 36.0);
    let bottom = 22.0;
    let height = head + title + first + foot + bottom + rows as f32 * (title + small + foot) + 4.0;
    let mut canvas = Canvas::new(height)?;
    let steps = axis::extent(curves.iter().flat_map(|curve| curve.points.iter().map(|p| p.0)));
    let steps = axis::padded(steps.unwrap_or((0.0, 1.0)), 0.0);
    let axes: Vec<(Axis, Option<String>)> = curves[..shown]
        .iter()
        .enumerate()
        .map(|(i, curve)| vertical(&curve.points, if i == 0 { 6 } else { 4 }))
        .collect();
    let room = axes.iter().map(|(y, _)| Panel::room(&canvas, y)).fold(0.0, f32::max) + 12.0;
    let column = (theme::WIDTH - 8.0) / columns as f32;
    for ((i, curve), (y, cut)) in curves.iter().enumerate().zip(axes) {
        let panel = if i == 0 {
            Panel::new(room, head + title, theme::WIDTH - room - 24.0, first, Axis::linear(steps, 8), y)?
        } else {
            let (row, place) = ((i - 1) / columns, (i - 1) % columns);
            let top = head + title + first + foot + bottom + row as f32 * (title + small + foot) + title;
            let x = Axis::linear(steps, if columns == 3 { 4 } else { 6 });
            Panel::new(place as f32 * column + room, top, column - room - 16.0, small, x, y)?
        };
        panel.frame(&mut canvas, true);
        panel.title(&mut canvas, &panel.y_title(&curve.name));
        if i == 0 {
            panel.name_x(&mut canvas, "step");
        }
        plot(&mut canvas, &panel, &curve.points, theme::TERMS[i % theme::TERMS.len()]);
        if let Some(cut) = cut {
            panel.remark(&mut canvas, &cut);
        }
    }
    if shown < curves.len() {
        let note = format!("{} more not shown", curves.len() - shown);
        canvas.note(&note, theme::WIDTH / 2.0);
    }
    canvas.save(path.as_ref())
}

fn check(curves: &[Curve]) -> Result<()> {
    if curves.is_empty() {
        return Err(Error::Empty { what: "the list of curves".into() });
    }
    for curve in curves {
        let what = || format!("the curve {:?}", curve.name);
        if curve.points.is_empty() {
            return Err(Error::Empty { what: what() });
        }
        let bad = curve.points.iter().position(|(step, value)| !step.is_finite() || !value.is_finite());
        if let Some(index) = bad {
            let (step, value) = curve.points[index];
            return Err(Error::NonFinite {
                what: what(),
                index,
                value: if step.is_finite() { value } else { step },
            });
        }
    }
    Ok(())
}

fn plot(canvas: &mut Canvas, panel: &Panel, points: &[(f64, f64)], color: ColorU8) {
    if points.len() <= MANY {
        panel.curve(canvas, points.iter().copied(), Pen::new(color, 2.0));
        return;
    }
    panel.curve(canvas, points.iter().copied(), Pen::new(theme::faded(color, 0.3), 0.8));
    panel.curve(canvas, medians(points), Pen::new(color, 2.2));
}

/// The median of each of [`MEDIANS`] runs of points, at the middle of their steps.
fn medians(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let run = points.len().div_ceil(MEDIANS).max(1);
    let median = |run: &[(f64, f64)]| {
        let mut values: Vec<f64> = run.iter().map(|p| p.1).collect();
        values.sort_by(f64::total_cmp);
        (0.5 * (run[0].0 + run[run.len() - 1].0), values[values.len() / 2])
    };
    points.chunks(run).map(median).collect()
}

/// The vertical axis of a curve, and what it cuts off.
fn vertical(points: &[(f64, f64)], ticks: usize) -> (Axis, Option<String>) {
    let all = axis::extent(points.iter().map(|p| p.1)).unwrap_or((0.0, 1.0));
    if all.0 > 0.0 && all.1 / all.0 > 100.0 {
        let pad = (all.1 / all.0).powf(0.04);
        return (Axis::logarithmic((all.0 / pad, all.1 * pad), ticks), None);
    }
    let settled = &points[points.len() / 10..];
    let mut values: Vec<f64> = settled.iter().map(|p| p.1).collect();
    values.sort_by(f64::total_cmp);
    let (last, rare) = (values.len() - 1, values.len() / 100);
    let (low, high) = axis::padded((values[rare], values[last - rare]), 0.0);
    // A modest transient is shown whole, of others as much as the settled range is wide.
    let width = high - low;
    let modest = all.0 >= low - 2.0 * width && all.1 <= high + 2.0 * width;
    let range = if modest { all } else { (all.0.max(low - width), all.1.min(high + width)) };
    let axis = Axis::linear(axis::padded(range, 0.06), ticks);
    let (bottom, top) = axis.range();
    let cut = match (all.0 < bottom, all.1 > top) {
        (true, true) => Some(format!("values from {} to {}", amount(all.0), amount(all.1))),
        (true, false) => Some(format!("values down to {}", amount(all.0))),
        (false, true) => Some(format!("values up to {}", amount(all.1))),
        (false, false) => None,
    };
    (axis, cut)
}

/// A number in few digits.
fn amount(value: f64) -> String {
    let size = value.abs();
    let text = if size == 0.0 || (1e-2..1e5).contains(&size) {
        format!("{value:.1}")
    } else {
        let power = size.log10().floor() as i32;
        format!("{:.1}×{}", value / 10f64.powi(power), axis::power_of_ten(power))
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transient_does_not_flatten_the_rest() {
        let points: Vec<(f64, f64)> = (0..1000)
            .map(|i| (f64::from(i), if i < 20 { 1e6 } else { (f64::from(i) * 0.1).sin() - 3.0 }))
            .collect();
        let (axis, cut) = vertical(&points, 5);
        let (low, high) = axis.range();
        assert!(low > -10.0 && high < 2.0, "{low} {high}");
        assert_eq!(cut.as_deref(), Some("values up to 1.0×10⁶"));
    }

    #[test]
    fn positive_values_of_many_decades_are_logarithmic() {
        let points: Vec<(f64, f64)> = (0..100).map(|i| (f64::from(i), (-0.1 * f64::from(i)).exp())).collect();
        let (axis, cut) = vertical(&points, 5);
        assert!(axis.position(0.01) > 0.4 && cut.is_none());
    }

    #[test]
    fn medians_ignore_single_spikes() {
        let points: Vec<(f64, f64)> =
            (0..1200).map(|i| (f64::from(i), if i % 10 == 0 { 1e9 } else { 1.0 })).collect();
        assert!(medians(&points).iter().all(|(_, value)| *value == 1.0));
    }
}
