//! All fixed points of a piecewise-linear map, with a certificate of how completely they are known.

use std::collections::HashSet;

use attractor_systems::PiecewiseLinearMap;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use super::boxes::{Cover, Step};
use super::classes::region_bound;
use super::units::Units;
use super::verdict::{FixedPointContinuum, Verdict, judge};
use super::{PeriodicOrbit, Region};
use crate::{Error, Result};

/// Settings of [`all_fixed_points`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CertificateConfig {
    /// How many boxes or patterns may be looked at, some microseconds each. Default 2,000,000.
    pub budget: usize,
    /// The constant input u \[K\] under which a map with inputs runs; zeros where it is empty, the default.
    pub input: Vec<f64>,
}

impl Default for CertificateConfig {
    fn default() -> Self {
        Self { budget: 2_000_000, input: Vec::new() }
    }
}

impl CertificateConfig {
    /// With a budget of boxes or patterns.
    #[must_use]
    pub fn new(budget: usize) -> Self {
        Self { budget, ..Self::default() }
    }
    /// Under the constant input `input` \[K\].
    #[must_use]
    pub fn with_input(mut self, input: Vec<f64>) -> Self {
        self.input = input;
        self
    }
}

/// How the fixed points were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateMethod {
    /// The affine pieces of all patterns of activity were solved.
    Patterns,
    /// Boxes that cover the state space were discarded where they provably hold no fixed point, and the affine
    /// pieces in the others were solved.
    Boxes,
}

/// All fixed points of a map, as far as they are certain. Made by [`all_fixed_points`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixedPointCertificate {
    /// The isolated fixed points, as orbits of period 1.
    pub fixed_points: Vec<PeriodicOrbit>,
    /// The continua of fixed points, one entry for each region that they cross.
    pub continua: Vec<FixedPointContinuum>,
    /// Whether this is certainly all: nothing is undecided and the budget was enough.
    pub complete: bool,
    /// States \[M\] near which it is undecided whether there is another fixed point, at most 100 of them: a
    /// decision is closer than its rounding there.
    pub undecided: Vec<Vec<f64>>,
    /// How they were found.
    pub method: CertificateMethod,
    /// How many linear regions the map has at most: the sum over k ≤ M of how many ways there are to choose k of its
    /// different hyperplanes, no two of them parallel.
    pub region_bound: f64,
    /// How many boxes or patterns were expected; the number of boxes is estimated from random descents.
    pub estimate: f64,
    /// How many boxes or patterns were looked at.
    pub visited: usize,
    /// How many affine pieces were solved.
    pub solved: usize,
    /// By how many times its rounding error the closest decision on an affine piece was made, at least 1; nothing
    /// where no such decision depends on rounding.
    pub safety: Option<f64>,
}

/// Finds all fixed points of `map`, F(z) = z, and certifies that they are all.
///
/// The state space, infinity included, is covered by boxes. In each, F is enclosed between affine maps; a box in
/// which F(z) − z cannot vanish is discarded, others are shrunk to where it can, and halved. Where few linear regions
/// are left, the fixed points of their affine pieces are solved for, and kept where they lie in their region. The
/// number of boxes depends on how many fixed points, and near ones, there are far more than on the number of regions.
/// Where no more than 4096 patterns of activity are possible, as in an almost-linear RNN of up to 12 rectified
/// units, or above M = 6 where the budget allows for them all, all patterns are solved instead.
///
/// # What is certain
/// All decisions allow for rounding: discarding a box, proving an affine piece regular, on which side of each
/// hyperplane its fixed point lies. The bounds are those of the standard model of floating-point sums, with a margin;
/// they are not interval arithmetic with directed rounding. What cannot be decided makes the certificate incomplete.
///
/// A piece that is singular to rounding, up to some 100 (M + U) ε relative to |A| + |V| |W|, is taken as exactly
/// singular. Its fixed points are then a continuum, or none; this is no proof, and the exact arithmetic of the same
/// parameters may have one fixed point, very far away or very sensitive, instead.
///
/// # Errors
/// [`Error::Limit`] when the work is estimated to be above the budget, [`Error::Dimension`] and
/// [`Error::NonFinite`] for the input, [`Error::Setting`], [`Error::System`] for senseless parameters of the map,
/// [`Error::Overflow`], [`Error::Decomposition`].
pub fn all_fixed_points(
    map: &PiecewiseLinearMap,
    config: &CertificateConfig,
) -> Result<FixedPointCertificate> {
    let units = Units::new(map, &config.input)?;
    certify(&units, config.budget)
}

