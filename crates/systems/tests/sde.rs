//! Stochastic differential equations against closed forms.

use attractor_systems::{AdditiveNoise, Calculus, Error, Flow, Lorenz63, Sde, SdeMethod, Simulation};
use ndarray::ArrayViewMut2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const METHODS: [SdeMethod; 2] = [SdeMethod::EulerMaruyama, SdeMethod::StochasticHeun];

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// dx = μ x dt + σ x dW, in either calculus.
struct Geometric {
    mu: f64,
    sigma: f64,
    calculus: Calculus,
}

impl Sde for Geometric {
    fn dim(&self) -> usize {
        1
    }
    fn calculus(&self) -> Calculus {
        self.calculus
    }
    fn drift(&self, _t: f64, x: &[f64], a: &mut [f64]) {
        a[0] = self.mu * x[0];
    }
    fn diffusion(&self, _t: f64, x: &[f64], b: &mut [f64]) {
        b[0] = self.sigma * x[0];
    }
    fn diffusion_slope(&self, _t: f64, _x: &[f64], slope: &mut [f64]) {
        slope[0] = self.sigma;
    }
}

/// dx = -θ x dt, to which noise is added.
#[derive(Debug)]
struct Decay(f64);

impl Flow for Decay {
    fn dim(&self) -> usize {
        1
    }
    fn rhs(&self, _t: f64, x: &[f64], dx: &mut [f64]) {
        dx[0] = -self.0 * x[0];
    }
    fn jacobian(&self, _t: f64, _x: &[f64], mut jacobian: ArrayViewMut2<'_, f64>) {
        jacobian[[0, 0]] = -self.0;
    }
}

/// Mean absolute difference at t = 1 from the exact solution for the same Wiener paths.
fn strong_error(method: SdeMethod, calculus: Calculus, steps: usize) -> f64 {
    let motion = Geometric { mu: 0.5, sigma: 0.8, calculus };
    let h = 1.0 / steps as f64;
    let paths = 400;
    let sum: f64 = (0..paths)
        .map(|path| {
            let run = Simulation::new(1.0, 2)
                .substeps(steps)
                .initial_state([1.0])
                .sde_method(method)
                .run_sde(&motion, &mut rng(path))
                .unwrap();
            let mut same = rng(path);
            let w: f64 =
                (0..steps).map(|_| -> f64 { StandardNormal.sample(&mut same) }).sum::<f64>() * h.sqrt();
            let drift = match calculus {
                Calculus::Ito => motion.mu - 0.5 * motion.sigma * motion.sigma,
                Calculus::Stratonovich => motion.mu,
            };
            (run.last_row()[0] - (drift + motion.sigma * w).exp()).abs()
        })
        .sum();
    sum / paths as f64
}

#[test]
fn geometric_brownian_motion_converges_pathwise_in_both_calculi() {
    // Both methods solve both equations: the drift is corrected. Strong order 1/2 and 1.
    for calculus in [Calculus::Ito, Calculus::Stratonovich] {
        for (method, order) in [(SdeMethod::EulerMaruyama, 0.5), (SdeMethod::StochasticHeun, 1.0)] {
            let (coarse, fine) = (strong_error(method, calculus, 16), strong_error(method, calculus, 256));
            let found = (coarse / fine).log2() / 4.0;
            assert!((found - order).abs() < 0.15, "{method:?} {calculus:?}: order {found}, error {fine}");
        }
    }
}

#[test]
fn the_calculi_differ_by_their_drift() {
    // E log x(t) = (μ - σ²/2) t by Itô, μ t by Stratonovich.
    let (mu, sigma) = (0.1, 1.0);
    for method in METHODS {
        for (calculus, growth) in [(Calculus::Ito, mu - 0.5), (Calculus::Stratonovich, mu)] {
            let motion = Geometric { mu, sigma, calculus };
            let simulation =
                Simulation::new(400.0, 2).substeps(40_000).initial_state([1.0]).sde_method(method);
            let last = simulation.run_sde(&motion, &mut rng(3)).unwrap().last_row()[0];
            // Standard deviation of log x / t: σ / sqrt(t) = 0.05.
            let found = last.ln() / 400.0;
            assert!((found - growth).abs() < 0.15, "{method:?} {calculus:?}: {found} against {growth}");
        }
    }
}

