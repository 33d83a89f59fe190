//! Fixed points and cycles of piecewise-linear maps whose fixed points and cycles are known.

use attractor_measures::{
    CertificateConfig, CertificateMethod, CycleConfig, Eigenvalue, Error, FixedPointCertificate,
    PeriodicOrbit, Region, Stability, all_fixed_points, find_cycles, linear_regions, random_regions,
    visited_regions,
};
use attractor_systems::{Map, PiecewiseLinearMap};
use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2, array};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// The number of orbits of minimal period 1 to 8 of the shift on two symbols.
const ORBITS_OF_THE_SHIFT: [usize; 8] = [2, 1, 2, 3, 6, 9, 18, 30];

fn map(a: Array2<f64>, v: Array2<f64>, w: Array2<f64>, b: Array1<f64>, h: Array1<f64>) -> PiecewiseLinearMap {
    let inputs = Array2::zeros((h.len(), 0));
    PiecewiseLinearMap::new(a, v, w, b, h, inputs).unwrap()
}

/// x -> x / c below c, (1 − x) / (1 − c) above.
fn skew_tent(c: f64) -> PiecewiseLinearMap {
    map(array![[1.0 / c]], array![[-1.0 / c - 1.0 / (1.0 - c)]], array![[1.0]], array![-c], array![0.0])
}

/// (x, y) -> (1 − a |x| + y, b x), with |x| = 2 max(0, x) − x.
fn lozi(a: f64, b: f64) -> PiecewiseLinearMap {
    map(
        array![[a, 1.0], [b, 0.0]],
        array![[-2.0 * a], [0.0]],
        array![[1.0, 0.0]],
        array![0.0],
        array![1.0, 0.0],
    )
}

/// A clipped shallow network with L hidden units, of standard normal weights times `gain` / √L.
fn clipped(m: usize, l: usize, gain: f64, rng: &mut ChaCha8Rng) -> PiecewiseLinearMap {
    let mut normal = |rows: usize, columns: usize, scale: f64| {
        Array2::from_shape_simple_fn((rows, columns), || scale * rng.sample::<f64, _>(StandardNormal))
    };
    let (w1, w2) = (normal(m, l, gain / (l as f64).sqrt()), normal(l, m, 1.0));
    let (h1, h2) = (normal(m, 1, 0.1), normal(l, 1, 1.0));
    let b = Array1::from_shape_fn(2 * l, |u| if u < l { h2[[u, 0]] } else { 0.0 });
    map(
        Array2::eye(m) * 0.6,
        Array2::from_shape_fn((m, 2 * l), |(i, u)| if u < l { w1[[i, u]] } else { -w1[[i, u - l]] }),
        Array2::from_shape_fn((2 * l, m), |(u, j)| w2[[u % l, j]]),
        b,
        h1.column(0).to_owned(),
    )
}

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn all(map: &PiecewiseLinearMap) -> FixedPointCertificate {
    all_fixed_points(map, &CertificateConfig::default()).unwrap()
}

fn step(map: &PiecewiseLinearMap, z: &[f64]) -> Vec<f64> {
    let mut next = vec![0.0; z.len()];
    map.step(z, &[], &mut next);
    next
}

#[track_caller]
fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= tolerance, "{found:?} instead of {expected:?}");
    }
}

/// The positions in the order of their components.
fn positions<'a>(orbits: impl IntoIterator<Item = &'a PeriodicOrbit>) -> Vec<Vec<f64>> {
    let mut points: Vec<_> = orbits.into_iter().map(|orbit| orbit.points[0].clone()).collect();
    points.sort_by(|a, b| a.partial_cmp(b).unwrap());
    points
}

/// The distances around an orbit are those of its map.
#[track_caller]
fn is_an_orbit(map: &PiecewiseLinearMap, orbit: &PeriodicOrbit, tolerance: f64) {
    for (t, z) in orbit.points.iter().enumerate() {
        close(&step(map, z), &orbit.points[(t + 1) % orbit.period()], tolerance);
    }
    assert!(orbit.residual <= tolerance);
}

