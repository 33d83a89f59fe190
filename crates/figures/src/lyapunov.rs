//! How running estimates of Lyapunov exponents settle.

use std::path::Path;

use ndarray::{ArrayView1, ArrayView2};

use crate::{
    Result,
    axis::{self, Axis},
    canvas::{Canvas, Pen},
    input,
    legend::{Legend, Swatch},
    panel::Panel,
    theme,
};

/// Up to so many exponents have a panel of their own each.
const PANELS: usize = 4;
/// Exponents that are told apart by colour and named.
const NAMED: usize = 6;
/// Points of a line that are drawn: a running mean is smooth.
const POINTS: usize = 1_500;

/// Running estimates of Lyapunov exponents along time.
#[derive(Clone, Copy, Debug)]
pub struct Convergence<'a> {
    times: &'a [f64],
    exponents: ArrayView2<'a, f64>,
    errors: Option<ArrayView2<'a, f64>>,
    reference: &'a [f64],
    time_unit: &'a str,
}

impl<'a> Convergence<'a> {
    /// The estimates `exponents` \[T, K\], one exponent a column, up to each of `times` \[T\] in seconds.
    pub fn new(times: &'a [f64], exponents: ArrayView2<'a, f64>) -> Self {
        Self { times, exponents, errors: None, reference: &[], time_unit: "s" }
    }

    /// With standard errors \[T, K\], drawn as a band.
    #[must_use]
    pub fn with_errors(mut self, errors: ArrayView2<'a, f64>) -> Self {
        self.errors = Some(errors);
        self
    }

    /// With known exponents, the largest first, drawn as dashed lines; there may be fewer or more than K.
    #[must_use]
    pub fn with_reference(mut self, exponents: &'a [f64]) -> Self {
        self.reference = exponents;
        self
    }

    /// With another unit of time than seconds, such as `step`.
    #[must_use]
    pub fn with_time_unit(mut self, unit: &'a str) -> Self {
        self.time_unit = unit;
        self
    }

    fn check(&self) -> Result<()> {
        input::not_empty("the running exponents", self.exponents.len())?;
        input::length("the times of the running exponents", self.exponents.nrows(), self.times.len())?;
        input::increasing("the times of the running exponents", self.times)?;
        input::finite_rows("the running exponents", self.exponents)?;
        input::finite("the known exponents", self.reference.iter().copied())?;
        if let Some(errors) = self.errors {
            input::length("rows of the errors of the exponents", self.exponents.nrows(), errors.nrows())?;
            input::length("columns of the errors of the exponents", self.exponents.ncols(), errors.ncols())?;
            input::finite_rows("the errors of the exponents", errors)?;
        }
        Ok(())
    }

    /// Rows that are drawn.
    fn rows(&self) -> Vec<usize> {
        let (count, last) = (self.times.len(), self.times.len() - 1);
        let stride = count.div_ceil(POINTS).max(1);
        (0..count).step_by(stride).chain((!last.is_multiple_of(stride)).then_some(last)).collect()
    }

    /// Lower and upper end of the band of exponent `k` in a row; twice the estimate where there are no errors.
    fn band(&self, row: usize, k: usize) -> (f64, f64) {
        let (value, error) =
            (self.exponents[[row, k]], self.errors.map_or(0.0, |errors| errors[[row, k]].abs()));
        (value - error, value + error)
    }

    /// The vertical axis of some exponents: the last four fifths of the run with their bands, and what is known.
    fn axis(&self, exponents: std::ops::Range<usize>, ticks: usize) -> Axis {
        let settled = self.times.len() / 5..self.times.len();
        let bands = settled.flat_map(|row| exponents.clone().map(move |k| self.band(row, k)));
        let known = exponents.clone().filter_map(|k| self.reference.get(k)).map(|value| (*value, *value));
        let ends = bands.chain(known).flat_map(|(low, high)| [low, high]);
        let (low, high) = axis::extent(ends).unwrap_or((0.0, 1.0));
        // Jitter far below the size of the exponents is not blown up to the height of a panel.
        let room = 0.01 * low.abs().max(high.abs());
        let (low, high) = if high - low < 2.0 * room { (low - room, high + room) } else { (low, high) };
        Axis::linear(axis::padded((low, high), 0.15), ticks)
    }
}

