//! The analysis of maps whose fixed points, exponents and manifolds are known, in the units of the data.

use attractor::{Error, FixedPoint, measures::Stability, models::LinearReadout, prelude::*};
use nalgebra::DMatrix;
use ndarray::{Array1, Array2, array};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const DT: f64 = 0.5;

/// Without noise.
fn model(dynamics: PiecewiseLinearMap, readout: LinearReadout) -> GenerativeModel {
    let (m, n) = (dynamics.h().len(), readout.offset.len());
    GenerativeModel {
        dynamics,
        readout,
        initial_mean: Array1::zeros(m),
        initial_sd: Array1::ones(m),
        process_sd: Array1::zeros(m),
        observation_sd: Array1::zeros(n),
    }
}

/// z1' = 1.5 z1 up to |z1| = 1 and 0.5 z1 ± 1 beyond, z2' = 0.25 z2: a saddle at (0, 0), stable nodes at (±2, 0). Seen
/// through x = (2 z1 + 1, z1 + z2) and data of mean (20, 2) and variance (200, 8).
fn two_wells() -> Reconstruction {
    let dynamics = PiecewiseLinearMap::new(
        array![[1.5, 0.0], [0.0, 0.25]],
        array![[-1.0, 1.0], [0.0, 0.0]],
        array![[1.0, 0.0], [-1.0, 0.0]],
        array![-1.0, -1.0],
        array![0.0, 0.0],
        Array2::zeros((2, 0)),
    )
    .unwrap();
    let readout = LinearReadout { matrix: array![[2.0, 0.0], [1.0, 1.0]], offset: array![1.0, 0.0] };
    let data = Trajectory::new(array![[10.0, 0.0], [30.0, 4.0]], DT).unwrap();
    let data = data.with_names(["voltage", "current"]).unwrap();
    let standardizer = Standardizer::fit(&data).unwrap();
    Reconstruction::new(model(dynamics, readout), &data, Some(standardizer)).unwrap()
}

fn quick(reconstruction: &Reconstruction, start: &[f64]) -> Analysis {
    let mut config = AnalysisConfig::quick();
    (config.steps, config.lyapunov.steps, config.symbols.steps) = (500, 1_000, 1_000);
    analyse(reconstruction, start, &config, &mut ChaCha8Rng::seed_from_u64(1)).unwrap()
}

fn close(found: &[f64], expected: &[f64]) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9)
}

#[test]
fn fixed_points_are_all_found_and_told_in_the_units_of_the_data() {
    let analysis = quick(&two_wells(), &[1.2, 1.0]);
    assert!(analysis.fixed_points_complete, "{:?}", analysis.notes);
    let expected = [(-2.0, Stability::StableNode), (0.0, Stability::Saddle), (2.0, Stability::StableNode)];
    assert_eq!(analysis.fixed_points.len(), expected.len());
    for (point, (z, stability)) in analysis.fixed_points.iter().zip(expected) {
        let position = [20.0 + 200f64.sqrt() * (2.0 * z + 1.0), 2.0 + 8f64.sqrt() * z];
        assert!(close(&point.position, &position), "{:?}", point.position);
        assert!(close(&point.state, &[z, 0.0]));
        assert_eq!(point.stability, stability);
        let slope: f64 = if z == 0.0 { 1.5 } else { 0.5 };
        let rates: Vec<f64> = point.eigenvalues.iter().map(|value| value.growth_rate.unwrap()).collect();
        assert!(close(&rates, &[slope.ln() / DT, 0.25f64.ln() / DT]));
    }
    assert!(analysis.cycles.is_empty());
    assert_eq!(analysis.variables, ["voltage", "current"]);
}

#[test]
fn exponents_are_per_unit_of_time_and_a_point_has_no_dimension() {
    let analysis = quick(&two_wells(), &[1.2, 1.0]);
    let exponents: Vec<f64> = analysis.lyapunov_spectrum.iter().map(|exponent| exponent.value).collect();
    assert!(close(&exponents, &[0.5f64.ln() / DT, 0.25f64.ln() / DT]), "{exponents:?}");
    assert_eq!(analysis.kaplan_yorke, Some(0.0));
    let symbols = analysis.symbolic_dynamics.unwrap();
    assert_eq!((symbols.regions, symbols.topological_entropy.value), (1, 0.0));
    assert!(analysis.slow_points.iter().any(|point| close(&point.state, &[2.0, 0.0])));
}

