//! How well a class is decoded: the score beside those of permuted labels, and which classes are taken for which.

use std::path::Path;

use ndarray::ArrayView2;
use tiny_skia::Rect;

use crate::{
    Error, Result,
    axis::{self, Axis, Tick},
    canvas::{Align, Canvas, Pen, Type},
    input,
    legend::{Legend, Swatch},
    panel::Panel,
    theme,
};

/// Side of the square areas.
const SIDE: f32 = 270.0;
/// Cells from this size on hold a percentage with its sign and a number of samples.
const WIDE: f32 = 44.0;
/// Cells from this size on hold a percentage.
const NARROW: f32 = 26.0;
/// Room for the name of a class.
const NAME: f32 = 80.0;
/// Bars of the histogram.
const BARS: usize = 31;

/// A decoding and what it is compared with.
#[derive(Clone, Debug)]
pub struct Decoded<'a> {
    score: f64,
    permuted: &'a [f64],
    p_value: Option<f64>,
    confusion: ArrayView2<'a, usize>,
    classes: Vec<String>,
}

impl<'a> Decoded<'a> {
    /// The balanced accuracy `score` and those under `permuted` labels, all from 0 to 1, and the numbers `confusion`
    /// \[C, C\] of samples by true class (row) and decoded class (column), with the names of the C `classes`.
    pub fn new<S: Into<String>>(
        score: f64,
        permuted: &'a [f64],
        confusion: ArrayView2<'a, usize>,
        classes: impl IntoIterator<Item = S>,
    ) -> Self {
        let classes = classes.into_iter().map(Into::into).collect();
        Self { score, permuted, p_value: None, confusion, classes }
    }

    /// With the p-value of the permutation test.
    #[must_use]
    pub fn with_p_value(mut self, p_value: f64) -> Self {
        self.p_value = Some(p_value);
        self
    }

    fn check(&self) -> Result<()> {
        input::not_empty("the scores of permuted labels", self.permuted.len())?;
        input::not_empty("the confusion matrix", self.confusion.len())?;
        input::length("columns of the confusion matrix", self.confusion.nrows(), self.confusion.ncols())?;
        input::length("names of the classes", self.confusion.nrows(), self.classes.len())?;
        let share = |what: &str, value: f64| {
            if (0.0..=1.0).contains(&value) {
                return Ok(());
            }
            Err(Error::OutOfRange { what: what.into(), value, allowed: "from 0 to 1".into() })
        };
        share("the balanced accuracy", self.score)?;
        self.permuted.iter().try_for_each(|score| share("a balanced accuracy of permuted labels", *score))?;
        self.p_value.map_or(Ok(()), |p| share("the p-value", p))
    }
}

/// Draws the score as a line in the histogram of the scores of permuted labels, and beside it the confusion matrix, and
/// writes a PNG or SVG file to `path`.
///
/// Cells of the matrix are shaded by their share of the true class. It is written into them as a percentage for up to ten
/// classes, with the number of samples for up to six.
///
/// # Errors
/// When there are no permuted labels or classes, the matrix is not square or has not one name per class, a score lies
/// outside of 0 to 1, or the file cannot be written.
pub fn draw(decoded: &Decoded, path: impl AsRef<Path>) -> Result<()> {
    decoded.check()?;
    let mut canvas = Canvas::new(0.0)?;
    let half = canvas.width / 2.0;
    let legend = legend(decoded);
    let right = canvas.width - 16.0;
    let head = 20.0 + legend.height(&canvas, 60.0, right);
    legend.draw(&mut canvas, 60.0, right, 6.0);
    histogram(&mut canvas, decoded, (head, half - 20.0))?;
    let foot = matrix(&mut canvas, decoded, head)?;
    canvas.height = head + SIDE + foot;
    canvas.save(path.as_ref())
}

fn pens() -> [Pen; 2] {
    [Pen::new(theme::GENERATED, 2.4), Pen::new(theme::INK, 1.4).dashed(5.0, 4.0)]
}

fn legend(decoded: &Decoded) -> Legend {
    let [score, chance] = pens();
    let mut legend = Legend::default();
    let p = decoded.p_value.map_or(String::new(), |p| format!(", p = {}", crate::coordinates::short(p)));
    legend.add(Swatch::Line(score), format!("decoded: {:.3}{p}", decoded.score));
    legend.add(Swatch::Patch(theme::AREAS[0]), format!("{} permutations", decoded.permuted.len()));
    legend.add(Swatch::Line(chance), "chance");
    legend
}