/// All patterns are solved where they are no more than this.
const FEW_PATTERNS: f64 = 4096.0;
/// Dimension up to which boxes are taken.
const LOW_DIMENSION: usize = 6;
const DESCENTS: usize = 100;
const MOST_UNDECIDED: usize = 100;
/// Relative distance at which fixed points that touch a border are one, named by its two sides.
const SAME: f64 = 1e-9;

fn certify(units: &Units, budget: usize) -> Result<FixedPointCertificate> {
    if budget == 0 {
        return Err(Error::Setting { setting: "budget", value: 0.0, requirement: "at least 1" });
    }
    let cover = Cover::new(units);
    let patterns = cover.pattern_count();
    let all_patterns = patterns <= FEW_PATTERNS || units.dim() > LOW_DIMENSION && patterns <= budget as f64;
    let (method, estimate) = if all_patterns {
        (CertificateMethod::Patterns, patterns)
    } else {
        // The seed is fixed: nothing but the estimate depends on it.
        (CertificateMethod::Boxes, cover.estimate(DESCENTS, &mut StdRng::seed_from_u64(0)))
    };
    if estimate > budget as f64 {
        return Err(Error::Limit { what: "boxes or patterns", limit: budget, needed: estimate });
    }
    let mut found = Collection::new(units);
    let (visited, exhausted) = match method {
        CertificateMethod::Patterns => (found.patterns(&cover)?, false),
        CertificateMethod::Boxes => found.boxes(&cover, budget)?,
    };
    found.absorb();
    let Collection { fixed_points, continua, undecided, seen, safety, .. } = found;
    Ok(FixedPointCertificate {
        fixed_points,
        continua,
        complete: undecided.is_empty() && !exhausted,
        undecided,
        method,
        region_bound: region_bound(units),
        estimate,
        visited,
        solved: seen.len(),
        safety: safety.is_finite().then_some(safety),
    })
}

/// What was found so far.
struct Collection<'a> {
    units: &'a Units,
    seen: HashSet<Region>,
    fixed_points: Vec<PeriodicOrbit>,
    continua: Vec<FixedPointContinuum>,
    undecided: Vec<Vec<f64>>,
    safety: f64,
}

impl<'a> Collection<'a> {
    fn new(units: &'a Units) -> Self {
        Self {
            units,
            seen: HashSet::new(),
            fixed_points: Vec::new(),
            continua: Vec::new(),
            undecided: Vec::new(),
            safety: f64::INFINITY,
        }
    }

    /// Solves the pieces of all patterns; how many there are.
    fn patterns(&mut self, cover: &Cover<'_>) -> Result<usize> {
        let mut count = 0;
        for region in cover.patterns() {
            self.look_into(region)?;
            count += 1;
        }
        Ok(count)
    }

    /// Goes through the boxes; how many there are, and whether the budget ended before them.
    fn boxes(&mut self, cover: &Cover<'_>, budget: usize) -> Result<(usize, bool)> {
        let mut visited = 0;
        let mut stack = cover.roots();
        while let Some(cell) = stack.pop() {
            if visited == budget {
                return Ok((visited, true));
            }
            visited += 1;
            match cover.step(cell) {
                Step::Discard => {}
                Step::Regions(regions) => {
                    regions.into_iter().try_for_each(|region| self.look_into(region))?;
                }
                Step::Split(halves) => stack.extend(*halves),
                Step::Unresolved(near) => self.undecided(near),
            }
        }
        Ok((visited, false))
    }

