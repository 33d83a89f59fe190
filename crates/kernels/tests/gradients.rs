//! The kernels against a rollout written out plainly, and their gradients against finite differences of it.

use attractor_kernels::{
    Element, Features, Forcing, Gradients, Instructions, Rollout, Wanted, backward_with, forward_with,
};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One rollout with everything that it is made of, in f64.
#[derive(Clone, Debug)]
struct Case {
    kind: Kind,
    batch: usize,
    steps: usize,
    m: usize,
    l: usize,
    n: usize,
    has_drive: bool,
    has_forcing: bool,
    has_mask: bool,
    values: Values,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Rectified { linear: usize, centred: bool },
    Hidden { clipped: bool },
    Bases { clipped: bool },
}

#[derive(Clone, Debug)]
struct Values {
    a: Vec<f64>,
    w: Vec<f64>,
    h: Vec<f64>,
    weights: Vec<f64>,
    thresholds: Vec<f64>,
    z0: Vec<f64>,
    drive: Vec<f64>,
    target: Vec<f64>,
    alpha: Vec<f64>,
    mask: Vec<f64>,
}

impl Case {
    fn new(
        kind: Kind,
        [batch, steps, m, l, n]: [usize; 5],
        [has_drive, has_forcing, has_mask]: [bool; 3],
        seed: u64,
    ) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut draw = |count: usize, scale: f64| -> Vec<f64> {
            // Exact in f32, so that both precisions see the same rollout.
            (0..count).map(|_| f64::from((rng.random_range(-1.0..1.0) * scale) as f32)).collect()
        };
        let (units, weights, thresholds) = match kind {
            Kind::Rectified { .. } => (m, 0, 0),
            Kind::Hidden { .. } => (l, l * m, l),
            Kind::Bases { .. } => (m, l, m * l),
        };
        let mut values = Values {
            a: draw(m, 0.8),
            w: draw(m * units, 0.9 / (units as f64).sqrt()),
            h: draw(m, 0.3),
            weights: draw(weights, 0.9 / (m.max(l) as f64).sqrt()),
            thresholds: draw(thresholds, 0.5),
            z0: draw(batch * m, 1.0),
            drive: draw(batch * steps * m, 0.2),
            target: draw(batch * steps * n, 1.0),
            alpha: draw(steps, 1.0),
            mask: draw(batch * steps * n, 1.0),
        };
        // None, some and full forcing, at every place a mixture.
        for (t, alpha) in values.alpha.iter_mut().enumerate() {
            *alpha = [0.0, 1.0, alpha.abs()][t % 3];
        }
        for mask in &mut values.mask {
            *mask = if *mask > 0.0 { 1.0 } else { 0.0 };
        }
        Self { kind, batch, steps, m, l, n, has_drive, has_forcing, has_mask, values }
    }

    fn with<E: Element, R>(&self, number: impl Fn(f64) -> E, run: impl Fn(&Rollout<'_, E>) -> R) -> R {
        let v = &self.values;
        let all = |values: &[f64]| -> Vec<E> { values.iter().map(|value| number(*value)).collect() };
        let (a, w, h, z0) = (all(&v.a), all(&v.w), all(&v.h), all(&v.z0));
        let (weights, thresholds) = (all(&v.weights), all(&v.thresholds));
        let (drive, target, alpha, mask) = (all(&v.drive), all(&v.target), all(&v.alpha), all(&v.mask));
        run(&Rollout {
            batch: self.batch,
            steps: self.steps,
            latent: self.m,
            a: &a,
            w: &w,
            h: &h,
            features: match self.kind {
                Kind::Rectified { linear, centred } => Features::Rectified { linear, centred },
                Kind::Hidden { clipped } => {
                    Features::Hidden { weights: &weights, thresholds: &thresholds, clipped }
                }
                Kind::Bases { clipped } => {
                    Features::Bases { slopes: &weights, thresholds: &thresholds, clipped }
                }
            },
            z0: &z0,
            drive: self.has_drive.then_some(&drive[..]),
            forcing: self.has_forcing.then_some(Forcing {
                width: self.n,
                target: &target,
                alpha: &alpha,
                mask: self.has_mask.then_some(&mask[..]),
            }),
        })
    }

    /// The rollout as its equations say it, one number after the other.
    fn plain(&self) -> Vec<f64> {
        let (m, l, v) = (self.m, self.l, &self.values);
        let relu = |x: f64| x.max(0.0);
        let mut states = vec![0.0; self.batch * self.steps * m];
        for b in 0..self.batch {
            let mut z = v.z0[b * m..(b + 1) * m].to_vec();
            for t in 0..self.steps {
                let f: Vec<f64> = match self.kind {
                    Kind::Rectified { linear, centred } => {
                        let mean = if centred { z.iter().sum::<f64>() / m as f64 } else { 0.0 };
                        let rectify =
                            |(i, z): (usize, &f64)| if i < linear { z - mean } else { relu(z - mean) };
                        z.iter().enumerate().map(rectify).collect()
                    }
                    Kind::Hidden { clipped } => (0..l)
                        .map(|j| {
                            let y: f64 = (0..m).map(|k| v.weights[j * m + k] * z[k]).sum();
                            relu(y + v.thresholds[j]) - if clipped { relu(y) } else { 0.0 }
                        })
                        .collect(),
                    Kind::Bases { clipped } => (0..m)
                        .map(|i| {
                            let basis = |j: usize| {
                                let off = if clipped { relu(z[i]) } else { 0.0 };
                                v.weights[j] * (relu(z[i] - v.thresholds[i * l + j]) - off)
                            };
                            (0..l).map(basis).sum()
                        })
                        .collect(),
                };
                for i in 0..m {
                    let sum: f64 = f.iter().enumerate().map(|(j, f)| v.w[i * f_len(&v.w, m) + j] * f).sum();
                    let drive = if self.has_drive { v.drive[(b * self.steps + t) * m + i] } else { 0.0 };
                    states[(b * self.steps + t) * m + i] = v.a[i] * z[i] + sum + v.h[i] + drive;
                }
                z.copy_from_slice(&states[(b * self.steps + t) * m..][..m]);
                self.force(b, t, &mut z);
            }
        }
        states
    }

    /// z̃_t from ẑ_t, in place.
    fn force(&self, b: usize, t: usize, z: &mut [f64]) {
        let v = &self.values;
        for (i, z) in z.iter_mut().enumerate().take(if self.has_forcing { self.n } else { 0 }) {
            let place = (b * self.steps + t) * self.n + i;
            let mask = if self.has_mask { v.mask[place] } else { 1.0 };
            *z += v.alpha[t] * mask * (v.target[place] - *z);
        }
    }

    /// How near the rolled-out `states` come to a kink of a feature.
    fn nearest_kink(&self, states: &[f64]) -> f64 {
        let (m, l, v) = (self.m, self.l, &self.values);
        let mut nearest = f64::INFINITY;
        let mut see = |x: f64| nearest = nearest.min(x.abs());
        for b in 0..self.batch {
            let mut z = v.z0[b * m..(b + 1) * m].to_vec();
            for t in 0..self.steps {
                match self.kind {
                    Kind::Rectified { linear, centred } => {
                        let mean = if centred { z.iter().sum::<f64>() / m as f64 } else { 0.0 };
                        z.iter().skip(linear).for_each(|z| see(z - mean));
                    }
                    Kind::Hidden { .. } => (0..l).for_each(|j| {
                        let y: f64 = (0..m).map(|k| v.weights[j * m + k] * z[k]).sum();
                        see(y);
                        see(y + v.thresholds[j]);
                    }),
                    Kind::Bases { .. } => (0..m).for_each(|i| {
                        see(z[i]);
                        (0..l).for_each(|j| see(z[i] - v.thresholds[i * l + j]));
                    }),
                }
                z.copy_from_slice(&states[(b * self.steps + t) * m..][..m]);
                self.force(b, t, &mut z);
            }
        }
        nearest
    }
}

