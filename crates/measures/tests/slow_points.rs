//! Slow points of maps in which they are planted.

use attractor_measures::{Error, SlowPointConfig, SlowPoints, slow_points};
use attractor_systems::{Map, PiecewiseLinearMap, Trajectory};
use ndarray::{Array1, Array2, array};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn map(a: Array2<f64>, v: Array2<f64>, w: Array2<f64>, b: Array1<f64>, h: Array1<f64>) -> PiecewiseLinearMap {
    let c = Array2::zeros((h.len(), 0));
    PiecewiseLinearMap::new(a, v, w, b, h, c).unwrap()
}

/// States drawn evenly from a box.
fn cloud(lower: &[f64], upper: &[f64]) -> Trajectory {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let data = Array2::from_shape_fn((300, lower.len()), |(_, j)| rng.random_range(lower[j]..upper[j]));
    Trajectory::new(data, 1.0).unwrap()
}

fn search(map: &PiecewiseLinearMap, states: &Trajectory, config: &SlowPointConfig) -> SlowPoints {
    slow_points(map, states, config, &mut ChaCha8Rng::seed_from_u64(1)).unwrap()
}

fn speed(map: &PiecewiseLinearMap, z: &[f64]) -> f64 {
    let mut next = vec![0.0; z.len()];
    map.step(z, &[], &mut next);
    next.iter().zip(z).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// A line attractor along x between −2 and 2 that ends in walls: x ↦ x − max(0, x − 2) + max(0, −x − 2), y ↦ y/2 + 1 in
/// a basis turned by `angle`, with x ↦ (1 − leak) x.
fn line_attractor(angle: f64, leak: f64) -> PiecewiseLinearMap {
    let (sin, cos) = angle.sin_cos();
    let (e, n) = ([cos, sin], [-sin, cos]);
    map(
        Array2::from_shape_fn((2, 2), |(i, j)| (1.0 - leak) * e[i] * e[j] + 0.5 * n[i] * n[j]),
        Array2::from_shape_fn((2, 2), |(i, unit)| e[i] * if unit == 0 { -1.0 } else { 1.0 }),
        Array2::from_shape_fn((2, 2), |(unit, j)| e[j] * if unit == 0 { 1.0 } else { -1.0 }),
        array![-2.0, -2.0],
        array![n[0], n[1]],
    )
}

#[test]
fn a_planted_line_attractor_is_found() {
    let (angle, config) = (0.6_f64, SlowPointConfig::default());
    let map = line_attractor(angle, 0.0);
    let states = cloud(&[-3.0, -3.0], &[3.0, 5.0]);
    let found = search(&map, &states, &config);
    assert_eq!((found.not_slow, found.out_of_bound), (0, 0));
    let (sin, cos) = angle.sin_cos();
    for point in &found.points {
        // On the line y = 2, within the walls.
        let (x, y) =
            (cos * point.state[0] + sin * point.state[1], -sin * point.state[0] + cos * point.state[1]);
        assert!((y - 2.0).abs() < 1e-9 && x.abs() < 2.0 + 1e-9 && point.speed < 1e-12, "{point:?}");
        if x.abs() < 1.9 {
            assert_eq!(point.dimension, 1);
            assert!((point.directions[0][0] * cos + point.directions[0][1] * sin).abs() > 1.0 - 1e-9);
            assert_eq!(point.eigenvalues_near_one.len(), 1);
            assert!((point.eigenvalues_near_one[0].re - 1.0).abs() < 1e-12);
        }
    }
    assert_eq!(found.sets.len(), 1);
    let line = found.lines().next().unwrap();
    assert!(line.points.len() > 50 && line.length > 3.5 && line.length <= 4.0 + 1e-9, "{}", line.length);
    assert_eq!(found.points.iter().map(|point| point.starts).sum::<usize>(), config.starts);
    // The same seed finds the same.
    assert_eq!(found, search(&map, &states, &config));
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<SlowPoints>(&text).unwrap(), found);
}

