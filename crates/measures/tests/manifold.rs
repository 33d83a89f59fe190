//! Manifolds whose first segments, kinks or planes are known in closed form.

use attractor_measures::{
    BranchEnd, Error, Manifold, ManifoldCloudConfig, ManifoldConfig, ManifoldKind, manifold, manifold_cloud,
    preimage_branch, preimages,
};
use attractor_systems::{Map, PiecewiseLinearMap};
use ndarray::{Array1, Array2, ArrayView1, array};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// (x, y) ↦ (1 − a |x| + y, b x), with |x| = −x + 2 max(0, x).
fn lozi(a: f64, b: f64) -> PiecewiseLinearMap {
    PiecewiseLinearMap::new(
        array![[a, 1.0], [b, 0.0]],
        array![[-2.0 * a], [0.0]],
        array![[1.0, 0.0]],
        array![0.0],
        array![1.0, 0.0],
        Array2::zeros((2, 0)),
    )
    .unwrap()
}

fn linear(a: Array2<f64>) -> PiecewiseLinearMap {
    let m = a.nrows();
    PiecewiseLinearMap::new(
        a,
        Array2::zeros((m, 0)),
        Array2::zeros((0, m)),
        Array1::zeros(0),
        Array1::zeros(m),
        Array2::zeros((m, 0)),
    )
    .unwrap()
}

fn step(map: &PiecewiseLinearMap, z: &[f64]) -> Vec<f64> {
    let mut next = vec![0.0; z.len()];
    map.step(z, &[], &mut next);
    next
}

/// The distance of a point from the polyline of a manifold, both branches.
fn distance(manifold: &Manifold, point: &[f64]) -> f64 {
    let from_segment = |a: ArrayView1<f64>, b: ArrayView1<f64>| {
        let (mut along, mut length) = (0.0, 0.0);
        for i in 0..point.len() {
            along += (point[i] - a[i]) * (b[i] - a[i]);
            length += (b[i] - a[i]).powi(2);
        }
        let t = (along / length).clamp(0.0, 1.0);
        (0..point.len()).map(|i| (a[i] + t * (b[i] - a[i]) - point[i]).powi(2)).sum::<f64>().sqrt()
    };
    let mut nearest = f64::INFINITY;
    for branch in &manifold.branches {
        let vertices = branch.vertices();
        for i in 1..vertices.nrows() {
            nearest = nearest.min(from_segment(vertices.row(i - 1), vertices.row(i)));
        }
    }
    nearest
}

/// Whether the image of each vertex that lies within half of the arc length is on the manifold.
fn assert_invariant(map: &PiecewiseLinearMap, found: &Manifold, growth: f64, tolerance: f64) -> usize {
    let mut checked = 0;
    for branch in &found.branches {
        let vertices = branch.vertices();
        let mut length = 0.0;
        for i in 1..vertices.nrows() {
            length += (&vertices.row(i) - &vertices.row(i - 1)).mapv(|v| v * v).sum().sqrt();
            if length > branch.length / growth {
                break;
            }
            let mut z = vertices.row(i).to_vec();
            for _ in 0..found.period {
                z = step(map, &z);
            }
            let off = distance(found, &z);
            assert!(off < tolerance, "vertex {i} at {} is mapped {off} off", vertices.row(i));
            checked += 1;
        }
    }
    checked
}

fn fixed_point_of_lozi(a: f64, b: f64) -> [f64; 2] {
    let x = 1.0 / (1.0 + a - b);
    [x, b * x]
}