    fn look_into(&mut self, region: Region) -> Result<()> {
        if self.seen.contains(&region) {
            return Ok(());
        }
        match judge(self.units, &region)? {
            Verdict::Inside { orbit, safety } => {
                self.decided(safety);
                // Off the borders, other regions have other fixed points.
                let touches = |orbit: &PeriodicOrbit| {
                    orbit.border_distance.is_some_and(|distance| distance <= SAME * orbit.size())
                };
                let same = |other: &&PeriodicOrbit| orbit.distance(other) <= SAME * orbit.size();
                if !touches(&orbit) || !self.fixed_points.iter().any(|other| touches(other) && same(&other)) {
                    self.fixed_points.push(orbit);
                }
            }
            Verdict::Outside { safety } => self.decided(safety),
            Verdict::Continuum(continuum) => self.continua.push(continuum),
            Verdict::Undecided { near } => self.undecided(near),
        }
        self.seen.insert(region);
        Ok(())
    }

    fn decided(&mut self, safety: Option<f64>) {
        self.safety = safety.map_or(self.safety, |safety| self.safety.min(safety));
    }

    fn undecided(&mut self, near: Vec<f64>) {
        if self.undecided.len() < MOST_UNDECIDED {
            self.undecided.push(near);
        }
    }

    /// Drops the points at which a continuum leaves its region: there the neighbouring pieces have a fixed point too.
    fn absorb(&mut self) {
        let (units, continua) = (self.units, &self.continua);
        let apart = |z: &[f64]| !continua.iter().any(|continuum| continuum.contains(units, z, SAME));
        self.undecided.retain(|near| apart(near));
        self.fixed_points.retain(|orbit| apart(&orbit.points[0]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;
    use rand::RngExt;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    fn found<'a>(units: &'a Units, search: impl FnOnce(&mut Collection<'a>, &Cover<'a>)) -> Vec<Vec<f64>> {
        let mut collection = Collection::new(units);
        search(&mut collection, &Cover::new(units));
        collection.absorb();
        assert!(collection.undecided.is_empty() && collection.continua.is_empty());
        let mut points: Vec<_> =
            collection.fixed_points.iter().map(|orbit| orbit.points[0].clone()).collect();
        points.sort_by(|a, b| a.partial_cmp(b).unwrap());
        points
    }

    #[test]
    fn boxes_hold_what_all_patterns_hold() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut several = 0;
        for case in 0..60 {
            let (m, count) = (1 + case % 4, 2 + case % 8);
            let mut normal =
                |rows, columns| DMatrix::from_fn(rows, columns, |_, _| rng.sample::<f64, _>(StandardNormal));
            // Every third map has parallel hyperplanes with proportional outputs, and every fifth none off the origin.
            let (a, mut v, mut w, mut b, g) =
                (normal(m, m) * 0.7, normal(m, count), normal(m, count), normal(count, 1), normal(m, 1));
            if case % 3 == 0 {
                w.set_column(1, &(-w.column(0)));
                v.set_column(1, &(v.column(0) * 2.0));
            }
            if case % 5 == 0 {
                b.fill(0.0);
            }
            let units = Units::from_parts(a, v, w, b.as_slice().to_vec(), g.as_slice().to_vec());
            let patterns = found(&units, |found, cover| assert!(found.patterns(cover).is_ok()));
            let boxes = found(&units, |found, cover| assert!(!found.boxes(cover, 100_000).unwrap().1));
            assert_eq!(boxes, patterns, "case {case}");
            several += usize::from(patterns.len() > 1);
        }
        assert!(several > 10, "{several}");
    }

    #[test]
    fn a_small_budget_leaves_the_certificate_incomplete() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let mut normal =
            |rows, columns| DMatrix::from_fn(rows, columns, |_, _| rng.sample::<f64, _>(StandardNormal));
        let (a, v, w) = (normal(3, 3) * 0.5, normal(3, 20), normal(3, 20));
        let (b, g) = (normal(20, 1).as_slice().to_vec(), normal(3, 1).as_slice().to_vec());
        let units = Units::from_parts(a, v, w, b, g);
        let whole = certify(&units, 1_000_000).unwrap();
        assert!(whole.complete && whole.method == CertificateMethod::Boxes, "{whole:?}");
        assert!(matches!(certify(&units, 10), Err(Error::Limit { limit: 10, .. })));
        let (visited, exhausted) =
            Collection::new(&units).boxes(&Cover::new(&units), whole.visited - 1).unwrap();
        assert_eq!((visited, exhausted), (whole.visited - 1, true));
    }
}