#[test]
fn the_unstable_manifold_of_the_saddle_ends_at_the_stable_nodes() {
    use attractor::measures::{BranchEnd, ManifoldKind};
    let analysis = quick(&two_wells(), &[1.2, 1.0]);
    let unstable = analysis.manifolds.iter().find(|line| line.kind == ManifoldKind::Unstable).unwrap();
    assert_eq!(unstable.fixed_point, 1);
    assert!((unstable.eigenvalue - 1.5).abs() < 1e-12);
    for (branch, node) in unstable.branches.iter().zip([2, 0]) {
        assert_eq!(branch.end, BranchEnd::Point);
        assert!((branch.length - 2.0).abs() < 1e-9);
        let last = branch.positions.rows().into_iter().next_back().unwrap().to_vec();
        assert!(close(&last, &analysis.fixed_points[node].position), "{last:?}");
    }
    let stable = analysis.manifolds.iter().find(|line| line.kind == ManifoldKind::Stable).unwrap();
    assert!((stable.eigenvalue - 0.25).abs() < 1e-12);
}

#[test]
fn what_the_budget_does_not_allow_is_searched_for_and_said() {
    let mut config = AnalysisConfig::quick();
    (config.steps, config.lyapunov.steps, config.symbols.steps) = (500, 1_000, 1_000);
    config.certificate.budget = 1;
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let analysis = analyse(&two_wells(), &[1.2, 1.0], &config, rng).unwrap();
    assert!(!analysis.fixed_points_complete);
    assert!(analysis.certificate.is_none());
    assert!(analysis.notes.iter().any(|note| note.contains("1 are allowed")), "{:?}", analysis.notes);
    let states: Vec<f64> = analysis.fixed_points.iter().map(|point| point.state[0]).collect();
    assert!(close(&states, &[-2.0, 0.0, 2.0]), "{states:?}");
}

#[test]
fn a_model_that_explodes_still_has_its_fixed_points() {
    let matrix = array![[1.5, 0.0], [0.0, 2.0]];
    let zeros = (Array2::zeros((2, 0)), Array2::zeros((0, 2)));
    let dynamics = PiecewiseLinearMap::new(
        matrix,
        zeros.0.clone(),
        zeros.1,
        Array1::zeros(0),
        array![1.0, 1.0],
        zeros.0,
    )
    .unwrap();
    let readout = LinearReadout { matrix: Array2::eye(2), offset: Array1::zeros(2) };
    let data = Trajectory::new(array![[0.0, 0.0], [1.0, 1.0]], DT).unwrap();
    let reconstruction = Reconstruction::new(model(dynamics, readout), &data, None).unwrap();
    let analysis = quick(&reconstruction, &[1.0, 1.0]);
    assert!(close(&analysis.fixed_points[0].position, &[-2.0, -1.0]));
    assert_eq!(analysis.fixed_points[0].stability, Stability::UnstableNode);
    assert!(analysis.lyapunov_spectrum.is_empty() && analysis.kaplan_yorke.is_none());
    assert!(analysis.notes.iter().any(|note| note.contains("diverged")), "{:?}", analysis.notes);
}

#[test]
fn survives_serde_with_the_documented_keys() {
    let analysis = quick(&two_wells(), &[1.2, 1.0]);
    let json = serde_json::to_value(&analysis).unwrap();
    assert_eq!(json["fixed_points_complete"], true);
    assert_eq!(json["fixed_points"][1]["stability"], "saddle");
    assert!(json["fixed_points"][1]["position"][0].is_f64());
    assert_eq!(json["fixed_points"][1]["eigenvalues"][0]["re"], 1.5);
    assert_eq!(json["cycles"].as_array().unwrap().len(), 0);
    assert!(json["lyapunov_spectrum"][0]["value"].is_f64());
    assert!(json["lyapunov_spectrum"][0]["standard_error"].is_f64());
    assert_eq!(json["kaplan_yorke"], 0.0);
    assert_eq!(serde_json::from_value::<Analysis>(json).unwrap(), analysis);
    let config = AnalysisConfig::quick();
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(serde_json::from_str::<AnalysisConfig>(&text).unwrap(), config);
}

