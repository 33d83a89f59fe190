//! Exact analysis of piecewise-linear maps: affine pieces, fixed points and cycles.

mod affine;
mod arrangement;
mod boxes;
mod certificate;
mod classes;
mod cycles;
mod orbit;
mod region;
mod units;
mod verdict;

pub use affine::{AffineFixedPoints, AffinePiece};
pub use arrangement::{Cell, LinearRegions, linear_regions};
pub use certificate::{CertificateConfig, CertificateMethod, FixedPointCertificate, all_fixed_points};
pub use cycles::{CycleConfig, CycleSearch, find_cycles, random_regions, visited_regions};
pub use orbit::{PeriodicOrbit, Stability};
pub use region::Region;
pub(crate) use units::{Units, dot};
pub use verdict::FixedPointContinuum;
