//! Dead, exploding, periodic and too short series, missing values and extreme numbers: every measure answers with finite
//! numbers or a typed error.

use std::collections::BTreeMap;

use attractor_measures::*;
use attractor_systems::{DelayFlow, Flow, Map, Trajectory};
use ndarray::{Array2, ArrayViewMut2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

type Numbers = Result<Vec<f64>>;
type Measure = (&'static str, fn(&Trajectory, &Trajectory) -> Numbers);

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

fn series(length: usize, f: impl Fn(f64, usize) -> f64) -> Trajectory {
    let data = Array2::from_shape_fn((length, 2), |(t, n)| f(t as f64, n));
    Trajectory::from_array_with_missing(data, 0.1).unwrap()
}

fn wave(t: f64, n: usize) -> f64 {
    // Two incommensurate frequencies in each variable, all within ±2.
    (0.31 * t + n as f64).sin() + (0.31 * 2.0_f64.sqrt() * t - n as f64).cos()
}

fn good() -> Trajectory {
    series(300, wave)
}

fn hard() -> Vec<(&'static str, Trajectory)> {
    vec![
        ("dead", series(300, |_, n| n as f64)),
        ("dead at zero", series(300, |_, _| 0.0)),
        ("dies", series(300, |t, n| wave(t, n) * (-t).exp())),
        ("one variable dead", series(300, |t, n| if n == 0 { wave(t, 0) } else { 0.123_456_7 })),
        ("explodes", series(300, |t, n| 1.2_f64.powf(t) * wave(t, n))),
        ("explodes to the largest numbers", series(300, |t, n| (2.3 * t + n as f64).exp())),
        (
            "alternates between the largest numbers",
            series(300, |t, _| if t % 2.0 == 0.0 { 1.7e308 } else { -1.7e308 }),
        ),
        ("dead far away", series(300, |_, _| 1e300)),
        ("as small as numbers get", series(300, |t, n| 1e-310 * wave(t, n))),
        ("far from zero", series(300, |t, n| 1e15 + wave(t, n))),
        ("differs in the last bit", series(300, |t, _| 1e16 + 2.0 * (t % 2.0))),
        ("period 4", series(300, |t, n| (t % 4.0 - n as f64).abs())),
        ("whole turns", series(300, |t, n| (std::f64::consts::TAU * t / 50.0 + n as f64).sin())),
        ("one jump", series(300, |t, _| if t == 150.0 { 1.0 } else { 0.0 })),
        ("a line", series(300, |t, n| t + n as f64)),
        ("1 sample", series(1, wave)),
        ("2 samples", series(2, wave)),
        ("3 samples", series(3, wave)),
        ("40 samples", series(40, wave)),
        ("all missing", series(300, |_, _| f64::NAN)),
        ("a variable missing", series(300, |t, n| if n == 0 { wave(t, 0) } else { f64::NAN })),
        ("some missing", series(300, |t, n| if t % 3.0 == n as f64 { f64::NAN } else { wave(t, n) })),
    ]
}

/// Every measure of two trajectories, and of one, which it takes of the second.
const MEASURES: [Measure; 32] = [
    ("state_space_divergence", |x, y| {
        let mut found = Vec::new();
        for binning in [Binning::Hess2023, Binning::MinMax, Binning::TwoSd, Binning::Brenner2022] {
            let config = StateSpaceConfig::new().with_bins(10).with_binning(binning);
            match state_space_divergence(x, y, &config) {
                Ok(divergence) => found.push(divergence.value),
                // The range of two of them is around zero.
                Err(Error::OutOfRange) if matches!(binning, Binning::TwoSd | Binning::Brenner2022) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }),
    ("gaussian_mixture_divergence", |x, y| {
        let config = GaussianMixtureConfig::new().with_samples(20);
        let found = gaussian_mixture_divergence(x, y, &config, &mut rng())?.divergence;
        Ok(vec![found.value, found.standard_error])
    }),
    ("marginal_hellinger_distance", |x, y| Ok(marginal_hellinger_distance(x, y, 20)?.per_dimension)),
    ("maximum_mean_discrepancy", |x, y| {
        let found = maximum_mean_discrepancy(x, y, Bandwidth::Fixed(1.0))?;
        Ok(vec![found.biased, found.unbiased, found.bandwidth])
    }),
    ("maximum_mean_discrepancy, median", |x, y| {
        let found = maximum_mean_discrepancy(x, y, Bandwidth::MedianDistance)?;
        Ok(vec![found.biased, found.unbiased, found.bandwidth])
    }),
    ("sliced_wasserstein_distance", |x, y| {
        let directions = random_directions(2, 4, &mut rng());
        let first = sliced_wasserstein_distance(x, y, directions.view(), WassersteinOrder::First)?;
        Ok([vec![first.value], first.per_direction].concat())
    }),
    ("sliced_wasserstein_distance, order 2", |x, y| {
        let directions = random_directions(2, 4, &mut rng());
        let second = sliced_wasserstein_distance(x, y, directions.view(), WassersteinOrder::Second)?;
        Ok([vec![second.value], second.per_direction].concat())
    }),
    ("power_spectrum_distance", |x, y| {
        let config = PowerSpectrumConfig::new().with_sigma(5.0);
        Ok(power_spectrum_distance(x, y, &config)?.per_dimension)
    }),
    ("power_spectrum_correlation", |x, y| {
        power_spectrum_correlation(x, y, &PowerSpectrumConfig::new().with_sigma(5.0))
    }),
    ("autocorrelation_error", |x, y| {
        let found = autocorrelation_error(x, y, 20)?;
        Ok([vec![found.mean], found.per_dimension].concat())
    }),
    ("cross_correlation_error", |x, y| {
        let found = cross_correlation_error(x, y, 20)?;
        Ok(vec![found.mean, found.per_pair[0].2])
    }),
    ("mean_absolute_error", |x, y| Ok(vec![mean_absolute_error(x, y)?])),
    ("root_mean_squared_error", |x, y| Ok(vec![root_mean_squared_error(x, y)?])),
    ("normalised_root_mean_squared_error", |x, y| Ok(vec![normalised_root_mean_squared_error(x, y)?])),
    ("mean_absolute_scaled_error", |x, y| Ok(vec![mean_absolute_scaled_error(x, y, None, 1)?])),
    ("symmetric_mean_absolute_percentage_error", |x, y| {
        Ok(vec![symmetric_mean_absolute_percentage_error(x, y)?])
    }),
    ("valid_prediction_time", |x, y| Ok(vec![valid_prediction_time(x, y, 0.4)?.time])),
    ("spearman_correlation", spearman_correlation),
    ("ordinal_prediction_error", |x, y| ordinal_prediction_error(&whole(x), &whole(y))),
    ("accuracy", |x, y| accuracy(&whole(x), &whole(y))),
    ("wasserstein_distance", |x, y| {
        let column = |of: &Trajectory| of.observed(0).map(Iterator::collect::<Vec<f64>>);
        Ok(vec![wasserstein_distance(&column(x)?, &column(y)?, WassersteinOrder::Second)?])
    }),
    ("latent_divergence", |x, y| {
        let family = |of: &Trajectory| {
            DiagonalGaussians::new(of.data().to_owned(), Array2::from_elem(of.data().dim(), 0.1))
        };
        let (p, q) = (family(x)?, family(y)?);
        let found = latent_divergence(&p, &q, 20, &mut rng())?;
        Ok(vec![found.value, found.standard_error, latent_divergence_variational(&p, &q)?])
    }),
    ("mean_latent_divergence", |x, y| {
        let family = |of: &Trajectory| {
            DiagonalGaussians::new(of.data().to_owned(), Array2::from_elem(of.data().dim(), 0.1))
        };
        Ok(vec![mean_latent_divergence(&family(x)?, &family(y)?)?])
    }),
    ("bootstrap_pair", |x, y| {
        let config = BootstrapConfig::new().with_resamples(5);
        let found = bootstrap_pair(x, y, &config, &mut rng(), |x, y| {
            marginal_hellinger_distance(x, y, 10).map(|distance| distance.mean)
        })?;
        Ok(vec![found.value, found.lower, found.upper, found.standard_error])
    }),
    ("floor", |_, y| {
        let config = BootstrapConfig::new().with_resamples(5);
        let found = floor(y, None, &config, &mut rng(), |x, y| {
            marginal_hellinger_distance(x, y, 10).map(|distance| distance.mean)
        })?;
        Ok(vec![found.value, found.lower, found.upper, found.standard_error])
    }),
    ("power_spectrum", |_, y| {
        let found = power_spectrum(y, &PowerSpectrumConfig::new().with_sigma(5.0))?;
        Ok(found.frequency.into_iter().chain(found.power).collect())
    }),
    ("autocorrelation", |_, y| {
        Ok(autocorrelation(y, 20)?.into_iter().chain(cross_correlation(y, 20)?).collect())
    }),
    ("autocorrelation_time", |_, y| {
        Ok(autocorrelation_time(y)?
            .iter()
            .flat_map(|time| [time.first_crossing.unwrap_or(0.0), time.integrated, time.window])
            .collect())
    }),
    ("correlation_dimension", |_, y| {
        let found = correlation_dimension(y, &CorrelationDimensionConfig::new().with_range(1e-3, 0.1))?;
        let fit = found.scaling;
        Ok([vec![fit.slope, fit.standard_error, fit.spread, fit.range[0]], found.sum.values()].concat())
    }),
    ("box_dimension", |_, y| {
        let fit = box_dimension(y, 3.0)?.scaling;
        Ok(vec![fit.slope, fit.standard_error, fit.spread, fit.range[1]])
    }),
    ("embedding_lag", |_, y| Ok(embedding_lag(y, 0, 20, 8)?.information)),
    ("embedding_dimension", |_, y| {
        let config = EmbeddingDimensionConfig::new().with_max_dimension(4);
        Ok(embedding_dimension(y, 0, 3, &config)?.false_neighbours)
    }),
];

/// Rounded, for measures of whole numbers.
fn whole(of: &Trajectory) -> Trajectory {
    let data = of.data().mapv(f64::round);
    let rounded = Trajectory::new(data, of.dt()).unwrap();
    match of.missing() {
        Some(mask) => rounded.with_missing(mask.to_owned()).unwrap(),
        None => rounded,
    }
}

#[test]
fn every_measure_answers_every_series() {
    let good = good();
    let mut errors = BTreeMap::<String, usize>::new();
    let (mut answers, mut refusals) = (0, 0);
    for (name, measure) in MEASURES {
        let of_good = measure(&good, &series(300, |t, n| 0.9 * wave(t + 40.0, n)));
        assert!(of_good.is_ok_and(|found| !found.is_empty()), "{name}: {:?}", measure(&good, &good));
        for (case, hard) in hard() {
            for (truth, generated) in [(&good, &hard), (&hard, &good), (&hard, &hard)] {
                match measure(truth, generated) {
                    Ok(found) => {
                        assert!(found.iter().all(|x| x.is_finite()), "{name} of {case}: {found:?}");
                        answers += 1;
                    }
                    Err(error) => {
                        let text = format!("{error:?}");
                        let kind = text.split([' ', '(']).next().unwrap_or_default();
                        *errors.entry(kind.to_string()).or_default() += 1;
                        assert!(!error.to_string().is_empty());
                        refusals += 1;
                    }
                }
            }
        }
    }
    println!("{answers} answers, {refusals} errors: {errors:?}");
    // Both happen: a measure that refused everything would pass the loop above.
    assert!(answers > 500 && refusals > 500);
}

#[test]
fn no_trajectory_holds_what_is_no_number() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(Trajectory::new(Array2::from_elem((9, 2), value), 0.1).is_err());
    }
    assert!(Trajectory::new(Array2::zeros((0, 2)), 0.1).is_err());
}

#[test]
fn dead_and_exploding_runs_score_badly_against_a_live_one() {
    let truth = good();
    let cases = hard();
    let find = |name: &str| &cases.iter().find(|(case, _)| *case == name).unwrap().1;
    let live = series(300, |t, n| wave(t + 1000.0, n));
    for bad in [find("dead at zero"), find("explodes to the largest numbers")] {
        for (name, measure) in &MEASURES[..5] {
            let (of_live, of_bad) = (measure(&truth, &live), measure(&truth, bad));
            if let (Ok(of_live), Ok(of_bad)) = (of_live, of_bad) {
                assert!(of_bad[0] > 3.0 * of_live[0].max(0.0), "{name}: {of_bad:?} {of_live:?}");
            }
        }
        let config = PowerSpectrumConfig::new().with_sigma(5.0);
        let distance = |y| power_spectrum_distance(&truth, y, &config).unwrap().mean;
        assert!(distance(bad) > 0.5 && distance(&live) < 0.2, "{} {}", distance(bad), distance(&live));
    }
}

/// x' = a x^p, and the flow and the delay equation with that right-hand side.
struct Power(f64, i32);

impl Power {
    fn value(&self, x: f64) -> f64 {
        self.0 * x.powi(self.1)
    }
    fn slope(&self, x: f64) -> f64 {
        self.0 * f64::from(self.1) * x.powi(self.1 - 1)
    }
}

impl Map for Power {
    fn dim(&self) -> usize {
        1
    }
    fn step(&self, x: &[f64], _u: &[f64], next: &mut [f64]) {
        next[0] = self.value(x[0]);
    }
    fn jacobian(&self, x: &[f64], _u: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian[[0, 0]] = self.slope(x[0]);
    }
}

impl Flow for Power {
    fn dim(&self) -> usize {
        1
    }
    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        dx[0] = self.value(x[0]);
    }
    fn jacobian(&self, _t: f64, x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian[[0, 0]] = self.slope(x[0]);
    }
}

impl DelayFlow for Power {
    fn dim(&self) -> usize {
        1
    }
    fn delays(&self) -> Vec<f64> {
        vec![1.0]
    }
    fn rhs(&self, _t: f64, _x: &[f64], delayed: &[f64], dx: &mut [f64]) {
        dx[0] = self.value(delayed[0]);
    }
    fn jacobian(&self, _t: f64, _x: &[f64], _delayed: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian[[0, 0]] = 0.0;
    }
    fn delayed_jacobian(
        &self,
        _delay: usize,
        _t: f64,
        _x: &[f64],
        delayed: &[f64],
        mut jacobian: ArrayViewMut2<'_, f64>,
    ) {
        jacobian[[0, 0]] = self.slope(delayed[0]);
    }
}

#[test]
fn maps_and_flows_that_die_or_explode() {
    // x -> 0, 0.5 x, 2 x, x², −x³ from small, from large and from not a number.
    for system in [Power(0.0, 1), Power(0.5, 1), Power(2.0, 1), Power(1.0, 2), Power(-1.0, 3)] {
        for start in [0.0, 0.5, 3.0, 1e300, f64::NAN] {
            let spectra = [
                lyapunov_spectrum(&system, &[start], &LyapunovConfig::new(10, 200)),
                flow_lyapunov_spectrum(&system, &[start], &FlowLyapunovConfig::new(4.0, 0.5)),
                delay_lyapunov_spectrum(
                    &system,
                    &[start],
                    &DelayLyapunovConfig::new(20.0, 2).with_steps_per_delay(10),
                ),
            ];
            for (kind, spectrum) in spectra.into_iter().enumerate() {
                match spectrum {
                    Ok(spectrum) => {
                        let finite = |e: &Estimate| e.value.is_finite() && e.standard_error.is_finite();
                        assert!(spectrum.exponents.iter().all(finite), "{kind} {start}: {spectrum:?}");
                        assert!(spectrum.final_state.iter().all(|x| x.is_finite()), "{spectrum:?}");
                        assert!(spectrum.kaplan_yorke_dimension().is_none_or(f64::is_finite));
                        if let Ok(error) = lyapunov_spectrum_error(&spectrum, &spectrum) {
                            assert_eq!(error.mean_absolute, 0.0);
                        }
                    }
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
            let config =
                LongTermConfig { transient: 10, steps: 50, max_period: 10, ..LongTermConfig::default() };
            match long_term_behaviour(&system, &[start], &config) {
                Ok(found) => assert!(found.exponent().is_none_or(|e| e.value.is_finite())),
                Err(error) => assert!(start.is_nan(), "{error}"),
            }
        }
        for (_, hard) in hard() {
            let one = Trajectory::new(hard.data().slice(ndarray::s![.., ..1]).to_owned(), 0.1).unwrap();
            let copy = |x: &[f64], y: &mut [f64]| y.copy_from_slice(x);
            if let Ok(curve) = prediction_error(&system, &one, &one, None, 5, copy) {
                assert!(curve.mean_squared.iter().all(|x| x.is_finite()));
                assert!(curve.mean_squared.len() == 5 || curve.diverged.is_some());
            }
        }
    }
}