#[test]
fn a_leaky_line_attractor_is_slow_around_its_fixed_point() {
    // x ↦ 0.9995 x: within |x| < 2 it moves by at most 0.001, so all of it is slow, but only x = 0 is fixed.
    let found =
        search(&line_attractor(0.6, 5e-4), &cloud(&[-3.0, -3.0], &[3.0, 5.0]), &SlowPointConfig::default());
    assert_eq!(found.sets.len(), 1);
    assert_eq!(found.sets[0].dimension, 1);
    assert!(found.sets[0].length > 3.0);
    assert!(found.points.iter().any(|point| point.speed > 5e-4));
    let interior = found.points.iter().filter(|point| point.dimension == 1).collect::<Vec<_>>();
    assert!(interior.iter().all(|point| (point.eigenvalues_near_one[0].re - 0.9995).abs() < 1e-12));
    // x ↦ 0.95 x is not slow but at its fixed point, where all starts come.
    let found =
        search(&line_attractor(0.6, 0.05), &cloud(&[-3.0, -3.0], &[3.0, 5.0]), &SlowPointConfig::default());
    assert_eq!((found.points.len(), found.sets[0].dimension), (1, 0));
    assert!(found.points[0].speed < 1e-12 && found.points[0].starts == 200);
}

#[test]
fn maps_without_slow_points_give_none() {
    // z ↦ z + (1, 0.5): as fast everywhere.
    let drift =
        map(Array2::eye(2), Array2::zeros((2, 0)), Array2::zeros((0, 2)), Array1::zeros(0), array![1.0, 0.5]);
    let found = search(&drift, &cloud(&[-1.0; 2], &[1.0; 2]), &SlowPointConfig::default());
    assert!(found.points.is_empty() && found.sets.is_empty());
    assert_eq!(found.not_slow, 200);
}

#[test]
fn the_ghost_of_a_border_collision_is_found_at_the_kink() {
    // x ↦ x + |x| / 2 + g: the speed has its minimum g at the kink x = 0, where no region has a minimum inside.
    let ghost = |g: f64| map(array![[0.5]], array![[1.0]], array![[1.0]], array![0.0], array![g]);
    let found = search(&ghost(5e-4), &cloud(&[-1.0], &[1.0]), &SlowPointConfig::default());
    assert_eq!(found.points.len(), 1, "{found:?}");
    let point = &found.points[0];
    assert!(point.state[0].abs() < 1e-12 && (point.speed - 5e-4).abs() < 1e-12);
    assert_eq!((&point.on_border_of[..], point.starts, point.dimension), (&[0][..], 200, 0));
    let fast = search(&ghost(0.1), &cloud(&[-1.0], &[1.0]), &SlowPointConfig::default());
    assert_eq!((fast.points.len(), fast.not_slow), (0, 200));
}

#[test]
fn isolated_fixed_points_are_found_each_in_its_region() {
    // s ↦ 2 s within 1 of 0, slope 1/2 beyond: fixed points −3, 0 and 3; y ↦ 0.3 y.
    let bistable = map(
        array![[0.5, 0.0], [0.0, 0.3]],
        array![[1.5, -1.5], [0.0, 0.0]],
        array![[1.0, 0.0], [1.0, 0.0]],
        array![1.0, -1.0],
        array![-1.5, 0.0],
    );
    let found = search(&bistable, &cloud(&[-5.0, -1.0], &[5.0, 1.0]), &SlowPointConfig::default());
    let mut states: Vec<f64> = found.points.iter().map(|point| point.state[0]).collect();
    states.sort_by(f64::total_cmp);
    assert_eq!(states.len(), 3, "{found:?}");
    for (found, expected) in states.iter().zip([-3.0, 0.0, 3.0]) {
        assert!((found - expected).abs() < 1e-12);
    }
    assert_eq!(found.sets.len(), 3);
    assert!(found.points.iter().all(|point| point.speed < 1e-12 && point.eigenvalues_near_one.is_empty()));
}