/// The exact time-0.01 map of Lorenz-63 linearised at its focus, around a place that is off by 0.1 in x.
fn one_focus() -> (Reconstruction, Trajectory) {
    let (dt, c) = (0.01, 72f64.sqrt());
    let lorenz = Lorenz63::default();
    let data = Simulation::of(&lorenz, 5_000).dt(dt).transient(500).run(&lorenz).unwrap();
    let mut jacobian = Array2::zeros((3, 3));
    lorenz.jacobian(0.0, &[c, c, 27.0], jacobian.view_mut());
    let step = (DMatrix::from_fn(3, 3, |i, j| jacobian[[i, j]]) * dt).exp();
    let step = Array2::from_shape_fn((3, 3), |(i, j)| step[(i, j)]);
    let center = array![c + 0.1, c, 27.0];
    let offset = &center - &step.dot(&center);
    let (a, b) = (Array2::zeros((3, 0)), Array2::zeros((0, 3)));
    let dynamics = PiecewiseLinearMap::new(step, a.clone(), b, Array1::zeros(0), offset, a).unwrap();
    let readout = LinearReadout { matrix: Array2::eye(3), offset: Array1::zeros(3) };
    (Reconstruction::new(model(dynamics, readout), &data, None).unwrap(), data)
}

#[test]
fn says_which_true_fixed_points_a_model_has() {
    let (reconstruction, data) = one_focus();
    let c = 72f64.sqrt();
    let fixed_points = quick(&reconstruction, &[c, c + 0.1, 27.0]).fixed_points;
    let lorenz = Lorenz63::default();
    let truth: Vec<TrueFixedPoint> = [[-c, -c, 27.0], [0.0; 3], [c, c, 27.0]]
        .map(|place| TrueFixedPoint::of(&lorenz, place.to_vec()).unwrap())
        .into();
    // The origin by hand: −β, and the roots of μ² + (σ + 1) μ = σ (ρ − 1).
    let root = (11f64 * 11.0 + 4.0 * 270.0).sqrt();
    let rates: Vec<f64> = truth[1].rates.iter().map(|rate| rate.re).collect();
    assert!(close(&rates, &[(root - 11.0) / 2.0, -8.0 / 3.0, (-root - 11.0) / 2.0]), "{rates:?}");
    let stabilities: Vec<Stability> = truth.iter().map(|point| point.stability).collect();
    assert_eq!(stabilities, [Stability::SaddleFocus, Stability::Saddle, Stability::SaddleFocus]);

    let compared = compare_fixed_points(&fixed_points, &truth, &data).unwrap();
    assert_eq!(compared.iter().map(|point| point.near).collect::<Vec<_>>(), [false, false, true]);
    let nearest = compared[2].nearest.as_ref().unwrap();
    assert!((nearest.distance - 0.1).abs() < 1e-9);
    let sd = Standardizer::fit(&data).unwrap().sd()[0];
    assert!((nearest.distance_sd - 0.1 / sd).abs() < 1e-9);
    assert_eq!(nearest.stability, Stability::SaddleFocus);
    assert!(nearest.same_unstable_dim);
    for (model, rate) in nearest.eigenvalues.iter().zip(&truth[2].rates) {
        assert!((model.growth_rate.unwrap() - rate.re).abs() < 1e-8, "{model:?}, {rate:?}");
        assert!((model.angular_frequency - rate.im).abs() < 1e-8, "{model:?}, {rate:?}");
    }
    let none = compare_fixed_points(&[], &truth, &data).unwrap();
    assert!(none.iter().all(|point| !point.near && point.nearest.is_none()));
}

#[test]
fn nonsense_is_an_error() {
    let lorenz = Lorenz63::default();
    let moving = TrueFixedPoint::of(&lorenz, vec![1.0, 2.0, 3.0]).unwrap_err();
    assert!(matches!(moving, Error::NotFixed { speed } if speed > 1.0), "{moving}");
    assert!(matches!(TrueFixedPoint::of(&lorenz, vec![f64::NAN; 3]), Err(Error::NotFixed { .. })));
    assert!(matches!(TrueFixedPoint::of(&lorenz, vec![0.0]), Err(Error::Size { expected: 3, found: 1, .. })));
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let wells = two_wells();
    let short = analyse(&wells, &[0.0], &AnalysisConfig::quick(), rng);
    assert!(matches!(short, Err(Error::Size { expected: 2, found: 1, .. })));
    let driven = AnalysisConfig { input: vec![1.0], ..AnalysisConfig::quick() };
    assert!(matches!(analyse(&wells, &[0.0; 2], &driven, rng), Err(Error::Size { .. })));
    let fixed_points: Vec<FixedPoint> = quick(&wells, &[1.2, 1.0]).fixed_points;
    let (_, data) = one_focus();
    assert!(matches!(
        compare_fixed_points(&fixed_points, &[], &data),
        Err(Error::Size { expected: 3, found: 2, .. })
    ));
}