#[test]
fn the_unstable_manifold_of_the_lozi_map() {
    let (a, b) = (1.7, 0.5);
    let map = lozi(a, b);
    let state = fixed_point_of_lozi(a, b);
    let config = ManifoldConfig { max_length: 300.0, ..ManifoldConfig::default() };
    let found = manifold(&map, &state, 1, ManifoldKind::Unstable, &config).unwrap();
    let root = f64::sqrt(a * a + 4.0 * b);
    let unstable = -(a + root) / 2.0;
    assert!((found.eigenvalue - unstable).abs() < 1e-14);
    // The eigenvector of the companion form is (λ, b).
    let slope = found.direction[1] / found.direction[0];
    assert!((slope - b / unstable).abs() < 1e-14, "{slope}");
    // Misiurewicz, Strange attractors for the Lozi mappings (1980): the manifold runs straight to its first kink at
    // ((2 + a + √(a² + 4b)) / (2 (1 + a − b)), 0) on the x-axis.
    let kink = (2.0 + a + root) / (2.0 * (1.0 + a - b));
    let right = &found.branches[0];
    let vertices = right.vertices();
    let at = (1..vertices.nrows())
        .find(|&i| (vertices[[i, 0]] - kink).abs() < 1e-12 && vertices[[i, 1]].abs() < 1e-12);
    let at = at.expect("the first kink");
    for i in 1..at {
        let along = (vertices[[i, 1]] - state[1]) / (vertices[[i, 0]] - state[0]);
        assert!((along - b / unstable).abs() < 1e-9, "vertex {i}");
    }
    // On the other side the segment runs to the image of that kink.
    let image = step(&map, &[kink, 0.0]);
    let left = found.branches[1].vertices();
    assert!(
        (1..left.nrows()).any(|i| (left[[i, 0]] - image[0]).abs() + (left[[i, 1]] - image[1]).abs() < 1e-12)
    );
    assert!(found.branches.iter().all(|branch| branch.end == BranchEnd::Length && branch.length == 300.0));
    // One step stretches by at most a + 1.
    assert!(assert_invariant(&map, &found, 3.0, 1e-9) > 100);
}

#[test]
fn the_stable_manifold_of_the_lozi_map() {
    let (a, b) = (1.7, 0.5);
    let map = lozi(a, b);
    let state = fixed_point_of_lozi(a, b);
    let config = ManifoldConfig { max_length: 200.0, ..ManifoldConfig::default() };
    let found = manifold(&map, &state, 1, ManifoldKind::Stable, &config).unwrap();
    let stable = 0.5 * (f64::sqrt(a * a + 4.0 * b) - a);
    assert!((found.eigenvalue - stable).abs() < 1e-14);
    // Along (λ, b), upwards for ever; downwards it crosses x = 0 and bends there.
    assert!((found.direction[0] / found.direction[1] - stable / b).abs() < 1e-13);
    let up = found.branches[0].vertices();
    assert_eq!((found.branches[0].end, up.nrows()), (BranchEnd::Length, 2));
    let down = found.branches[1].vertices();
    let crossing = state[1] - b / stable * state[0];
    let kink =
        (1..down.nrows()).find(|&i| down[[i, 0]].abs() < 1e-12 && (down[[i, 1]] - crossing).abs() < 1e-12);
    let kink = kink.expect("the first kink");
    // Beyond it the direction d solves [[a, 1], [b, 0]] d ∥ (λ, b): d = (1, λ - a) up to scale.
    let (dx, dy) = (down[[kink + 1, 0]] - down[[kink, 0]], down[[kink + 1, 1]] - down[[kink, 1]]);
    assert!((dy / dx - (stable - a)).abs() < 1e-9, "{}", dy / dx);
    assert_invariant(&map, &found, 1.0, 1e-9);
    // Points of it approach the saddle.
    let mut z = down.row(down.nrows() / 2).to_vec();
    (0..12).for_each(|_| z = step(&map, &z));
    assert!((z[0] - state[0]).abs() + (z[1] - state[1]).abs() < 1e-2, "{z:?}");
    assert!(down.nrows() > 3);
}

#[test]
fn manifolds_of_a_cycle() {
    // The 2-cycle of the Lozi map has its states left and right: x_r = 1 - a|x_l| + b x_r and the other way round.
    let (a, b) = (1.7, 0.5);
    let map = lozi(a, b);
    // (1 - b) r = 1 + a l, (1 - b) l = 1 - a r.
    let denominator = (1.0 - b) * (1.0 - b) + a * a;
    let (r, l) = ((1.0 - b + a) / denominator, (1.0 - b - a) / denominator);
    let state = [r, b * l];
    for (stability, length) in [(ManifoldKind::Unstable, 40.0), (ManifoldKind::Stable, 40.0)] {
        let config = ManifoldConfig { max_length: length, ..ManifoldConfig::default() };
        let found = manifold(&map, &state, 2, stability, &config).unwrap();
        assert!((found.state[0] - r).abs() < 1e-13);
        // Trace and determinant of the two steps' Jacobian: -a² + 2b and b².
        let (trace, root) = (2.0 * b - a * a, f64::sqrt((2.0 * b - a * a).powi(2) - 4.0 * b * b));
        let expected = if stability == ManifoldKind::Unstable { trace - root } else { trace + root } / 2.0;
        assert!((found.eigenvalue - expected).abs() < 1e-13);
        let growth = if stability == ManifoldKind::Unstable { 8.0 } else { 1.0 };
        assert!(assert_invariant(&map, &found, growth, 1e-9) > 3);
    }
    assert!(matches!(
        manifold(&map, &state, 1, ManifoldKind::Stable, &ManifoldConfig::default()),
        Err(Error::NotPeriodic { period: 1, .. })
    ));
}