#[test]
fn minima_along_a_border_are_found_by_sliding() {
    // F(z) − z = (|x|/2 + 0.0005, y/2): from anywhere to the kink x = 0 and along it to y = 0, in a turned basis.
    let (sin, cos) = 0.8_f64.sin_cos();
    let (e, n) = ([cos, sin], [-sin, cos]);
    let turned = map(
        Array2::from_shape_fn((2, 2), |(i, j)| 0.5 * e[i] * e[j] + 1.5 * n[i] * n[j]),
        Array2::from_shape_fn((2, 1), |(i, _)| e[i]),
        Array2::from_shape_fn((1, 2), |(_, j)| e[j]),
        array![0.0],
        array![5e-4 * e[0], 5e-4 * e[1]],
    );
    let found = search(&turned, &cloud(&[-1.0; 2], &[1.0; 2]), &SlowPointConfig::default());
    assert_eq!(found.points.len(), 1, "{found:?}");
    assert!(found.points[0].state.iter().all(|v| v.abs() < 1e-10));
    assert!((found.points[0].speed - 5e-4).abs() < 1e-10);
}

#[test]
fn what_is_found_is_a_local_minimum_of_the_speed() {
    // Random maps of 4 states and 12 units. Every minimum counts as slow, and no direction as slack.
    let config = SlowPointConfig {
        max_speed: 1e6,
        extent: 1e15,
        starts: 20,
        bound: 1e9,
        ..SlowPointConfig::default()
    };
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (mut inside, mut on_borders) = (0, 0);
    for _ in 0..25 {
        let mut draw =
            |shape: (usize, usize)| Array2::from_shape_simple_fn(shape, || rng.random_range(-1.0..1.0));
        let (a, v, w) = (draw((4, 4)), draw((4, 12)), draw((12, 4)));
        let (b, h) = (draw((1, 12)).row(0).to_owned(), draw((1, 4)).row(0).to_owned());
        let map = map(a, v, w, b, h);
        let found = search(&map, &cloud(&[-2.0; 4], &[2.0; 4]), &config);
        assert!(!found.points.is_empty());
        for point in &found.points {
            assert!((speed(&map, &point.state) - point.speed).abs() < 1e-12);
            if point.on_border_of.is_empty() {
                inside += 1;
            } else {
                on_borders += 1;
            }
            for _ in 0..200 {
                let nearby: Vec<f64> = point
                    .state
                    .iter()
                    .map(|v| v + 1e-4 * (1.0 + v.abs()) * rng.random_range(-1.0..1.0))
                    .collect();
                assert!(speed(&map, &nearby) >= point.speed * (1.0 - 1e-9), "{point:?} {nearby:?}");
            }
        }
    }
    assert!(inside > 5 && on_borders > 5, "{inside} {on_borders}");
}

#[test]
fn bad_input_is_refused() {
    let line = line_attractor(0.0, 0.0);
    let config = SlowPointConfig::default();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let states = cloud(&[-1.0; 2], &[1.0; 2]);
    let wide = cloud(&[-1.0; 3], &[1.0; 3]);
    assert!(matches!(slow_points(&line, &wide, &config, &mut rng), Err(Error::Dimension { .. })));
    for bad in [
        SlowPointConfig { starts: 0, ..config.clone() },
        SlowPointConfig { max_speed: 0.0, ..config.clone() },
        SlowPointConfig { extent: f64::NAN, ..config.clone() },
    ] {
        assert!(matches!(slow_points(&line, &states, &bad, &mut rng), Err(Error::Setting { .. })));
    }
    let input = SlowPointConfig { input: vec![1.0], ..config.clone() };
    assert!(matches!(slow_points(&line, &states, &input, &mut rng), Err(Error::Dimension { .. })));
    let gaps = Trajectory::from_array_with_missing(array![[f64::NAN, 1.0], [0.0, 1.0]], 1.0).unwrap();
    assert!(matches!(slow_points(&line, &gaps, &config, &mut rng), Err(Error::Missing { .. })));
    let mut broken = line.a().clone();
    broken[[0, 0]] = f64::NAN;
    let broken = map(broken, line.v().clone(), line.w().clone(), line.b().clone(), line.h().clone());
    assert!(matches!(slow_points(&broken, &states, &config, &mut rng), Err(Error::System(_))));
}
