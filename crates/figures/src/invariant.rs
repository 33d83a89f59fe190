//! What a dynamical system leaves in place: fixed points, cycles and the manifolds of saddles, as plain data for pictures.

use ndarray::Array2;
use tiny_skia::ColorU8;

use crate::{
    Result,
    canvas::{Canvas, Pen, Place},
    input, theme,
};

/// What happens near a fixed point or cycle. Each kind has a colour and a shape of its own in every picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stability {
    /// All directions attract: a filled green disc.
    Stable,
    /// Some directions attract and some repel: a filled purple diamond.
    Saddle,
    /// All directions repel: an open orange ring.
    Unstable,
    /// Some direction neither attracts nor repels, and none is known to repel: an open grey square.
    Neutral,
}

impl Stability {
    pub(crate) const ALL: [Self; 4] = [Self::Stable, Self::Saddle, Self::Unstable, Self::Neutral];

    /// The kind as a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Saddle => "saddle",
            Self::Unstable => "unstable",
            Self::Neutral => "neutral",
        }
    }

    pub(crate) fn color(self) -> ColorU8 {
        match self {
            Self::Stable => theme::STABLE,
            Self::Saddle => theme::SADDLE,
            Self::Unstable => theme::UNSTABLE,
            Self::Neutral => theme::MUTED,
        }
    }

    /// Draws the mark of this kind with a white edge.
    pub(crate) fn mark(self, canvas: &mut Canvas, (x, y): Place, radius: f32) {
        let color = self.color();
        let square = |half: f32| {
            [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
        };
        let diamond = |half: f32| [(x, y - half), (x + half, y), (x, y + half), (x - half, y)];
        match self {
            Self::Stable => {
                canvas.dot((x, y), radius + 1.4, theme::WHITE);
                canvas.dot((x, y), radius, color);
            }
            Self::Saddle => {
                canvas.fill(&diamond(1.3 * radius + 2.0), theme::WHITE);
                canvas.fill(&diamond(1.3 * radius), color);
            }
            Self::Unstable => {
                canvas.dot((x, y), radius + 1.4, theme::WHITE);
                canvas.dot((x, y), radius, color);
                canvas.dot((x, y), 0.55 * radius, theme::WHITE);
            }
            Self::Neutral => {
                canvas.fill(&square(0.9 * radius + 1.4), theme::WHITE);
                canvas.fill(&square(0.9 * radius), color);
                canvas.fill(&square(0.45 * radius), theme::WHITE);
            }
        }
    }
}

/// A fixed point of a map or flow.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedPoint {
    /// Where it is, in the coordinates of the picture.
    pub position: Vec<f64>,
    /// What happens near it.
    pub stability: Stability,
    /// Eigenvalues of the Jacobian there, as pairs of real and imaginary part; may be empty.
    pub eigenvalues: Vec<(f64, f64)>,
}

impl FixedPoint {
    /// A fixed point whose eigenvalues are not shown.
    pub fn new(position: impl Into<Vec<f64>>, stability: Stability) -> Self {
        Self { position: position.into(), stability, eigenvalues: Vec::new() }
    }

    /// Where it is in the plane, with its kind.
    pub(crate) fn in_plane(&self) -> ((f64, f64), Stability) {
        ((self.position[0], self.position[1]), self.stability)
    }

    /// With the eigenvalues of the Jacobian, as pairs of real and imaginary part.
    #[must_use]
    pub fn with_eigenvalues(mut self, eigenvalues: impl Into<Vec<(f64, f64)>>) -> Self {
        self.eigenvalues = eigenvalues.into();
        self
    }
}

/// A cycle of a map or flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Cycle {
    /// Its points in order \[k, N\]; the first follows the last.
    pub points: Array2<f64>,
    /// What happens near it.
    pub stability: Stability,
    /// Eigenvalues of the Jacobian along the whole cycle, as pairs of real and imaginary part; may be empty.
    pub eigenvalues: Vec<(f64, f64)>,
    /// Whether the points are samples of a curve and are joined by a line: true of flows and of maps that follow one.
    pub is_curve: bool,
}

impl Cycle {
    /// A cycle of separate points \[k, N\] whose eigenvalues are not shown.
    pub fn new(points: Array2<f64>, stability: Stability) -> Self {
        Self { points, stability, eigenvalues: Vec::new(), is_curve: false }
    }

    /// With the eigenvalues of the Jacobian along the whole cycle, as pairs of real and imaginary part.
    #[must_use]
    pub fn with_eigenvalues(mut self, eigenvalues: impl Into<Vec<(f64, f64)>>) -> Self {
        self.eigenvalues = eigenvalues.into();
        self
    }

    /// The points joined by a line.
    #[must_use]
    pub fn as_curve(mut self) -> Self {
        self.is_curve = true;
        self
    }
}

/// A branch of the stable or unstable manifold of a saddle, as a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifold {
    /// Points of the line in order \[T, N\]; a row with NaN breaks it.
    pub points: Array2<f64>,
    /// Whether it is the stable manifold.
    pub is_stable: bool,
}

impl Manifold {
    /// A line on a stable manifold \[T, N\].
    pub fn stable(points: Array2<f64>) -> Self {
        Self { points, is_stable: true }
    }

    /// A line on an unstable manifold \[T, N\].
    pub fn unstable(points: Array2<f64>) -> Self {
        Self { points, is_stable: false }
    }

    /// Stable ones are green and dashed, unstable ones orange.
    pub(crate) fn pen(&self) -> Pen {
        if self.is_stable {
            Pen::new(theme::STABLE, 1.5).dashed(6.0, 3.0)
        } else {
            Pen::new(theme::UNSTABLE, 1.5)
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        if self.is_stable { "stable manifold" } else { "unstable manifold" }
    }
}

/// Checks that each set has `dim` coordinates and positions that are finite.
pub(crate) fn check(
    points: &[FixedPoint],
    cycles: &[Cycle],
    manifolds: &[Manifold],
    dim: usize,
) -> Result<()> {
    for (i, point) in points.iter().enumerate() {
        let what = format!("fixed point {i}");
        input::dimension(&what, dim, point.position.len())?;
        input::finite(&what, point.position.iter().copied())?;
    }
    for (i, cycle) in cycles.iter().enumerate() {
        let what = format!("cycle {i}");
        input::dimension(&what, dim, cycle.points.ncols())?;
        input::not_empty(&what, cycle.points.nrows())?;
        input::finite_rows(&what, cycle.points.view())?;
    }
    for (i, manifold) in manifolds.iter().enumerate() {
        let what = format!("manifold {i}");
        input::dimension(&what, dim, manifold.points.ncols())?;
        input::not_empty(&what, manifold.points.nrows())?;
    }
    Ok(())
}
