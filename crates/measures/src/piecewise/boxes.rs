//! Branch and bound over boxes that cover the whole state space, infinity included, for zeros of F(z) − z.

use nalgebra::{DMatrix, DVector};
use rand::{Rng, RngExt};

use super::Region;
use super::classes::{Class, Relaxation, constant_units};
use super::units::{Units, axpy, dot};

/// A box of homogeneous coordinates (z, s), s ≥ 0, that stand for the state z / s; one coordinate is fixed. F becomes
/// A z + V max(0, W z + b s) + g s, which has no scale, so that the faces of a cube around the origin cover all states.
#[derive(Clone)]
pub(super) struct StateBox {
    center: Vec<f64>,
    radius: Vec<f64>,
    fixed: usize,
    /// Matrix \[M, M + 1\] of F(z, s) − z without the open classes.
    base: DMatrix<f64>,
    /// Classes with units that change within the box.
    open: Vec<u32>,
    /// The other units that are active.
    active: Region,
}

/// What becomes of a box.
pub(super) enum Step {
    /// It holds no zero.
    Discard,
    /// Every zero in it is a fixed point of the affine piece in one of these regions.
    Regions(Vec<Region>),
    /// Two boxes to look at.
    Split(Box<[StateBox; 2]>),
    /// It is as small as the numbers allow, and still too many units change within it.
    Unresolved(Vec<f64>),
}

/// Boxes with no more regions than this are handed over.
const FEW_REGIONS: usize = 4;
/// The same for boxes of no size.
const MOST_REGIONS: usize = 1024;
/// Size relative to the cube, below which bisection does not go on.
const NO_SIZE: f64 = 1e-12;

pub(super) struct Cover<'a> {
    units: &'a Units,
    classes: Vec<Class>,
    rounding: f64,
    /// Half the side of the cube: twice the largest distance of a hyperplane to the origin.
    size: f64,
}

impl<'a> Cover<'a> {
    pub(super) fn new(units: &'a Units) -> Self {
        let classes = Class::all(units);
        let distance =
            |unit: usize| units.b()[unit].abs() / dot(units.normal(unit), units.normal(unit)).sqrt();
        let size = classes
            .iter()
            .flat_map(|class| class.members.iter().map(|member| distance(member.unit)))
            .filter(|distance| distance.is_finite())
            .fold(0.0, f64::max);
        let size = if size > 0.0 && (2.0 * size).is_finite() { 2.0 * size } else { 1.0 };
        // Entries of the base are updated one active unit at a time, which doubles their rounding.
        Self { units, classes, rounding: 4.0 * units.rounding(), size }
    }

    /// How many patterns of activity the thresholds allow, class by class.
    pub(super) fn pattern_count(&self) -> f64 {
        self.classes.iter().map(|class| class.patterns(&everyone(class)).len() as f64).product()
    }

    /// All these patterns.
    pub(super) fn patterns(&self) -> impl Iterator<Item = Region> {
        let classes: Vec<_> = self.classes.iter().map(|class| class.patterns(&everyone(class))).collect();
        Product::new(constant_units(self.units), classes)
    }

    /// The faces of the cube.
    pub(super) fn roots(&self) -> Vec<StateBox> {
        let m = self.units.dim();
        let size = self.size;
        let active = constant_units(self.units);
        let mut base = DMatrix::zeros(m, m + 1);
        base.columns_mut(0, m).copy_from(&(self.units.a() - DMatrix::identity(m, m)));
        base.column_mut(m).copy_from_slice(self.units.g());
        for unit in active.active() {
            axpy(self.units.b()[unit], self.units.out(unit), &mut base.as_mut_slice()[m * m..]);
        }
        let face = |fixed: usize, sign: f64| {
            let mut center = vec![0.0; m + 1];
            let mut radius = vec![size; m + 1];
            (center[m], radius[m]) = (0.5, 0.5);
            center[fixed] = if fixed == m { 1.0 } else { sign * size };
            radius[fixed] = 0.0;
            let (base, active) = (base.clone(), active.clone());
            StateBox { center, radius, fixed, base, open: (0..self.classes.len() as u32).collect(), active }
        };
        let sides = (0..m).flat_map(|i| [(i, 1.0), (i, -1.0)]);
        std::iter::once((m, 1.0)).chain(sides).map(|(fixed, sign)| face(fixed, sign)).collect()
    }