fn f_len(w: &[f64], m: usize) -> usize {
    w.len() / m
}

/// L = Σ c ẑ with fixed c of order 1, whose gradient with respect to ẑ is c.
fn cotangent(len: usize) -> Vec<f64> {
    (0..len).map(|i| f64::from(((i * 7919 + 13) % 101) as f32 / 50.0 - 1.0)).collect()
}

/// Largest difference relative to the largest entry.
fn difference<E: Copy + Into<f64>>(found: &[E], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(1e-6, |scale: f64, x| scale.max(x.abs()));
    found.iter().zip(expected).fold(0.0, |worst: f64, (found, expected)| {
        let difference = ((*found).into() - expected).abs() / scale;
        if difference.is_nan() { f64::INFINITY } else { worst.max(difference) }
    })
}

const ALL: Wanted = Wanted { drive: true, target: true };

fn gradients<E: Element>(
    case: &Case,
    set: Instructions,
    number: impl Fn(f64) -> E,
) -> (Vec<E>, Gradients<E>) {
    let grad = cotangent(case.batch * case.steps * case.m);
    let grad: Vec<E> = grad.into_iter().map(&number).collect();
    case.with(&number, |rollout| {
        let states = forward_with(set, rollout);
        let gradients = backward_with(set, rollout, &states, &grad, ALL);
        (states, gradients)
    })
}