#[test]
fn tent_maps_have_all_their_cycles() {
    for c in [0.5, 0.37] {
        let map = skew_tent(c);
        let pool = random_regions(&map, &[0.0], &[1.0], 50, &mut rng(1)).unwrap();
        let found = find_cycles(&map, &pool, &CycleConfig::new(8, 300), &mut rng(2)).unwrap();
        for (k, count) in (1..).zip(ORBITS_OF_THE_SHIFT) {
            assert_eq!(found.of_period(k).count(), count, "period {k} of {c}");
        }
        for orbit in &found.orbits {
            is_an_orbit(&map, orbit, 1e-13);
            // A turn multiplies by 1/c below c, by −1/(1 − c) above.
            let slope = |z: &Vec<f64>| if z[0] < c { 1.0 / c } else { -1.0 / (1.0 - c) };
            let product: f64 = orbit.points.iter().map(slope).product();
            close(&[orbit.eigenvalues[0].re / product], &[1.0], 1e-13);
            assert_eq!((orbit.flip, orbit.unstable_dim), (product < 0.0, 1));
            assert_eq!(orbit.stability, Stability::UnstableNode);
        }
        close(&positions(&all(&map).fixed_points).concat(), &[0.0, 1.0 / (2.0 - c)], 1e-14);
    }
    // Of the tent map itself all points of period k are known: 2 j / (2^k ± 1).
    let map = skew_tent(0.5);
    let pool = random_regions(&map, &[0.0], &[1.0], 50, &mut rng(1)).unwrap();
    let found = find_cycles(&map, &pool, &CycleConfig::new(7, 300), &mut rng(2)).unwrap();
    let mut points: Vec<f64> = found
        .orbits
        .iter()
        .filter(|orbit| 7 % orbit.period() == 0)
        .flat_map(|orbit| orbit.points.concat())
        .collect();
    points.sort_by(f64::total_cmp);
    let mut expected: Vec<f64> =
        (0..64).flat_map(|j| [2.0 * f64::from(j) / 127.0, 2.0 * f64::from(j + 1) / 129.0]).collect();
    expected.sort_by(f64::total_cmp);
    close(&points, &expected, 1e-14);
}

#[test]
fn lozi_map_in_closed_form() {
    let (a, b): (f64, f64) = (1.7, 0.5);
    let map = lozi(a, b);
    let certificate = all(&map);
    let (right, left) = (1.0 / (1.0 + a - b), 1.0 / (1.0 - a - b));
    assert!(certificate.complete);
    let found = positions(&certificate.fixed_points);
    close(&found.concat(), &[left, b * left, right, b * right], 1e-14);
    for orbit in &certificate.fixed_points {
        // λ² ± a λ − b = 0.
        let side = orbit.points[0][0].signum();
        let root = (a * a + 4.0 * b).sqrt();
        let mut expected = [f64::midpoint(-side * a, root), f64::midpoint(-side * a, -root)];
        expected.sort_by(|x, y| y.abs().total_cmp(&x.abs()));
        close(&orbit.eigenvalues.iter().map(|e| e.re).collect::<Vec<_>>(), &expected, 1e-14);
        assert_eq!((orbit.stability, orbit.unstable_dim, orbit.flip), (Stability::Saddle, 1, side > 0.0));
    }
    // x_{t+1} = 1 − a |x_t| + b x_{t−1} with x_0 > 0 > x_1 is linear in both.
    let c = 1.0 - b;
    let (x0, x1) = ((a + c) / (a * a + c * c), (c - a) / (a * a + c * c));
    let pool = random_regions(&map, &[-2.0; 2], &[2.0; 2], 30, &mut rng(1)).unwrap();
    let found = find_cycles(&map, &pool, &CycleConfig::new(2, 100), &mut rng(2)).unwrap();
    let cycles: Vec<_> = found.of_period(2).collect();
    assert_eq!((cycles.len(), found.of_period(1).count()), (1, 2));
    let mut points = cycles[0].points.clone();
    points.sort_by(|a, b| b[0].total_cmp(&a[0]));
    close(&points.concat(), &[x0, b * x1, x1, b * x0], 1e-14);
}

/// A shallow network of U units that leads from each of `points` to the next and from the last to the first, its
/// output weights of least norm.
fn planted(points: &[Vec<f64>], units: usize, rng: &mut ChaCha8Rng) -> PiecewiseLinearMap {
    let (k, m) = (points.len(), points[0].len());
    let w = Array2::from_shape_simple_fn((units, m), || rng.sample::<f64, _>(StandardNormal));
    let b = Array1::from_shape_simple_fn(units, || rng.sample::<f64, _>(StandardNormal));
    let a = Array2::eye(m) * 0.3;
    let features =
        DMatrix::from_fn(k, units, |t, u| (w.row(u).dot(&Array1::from(points[t].clone())) + b[u]).max(0.0));
    let svd = features.svd(true, true);
    let mut v = Array2::zeros((m, units));
    for (i, mut row) in v.rows_mut().into_iter().enumerate() {
        let target = DVector::from_fn(k, |t, _| points[(t + 1) % k][i] - 0.3 * points[t][i]);
        let weights = svd.solve(&target, 1e-10).unwrap();
        row.iter_mut().zip(&weights).for_each(|(v, x)| *v = *x);
    }
    map(a, v, w, b, Array1::zeros(m))
}