    /// Estimates without bias how many boxes there are below `roots`, by random descents \[K75\].
    pub(super) fn estimate(&self, descents: usize, rng: &mut impl Rng) -> f64 {
        let roots = self.roots();
        let mut total = 0.0;
        for _ in 0..descents {
            let mut current = roots[rng.random_range(0..roots.len())].clone();
            let mut weight = roots.len() as f64;
            loop {
                total += weight;
                match self.step(current) {
                    Step::Split(halves) => {
                        let [a, b] = *halves;
                        current = if rng.random() { a } else { b };
                        weight *= 2.0;
                    }
                    Step::Discard | Step::Regions(_) | Step::Unresolved(_) => break,
                }
            }
        }
        total / descents as f64
    }

    /// Shrinks a box to what may hold zeros, and says what becomes of it.
    pub(super) fn step(&self, mut cell: StateBox) -> Step {
        let m = self.units.dim();
        for _ in 0..MOST_CONTRACTIONS {
            let relaxations = self.relax(&mut cell);
            if cell.open.is_empty() {
                return Step::Regions(vec![cell.active]);
            }
            let small = (0..=m).all(|j| self.is_narrow(&cell, j));
            if let Some(regions) = self.regions(&cell, if small { MOST_REGIONS } else { FEW_REGIONS }) {
                return Step::Regions(regions);
            }
            if small {
                let s = cell.center[m];
                let state = cell.center[..m].iter().map(|z| if s > 0.0 { z / s } else { *z });
                return Step::Unresolved(state.collect());
            }
            match self.contract(&mut cell, &relaxations) {
                None => return Step::Discard,
                Some(true) => {}
                Some(false) => break,
            }
        }
        self.split(cell)
    }

    /// Moves classes whose units do not change to the base, and relaxes the others.
    fn relax(&self, cell: &mut StateBox) -> Vec<Relaxation> {
        let m = self.units.dim();
        let (center, radius) = (&cell.center, &cell.radius);
        let mut relaxations = Vec::with_capacity(cell.open.len());
        let (base, active) = (&mut cell.base, &mut cell.active);
        cell.open.retain(|&index| {
            let class = &self.classes[index as usize];
            let normal = self.units.normal(class.unit);
            let y = dot(normal, &center[..m]);
            let spread: f64 = normal.iter().zip(radius).map(|(w, r)| w.abs() * r).sum();
            let sum: f64 = normal.iter().zip(center).map(|(w, c)| (w * c).abs()).sum::<f64>() + spread;
            let clear = class.members.iter().all(|member| {
                let reach = spread + member.b().abs() * radius[m];
                let sum = sum + member.b().abs() * (center[m].abs() + radius[m]);
                member.drive(y, center[m]).abs() >= reach + (2 * m + 6) as f64 * f64::EPSILON * sum
            });
            if !clear {
                let s = ((center[m] - radius[m]).max(0.0), center[m] + radius[m]);
                relaxations.push(class.relax((y - spread, y + spread), s));
                return true;
            }
            for member in class.members.iter().filter(|member| member.drive(y, center[m]) > 0.0) {
                active.set(member.unit, true);
                let out = self.units.out(member.unit);
                let normal = self.units.normal(member.unit);
                for (column, w) in
                    base.as_mut_slice().chunks_exact_mut(m).zip(normal.iter().chain([&member.b()]))
                {
                    axpy(*w, out, column);
                }
            }
            false
        });
        relaxations
    }