#[test]
fn a_linear_saddle_has_straight_manifolds() {
    let map = linear(array![[2.0, 0.0, 0.0], [1.0, 0.5, 0.0], [0.0, 0.0, -0.25]]);
    let config = ManifoldConfig { max_length: 7.0, ..ManifoldConfig::default() };
    let unstable = manifold(&map, &[0.0; 3], 1, ManifoldKind::Unstable, &config).unwrap();
    // (A - 2) v = 0: v = (3, 2, 0)/√13.
    let v = [3.0 / 13.0_f64.sqrt(), 2.0 / 13.0_f64.sqrt(), 0.0];
    for (branch, sign) in unstable.branches.iter().zip([7.0, -7.0]) {
        assert_eq!((branch.vertices().nrows(), branch.end), (2, BranchEnd::Length));
        for (found, v) in branch.vertices().row(1).iter().zip(v) {
            assert!((found - sign * v).abs() < 1e-13);
        }
    }
    let stable = manifold(&map, &[0.0; 3], 1, ManifoldKind::Stable, &config);
    assert!(matches!(stable, Err(Error::ManifoldDimension { manifold: "stable", expected: 1, found: 2 })));
    let cloud = manifold_cloud(
        &map,
        &[0.0; 3],
        1,
        ManifoldKind::Stable,
        &ManifoldCloudConfig { periods: 3, ..Default::default() },
    )
    .unwrap();
    assert_eq!(cloud.points().dim(), (4000, 3));
    // The plane x = 0, and all of it.
    assert!(cloud.points().column(0).iter().all(|x| x.abs() < 1e-12));
    assert!(cloud.points().column(2).iter().any(|z| *z > 30.0));
    assert_eq!((cloud.radius, cloud.left, cloud.folded), (1.0, 0, 0));
}

#[test]
fn an_unstable_manifold_ends_at_stable_fixed_points() {
    // x ↦ 2x within |x| < 1, slope 1/2 beyond: from the repellor 0 to the fixed points ±3 of ±1.5 + x/2.
    let map = PiecewiseLinearMap::new(
        array![[0.5, 0.0], [0.0, 0.3]],
        array![[1.5, -1.5], [0.0, 0.0]],
        array![[1.0, 0.0], [1.0, 0.0]],
        array![1.0, -1.0],
        array![-1.5, 0.0],
        Array2::zeros((2, 0)),
    )
    .unwrap();
    assert_eq!(step(&map, &[0.5, 1.0]), [1.0, 0.3]);
    let found = manifold(&map, &[0.0, 0.0], 1, ManifoldKind::Unstable, &ManifoldConfig::default()).unwrap();
    for (branch, end) in found.branches.iter().zip([3.0, -3.0]) {
        assert_eq!(branch.end, BranchEnd::Point);
        let last = branch.vertices().row(branch.vertices().nrows() - 1).to_vec();
        assert!(
            (last[0] - end).abs() < 1e-12 && last[1].abs() < 1e-12 && (branch.length - 3.0).abs() < 1e-12
        );
    }
    // The stable manifold of the saddle is the line x = 0.
    let stable = manifold(&map, &[0.0, 0.0], 1, ManifoldKind::Stable, &ManifoldConfig::default()).unwrap();
    assert!(stable.branches.iter().all(|b| b.vertices().column(0).iter().all(|x| x.abs() < 1e-12)));
}

