//! Pictures of dynamical systems and of their analysis: PNG and SVG figures and one HTML page that opens without a
//! network.
//!
//! | module | picture |
//! |---|---|
//! | [`state_space`] | the measured and the generated attractor side by side |
//! | [`series`] | each variable along time, measured and generated |
//! | [`spectra`] | each variable's power spectrum, measured and generated |
//! | [`carpet`] | all variables along time as a heat map, measured above generated |
//! | [`responses`] | haemodynamic responses |
//! | [`decoding`] | how well classes are decoded, beside permuted labels, and the confusion matrix |
//! | [`training`] | the loss and its named terms along the steps of training |
//! | [`fixed_points`] | an attractor with fixed points, cycles and manifolds, in the plane or in space |
//! | [`vector_field`] | a field of the plane with nullclines, fixed points and the borders of linear regions |
//! | [`lyapunov`] | how running Lyapunov exponents settle |
//! | [`return_map`] | cobwebs of maps of the line, and return maps |
//! | [`bifurcation`] | where a system stays, for each value of a parameter |
//! | [`basin`] | the attractor that each state of a plane goes to |
//! | [`symbol_graph`] | transitions between symbols as a graph |
//! | [`gallery`] | many attractors, each small and with its name |
//! | [`html`] | a self-contained report with tables, pictures, and views in space and along time to move by hand |
//!
//! Every function takes plain data, computes its picture in memory and then writes it whole or not at all (temporary
//! file, sync, rename), as PNG or SVG by the extension of the path. The first three, [`carpet`], [`decoding`],
//! [`training`] and the gallery are made for the width of a page (170 mm on paper), the others for one column (85 mm); on
//! both, type is between 6 and 9 points high. PNG pictures are 1600 pixels wide. Colours can be told apart by
//! colour-blind readers, and what they say is said by shape or text too.
//!
//! # SVG
//!
//! Text is drawn as outlines of letters, so that it looks the same everywhere; each line of it has its words as
//! `aria-label`. Lines are written without the points that the eye cannot miss (0.08 nominal pixels, 0.02 mm on paper). If
//! more than 24,000 points are left, dense data (not axes or text) become an embedded PNG image with a transparent ground,
//! three pixels per nominal pixel, as do densities, basins and carpets always.
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
//! state_space::draw(&measured, &generated, "attractor.svg")?;
//! HtmlReport::new("Lorenz-63, reconstructed")
//!     .paragraph("Trained on 1,000 s of noisy observations.")
//!     .table(["measure", "value"], [["largest Lyapunov exponent", "0.903 / s"]])?
//!     .interactive(&measured, &generated)?
//!     .picture("attractor.svg", "Both attractors.")?
//!     .write("report.html")?;
//! # Ok(())
//! # }
//! ```

mod axis;
pub mod basin;
pub mod bifurcation;
mod box3;
mod canvas;
pub mod carpet;
mod contour;
mod coordinates;
pub mod decoding;
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
pub mod responses;
pub mod return_map;
pub mod series;
mod simplify;
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
