//! Symbolic dynamics of maps whose shifts are known.

use attractor_measures::{
    Error, GraphBudget, Numbering, Region, SymbolSequence, SymbolicConfig, TransitionGraph, symbolic_orbit,
};
use attractor_systems::{PiecewiseLinearMap, Trajectory};
use ndarray::{Array1, Array2, array};

const GOLDEN: f64 = 1.618_033_988_749_895;

/// x ↦ left · x up to `peak`, then down with slope −`right`.
fn skew_tent(left: f64, right: f64, peak: f64) -> PiecewiseLinearMap {
    PiecewiseLinearMap::new(
        array![[left]],
        array![[-(left + right)]],
        array![[1.0]],
        array![-peak],
        array![0.0],
        Array2::zeros((1, 0)),
    )
    .unwrap()
}

fn orbit(map: &PiecewiseLinearMap, x0: f64, steps: usize) -> SymbolSequence {
    symbolic_orbit(map, &[x0], &SymbolicConfig { steps, ..SymbolicConfig::default() }).unwrap()
}

fn of(labels: &[u32]) -> TransitionGraph {
    SymbolSequence::from_labels(labels, Numbering::FirstVisit).unwrap().transition_graph().unwrap()
}

fn entropy(graph: &TransitionGraph) -> f64 {
    let entropy = graph.topological_entropy(&GraphBudget::default()).unwrap();
    assert!(entropy.lower <= entropy.value && entropy.value <= entropy.upper);
    assert!(entropy.upper - entropy.lower < 1e-11, "{entropy:?}");
    entropy.value
}

/// Words of each length from 1 on.
fn word_counts(graph: &TransitionGraph, max_length: usize) -> Vec<usize> {
    let words = graph.periodic_words(max_length, 100_000).unwrap();
    assert_eq!(words.complete_to, max_length);
    (1..=max_length).map(|length| words.words.iter().filter(|word| word.len() == length).count()).collect()
}

#[test]
fn a_skew_tent_is_the_full_shift() {
    // A Bernoulli shift with the probabilities c and 1 − c of the two pieces: Lebesgue measure is invariant.
    let c: f64 = 0.3;
    let sequence = orbit(&skew_tent(1.0 / c, 1.0 / (1.0 - c), c), 0.123, 200_000);
    let graph = sequence.transition_graph().unwrap();
    assert_eq!((graph.symbols().len(), graph.transitions().len()), (2, 4));
    assert!((entropy(&graph) - 2.0_f64.ln()).abs() < 1e-12);
    // Binary Lyndon words, OEIS A001037.
    assert_eq!(word_counts(&graph, 10), [2, 1, 2, 3, 6, 9, 18, 30, 56, 99]);
    let shannon = -c * c.ln() - (1.0 - c) * (1.0 - c).ln();
    let classes = graph.recurrent_classes(100).unwrap();
    assert_eq!(classes.len(), 1);
    // Standard errors are about 1e-3.
    assert!((classes[0].entropy_rate - shannon).abs() < 5e-3);
    let right = graph.symbols().iter().position(|symbol| symbol.label == "1").unwrap();
    assert!((classes[0].probabilities[right] - 0.7).abs() < 5e-3);
    let metric = sequence.metric_entropy(20).unwrap().unwrap();
    assert!(metric.length >= 10 && (metric.rate - shannon).abs() < 5e-3, "{metric:?}");
    let entropies = sequence.block_entropies(24).unwrap();
    let last = &entropies[23];
    assert!(!last.is_well_sampled() && last.rate < 0.5 * shannon, "{last:?}");
    assert!(last.corrected > last.entropy);
}

#[test]
fn the_tent_of_golden_slope_is_the_golden_mean_shift() {
    // Its critical point is mapped to φ/2, then (φ - 1)/2, then back: two intervals A -> B, B -> A ∪ B.
    let sequence = orbit(&skew_tent(GOLDEN, GOLDEN, 0.5), 0.4321, 100_000);
    let graph = sequence.transition_graph().unwrap();
    assert_eq!(graph.transitions().len(), 3);
    assert!((entropy(&graph) - GOLDEN.ln()).abs() < 1e-12);
    // OEIS A006206, the orbits of the golden mean shift.
    assert_eq!(word_counts(&graph, 11), [1, 1, 1, 1, 2, 2, 4, 5, 8, 11, 18]);
    // Constant slope: the measure is that of largest entropy, π_A = 1/(1 + φ²) and P(B→B) = 1/φ.
    let class = &graph.recurrent_classes(100).unwrap()[0];
    assert!((class.entropy_rate - GOLDEN.ln()).abs() < 5e-3, "{class:?}");
    let left = graph.symbols().iter().position(|symbol| symbol.label == "0").unwrap();
    assert!((class.probabilities[left] - 1.0 / (1.0 + GOLDEN * GOLDEN)).abs() < 5e-3);
    let right = 1 - left as u32;
    assert!((graph.probability(right, right) - 1.0 / GOLDEN).abs() < 5e-3);
    assert_eq!(graph.probability(left as u32, left as u32), 0.0);
    let metric = sequence.metric_entropy(16).unwrap().unwrap();
    assert!((metric.rate - GOLDEN.ln()).abs() < 5e-3);
}