#[test]
fn stable_manifolds_end_where_the_map_folds() {
    // Unstable along x with slope 2; along y it is 1/2 · y up to 1, then comes back: no y is mapped beyond 1/2.
    let map = PiecewiseLinearMap::new(
        array![[2.0, 0.0], [0.0, 0.5]],
        array![[0.0], [-1.0]],
        array![[0.0, 1.0]],
        array![-1.0],
        array![0.0, 0.0],
        Array2::zeros((2, 0)),
    )
    .unwrap();
    let found = manifold(&map, &[0.0, 0.0], 1, ManifoldKind::Stable, &ManifoldConfig::default()).unwrap();
    let up = &found.branches[0];
    assert_eq!(up.end, BranchEnd::Fold);
    assert!((up.length - 1.0).abs() < 1e-12, "{}", up.length);
    assert_eq!(found.branches[1].end, BranchEnd::Length);
    // Two states below the fold, one at it, none above.
    let below = preimages(&map, &[1.0, 0.25], &[], 100).unwrap();
    assert_eq!(below, array![[0.5, 0.5], [0.5, 1.5]]);
    assert_eq!(preimages(&map, &[1.0, 0.5], &[], 100).unwrap(), array![[0.5, 1.0]]);
    assert_eq!(preimages(&map, &[1.0, 0.6], &[], 100).unwrap().nrows(), 0);
    assert!(matches!(preimages(&map, &[1.0, 0.6], &[], 1), Err(Error::Limit { limit: 1, .. })));
    // The other part of the stable set: 1 − y/2 maps 2 to the saddle's 0, and 1 to 1/2, where it meets the first.
    let starts = preimages(&map, &[0.0, 0.0], &[], 100).unwrap();
    assert_eq!(starts, array![[0.0, 0.0], [0.0, 2.0]]);
    let half = array![[0.0, 0.0], [0.0, 0.4], [0.0, 0.5]];
    let other = preimage_branch(&map, half.view(), &[0.0, 2.0], &[]).unwrap();
    assert_eq!(other.vertices(), array![[0.0, 2.0], [0.0, 1.2], [0.0, 1.0]]);
    assert_eq!((other.end, other.length), (BranchEnd::Complete, 1.0));
    let beyond = preimage_branch(&map, up.vertices(), &[0.0, 2.0], &[]).unwrap();
    assert_eq!(beyond.end, BranchEnd::Fold);
    assert!((beyond.length - 1.0).abs() < 1e-12);
    assert!(matches!(
        preimage_branch(&map, half.view(), &[0.0, 3.0], &[]),
        Err(Error::NotPreimage { distance: 0.5 })
    ));
    // Where the slope along y vanishes, whole lines are mapped to points.
    let flat = PiecewiseLinearMap::new(
        array![[2.0, 0.0], [0.0, 0.5]],
        array![[0.0], [-0.5]],
        array![[0.0, 1.0]],
        array![-1.0],
        array![0.0, 0.0],
        Array2::zeros((2, 0)),
    )
    .unwrap();
    let found = manifold(&flat, &[0.0, 0.0], 1, ManifoldKind::Stable, &ManifoldConfig::default()).unwrap();
    assert_eq!(found.branches[0].end, BranchEnd::Singular);
    assert!((found.branches[0].length - 1.0).abs() < 1e-12);
}

