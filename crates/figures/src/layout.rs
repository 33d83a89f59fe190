//! Where the nodes of a graph lie: a circle for few, forces for many, the same on every run.

use std::f64::consts::TAU;

/// Up to so many nodes lie on a circle.
const CIRCLE: usize = 9;
/// Rounds of the forces.
const ROUNDS: usize = 500;

/// Places of `count` nodes in the unit square; `edges` are pairs of nodes with a weight from 0 to 1.
///
/// Nodes on the circle are ordered so that strong edges join neighbours. Forces are those of Fruchterman and Reingold
/// (1991), with attraction in proportion to the root of the weight, from the circle as the start.
pub(crate) fn places(count: usize, edges: &[(usize, usize, f64)]) -> Vec<(f64, f64)> {
    let order = order(count, edges);
    let mut places = vec![(0.5, 0.5); count];
    for (rank, node) in order.into_iter().enumerate() {
        // Clockwise from the top; two nodes side by side.
        let angle = TAU * (rank as f64 / count as f64 + if count == 2 { 0.0 } else { 0.25 });
        places[node] = (0.5 - 0.5 * angle.cos(), 0.5 - 0.5 * angle.sin());
    }
    if count == 1 {
        return vec![(0.5, 0.5)];
    }
    if count > CIRCLE {
        relax(&mut places, edges);
    }
    stretch(&mut places);
    places
}

/// Nodes in an order in which each follows the one that it is joined to most, if that is free.
fn order(count: usize, edges: &[(usize, usize, f64)]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(count);
    let mut used = vec![false; count];
    let mut next = (count > 0).then_some(0);
    while let Some(node) = next {
        used[node] = true;
        order.push(node);
        let strongest = edges
            .iter()
            .filter(|(from, to, _)| *from == node && !used[*to])
            .max_by(|a, b| a.2.total_cmp(&b.2).then(b.1.cmp(&a.1)));
        next = strongest.map(|edge| edge.1).or_else(|| used.iter().position(|used| !used));
    }
    order
}

fn relax(places: &mut [(f64, f64)], edges: &[(usize, usize, f64)]) {
    let spacing = (1.0 / places.len() as f64).sqrt();
    for round in 0..ROUNDS {
        let mut force = vec![(0.0, 0.0); places.len()];
        for i in 0..places.len() {
            for j in 0..i {
                let (dx, dy) = (places[i].0 - places[j].0, places[i].1 - places[j].1);
                let square = (dx * dx + dy * dy).max(1e-6);
                let push = spacing * spacing / square;
                force[i] = (force[i].0 + push * dx, force[i].1 + push * dy);
                force[j] = (force[j].0 - push * dx, force[j].1 - push * dy);
            }
            // Parts that are not joined stay together.
            force[i].0 += 0.8 * (0.5 - places[i].0);
            force[i].1 += 0.8 * (0.5 - places[i].1);
        }
        for &(from, to, weight) in edges.iter().filter(|(from, to, _)| from != to) {
            let (dx, dy) = (places[to].0 - places[from].0, places[to].1 - places[from].1);
            let pull = weight.sqrt() * dx.hypot(dy) / spacing;
            force[from] = (force[from].0 + pull * dx, force[from].1 + pull * dy);
            force[to] = (force[to].0 - pull * dx, force[to].1 - pull * dy);
        }
        let longest = 0.12 * (1.0 - round as f64 / ROUNDS as f64);
        for (place, (fx, fy)) in places.iter_mut().zip(force) {
            let size = fx.hypot(fy).max(1e-12);
            let step = (0.1 * size).min(longest) / size;
            *place = (place.0 + step * fx, place.1 + step * fy);
        }
    }
}

/// Fills the unit square.
fn stretch(places: &mut [(f64, f64)]) {
    let ends = |values: Vec<f64>| {
        values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)))
    };
    let x = ends(places.iter().map(|place| place.0).collect());
    let y = ends(places.iter().map(|place| place.1).collect());
    let share = |value: f64, (low, high): (f64, f64)| {
        if high - low > 1e-9 { (value - low) / (high - low) } else { 0.5 }
    };
    for place in places {
        *place = (share(place.0, x), share(place.1, y));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
        (a.0 - b.0).hypot(a.1 - b.1)
    }

    #[test]
    fn neighbours_of_a_ring_stay_neighbours() {
        for count in [6, 30] {
            // A ring in scrambled order: 7 has no factor in common with either.
            let node = |k: usize| 7 * k % count;
            let edges: Vec<_> = (0..count).map(|k| (node(k), node(k + 1), 1.0)).collect();
            let places = places(count, &edges);
            let joined: f64 =
                edges.iter().map(|e| distance(places[e.0], places[e.1])).sum::<f64>() / count as f64;
            let mut all = 0.0;
            for i in 0..count {
                for j in 0..i {
                    all += distance(places[i], places[j]);
                    assert!(distance(places[i], places[j]) > 0.3 / count as f64, "{i} {j}");
                }
            }
            all /= (count * (count - 1) / 2) as f64;
            assert!(joined < 0.85 * all, "{count}: {joined} {all}");
            assert!(places.iter().all(|p| (0.0..=1.0).contains(&p.0) && (0.0..=1.0).contains(&p.1)));
        }
    }

    #[test]
    fn small_graphs_have_places() {
        assert!(places(0, &[]).is_empty());
        assert_eq!(places(1, &[(0, 0, 1.0)]), [(0.5, 0.5)]);
        let two = places(2, &[(0, 1, 1.0), (1, 0, 1.0)]);
        assert!(distance(two[0], two[1]) > 0.9 && two.iter().all(|p| p.0.is_finite() && p.1.is_finite()));
        assert!(places(40, &[]).iter().all(|p| p.0.is_finite()));
    }
}