#[test]
fn reducible_and_periodic_graphs_have_the_entropy_of_their_largest_part() {
    // One cycle alone.
    assert_eq!(entropy(&of(&[0, 1, 2, 3, 0, 1, 2, 3, 0])), 0.0);
    assert_eq!(entropy(&of(&[0, 1, 2])), 0.0);
    // Period 2, bipartite: {0} -> {1, 2} -> {0}, ρ = √2, on which a plain power iteration does not settle.
    let bipartite = of(&[0, 1, 0, 2, 0, 1]);
    assert!((entropy(&bipartite) - 0.5 * 2.0_f64.ln()).abs() < 1e-12);
    // A full 3-shift that leads into a golden mean shift, from which nothing leads back.
    let mut labels = vec![0, 0, 1, 1, 2, 2, 0, 2, 1, 0];
    labels.extend([10, 10, 11, 10]);
    let reducible = of(&labels);
    assert_eq!(reducible.components(), [vec![0, 1, 2], vec![3, 4]]);
    assert!((entropy(&reducible) - 3.0_f64.ln()).abs() < 1e-12);
    // Only the golden mean shift is recurrent.
    let classes = reducible.recurrent_classes(10).unwrap();
    assert_eq!(classes.len(), 1);
    assert_eq!(classes[0].symbols, [3, 4]);
    assert!((classes[0].probabilities[0] - 2.0 / 3.0).abs() < 1e-15);
    assert!((classes[0].probabilities[1] - 1.0 / 3.0).abs() < 1e-15);
    assert!(matches!(reducible.recurrent_classes(1), Err(Error::Limit { limit: 1, .. })));
    // Nothing that was seen only once goes on.
    assert!(of(&[0, 1, 2]).recurrent_classes(10).unwrap().is_empty());
}

#[test]
fn a_long_cycle_with_a_chord_is_solved_by_inverse_iteration() {
    // Cycles of length 400 and 399: ρ solves x^400 = x + 1.
    let once: Vec<u32> = (0..400).chain(1..400).chain([0]).collect();
    let graph = of(&once);
    assert_eq!(graph.transitions().len(), 401);
    let (mut low, mut high) = (1.0_f64, 1.1_f64);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle.powi(400) > middle + 1.0 { high = middle } else { low = middle }
    }
    assert!((entropy(&graph) - low.ln()).abs() < 1e-12);
    // Without the dense solution the bounds are wider, and hold.
    let rough = graph.topological_entropy(&GraphBudget { dense: 0, ..GraphBudget::default() }).unwrap();
    assert!(rough.lower <= low.ln() && low.ln() <= rough.upper && rough.upper - rough.lower > 1e-9);
}

#[test]
fn words_stop_at_the_budget() {
    let graph = of(&[0, 0, 1, 1, 0]);
    let words = graph.periodic_words(30, 10).unwrap();
    assert_eq!((words.words.len(), words.complete_to), (10, 4));
    assert_eq!(words.words[..5], [vec![0], vec![1], vec![0, 1], vec![0, 0, 1], vec![0, 1, 1]]);
    assert!(matches!(graph.periodic_words(0, 10), Err(Error::Setting { .. })));
}

#[test]
fn numbers_follow_the_first_visit_or_the_frequency() {
    let first = SymbolSequence::from_labels(&["b", "a", "a", "c", "c", "c"], Numbering::FirstVisit).unwrap();
    assert_eq!(first.symbols(), [0, 1, 1, 2, 2, 2]);
    let frequent =
        SymbolSequence::from_labels(&["b", "a", "a", "c", "c", "c"], Numbering::Frequency).unwrap();
    assert_eq!(frequent.symbols(), [2, 1, 1, 0, 0, 0]);
    let c = &frequent.alphabet()[0];
    assert_eq!((c.label.as_str(), c.visits, c.first_visit), ("c", 3, 3));
}