/// Every gradient with its name.
fn named<E: Clone>(gradients: &Gradients<E>) -> Vec<(&'static str, Vec<E>)> {
    let mut named = vec![
        ("a", gradients.a.clone()),
        ("W", gradients.w.clone()),
        ("h", gradients.h.clone()),
        ("weights", gradients.weights.clone()),
        ("thresholds", gradients.thresholds.clone()),
        ("z0", gradients.z0.clone()),
        ("drive", gradients.drive.clone().expect("wanted")),
    ];
    named.extend(gradients.target.clone().map(|target| ("target", target)));
    named
}

fn values_of<'a>(case: &'a mut Case, name: &str) -> &'a mut Vec<f64> {
    let v = &mut case.values;
    match name {
        "a" => &mut v.a,
        "W" => &mut v.w,
        "h" => &mut v.h,
        "weights" => &mut v.weights,
        "thresholds" => &mut v.thresholds,
        "z0" => &mut v.z0,
        "drive" => &mut v.drive,
        _ => &mut v.target,
    }
}

/// Central differences of the plain rollout. A step that crosses a kink has another slope on both sides, and is left out.
fn check_by_differences(case: &Case) {
    let (_, gradients) = gradients(case, Instructions::Portable, |x| x);
    let c = cotangent(case.batch * case.steps * case.m);
    let loss = |case: &Case| -> f64 { case.plain().iter().zip(&c).map(|(z, c)| z * c).sum() };
    let here = loss(case);
    let (mut checked, mut kinks) = (0, 0);
    for (name, gradient) in named(&gradients) {
        if name == "drive" && !case.has_drive {
            continue;
        }
        let scale = gradient.iter().fold(1e-3, |scale: f64, x| scale.max(x.abs()));
        let stride = 1 + gradient.len() / 12;
        for index in (0..gradient.len()).step_by(stride) {
            let at = |h: f64| {
                let mut moved = case.clone();
                values_of(&mut moved, name)[index] += h;
                loss(&moved)
            };
            let h = 1e-6;
            let (above, below) = ((at(h) - here) / h, (here - at(-h)) / h);
            if (above - below).abs() > 1e-6 * scale.max(1.0) {
                kinks += 1;
                continue;
            }
            checked += 1;
            let difference = (0.5 * (above + below) - gradient[index]).abs();
            assert!(
                difference < 1e-6 * scale.max(1.0),
                "{:?}: d{name}[{index}] is {}, by differences {above}",
                case.kind,
                gradient[index]
            );
        }
    }
    assert!(checked > 4 * kinks, "{checked} checked, {kinks} at kinks");
}

const KINDS: [Kind; 8] = [
    Kind::Rectified { linear: 0, centred: false },
    Kind::Rectified { linear: 0, centred: true },
    Kind::Rectified { linear: 2, centred: false },
    Kind::Rectified { linear: 1, centred: true },
    Kind::Hidden { clipped: false },
    Kind::Hidden { clipped: true },
    Kind::Bases { clipped: false },
    Kind::Bases { clipped: true },
];

fn cases() -> impl Strategy<Value = Case> {
    let sizes = (1..50_usize, 1..80_usize, 1..12_usize, 1..23_usize, 0..12_usize);
    (0..KINDS.len(), sizes, any::<[bool; 3]>(), any::<u64>()).prop_map(
        |(kind, (b, t, m, l, n), flags, seed)| {
            let kind = match KINDS[kind] {
                Kind::Rectified { linear, centred } => Kind::Rectified { linear: linear.min(m), centred },
                kind => kind,
            };
            Case::new(kind, [b, t, m, l, n.min(m)], flags, seed)
        },
    )
}

