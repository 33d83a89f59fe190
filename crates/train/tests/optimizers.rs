//! Optimisers against the formulas of their papers in double precision, and clipping.

use attractor_train::{OptimizerConfig, optimizer::clip_by_global_norm};
use burn::{
    module::{Module, Param},
    optim::GradientsParams,
    tensor::{Device, Tensor},
};

/// Two parameters of different shapes.
#[derive(Module, Debug)]
struct Pair {
    x: Param<Tensor<1>>,
    y: Param<Tensor<2>>,
}

const X: [f32; 3] = [1.0, -2.0, 0.5];
const Y: [[f32; 2]; 1] = [[3.0, -0.25]];

fn pair() -> Pair {
    let device = Device::flex().autodiff();
    Pair {
        x: Param::from_tensor(Tensor::from_floats(X, &device)),
        y: Param::from_tensor(Tensor::from_floats(Y, &device)),
    }
}

/// Gradients with the given entries: those of a linear function.
fn gradients(pair: &Pair, x: [f64; 3], y: [f64; 2]) -> GradientsParams {
    let device = pair.x.val().device();
    let linear = (pair.x.val() * Tensor::from_floats(x.map(|g| g as f32), &device)).sum()
        + (pair.y.val() * Tensor::from_floats([y.map(|g| g as f32)], &device)).sum();
    GradientsParams::from_grads(linear.backward(), pair)
}

/// Gradients of step t: of different sizes and signs, so that moments and their corrections all matter.
fn gradient(t: usize) -> [f64; 3] {
    let t = t as f64;
    [1.0 - 0.3 * t, 1e-3 * (t * 1.7).sin(), -20.0 + t * t]
}

fn values(pair: &Pair) -> Vec<f64> {
    let x = pair.x.val().into_data();
    x.iter::<f64>().collect()
}

/// The path of x over `steps` steps.
fn path(config: &OptimizerConfig, rate: f64, steps: usize) -> Vec<Vec<f64>> {
    let (mut optimizer, mut pair) = (config.init(), pair());
    (1..=steps)
        .map(|t| {
            let gradients = gradients(&pair, gradient(t), [0.0; 2]);
            pair = optimizer.step(rate, pair.clone(), gradients);
            values(&pair)
        })
        .collect()
}

/// The same path by `update(x, mean, square, t)`, where mean and square are the moments without their corrections.
fn expected(
    (beta_1, beta_2): (f64, f64),
    steps: usize,
    update: impl Fn(f64, f64, f64, i32) -> f64,
) -> Vec<Vec<f64>> {
    let (mut x, mut mean, mut square) = (X.map(f64::from), [0.0; 3], [0.0; 3]);
    (1..=steps)
        .map(|t| {
            let g = gradient(t);
            for i in 0..3 {
                mean[i] = beta_1 * mean[i] + (1.0 - beta_1) * g[i];
                square[i] = beta_2 * square[i] + (1.0 - beta_2) * g[i] * g[i];
                x[i] = update(x[i], mean[i], square[i], i32::try_from(t).unwrap());
            }
            x.to_vec()
        })
        .collect()
}

fn assert_close(found: &[Vec<f64>], expected: &[Vec<f64>], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (t, (found, expected)) in found.iter().zip(expected).enumerate() {
        for (i, (f, e)) in found.iter().zip(expected).enumerate() {
            assert!((f - e).abs() < tolerance, "step {}, entry {i}: {f} instead of {e}", t + 1);
        }
    }
}

// Kingma & Ba 2015, algorithm 1. The large ε tells √v̂ + ε from √(v̂ + ε) and from √v + ε.
#[test]
fn adam_is_algorithm_1() {
    let (b1, b2, eps, rate) = (0.8, 0.95, 0.3, 0.1);
    let config = OptimizerConfig::Adam { beta_1: 0.8, beta_2: 0.95, epsilon: 0.3 };
    let formula = expected((b1, b2), 12, |x, m, v, t| {
        x - rate * (m / (1.0 - b1.powi(t))) / ((v / (1.0 - b2.powi(t))).sqrt() + eps)
    });
    assert_close(&path(&config, rate, 12), &formula, 2e-6);
}

// The first step of Adam is −rate·sign(g) for ε = 0, whatever the size of g.
#[test]
fn the_first_step_of_adam_has_the_size_of_the_rate() {
    let first = &path(&OptimizerConfig::adam(), 0.01, 1)[0];
    let g = gradient(1);
    for i in 0..3 {
        assert!((first[i] - (f64::from(X[i]) - 0.01 * g[i].signum())).abs() < 1e-6);
    }
}

