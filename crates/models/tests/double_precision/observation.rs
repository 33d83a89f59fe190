//! Observation models against closed forms, numerical integration and their own inverses.

use std::f64::consts::PI;

use attractor_models::{
    Error, Initialize, Observation,
    observation::{IdentityObservationConfig, LinearObservationConfig},
};
use burn::tensor::Tensor;
use nalgebra::{DMatrix, DVector};
use ndarray::{Array1, Array2, Array3, ArrayD, Axis, s};

use crate::{array, assert_close, cube, device, normal, read, replace, rng, shaken, tensor};

const SHAPE: [usize; 3] = [2, 4, 3];

/// log N(x; mean, sd²).
fn log_normal(x: f64, mean: f64, log_sd: f64) -> f64 {
    -0.5 * ((x - mean) / log_sd.exp()).powi(2) - log_sd - 0.5 * (2.0 * PI).ln()
}

/// Every single log p(x_tn | z_t), with the read-out in `f64`.
fn each(model: &impl Observation, x: &ArrayD<f64>, z: &ArrayD<f64>) -> ArrayD<f64> {
    let readout = model.readout().unwrap();
    let log_sd = array(model.log_sd().val());
    let mut each = x.clone();
    let mut mean = vec![0.0; model.observed_dim()];
    for b in 0..x.shape()[0] {
        for t in 0..x.shape()[1] {
            let state: Vec<f64> = z.slice(s![b, t, ..]).iter().copied().collect();
            readout.apply(&state, &mut mean);
            for (n, mean) in mean.iter().enumerate() {
                each[[b, t, n]] = log_normal(x[[b, t, n]], *mean, log_sd[n]);
            }
        }
    }
    each
}

macro_rules! every_observation {
    ($check:ident) => {{
        $check(&shaken(&IdentityObservationConfig::new(2, 3), 61, &device()));
        $check(&shaken(&IdentityObservationConfig::new(3, 3), 62, &device()));
        $check(&shaken(&LinearObservationConfig::new(2, 3), 63, &device()));
        $check(&shaken(&LinearObservationConfig::new(5, 3), 64, &device()));
    }};
}

#[test]
fn log_likelihood_is_the_sum_of_normal_log_densities() {
    fn check(model: &impl Observation) {
        let (z, x) = (normal(SHAPE, 1), normal([2, 4, model.observed_dim()], 2));
        let found = array(model.log_likelihood(tensor(&x, &device()), tensor(&z, &device()), None));
        assert_close(&found, &each(model, &x, &z).sum_axis(Axis(2)), 1e-13);
    }
    every_observation!(check);
}

#[test]
fn missing_values_leave_their_terms_out() {
    fn check(model: &impl Observation) {
        let n = model.observed_dim();
        let (z, x) = (normal(SHAPE, 3), normal([2, 4, n], 4));
        let mut present = normal([2, 4, n], 5).mapv(|draw| f64::from(u8::from(draw > 0.0)));
        present.slice_mut(s![0, 1, ..]).fill(0.0);
        let log_likelihood = |x: &ArrayD<f64>| {
            let device = device();
            let present = Some(tensor(&present, &device));
            array(model.log_likelihood(tensor(x, &device), tensor(&z, &device), present))
        };
        let found = log_likelihood(&x);
        assert_close(&found, &(each(model, &x, &z) * &present).sum_axis(Axis(2)), 1e-13);
        assert_eq!(found[[0, 1]], 0.0, "nothing was measured there");
        // Whatever stands in the place of a missing value has no say.
        for filler in [1e200, f64::NAN, f64::INFINITY] {
            let mut filled = x.clone();
            filled.zip_mut_with(&present, |x, present| {
                if *present == 0.0 {
                    *x = filler;
                }
            });
            assert_close(&log_likelihood(&filled), &found, 0.0);
        }
        let all = Some(Tensor::ones([2, 4, n], &device()));
        let all = array(model.log_likelihood(tensor(&x, &device()), tensor(&z, &device()), all));
        assert_close(&all, &each(model, &x, &z).sum_axis(Axis(2)), 1e-13);
    }
    every_observation!(check);
}