    /// The regions of a box, where there are no more than `most`.
    fn regions(&self, cell: &StateBox, most: usize) -> Option<Vec<Region>> {
        let m = self.units.dim();
        let mut count = 1;
        let mut choices = Vec::with_capacity(cell.open.len());
        let mut fixed = cell.active.clone();
        for &index in &cell.open {
            let class = &self.classes[index as usize];
            let normal = self.units.normal(class.unit);
            let y = dot(normal, &cell.center[..m]);
            let spread: f64 = normal.iter().zip(&cell.radius).map(|(w, r)| w.abs() * r).sum();
            let sum: f64 = normal.iter().zip(&cell.center).map(|(w, c)| (w * c).abs()).sum::<f64>() + spread;
            let mut open = Vec::new();
            for (k, member) in class.members.iter().enumerate() {
                let drive = member.drive(y, cell.center[m]);
                let reach = spread + member.b().abs() * cell.radius[m];
                let sum = sum + member.b().abs() * (cell.center[m].abs() + cell.radius[m]);
                if drive.abs() < reach + (2 * m + 6) as f64 * f64::EPSILON * sum {
                    open.push(k);
                } else {
                    fixed.set(member.unit, drive > 0.0);
                }
            }
            let patterns = class.patterns(&open);
            count *= patterns.len();
            if count > most {
                return None;
            }
            choices.push(patterns);
        }
        Some(Product::new(fixed, choices).collect())
    }

    /// Removes parts of a box without zeros. Nothing where none is left; whether it is worth another try.
    ///
    /// In the box F(z, s) − z lies in D x + Σ v (e + [−e', e']) + ρ [−1, 1] with D and e from the relaxations and ρ a
    /// bound on all rounding. Every row of that, and of its product with an approximate inverse of D, must reach 0.
    fn contract(&self, cell: &mut StateBox, relaxations: &[Relaxation]) -> Option<bool> {
        let m = self.units.dim();
        let mut matrix = cell.base.clone();
        let mut shift = DVector::zeros(m);
        for (&index, relaxation) in cell.open.iter().zip(relaxations) {
            let class = &self.classes[index as usize];
            let (normal, out) = (self.units.normal(class.unit), self.units.out(class.unit));
            let columns = matrix.as_mut_slice().chunks_exact_mut(m);
            let (lambda, mu) = relaxation.slope;
            for (column, w) in columns.zip(normal.iter().map(|w| lambda * w).chain([mu])) {
                axpy(w, out, column);
            }
            axpy(relaxation.middle, out, shift.as_mut_slice());
        }
        let mut value = shift;
        let mut reach = self.rounding_of(cell);
        for (j, column) in matrix.as_slice().chunks_exact(m).enumerate() {
            axpy(cell.center[j], column, value.as_mut_slice());
        }
        let rounding = reach.clone();
        for (j, column) in matrix.as_slice().chunks_exact(m).enumerate() {
            reach.iter_mut().zip(column).for_each(|(reach, d)| *reach += d.abs() * cell.radius[j]);
        }
        let out = |index: u32| self.units.out(self.classes[index as usize].unit);
        for (&index, relaxation) in cell.open.iter().zip(relaxations) {
            reach.iter_mut().zip(out(index)).for_each(|(reach, v)| *reach += v.abs() * relaxation.radius);
        }
        if value.iter().zip(&reach).any(|(value, reach)| value.abs() > *reach) {
            return None;
        }
        let free: Vec<usize> = (0..=m).filter(|&j| j != cell.fixed).collect();
        let system = matrix.select_columns(&free);
        let Some(inverse) = system.clone().try_inverse().filter(|inverse| inverse.amax().is_finite()) else {
            return Some(false);
        };
        let step = &inverse * &value;
        let product = &inverse * system;
        let mut improved = false;
        for (k, &j) in free.iter().enumerate() {
            let row = |vector: &[f64]| (0..m).map(|i| inverse[(k, i)] * vector[i]).sum::<f64>();
            let mut reach: f64 = (0..m).map(|i| inverse[(k, i)].abs() * rounding[i]).sum();
            for (l, &column) in free.iter().enumerate() {
                reach += (product[(k, l)] - f64::from(k == l)).abs() * cell.radius[column];
            }
            for (&index, relaxation) in cell.open.iter().zip(relaxations) {
                reach += row(out(index)).abs() * relaxation.radius;
            }
            let (center, radius) = (cell.center[j], cell.radius[j]);
            reach += 4.0 * f64::EPSILON * (center.abs() + step[k].abs() + reach);
            let low = (center - radius).max(center - step[k] - reach);
            let high = (center + radius).min(center - step[k] + reach);
            if low > high {
                return None;
            }
            let slack = 4.0 * f64::EPSILON * (center.abs() + radius);
            let narrower = (0.5 * (high - low) + slack).min(radius);
            if narrower < radius {
                cell.center[j] = low.midpoint(high);
                cell.radius[j] = narrower;
                improved |= narrower < WORTHWHILE * radius;
            }
        }
        Some(improved)
    }