#[test]
fn two_dimensional_manifolds_in_three_dimensions() {
    // The shear S: z ↦ z + 3 max(0, x − 1) takes the linear saddle L = diag(1.5, 1.2, 0.5) to S L S⁻¹, whose unstable
    // manifold is the image of the plane z = 0.
    let shear = |x: f64| 3.0 * x.max(0.0);
    // z' = 0.5 z − 1.5 max(0, x − 1) + 3 max(0, 1.5 x − 1).
    let map = PiecewiseLinearMap::new(
        array![[1.5, 0.0, 0.0], [0.0, 1.2, 0.0], [0.0, 0.0, 0.5]],
        array![[0.0, 0.0], [0.0, 0.0], [-1.5, 3.0]],
        array![[1.0, 0.0, 0.0], [1.5, 0.0, 0.0]],
        array![-1.0, -1.0],
        array![0.0, 0.0, 0.0],
        Array2::zeros((3, 0)),
    )
    .unwrap();
    let config = ManifoldCloudConfig { periods: 6, seeds: 200, ..ManifoldCloudConfig::default() };
    let cloud = manifold_cloud(&map, &[0.0; 3], 1, ManifoldKind::Unstable, &config).unwrap();
    assert_eq!(cloud.points().dim(), (1400, 3));
    assert!((cloud.radius - 0.9 * 2.0 / 3.0).abs() < 1e-12);
    for point in cloud.points().rows() {
        assert!((point[2] - shear(point[0] - 1.0)).abs() < 1e-11, "{point}");
    }
    assert!(cloud.points().column(0).iter().any(|x| *x > 4.0));
    // The inverse has the stable plane z = S(0, y).
    let inverse = PiecewiseLinearMap::new(
        array![[1.0 / 1.5, 0.0, 0.0], [0.0, 1.0 / 1.2, 0.0], [0.0, 0.0, 2.0]],
        array![[0.0, 0.0], [0.0, 0.0], [-6.0, 3.0]],
        array![[1.0, 0.0, 0.0], [1.0 / 1.5, 0.0, 0.0]],
        array![-1.0, -1.0],
        array![0.0, 0.0, 0.0],
        Array2::zeros((3, 0)),
    )
    .unwrap();
    let cloud = manifold_cloud(&inverse, &[0.0; 3], 1, ManifoldKind::Stable, &config).unwrap();
    for point in cloud.points().rows() {
        assert!((point[2] - shear(point[0] - 1.0)).abs() < 1e-10, "{point}");
    }
    assert!(cloud.points().column(0).iter().any(|x| *x > 4.0));
    assert_eq!(cloud.folded, 0);
    let many = ManifoldCloudConfig { max_points: 100, ..config };
    assert!(matches!(
        manifold_cloud(&inverse, &[0.0; 3], 1, ManifoldKind::Stable, &many),
        Err(Error::Limit { limit: 100, .. })
    ));
}

#[test]
fn manifolds_of_random_maps_are_invariant() {
    // A shallow map of 4 states and 20 units with a saddle planted at z*: h = z* − A z* − V max(0, W z* + b). Small V
    // and W make it invertible everywhere: |V| |W| < the smallest singular value of A.
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut vertices = 0;
    for trial in 0..20 {
        let mut draw = |shape: (usize, usize), size: f64| {
            Array2::from_shape_simple_fn(shape, || size * rng.random_range(-1.0..1.0))
        };
        let a = Array2::from_diag(&array![if trial % 2 == 0 { 1.6 } else { -1.6 }, 0.6, -0.5, 0.45]);
        let (v, w) = (draw((4, 20), 0.06), draw((20, 4), 0.5));
        let (b, z) = (draw((1, 20), 1.0).row(0).to_owned(), draw((1, 4), 1.0).row(0).to_owned());
        let active = (w.dot(&z) + &b).mapv(|g| g.max(0.0));
        let h = &z - &a.dot(&z) - &v.dot(&active);
        let map = PiecewiseLinearMap::new(a, v, w, b, h, Array2::zeros((4, 0))).unwrap();
        let config = ManifoldConfig { max_length: 30.0, ..ManifoldConfig::default() };
        let found = manifold(&map, z.as_slice().unwrap(), 1, ManifoldKind::Unstable, &config).unwrap();
        let bends: usize = found.branches.iter().map(|b| b.vertices().nrows()).sum();
        vertices += bends;
        // |A| + |V| |W| is below 3.
        assert!(assert_invariant(&map, &found, 3.0, 1e-9) > 0);
    }
    assert!(vertices > 400, "{vertices}");
}

#[test]
fn a_stable_plane_is_found_again_by_going_forwards() {
    // The same with a stable subspace of dimension 2: preimages many periods away come back to the seeds.
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for _ in 0..5 {
        let mut draw = |shape: (usize, usize), size: f64| {
            Array2::from_shape_simple_fn(shape, || size * rng.random_range(-1.0..1.0))
        };
        let a = array![[1.8, 0.0, 0.0], [0.0, 0.6, -0.4], [0.0, 0.4, 0.6]];
        let (v, w) = (draw((3, 12), 0.06), draw((12, 3), 0.5));
        let (b, z) = (draw((1, 12), 1.0).row(0).to_owned(), draw((1, 3), 0.5).row(0).to_owned());
        let active = (w.dot(&z) + &b).mapv(|g| g.max(0.0));
        let h = &z - &a.dot(&z) - &v.dot(&active);
        let map = PiecewiseLinearMap::new(a, v, w, b, h, Array2::zeros((3, 0))).unwrap();
        let config = ManifoldCloudConfig { periods: 8, seeds: 50, ..ManifoldCloudConfig::default() };
        let cloud = manifold_cloud(&map, z.as_slice().unwrap(), 1, ManifoldKind::Stable, &config).unwrap();
        assert_eq!((cloud.points().nrows(), cloud.folded), (450, 0));
        for seed in 0..50 {
            let mut state = cloud.points().row(400 + seed).to_vec();
            (0..8).for_each(|_| state = step(&map, &state));
            let off = (&ArrayView1::from(&state[..]) - &cloud.points().row(seed)).mapv(f64::abs).sum();
            assert!(off < 1e-9, "{off}");
        }
    }
}