/// A NaN where nothing was measured reaches no gradient.
#[test]
fn missing_values_have_no_gradient() {
    let device = device().autodiff();
    let model = shaken(&LinearObservationConfig::new(2, 3), 65, &device);
    let gradient = |filler: f64| {
        let z = tensor::<3>(&normal([1, 2, 3], 6), &device).require_grad();
        let mut x = normal([1, 2, 2], 7);
        x[[0, 1, 0]] = filler;
        let mut present = ArrayD::ones(vec![1, 2, 2]);
        present[[0, 1, 0]] = 0.0;
        let present = Some(tensor(&present, &device));
        let gradients = model.log_likelihood(tensor(&x, &device), z.clone(), present).sum().backward();
        let mut all = read(&model, Some(&gradients)).0;
        all.insert("z".into(), array(z.grad(&gradients).unwrap()));
        all
    };
    let expected = gradient(0.5);
    assert!(expected.values().flatten().any(|entry| *entry != 0.0));
    assert_eq!(gradient(f64::NAN), expected);
}

#[test]
fn the_density_of_one_variable_integrates_to_one() {
    fn check(model: &impl Observation) {
        assert_eq!(model.observed_dim(), 1);
        let z = normal([1, 1, model.latent_dim()], 8);
        let mean = array(model.mean(tensor(&z, &device())))[[0, 0, 0]];
        let sd = array(model.log_sd().val())[0].exp();
        let grid = Array1::linspace(mean - 10.0 * sd, mean + 10.0 * sd, 2001);
        let width = grid[1] - grid[0];
        let x = grid.into_shape_with_order((1, 2001, 1)).unwrap().into_dyn();
        let z = tensor::<3>(&z, &device()).repeat_dim(1, 2001);
        let total: f64 = array(model.log_likelihood(tensor(&x, &device()), z, None))
            .iter()
            .map(|log| log.exp() * width)
            .sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
    }
    check(&shaken(&IdentityObservationConfig::new(1, 2), 66, &device()));
    check(&shaken(&LinearObservationConfig::new(1, 2), 67, &device()));
}

#[test]
fn the_mean_is_the_exported_read_out() {
    fn check(model: &impl Observation) {
        let z = normal(SHAPE, 9);
        let readout = model.readout().unwrap();
        let n = model.observed_dim();
        assert_eq!(readout.matrix.dim(), (n, model.latent_dim()));
        let states = z.clone().into_shape_with_order((8, 3)).unwrap();
        let expected = states.dot(&readout.matrix.t()) + &readout.offset;
        let expected = expected.into_shape_with_order((2, 4, n)).unwrap();
        assert_close(&array(model.mean(tensor(&z, &device()))), &expected.into_dyn(), 1e-13);
    }
    every_observation!(check);
    let first_two = shaken(&IdentityObservationConfig::new(2, 3), 61, &device());
    let z = cube(first_two.mean(tensor(&normal(SHAPE, 9), &device())));
    assert_eq!(z.into_dyn(), normal(SHAPE, 9).slice(s![.., .., ..2]).to_owned().into_dyn());
}

#[test]
fn the_mean_of_the_inverse_is_the_data_where_latents_suffice() {
    fn check(model: &impl Observation) {
        let n = model.observed_dim();
        let x = normal([2, 4, n], 10);
        let inverse = model.inverse(tensor(&x, &device()));
        assert_eq!(inverse.dims(), [2, 4, model.latent_dim()]);
        // The inverse leaves through single precision.
        assert_close(&array(model.mean(inverse)), &x, 1e-5);
    }
    check(&shaken(&IdentityObservationConfig::new(2, 4), 68, &device()));
    check(&shaken(&IdentityObservationConfig::new(3, 3), 68, &device()));
    check(&shaken(&LinearObservationConfig::new(2, 4), 68, &device()));
    check(&shaken(&LinearObservationConfig::new(3, 3), 68, &device()));
}