#[test]
fn trajectories_are_coded_by_regions_or_by_a_partition() {
    let map = skew_tent(2.0, 2.0, 0.5);
    let data = Trajectory::new(array![[0.1], [0.2], [0.4], [0.8], [0.4]], 1.0).unwrap();
    let regions = SymbolSequence::from_regions(&map, &data, Numbering::FirstVisit).unwrap();
    assert_eq!(regions.symbols(), [0, 0, 0, 1, 0]);
    let thirds =
        SymbolSequence::from_partition(&data, |x| (3.0 * x[0]) as usize, Numbering::FirstVisit).unwrap();
    assert_eq!(thirds.symbols(), [0, 0, 1, 2, 1]);
    let wide = Trajectory::new(Array2::zeros((3, 2)), 1.0).unwrap();
    assert!(matches!(
        SymbolSequence::from_regions(&map, &wide, Numbering::FirstVisit),
        Err(Error::Dimension { .. })
    ));
}

#[test]
fn regions_are_compact_and_readable() {
    let active: Vec<bool> = (0..130).map(|unit| unit % 7 == 0).collect();
    let region = Region::new(&active);
    assert_eq!(region.units(), 130);
    assert!(region.active().eq((0..130).step_by(7)));
    assert!(region.is_active(126) && !region.is_active(127) && !region.is_active(500));
    let text = serde_json::to_string(&region).unwrap();
    assert!(text.starts_with("\"1000000100"));
    assert_eq!(serde_json::from_str::<Region>(&text).unwrap(), region);
    assert!(serde_json::from_str::<Region>("\"10x\"").is_err());
}

#[test]
fn graphs_are_exported() {
    let graph = SymbolSequence::from_labels(&["say \"a\"", "b", "b"], Numbering::FirstVisit)
        .unwrap()
        .transition_graph()
        .unwrap();
    let dot = graph.to_dot();
    assert!(dot.starts_with("digraph symbols {") && dot.ends_with("}\n"), "{dot}");
    assert!(dot.contains(r#"0 [label="0\nsay \"a\"\n33.3%""#), "{dot}");
    assert!(dot.contains("0 -> 1 [label=\"1.000\""), "{dot}");
    let text = serde_json::to_string(&graph).unwrap();
    assert_eq!(serde_json::from_str::<TransitionGraph>(&text).unwrap(), graph);
    // A symbol that does not exist.
    let broken = text.replace(r#""to":1"#, r#""to":7"#);
    assert!(serde_json::from_str::<TransitionGraph>(&broken).is_err());
}

#[test]
fn bad_input_is_refused() {
    let map = skew_tent(2.0, 2.0, 0.5);
    let config = SymbolicConfig::default();
    assert!(matches!(symbolic_orbit(&map, &[0.1, 0.2], &config), Err(Error::Dimension { .. })));
    assert!(matches!(symbolic_orbit(&map, &[f64::NAN], &config), Err(Error::NonFinite { .. })));
    // 2 · 2^-k x until it overflows on the negative side.
    assert!(matches!(symbolic_orbit(&map, &[-1.0], &config), Err(Error::Diverged { .. })));
    let none = SymbolicConfig { steps: 0, ..config.clone() };
    assert!(matches!(symbolic_orbit(&map, &[0.1], &none), Err(Error::TooShort { .. })));
    let few = SymbolicConfig { transient: 0, max_symbols: 1, ..config };
    assert!(matches!(
        symbolic_orbit(&skew_tent(GOLDEN, GOLDEN, 0.5), &[0.1], &few),
        Err(Error::Limit { .. })
    ));
    assert!(SymbolSequence::from_labels::<u32>(&[], Numbering::FirstVisit).is_err());
    let one = SymbolSequence::from_labels(&[1], Numbering::FirstVisit).unwrap();
    assert!(matches!(one.transition_graph(), Err(Error::TooShort { .. })));
    assert!(matches!(one.block_entropies(1), Err(Error::TooShort { .. })));
}

#[test]
fn codes_more_than_64_units() {
    // Thresholds at 0.005 + k/100: the region counts how many lie below x.
    let units = 100;
    let map = PiecewiseLinearMap::new(
        array![[0.0]],
        Array2::zeros((1, units)),
        Array2::ones((units, 1)),
        Array1::from_shape_fn(units, |k| -(0.005 + k as f64 / 100.0)),
        array![0.755],
        Array2::zeros((1, 0)),
    )
    .unwrap();
    let config = SymbolicConfig { transient: 0, steps: 3, ..SymbolicConfig::default() };
    let sequence = symbolic_orbit(&map, &[0.1], &config).unwrap();
    let ones = |index: usize| sequence.alphabet()[index].label.matches('1').count();
    assert_eq!((sequence.symbols(), ones(0)), (&[0, 1, 1][..], 10));
    assert!((75..=76).contains(&ones(1)));
}