#[test]
fn planted_cycles_are_found() {
    for order in 1..=8 {
        let mut rng = rng(order as u64);
        let points: Vec<Vec<f64>> =
            (0..order).map(|_| (0..3).map(|_| rng.sample::<f64, _>(StandardNormal)).collect()).collect();
        let map = planted(&points, 20, &mut rng);
        let states = Array2::from_shape_fn((order, 3), |(t, i)| points[t][i]);
        let pool = visited_regions(&map, states.view()).unwrap();
        let found = find_cycles(&map, &pool, &CycleConfig::new(order, 50), &mut rng).unwrap();
        let is_planted = |orbit: &&PeriodicOrbit| {
            orbit.points.iter().any(|z| z.iter().zip(&points[0]).all(|(a, b)| (a - b).abs() < 1e-9))
        };
        let orbit =
            found.of_period(order).find(is_planted).unwrap_or_else(|| panic!("order {order}: {found:?}"));
        is_an_orbit(&map, orbit, 1e-10);
        for orbit in &found.orbits {
            assert!((0..orbit.period()).all(|t| {
                let (z, region) = (&orbit.points[t], &orbit.regions[t]);
                orbit.border_distance.unwrap() < 1e-9 || Region::of(&map, z).unwrap() == *region
            }));
            for d in 1..orbit.period() {
                assert!(orbit.points[0] != orbit.points[d], "not minimal");
            }
        }
    }
}

#[test]
fn cycles_that_are_close_are_told_apart() {
    // 3 + φ(x − 3), where φ has slope 2 within ±d and 1/2 beyond, has the fixed points 3 and 3 ± 3 d.
    let d = 1e-6;
    let map = map(
        array![[0.5]],
        array![[1.5, -1.5]],
        array![[1.0], [1.0]],
        array![-3.0 + d, -3.0 - d],
        array![1.5 - 1.5 * d],
    );
    let expected = [3.0 - 3.0 * d, 3.0, 3.0 + 3.0 * d];
    let certificate = all(&map);
    assert!(certificate.complete);
    close(&positions(&certificate.fixed_points).concat(), &expected, 1e-14);
    let pool = random_regions(&map, &[3.0 - 4.0 * d], &[3.0 + 4.0 * d], 20, &mut rng(1)).unwrap();
    let search = find_cycles(&map, &pool, &CycleConfig::new(3, 100), &mut rng(1)).unwrap();
    close(&positions(&search.orbits).concat(), &expected, 1e-14);
}

/// x' = x + max(0, −x) / 2 − max(0, x − 1) / 2, y' = y / 2 + 1: every (x, 2) with x from 0 to 1 is a fixed point.
fn line_attractor() -> PiecewiseLinearMap {
    map(
        array![[1.0, 0.0], [0.0, 0.5]],
        array![[0.5, -0.5], [0.0, 0.0]],
        array![[-1.0, 0.0], [1.0, 0.0]],
        array![0.0, -1.0],
        array![0.0, 1.0],
    )
}

