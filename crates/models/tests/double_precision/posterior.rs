//! The diagonal Gaussian against its formulas.

use std::f64::consts::PI;

use attractor_models::{DiagonalGaussian, Posterior};
use burn::tensor::Tensor;
use ndarray::{Array1, Array2, ArrayD, Axis};

use crate::{array, assert_close, cube, device, normal, tensor};

const SHAPE: [usize; 3] = [2, 3, 4];

/// Mean, log σ and the distribution of them; log σ either at every step or one for all.
fn gaussian(each_step: bool) -> (ArrayD<f64>, ArrayD<f64>, DiagonalGaussian) {
    let mean = normal(SHAPE, 41);
    let log_sd = if each_step { normal(SHAPE, 42) } else { normal([1, 1, SHAPE[2]], 42) } * 0.5;
    let q = DiagonalGaussian::new(tensor(&mean, &device()), tensor(&log_sd, &device()));
    (mean, log_sd.broadcast(SHAPE).unwrap().to_owned().into_dyn(), q)
}

#[test]
fn log_density_is_the_sum_of_normal_log_densities() {
    for each_step in [true, false] {
        let (mean, log_sd, q) = gaussian(each_step);
        let z = normal(SHAPE, 43);
        let each = ndarray::Zip::from(&z).and(&mean).and(&log_sd).map_collect(|z, mean, log_sd| {
            let sd = log_sd.exp();
            ((-0.5 * ((z - mean) / sd).powi(2)).exp() / (sd * (2.0 * PI).sqrt())).ln()
        });
        assert_close(&array(q.log_prob(tensor(&z, &device()))), &each.sum_axis(Axis(2)), 1e-13);
    }
}

#[test]
fn entropy_is_half_log_determinant_of_two_pi_e_times_the_covariance() {
    for each_step in [true, false] {
        let (_, log_sd, q) = gaussian(each_step);
        let each = log_sd.mapv(|log_sd| 0.5 * (2.0 * PI * std::f64::consts::E * (2.0 * log_sd).exp()).ln());
        assert_close(&array(q.entropy()), &each.sum_axis(Axis(2)), 1e-13);
    }
}

#[test]
fn samples_are_the_mean_plus_sd_times_epsilon() {
    for each_step in [true, false] {
        let (mean, log_sd, q) = gaussian(each_step);
        let epsilon = normal(SHAPE, 44);
        let expected = &mean + &(log_sd.mapv(f64::exp) * &epsilon);
        assert_close(&array(q.rsample(tensor(&epsilon, &device()))), &expected, 1e-13);
        assert_close(&array(q.mean()), &mean, 0.0);
    }
}

/// At z = μ + σ ε, −log q(z) less the entropy is (|ε|² − M)/2 at each step: zero on average.
#[test]
fn entropy_is_the_mean_of_minus_log_density() {
    let (_, _, q) = gaussian(true);
    let epsilon = normal(SHAPE, 45);
    let excess = array(-q.log_prob(q.rsample(tensor(&epsilon, &device()))) - q.entropy());
    let expected = epsilon.mapv(|e| 0.5 * (e * e - 1.0)).sum_axis(Axis(2));
    assert_close(&excess, &expected, 1e-12);
}

#[test]
fn moments_of_samples_are_those_of_the_distribution() {
    let draws = 20_000;
    let mean = Tensor::<3>::full([1, 1, 1], 0.7, &device()).repeat_dim(0, draws);
    let q = DiagonalGaussian::new(mean, Tensor::full([1, 1, 1], 0.3_f64.ln(), &device()));
    let z = cube(q.rsample(tensor(&normal([draws, 1, 1], 46), &device())));
    let (mean, variance) = (z.mean().unwrap(), z.var(1.0));
    // Standard errors: σ/√n and σ² √(2/n).
    let n = draws as f64;
    assert!((mean - 0.7).abs() < 4.0 * 0.3 / n.sqrt(), "{mean}");
    assert!((variance - 0.09).abs() < 4.0 * 0.09 * (2.0 / n).sqrt(), "{variance}");
}

/// ∂z/∂μ = 1 and ∂z/∂log σ = σ ε.
#[test]
fn samples_carry_gradients_to_mean_and_sd() {
    let device = device().autodiff();
    let (mean, log_sd, epsilon) = (normal(SHAPE, 47), normal(SHAPE, 48), normal(SHAPE, 49));
    let mean_tensor = tensor::<3>(&mean, &device).require_grad();
    let log_sd_tensor = tensor::<3>(&log_sd, &device).require_grad();
    let q = DiagonalGaussian::new(mean_tensor.clone(), log_sd_tensor.clone());
    let gradients = q.rsample(tensor(&epsilon, &device)).sum().backward();
    assert_close(&array(mean_tensor.grad(&gradients).unwrap()), &ArrayD::ones(mean.raw_dim()), 0.0);
    let expected = log_sd.mapv(f64::exp) * &epsilon;
    assert_close(&array(log_sd_tensor.grad(&gradients).unwrap()), &expected, 1e-13);
}

#[test]
fn a_density_in_one_dimension_integrates_to_one() {
    let (mean, sd, points) = (0.4, 0.25, 2001);
    let grid = Array1::linspace(mean - 10.0 * sd, mean + 10.0 * sd, points);
    let width = grid[1] - grid[0];
    let z = Array2::from_shape_vec((points, 1), grid.to_vec()).unwrap().insert_axis(Axis(2)).into_dyn();
    let q = DiagonalGaussian::new(
        Tensor::full([1, 1, 1], mean, &device()),
        Tensor::full([1, 1, 1], f64::ln(sd), &device()),
    );
    let total: f64 = array(q.log_prob(tensor(&z, &device()))).iter().map(|log| log.exp() * width).sum();
    assert!((total - 1.0).abs() < 1e-12, "{total}");
}
