//! The pictures of a reconstruction: PNG figures and one HTML page that opens without a network.
//!
//! | module | picture |
//! |---|---|
//! | [`state_space`] | the measured and the generated attractor side by side |
//! | [`series`] | each variable along time, measured and generated |
//! | [`spectra`] | each variable's power spectrum, measured and generated |
//! | [`training`] | the loss and its named terms along the steps of training |
//! | [`html`] | a self-contained report with tables, pictures and a 3-D view to turn by hand |
//!
//! Every function computes its picture in memory and then writes it whole or not at all (temporary file, sync,
//! rename). Pictures are 1600 pixels wide, which is twice their nominal size, in colours that colour-blind readers can
//! tell apart.
//!
//! # What draws
//!
//! The figures are drawn with `tiny-skia` (pure Rust, BSD-3-Clause) rather than a plotting library because `kuva` 0.6
//! has scatter and surface plots but no lines in space, `plotters` 0.3.7 has no axis names in space and rounds points
//! and line widths to whole pixels, and all that these figures need from either is a page of axis code.
//!
//! Text is set in Inter, embedded from `fonts/` (SIL Open Font License 1.1, text in `fonts/OFL.txt`), so nothing is
//! asked of the system: no fontconfig, no freetype. Inter has Latin, Greek and Cyrillic letters; a name in another
//! script is drawn as boxes (the HTML page shows it in the reader's own fonts).
//!
//! Missing values of a trajectory are gaps in its lines.
//!
//! # Example
//!
//! ```no_run
//! use attractor_figures::{html::HtmlReport, state_space};
//! use attractor_systems::Trajectory;
//!
//! # fn example(measured: Trajectory, generated: Trajectory) -> Result<(), attractor_figures::Error> {
//! state_space::draw(&measured, &generated, "attractor.png")?;
//! HtmlReport::new("Lorenz-63, reconstructed")
//!     .paragraph("Trained on 1,000 s of noisy observations.")
//!     .table(["measure", "value"], [["largest Lyapunov exponent", "0.903 / s"]])?
//!     .interactive(&measured, &generated)?
//!     .picture("attractor.png", "Both attractors.")?
//!     .write("report.html")?;
//! # Ok(())
//! # }
//! ```

mod axis;
pub mod basin;
pub mod bifurcation;
mod box3;
mod canvas;
mod contour;
mod coordinates;
mod error;
mod file;
pub mod fixed_points;
mod font;
pub mod gallery;
pub mod html;
mod input;
mod invariant;
mod layout;
mod legend;
pub mod lyapunov;
mod panel;
mod raster;
pub mod return_map;
pub mod series;
pub mod spectra;
pub mod state_space;
mod streamline;
mod svg;
pub mod symbol_graph;
mod theme;
pub mod training;
pub mod vector_field;
mod view;

pub use error::{Error, Result};
pub use invariant::{Cycle, FixedPoint, Manifold, Stability};
