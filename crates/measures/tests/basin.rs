//! Basins whose borders are known.

use attractor_measures::{BasinConfig, Basins, Error, GridSlice, LongTermBehaviour, SliceAxis, basins};
use attractor_systems::PiecewiseLinearMap;
use ndarray::{Array2, array};

/// The bistable map of s along the unit vector n = (0.6, 0.8): s ↦ c + 2 (s − c) within 1 of c, slope 1/2 beyond, so that
/// the fixed points are c ± 3 and the border is s = c. Across n it contracts by 0.3.
fn bistable_plane(c: f64) -> PiecewiseLinearMap {
    let n = [0.6, 0.8];
    let a = Array2::from_shape_fn((2, 2), |(i, j)| f64::from(u8::from(i == j)) * 0.3 + 0.2 * n[i] * n[j]);
    PiecewiseLinearMap::new(
        a,
        Array2::from_shape_fn((2, 2), |(i, unit)| n[i] * if unit == 0 { 1.5 } else { -1.5 }),
        Array2::from_shape_fn((2, 2), |(_, j)| n[j]),
        array![1.0 - c, -1.0 - c],
        array![0.6 * (0.5 * c - 1.5), 0.8 * (0.5 * c - 1.5)],
        Array2::zeros((2, 0)),
    )
    .unwrap()
}

/// x ↦ a x + Σ v max(0, w x + b).
fn line_map(a: f64, units: &[(f64, f64, f64)]) -> PiecewiseLinearMap {
    PiecewiseLinearMap::new(
        array![[a]],
        Array2::from_shape_fn((1, units.len()), |(_, j)| units[j].0),
        Array2::from_shape_fn((units.len(), 1), |(i, _)| units[i].1),
        units.iter().map(|unit| unit.2).collect(),
        array![0.0],
        Array2::zeros((1, 0)),
    )
    .unwrap()
}