#[test]
fn line_attractors_are_continua() {
    let found = all(&line_attractor());
    assert!(found.complete, "{found:?}");
    assert!(found.fixed_points.is_empty());
    let [line] = &found.continua[..] else { panic!("{found:?}") };
    close(&line.point, &[0.5, 2.0], 1e-12);
    close(&[line.directions[0][0].abs(), line.directions[0][1].abs()], &[1.0, 0.0], 1e-12);
    let mut ends: Vec<f64> = line.ends.iter().map(|end| end[0]).collect();
    ends.sort_by(f64::total_cmp);
    close(&ends, &[0.0, 1.0], 1e-12);
    assert_eq!(line.region.to_string(), "00");
    close(&[line.eigenvalues[0].re, line.eigenvalues[1].re], &[1.0, 0.5], 1e-14);

    // The identity: all of the plane. A drift: nothing.
    let identity =
        map(Array2::eye(2), Array2::zeros((2, 0)), Array2::zeros((0, 2)), array![], array![0.0, 0.0]);
    let found = all(&identity);
    assert!(found.complete && found.fixed_points.is_empty());
    assert_eq!(found.continua[0].directions.len(), 2);
    let drift = map(array![[1.0]], array![[1.0]], array![[1.0]], array![0.0], array![1.0]);
    // x + max(0, x) + 1 = x has no solution.
    let found = all(&drift);
    assert!(found.complete && found.fixed_points.is_empty() && found.continua.is_empty());
    // A line that misses the region in which its piece holds: x' = x, y' = y / 2 + max(0, y − 3) + 1 has the fixed
    // points y = 2 and, above 3, 3/2 y − 2 = y, y = 4.
    let two = map(
        array![[1.0, 0.0], [0.0, 0.5]],
        array![[0.0], [1.0]],
        array![[0.0, 1.0]],
        array![-3.0],
        array![0.0, 1.0],
    );
    let found = all(&two);
    assert!(found.complete);
    let mut heights: Vec<f64> = found.continua.iter().map(|line| line.point[1]).collect();
    heights.sort_by(f64::total_cmp);
    close(&heights, &[2.0, 4.0], 1e-12);
    assert!(found.continua.iter().all(|line| line.ends.is_empty()));
    let far = map(
        array![[1.0, 0.0], [0.0, 0.5]],
        array![[0.0], [1.0]],
        array![[0.0, 1.0]],
        array![-1.5],
        array![0.0, 1.0],
    );
    // Below 1.5 it would be y = 2, above 3/2 y − 1/2 = y, y = 1: neither.
    let found = all(&far);
    assert!(found.complete && found.continua.is_empty(), "{found:?}");
}

#[test]
fn fixed_points_on_a_border() {
    let one = |v: f64| map(array![[0.5]], array![[v]], array![[1.0]], array![-1.0], array![0.5]);
    // Slopes 1/2 and 4/5 meet at x = 1: one fixed point, named once.
    let found = all(&one(0.3));
    assert!(found.complete, "{found:?}");
    assert_eq!(found.fixed_points.len(), 1);
    close(&found.fixed_points[0].points[0], &[1.0], 1e-15);
    assert!(found.fixed_points[0].border_distance.unwrap() < 1e-15);
    // Slopes 1/2 and 3/2: the slightest shift makes it two or none.
    let found = all(&one(1.0));
    assert!(!found.complete && found.fixed_points.is_empty());
    close(&found.undecided[0], &[1.0], 1e-12);
    // On all of M borders at once, exactly.
    let origin = map(
        array![[0.5, 0.1, 0.0], [0.0, 0.4, 0.2], [0.3, 0.0, 0.6]],
        array![[-0.3, 0.2, 0.1], [0.1, -0.7, 0.3], [0.2, 0.1, -0.4]],
        Array2::eye(3),
        Array1::zeros(3),
        Array1::zeros(3),
    );
    let found = all(&origin);
    assert!(found.complete && found.fixed_points.len() == 1, "{found:?}");
    assert_eq!(found.fixed_points[0].points[0], [0.0; 3]);
}

#[test]
fn stability_classes() {
    let linear = |matrix: Array2<f64>| {
        let m = matrix.nrows();
        let map = map(matrix, Array2::zeros((m, 0)), Array2::zeros((0, m)), array![], Array1::ones(m));
        let found = all(&map);
        assert!(found.complete);
        found.fixed_points[0].clone()
    };
    let (sin, cos) = 1.0_f64.sin_cos();
    let spiral = |r: f64| array![[r * cos, -r * sin], [r * sin, r * cos]];
    let across =
        |r: f64, other: f64| array![[r * cos, -r * sin, 0.0], [r * sin, r * cos, 0.0], [0.0, 0.0, other]];
    for (matrix, stability, unstable_dim) in [
        (array![[0.5, 0.0], [0.0, -0.2]], Stability::StableNode, 0),
        (spiral(0.9), Stability::StableFocus, 0),
        (array![[-2.0, 0.0], [0.0, 3.0]], Stability::UnstableNode, 2),
        (spiral(1.1), Stability::UnstableFocus, 2),
        (array![[0.5, 0.0], [0.0, -2.0]], Stability::Saddle, 1),
        (across(1.1, 0.3), Stability::SaddleFocus, 2),
        (spiral(1.0), Stability::NonHyperbolic, 0),
        (across(1.0, 2.0), Stability::NonHyperbolic, 1),
    ] {
        let orbit = linear(matrix);
        assert_eq!((orbit.stability, orbit.unstable_dim), (stability, unstable_dim), "{orbit:?}");
        assert_eq!(orbit.border_distance, None);
    }
    let focus = linear(spiral(1.1));
    let Eigenvalue { re, im } = focus.eigenvalues[0];
    close(&[re, im], &[1.1 * cos, 1.1 * sin], 1e-14);
    close(&[focus.eigenvalues[0].modulus(), focus.eigenvalues[0].argument()], &[1.1, 1.0], 1e-14);
    assert!(!linear(array![[0.5]]).flip && linear(array![[-0.5]]).flip);
}

