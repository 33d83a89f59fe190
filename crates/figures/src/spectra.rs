//! Power spectra of each variable, measured against generated.

use std::path::Path;

use crate::{
    Error, Result,
    axis::{self, Axis},
    canvas::{Canvas, Pen},
    panel::Panel,
    theme,
};

/// Panels in one picture.
const MOST: usize = 6;
/// Powers below the largest by more than this factor are not shown.
const DEEPEST: f64 = 1e-12;

/// The power spectra of one variable: pairs of frequency (Hz) and power, in order of frequency.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectrum {
    /// Name of the variable.
    pub name: String,
    /// Spectrum of the measured series.
    pub measured: Vec<(f64, f64)>,
    /// Spectrum of the generated series.
    pub generated: Vec<(f64, f64)>,
}

impl Spectrum {
    /// The spectra of the variable `name`, each as pairs of frequency (Hz) and power.
    pub fn new(name: impl Into<String>, measured: Vec<(f64, f64)>, generated: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), measured, generated }
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.measured.iter().chain(&self.generated).copied()
    }
}

/// Draws the spectra of up to six variables and writes a PNG or SVG file to `path`.
///
/// Power is on a logarithmic axis, and frequency too where it spans more than a factor of twenty. Frequency 0 (the mean)
/// is left out. Powers of zero, and those below 10⁻¹² of the largest, lie under the axis.
///
/// # Errors
/// When there is no spectrum or one has no frequency above 0, when a value is not finite, or when the file cannot be
/// written.
pub fn draw(spectra: &[Spectrum], path: impl AsRef<Path>) -> Result<()> {
    check(spectra)?;
    let shown = spectra.len().min(MOST);
    let columns = if shown < 4 { shown } else { shown.div_ceil(2) };
    let rows = shown.div_ceil(columns);
    let (head, title, height, foot) = (44.0, 34.0, if columns == 1 { 300.0 } else { 220.0 }, 52.0);
    let mut canvas = Canvas::new(head + rows as f32 * (title + height + foot))?;
    let axes: Vec<(Axis, Axis)> =
        spectra[..shown].iter().map(|spectrum| axes(spectrum, if columns == 3 { 4 } else { 6 })).collect();
    let name = 30.0;
    let room = axes.iter().map(|(_, y)| Panel::room(&canvas, y)).fold(0.0, f32::max) + 4.0;
    let column = (theme::WIDTH - name - 20.0) / columns as f32;
    for ((i, spectrum), (x, y)) in spectra.iter().enumerate().zip(axes) {
        let left = name + (i % columns) as f32 * column + room;
        let top = head + (i / columns) as f32 * (title + height + foot) + title;
        let panel = Panel::new(left, top, column - room - 8.0, height, x, y)?;
        panel.frame(&mut canvas, true);
        panel.title(&mut canvas, &spectrum.name);
        panel.name_x(&mut canvas, "frequency (Hz)");
        if i % columns == 0 {
            panel.name_y(&mut canvas, "power", 16.0);
        }
        // A broad line under a fine one: both are seen where they coincide.
        let pens = [Pen::new(theme::faded(theme::MEASURED, 0.8), 2.5), Pen::new(theme::GENERATED, 1.3)];
        for (points, pen) in [&spectrum.measured, &spectrum.generated].into_iter().zip(pens) {
            panel.curve(&mut canvas, points.iter().copied().filter(|(frequency, _)| *frequency > 0.0), pen);
        }
    }
    let entries = [("measured", theme::MEASURED), ("generated", theme::GENERATED)];
    let end = canvas.legend((name + room, 22.0), &entries);
    if shown < spectra.len() {
        canvas.note(&format!("variables 1 to {shown} of {}", spectra.len()), end);
    }
    canvas.save(path.as_ref())
}

fn check(spectra: &[Spectrum]) -> Result<()> {
    if spectra.is_empty() {
        return Err(Error::Empty { what: "the list of spectra".into() });
    }
    for spectrum in spectra {
        for (points, which) in [(&spectrum.measured, "measured"), (&spectrum.generated, "generated")] {
            let what = || format!("the {which} spectrum of {:?}", spectrum.name);
            let bad = points.iter().position(|(f, p)| !f.is_finite() || !p.is_finite());
            if let Some(index) = bad {
                let (f, p) = points[index];
                return Err(Error::NonFinite {
                    what: what(),
                    index,
                    value: if f.is_finite() { p } else { f },
                });
            }
            if !points.iter().any(|(f, _)| *f > 0.0) {
                return Err(Error::Empty { what: what() });
            }
        }
    }
    Ok(())
}

/// Frequency and power axes of one panel.
fn axes(spectrum: &Spectrum, ticks: usize) -> (Axis, Axis) {
    let frequencies = spectrum.points().map(|(f, _)| f).filter(|f| *f > 0.0);
    let (low, high) = axis::extent(frequencies).unwrap_or((1.0, 10.0));
    let x = if high / low > 20.0 {
        Axis::logarithmic((low, high), ticks)
    } else {
        Axis::linear(axis::padded((low, high), 0.0), ticks)
    };
    let powers = || spectrum.points().filter(|(f, _)| *f > 0.0).map(|(_, p)| p).filter(|p| *p > 0.0);
    let (_, largest) = axis::extent(powers()).unwrap_or((1.0, 1.0));
    let (smallest, _) = axis::extent(powers().filter(|p| *p >= DEEPEST * largest)).unwrap_or((1.0, 1.0));
    // Half a decade more on both sides of a flat spectrum, some of the range on the sides of others.
    let pad = (largest / smallest).powf(0.05).max(if largest / smallest < 1.5 { 3.0 } else { 1.0 });
    (x, Axis::logarithmic((smallest / pad, largest * pad), 6))
}