/// Draws running estimates of Lyapunov exponents along time, in one column, and writes a PNG or SVG file to `path`.
///
/// Up to four exponents have a panel each with an axis of its own; more share one. The axes follow the last four
/// fifths of the run, so that the transient at its start does not flatten the rest. Final values are told in the
/// legend.
///
/// # Errors
/// When there are no estimates, lengths differ, times do not increase, a value is not finite, or the file cannot be
/// written.
pub fn draw(convergence: &Convergence, path: impl AsRef<Path>) -> Result<()> {
    convergence.check()?;
    let count = convergence.exponents.ncols();
    let split = count <= PANELS;
    let groups: Vec<std::ops::Range<usize>> =
        if split { (0..count).map(|k| k..k + 1).collect() } else { std::iter::once(0..count).collect() };
    let mut canvas = Canvas::column(0.0)?;
    let legend = legend(convergence);
    let (height, gap) = match groups.len() {
        1 => (240.0, 0.0),
        2 => (130.0, 14.0),
        _ => (104.0, 14.0),
    };
    let axes: Vec<Axis> =
        groups.iter().map(|group| convergence.axis(group.clone(), if split { 4 } else { 6 })).collect();
    let room = axes.iter().map(|axis| Panel::margin(&canvas, axis)).fold(0.0, f32::max);
    let head = legend.height(&canvas, room, canvas.width - 8.0) + 14.0;
    legend.draw(&mut canvas, room, theme::COLUMN - 8.0, 6.0);
    let start =
        if convergence.times.len() > 1 { convergence.times[0].min(0.0) } else { convergence.times[0] };
    let end = convergence.times[convergence.times.len() - 1];
    let time = Axis::linear(axis::padded((start, end), 0.0), 6);
    let rows = convergence.rows();
    let unit = convergence.time_unit;
    for (i, (group, y)) in groups.iter().zip(axes).enumerate() {
        let top = head + i as f32 * (height + gap);
        let last = i + 1 == groups.len();
        let name =
            if split { format!("λ{} (1/{unit})", subscript(i + 1)) } else { format!("λ (1/{unit})") };
        let x_name = format!("time ({unit})");
        let names = (last.then_some(x_name.as_str()), name.as_str());
        let panel = Panel::wide(&mut canvas, (top, height), room, (time.clone(), y), names)?;
        panel.level(&mut canvas, 0.0, Pen::new(theme::FRAME, 1.2));
        for k in group.clone() {
            curve(&mut canvas, &panel, convergence, &rows, k);
        }
    }
    canvas.height = head + groups.len() as f32 * (height + gap) - gap + 56.0;
    canvas.save(path.as_ref())
}

fn curve(canvas: &mut Canvas, panel: &Panel, convergence: &Convergence, rows: &[usize], k: usize) {
    let color = color(k);
    if convergence.errors.is_some() {
        let end = |row: usize, upper: bool| {
            let (low, high) = convergence.band(row, k);
            panel.place(convergence.times[row], if upper { high } else { low })
        };
        let upper = rows.iter().map(|row| end(*row, true));
        let outline: Vec<_> = upper.chain(rows.iter().rev().map(|row| end(*row, false))).collect();
        canvas.clip(Some(panel.area()));
        canvas.fill(&outline, theme::faded(color, 0.25));
        canvas.clip(None);
    }
    if let Some(known) = convergence.reference.get(k) {
        panel.level(canvas, *known, Pen::new(theme::INK, 1.2).dashed(5.0, 4.0));
    }
    let running: ArrayView1<f64> = convergence.exponents.column(k);
    panel.curve(
        canvas,
        rows.iter().map(|row| (convergence.times[*row], running[*row])),
        Pen::new(color, 1.8),
    );
}

/// The final value of each named exponent, with its error.
fn legend(convergence: &Convergence) -> Legend {
    let mut legend = Legend::default();
    let last = convergence.exponents.nrows() - 1;
    for k in 0..convergence.exponents.ncols().min(NAMED) {
        let value = convergence.exponents[[last, k]];
        let text = match convergence.errors {
            Some(errors) => with_error(value, errors[[last, k]].abs()),
            None => number(value, decimals(value.abs(), 4).min(4)),
        };
        legend.add(Swatch::Line(Pen::new(color(k), 2.0)), format!("λ{} = {text}", subscript(k + 1)));
    }
    if convergence.exponents.ncols() > NAMED {
        legend.add(
            Swatch::Line(Pen::new(theme::FRAME, 2.0)),
            format!("{} more", convergence.exponents.ncols() - NAMED),
        );
    }
    if !convergence.reference.is_empty() {
        legend.add(Swatch::Line(Pen::new(theme::INK, 1.2).dashed(5.0, 4.0)), "known");
    }
    legend
}

fn color(k: usize) -> tiny_skia::ColorU8 {
    if k < NAMED { theme::TERMS[k + 1] } else { theme::FRAME }
}

/// A value and its error to two digits of the error.
fn with_error(value: f64, error: f64) -> String {
    let decimals = decimals(error, 2).min(6);
    format!("{} ± {}", number(value, decimals), number(error, decimals))
}

/// Decimals that show so many digits of a size.
fn decimals(size: f64, digits: i32) -> usize {
    if size > 0.0 { (digits - 1 - size.log10().floor() as i32).clamp(0, 9) as usize } else { 2 }
}

/// A number with so many decimals, or with a power of ten if it is very large.
fn number(value: f64, decimals: usize) -> String {
    if value.abs() < 1e5 {
        return axis::number(value, decimals);
    }
    let power = value.abs().log10().floor() as i32;
    format!("{}×{}", axis::number(value / 10f64.powi(power), 2), axis::power_of_ten(power))
}

/// A number in small letters below the line.
fn subscript(number: usize) -> String {
    let digit = |c: char| char::from_u32('₀' as u32 + c.to_digit(10).unwrap_or(0)).unwrap_or(c);
    number.to_string().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_to_the_digits_of_their_error() {
        assert_eq!(with_error(0.905_63, 0.004_2), "0.9056 ± 0.0042");
        assert_eq!(with_error(-14.572, 0.13), "−14.57 ± 0.13");
        assert_eq!(with_error(1.0, 0.0), "1.00 ± 0.00");
        assert_eq!(with_error(-1e-9, 0.1), "0.00 ± 0.10");
        assert_eq!(number(-1.5e200, 2), "−1.50×10²⁰⁰");
        assert_eq!(subscript(10), "₁₀");
    }
}