fn fixed_point(basins: &Basins, label: u32) -> &[f64] {
    match &basins.attractors[label as usize].behaviour {
        LongTermBehaviour::FixedPoint { state, .. } => state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_planted_separatrix_is_a_line() {
    let c = 0.4;
    let map = bistable_plane(c);
    let slice = GridSlice::plane(
        vec![0.0; 2],
        SliceAxis::coordinate(0, -5.0, 5.0, 41),
        SliceAxis::coordinate(1, -4.0, 4.0, 33),
    );
    let found = basins(&map, &slice, &BasinConfig::default()).unwrap();
    assert_eq!(found.labels().dim(), (33, 41));
    assert_eq!(found.attractors.len(), 2);
    for ((row, column), &label) in found.labels().indexed_iter() {
        let z = slice.state(row, column);
        let s = 0.6 * z[0] + 0.8 * z[1];
        if (s - c).abs() < 1e-9 {
            continue;
        }
        let end = fixed_point(&found, label);
        let expected = if s > c { c + 3.0 } else { c - 3.0 };
        assert!((end[0] - 0.6 * expected).abs() < 1e-5 && (end[1] - 0.8 * expected).abs() < 1e-5, "{z:?}");
    }
    let shares: f64 = found.attractors.iter().map(|a| a.share).sum();
    assert!((shares - 1.0).abs() < 1e-12 && found.attractors[0].points >= found.attractors[1].points);
    let counted = found.labels().iter().filter(|&&label| label == 1).count();
    assert_eq!(counted, found.attractors[1].points);
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Basins>(&text).unwrap(), found);
}

#[test]
fn slices_may_lie_across_the_coordinates() {
    // Along n through a base on the border: the label changes at 0.
    let map = bistable_plane(0.4);
    let base = vec![0.24, 0.32];
    let slice = GridSlice::line(base, SliceAxis::vector(vec![0.6, 0.8], -2.0, 2.0, 20));
    let found = basins(&map, &slice, &BasinConfig::default()).unwrap();
    for (column, s) in slice.columns.values().into_iter().enumerate() {
        let end = fixed_point(&found, found.labels()[[0, column]]);
        assert_eq!(end[0] > 0.24, s > 0.0, "{s}");
    }
    assert_eq!(found.attractors.iter().map(|a| a.points).collect::<Vec<_>>(), [10, 10]);
    let at = slice.state(0, 19);
    assert!((at[0] - 1.44).abs() < 1e-12 && (at[1] - 1.92).abs() < 1e-12);
}

#[test]
fn states_beyond_an_unstable_fixed_point_diverge() {
    // Slope 1/2 up to 1, then 3: the fixed point 0 attracts what lies below 5/4, the rest goes to infinity.
    let map = line_map(0.5, &[(2.5, 1.0, -1.0)]);
    let slice = GridSlice::line(vec![0.0], SliceAxis::coordinate(0, -2.0, 3.0, 101));
    let found = basins(&map, &slice, &BasinConfig::default()).unwrap();
    assert_eq!(found.attractors.len(), 2, "{:?}", found.attractors);
    for (column, x) in slice.columns.values().into_iter().enumerate() {
        let behaviour = &found.attractors[found.labels()[[0, column]] as usize].behaviour;
        if x > 1.25 + 1e-9 {
            assert!(matches!(behaviour, LongTermBehaviour::Divergent { step: 1.. }), "{x}");
        } else if x < 1.25 - 1e-9 {
            assert!(
                matches!(behaviour, LongTermBehaviour::FixedPoint { state, .. } if state[0].abs() < 1e-5)
            );
        }
    }
    // A state of the grid on the unstable fixed point itself says so by its exponent ln 3.
    let slice = GridSlice::line(vec![0.0], SliceAxis::coordinate(0, 0.0, 2.5, 3));
    let found = basins(&map, &slice, &BasinConfig::default()).unwrap();
    assert_eq!(found.labels(), array![[0, 1, 2]]);
    let repellor = found.attractors[1].behaviour.exponent().unwrap();
    assert!((repellor.value - 3.0_f64.ln()).abs() < 1e-9);
    assert_eq!(found.attractors[2].state, [2.5]);
}

#[test]
fn slow_spirals_come_to_one_fixed_point() {
    // A rotation with the modulus 0.9988: after 5000 steps 0.002 of the start is left, too much to repeat itself; after
    // 15,000 it is 10⁻⁸.
    let (sin, cos) = 0.7_f64.sin_cos();
    let r = 0.9988;
    let spiral = PiecewiseLinearMap::new(
        array![[r * cos, -r * sin], [r * sin, r * cos]],
        Array2::zeros((2, 0)),
        Array2::zeros((0, 2)),
        ndarray::Array1::zeros(0),
        array![0.1, 0.2],
        Array2::zeros((2, 0)),
    )
    .unwrap();
    let axis = |index| SliceAxis::coordinate(index, -3.0, 3.0, 7);
    let slice = GridSlice::plane(vec![0.0; 2], axis(0), axis(1));
    let found = basins(&spiral, &slice, &BasinConfig::default()).unwrap();
    assert_eq!(found.attractors.len(), 1, "{:?}", found.attractors);
    assert_eq!(found.attractors[0].points, 49);
    assert!(matches!(found.attractors[0].behaviour, LongTermBehaviour::FixedPoint { .. }));
}

#[test]
fn cycles_and_chaos_are_told_apart() {
    // An odd map with two chaotic bands: slope 3 up to 1/2, −1.2 beyond.
    let chaos = line_map(3.0, &[(-4.2, 1.0, -0.5), (4.2, -1.0, -0.5)]);
    let slice = GridSlice::line(vec![0.0], SliceAxis::coordinate(0, -1.6, 1.6, 64));
    let found = basins(&chaos, &slice, &BasinConfig::default()).unwrap();
    assert_eq!(found.attractors.len(), 2, "{:?}", found.attractors);
    for (column, x) in slice.columns.values().into_iter().enumerate() {
        let attractor = &found.attractors[found.labels()[[0, column]] as usize];
        assert!(attractor.behaviour.is_chaotic(), "{attractor:?}");
        assert_eq!(attractor.state[0] > 0.0, x > 0.0);
    }
    // |x| ↦ 2|x| up to 1/2, then slope 1/2: |x| settles at 3/2, and the sign alternates.
    let turning = line_map(-2.0, &[(1.5, 1.0, -0.5), (-1.5, -1.0, -0.5)]);
    let slice = GridSlice::line(vec![0.0], SliceAxis::coordinate(0, -1.6, 1.6, 64));
    let found = basins(&turning, &slice, &BasinConfig::default()).unwrap();
    assert_eq!(found.attractors.len(), 1);
    assert!(matches!(found.attractors[0].behaviour, LongTermBehaviour::Cycle { period: 2, .. }));
    assert!((found.attractors[0].state[0].abs() - 1.5).abs() < 1e-5);
}

#[test]
fn bad_input_and_budgets_are_refused() {
    let map = line_map(0.5, &[]);
    let slice = |axis| GridSlice::line(vec![0.0], axis);
    let axis = || SliceAxis::coordinate(0, -1.0, 1.0, 10);
    let refuse = |slice: &GridSlice, config: &BasinConfig| basins(&map, slice, config).unwrap_err();
    let config = BasinConfig::default();
    assert!(matches!(refuse(&GridSlice::line(vec![0.0; 2], axis()), &config), Error::Dimension { .. }));
    assert!(matches!(
        refuse(&slice(SliceAxis::coordinate(1, 0.0, 1.0, 2)), &config),
        Error::Dimension { .. }
    ));
    assert!(matches!(
        refuse(&slice(SliceAxis::vector(vec![1.0; 2], 0.0, 1.0, 2)), &config),
        Error::Dimension { .. }
    ));
    assert!(matches!(
        refuse(&slice(SliceAxis::coordinate(0, f64::NAN, 1.0, 2)), &config),
        Error::Setting { .. }
    ));
    assert!(matches!(refuse(&slice(SliceAxis::coordinate(0, 0.0, 1.0, 0)), &config), Error::Setting { .. }));
    let few = BasinConfig { max_total_steps: 10_000, ..config.clone() };
    assert!(matches!(refuse(&slice(axis()), &few), Error::Limit { limit: 10_000, .. }));
    assert!(matches!(
        refuse(&slice(axis()), &BasinConfig { overlap: 0.0, ..config.clone() }),
        Error::Setting { .. }
    ));
    // The identity: each state is a fixed point of its own.
    let identity = line_map(1.0, &[]);
    let limited = BasinConfig { max_attractors: 5, ..config };
    assert!(matches!(basins(&identity, &slice(axis()), &limited), Err(Error::Limit { limit: 5, .. })));
}
