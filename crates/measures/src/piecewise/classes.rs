//! Units that share hyperplane directions: how many regions there are at most, and their joint nonlinearity.

use super::Region;
use super::units::{Units, dot};

/// Units with the same normal up to sign and proportional outputs: together they are a function of one variable,
/// Σ_k κ_k max(0, σ_k y + b_k s), times one vector of outputs. Clipped pairs and the bases of dendrites are such.
pub(super) struct Class {
    /// The unit whose normal, y = w·z, and output represent the class.
    pub(super) unit: usize,
    /// The units.
    pub(super) members: Vec<Member>,
}

pub(super) struct Member {
    pub(super) unit: usize,
    /// κ, relative to the output of the representative.
    weight: f64,
    /// σ = ±1: whether the normal is that of the representative or its negative.
    sign: f64,
    /// b.
    b: f64,
}

impl Member {
    /// σ y + b s.
    pub(super) fn drive(&self, y: f64, s: f64) -> f64 {
        self.sign * y + self.b * s
    }

    pub(super) fn b(&self) -> f64 {
        self.b
    }

    /// Where along y, at s = 1, the unit changes.
    fn threshold(&self) -> f64 {
        -self.sign * self.b
    }

    /// Whether the unit is active just above `y`.
    fn is_active_above(&self, y: f64) -> bool {
        (self.threshold() <= y) == (self.sign > 0.0)
    }
}

/// λ y + μ s + e with |e − middle| ≤ radius.
pub(super) struct Relaxation {
    pub(super) slope: (f64, f64),
    pub(super) middle: f64,
    pub(super) radius: f64,
}

impl Class {
    /// The classes of all units whose normal is not zero.
    pub(super) fn all(units: &Units) -> Vec<Self> {
        let mut classes: Vec<Self> = Vec::new();
        for unit in (0..units.count()).filter(|&unit| units.normal(unit).iter().any(|w| *w != 0.0)) {
            let b = units.b()[unit];
            let joined = classes.iter_mut().find_map(|class| {
                let sign = parallel(units.normal(class.unit), units.normal(unit))?;
                let weight = proportional(units.out(class.unit), units.out(unit))?;
                Some((class, sign, weight))
            });
            match joined {
                Some((class, sign, weight)) => class.members.push(Member { unit, weight, sign, b }),
                None => {
                    classes.push(Self { unit, members: vec![Member { unit, weight: 1.0, sign: 1.0, b }] });
                }
            }
        }
        classes
    }

    /// Σ_k κ_k max(0, σ_k y + b_k s).
    fn value(&self, y: f64, s: f64) -> f64 {
        self.members.iter().map(|member| member.weight * member.drive(y, s).max(0.0)).sum()
    }

    /// Encloses the function between `y` and `s`, pairs of lower and upper bound with s ≥ 0, up to rounding.
    pub(super) fn relax(&self, y: (f64, f64), s: (f64, f64)) -> Relaxation {
        let secant = |difference: f64, width: f64| if width > 0.0 { difference / width } else { 0.0 };
        let middle = s.0.midpoint(s.1);
        let lambda = secant(self.value(y.1, middle) - self.value(y.0, middle), y.1 - y.0);
        let at = y.0.midpoint(y.1);
        let mu = secant(self.value(at, s.1) - self.value(at, s.0), s.1 - s.0);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut corner = |y: f64, s: f64| {
            let e = self.value(y, s) - lambda * y - mu * s;
            (low, high) = (low.min(e), high.max(e));
        };
        // Its kinks are rays from (0, 0), so that its extremes over the rectangle lie at corners and where kinks
        // cross edges.
        let levels = if s.0 < s.1 { &[s.0, s.1][..] } else { &[s.0][..] };
        for &level in levels {
            corner(y.0, level);
            corner(y.1, level);
            for member in &self.members {
                let kink = member.threshold() * level;
                if y.0 < kink && kink < y.1 {
                    corner(kink, level);
                }
            }
        }
        if s.0 < s.1 {
            for member in &self.members {
                for side in [y.0, y.1] {
                    let kink = side / member.threshold();
                    if s.0 < kink && kink < s.1 {
                        corner(side, kink);
                    }
                }
            }
        }
        Relaxation { slope: (lambda, mu), middle: low.midpoint(high), radius: 0.5 * (high - low) }
    }

    /// The activities of `open`, some of the members, in all intervals of y between their thresholds.
    pub(super) fn patterns(&self, open: &[usize]) -> Vec<Vec<(usize, bool)>> {
        let mut thresholds: Vec<f64> = open.iter().map(|&k| self.members[k].threshold()).collect();
        thresholds.push(f64::NEG_INFINITY);
        thresholds.sort_by(f64::total_cmp);
        // 0 and −0 are one threshold.
        thresholds.dedup_by(|a, b| a == b);
        let above = |&y: &f64| {
            open.iter().map(|&k| (self.members[k].unit, self.members[k].is_active_above(y))).collect()
        };
        thresholds.iter().map(above).collect()
    }
}

/// The region in which the units whose normal is zero are as they are everywhere, and no other is active.
pub(super) fn constant_units(units: &Units) -> Region {
    let mut region = Region::inactive(units.count());
    for unit in 0..units.count() {
        let constant = units.normal(unit).iter().all(|w| *w == 0.0);
        region.set(unit, constant && units.b()[unit] > 0.0);
    }
    region
}

/// How many linear regions the hyperplanes of a map can make at most: the sum over k ≤ M of how many ways there are
/// to choose k different hyperplanes of which no two are parallel.
pub(super) fn region_bound(units: &Units) -> f64 {
    let mut directions: Vec<(usize, Vec<f64>)> = Vec::new();
    for unit in (0..units.count()).filter(|&unit| units.normal(unit).iter().any(|w| *w != 0.0)) {
        let found = directions.iter_mut().find_map(|(first, offsets)| {
            Some((parallel(units.normal(*first), units.normal(unit))?, offsets))
        });
        match found {
            Some((sign, offsets)) => offsets.push(sign * units.b()[unit]),
            None => directions.push((unit, vec![units.b()[unit]])),
        }
    }
    let mut choices = vec![0.0; units.dim() + 1];
    choices[0] = 1.0;
    for (_, mut offsets) in directions {
        offsets.sort_by(f64::total_cmp);
        offsets.dedup_by(|a, b| a == b);
        for k in (1..choices.len()).rev() {
            choices[k] += choices[k - 1] * offsets.len() as f64;
        }
    }
    choices.iter().sum()
}

/// Whether b = a, 1, or b = −a, −1.
fn parallel(a: &[f64], b: &[f64]) -> Option<f64> {
    [1.0, -1.0].into_iter().find(|sign| a.iter().zip(b).all(|(a, b)| *b == sign * a))
}

/// κ with b = κ a to the rounding of a product.
fn proportional(a: &[f64], b: &[f64]) -> Option<f64> {
    let squared = dot(a, a);
    let factor = if squared > 0.0 { dot(a, b) / squared } else { 0.0 };
    let close = |(a, b): (&f64, &f64)| (b - factor * a).abs() <= 4.0 * f64::EPSILON * b.abs();
    a.iter().zip(b).all(close).then_some(factor)
}
