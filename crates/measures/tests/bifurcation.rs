//! Bifurcation diagrams of families whose bifurcations are known.

use attractor_measures::{
    BifurcationConfig, BifurcationDiagram, BifurcationOutcome, Continuation, Error, bifurcation_diagram,
};
use attractor_systems::{Map, PiecewiseLinearMap};
use ndarray::{Array2, ArrayViewMut2, array};

struct Logistic(f64);

impl Map for Logistic {
    fn dim(&self) -> usize {
        1
    }
    fn step(&self, x: &[f64], _u: &[f64], next: &mut [f64]) {
        next[0] = self.0 * x[0] * (1.0 - x[0]);
    }
    fn jacobian(&self, x: &[f64], _u: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian[[0, 0]] = self.0 * (1.0 - 2.0 * x[0]);
    }
}

fn between(from: f64, to: f64, count: usize) -> Vec<f64> {
    (0..count).map(|i| from + (to - from) * (i as f64 + 0.5) / count as f64).collect()
}

/// x ↦ p + a x + Σ v max(0, w x + b).
fn line_map(p: f64, a: f64, units: &[(f64, f64, f64)]) -> PiecewiseLinearMap {
    PiecewiseLinearMap::new(
        array![[a]],
        Array2::from_shape_fn((1, units.len()), |(_, j)| units[j].0),
        Array2::from_shape_fn((units.len(), 1), |(i, _)| units[i].1),
        units.iter().map(|unit| unit.2).collect(),
        array![p],
        Array2::zeros((1, 0)),
    )
    .unwrap()
}

#[test]
fn the_period_doublings_of_the_logistic_map() {
    // At r = 3 and 1 + √6; the third at 3.544090 (Feigenbaum).
    let config = BifurcationConfig {
        transient: 20_000,
        samples: 64,
        max_period: 32,
        exponent_steps: 200,
        ..BifurcationConfig::default()
    };
    let parameters = between(2.9, 3.56, 132);
    let diagram = bifurcation_diagram(|r| Ok(Logistic(r)), &parameters, &[0.3], &config).unwrap();
    let changes = diagram.period_changes();
    assert_eq!(changes.len(), 3, "{changes:?}");
    let doublings = [3.0, 1.0 + 6.0_f64.sqrt(), 3.544_090];
    for ((change, at), period) in changes.iter().zip(doublings).zip([1, 2, 4]) {
        assert_eq!((change.period_before, change.period_after), (Some(period), Some(2 * period)));
        assert!(change.before <= at && at <= change.after, "{change:?}");
    }
    // The fixed point 1 - 1/r with the exponent ln |2 - r|.
    let first = &diagram.forward[0];
    let BifurcationOutcome::Bounded { samples, exponent, .. } = &first.outcome else { panic!("{first:?}") };
    assert!(samples.iter().all(|x| (x - (1.0 - 1.0 / first.parameter)).abs() < 1e-9));
    assert!((exponent.unwrap().value - (first.parameter - 2.0).ln()).abs() < 1e-6);
    assert!(diagram.backward.is_empty());
}

#[test]
fn chaos_and_escape_of_the_logistic_map() {
    let config = BifurcationConfig { exponent_steps: 20_000, ..BifurcationConfig::default() };
    let diagram = bifurcation_diagram(|r| Ok(Logistic(r)), &[4.0, 4.1, 3.83], &[0.3], &config).unwrap();
    let BifurcationOutcome::Bounded { period: None, exponent: Some(exponent), .. } =
        diagram.forward[0].outcome
    else {
        panic!("{:?}", diagram.forward[0])
    };
    assert!((exponent.value - 2.0_f64.ln()).abs() < 0.02, "{exponent:?}");
    assert!(matches!(diagram.forward[1].outcome, BifurcationOutcome::Divergent { step: 1.. }));
    assert!(diagram.forward[1].samples().is_empty());
    // After the divergence it starts anew: the window of period 3, from 1 + √8 on.
    assert_eq!(diagram.forward[2].period(), Some(3));
    let text = serde_json::to_string(&diagram).unwrap();
    assert_eq!(serde_json::from_str::<BifurcationDiagram>(&text).unwrap(), diagram);
}

#[test]
fn a_border_collision_at_zero() {
    // x ↦ μ + x/2 for x < 0, μ − 3x/2 for x > 0: a fixed point for μ < 0, and for μ > 0 a 2-cycle, as the product of
    // the slopes is −3/4 and the fixed point on the right has slope −3/2.
    let family = |mu: f64| Ok(line_map(mu, 0.5, &[(-2.0, 1.0, 0.0)]));
    let parameters = between(-0.5, 0.5, 50);
    let diagram = bifurcation_diagram(family, &parameters, &[0.1], &BifurcationConfig::default()).unwrap();
    let changes = diagram.period_changes();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(
        changes[0].before < 0.0 && changes[0].after > 0.0 && changes[0].after - changes[0].before < 0.021
    );
    assert_eq!((changes[0].period_before, changes[0].period_after), (Some(1), Some(2)));
    for point in &diagram.forward {
        let mu = point.parameter;
        // x_r = μ + x_l / 2, x_l = μ − 3 x_r / 2.
        let right = if mu < 0.0 { 2.0 * mu } else { 1.5 * mu / 1.75 };
        let largest = point.samples().iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        assert!((largest - right).abs() < 1e-9, "{mu} {largest} {right}");
        let BifurcationOutcome::Bounded { exponent: Some(exponent), .. } = &point.outcome else { panic!() };
        let expected = if mu < 0.0 { 0.5_f64.ln() } else { 0.5 * 0.75_f64.ln() };
        assert!((exponent.value - expected).abs() < 1e-9);
    }
}