fn histogram(canvas: &mut Canvas, decoded: &Decoded, (top, right): (f32, f32)) -> Result<()> {
    let chance = 1.0 / decoded.classes.len() as f64;
    let scores = decoded.permuted.iter().copied();
    let (least, most) = axis::extent(scores.clone()).unwrap_or((0.0, 1.0));
    let (low, high) =
        axis::padded((least.min(chance).min(decoded.score), most.max(chance).max(decoded.score)), 0.05);
    let width = (high - low) / BARS as f64;
    let mut counts = [0_usize; BARS];
    for score in scores {
        counts[(((score - low) / width) as usize).min(BARS - 1)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(1);
    let y = Axis::linear((0.0, 1.08 * highest as f64), 5);
    let room = Panel::margin(canvas, &y);
    let x = Axis::linear((low, high), 5);
    let panel = Panel::new(room, top, right - room, SIDE, x, y)?;
    panel.frame(canvas, true);
    panel.name_x(canvas, "balanced accuracy");
    panel.name_y(canvas, "permutations", 14.0);
    for (i, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let left = low + i as f64 * width;
        let (a, b) = (panel.place(left, count as f64), panel.place(left + width, 0.0));
        canvas.fill(&[a, (b.0 - 0.6, a.1), (b.0 - 0.6, b.1), (a.0, b.1)], theme::AREAS[0]);
    }
    let [score, chance_pen] = pens();
    panel.curve(canvas, [(chance, 0.0), (chance, 1.08 * highest as f64)], chance_pen);
    panel.curve(canvas, [(decoded.score, 0.0), (decoded.score, 1.08 * highest as f64)], score);
    Ok(())
}

/// Draws the matrix and gives the room that is taken below it.
fn matrix(canvas: &mut Canvas, decoded: &Decoded, top: f32) -> Result<f32> {
    let count = decoded.classes.len();
    let cell = SIDE / count as f32;
    let style = Type::new(theme::TICK, theme::MUTED);
    let names: Vec<String> = decoded.classes.iter().map(|name| canvas.fitted(name, style, NAME)).collect();
    let widest = names.iter().map(|name| canvas.width(name, style)).fold(0.0, f32::max);
    // Names of many classes would lie over each other.
    let every = (18.0 / cell).ceil().max(1.0) as usize;
    let turned = widest + 6.0 > cell * every as f32;
    let mut axes = [0, 1].map(|_| Axis::linear((0.0, count as f64), 5));
    let shown = || names.iter().enumerate().step_by(every);
    let tick = |value: f64, name: &String| Tick { value, label: name.clone() };
    axes[0].ticks = shown().map(|(i, name)| tick(i as f64 + 0.5, name)).collect();
    axes[1].ticks = shown().map(|(i, name)| tick((count - i) as f64 - 0.5, name)).collect();
    let [x, y] = axes;
    let x_name =
        if (NARROW..WIDE).contains(&cell) { "decoded class (numbers in %)" } else { "decoded class" };
    let room = Panel::room(canvas, &y);
    let left = canvas.width - 24.0 - SIDE;
    let panel = Panel::new(left, top, SIDE, SIDE, x, y)?;
    panel.frame(canvas, !turned);
    panel.name_y(canvas, "true class", left - room - 14.0);
    let foot = if turned {
        for (i, name) in shown() {
            let place = (left + (i as f32 + 0.5) * cell, top + SIDE + 8.0);
            canvas.text(name, place, style.turned(-90.0).align(Align::End));
        }
        let name = Type::new(theme::LABEL, theme::INK);
        canvas.text(x_name, (left + SIDE / 2.0, top + SIDE + widest + 28.0), name);
        widest + 50.0
    } else {
        panel.name_x(canvas, x_name);
        60.0
    };
    for (i, row) in decoded.confusion.rows().into_iter().enumerate() {
        let total = row.sum().max(1);
        for (j, &samples) in row.iter().enumerate() {
            let share = samples as f32 / total as f32;
            let (x, y) = (left + j as f32 * cell, top + i as f32 * cell);
            if let Some(area) = Rect::from_xywh(x, y, cell, cell) {
                canvas.rectangle(area, theme::density(share));
            }
            let color = if share > 0.45 { theme::WHITE } else { theme::INK };
            let (x, y) = (x + cell / 2.0, y + cell / 2.0);
            let (large, small) = (Type::new(theme::TICK, color), Type::new(theme::TICK - 2.0, color));
            let percent = format!("{:.0}", 100.0 * share);
            if cell >= WIDE {
                if row.sum() > 0 {
                    canvas.text(&format!("{percent} %"), (x, y - 8.0), large);
                }
                let number = samples.to_string();
                // A number that is cut off would say something else.
                if canvas.width(&number, small) < cell {
                    canvas.text(&number, (x, y + 9.0), small);
                }
            } else if cell >= NARROW && row.sum() > 0 {
                canvas.text(&percent, (x, y), small);
            }
        }
    }
    Ok(foot.max(60.0))
}
