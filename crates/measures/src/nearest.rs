//! Nearest neighbours, by a k-d tree.

/// Points of a leaf.
const LEAF: usize = 12;

/// A k-d tree over points whose coordinates spread alike: axes take turns.
pub(crate) struct Tree<'a> {
    /// The points, row after row.
    points: &'a [f64],
    dim: usize,
    /// Point indices: below the middle are those on the lower side of the middle one, along the axis of the level.
    order: Vec<usize>,
}

/// The nearest point so far.
struct Nearest {
    index: usize,
    square: f64,
}

impl<'a> Tree<'a> {
    /// Over `points` of `dim` coordinates, row after row.
    pub(crate) fn new(points: &'a [f64], dim: usize) -> Self {
        let mut order: Vec<usize> = (0..points.len() / dim).collect();
        sort(points, dim, &mut order, 0);
        Self { points, dim, order }
    }

    fn row(&self, index: usize) -> &[f64] {
        &self.points[index * self.dim..(index + 1) * self.dim]
    }

    /// The nearest point to point `index` among those whose index differs by at least `apart`, and its distance;
    /// nothing where there is none.
    pub(crate) fn nearest(&self, index: usize, apart: usize) -> Option<(usize, f64)> {
        let mut nearest = Nearest { index, square: f64::INFINITY };
        self.search(&self.order, 0, index, apart.max(1), &mut nearest);
        nearest.square.is_finite().then(|| (nearest.index, nearest.square.sqrt()))
    }

    fn search(&self, order: &[usize], axis: usize, index: usize, apart: usize, nearest: &mut Nearest) {
        if order.len() <= LEAF {
            for &candidate in order {
                self.compare(candidate, index, apart, nearest);
            }
            return;
        }
        let middle = order.len() / 2;
        self.compare(order[middle], index, apart, nearest);
        let offset = self.row(index)[axis] - self.row(order[middle])[axis];
        let (below, above) = (&order[..middle], &order[middle + 1..]);
        let (near, far) = if offset < 0.0 { (below, above) } else { (above, below) };
        let next = (axis + 1) % self.dim;
        self.search(near, next, index, apart, nearest);
        if offset * offset <= nearest.square {
            self.search(far, next, index, apart, nearest);
        }
    }

    fn compare(&self, candidate: usize, index: usize, apart: usize, nearest: &mut Nearest) {
        if candidate.abs_diff(index) >= apart {
            let pairs = self.row(index).iter().zip(self.row(candidate));
            let square: f64 = pairs.map(|(a, b)| (a - b) * (a - b)).sum();
            if square < nearest.square {
                *nearest = Nearest { index: candidate, square };
            }
        }
    }
}

/// Puts the middle point along the axis in the middle, and so on in both halves.
fn sort(points: &[f64], dim: usize, order: &mut [usize], axis: usize) {
    if order.len() <= LEAF {
        return;
    }
    let middle = order.len() / 2;
    let coordinate = |index: usize| points[index * dim + axis];
    order.select_nth_unstable_by(middle, |&a, &b| coordinate(a).total_cmp(&coordinate(b)));
    sort(points, dim, &mut order[..middle], (axis + 1) % dim);
    sort(points, dim, &mut order[middle + 1..], (axis + 1) % dim);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_nearest_of_all() {
        for dim in 1..5 {
            let points: Vec<f64> = (0..400 * dim).map(|i| ((i * i % 97) as f64 * 0.1).sin()).collect();
            let tree = Tree::new(&points, dim);
            for apart in [0, 1, 30] {
                for index in 0..400_usize {
                    let least = (0..400_usize)
                        .filter(|other| other.abs_diff(index) >= apart.max(1))
                        .map(|other| {
                            let pairs = tree.row(index).iter().zip(tree.row(other));
                            pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
                        })
                        .fold(f64::INFINITY, f64::min);
                    let (other, distance) = tree.nearest(index, apart).unwrap();
                    assert!(other.abs_diff(index) >= apart.max(1) && (distance - least).abs() < 1e-15);
                }
            }
            assert!(tree.nearest(200, 300).is_none());
        }
    }
}