#[test]
fn a_constant_input_moves_the_saddle() {
    // x ↦ 2x + u, y ↦ y/2, with a dead unit: at u = 3 the saddle is (−3, 0).
    let map = PiecewiseLinearMap::new(
        array![[2.0, 0.0], [0.0, 0.5]],
        array![[1.0], [1.0]],
        array![[0.0, 0.0]],
        array![0.0],
        array![0.0, 0.0],
        array![[1.0], [0.0]],
    )
    .unwrap();
    let config = ManifoldConfig { input: vec![3.0], max_length: 1.0, ..ManifoldConfig::default() };
    let found = manifold(&map, &[-3.0, 0.0], 1, ManifoldKind::Unstable, &config).unwrap();
    assert_eq!(found.branches[0].vertices(), array![[-3.0, 0.0], [-2.0, 0.0]]);
    assert!(matches!(
        manifold(&map, &[-3.0, 0.0], 1, ManifoldKind::Unstable, &ManifoldConfig::default()),
        Err(Error::NotPeriodic { distance: 3.0, .. })
    ));
    // Pre-images under the input: 2x + 3 = 1.
    assert_eq!(preimages(&map, &[1.0, 1.0], &[3.0], 10).unwrap(), array![[-1.0, 2.0]]);
}

#[test]
fn a_fixed_point_on_a_border_is_refused() {
    let map = PiecewiseLinearMap::new(
        array![[2.0, 0.0], [0.0, 0.5]],
        array![[1.0], [0.0]],
        array![[1.0, 0.0]],
        array![0.0],
        array![0.0, 0.0],
        Array2::zeros((2, 0)),
    )
    .unwrap();
    assert!(matches!(
        manifold(&map, &[0.0; 2], 1, ManifoldKind::Unstable, &ManifoldConfig::default()),
        Err(Error::OnBorder { step: 0, unit: 0 })
    ));
}

#[test]
fn bad_input_is_refused() {
    let map = lozi(1.7, 0.5);
    let config = ManifoldConfig::default();
    let refuse = |state: &[f64], period, config: &ManifoldConfig| {
        manifold(&map, state, period, ManifoldKind::Unstable, config).unwrap_err()
    };
    let good = fixed_point_of_lozi(1.7, 0.5);
    assert!(matches!(refuse(&[0.0], 1, &config), Error::Dimension { .. }));
    assert!(matches!(refuse(&[f64::NAN, 0.0], 1, &config), Error::NonFinite { .. }));
    assert!(matches!(refuse(&[0.3, 0.3], 1, &config), Error::NotPeriodic { .. }));
    assert!(matches!(refuse(&good, 0, &config), Error::Setting { .. }));
    let zero = ManifoldConfig { max_length: 0.0, ..config.clone() };
    assert!(matches!(refuse(&good, 1, &zero), Error::Setting { .. }));
    let rotation = linear(array![[0.0, -1.0], [1.0, 0.0]]);
    assert!(matches!(
        manifold(&rotation, &[0.0, 0.0], 1, ManifoldKind::Stable, &config),
        Err(Error::NotHyperbolic { .. })
    ));
    let few = ManifoldConfig { max_vertices: 5, max_length: 1e9, ..config.clone() };
    let short = manifold(&map, &good, 1, ManifoldKind::Unstable, &few).unwrap();
    assert!(short.branches.iter().all(|b| b.end == BranchEnd::Vertices && b.vertices().nrows() == 5));
    let steps = ManifoldConfig { max_steps: 4, max_length: 1e9, ..config };
    let short = manifold(&map, &good, 1, ManifoldKind::Unstable, &steps).unwrap();
    assert!(short.branches.iter().all(|b| b.end == BranchEnd::Steps));
    let text = serde_json::to_string(&short).unwrap();
    assert_eq!(serde_json::from_str::<Manifold>(&text).unwrap(), short);
}