#[test]
fn skew_tents_cross_from_order_to_chaos_at_slope_one() {
    // x ↦ s min(x, 1 − x): for s < 1 the fixed point 0, beyond it chaos with the exponent ln s. Just above 1 that has
    // 2^k bands which are narrower than the tolerance, so the parameters leave this range out.
    let family = |s: f64| Ok(line_map(0.0, s, &[(-2.0 * s, 1.0, -0.5)]));
    let config = BifurcationConfig { continuation: Continuation::Restart, ..BifurcationConfig::default() };
    let parameters = [between(0.8, 1.0, 8), between(1.2, 1.9, 14)].concat();
    let diagram = bifurcation_diagram(family, &parameters, &[0.37], &config).unwrap();
    let changes = diagram.period_changes();
    assert_eq!(changes.len(), 1);
    assert!(changes[0].before < 1.0 && changes[0].after > 1.0);
    for point in &diagram.forward {
        let BifurcationOutcome::Bounded { exponent: Some(exponent), period, .. } = &point.outcome else {
            panic!()
        };
        assert!((exponent.value - point.parameter.ln()).abs() < 1e-9, "{point:?}");
        assert_eq!(*period, (point.parameter < 1.0).then_some(1));
    }
}

#[test]
fn sweeps_in_both_directions_show_hysteresis() {
    // x ↦ p + x/5 + 8/5 clamp(x, −1, 1): the upper fixed point lives for p > −0.8, the lower for p < 0.8.
    let family = |p: f64| Ok(line_map(p - 1.6, 0.2, &[(1.6, 1.0, 1.0), (-1.6, 1.0, -1.0)]));
    let parameters = between(-1.0, 1.0, 40);
    let config = BifurcationConfig { continuation: Continuation::Both, ..BifurcationConfig::default() };
    let diagram = bifurcation_diagram(family, &parameters, &[0.0], &config).unwrap();
    for (forward, backward) in diagram.forward.iter().zip(&diagram.backward) {
        let p = forward.parameter;
        assert_eq!(backward.parameter, p);
        let (lower, upper) = ((p - 1.6) / 0.8, (p + 1.6) / 0.8);
        let expected = if p < 0.8 { lower } else { upper };
        assert!((forward.samples()[0] - expected).abs() < 1e-9, "{p}");
        let expected = if p > -0.8 { upper } else { lower };
        assert!((backward.samples()[0] - expected).abs() < 1e-9, "{p}");
    }
    let config = BifurcationConfig { continuation: Continuation::Backward, ..config };
    let backward = bifurcation_diagram(family, &parameters, &[0.0], &config).unwrap();
    assert!(backward.forward.is_empty() && backward.backward == diagram.backward);
}

#[test]
fn bad_input_is_refused() {
    let config = BifurcationConfig::default();
    let refuse = |parameters: &[f64], x0: &[f64], config: &BifurcationConfig| {
        bifurcation_diagram(|r| Ok(Logistic(r)), parameters, x0, config).unwrap_err()
    };
    assert!(matches!(refuse(&[], &[0.3], &config), Error::TooShort { .. }));
    assert!(matches!(refuse(&[1.0, f64::NAN], &[0.3], &config), Error::NonFinite { row: 1, .. }));
    assert!(matches!(refuse(&[1.0], &[0.3, 0.1], &config), Error::Dimension { .. }));
    assert!(matches!(refuse(&[1.0], &[f64::INFINITY], &config), Error::NonFinite { .. }));
    let change = |change: fn(&mut BifurcationConfig)| {
        let mut config = BifurcationConfig::default();
        change(&mut config);
        config
    };
    assert!(matches!(refuse(&[1.0], &[0.3], &change(|c| c.coordinate = 1)), Error::Dimension { .. }));
    assert!(matches!(refuse(&[1.0], &[0.3], &change(|c| c.samples = 100)), Error::TooShort { .. }));
    assert!(matches!(refuse(&[1.0], &[0.3], &change(|c| c.exponent_steps = 1)), Error::TooShort { .. }));
    assert!(matches!(refuse(&[1.0], &[0.3], &change(|c| c.scale = -1.0)), Error::Setting { .. }));
    assert!(matches!(refuse(&[1.0], &[0.3], &change(|c| c.perturbation = f64::NAN)), Error::Setting { .. }));
    // An error of the family comes through.
    let error = bifurcation_diagram(
        |_| -> Result<Logistic, Error> { Err(Error::OutOfRange) },
        &[1.0],
        &[0.3],
        &config,
    );
    assert!(matches!(error, Err(Error::OutOfRange)));
}