/// All fixed points by Cramer's rule in every one of the 2^U pieces.
fn brute_force(map: &PiecewiseLinearMap) -> Vec<Vec<f64>> {
    let (m, units) = (map.h().len(), map.b().len());
    let mut found = Vec::new();
    for bits in 0..1_u32 << units {
        let on = |u: usize| f64::from(bits >> u & 1);
        let entry = |i: usize, j: usize| {
            let jacobian =
                map.a()[[i, j]] + (0..units).map(|u| map.v()[[i, u]] * on(u) * map.w()[[u, j]]).sum::<f64>();
            f64::from(u8::from(i == j)) - jacobian
        };
        let right =
            |i: usize| map.h()[i] + (0..units).map(|u| map.v()[[i, u]] * on(u) * map.b()[u]).sum::<f64>();
        let system = DMatrix::from_fn(m, m, entry);
        let z: Vec<f64> = (0..m)
            .map(|k| {
                let mut replaced = system.clone();
                replaced.set_column(k, &DVector::from_fn(m, |i, _| right(i)));
                replaced.determinant() / system.determinant()
            })
            .collect();
        if (0..units).all(|u| map.region(&z)[u] == (bits >> u & 1 == 1)) {
            found.push(z);
        }
    }
    found.sort_by(|a, b| a.partial_cmp(b).unwrap());
    found
}