    /// A bound on the rounding of every component of F(z, s) − z in a box, in whatever way it is computed.
    fn rounding_of(&self, cell: &StateBox) -> Vec<f64> {
        let m = self.units.dim();
        let (weights, offsets) = self.units.magnitude();
        let largest = |j: usize| cell.center[j].abs() + cell.radius[j];
        (0..m)
            .map(|i| {
                let states: f64 = (0..m).map(|j| weights[(i, j)] * largest(j)).sum();
                self.rounding * (states + offsets[i] * largest(m) + largest(i))
            })
            .collect()
    }

    /// Halves a box along the coordinate that moves the open units most.
    fn split(&self, mut cell: StateBox) -> Step {
        let m = self.units.dim();
        let mut weights = vec![0.0; m + 1];
        for &index in &cell.open {
            let class = &self.classes[index as usize];
            let out = self.units.out(class.unit).iter().fold(0.0, |max: f64, v| max.max(v.abs()));
            let b = class.members.iter().fold(0.0, |max: f64, member| max.max(member.b().abs()));
            let normal = self.units.normal(class.unit).iter().chain([&b]);
            weights.iter_mut().zip(normal).for_each(|(weight, w)| *weight += out * w.abs());
        }
        let size =
            |j: usize, weight: f64| if self.is_narrow(&cell, j) { 0.0 } else { weight * cell.radius[j] };
        let widest =
            |weights: &[f64]| (0..=m).max_by(|&a, &b| size(a, weights[a]).total_cmp(&size(b, weights[b])));
        let by_weight = widest(&weights).filter(|&j| size(j, weights[j]) > 0.0);
        let Some(j) = by_weight.or_else(|| widest(&vec![1.0; m + 1])) else { return Step::Discard };
        cell.radius[j] *= 0.5;
        let mut other = cell.clone();
        cell.center[j] -= cell.radius[j];
        other.center[j] += other.radius[j];
        // The halves must cover what was split, whatever the rounding.
        for half in [&mut cell, &mut other] {
            half.radius[j] += 2.0 * f64::EPSILON * (half.center[j].abs() + half.radius[j]);
        }
        Step::Split(Box::new([cell, other]))
    }

    fn is_narrow(&self, cell: &StateBox, j: usize) -> bool {
        cell.radius[j] <= NO_SIZE * if j == self.units.dim() { 1.0 } else { self.size }
    }
}

/// A contraction that leaves more than this of every side is not repeated.
const WORTHWHILE: f64 = 0.8;
const MOST_CONTRACTIONS: usize = 40;

fn everyone(class: &Class) -> Vec<usize> {
    (0..class.members.len()).collect()
}

/// All regions that combine one pattern of every class with `fixed`.
struct Product {
    fixed: Region,
    choices: Vec<Vec<Vec<(usize, bool)>>>,
    /// Which pattern of every class comes next; nothing at the end.
    next: Option<Vec<usize>>,
}

impl Product {
    fn new(fixed: Region, choices: Vec<Vec<Vec<(usize, bool)>>>) -> Self {
        Self { fixed, next: Some(vec![0; choices.len()]), choices }
    }
}

impl Iterator for Product {
    type Item = Region;

    fn next(&mut self) -> Option<Region> {
        let digits = self.next.as_mut()?;
        let mut region = self.fixed.clone();
        for (patterns, &digit) in self.choices.iter().zip(&*digits) {
            patterns[digit].iter().for_each(|&(unit, active)| region.set(unit, active));
        }
        let carries = digits.iter_mut().zip(&self.choices).all(|(digit, patterns)| {
            *digit = (*digit + 1) % patterns.len();
            *digit == 0
        });
        if carries {
            self.next = None;
        }
        Some(region)
    }
}