#[test]
fn what_the_identity_does_not_determine_is_zero() {
    let model = shaken(&IdentityObservationConfig::new(2, 4), 69, &device());
    let inverse: Array3<f64> = cube(model.inverse(tensor(&normal([2, 4, 2], 11), &device())));
    assert!(inverse.slice(s![.., .., 2..]).iter().all(|z| *z == 0.0));
}

/// Of N > M the least-squares latents, of N < M the smallest: both from the normal equations.
#[test]
fn the_linear_inverse_is_the_pseudo_inverse() {
    for (n, m) in [(2, 4), (3, 3), (5, 2)] {
        let model = shaken(&LinearObservationConfig::new(n, m), 70, &device());
        let p = read(&model, None);
        let b = DMatrix::from_row_slice(n, m, p.get("b").as_slice().unwrap());
        let offset = DVector::from_column_slice(p.get("offset").as_slice().unwrap());
        let pseudo_inverse = if n < m {
            b.transpose() * (&b * b.transpose()).try_inverse().unwrap()
        } else {
            (b.transpose() * &b).try_inverse().unwrap() * b.transpose()
        };
        let x = normal([2, 3, n], 12);
        let rows = x.clone().into_shape_with_order((6, n)).unwrap();
        let expected: Vec<f64> = rows
            .outer_iter()
            .flat_map(|row| {
                let row = DVector::from_iterator(n, row.iter().copied());
                (&pseudo_inverse * (row - &offset)).iter().copied().collect::<Vec<_>>()
            })
            .collect();
        let expected = Array3::from_shape_vec((2, 3, m), expected).unwrap().into_dyn();
        assert_close(&array(model.inverse(tensor(&x, &device()))), &expected, 1e-6);
    }
}

/// Two equal columns of B: the data tell only the sum of two latents, and the inverse shares it equally.
#[test]
fn a_rank_deficient_read_out_has_an_inverse_too() {
    let model = shaken(&LinearObservationConfig::new(2, 2), 71, &device());
    let b = Array2::from_shape_vec((2, 2), vec![1.0, 1.0, 2.0, 2.0]).unwrap().into_dyn();
    let model = replace(model, |path, _| match path {
        "b" => Some(b.clone()),
        "offset" => Some(Array1::zeros(2).into_dyn()),
        _ => None,
    });
    let x = Array3::from_shape_vec((1, 1, 2), vec![3.0, 6.0]).unwrap().into_dyn();
    let expected = Array3::from_elem((1, 1, 2), 1.5).into_dyn();
    assert_close(&array(model.inverse(tensor(&x, &device()))), &expected, 1e-6);
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    let device = device();
    let error = IdentityObservationConfig::new(3, 2).init(&device, &mut rng(72)).unwrap_err();
    assert_eq!(error, Error::TooFewLatents { latent: 2, observed: 3 });
    for (observed, latent, field) in [(0, 2, "observed"), (2, 0, "latent")] {
        let error = IdentityObservationConfig::new(observed, latent).init(&device, &mut rng(72)).unwrap_err();
        assert_eq!(error, Error::ZeroSize { config: "IdentityObservationConfig", field });
        let error = LinearObservationConfig::new(observed, latent).init(&device, &mut rng(72)).unwrap_err();
        assert_eq!(error, Error::ZeroSize { config: "LinearObservationConfig", field });
    }
    for sd in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let identity = IdentityObservationConfig::new(2, 2).with_initial_sd(sd);
        assert!(matches!(identity.init(&device, &mut rng(72)), Err(Error::OutOfRange { .. })), "{sd}");
        let linear = LinearObservationConfig::new(2, 2).with_initial_sd(sd);
        assert!(matches!(linear.init(&device, &mut rng(72)), Err(Error::OutOfRange { .. })), "{sd}");
    }
}