#[test]
fn ornstein_uhlenbeck_has_its_mean_variance_and_autocovariance() {
    let (theta, sigma, start) = (1.0, 0.5, 2.0);
    let noisy = AdditiveNoise::new(Decay(theta), [sigma]).unwrap();
    for method in METHODS {
        // The mean and variance on the way, over 2000 paths: start exp(-θ t), σ²/2θ (1 - exp(-2θ t)).
        let paths = 2000;
        let ends: Vec<f64> = (0..paths)
            .map(|path| {
                Simulation::new(0.7, 2)
                    .substeps(50)
                    .initial_state([start])
                    .sde_method(method)
                    .run_sde(&noisy, &mut rng(path))
                    .unwrap()
                    .last_row()[0]
            })
            .collect();
        let n = paths as f64;
        let mean = ends.iter().sum::<f64>() / n;
        let variance = ends.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let (true_mean, true_variance) =
            (start * (-0.7 * theta).exp(), sigma * sigma / (2.0 * theta) * (1.0 - (-1.4 * theta).exp()));
        // Four standard errors, and a hundredth for Euler's bias of order h.
        assert!((mean - true_mean).abs() < 4.0 * (true_variance / n).sqrt() + 0.01, "{method:?}: {mean}");
        assert!(
            (variance / true_variance - 1.0).abs() < 4.0 * (2.0 / n).sqrt() + 0.01,
            "{method:?}: {variance}"
        );

        // The stationary autocovariance σ²/2θ exp(-θ s) along one path.
        let run = Simulation::new(0.5, 100_000)
            .transient_time(10.0)
            .substeps(25)
            .initial_state([0.0])
            .sde_method(method)
            .run_sde(&noisy, &mut rng(5))
            .unwrap();
        let x = run.data().column(0).to_vec();
        for lag in 0..4 {
            let found = x.iter().zip(&x[lag..]).map(|(a, b)| a * b).sum::<f64>() / (x.len() - lag) as f64;
            let exact = sigma * sigma / (2.0 * theta) * (-theta * 0.5 * lag as f64).exp();
            assert!((found - exact).abs() < 0.03 * 0.125, "{method:?} {lag}: {found} against {exact}");
        }
    }
}

#[test]
fn process_noise_of_a_flow_is_additive_noise() {
    let lorenz = Lorenz63::default();
    let noise = [0.1, 0.2, 0.3];
    let simulation = Simulation::of(&lorenz, 200);
    let short = simulation.clone().process_noise(noise).run_with_rng(&lorenz, &mut rng(1)).unwrap();
    let long = simulation.run_sde(&AdditiveNoise::new(&lorenz, noise).unwrap(), &mut rng(1)).unwrap();
    assert_eq!(short, long);
}

#[test]
fn stochastic_settings_that_make_no_sense_are_refused() {
    let says = |error: Error, text: &str| assert!(error.to_string().contains(text), "{error}");
    let motion = Geometric { mu: 1.0, sigma: 1.0, calculus: Calculus::Ito };
    let good = Simulation::new(0.1, 10).initial_state([1.0]);
    says(good.clone().dt(f64::NAN).run_sde(&motion, &mut rng(1)).unwrap_err(), "time step dt");
    says(good.clone().process_noise([0.1]).run_sde(&motion, &mut rng(1)).unwrap_err(), "noise of its own");
    says(good.clone().initial_state([]).run_sde(&motion, &mut rng(1)).unwrap_err(), "length 0");
    let broken = Geometric { sigma: f64::NAN, ..motion };
    let error = good.run_sde(&broken, &mut rng(1)).unwrap_err();
    assert!(matches!(error, Error::NonFiniteDerivative { .. }), "{error}");
    says(AdditiveNoise::new(Decay(1.0), [1.0, 2.0]).unwrap_err(), "length 2");
    says(AdditiveNoise::new(Decay(1.0), [-1.0]).unwrap_err(), "at least 0");
    let growing = Geometric { mu: 50.0, sigma: 0.1, calculus: Calculus::Stratonovich };
    let error = good.clone().divergence_bound(1e9).run_sde(&growing, &mut rng(1)).unwrap_err();
    assert!(matches!(error, Error::Diverged { sample: 4..=6, .. }), "{error}");
}