/// Every instruction set in f32 against f64.
fn agree(case: &Case) -> Result<(), TestCaseError> {
    let (states, _) = gradients(case, Instructions::Portable, |x| x);
    let grad = cotangent(states.len());
    for set in Instructions::available() {
        let (found_states, found) = gradients(case, set, |x| x as f32);
        prop_assert!(difference(&found_states, &states) < 1e-4, "{set:?} {:?}", case.kind);
        // The gradient at these very states. Rounding must not put one on the other side of a kink, where the gradient
        // jumps: 2e-6 is far above the rounding of numbers of order 1. Rounding adds up over at most 80 steps.
        let found_states: Vec<f64> = found_states.into_iter().map(f64::from).collect();
        prop_assume!(case.nearest_kink(&found_states) > 2e-6);
        let expected = case
            .with(|x| x, |rollout| backward_with(Instructions::Portable, rollout, &found_states, &grad, ALL));
        // The terms of a sum over time and sequences may cancel in one weight and not in another: its rounding is that of
        // the largest sum of them all.
        let is_sum = |name: &str| !matches!(name, "z0" | "drive" | "target");
        let expected = named(&expected);
        let sums = expected.iter().filter(|(name, _)| is_sum(name)).flat_map(|(_, values)| values);
        let largest_sum = sums.fold(1e-6, |scale: f64, x| scale.max(x.abs()));
        for ((name, found), (_, expected)) in named(&found).into_iter().zip(expected) {
            let difference = if is_sum(name) {
                let largest = expected.iter().fold(0.0, |scale: f64, x| scale.max(x.abs()));
                difference(&found, &expected) * largest.max(1e-6) / largest_sum
            } else {
                difference(&found, &expected)
            };
            prop_assert!(difference < 3e-5, "{set:?} {:?}: {name} {difference}", case.kind);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 2 } else { 200 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn double_precision_follows_the_equations(case in cases()) {
        let (states, _) = gradients(&case, Instructions::Portable, |x| x);
        prop_assert!(difference(&states, &case.plain()) < 1e-12);
    }

    #[test]
    fn every_instruction_set_agrees_with_double_precision(case in cases()) {
        agree(&case)?;
    }

    #[test]
    fn wide_networks_agree_with_double_precision(
        (b, t, m, l) in (1..40_usize, 1..6_usize, 14..70_usize, 60..300_usize),
        clipped in any::<bool>(),
        flags in any::<[bool; 3]>(),
        seed in any::<u64>(),
    ) {
        let case = Case::new(Kind::Hidden { clipped }, [b, t, m, l, m / 2], flags, seed);
        agree(&case)?;
    }
}

#[test]
fn gradients_are_those_of_finite_differences() {
    for (index, kind) in KINDS.into_iter().enumerate() {
        for (sizes, flags) in [
            ([3, 7, 4, 5, 3], [true, true, true]),
            ([2, 9, 3, 6, 3], [false, true, false]),
            ([5, 4, 5, 2, 5], [true, false, false]),
            ([1, 1, 2, 3, 1], [true, true, false]),
            // More than one chunk of steps.
            ([2, 67, 3, 4, 2], [true, true, true]),
        ] {
            check_by_differences(&Case::new(kind, sizes, flags, index as u64));
        }
    }
}

#[test]
fn masked_targets_are_not_looked_at() {
    let mut case = Case::new(Kind::Hidden { clipped: true }, [3, 9, 4, 5, 3], [false, true, true], 3);
    let (expected, expected_gradients) = gradients(&case, Instructions::best(), |x| x as f32);
    let Values { target, mask, .. } = &mut case.values;
    for (target, mask) in target.iter_mut().zip(mask) {
        if *mask == 0.0 {
            *target = f64::NAN;
        }
    }
    let (found, found_gradients) = gradients(&case, Instructions::best(), |x| x as f32);
    assert_eq!((found, found_gradients), (expected, expected_gradients));
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    // Large enough to be worth several threads, and no multiple of any block.
    let case = Case::new(Kind::Hidden { clipped: true }, [101, 66, 7, 33, 5], [true, true, true], 4);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| gradients(&case, Instructions::best(), |x| x as f32))
    };
    let one = with(1);
    for threads in [2, 3, 8] {
        assert_eq!(with(threads), one, "{threads} threads");
    }
}

#[test]
#[should_panic(expected = "W has 11 entries instead of 12")]
fn wrong_shapes_are_named() {
    let mut case = Case::new(Kind::Hidden { clipped: true }, [2, 2, 3, 4, 3], [false, false, false], 5);
    case.values.w.pop();
    let _ = case.with(|x| x as f32, |rollout| forward_with(Instructions::best(), rollout));
}
