//! Basins of attraction: which attractor each state of a plane goes to.

use std::path::Path;

use ndarray::{Array2, ArrayView2};
use tiny_skia::ColorU8;

use crate::{
    Error, FixedPoint, Result,
    axis::Axis,
    canvas::Pen,
    input, invariant,
    legend::{Legend, Swatch},
    panel::Panel,
    theme,
};

/// Height of the area.
const HEIGHT: f32 = 350.0;

/// The attractor of each cell of a grid of initial states, and what is drawn over it.
#[derive(Clone, Debug)]
pub struct Basins<'a> {
    x: (f64, f64),
    y: (f64, f64),
    labels: ArrayView2<'a, Option<usize>>,
    attractors: Vec<String>,
    names: [String; 2],
    fixed_points: Vec<FixedPoint>,
    curves: Vec<Array2<f64>>,
}

impl<'a> Basins<'a> {
    /// The attractor that each cell of the grid `labels` \[Ny, Nx\] leads to, as an index in the names `attractors`;
    /// `None` where the state diverges or reaches none of them. The cells fill the rectangle from `x.0` to `x.1` and
    /// `y.0` to `y.1`; row 0 is at `y.0`.
    pub fn new<S: Into<String>>(
        x: (f64, f64),
        y: (f64, f64),
        labels: ArrayView2<'a, Option<usize>>,
        attractors: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            x,
            y,
            labels,
            attractors: attractors.into_iter().map(Into::into).collect(),
            names: ["x".into(), "y".into()],
            fixed_points: Vec::new(),
            curves: Vec::new(),
        }
    }

    /// With names of the variables.
    #[must_use]
    pub fn with_names(mut self, x: impl Into<String>, y: impl Into<String>) -> Self {
        self.names = [x.into(), y.into()];
        self
    }

    /// With fixed points, marked by their stability.
    #[must_use]
    pub fn with_fixed_points(mut self, points: impl IntoIterator<Item = FixedPoint>) -> Self {
        self.fixed_points.extend(points);
        self
    }

    /// With an attractor or another line \[T, 2\] drawn in ink; a row with NaN breaks it.
    #[must_use]
    pub fn with_curve(mut self, points: ArrayView2<f64>) -> Self {
        self.curves.push(points.to_owned());
        self
    }

    fn check(&self) -> Result<()> {
        input::not_empty("the grid of basins", self.labels.len())?;
        input::increasing("the ends of the grid along x", &[self.x.0, self.x.1])?;
        input::increasing("the ends of the grid along y", &[self.y.0, self.y.1])?;
        let count = self.attractors.len();
        if let Some(index) = self.labels.iter().flatten().find(|label| **label >= count) {
            return Err(Error::Index { what: "a label of the grid of basins".into(), index: *index, count });
        }
        invariant::check(&self.fixed_points, &[], &[], 2)?;
        for (i, curve) in self.curves.iter().enumerate() {
            input::dimension(&format!("curve {i}"), 2, curve.ncols())?;
        }
        Ok(())
    }

    /// Names of the attractors with the share of the grid that leads to each.
    fn legend(&self) -> Legend {
        let mut legend = Legend::default();
        let share = |of: Option<usize>| {
            let count = self.labels.iter().filter(|label| **label == of).count();
            100.0 * count as f64 / self.labels.len() as f64
        };
        let text = |name: &str, percent: f64| {
            let digits = usize::from(percent < 10.0 && percent > 0.0);
            format!("{name} ({percent:.digits$} %)")
        };
        for (i, name) in self.attractors.iter().enumerate() {
            legend.add(Swatch::Patch(color(Some(i))), text(name, share(Some(i))));
        }
        if share(None) > 0.0 {
            legend.add(Swatch::Patch(color(None)), text("none", share(None)));
        }
        let kinds: Vec<_> = self.fixed_points.iter().map(|point| point.stability).collect();
        legend.add_marks(&kinds);
        legend
    }
}

/// The ninth attractor has the colour of the first, and so on: that many basins are not told apart by eye.
fn color(label: Option<usize>) -> ColorU8 {
    label.map_or(theme::GRID, |label| theme::AREAS[label % theme::AREAS.len()])
}

/// Draws the grid with each cell in the colour of its attractor, in one column, and writes a PNG or SVG file to `path`.
///
/// The legend tells the share of the grid that leads to each attractor.
///
/// # Errors
/// When the grid is empty or its ends do not increase, a label has no name, points do not have two coordinates, or the
/// file cannot be written.
pub fn draw(basins: &Basins, path: impl AsRef<Path>) -> Result<()> {
    basins.check()?;
    let axes = (Axis::linear(basins.x, 5), Axis::linear(basins.y, 5));
    let names = (basins.names[0].as_str(), basins.names[1].as_str());
    let (mut canvas, panel) = Panel::under(&basins.legend(), (HEIGHT, false), axes, names)?;
    let pixels = basins.labels.rows().into_iter().rev().flat_map(|row| row.to_vec()).map(color).collect();
    canvas.clip(Some(panel.area()));
    canvas.image(panel.area(), basins.labels.ncols(), pixels);
    canvas.clip(None);
    for curve in &basins.curves {
        let points = curve.rows().into_iter().map(|p| (p[0], p[1]));
        panel.curve(&mut canvas, points, Pen::new(theme::INK, 1.2));
    }
    panel.marks(&mut canvas, basins.fixed_points.iter().map(FixedPoint::in_plane));
    canvas.save(path.as_ref())
}