// Loshchilov & Hutter 2019, algorithm 2: the decay is of the weights before the step, and no part of the moments.
#[test]
fn adam_w_decays_the_weights_beside_the_moments() {
    let (b1, b2, eps, rate, decay) = (0.8, 0.95, 0.3, 0.1, 0.4);
    let config = OptimizerConfig::AdamW { beta_1: 0.8, beta_2: 0.95, epsilon: 0.3, weight_decay: 0.4 };
    let formula = expected((b1, b2), 12, |x, m, v, t| {
        let step = (m / (1.0 - b1.powi(t))) / ((v / (1.0 - b2.powi(t))).sqrt() + eps);
        x - rate * decay * x - rate * step
    });
    assert_close(&path(&config, rate, 12), &formula, 2e-6);
}

/// The update of `torch.optim.RAdam` as its documentation states it, with ε added to √v before the bias correction.
fn radam(rate: f64, (b1, b2): (f64, f64), eps: f64) -> impl Fn(f64, f64, f64, i32) -> f64 {
    move |x, m, v, t| {
        let rho_inf = 2.0 / (1.0 - b2) - 1.0;
        let rho = rho_inf - 2.0 * f64::from(t) * b2.powi(t) / (1.0 - b2.powi(t));
        let m_hat = m / (1.0 - b1.powi(t));
        if rho > 5.0 {
            let l = (1.0 - b2.powi(t)).sqrt() / (v.sqrt() + eps);
            let r = ((rho - 4.0) * (rho - 2.0) * rho_inf / ((rho_inf - 4.0) * (rho_inf - 2.0) * rho)).sqrt();
            x - rate * m_hat * r * l
        } else {
            x - rate * m_hat
        }
    }
}

#[test]
fn radam_is_momentum_first_and_then_rectified() {
    let (betas, eps, rate) = ((0.8, 0.95), 0.3, 0.02);
    let config = OptimizerConfig::RAdam { beta_1: 0.8, beta_2: 0.95, epsilon: 0.3 };
    let found = path(&config, rate, 20);
    assert_close(&found, &expected(betas, 20, radam(rate, betas, eps)), 5e-6);

    // Five steps of plain momentum, for β₂ = 0.95 as for 0.999: ρ exceeds 5 at the sixth.
    let momentum = expected(betas, 20, |x, m, _, t| x - rate * m / (1.0 - betas.0.powi(t)));
    assert_close(&found[..5], &momentum[..5], 5e-6);
    assert!((found[5][2] - momentum[5][2]).abs() > 1e-3, "the sixth step is still plain momentum");
}

#[test]
fn with_their_usual_settings_they_are_those_of_optax() {
    // tests/fixtures/optimizers.py made these.
    let oracle: serde_json::Value = serde_json::from_str(include_str!("fixtures/optimizers.json")).unwrap();
    let optimizers = [
        ("adam", OptimizerConfig::adam()),
        ("adam_w", OptimizerConfig::adam_w(0.1)),
        ("radam", OptimizerConfig::radam()),
    ];
    for (name, config) in optimizers {
        let expected: Vec<Vec<f64>> = serde_json::from_value(oracle[name].clone()).unwrap();
        assert_eq!(expected.len(), 40);
        assert_close(&path(&config, 0.02, 40), &expected, 2e-5);
    }
}

#[test]
fn a_larger_gradient_is_scaled_to_the_norm_and_keeps_its_direction() {
    let pair = pair();
    let (x, y) = ([3.0, 0.0, -4.0], [12.0, 0.0]);
    let mut gradients = gradients(&pair, x, y);
    let norm = clip_by_global_norm(&pair, &mut gradients, 6.5);
    assert!((norm - 13.0).abs() < 1e-5, "the norm is over both parameters: {norm}");
    let clipped: Vec<f32> = [
        gradients.get::<1>(pair.x.id).unwrap().into_data().iter::<f32>().collect::<Vec<_>>(),
        gradients.get::<2>(pair.y.id).unwrap().into_data().iter::<f32>().collect(),
    ]
    .concat();
    for (clipped, before) in clipped.iter().zip([3.0, 0.0, -4.0, 12.0, 0.0_f32]) {
        assert!((clipped - 0.5 * before).abs() < 1e-6);
    }
}

#[test]
fn a_smaller_gradient_is_untouched() {
    let pair = pair();
    let (x, y) = ([0.3, 0.1, -0.7], [0.2, 1e-20]);
    for max_norm in [0.9, 1e30] {
        let mut gradients = gradients(&pair, x, y);
        assert!(clip_by_global_norm(&pair, &mut gradients, max_norm) < max_norm);
        let bits = |values: Vec<f32>| values.into_iter().map(f32::to_bits).collect::<Vec<_>>();
        let after = gradients.get::<1>(pair.x.id).unwrap().into_data().iter::<f32>().collect();
        assert_eq!(bits(after), bits(x.map(|g| g as f32).to_vec()));
        let after = gradients.get::<2>(pair.y.id).unwrap().into_data().iter::<f32>().collect();
        assert_eq!(bits(after), bits(y.map(|g| g as f32).to_vec()));
    }
}

#[test]
fn without_gradients_the_norm_is_zero() {
    assert_eq!(clip_by_global_norm(&pair(), &mut GradientsParams::new(), 1.0), 0.0);
}