fn random_map(m: usize, units: usize, gain: f64, rng: &mut ChaCha8Rng) -> PiecewiseLinearMap {
    let mut normal = |rows: usize, columns: usize| {
        Array2::from_shape_simple_fn((rows, columns), || gain * rng.sample::<f64, _>(StandardNormal))
    };
    let (a, v, w, bh) = (normal(m, m), normal(m, units), normal(units, m), normal(units + m, 1));
    let bh = bh.column(0);
    map(a, v, w, bh.iter().take(units).copied().collect(), bh.iter().skip(units).copied().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn certificate_and_search_agree_with_brute_force(
        m in 1..4_usize, units in 0..9_usize, gain in 0.3..1.5_f64, seed in 0..1_000_000_u64,
    ) {
        let mut rng = rng(seed);
        let map = random_map(m, units, gain, &mut rng);
        let expected = brute_force(&map);
        let certificate = all(&map);
        prop_assert!(certificate.complete && certificate.continua.is_empty());
        let found = positions(&certificate.fixed_points);
        prop_assert_eq!(found.len(), expected.len());
        for (f, e) in found.iter().flatten().zip(expected.iter().flatten()) {
            prop_assert!((f - e).abs() <= 1e-9 * (1.0 + e.abs()), "{} {}", f, e);
        }
        // All 2^U patterns to start from: none can be missed.
        let pool: Vec<Region> = (0..1_u32 << units)
            .map(|bits| Region::new(&(0..units).map(|u| bits >> u & 1 == 1).collect::<Vec<_>>()))
            .collect();
        let search = find_cycles(&map, &pool, &CycleConfig::new(2, 256), &mut rng).unwrap();
        let searched = positions(search.of_period(1));
        prop_assert_eq!(searched.len(), found.len());
        for (s, f) in searched.iter().flatten().zip(found.iter().flatten()) {
            prop_assert!((s - f).abs() <= 1e-9 * (1.0 + f.abs()), "{} {}", s, f);
        }
    }
}

#[test]
fn certificate_agrees_with_the_search_on_networks_of_fifty_hidden_units() {
    let mut counts = Vec::new();
    for seed in 0..6 {
        let mut rng = rng(seed);
        let map = clipped(3, 50, 10.0, &mut rng);
        let certificate = all(&map);
        assert!(certificate.complete, "{certificate:?}");
        assert_eq!(certificate.method, CertificateMethod::Boxes);
        // 1 + 100 + 4 · 50 · 49 / 2 + 8 · 50 · 49 · 48 / 6 regions, the planes of a pair being parallel.
        assert_eq!(certificate.region_bound, 161_801.0);
        // Most hyperplanes are that near to the origin.
        let pool = random_regions(&map, &[-2.0; 3], &[2.0; 3], 1000, &mut rng).unwrap();
        let search = find_cycles(&map, &pool, &CycleConfig::new(1, 1000), &mut rng).unwrap();
        close(&positions(&search.orbits).concat(), &positions(&certificate.fixed_points).concat(), 1e-10);
        counts.push(certificate.fixed_points.len());
    }
    assert!(counts.iter().any(|&count| count > 1), "{counts:?}");
}

#[test]
fn hyperplanes_in_general_position_make_the_known_number_of_regions() {
    let mut rng = rng(4);
    for (m, units) in [(1, 7), (2, 9), (3, 12), (4, 7), (5, 4)] {
        let map = random_map(m, units, 1.0, &mut rng);
        let found = linear_regions(&map, 1_000_000).unwrap();
        // Schläfli: the sum of the binomials (U over k) up to k = M.
        let binomial =
            |k: usize| (0..k).map(|i| (units - i) as f64 / (k - i) as f64).product::<f64>().round();
        let expected: f64 = (0..=m.min(units)).map(binomial).sum();
        assert_eq!((found.cells.len() as f64, found.bound, found.unclear), (expected, expected, 0));
        for cell in &found.cells {
            assert_eq!(Region::of(&map, &cell.state).unwrap(), cell.region);
        }
    }
    // All through the origin, n planes make n² − n + 2 cones; doubled and mirrored ones make no more.
    let n = 7;
    let half = random_map(3, n, 1.0, &mut rng);
    let w = Array2::from_shape_fn((2 * n, 3), |(u, j)| half.w()[[u % n, j]] * if u < n { 1.0 } else { -1.0 });
    let central = map(Array2::eye(3), Array2::zeros((3, 2 * n)), w, Array1::zeros(2 * n), Array1::zeros(3));
    assert_eq!(linear_regions(&central, 1000).unwrap().cells.len(), n * n - n + 2);
    assert!(matches!(linear_regions(&half, 50), Err(Error::Limit { limit: 50, .. })));
    let linear =
        map(Array2::eye(2), Array2::zeros((2, 0)), Array2::zeros((0, 2)), array![], Array1::zeros(2));
    assert_eq!(linear_regions(&linear, 1).unwrap().cells.len(), 1);
}

#[test]
fn certificate_agrees_with_solving_every_region_that_exists() {
    for seed in 0..3 {
        let mut rng = rng(seed);
        let map = clipped(3, 12, 6.0, &mut rng);
        let cells = linear_regions(&map, 10_000).unwrap().cells;
        let pool: Vec<Region> = cells.into_iter().map(|cell| cell.region).collect();
        // Without corrections, and with a start for each region: the fixed points inside their own region.
        let config = CycleConfig::new(1, pool.len()).with_corrections(0);
        let solved = find_cycles(&map, &pool, &config, &mut rng).unwrap();
        assert_eq!(solved.solved, pool.len());
        let certificate = all(&map);
        assert!(certificate.complete);
        close(&positions(&certificate.fixed_points).concat(), &positions(&solved.orbits).concat(), 1e-10);
    }
}

#[test]
fn almost_linear_networks_have_a_certificate_in_many_dimensions() {
    let mut rng = rng(5);
    let (m, p) = (20, 8);
    let map = map(
        Array2::from_diag(&Array1::from_shape_simple_fn(m, || rng.random_range(0.5..0.9))),
        Array2::from_shape_simple_fn((m, p), || 0.4 * rng.sample::<f64, _>(StandardNormal)),
        Array2::from_shape_fn((p, m), |(u, j)| if u == j { 1.0 } else { 0.0 }),
        Array1::zeros(p),
        Array1::from_shape_simple_fn(m, || rng.sample::<f64, _>(StandardNormal)),
    );
    let found = all(&map);
    assert!(found.complete);
    assert_eq!((found.method, found.solved, found.region_bound), (CertificateMethod::Patterns, 256, 256.0));
    assert_eq!(positions(&found.fixed_points).len(), brute_force(&map).len());
    for orbit in &found.fixed_points {
        is_an_orbit(&map, orbit, 1e-11);
    }
}

#[test]
fn bad_input_is_an_error() {
    let tent = skew_tent(0.5);
    let config = CycleConfig::default();
    let search =
        |pool: &[Region], config: &CycleConfig| find_cycles(&tent, pool, config, &mut rng(1)).unwrap_err();
    let pool = [Region::new(&[true])];
    assert!(matches!(search(&[], &config), Error::TooShort { .. }));
    assert!(matches!(search(&[Region::inactive(3)], &config), Error::Dimension { .. }));
    assert!(matches!(search(&pool, &CycleConfig::new(0, 10)), Error::Setting { .. }));
    assert!(matches!(search(&pool, &CycleConfig::new(1, 0)), Error::Setting { .. }));
    assert!(matches!(search(&pool, &config.clone().with_tolerance(f64::NAN)), Error::Setting { .. }));
    assert!(matches!(search(&pool, &config.with_input(vec![1.0])), Error::Dimension { .. }));
    assert!(matches!(random_regions(&tent, &[1.0], &[1.0], 3, &mut rng(1)), Err(Error::Setting { .. })));
    let refuse =
        |map: &PiecewiseLinearMap, config: CertificateConfig| all_fixed_points(map, &config).unwrap_err();
    assert!(matches!(refuse(&tent, CertificateConfig::new(0)), Error::Setting { .. }));
    let broken = map(array![[f64::NAN]], array![[1.0]], array![[1.0]], array![0.0], array![0.0]);
    assert!(matches!(refuse(&broken, CertificateConfig::default()), Error::System(_)));
    let huge = map(array![[1.0]], array![[1e200]], array![[1e200]], array![0.0], array![0.0]);
    assert!(matches!(refuse(&huge, CertificateConfig::default()), Error::Overflow { .. }));
    let nothing =
        map(Array2::zeros((0, 0)), Array2::zeros((0, 0)), Array2::zeros((0, 0)), array![], array![]);
    assert!(matches!(refuse(&nothing, CertificateConfig::default()), Error::TooShort { .. }));
    // 40 rectified units in 40 dimensions have 2^40 regions.
    let mut rng = rng(3);
    let many = random_map(40, 40, 0.3, &mut rng);
    let refused = refuse(&many, CertificateConfig::new(10_000));
    assert!(matches!(refused, Error::Limit { limit: 10_000, needed, .. } if needed > 1e4), "{refused}");
}

#[test]
fn dead_and_exploding_maps_have_their_fixed_points() {
    let dead = map(
        Array2::zeros((2, 2)),
        Array2::zeros((2, 1)),
        Array2::zeros((1, 2)),
        array![1.0],
        array![3.0, 4.0],
    );
    let found = all(&dead);
    assert!(found.complete);
    assert_eq!(found.fixed_points[0].points[0], [3.0, 4.0]);
    assert_eq!(found.fixed_points[0].stability, Stability::StableNode);
    let exploding = map(array![[2.0]], array![[1.0]], array![[1.0]], array![0.0], array![1.0]);
    let found = all(&exploding);
    close(&found.fixed_points[0].points[0], &[-1.0], 1e-15);
    assert_eq!(found.fixed_points[0].stability, Stability::UnstableNode);
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<FixedPointCertificate>(&text).unwrap(), found);
}

#[test]
fn inputs_shift_the_fixed_points() {
    let driven = PiecewiseLinearMap::new(
        array![[0.5]],
        array![[-1.0]],
        array![[1.0]],
        array![-1.0],
        array![0.0],
        array![[1.0, 2.0]],
    )
    .unwrap();
    for (input, expected) in [(vec![], 0.0), (vec![0.25, 0.0], 0.5), (vec![0.0, 1.0], 2.0)] {
        let config = CertificateConfig::default().with_input(input.clone());
        let found = all_fixed_points(&driven, &config).unwrap();
        close(&found.fixed_points[0].points[0], &[expected], 1e-14);
        let pool = random_regions(&driven, &[-2.0], &[2.0], 20, &mut rng(1)).unwrap();
        let search =
            find_cycles(&driven, &pool, &CycleConfig::new(1, 10).with_input(input), &mut rng(1)).unwrap();
        assert_eq!(search.orbits, found.fixed_points);
    }
}
